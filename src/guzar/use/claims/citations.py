"""What a claim cites → which sources and editions held are meant, and what a cited publisher really counts.

A citation pins an edition down only where its date agrees with one that is held. «World Bank, 13 Apr 2015» names
an edition that is not held, «UN DESA» names none: neither can be shown to hold another value.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from guzar.define.codelist import read_codelist
from guzar.define.sources import editions, sources
from guzar.use.claims.holdings import Figure

MONTHS = (
    "jan янв",
    "feb фев",
    "mar мар",
    "apr апр",
    "may мая май",
    "jun июн",
    "jul июл",
    "aug авг",
    "sep сен",
    "oct окт",
    "nov ноя",
    "dec дек",
)
SPAN = re.compile(r"\b(?:19|20)\d\d\s*[-–—]\s*(?:(?:19|20)\d\d|\d\d)\b(?!-)")
ISO = re.compile(r"\b((?:19|20)\d\d)-(\d\d)(?:-(\d\d))?\b")
WORDS = re.compile(r"(?:(\d{1,2})\s+)?([a-zа-я]{3,9})\.?,?\s+((?:19|20)\d\d)\b")
YEARS = re.compile(r"\b(?:19|20)\d\d\b")

Date = tuple[int, int, int]  # year, month, day; 0 where not said


@dataclass(frozen=True)
class Citation:
    """The sources held that a citation names, the dates in it, and what the publisher says it counts."""

    sources: frozenset[str] = frozenset()
    dates: tuple[Date, ...] = ()
    publisher: str = ""
    unit_counted: str = ""
    direction: str = ""
    reporter: str = ""
    note_en: str = ""
    note_ru: str = ""

    def is_of(self, figure: Figure) -> bool:
        """Whether the figure comes from a source that the citation names."""
        return figure.source in self.sources

    def names_edition_of(self, figure: Figure) -> bool:
        """Whether the figure comes from the very edition that the citation names."""
        return self.is_of(figure) and any(_same_date(figure.edition, date) for date in self.dates)


@cache
def read_citation(text: str) -> Citation:
    """What a citation means; an empty Citation where guzar knows none of its words."""
    folded = " ".join(text.casefold().replace("_", " ").split())
    if not folded:
        return Citation()
    known = [row for row in _publishers() if re.search(rf"(?<!\w)(?:{row['pattern']})(?!\w)", folded)]
    # The narrower name decides: "World Bank-KNOMAD" is KNOMAD.
    named = [frozenset(str(row["sources"]).split()) for row in known if row["sources"]]
    held = frozenset.intersection(*named) if named else _by_name(folded)
    counted = next((row for row in known if row["unit_counted"] or row["direction"]), None)
    about = (
        {}
        if counted is None or held
        else {key: counted[key] for key in ("unit_counted", "direction", "reporter", "note_en", "note_ru")}
    )
    return Citation(
        held or frozenset().union(*named),
        _dates(folded) + _labelled(folded, held),
        publisher=counted["id"] if about and counted else "",
        **about,
    )


@cache
def _publishers() -> list[dict[str, str]]:
    return read_codelist("cited_publishers").fill_null("").to_dicts()


def _by_name(folded: str) -> frozenset[str]:
    """Sources whose own id, title or name stands in the citation."""
    names = {
        s.id: [n.casefold() for n in (s.id.replace("_", " "), s.title, s.name_en, s.name_ru) if len(n) > 4]
        for s in sources().values()
    }
    return frozenset(source for source, said in names.items() if any(name in folded for name in said))


def _labelled(folded: str, held: Iterable[str]) -> tuple[Date, ...]:
    """Dates of editions whose own label (`2019 revision`) stands in the citation."""
    wanted = set(held)
    labels = (
        (e.edition, (e.label_en.casefold(), e.label_ru.casefold()))
        for e in editions().values()
        if e.source in wanted
    )
    return tuple(_date(edition) for edition, said in labels if any(label in folded for label in said))


def _dates(folded: str) -> tuple[Date, ...]:
    """Every date in a citation; a span of years (2013-2016) is a period covered, no date of publication."""
    without_spans = SPAN.sub(lambda found: found.group() if ISO.match(found.group()) else " ", folded)
    dates: list[Date] = []
    rest = without_spans
    for pattern, reading in ((ISO, _from_iso), (WORDS, _from_words)):
        for match in pattern.finditer(rest):
            date = reading(match)
            if date:
                dates.append(date)
                rest = rest.replace(match.group(), " ")
    dates += [(int(year), 0, 0) for year in YEARS.findall(rest)]
    return tuple(dates)


def _from_iso(match: re.Match[str]) -> Date | None:
    return (int(match[1]), int(match[2]), int(match[3] or 0)) if 1 <= int(match[2]) <= 12 else None


def _from_words(match: re.Match[str]) -> Date | None:
    month = next(
        (n for n, said in enumerate(MONTHS, 1) if any(match[2].startswith(m) for m in said.split())), None
    )
    return None if month is None else (int(match[3]), month, int(match[1] or 0))


def _date(edition: str) -> Date:
    parts = [int(part) for part in edition.split("-")] + [0, 0]
    return parts[0], parts[1], parts[2]


def _same_date(edition: str, date: Date) -> bool:
    """Whether two dates agree as far as both are precise."""
    return all(a == b or 0 in (a, b) for a, b in zip(_date(edition), date, strict=True))
