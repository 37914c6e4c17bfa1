"""The mood of what somebody says: VADER's lexicon for English, a small one of our own for German, none for other languages.

Words of courtesy (`thank you for calling`, `please`, `have a nice day`) and the vocabulary of the trade (`claim`, `cancel`, `charge`) say
nothing of a mood; they are taken out before a sentence is scored.
"""

# ruff: noqa: E501 - a phrase list reads better with one pattern a line
from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Literal, NamedTuple

from .probing import MOODS, Probe
from .turns import Sentence, Turn

Mood = Literal["positive", "neutral", "negative", "mixed"]
POSITIVE, NEGATIVE = 0.12, -0.12
"""Mean scores from which a side is in a good or a bad mood; from one to the other between the first and the last third is mixed."""
_LIKE = 0.3
"""Cosine from which a sentence is like an example of a mood."""
_BEGINS, _TURNS = -0.08, 0.4
"""A call that begins like this and whose last third is so much better turned."""
_FORMULA = re.compile(
    r"\bthank(?:s| you)(?: so much| very much)? for (?:calling|contacting|holding|your call|your patience|waiting|choosing \w+)|\bgood (?:morning|afternoon|evening|day)\b|\bhow (?:can|may) i help you(?: today)?|"
    r"\bhave a (?:nice|great|good|wonderful|lovely) (?:day|evening|weekend|one|afternoon)|\byou(?:'re| are) (?:very )?welcome|\bwelcome to\b|\bplease\b|\bno problem\b|\bof course\b|\bsure\b|\byes\b|\bno\b(?=[,.!]|$)|\bokay\b|\bok\b|"
    r"\b(?:i'd|i would) like\b|\blike to\b|\bhelp(?: you)? with\b|\bcan you help\b|\bsecurity\b|\b(?:life |health |car |home )?insurance\b|\binsured\b|\bclaims?\b|\bcredit(?: card)?\b|\bcharge\b|\bcancel(?:l?ation)?\b|"
    r"\bcustomer care\b|\bdear\b|\bsupport\b|\bunited\b|\bbest (?:number|way|time|regards)\b|\bgood(?:bye)\b|\bprotected\b|\binterest(?:ed in)?\b|\bdies?\b|\bdeath\b|\bchecks?\b|\bshares?\b|\bwarranty\b|\btrue\b|\bvalue\b",
    re.IGNORECASE,
)
# Weights of VADER's scale (-4 to 4) for what callers say and its lexicon lacks or takes for something else.
_OF_CALLS = {
    "waiting": -0.8, "charged": -0.6, "overcharged": -2.2, "twice": -0.4, "unacceptable": -3.0, "refund": 0.0, "broken": -1.6, "late": -0.9,
    "helpful": 2.4, "resolved": 1.4, "sorted": 1.2, "ridiculous": -2.8, "sorry": -0.2, "unfortunately": -1.2, "apologize": -0.2, "apologise": -0.2,
    "apologies": -0.2, "crashing": -1.6, "crashes": -1.6, "useless": -2.4, "works": 1.0, "working": 0.4, "thanks": 0.5, "thank": 0.5,
    "great": 2.0, "fine": 0.6, "perfect": 2.4, "disconnected": -1.0, "rude": -2.4, "urgent": -0.8, "emergency": -1.2, "delay": -1.2, "delayed": -1.2,
    "policy": 0.0, "number": 0.0, "fee": -0.4, "fees": -0.4, "lost": -1.3, "stolen": -2.0, "leak": -1.2, "leaking": -1.2, "flooded": -1.8,
}  # fmt: skip
_GERMAN: dict[str, float] = {
    "danke": 0.5, "dank": 0.5, "super": 2.2, "toll": 2.2, "prima": 2.0, "perfekt": 2.4, "wunderbar": 2.6, "klasse": 2.2, "freundlich": 2.0, "nett": 1.8,
    "hilfreich": 2.2, "zufrieden": 2.0, "gut": 1.2, "gerne": 0.6, "freue": 1.8, "freut": 1.8, "erleichtert": 1.8, "funktioniert": 0.6, "schnell": 0.8,
    "großartig": 2.6, "schön": 1.2, "begeistert": 2.6, "problem": -1.0, "probleme": -1.2, "leider": -1.0, "ärgerlich": -2.2, "ärgert": -2.0, "sauer": -2.4,
    "wütend": -2.6, "enttäuscht": -2.4, "unverschämt": -3.0, "unverschämtheit": -3.0, "frechheit": -3.0, "schlecht": -2.0, "schlimm": -2.0,
    "furchtbar": -2.6, "katastrophe": -2.8, "kaputt": -1.6, "defekt": -1.4, "ausgefallen": -1.4, "störung": -1.2, "falsch": -1.4, "fehler": -1.4,
    "verspätet": -1.2, "warte": -0.8, "gewartet": -0.8, "nie": -0.8, "beschwerde": -1.6, "beschweren": -1.8, "verloren": -1.2, "gestohlen": -1.8,
    "inakzeptabel": -3.0, "nervt": -2.0, "genervt": -2.2, "unmöglich": -1.8, "dringend": -0.6, "schaden": -1.0, "unzufrieden": -2.2, "mies": -2.2,
    "lächerlich": -2.6, "peinlich": -1.8, "unfreundlich": -2.4, "zweimal": -0.4, "doppelt": -0.6, "ärger": -1.8,
}  # fmt: skip
_GERMAN_NOT = frozenset({"nicht", "kein", "keine", "keinen", "nie", "niemals", "weder"})
_GERMAN_VERY = frozenset({"sehr", "wirklich", "total", "echt", "absolut", "richtig", "furchtbar"})
_GERMAN_FORMULA = re.compile(
    r"\bguten (?:morgen|tag|abend)|\bschönen (?:tag|abend|dank|feierabend)|\b(?:vielen dank|danke) für ihren anruf|\bkein problem|\bkein fehler|\bsehr gerne|\balles gut\b",
    re.I,
)
# `Grace Lee.`, `Olivia Grant, 555 0143.`: names are words, too.
_NAMES_ALONE = re.compile(
    r"(?:(?:[Yy]es|[Ss]ure|[Ii]t's|[Mm]y name is|[Tt]his is),? )?(?:[^\W\d_a-z][\w'-]*|\d+)(?:,? (?:[^\W\d_a-z][\w'-]*|\d+))+[.,!?]?"
)
_NAME_INSIDE = re.compile(r"(?<=[\w,] )(?!I\b)[A-Z][a-z]+\b")
_FED_UP = re.compile(r"\bfed up\b|\bsick of\b|\bhad enough\b", re.IGNORECASE)
_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH_WORDS = re.compile(r"\b(?:the|and|you|is|to|my|i'm|it|that|have|for|your|can)\b", re.IGNORECASE)
_GERMAN_WORDS = re.compile(
    r"\b(?:der|die|das|und|ich|sie|ist|nicht|mein|meine|wir|ein|eine|haben|mit|für|auf)\b", re.IGNORECASE
)


