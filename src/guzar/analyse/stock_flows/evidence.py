"""Stocks at two dates → which destinations were looked at in between, and which flows rest on one that was not.

A publisher without a census multiplies every origin by the growth of the total: then the ratios later / earlier of the origins of
a destination hardly vary, and a difference of two such stocks is arithmetic, no move. A destination is frozen where the ratios of
its larger origins have a coefficient of variation below 0.002. Beside that, its second stock may say itself that it is a model's,
or that what it rests on was seen long before. `tools/measure_frozen_origins.py` counts the frozen ones world-wide.
"""

import polars as pl

from guzar.analyse.combine import MODELLED
from guzar.analyse.fitting.tables import check_cells
from guzar.analyse.stock_flows.methods import DROP, RATES
from guzar.analyse.stock_flows.tables import BIRTH, LIVING, PERSONS, YEAR

LARGER_ORIGIN_PERSONS = (
    2000  # at the first date; below, whole persons alone move a ratio by a tenth of a per cent
)
FEWEST_ORIGINS = 4
LEAST_VARIATION = 0.002  # standard deviation of the ratios (n − 1) over their mean
OLDEST_YEARS = 2  # between what was last observed and the second date
LAST_OBSERVED, STATUS, ESTIMATED = "last_observed", "observation_status", "estimated"
FROZEN, MOVED, TOO_FEW = "frozen", "moved", "too_few_origins"
OF_THE_DESTINATION = (DROP, RATES)  # methods in which a flow rests on the stocks of its destination alone


def judge_destinations(cells: pl.DataFrame, start: int, end: int) -> pl.DataFrame:
    """One row per country of residence: is its second stock evidence about origins?

    `cells`: birth_country, residence_country, year, persons, and where it is known of a cell last_observed (year of the census or
    register that it rests on) and observation_status. Out: country, frozen_mix (frozen, moved, too_few_origins), origins_judged,
    variation_of_ratios, last_observed (the oldest of its second stock), stock_status (modelled_from_modelled or estimated).
    An origin that the second date does not list counts as 0 there. Raises TableInvalid for years that are none.
    """
    if LAST_OBSERVED in cells.columns:
        told = cells.filter(pl.col(LAST_OBSERVED).is_not_null())
        check_cells(told, (BIRTH, LIVING, YEAR), LAST_OBSERVED, least=0.0)
    abroad = cells.filter((pl.col(BIRTH) != pl.col(LIVING)) & pl.col(YEAR).is_in([start, end]))
    judged = _ratios(abroad, start, end).join(_said_by(abroad, end), on="country", how="left")
    old = ((pl.lit(end) - pl.col(LAST_OBSERVED)).abs() > OLDEST_YEARS).fill_null(False)
    is_modelled = (pl.col("frozen_mix") == FROZEN) | old | pl.col("is_modelled").fill_null(False)
    status = pl.when(is_modelled).then(pl.lit(MODELLED)).otherwise(pl.lit(ESTIMATED))
    return judged.with_columns(status.alias("stock_status")).drop("is_modelled").sort("country")


def _ratios(abroad: pl.DataFrame, start: int, end: int) -> pl.DataFrame:
    """The verdict on the mix of every country that hosts somebody, and what it rests on."""
    first, second = (
        abroad.filter(pl.col(YEAR) == year).select(BIRTH, LIVING, PERSONS) for year in (start, end)
    )
    both = first.join(second, on=[BIRTH, LIVING], how="left", suffix="_end")
    larger = both.filter(pl.col(PERSONS) > LARGER_ORIGIN_PERSONS)
    ratio = pl.col("persons_end").fill_null(0.0) / pl.col(PERSONS)
    found = larger.group_by(country=LIVING).agg(
        origins_judged=pl.len().cast(pl.Int64), variation_of_ratios=ratio.std() / ratio.mean()
    )
    every = abroad.select(country=LIVING).unique()
    found = every.join(found, on="country", how="left").with_columns(pl.col("origins_judged").fill_null(0))
    is_judged = pl.col("origins_judged") >= FEWEST_ORIGINS
    # All origins gone at the second date: 0 / 0, no number, and surely not frozen.
    variation = pl.when(is_judged & pl.col("variation_of_ratios").is_finite()).then("variation_of_ratios")
    return found.with_columns(variation_of_ratios=variation).select(
        "country",
        pl.when(~is_judged)
        .then(pl.lit(TOO_FEW))
        .when((pl.col("variation_of_ratios") < LEAST_VARIATION).fill_null(False))
        .then(pl.lit(FROZEN))
        .otherwise(pl.lit(MOVED))
        .alias("frozen_mix"),
        "origins_judged",
        "variation_of_ratios",
    )


def _said_by(abroad: pl.DataFrame, end: int) -> pl.DataFrame:
    """What the second stock of each country says of itself: the oldest evidence in it, and whether a cell is a model's."""
    oldest = pl.col(LAST_OBSERVED).min() if LAST_OBSERVED in abroad.columns else pl.lit(None)
    modelled = (pl.col(STATUS) == MODELLED).any() if STATUS in abroad.columns else pl.lit(False)
    of_end = abroad.filter(pl.col(YEAR) == end)
    return of_end.group_by(country=LIVING).agg(
        oldest.cast(pl.Int64).first().alias(LAST_OBSERVED), modelled.first().alias("is_modelled")
    )


def mark_flows(rows: pl.DataFrame, judged: pl.DataFrame, method: str) -> pl.DataFrame:
    """The rows of flows with observation_status: modelled_from_modelled where they rest on such a second stock.

    What a country gained is read from its own stocks; by all methods but difference-drop and rates also what it lost. A flow is
    then marked if either of its ends is.
    """
    places = judged.filter(pl.col("stock_status") == MODELLED)["country"].implode()
    rests = pl.col("destination").is_in(places)
    if method not in OF_THE_DESTINATION:
        rests = rests | pl.col("origin").is_in(places)
    return rows.with_columns(pl.when(rests).then(pl.lit(MODELLED)).otherwise(pl.lit(ESTIMATED)).alias(STATUS))
