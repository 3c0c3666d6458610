"""Doubts about sources: what general checks found in published files, as questions to their publishers."""

from __future__ import annotations

import json
import re
from typing import Any

import polars as pl

from guzar.define.areas import area_name
from guzar.define.codelist import read_codelist
from guzar.define.sources import edition_label, sources
from guzar.use.observatory.content import Figure
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.reader_tables import decimals_of, place
from guzar.use.observatory.svg import words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import Words

CHECK_NAMES = {
    "one_sender_only": "One sender only",
    "sexes_unlike_total": "Women and men do not add up to the total",
    "total_below_parts": "Parts add up to more than the total",
    "share_outside_range": "Share outside 0 to 100 per cent",
    "exchanged_codes": "Codes exchanged",
    "code_of_another_area": "Code of another area",
    "exchanged_values": "Values exchanged between areas",
    "displaced_values": "Values of other areas",
    "slipped_rows": "Rows slipped",
    "unit_slip_between_years": "Unit slipped between years",
    "unit_slip_between_editions": "Unit slipped between editions",
    "repeated_series": "Series repeated",
}


AREA_NAMES = ("areas", "sender")
DATE_NAMES = ("edition", "other_edition", "period", "year")
VALUE_NAMES = ("found", "expected")
AREA_VALUE = re.compile(r"([A-Z0-9]{3}(?:>[A-Z0-9]{3})?) (-?\d+(?:\.\d+)?)")
WHOLE_FROM = 100_000  # decimals of larger numbers are arithmetic
NAMED_DOUBTS = 6
DOUBT_KEY = ("definition", "source", "edition", "period", "area", "counterpart")


def source_doubts(published: Published, say: Words) -> Figure | None:
    """Every doubt as a row: source and edition, the check, and the question in one courteous sentence."""
    rows = published.doubts
    if rows is None:
        return None
    heading = say.count(
        "{count} doubt about a published value or code",
        "{count} doubts about published values or codes",
        rows.height,
    )
    sub = say(
        "Found by general checks that know no country and no year. A doubt is a question to the publisher: no value is changed"
    )
    cells = [
        [words(_source(row, say)), words(_check(str(row["check"]), say)), words(_sentence(row, say))]
        for row in rows.iter_rows(named=True)
    ]
    table = plain_table(
        heading, [say("Source and edition"), say("Check"), say("What the check found")], cells
    )
    return Figure(
        "doubts",
        heading,
        sub,
        table,
        say("Table source_doubts of this release."),
        rows=rows,
        shows_table=False,
    )


def _check(check: str, say: Words) -> str:
    return say(CHECK_NAMES.get(check, check.replace("_", " ").capitalize()))


def _source(row: dict[str, Any], say: Words) -> str:
    source = sources().get(str(row["source"]))
    name = (source.name_ru if say.lang == "ru" else source.name_en) if source else str(row["source"])
    return f"{name}, {edition_label(str(row['source']), str(row['edition']), say.lang)}"


def _sentence(row: dict[str, Any], say: Words) -> str:
    values = json.loads(row["explanation_values"]) if row["explanation_values"] else {}
    return say(str(row["explanation"]), **{name: _shown(name, value, say) for name, value in values.items()})


def _shown(name: str, value: object, say: Words) -> str:
    """Areas, indicators and sources by name, numbers as the language writes them; dates, editions and quotations as found."""
    text = str(value)
    known = sources().get(text)
    if known is not None:
        return known.name_ru if say.lang == "ru" else known.name_en
    if name in AREA_NAMES:
        return ", ".join(_place(code, say) for code in text.replace(",", " ").split())
    if name == "indicator":
        return indicator_name(text, say)
    if name in VALUE_NAMES and all(AREA_VALUE.fullmatch(part) or part == "…" for part in text.split(", ")):
        return "; ".join(_area_value(part, say) for part in text.split(", "))
    try:
        number = float(text)
    except ValueError:
        return text
    return text if name in DATE_NAMES else _number(number, say)


def _number(value: float, say: Words) -> str:
    return say.number(value, 0 if abs(value) >= WHOLE_FROM else None)


def _area_value(part: str, say: Words) -> str:
    """`BLR 1.339652` as `Belarus 1.339652`, or `Беларусь 1,339652`."""
    found = AREA_VALUE.fullmatch(part)
    return f"{_place(found[1], say)} {_number(float(found[2]), say)}" if found else part


def _place(code: str, say: Words) -> str:
    return " → ".join(area_name(end, say.lang) for end in code.split(">"))


def indicator_name(indicator: str, say: Words) -> str:
    """The name of an indicator; its id in words where no name is held."""
    names = {row["id"]: row[f"name_{say.lang}"] for row in read_codelist("indicators").iter_rows(named=True)}
    return str(names.get(indicator) or indicator)


def doubted_rows(published: Published, rows: pl.DataFrame) -> pl.DataFrame:
    """Of some released rows, those that the table source_doubts questions: same definition, edition, period and place.

    A doubt names an area, or a corridor as `A>B`. Doubts about a list of codes name no definition and match no row.
    """
    places = published.doubted_places
    if not set(DOUBT_KEY) <= set(rows.columns):
        return rows.clear()
    if set(rows["definition"].to_list()).isdisjoint(places["definition"].to_list()):
        return rows.clear()
    of_corridor = pl.concat_str("counterpart", pl.lit(">"), "area")
    asked = rows.with_columns(place="area"), rows.with_columns(place=of_corridor)
    found = [
        part.join(places, on=["definition", "source", "edition", "period", "place"], how="semi")
        for part in asked
    ]
    return pl.concat(found).drop("place").unique(maintain_order=True)


def doubt_note(published: Published, rows: pl.DataFrame | None, say: Words) -> str:
    """The line under a figure that holds a doubted value, naming the values; empty where none is doubted."""
    if rows is None or not set(Value.__dataclass_fields__) <= set(rows.columns):
        return ""
    doubted = doubted_rows(published, rows)
    if not doubted.height:
        return ""
    values = [to_value(row) for row in doubted.head(NAMED_DOUBTS).iter_rows(named=True)]
    named = "; ".join(
        f"{place(v, say)}, {say.period(v.period)}: {say.number(v.value, decimals_of(v))} ({say.edition(v)})"
        for v in values
    )
    if doubted.height > NAMED_DOUBTS:
        named += say("; and {count} more", count=doubted.height - NAMED_DOUBTS)
    return say.count(
        "guzar doubts this value: {named}.",
        "guzar doubts these values: {named}.",
        doubted.height,
        named=named,
    )
