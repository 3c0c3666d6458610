"""Numbers, figures and sentences of a verdict, in English or Russian: short, courteous, with source and date.

Sentences are English templates with names in braces; their Russian text is in `languages/ru/claims.po`.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from guzar.define.areas import Region, area_name, regions
from guzar.define.codelist import read_codelist
from guzar.define.sources import edition_label, sources
from guzar.languages import translate
from guzar.use.claims.holdings import Cell, Figure, growth_base, known_indicators
from guzar.use.claims.ranking import editions_of_series, other_families
from guzar.use.claims.reading import Claim

NO_BREAK = "\u00a0"
MONTHS = {
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
    "ru": (
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ),
}
MONTHS_ALONE_RU = (
    "январь",
    "февраль",
    "март",
    "апрель",
    "май",
    "июнь",
    "июль",
    "август",
    "сентябрь",
    "октябрь",
    "ноябрь",
    "декабрь",
)
SHOWN = 6  # editions named in one sentence
SAME = 5e-4  # figures nearer than this read the same
ABBREVIATION = re.compile(r"(?:WDI|WPP|KNOMAD|DataBank)\b")


@dataclass(frozen=True)
class Wording:
    """Speaks one language."""

    language: str = "en"
    regions: tuple[Region, ...] = ()

    def text(self, template: str, **values: object) -> str:
        """A sentence in the reader's language, with its values."""
        return translate(template, self.language).format(**values)

    def join(self, sentences: Iterable[str]) -> str:
        """Sentences as one text, each beginning with a capital."""
        text = " ".join(s[0].upper() + s[1:] for s in sentences if s)
        return re.sub(r"\.\.(?=\s|$)", ".", text)  # an abbreviation ends the sentence: «2019 г.»

    def number(self, value: float, decimals: int | None = None) -> str:
        """A number with the reader's decimal sign; thousands are kept apart by commas or no-break spaces."""
        places = _decimals(value) if decimals is None else decimals
        written = f"{value:,.{places}f}".replace("-", "−")
        if self.language == "ru":
            return written.replace(",", NO_BREAK).replace(".", ",")
        return written

    def amount(self, value: float, unit: str, decimals: int | None = None) -> str:
        """A number with its unit, as one would print it."""
        if unit == "usd":
            return self._dollars(value)
        number = self.number(value, decimals)
        if unit == "percent":
            return f"{number}{NO_BREAK}%" if self.language == "ru" else f"{number}%"
        return f"{number}{NO_BREAK}{self.text(_UNIT_NAMES[unit])}" if unit in _UNIT_NAMES else number

    def indicator(self, indicator: str) -> str:
        """An indicator by its name in the list; an unknown one as it is written."""
        base, suffix = growth_base(indicator)
        named = _indicator_names().get(base)
        name = indicator if named is None else named[self.language == "ru"]
        return self.text("{series}, change on the year before", series=name) if named and suffix else name

    def unit(self, unit: str) -> str:
        """A unit in words."""
        return self.text(_UNIT_NAMES[unit]) if unit in _UNIT_NAMES else unit

    def step(self, step: float, unit: str) -> str:
        """The size of a last printed digit: in words for round numbers, else as an amount."""
        if unit not in {"usd", "percent", "per_1000"} and step in _ROUND:
            return self.text(_ROUND[step])
        return self.text("the nearest {amount}", amount=self.amount(step, unit, _places(step)))

    def rounded(self, value: float, step: float, unit: str) -> str:
        """A number to the precision of a last printed digit; dollars in millions or billions."""
        return self._dollars(value) if unit == "usd" else self.number(value, _places(step))

    def _dollars(self, value: float) -> str:
        for size, name in ((1e9, "US$ {number} billion"), (1e6, "US$ {number} million")):
            if abs(value) >= size:
                return self.text(name, number=self.number(value / size, 2 if abs(value / size) < 100 else 1))
        return self.text("US$ {number}", number=self.number(value, 0))

    def figure(self, figure: Figure) -> str:
        """A figure with source and edition in brackets; for a mean of quarters, their number."""
        printed = self.amount(figure.value, figure.unit)
        made = self.text(", mean of {count} quarters", count=figure.quarters) if figure.quarters else ""
        status = self.text(", forecast") if figure.status == "forecast" else ""
        return f"{printed} ({self.source(figure)}{made}{status})"

    def source(self, figure: Figure) -> str:
        """Source and edition of a figure."""
        known = sources().get(figure.source)
        name = figure.source if known is None else known.name_ru if self.language == "ru" else known.name_en
        edition = self.edition(figure)
        series = ABBREVIATION.match(edition)
        if series:  # «WDI, 10 May 2023» names the series already
            name = name.split(",")[0].split(":")[0]
            edition = edition.removeprefix(f"{series.group()}, ") if series.group() in name else edition
        return f"{name}, {edition}"

    def edition(self, figure: Figure) -> str:
        """An edition by its own name, else its date in words."""
        label = edition_label(figure.source, figure.edition, self.language)
        return self.date(figure.edition) if label == figure.edition else label

    def date(self, edition: str) -> str:
        """A date of publication in words, as precise as it is known."""
        return written_date(edition, self.language)

    def claimed(self, claim: Claim) -> str:
        """The claimed value with its qualifier, as the document says it."""
        printed = claim.printed
        if printed is None:
            return claim.as_written.get("value", "")
        value, step = printed.value * claim.factor, printed.step * claim.factor
        decimals = _places(step)
        shown = self.amount(value, claim.unit, decimals)
        if printed.low < printed.high:
            shown = f"{self.number(printed.low * claim.factor, decimals)}–{self.amount(printed.high * claim.factor, claim.unit, decimals)}"
        return f"{self.text(_QUALIFIERS[claim.qualifier])} {shown}" if claim.qualifier else shown

    def named(self, claim: Claim) -> str:
        """A claim by its id, and by its row (the first claim is row 1) where other rows have that id too."""
        if not claim.is_id_shared:
            return claim.id
        return self.text("{claim} (row {row})", claim=claim.id or "—", row=claim.row + 1)

    def place(self, area: str, counterpart: str = "") -> str:
        """An area, region or corridor by name."""
        own = {r.id: r for r in self.regions}
        names = [
            (own[end].name_ru if self.language == "ru" else own[end].name_en) or end
            if end in own and end not in regions()
            else area_name(end, self.language)
            for end in (counterpart, area)
            if end
        ]
        return " → ".join(names)

    def series(self, cell: Cell, figure: Figure | None = None) -> str:
        """A series by the name of its definition and its place."""
        from guzar.define.definitions import definitions  # noqa: PLC0415 - a lookup, not a dependency of the class

        base, suffix = growth_base(cell[0])
        known = definitions().get(figure.definition) if figure else None
        known = known if known is not None and known.indicator == base else known_indicators().get(base)
        name = cell[0] if known is None else known.name_ru if self.language == "ru" else known.name_en
        grown = self.text("{series}, change on the year before", series=name) if suffix else name
        sex = {"F": self.text("women"), "M": self.text("men")}.get(cell[3], "")
        return f"{grown}, {self.place(cell[1], cell[2])}" + (f", {sex}" if sex else "")

    def listed(self, figures: Sequence[Figure]) -> str:
        """Several editions in one line, oldest first, equal neighbours once."""
        return "; ".join(self.figure(figure) for figure in distinct(figures)[-SHOWN:])

    def revision(self, figures: Sequence[Figure], best: Figure | None) -> str:
        """That the editions of one series differ is a revision, that two sources differ is none; said wherever they do."""
        if best is None:
            return ""
        return " ".join(
            said
            for said in (self._editions_differ(figures, best), self._sources_differ(figures, best))
            if said
        )

    def _sources_differ(self, figures: Sequence[Figure], best: Figure) -> str:
        others = [
            f for f in other_families(figures, best) if not math.isclose(f.value, best.value, rel_tol=SAME)
        ]
        if not others:
            return ""
        shown = "; ".join(self.figure(f) for f in [best, *others[:SHOWN]])
        return self.text(
            "Sources differ for {year}: {figures}. This is no revision and no change over time.",
            year=best.period,
            figures=shown,
        )

    def _editions_differ(self, figures: Sequence[Figure], best: Figure) -> str:
        steps = distinct(editions_of_series(figures, best))
        if len({f.edition for f in steps}) < 2:
            return ""
        shown = " → ".join(f"{self.amount(f.value, f.unit)} ({self.date(f.edition)})" for f in steps[-SHOWN:])
        return self.text(
            "Editions for {year}: {steps}. This is a revision of one year’s figure, not a change over time.",
            year=best.period,
            steps=shown,
        )


