"""Two publishers' stocks of one corridor: what differs between their definitions, and what nobody explains."""

from __future__ import annotations

from typing import Any

import polars as pl

from guzar.define.definitions import find_definition
from guzar.define.sources import edition_label, sources
from guzar.use.observatory.charts.bridge_steps import Bar, Look, bridge_steps
from guzar.use.observatory.content import Figure
from guzar.use.observatory.figures.people import MODELLED
from guzar.use.observatory.published import Published
from guzar.use.observatory.signs import modelled_number
from guzar.use.observatory.svg import Caption, Html, words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import Words

TABLE = "definition_bridges"
UNEXPLAINED = "unexplained"
STEP_WORDS = {
    "minimum_stay_months": "Minimum stay",
    "origin_basis": "Counted by",
    "reference_date": "Date",
    "coverage": "Coverage",
    "unit": "What is counted",
    "unexplained": "Unexplained",
}
LOOKS: dict[str, Look] = {"observed": "observed", "estimated": "estimated", MODELLED: "modelled"}
STATUS_WORDS = {"no_factor_known": "no factor known", "not_stated": "not said"}


def bridge_of_publishers(published: Published, origin: str, home: str, say: Words) -> Figure | None:
    """The steps between two publishers' numbers of the latest year that both hold."""
    rows = _rows(published, origin, home)
    if not rows.height:
        return None
    first = rows.row(0, named=True)
    heading = say("Two publishers, {year}: what differs between their definitions", year=first["year"])
    sub = say(
        "Persons born there and living here. A step without a known factor stays in what is unexplained (dashed); hollow: estimated, hatched: modelled from modelled"
    )
    head = [say("Step"), *(_name(str(first[f"source_{end}"]), say) for end in ("from", "to")), say("Factor")]
    cells = [_numbers(first, say), _meanings(first, say)]
    cells += [_step(row, say) for row in rows.iter_rows(named=True)]
    drawing = bridge_steps(Caption("bridge", heading, _described(rows, say)), _bars(rows, say))
    body = Html(drawing.__html__() + plain_table(heading, head, cells, numeric={3}))
    return Figure("bridge", heading, sub, body, _source(first, say), rows=rows, shows_table=False)


def _bars(rows: pl.DataFrame, say: Words) -> list[Bar]:
    """Both numbers, between them what each step makes of the first; the rest goes to the second number, whatever rounding left."""
    first = rows.row(0, named=True)
    at, goal = float(first["number_from"]), float(first["number_to"])
    bars = [_whole(first, "from", say)]
    for row in rows.iter_rows(named=True):
        is_rest = row["bridge_step"] == UNEXPLAINED
        after = (
            goal if is_rest else at * (1.0 if row["bridge_factor"] is None else float(row["bridge_factor"]))
        )
        name = say(STEP_WORDS.get(row["bridge_step"], row["bridge_step"]))
        bars.append(Bar(name, at, after, _factor_in_words(row, say), "rest" if is_rest else "known", is_rest))
        at = after
    return [*bars, _whole(first, "to", say)]


def _whole(row: dict[str, Any], end: str, say: Words) -> Bar:
    number = float(row[f"number_{end}"])
    return Bar(
        _name(row[f"source_{end}"], say),
        0.0,
        number,
        say.number(number, 0),
        LOOKS.get(row[f"status_{end}"], "estimated"),
        True,
    )


def _described(rows: pl.DataFrame, say: Words) -> str:
    """The drawing in words, for who hears it: both numbers, then every step."""
    said = [f"{bar.name}: {bar.said}" for bar in _bars(rows, say)]
    return "; ".join([said[0], said[-1], *said[1:-1]])


def _rows(published: Published, origin: str, home: str) -> pl.DataFrame:
    held = published.tables.get(TABLE)
    if held is None:
        return pl.DataFrame()
    rows = held.filter((pl.col("counterpart") == origin) & (pl.col("area") == home))
    latest = rows.filter(pl.col("year") == pl.col("year").max())
    pair = latest.select("source_from", "source_to").head(1)
    return latest.join(pair, on=["source_from", "source_to"], how="semi").sort("bridge_line")


def _numbers(row: dict[str, Any], say: Words) -> list[Html]:
    """Both numbers; one that is modelled from modelled is hatched."""
    return [words(say("Persons")), *(_number(row, end, say) for end in ("from", "to")), words("")]


def _number(row: dict[str, Any], end: str, say: Words) -> Html:
    written = say.number(row[f"number_{end}"], 0)
    return modelled_number(written) if row[f"status_{end}"] == MODELLED else words(written)


def _meanings(row: dict[str, Any], say: Words) -> list[Html]:
    rules = [find_definition(row[f"series_{end}"]).rule for end in ("from", "to")]
    return [words(say("Definition")), *(words(say(rule)) for rule in rules), words("")]


def _step(row: dict[str, Any], say: Words) -> list[Html]:
    name = STEP_WORDS.get(row["bridge_step"], row["bridge_step"])
    ends = [_end(row, end, say) for end in ("from", "to")]
    return [words(say(name)), *map(words, ends), _factor(row, say)]


def _end(row: dict[str, Any], end: str, say: Words) -> str:
    text = row[f"definition_{end}"]
    if row["bridge_step"] == UNEXPLAINED:
        return ""
    if text is None:
        return say("not said")
    return say.date(text) if row["bridge_step"] == "reference_date" else say(text)


def _factor(row: dict[str, Any], say: Words) -> Html:
    """A factor; hatched like the number that it rests on."""
    written = _factor_in_words(row, say)
    if row["bridge_factor"] is None:
        return words(written)
    return modelled_number(written) if MODELLED in (row["status_from"], row["status_to"]) else words(written)


def _factor_in_words(row: dict[str, Any], say: Words) -> str:
    factor = row["bridge_factor"]
    return say(STATUS_WORDS[row["factor_status"]]) if factor is None else f"× {say.number(factor, 3)}"


def _source(row: dict[str, Any], say: Words) -> str:
    told = [
        f"{_name(row[f'source_{end}'], say)}, {edition_label(row[f'source_{end}'], row[f'edition_{end}'], say.lang)}"
        for end in ("from", "to")
    ]
    return say("{sources}. Compared by guzar.", sources="; ".join(told))


def _name(source: str, say: Words) -> str:
    known = sources()[source]
    return known.name_ru if say.lang == "ru" else known.name_en
