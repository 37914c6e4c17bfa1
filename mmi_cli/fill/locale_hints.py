"""Decides how 03/04/2026 and 1.234,56 are read in a file: by the schema's locale, else by evidence in the file."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from ..datamodel.content import Content
from .character_forms import plain_forms

MAX_LOOKED_AT = 60_000
"""Characters looked at: the first pages say where a file comes from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocaleHints:
    """What is known of the conventions of a text; None: nothing decides."""

    language: str | None = None
    """ISO 639-1."""
    day_first: bool | None = None
    """Whether 03/04/2026 is the third of April."""
    day_first_reason: str = ""
    """What decided `day_first`, for people."""
    decimal_comma: bool | None = None
    """Whether 1,5 is one and a half."""


def decide_locale(content: Content, schema_locale: str | None) -> LocaleHints:
    """The hints for a content.

    What the file itself shows (a day above 12, a day of the week, `1.234,56`) goes before the schema's locale where it is unanimous,
    the locale before the country that currency, legal forms and tax words point to, the country before the language, and the language
    before what a series of dates or the currency alone suggests.
    """
    text = plain_forms(content.text[:MAX_LOOKED_AT])
    language = content.language or _language(text)
    territory, sign = _territory(text)
    from .date_order import likely_order, shown_order  # reads dates, which takes hints

    shown = shown_order(text, "\n".join(value for _, value in content.metadata))
    day_first, reason = shown if shown is not None else (None, "")
    decimal_comma = _decimal_comma_by_numbers(text)
    if schema_locale is not None:
        locale_language, locale_day_first, locale_comma = _conventions(schema_locale)
        if day_first is None:
            day_first, reason = locale_day_first, f"the schema's locale {schema_locale}"
        decimal_comma = locale_comma if decimal_comma is None else decimal_comma
        language = content.language or locale_language
    if day_first is None and territory is not None:
        day_first, reason = territory != "US", f"{sign!r} points to {territory}"
    if day_first is None and language not in (None, "en"):
        day_first, reason = True, f"written in {language}"
    if day_first is None and (likely := likely_order(text)) is not None:
        day_first, reason = likely
    if day_first is None and (money := _DAY_FIRST_MONEY.search(text)) is not None and not _DOLLAR.search(text):
        day_first, reason = True, f"amounts in {money[0]}"
    if decimal_comma is None:
        decimal_comma = _comma_of(territory, language)
    return LocaleHints(
        language=language,
        day_first=day_first,
        day_first_reason=reason if day_first is not None else "",
        decimal_comma=decimal_comma,
    )


_DECIMALS = re.compile(r"(?<![\d.,])\d{1,3}(?:[.,' ]\d{3}){0,5}(?P<mark>[.,])\d{2}(?![\d.,])")


def _decimal_comma_by_numbers(text: str) -> bool | None:
    """Which mark stands before two last digits; the rarer one may be a tenth at most."""
    marks = Counter(match["mark"] for match in _DECIMALS.finditer(text))
    commas, points = marks[","], marks["."]
    if commas == points or min(commas, points) * 10 > max(commas, points):
        return None
    return commas > points


_TERRITORY_SIGNS = {
    "US": r"\b(?:USA|U\.S\.A?|United States|LLC|Inc\.|[A-Z]{2} \d{5}(?:-\d{4})?\b|\(\d{3}\) \d{3}-\d{4}|ZIP|sales tax|EIN|SSN"
    r"|Delaware|California|Texas|New York|Florida)",
    "MY": r"\b(?:Sdn\.? Bhd|Malaysia|Kuala Lumpur|Selangor|Johor|Jalan|RM ?\d|MYR|GST ID|SST)\b",
    "SG": r"\b(?:Pte\.? Ltd|Singapore|SGD|S\$)",
    "GB": r"(?:\b(?:VAT|PLC|Ltd|United Kingdom|London|England|GBP|Companies House|[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2})\b|£)",
    "IN": r"(?:\b(?:GSTIN|Pvt\.? Ltd|India|INR|Mumbai|Bangalore|Delhi|Rs\.? ?\d)\b|₹)",
    "AU": r"\b(?:ABN|Pty\.? Ltd|Australia|AUD|NSW|QLD)\b",
    "DE": r"\b(?:GmbH|MwSt|USt|Umsatzsteuer|Rechnung|Deutschland|Stra(?:ß|ss)e|Steuernummer|UG|e\.K)\b",
    "FR": r"\b(?:SARL|SAS|TVA|Facture|France|SIRET|SIREN|Paris)\b",
    "ES": r"\b(?:S\.L\.|IVA|Factura|España|NIF|CIF)",
    "IT": r"\b(?:S\.r\.l|S\.p\.A|P\. ?IVA|Fattura|Italia)\b",
    "NL": r"\b(?:B\.V\.|BTW|Factuur|Nederland|KvK)",
    "BR": r"\b(?:CNPJ|Brasil|R\$|Ltda)\b",
    "CH": r"\b(?:CHF|Schweiz|Suisse|Svizzera)\b",
}
_TERRITORY = {
    name: re.compile(pattern, re.IGNORECASE if name != "US" else 0) for name, pattern in _TERRITORY_SIGNS.items()
}