class Feeling(NamedTuple):
    """The mood of some sentences."""

    score: float
    """-1 to 1: the mean over the sentences that say something of a mood, drawn to 0 where few do."""
    mood: Mood
    change: float | None
    """Score of the last third less that of the first; None for fewer than three sentences."""
    strongest: Sentence
    """The sentence that says most."""
    confidence: float


def language_of(text: str, known: str | None) -> str | None:
    """`en` or `de` where a mood can be read in it; the reader's own word where it has one."""
    if known:
        return known if known in ("en", "de") else None
    english, german = len(_ENGLISH_WORDS.findall(text)), len(_GERMAN_WORDS.findall(text))
    if max(english, german) < max(2, len(text.split()) / 25):
        return None
    return "en" if english >= german else "de"


def feeling_of(sentences: Sequence[Sentence], language: str | None, *, probe: Probe | None = None) -> Feeling | None:
    """None without sentences, or in a language that has no lexicon."""
    if language is None or not sentences:
        return None
    scores = scores_of([sentence.text for sentence in sentences], language, probe=probe)
    score = _mean(scores)
    third = len(scores) // 3
    change = _mean(scores[-third:]) - _mean(scores[:third]) if third else None
    begin = _mean(scores[:third]) if third else score
    if begin <= _BEGINS and change is not None and change >= _TURNS:
        mood: Mood = "mixed"
    else:
        mood = "positive" if score >= POSITIVE else "negative" if score <= NEGATIVE else "neutral"
    distance = min(abs(score - POSITIVE), abs(score - NEGATIVE))
    strongest = max(zip(scores, sentences, strict=True), key=lambda pair: (abs(pair[0]), -pair[1].start))[1]
    return Feeling(score, mood, change, strongest, round(min(0.88, 0.55 + 1.2 * distance), 4))


