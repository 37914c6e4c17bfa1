"""Finds what in a file speaks to a language model instead of to people, so that filling can pass over it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .letter_case import lowered

_FORGET = (
    r"(?:ignor\w{0,6}|disregard|forget|overrid\w{1,4}|bypass|verg(?:iss|esst|essen)|missacht\w{1,3}|oubli\w{1,4}|olvid\w{1,3}|"
    r"dimentic\w{1,4}|negeer|vergeet)"
)
_WHICH = (
    r"(?:all|any|every|everything|of|the|previous|prior|above|preceding|earlier|foregoing|these|those|this|your|sie|alle[ns]?|"
    r"vorherigen|vorigen|bisherigen|obigen|die|den|das|toutes?|tout|tous|les|le|ce|la|pr[ée]c[ée]dente?s?|ci|todas?|todo|las|los|el|lo|"
    r"anteriores?|tutte|tutto|gli|precedenti|alle|vorige|bovenstaande|de)"
)
_ORDERS = (
    r"(?:instructions?|prompts?|guidelines|directives?|anweisungen?|instruktionen|vorgaben|consignes?|instrucciones|istruzioni|"
    r"instru[cç][õo]es|instructies)"
)
_TEXT = (
    r"(?:above|before|text|texts|context|content|document|messages?|rules|oben|obige|texte?s?|dessus|contexte?o?|texto|testo|"
    r"anterior|tekst)"
)
_COMMAND = (
    r"(?:write|answer|outputs?|return|respond|reply|print|set|report|say|fill|extract|put|enter|tell|schreib\w{0,2}|antwort\w{0,3}|gib|gebe?n?|"
    r"setze?n?|[ée]cri[srv]\w{0,3}|r[ée]pond\w{0,3}|renvo\w{1,3}|mets|escrib\w{1,3}|respond\w{1,3}|devuelv\w{1,2}|pon|scriv\w{1,3}|rispond\w{1,3})"
)
_MODEL = r"(?:AI|LLMs?|language models?|GPT|chat ?bots?|KI|IA|Sprachmodelle?|modèles? de langage|modelos? de lenguaje)"
_TO_A_MODEL = re.compile(
    rf"(?=[ifdobvmnwarseh<\[é])(?:(?<!\w){_FORGET}\W{{1,3}}(?:{_WHICH}\W{{1,3}}){{1,6}}{_ORDERS}(?!\w)"
    rf"|(?<!\w){_FORGET}\W{{1,3}}(?:{_WHICH}\W{{1,3}}){{0,6}}{_TEXT}(?!\w)[^.]{{0,80}}?(?<!\w)(?P<command>{_COMMAND})(?!\w)"
    rf"|(?<!\w)(?:write|output|answer|report|schreibe?|[ée]cri[st]|escrib[ae])\s+(?:the\s+)?"
    rf"[\"'“]?[^\W\d][\w ]{{1,30}}[\"'”]?\s?:?=\s?(?=\S)"
    rf"|(?<!\w)(?:note|message|attention|instructions?|memo|hinweis|achtung|nota)\s+(?:to|for|an|für|pour|para|per)\s+"
    rf"(?:the |an |any |all |die |das |alle |les |los )?{_MODEL}(?!\w)"
    r"|<\s*/\s*document\s*>|(?<!\w)(?:answer|respond|reply)\s+with\s*[{\[\"“]"
    r"|<[|｜]\w[^\n]{0,40}?[|｜]>|</?(?:start_of_turn|end_of_turn|tool_call|tool_response)>|\[/?INST\]|<</?SYS>>)",
    re.IGNORECASE,
)
_LOOK_FOR = re.compile(
    r"ignor|disregard|forget|overrid|bypass|vergiss|vergess|missacht|oubli|olvid|dimentic|negeer|vergeet|write|output|answer|report|"
    r"schreib|[ée]cri|escrib|<[|｜/<s ]|\[/?inst|(?:note|message|attention|instructions?|memo|hinweis|achtung|nota) (?:to|for|an|für|p)",
)
"""In lower case: words without one of which there is nothing to find, so that most texts are passed over quickly."""


def find_instructions(text: str) -> Iterator[tuple[int, int]]:
    """(start, end) of each place that tells a model what to do: from its first word to the end of the line.

    What is found is narrow on purpose: `please disregard this notice if you have paid` speaks to people.
    """
    if _LOOK_FOR.search(lowered(text)) is None:
        return
    done = 0
    while (match := _TO_A_MODEL.search(text, done)) is not None:
        end = _line_end(text, match.end())
        if match["command"] and not text[match.end() : end].strip(" .:;,\"'") and "\n\n" not in text[end : end + 2]:
            end = _line_end(text, end + 1)  # the order stands on the next line
        yield match.start(), end
        done = end


def without_instructions(text: str) -> tuple[str, tuple[str, ...]]:
    """`text`, of the same length, with blanks for what speaks to a model; and what that was."""
    pieces: list[str] = []
    said: list[str] = []
    at = 0
    for start, end in find_instructions(text):
        pieces += [text[at:start], re.sub(r"[^\s]", " ", text[start:end])]
        said.append(" ".join(text[start:end].split()))
        at = end
    return ("".join([*pieces, text[at:]]), tuple(said)) if said else (text, ())


def _line_end(text: str, at: int) -> int:
    end = text.find("\n", at)
    return len(text) if end < 0 else end
