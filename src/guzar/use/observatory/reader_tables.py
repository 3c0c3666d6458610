"""Released rows as a table for readers: names, numbers, units, status and evidence age, source and edition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import polars as pl

from guzar.use.observatory.published import NOT_APPLICABLE, TOTAL, Value, to_value
from guzar.use.observatory.signs import evidence_tail, modelled_number, sign_with_word
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.table_signs import sign_class, tail_class
from guzar.use.observatory.words import SIGN_OF, Words, end_year

# How the counterpart of a stock is told: where people were born, or where they fled from.
STOCKS = {
    "migrant_stock": "place of birth: {origin}",
    **dict.fromkeys(("refugees", "asylum_seekers"), "origin: {origin}"),
}
# Units of which there are no halves: they have no decimals, and women and men of them may be added.
COUNTED = ("persons", "applications", "decisions", "entries", "registrations", "permits", "displacements")
DECIMALS = {"percent": 1, "usd": 0, "usd_2015": 0, "per_1000": 1} | dict.fromkeys(COUNTED, 0)
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
    "decisions": "decisions",
    "entries": "entries",
    "registrations": "registrations",
    "permits": "permits",
    "displacements": "displacements",
}
FEW_ROWS = 3  # a place with fewer rows than this has no heading of its own
NARROW_TABLE_ROWS = 400  # a longer table is a download, not a page


@dataclass(frozen=True)
class Part:
    """Rows of one definition, unit and source, each a finished `<tr>`; `name` is said once above them."""

    name: str
    rows: Sequence[Html]


@dataclass(frozen=True)
class ReaderTable:
    """Head and parts, ready to be laid out; `numeric` is the column that is set right."""

    head: Sequence[str]
    parts: Sequence[Part]
    numeric: int
    left_out: int = 0


def reader_table(rows: pl.DataFrame, say: Words) -> ReaderTable:
    """Every value of a figure with what must stand beside it; what many rows share is said once above them."""
    values = [to_value(row) for row in rows.head(NARROW_TABLE_ROWS).iter_rows(named=True)]
    names_places = _places_have_few_rows(values)
    head = [say("Period"), say("Value"), say("Status"), say("Last observed"), say("Edition")]
    parts: dict[str, list[Html]] = {}
    for alike in _same_in_editions(values):
        name = _part_name(alike[0], say, names_places)
        parts.setdefault(name, []).append(_row(alike, say, names_places))
    return ReaderTable(
        [say("Area or corridor"), *head] if names_places else head,
        [Part(name, rows) for name, rows in parts.items()],
        2 if names_places else 1,
        max(rows.height - NARROW_TABLE_ROWS, 0),
    )


def _places_have_few_rows(values: Sequence[Value]) -> bool:
    """Whether a heading for each place would stand above a row or two; then a column names the places."""
    places = {(value.area, value.counterpart, value.sex) for value in values}
    series = {(value.definition, value.area, value.counterpart, value.sex) for value in values}
    return len(places) > 1 and len(series) * FEW_ROWS > len(values)


def _same_in_editions(values: Sequence[Value]) -> list[list[Value]]:
    """Values in their order; those that several editions give alike, each beside the next, in one list."""
    alike: list[list[Value]] = []
    for value in values:
        if alike and replace(value, edition=alike[-1][-1].edition) == alike[-1][-1]:
            alike[-1].append(value)
        else:
            alike.append([value])
    return alike


def _part_name(value: Value, say: Words, names_places: bool) -> str:
    """What the rows of a part share: definition, unit, source; the place too where it has several rows."""
    about = say.definition(value.definition) if names_places else what(value, say)
    return f"{about}, {unit_words(value.unit, say)} · {say.source(value)}"


def _row(alike: Sequence[Value], say: Words, names_places: bool) -> Html:
    """One row for the editions that give a value alike, with as little markup as a table of thousands can have."""
    value = alike[0]
    period = words(value.period.replace("-", "–"))
    first = f"{words(place_and_sex(value, say))}</th><td>{period}</td>" if names_places else f"{period}</th>"
    seen = say("not known") if value.last_observed is None else str(value.last_observed)
    editions = "; ".join(say.edition_only(one) for one in alike)
    return Html(
        f'<tr><th scope="row">{first}<td class="number">{_table_number(value, say)}</td>'
        f'<td class="{sign_class(value)}">{words(say.status(value.observation_status))}</td>'
        f'<td class="{tail_class(value)}">{words(seen)}</td><td>{words(editions)}</td></tr>'
    )


def _table_number(value: Value, say: Words) -> Html:
    """The number alone; as `shown_number` where it is modelled from modelled or there is none."""
    if value.value is None or value.observation_status == "modelled_from_modelled":
        return shown_number(value, say)
    return words(_written(value, say))


def decimals_of(value: Value) -> int:
    """As its unit is written; of a unit that has no rule none for a whole number, two for another."""
    is_whole = value.value is not None and float(value.value).is_integer()
    return DECIMALS.get(value.unit, 0 if is_whole and value.unit not in UNIT_WORDS else 2)


def place_and_sex(value: Value, say: Words) -> str:
    """The area or corridor, and the sex where a value is of one."""
    said = _sex(value, say)
    return f"{place(value, say)}, {said}" if said else place(value, say)


def _sex(value: Value, say: Words) -> str:
    """The sex in words where a value is of one; else nothing."""
    return {"F": say("women"), "M": say("men"), "U": say("sex unknown")}.get(value.sex, "")


def what(value: Value, say: Words) -> str:
    """What a value is about, in words: definition, place or corridor, sex."""
    return f"{say.definition(value.definition)}: {place_and_sex(value, say)}"


def place(value: Value, say: Words) -> str:
    """The area, or the corridor from the counterpart to it; an arrow is for what moves, and a stock does not."""
    if value.counterpart in (TOTAL, NOT_APPLICABLE):
        return say.area(value.area)
    if value.indicator in STOCKS:
        told = say(STOCKS[value.indicator], origin=say.area(value.counterpart))
        return f"{say.area(value.area)}, {told}"
    return f"{say.area(value.counterpart)} → {say.area(value.area)}"


def shown_number(value: Value, say: Words) -> Html:
    """The number as it may be shown: plain, boxed and hatched when modelled from modelled, or the sign of its absence."""
    if value.value is None:
        return sign_with_word(SIGN_OF[value.observation_status], say.status(value.observation_status))
    written = _written(value, say)
    if value.observation_status == "modelled_from_modelled":
        return modelled_number(written)
    return tag("span", words(written), class_="number")


def _written(value: Value, say: Words) -> str:
    """A number in its unit; a share that would print as nought is "under 0.1"."""
    if value.unit == "percent":
        return say.share(value.value, DECIMALS["percent"])
    return say.number(value.value, decimals_of(value))


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

    place (the area or its counterpart, as `by` says), place_and_sex (area or corridor, and sex), period, number, unit, status, age, edition, definition.
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
        "place_and_sex": lambda: words(place_and_sex(value, say)),
        "period": lambda: words(say.period(value.period)),
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
