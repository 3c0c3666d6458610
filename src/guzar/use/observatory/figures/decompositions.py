"""Why the share of remittances in GDP changed: a waterfall of the released parts, drawn only where they add up."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import polars as pl

from guzar.define.sources import edition_label, sources
from guzar.use.observatory import numbers
from guzar.use.observatory.charts.waterfall import Factor, waterfall
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import HALF
from guzar.use.observatory.published import Published
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import Words

TABLE = "share_decompositions"
ONE = ["area", "transfer_side", "change_kind", "from_year", "to_year", "from_edition", "to_edition"]
PARTS = {
    "remittances_usd": "Remittances in US dollars",
    "exchange_rate": "Exchange rate, local currency per dollar",
    "real_output": "Real GDP (a rise lowers the share)",
    "deflator": "Prices, GDP deflator (a rise lowers the share)",
    "unexplained": "Not explained by the parts held",
}
SMALLEST = 1e-6  # below this the rest is arithmetic, not a part
AT_MOST = 6
MEASURED = "measured"  # money that is observed at both ends
RECOMPUTED = "recomputed"
IDENTITY = "identity"  # a rest of zero because the share is worked out from the same parts
GDP = ("real_output", "deflator", "exchange_rate")


def decompositions(published: Published, say: Words) -> list[Figure]:
    """The largest changes between years whose parts are all held, one per area; where it can be, with money observed at both ends."""
    held = published.tables.get(TABLE)
    if held is None:
        return []
    whole = [
        part
        for part in _complete(
            held.filter((pl.col("change_kind") == "growth") & (pl.col("transfer_side") == "received"))
        )
    ]
    ordered = sorted(whole, key=lambda part: (not _is_observed(part), -abs(_total(part))))
    one_each = {str(part["area"][0]): part for part in reversed(ordered)}
    chosen = [part for part in ordered if one_each[str(part["area"][0])] is part][:AT_MOST]
    return [_figure(part, say) for part in chosen]


def _complete(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for _, part in rows.group_by(ONE, maintain_order=True):
        if not (part["part_status"] == "not_held").any() and abs(_total(part)) > 0:
            yield part


def _is_observed(part: pl.DataFrame) -> bool:
    """Whether the money is observed in both years; else no heading is made of the change."""
    return str(_row(part, "remittances_usd")["part_status"]) == MEASURED


def _row(part: pl.DataFrame, name: str) -> dict[str, object]:
    return part.filter(pl.col("part") == name).row(0, named=True)


def _total(part: pl.DataFrame) -> float:
    return float(part.filter(pl.col("part") == "share")["log_change"][0] or 0)


def _figure(part: pl.DataFrame, say: Words) -> Figure:
    share = part.filter(pl.col("part") == "share").row(0, named=True)
    factors = [
        Factor(say(PARTS[row["part"]]), float(row["log_change"]), _as_percent(row["log_change"], say))
        for row in part.iter_rows(named=True)
        if row["part"] != "share" and (row["part"] != "unexplained" or abs(row["log_change"]) > SMALLEST)
    ]
    whole = Factor(
        say("Share of GDP"), math.fsum(f.log_change for f in factors), _as_percent(share["log_change"], say)
    )
    area, years = str(share["area"]), f"{share['from_year']}–{share['to_year']}"
    heading = _heading(part, share, years, say)
    sub = say(
        "Each bar: by how much the share would have changed had only this part moved. The bars multiply to the whole"
    )
    if _row(part, "unexplained")["part_status"] == IDENTITY:
        sub += ". " + say("The rest is zero because the share is worked out from these parts: no finding")
    name = f"parts-{area.lower()}"
    drawing = waterfall(Caption(name, heading, sub), factors, whole, width=HALF)
    return Figure(
        name,
        heading,
        sub,
        Html(drawing.__html__()),
        _source(part, share, say),
        rows=part,
        width="half",
        shows_table=False,
    )


def _heading(part: pl.DataFrame, share: dict[str, Any], years: str, say: Words) -> str:
    area = say.area(str(share["area"]))
    if not _is_observed(part):
        return say(
            "{area}, {years}: parts of a change; the money of one year is an estimate", area=area, years=years
        )
    told = {"area": area, "years": years}
    told |= {"first": say.percent(share["from_value"]), "last": say.percent(share["to_value"])}
    if share["part_status"] == RECOMPUTED:
        return say("{area}, {years}: from {first} to {last} of GDP, recomputed by guzar", **told)
    return say("{area}, {years}: from {first} to {last} of GDP", **told)


def _as_percent(log_change: float, say: Words) -> str:
    return numbers.percent(100 * math.expm1(log_change), say.lang, 0, signed=True)


def _source(part: pl.DataFrame, share: dict[str, object], say: Words) -> str:
    """The money and the GDP, each by its own publisher and edition."""
    gdp = part.filter(pl.col("part").is_in(GDP)).select("source", "part_to_edition").drop_nulls().unique()
    named = sorted(_named(str(source), str(edition), say) for source, edition in gdp.iter_rows())
    money = _row(part, "remittances_usd")
    return say(
        "Remittances: {remittances}. GDP, deflator and exchange rate: {gdp}. Decomposed by guzar.",
        remittances=_named(
            str(money["source"] or share["source"]), str(money["part_to_edition"] or share["to_edition"]), say
        ),
        gdp="; ".join(named),
    )


def _named(source: str, edition: str, say: Words) -> str:
    name = sources()[source].name_ru if say.lang == "ru" else sources()[source].name_en
    return f"{name}, {edition_label(source, edition, say.lang)}"