def scores_over_time(
    turns: Sequence[Turn],
    sentences: Sequence[Sentence],
    spans: Sequence[tuple[float, float]],
    language: str | None,
    *,
    probe: Probe | None = None,
) -> list[float | None]:
    """The score of what is said in each span of seconds; None where nothing is."""
    out: list[float | None] = []
    for start_s, end_s in spans:
        inside = [each for each in sentences if start_s <= (turns[each.turn].start_s or 0.0) < end_s]
        out.append(
            _mean(scores_of([each.text for each in inside], language, probe=probe)) if inside and language else None
        )
    return out


def scores_of(texts: Sequence[str], language: str, *, probe: Probe | None = None) -> list[float]:
    """-1 to 1 each, by words; where these say nothing, by what the sentence is like."""
    scores = [score_of(text, language) for text in texts]
    if probe is None or language != "en":
        return scores
    silent = [at for at, score in enumerate(scores) if abs(score) < 0.05 and len(texts[at].split()) > 2]
    for at, near in zip(silent, probe.near([texts[at] for at in silent], MOODS), strict=True):
        lead = near["positive"] - near["negative"]
        if max(near["positive"], near["negative"]) >= max(_LIKE, near[""] + 0.05):
            scores[at] = max(-0.6, min(0.6, 1.5 * lead))
    return scores


def score_of(text: str, language: str) -> float:
    """-1 to 1; 0 for a sentence without a word of mood."""
    return _english(text) if language == "en" else _german(text)


def _english(text: str) -> float:
    if _NAMES_ALONE.fullmatch(text):
        return 0.0
    said = _NAME_INSIDE.sub(" ", _FED_UP.sub("annoyed", _FORMULA.sub(" ", text)))
    return float(_vader().polarity_scores(said)["compound"])


def _german(text: str) -> float:
    words = [match[0].casefold() for match in _WORD.finditer(_GERMAN_FORMULA.sub(" ", text))]
    total = 0.0
    for at, word in enumerate(words):
        weight = _GERMAN.get(word, 0.0)
        before = words[max(0, at - 3) : at]
        if weight and (_GERMAN_NOT & set(before) or (word == "funktioniert" and "nicht" in words)):
            weight *= -0.8
        elif weight and _GERMAN_VERY & set(before):
            weight *= 1.3
        total += weight
    return total / math.sqrt(total * total + 15)


def _mean(scores: Sequence[float]) -> float:
    """Over what says something of a mood; a single word in a long call says little of it."""
    telling = [score for score in scores if abs(score) >= 0.05]
    return sum(telling) / (len(telling) + 2 + 0.12 * (len(scores) - len(telling))) if telling else 0.0


@cache
def _vader() -> Any:
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    analyzer = SentimentIntensityAnalyzer()
    analyzer.lexicon.update(_OF_CALLS)
    return analyzer
