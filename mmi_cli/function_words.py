"""Words that only hold a sentence together, in the languages of most questions: they are no reason to find anything."""

from __future__ import annotations

from collections.abc import Iterable

_BY_LANGUAGE = """
a an and any are as at be been being but by can could did do does for from had has have having he her him his how i if in into is it its
me my no nor not of off on or our out over shall she should so some such than that the their them then there these they this those to too
under up very was we were what when where which while who whom whose why will with would you your about
der die das den dem des ein eine einen einem einer eines und oder aber ist sind war waren wird werden hat haben ich du er sie es wir ihr
nicht kein keine mit von vom zu zum zur im in am an auf für bei aus nach über unter wie was wer wo wann welche welcher welches dass als
le la les l un une des du de d et ou mais est sont était a ont il elle nous vous ils elles ne pas que qui quoi dont où dans sur sous pour
par avec sans ce cet cette ces son sa ses au aux comment quel quelle
el la los las un una unos unas y o pero es son era fue ha han yo tu él ella no que quien como cuando donde en de del al por para con sin su
il lo gli i le uno una e ed o ma è sono era ha hanno che chi come quando dove di del della dei nel nella su per con senza
o os as um uma e ou mas é são foi que quem como quando onde em de do da dos das no na por para com sem
de het een en of maar is zijn was waren heeft hebben ik jij hij zij wij niet geen met van voor op aan uit naar over hoe wat wie waar
"""
_WORDS = frozenset(_BY_LANGUAGE.split())


def telling_words(words: Iterable[str]) -> list[str]:
    """The words without those of the list, each once; all of them where nothing else is left."""
    each_once = list(dict.fromkeys(words))
    return [word for word in each_once if word not in _WORDS] or each_once


def is_function_word(word: str) -> bool:
    """Whether a word, in lower case, says nothing of what a text is about."""
    return word in _WORDS or word in _SPOKEN or (word.split("'")[0].split("’")[0] in _WORDS and len(word) < 8)


_SPOKEN = frozenset(
    """
    about again all almost already also always another anything around away back because been before being better both came cannot come
    comes could different does doing done down each either else enough even ever every everybody everything few first get gets getting
    give go goes going gone gonna good got great here hi hello hey however into its it's just keep kind know known last least less let like
    likely little look looking lot lots made make makes making many maybe me mean might more most much must myself need never new next
    nice nothing now often okay ok old one ones only other others ought ourselves own people perhaps please pretty put quite rather
    really right said same say says second see seem seems seen several shall side since six so somebody someone something sometimes soon
    still such sure take taken tell than thank thanks thing things think though through thus till time today together told too took toward
    try two uh um until upon us use used using usually very wanna want wanted wants way ways well went whatever whether whole whose why
    within without work would yeah year years yes yet you'll you're you've i'm i'll i've we're we'll don't can't won't didn't doesn't isn't
    auch also dann da doch eben einfach etwas ganz gar gibt gut hier ihm ihn ihr immer ja jetzt kann können man mal mehr mein mich mir
    noch nur oder schon sehr sein sich so sonst soll um uns viel vor wenn werde wieder will wohl
    """.split()
)
