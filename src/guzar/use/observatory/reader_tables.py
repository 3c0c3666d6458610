"""Released rows as a table for readers: names, numbers, units, status and evidence age, source and edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from guzar.use.observatory.published import NOT_APPLICABLE, TOTAL, Value, to_value
from guzar.use.observatory.signs import evidence_tail, modelled_number, sign_with_word
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.words import SIGN_OF, Words, end_year

DECIMALS = {"percent": 1, "usd": 0, "persons": 0, "per_1000": 1}
UNIT_WORDS = {
    "persons": "persons",
    "percent": "%",
    "usd": "US$",
    "usd_million": "US$ million",
    "per_1000": "per 1,000",
    "local_currency_per_usd": "per US$",
    "index": "index",
    "category": "category",
    "applications": "applications",
    "entries": "entries",
    "registrations": "registrations",
    "permits": "permits",
    "displacements": "displacements",
}
NARROW_TABLE_ROWS = 400  # a longer table is a download, not a page


@dataclass(frozen=True)
class ReaderTable:
    """Head and cells, ready to be laid out; `numeric` names the columns that are set right."""

    head: Sequence[str]
    rows: Sequence[Sequence[Html]]
    numeric: frozenset[int]
    left_out: int = 0


def reader_table(rows: pl.DataFrame, say: Words) -> ReaderTable:
    """Every value of a figure with what must stand beside it."""
    values = [to_value(row) for row in rows.head(NARROW_TABLE_ROWS).iter_rows(named=True)]
    head = [
        say("Figure"),
        say("Period"),
        say("Value"),
        say("Unit"),
        say("Status"),
        say("Last observed"),
        say("Source and edition"),
    ]
    return ReaderTable(
        head,
        [_cells(value, say) for value in values],
        frozenset({2}),
        max(rows.height - NARROW_TABLE_ROWS, 0),
    )


def _cells(value: Value, say: Words) -> list[Html]:
    return [
        words(what(value, say)),
        words(value.period.replace("-", "–")),
        shown_number(value, say),
        words(unit_words(value.unit, say)),
        sign_with_word(SIGN_OF[value.observation_status], say.status(value.observation_status)),
        age(value, say),
        words(say.edition(value)),
    ]


def what(value: Value, say: Words) -> str:
    """What a value is about, in words: definition, place or corridor, sex."""
    parts = [say.definition(value.definition), place(value, say)]
    sexes = {"F": say("women"), "M": say("men"), "U": say("sex unknown")}
    parts += [sexes[value.sex]] if value.sex in sexes else []
    return ": ".join(parts[:2]) + (f", {parts[2]}" if len(parts) > 2 else "")


def place(value: Value, say: Words) -> str:
    """The area, or the corridor from the counterpart to it."""
    if value.counterpart in (TOTAL, NOT_APPLICABLE):
        return say.area(value.area)
    return f"{say.area(value.counterpart)} → {say.area(value.area)}"


def shown_number(value: Value, say: Words) -> Html:
    """The number as it may be shown: plain, boxed and hatched when modelled twice, or the sign of its absence."""
    if value.value is None:
        return sign_with_word(SIGN_OF[value.observation_status], say.status(value.observation_status))
    written = say.number(value.value, DECIMALS.get(value.unit, 2))
    if value.observation_status == "modelled_from_modelled":
        return modelled_number(written)
    return tag("span", words(written), class_="number")


def unit_words(unit: str, say: Words) -> str:
    """A unit as tables write it."""
    return say(UNIT_WORDS.get(unit, unit.replace("_", " ")))


def age(value: Value, say: Words) -> Html:
    """The evidence tail in a cell, with the year in words."""
    if value.last_observed is None:
        return evidence_tail(None, None, say("not known"))
    return evidence_tail([value.last_observed], end_year(value), str(value.last_observed))


def rows_as_html(
    values: Sequence[Value], say: Words, columns: Sequence[tuple[str, str]], *, by: str = "area"
) -> Html:
    """A short table on the page itself. `columns` pair a head with what a cell shows.

    place (the area or its counterpart, as `by` says), period, number, unit, status, age, edition, definition.
    """
    head = tag(
        "tr",
        *(
            tag("th", words(say(name)), scope="col", class_="number" if kind == "number" else None)
            for name, kind in columns
        ),
    )
    body = [
        tag("tr", *(_cell(value, kind, say, by, first=i == 0) for i, (_, kind) in enumerate(columns)))
        for value in values
    ]
    table = tag("table", tag("thead", head), tag("tbody", *body))
    named = ", ".join(say(name) for name, _ in columns)
    return tag("div", table, class_="table-scroll", tabindex="0", role="group", aria_label=named)


def _cell(value: Value, kind: str, say: Words, by: str, *, first: bool) -> Html:
    shown = {
        "place": lambda: words(say.area(getattr(value, by))),
        "period": lambda: words(value.period.replace("-", "–")),
        "number": lambda: shown_number(value, say),
        "unit": lambda: words(unit_words(value.unit, say)),
        "status": lambda: sign_with_word(
            SIGN_OF[value.observation_status], say.status(value.observation_status)
        ),
        "age": lambda: age(value, say),
        "edition": lambda: words(say.edition(value)),
        "definition": lambda: words(say.definition(value.definition)),
    }[kind]()
    return (
        tag("th", shown, scope="row")
        if first
        else tag("td", shown, class_="number" if kind == "number" else None)
    )
