"""Receipts shared out over countries of residence by the three rules of Ratha and Shaw: a range, not an observation.

What country i receives, R_i, is given to the countries j where people born in i live, in proportion to

    stocks              M_ij
    stocks_and_income   M_ij · y_j
    sending_function    M_ij · f(y_i, y_j),  f = y_i where y_j < y_i, else y_i + (y_j − y_i)^0.75

with M_ij the stock, y income per head. Under each rule the parts add up to R_i. All three rest on a modelled stock
and a modelled total: the result is modelled from modelled, and money routed through international banks is
attributed to the wrong country by every one of them.
Source: Ratha, D. and Shaw, W. (2007), South-South Migration and Remittances, World Bank Working Paper 102.
"""

from collections.abc import Iterable
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from guzar.define.areas import areas
from guzar.define.codelist import read_codelist
from guzar.define.tables.figures import Observations
from guzar.define.tables.remittances import RemittanceAllocations
from guzar.errors import MethodNotApplicable

BETA = 0.75  # exponent of the sending function (Ratha and Shaw 2007)
RULES = ("stocks", "stocks_and_income", "sending_function")
STOCK = "migrant_stock"
INCOME = "gdp_per_capita_usd"
RECEIVED = "remittances_received_usd"
LAST_RANK = 1_000  # of a source that a workspace brought itself


@dataclass(frozen=True)
class Inputs:
    """What the three rules need for one receiving area and year."""

    area: str
    year: int
    received_usd: float
    income_usd: float
    destinations: pl.DataFrame  # destination, persons, income_usd


def send_from_income(income_at_origin: pl.Expr, income_at_destination: pl.Expr) -> pl.Expr:
    """What a migrant sends as a function of both incomes per head; f ≥ income at origin, equal where both are."""
    more = (income_at_destination - income_at_origin).clip(lower_bound=0)
    return income_at_origin + pl.when(income_at_destination >= income_at_origin).then(more**BETA).otherwise(
        0.0
    )


def allocate_remittances(
    held: dy.DataFrame[Observations],
    *,
    area: str,
    year: int,
    stock_year: int | None = None,
    without: Iterable[str] = (),
) -> dy.DataFrame[RemittanceAllocations]:
    """The receipts of one area in one year by country of residence, under each of the three rules.

    `stock_year` is the year of the migrant stock; else the latest not after `year`, in one table of one publisher. `without` names destinations
    that are left out by choice, because no income per head is held for them. Latest editions are taken. Raises MethodNotApplicable, naming what is missing, where receipts, stocks or an income are not held.
    """
    inputs = _collect_inputs(held, area, year, stock_year, tuple(without))
    origin = pl.lit(inputs.income_usd)
    weights = {
        "stocks": pl.col("persons"),
        "stocks_and_income": pl.col("persons") * pl.col("income_usd"),
        "sending_function": pl.col("persons") * send_from_income(origin, pl.col("income_usd")),
    }
    rules = [_share_out(inputs, rule, weights[rule]) for rule in RULES]
    return RemittanceAllocations.validate(pl.concat(rules), cast=True)


def range_of_allocations(allocations: dy.DataFrame[RemittanceAllocations]) -> pl.DataFrame:
    """The lowest and highest amount of the three rules for each corridor: `lower_usd`, `upper_usd`."""
    return (
        allocations.group_by("counterpart", "area", "year", maintain_order=True)
        .agg(lower_usd=pl.col("amount_usd").min(), upper_usd=pl.col("amount_usd").max())
        .sort("upper_usd", descending=True)
    )


def _share_out(inputs: Inputs, rule: str, weight: pl.Expr) -> pl.DataFrame:
    return inputs.destinations.with_columns(allocated_share=weight / weight.sum()).select(
        counterpart="destination",
        area=pl.lit(inputs.area),
        year=pl.lit(inputs.year),
        allocation_rule=pl.lit(rule),
        allocated_share="allocated_share",
        amount_usd=pl.col("allocated_share") * inputs.received_usd,
        observation_status=pl.lit("modelled_from_modelled"),
    )


def _collect_inputs(
    held: pl.DataFrame, area: str, year: int, stock_year: int | None, without: tuple[str, ...]
) -> Inputs:
    received = _latest(held, RECEIVED, year).filter(pl.col("area") == area)
    stocks = _stocks_abroad(held, area, year, stock_year).filter(~pl.col("destination").is_in(without))
    incomes = _latest(held, INCOME, year).select("area", income_usd="value")
    own = incomes.filter(pl.col("area") == area)
    absent = [
        name for name, rows in ((RECEIVED, received), (STOCK, stocks), (INCOME, own)) if not rows.height
    ]
    if absent:
        raise _missing(area, year, ", ".join(f"{name} ({area})" for name in absent))
    joined = stocks.join(incomes.rename({"area": "destination"}), on="destination", how="left").sort(
        "destination"
    )
    poor = joined.filter(pl.col("income_usd").is_null())["destination"]
    if len(poor):
        raise _missing(area, year, f"{INCOME} ({', '.join(poor)})")
    return Inputs(area, year, float(received["value"][0]), float(own["income_usd"][0]), joined)


def _missing(area: str, year: int, missing: str) -> MethodNotApplicable:
    return MethodNotApplicable(
        "The receipts of {area} in {year} cannot be shared out over countries of residence.",
        where="not held: {missing}",
        expected="receipts, migrant stocks abroad, and income per head at both ends",
        do="Collect what is missing, or leave destinations without income out with --without and say so.",
        area=area,
        year=year,
        missing=missing,
    )


def _latest(held: pl.DataFrame, indicator: str, year: int) -> pl.DataFrame:
    """One value per area: the latest edition of whole-area values of the year."""
    rows = held.filter(
        (pl.col("indicator") == indicator)
        & pl.col("counterpart").is_in(["_T", "_Z"])
        & (pl.col("year") == year)
        & pl.col("value").is_not_null()
        & (pl.col("value") > 0)
    )
    return rows.sort("edition", "source").unique("area", keep="last", maintain_order=True)


def _stocks_abroad(held: pl.DataFrame, area: str, year: int, stock_year: int | None) -> pl.DataFrame:
    """People born in the area by where they live, both sexes: from the publisher that comes first in
    `codelists/source_ranks.csv`, the latest year not after `year`, and of that the latest edition."""
    countries = areas().filter(pl.col("kind") != "aggregate")["code"].implode()
    abroad = held.filter(
        (pl.col("indicator") == STOCK)
        & (pl.col("counterpart") == area)
        & pl.col("sex").is_in(["_T", "_Z"])
        & pl.col("area").is_in(countries)
        & (pl.col("area") != area)
        & (pl.col("value") > 0)
    )
    chosen = (
        abroad.filter(pl.col("year") == stock_year) if stock_year else abroad.filter(pl.col("year") <= year)
    )
    # One table of one publisher, and never two side by side: later has no meaning between publishers.
    ranks = dict(read_codelist("source_ranks").select("source", pl.col("rank").cast(pl.Int32)).iter_rows())
    tables = chosen.select("source", "year", "edition", "definition").unique().to_dicts()
    tables.sort(key=lambda one: (ranks.get(one["source"], LAST_RANK), one["source"]))
    of_first = [one for one in tables if one["source"] == tables[0]["source"]]
    newest = max(of_first, key=lambda one: (one["year"], one["edition"], one["definition"]), default=None)
    is_newest = [pl.col(name) == content for name, content in (newest or {}).items()]
    return chosen.filter(*is_newest).select(destination="area", persons="value")
