"""How pages speak: texts, names, dates, numbers and evidence in one language."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from guzar.define.areas import area_name
from guzar.define.codelist import read_codelist
from guzar.define.definitions import find_definition
from guzar.define.sources import edition_label, sources
from guzar.languages import translate, translate_count
from guzar.use.claims.wording import written_date
from guzar.use.observatory import numbers
from guzar.use.observatory.numbers import Amount, Language
from guzar.use.observatory.published import Value
from guzar.use.observatory.signs import Status, evidence_tail
from guzar.use.observatory.svg import Html

SIGN_OF = {
    "observed": Status.OBSERVED,
    "estimated": Status.ESTIMATED,
    "provisional": Status.ESTIMATED,
    "forecast": Status.ESTIMATED,
    "modelled_from_modelled": Status.MODELLED,
    "withheld": Status.WITHHELD,
    "not_known": Status.NOT_KNOWN,
}
STATUS_WORDS = {
    "observed": "Observed",
    "estimated": "Estimated",
    "provisional": "Provisional",
    "forecast": "Forecast",
    "modelled_from_modelled": "Modelled from modelled",
    "withheld": "Withheld",
    "not_known": "Not known",
}
# The year's own reports: balance of payments, price surveys and registers are observed for the period itself.
ROMAN = {"1": "I", "2": "II", "3": "III", "4": "IV"}  # Russian writes quarters so
WITH_ARTICLE = (
    "United ",
    "Netherlands",
    "Russian Federation",
    "Philippines",
    "Maldives",
    "Dominican Republic",
)
COUNTRY_RU = {"in": "в стране", "from": "из страны", "of": "страны"}
REPORTED = ("reported {year}", "surveyed {year}", "counted {year}")


@dataclass(frozen=True)
class Words:
    """Speaks one language. `say` translates a text and sets its values in."""

    lang: Language

    def __call__(self, text: str, **values: object) -> str:
        return self.say(text, **values)

    def say(self, text: str, **values: object) -> str:
        """A text in this language, typeset (no-break spaces, quotes), with its values."""
        return numbers.typeset(translate(text, self.lang).format(**values), self.lang)

    def count(self, one: str, many: str, count: int, **values: object) -> str:
        """A counted phrase: 1 census, 2 censuses; 1 перепись, 2 переписи, 5 переписей."""
        shown = numbers.number(count, self.lang)
        return numbers.typeset(
            translate_count(one, many, count, self.lang).format(count=shown, **values), self.lang
        )

    def area(self, code: str) -> str:
        """The reviewed short name of an area or region."""
        return area_name(code, self.lang)

    def place(self, code: str, case: str) -> str:
        """An area in a sentence: `in` Kyrgyzstan, в Кыргызстане; `from` Kyrgyzstan, из Кыргызстана; `of`.

        Russian needs cases; they are held for the twelve areas, other names stand in quotes of their own: в стране
        «Германия». See `has_cases`.
        """
        column = "of_ru" if case == "of" else f"{case}_{self.lang}"
        held = _cases().get(code)
        if case == "of" and self.lang == "en":
            return self.area(code)
        if held:
            return held[column]
        named = self.area(code)
        if self.lang == "en":
            return f"{case} the {named}" if named.startswith(WITH_ARTICLE) else f"{case} {named}"
        return f"{COUNTRY_RU[case]} «{named}»"

    def has_cases(self, code: str) -> bool:
        """Whether a name can take a case, as any can in English: where it cannot, a sentence names the area in its own form."""
        return self.lang == "en" or code in _cases()

    def areas(self, codes: Iterable[str]) -> str:
        """Names in a row: A, B and C."""
        names = [self.area(code) for code in codes]
        joint = " and " if self.lang == "en" else " и "
        return names[0] if len(names) == 1 else ", ".join(names[:-1]) + joint + names[-1]

    def number(self, value: float | None, decimals: int | None = None) -> str:
        """A number with thousands marked."""
        return numbers.number(value, self.lang, decimals)

    def percent(self, value: float | None, decimals: int | None = 1) -> str:
        """A share in per cent."""
        least = self._under(value, decimals)
        return numbers.percent(value, self.lang, decimals) if least is None else self._say_under(least, "%")

    def share(self, value: float | None, decimals: int = 1) -> str:
        """A share without its sign; one that would print as nought is "under 0.1"."""
        least = self._under(value, decimals)
        return self.number(value, decimals) if least is None else self._say_under(least, "")

    def _under(self, value: float | None, decimals: int | None) -> float | None:
        """The smallest number that prints, where a value above zero would print as zero."""
        if not value or decimals is None or value < 0 or value >= 0.5 * 10**-decimals:
            return None
        return float(f"1e-{decimals}")

    def _say_under(self, least: float, after: str) -> str:
        written = numbers.percent(least, self.lang) if after else numbers.number(least, self.lang)
        return self.say("under {least}", least=written)

    def amount(self, value: float | None, significant: int = 3) -> Amount:
        """A large number as number and unit: 1.15 million."""
        return numbers.amount(value, self.lang, significant)

    def edition(self, value: Value) -> str:
        """Source and edition of a value, as its source line names them."""
        return f"{self.source(value)}, {self.edition_only(value)}"

    def source(self, value: Value) -> str:
        """The source of a value."""
        source = sources()[value.source]
        return source.name_ru if self.lang == "ru" else source.name_en

    def edition_only(self, value: Value) -> str:
        """The edition of a value, where its source is named already."""
        label = edition_label(value.source, value.edition, self.lang)
        return self.date(value.edition) if label == value.edition else label

    def period(self, period: str) -> str:
        """A period as texts write it: 2015–2020; 2020 Q3, III кв. 2020 г."""
        year, _, quarter = period.partition("-Q")
        if not quarter:
            return period.replace("-", "–")
        written = f"{year} Q{quarter}" if self.lang == "en" else f"{ROMAN[quarter]} кв. {year} г."
        return numbers.typeset(written, self.lang)

    def date(self, date: str) -> str:
        """A date as precise as it is known: 2024, June 2024, 4 June 2024."""
        return written_date(date, self.lang)

    def definition(self, definition: str) -> str:
        """The name of a definition."""
        known = find_definition(definition)
        return known.name_ru if self.lang == "ru" else known.name_en

    def status(self, status: str) -> str:
        """The word beside a sign."""
        return self.say(STATUS_WORDS[status])

    def tail(self, *values: Value) -> Html:
        """The evidence tail of one value, or of an aggregate of several, with its words; unknown ones are counted."""
        seen = sorted({v.last_observed for v in values if v.last_observed is not None})
        reference = max((end_year(v) for v in values), default=None)
        if (
            not seen
            or reference is None
            or len([v for v in values if v.last_observed is None]) == len(values)
        ):
            return evidence_tail(None, None, self.say("last observation not known"))
        unknown = sum(v.last_observed is None for v in values)
        more = ", " + self.say("and {count} not known", count=unknown) if unknown else ""
        return evidence_tail(seen, reference, self._said(seen, reference) + more)

    def _said(self, seen: list[int], reference: int) -> str:
        if seen == [reference]:
            return self.say("observed {year}", year=reference)
        if len(seen) == 1:
            return self.say("counted {seen}, for {reference}", seen=seen[0], reference=reference)
        return self.say(
            "counted {first}–{last}, for {reference}", first=seen[0], last=seen[-1], reference=reference
        )


@cache
def _cases() -> dict[str, dict[str, str]]:
    return {row["code"]: row for row in read_codelist("area_cases").iter_rows(named=True)}


def end_year(value: Value) -> int:
    """The last year of a value's period: 2020 of 2015-2020."""
    last = value.period.split("-")[-1]
    return int(last) if len(last) == 4 and last.isdigit() else value.year
