"""Why the share of remittances in GDP changed: a waterfall of the released parts, drawn only where they add up."""

from __future__ import annotations

import math
from collections.abc import Iterator

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


def decompositions(published: Published, say: Words) -> list[Figure]:
    """The largest changes between years whose parts are all measured, one per area."""
    held = published.tables.get(TABLE)
    if held is None:
        return []
    whole = [
        part
        for part in _complete(
            held.filter((pl.col("change_kind") == "growth") & (pl.col("transfer_side") == "received"))
        )
    ]
    ordered = sorted(whole, key=lambda part: -abs(_total(part)))
    one_each = {str(part["area"][0]): part for part in reversed(ordered)}
    chosen = [part for part in ordered if one_each[str(part["area"][0])] is part][:AT_MOST]
    return [_figure(part, say) for part in chosen]


def _complete(rows: pl.DataFrame) -> Iterator[pl.DataFrame]:
    for _, part in rows.group_by(ONE, maintain_order=True):
        if not (part["part_status"] == "not_held").any() and abs(_total(part)) > 0:
            yield part


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
    heading = say(
        "{area}, {years}: from {first} to {last} of GDP",
        area=say.area(area),
        years=years,
        first=say.percent(share["from_value"]),
        last=say.percent(share["to_value"]),
    )
    sub = say(
        "Each bar: by how much the share would have changed had only this part moved. The bars multiply to the whole"
    )
    name = f"parts-{area.lower()}"
    drawing = waterfall(Caption(name, heading, sub), factors, whole, width=HALF)
    return Figure(
        name,
        heading,
        sub,
        Html(drawing.__html__()),
        _source(share, say),
        rows=part,
        width="half",
        shows_table=False,
    )


def _as_percent(log_change: float, say: Words) -> str:
    return numbers.percent(100 * math.expm1(log_change), say.lang, 0, signed=True)


def _source(share: dict[str, object], say: Words) -> str:
    source = str(share["source"])
    name = sources()[source].name_ru if say.lang == "ru" else sources()[source].name_en
    return say(
        "Remittances: {source}, {edition}. GDP, deflator and exchange rate: latest edition held. Computed by guzar.",
        source=name,
        edition=edition_label(source, str(share["to_edition"]), say.lang),
    )
