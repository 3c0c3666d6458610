"""Doubts about sources: what general checks found in published files, as questions to their publishers."""

from __future__ import annotations

import json
from typing import Any

import polars as pl

from guzar.define.areas import area_name
from guzar.define.sources import edition_label, sources
from guzar.use.observatory.content import Figure
from guzar.use.observatory.published import Published
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
WHOLE_FROM = 100_000  # decimals of larger numbers are arithmetic


def doubt_rows(published: Published) -> pl.DataFrame | None:
    """Released doubts about what publishers printed; a sum that guzar made is no publisher's and is left out."""
    held = published.tables.get("source_doubts")
    if held is None:
        return None
    rows = held.filter(~pl.col("definition").fill_null("").str.starts_with("guzar_"))
    return rows.sort("check", "source", "edition", "period", "areas_in_doubt") if rows.height else None


def source_doubts(published: Published, say: Words) -> Figure | None:
    """Every doubt as a row: source and edition, the check, and the question in one courteous sentence."""
    rows = doubt_rows(published)
    if rows is None:
        return None
    heading = say.count("{count} doubt about a published value or code", "{count} doubts about published values or codes", rows.height)
    sub = say("Found by general checks that know no country and no year. A doubt is a question to the publisher: no value is changed")
    cells = [[words(_source(row, say)), words(_check(str(row["check"]), say)), words(_sentence(row, say))] for row in rows.iter_rows(named=True)]
    table = plain_table(heading, [say("Source and edition"), say("Check"), say("What the check found")], cells)
    return Figure("doubts", heading, sub, table, say("Table source_doubts of this release."), rows=rows, shows_table=False)


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
    """Areas and sources by name, long numbers with thousands; dates, editions and quotations as they were found."""
    text = str(value)
    known = sources().get(text)
    if known is not None:
        return known.name_ru if say.lang == "ru" else known.name_en
    if name in AREA_NAMES:
        return ", ".join(area_name(code, say.lang) for code in text.replace(",", " ").split())
    try:
        number = float(text)
    except ValueError:
        return text
    return text if name in DATE_NAMES else say.number(number, 0 if abs(number) >= WHOLE_FROM else None)
