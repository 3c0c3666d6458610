"""Dates of editions: where they stand on an axis of time, and how they are written."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from guzar.use.observatory.numbers import NO_BREAK, Language
from guzar.use.observatory.series import Tick

MONTHS: dict[Language, tuple[str, ...]] = {
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "June", "July", "Aug", "Sept", "Oct", "Nov", "Dec"),
    "ru": (
        "янв.",
        "февр.",
        "март",
        "апр.",
        "май",
        "июнь",
        "июль",
        "авг.",
        "сент.",
        "окт.",
        "нояб.",
        "дек.",
    ),
}


def edition_date(edition: str) -> float:
    """An edition as year and fraction, in true steps of time: 2023-05-10 is 2023.353.

    An edition known by month or year only stands at the beginning of it.
    """
    year, month, day = (*(int(part) for part in edition.split("-")), 1, 1)[:3]
    first, following = date(year, 1, 1), date(year + 1, 1, 1)
    return year + (date(year, month, day) - first).days / (following - first).days


def edition_month(edition: str, lang: Language) -> str:
    """An edition as an axis names it: May 2023, май 2023; 2020 where only the year is known."""
    year, *rest = edition.split("-")
    return f"{MONTHS[lang][int(rest[0]) - 1]}{NO_BREAK}{year}" if rest else year


def edition_ticks(editions: Iterable[str], lang: Language) -> list[Tick]:
    """One tick for every edition, at its own date; editions of one month are named once."""
    ordered = sorted(set(editions), key=edition_date)
    named: dict[str, Tick] = {}
    for edition in ordered:
        said = edition_month(edition, lang)
        named.setdefault(said, Tick(edition_date(edition), said))
    return list(named.values())