def distinct(figures: Sequence[Figure]) -> list[Figure]:
    """The figures without those that only repeat the one before, to the precision shown."""
    kept: list[Figure] = []
    for figure in figures:
        if not kept or not math.isclose(kept[-1].value, figure.value, rel_tol=SAME):
            kept.append(figure)
    return kept


def _places(step: float) -> int:
    return max(0, -math.floor(math.log10(step) + 0.5)) if step < 1 else 0


def _decimals(value: float) -> int:
    return 0 if abs(value) >= 1000 or value == int(value) else 2 if abs(value) >= 0.1 else 4


@cache
def written_date(edition: str, language: str) -> str:
    """A date as precise as it is known, in words: 2024, June 2024, 4 June 2024."""
    parts = [int(part) for part in edition.split("-") if part.isdigit()]
    if len(parts) == 1 or not parts:
        return edition
    month = MONTHS[language][parts[1] - 1]
    if len(parts) == 2:
        return (
            f"{MONTHS_ALONE_RU[parts[1] - 1]} {parts[0]}{NO_BREAK}г."
            if language == "ru"
            else f"{month} {parts[0]}"
        )
    day = f"{parts[2]} {month} {parts[0]}"
    return f"{day}{NO_BREAK}г." if language == "ru" else day


@cache
def _indicator_names() -> dict[str, tuple[str, str]]:
    rows = read_codelist("indicators").iter_rows(named=True)
    return {row["id"]: (row["name_en"], row["name_ru"]) for row in rows}


_UNIT_NAMES = {
    "persons": "persons",
    "percent": "per cent",
    "usd": "US dollars",
    "per_1000": "per 1,000 population",
    "registrations": "acts of registration",
    "entries": "entries",
    "permits": "permits",
    "applications": "applications",
    "decisions": "decisions",
    "displacements": "displacements",
}
_ROUND = {
    1.0: "the nearest unit",
    10.0: "the nearest ten",
    100.0: "the nearest hundred",
    1e3: "the nearest thousand",
    1e4: "the nearest ten thousand",
    1e5: "the nearest hundred thousand",
    1e6: "the nearest million",
    1e7: "the nearest ten million",
    1e8: "the nearest hundred million",
    1e9: "the nearest billion",
}
_QUALIFIERS = {"about": "about", "over": "over", "almost": "almost"}
PROPERTIES = {
    "unit": "unit counted",
    "unit_counted": "unit counted",
    "concept": "concept",
    "measure": "measure",
    "direction": "direction",
    "scope": "scope",
    "sex": "sex",
}