def _territory(text: str) -> tuple[str | None, str]:
    """The country most signs point to, with one of them; None when two are close."""
    counts: Counter[str] = Counter()
    examples: dict[str, str] = {}
    for name, pattern in _TERRITORY.items():
        found = {match[0].casefold(): match[0] for match in pattern.finditer(text)}
        counts[name] = len(found)  # different signs: one word repeated is one sign
        if found:
            examples[name] = next(iter(found.values()))
    (first, most), (_, second) = counts.most_common(2)
    if most == 0 or most == second:
        return None, ""
    return first, examples[first]


_DAY_FIRST_MONEY = re.compile(
    r"[€£₹₺₽₪]|(?<![^\W_])(?:EUR|GBP|INR|AUD|NZD|CHF|TRY|ILS|AED|SAR|BRL|ZAR|SGD|MYR)(?![^\W_])"
)
_DOLLAR = re.compile(r"\$|(?<![^\W_])(?:USD|CAD|PHP)(?![^\W_])")
"""Money of countries that write the month first, or now so, now so."""

_STOP_WORDS = {
    "en": "the of and to for is by with this that from be are or your not on any shall you",
    "de": "der die das und ist für mit von auf den dem nicht ein eine zu bei im wir sie rechnung",
    "fr": "le la les des et est pour avec du une dans par sur votre nous vous pas aux que",
    "es": "el los las y es para con del una por en su que se al como más no",
    "it": "il lo gli della di e per con una del che non sono dei alla nel più",
    "nl": "het een en van voor met op te zijn niet aan bij uw dit wij naar",
    "pt": "o os as e para com uma do da em não por dos das ao que seu",
}
_LANGUAGE_OF = {
    word: {language for language, words in _STOP_WORDS.items() if word in words.split()}
    for words in _STOP_WORDS.values()
    for word in words.split()
}


def _language(text: str) -> str | None:
    """The language most stop words are of; None for texts with hardly any."""
    counts: Counter[str] = Counter()
    for word in re.findall(r"[^\W\d_]+", text.lower()):
        for language in _LANGUAGE_OF.get(word, ()):
            counts[language] += 1
    if not counts:
        return None
    (first, most), second = counts.most_common(1)[0], (counts.most_common(2)[1:] or [("", 0)])[0][1]
    return first if most >= 3 and most > 1.2 * second else None


def _conventions(locale: str) -> tuple[str | None, bool | None, bool | None]:
    """(language, day first, decimal comma) of a locale such as `en_GB` or `de`; a language alone leaves English dates open."""
    from babel.core import Locale, UnknownLocaleError

    try:
        known = Locale.parse(locale.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None, None, None
    pattern = str(known.date_formats["short"].pattern).lower()
    day_first = pattern.find("d") < pattern.find("m")
    if pattern.startswith("y"):
        day_first = True
    is_open = known.language == "en" and known.territory is None
    return known.language, None if is_open else day_first, known.number_symbols["latn"]["decimal"] == ","


_COMMA_LANGUAGES = frozenset({"de", "fr", "es", "it", "nl", "pt"})
_POINT_TERRITORIES = frozenset({"US", "GB", "MY", "SG", "IN", "AU", "CH"})


def _comma_of(territory: str | None, language: str | None) -> bool | None:
    if territory is not None:
        return territory not in _POINT_TERRITORIES
    if language is None:
        return None
    return language in _COMMA_LANGUAGES
