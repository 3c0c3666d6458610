"""Migrant stocks by origin → which destinations repeat an old mix of origins: the frozen origin mix.

Between two censuses a stock table is carried forward: the publisher multiplies every origin by the growth of the
total. The corridor then looks like a figure for its year, but nobody looked at origins. Test, for each
destination and each pair of neighbouring dates of one edition: where all larger origins have the same ratio
later / earlier, within rounding, nothing about origins was observed between the two dates.

The ratios are not exactly equal: counts are whole persons, and small origins lose up to a few of them on the way.
TOLERANCE lies in a thin stretch: of 2,188 pairs of dates in both revisions 624 lie below 0.5 %, 43 between 0.5 and
2 %, 1,521 above; `tools/measure_frozen_origins.py` prints the table and the rate of false verdicts (0.003 %). The verdict is about the table: it says that a date repeats the mix of its neighbour, not which of
the two was observed. The later one is marked.
"""

import dataframely as dy
import polars as pl

from guzar.analyse.combine import MODELLED
from guzar.analyse.stocks import CELLS, cells_of
from guzar.define.tables.evidence import DestinationEvidence
from guzar.define.tables.figures import Observations

LARGER_ORIGIN_PERSONS = 1000  # below this, truncation alone moves the ratio by a tenth of a per cent
LARGER_ORIGIN_SHARE = 0.01  # of all listed origins at the earlier date
FEWEST_ORIGINS = 3  # two origins may agree by chance
TOLERANCE = 0.005

DATES = ["area", "source", "edition"]


def judge_origin_mixes(observations: dy.DataFrame[Observations]) -> dy.DataFrame[DestinationEvidence]:
    """One verdict per destination and pair of neighbouring dates of each edition.

    An origin counts as larger with 1,000 persons and 1 % of the listed stock at either date. One that is listed at
    one date only counts as having moved; one whose count is not known at one date is not tested. With fewer than
    three larger origins the verdict is left open.
    """
    stocks = cells_of(observations).filter(pl.col("sex") == "_T")
    pairs = _pair_dates(stocks)
    verdicts = (
        _larger_origins(pairs)
        .group_by(*DATES, "from_year", "to_year")
        .agg(
            origins_tested=pl.len().cast(pl.Int32),
            ratios=pl.col("later") / pl.col("earlier"),
        )
    )
    verdicts = verdicts.with_columns(common_factor=pl.col("ratios").list.median())
    verdicts = verdicts.with_columns(largest_deviation=_largest_deviation())
    testable = pl.col("origins_tested") >= FEWEST_ORIGINS
    verdicts = verdicts.with_columns(
        is_frozen=pl.when(testable).then(pl.col("largest_deviation") <= TOLERANCE),
        common_factor=_finite("common_factor"),
        largest_deviation=_finite("largest_deviation"),
    )
    return DestinationEvidence.validate(
        verdicts.select(DestinationEvidence.column_names()).sort(DestinationEvidence.primary_key())
    )


def _largest_deviation() -> pl.Expr:
    """Distance of the farthest ratio from the common factor, as a share of that factor."""
    farthest = pl.max_horizontal(
        pl.col("ratios").list.max() - pl.col("common_factor"),
        pl.col("common_factor") - pl.col("ratios").list.min(),
    )
    return (
        pl.when(pl.col("common_factor") > 0)
        .then(farthest / pl.col("common_factor"))
        .otherwise(pl.lit(float("inf")))
    )


def _finite(column: str) -> pl.Expr:
    """A number, or empty where an origin that appears from nothing makes it endless."""
    return pl.when(pl.col(column).is_finite()).then(column).alias(column)


def _pair_dates(stocks: pl.DataFrame) -> pl.DataFrame:
    """Every origin's count at two neighbouring dates; zero where the table lists the origin at the other date only.

    An origin that the table lists without a number at either date is left out: a missing mark is no zero.
    """
    # Listed without a number is not the same as not listed: the former is NaN until the two dates are side by side.
    stocks = stocks.with_columns(pl.col("value").fill_null(float("nan")))
    dates = stocks.select("source", "edition", "year").unique().sort("source", "edition", "year")
    dates = dates.with_columns(to_year=pl.col("year").shift(-1).over("source", "edition")).drop_nulls(
        "to_year"
    )
    at = [*DATES, "counterpart", "year"]
    earlier = stocks.select(*at, earlier="value").join(dates, on=["source", "edition", "year"])
    later = stocks.select(*DATES, "counterpart", to_year="year", later="value")
    later = later.join(dates, on=["source", "edition", "to_year"])
    both = earlier.join(later, on=[*at, "to_year"], how="full", coalesce=True)
    both = both.filter(~pl.any_horizontal(pl.col("earlier", "later").is_nan()).fill_null(False))
    return both.rename({"year": "from_year"}).with_columns(pl.col("earlier", "later").fill_null(0.0))


def _larger_origins(pairs: pl.DataFrame) -> pl.DataFrame:
    group = [*DATES, "from_year", "to_year"]
    larger = [
        (pl.col(date) >= LARGER_ORIGIN_PERSONS)
        & (pl.col(date) >= LARGER_ORIGIN_SHARE * pl.col(date).sum().over(group))
        for date in ("earlier", "later")
    ]
    return pairs.filter(pl.any_horizontal(larger))


def mark_frozen_origins(
    observations: dy.DataFrame[Observations], evidence: dy.DataFrame[DestinationEvidence]
) -> dy.DataFrame[Observations]:
    """The same observations; corridors of frozen destinations are `modelled_from_modelled` at the later date.

    Totals over all origins are left as they are: a total may have been observed where its origins were not. The
    evidence of a marked corridor is as old as that of the earlier date. Where a census lies between the two dates,
    the table cannot tell whether both dates rest on it, and the year is left open, unless an edition put out
    before that census already held the same count for the earlier date.
    """
    frozen = evidence.filter("is_frozen").select("area", "source", "edition", "from_year", year="to_year")
    marked = observations.join(
        frozen, on=["area", "source", "edition", "year"], how="left", maintain_order="left"
    )
    is_cell = (
        (pl.col("definition") == CELLS) & pl.col("from_year").is_not_null() & pl.col("value").is_not_null()
    )
    marked = marked.with_columns(
        observation_status=pl.when(is_cell).then(pl.lit(MODELLED)).otherwise("observation_status")
    )
    # Only where some evidence is known can there be any to hand on.
    with_evidence = pl.col("area").is_in(
        marked.filter(pl.col("last_observed").is_not_null())["area"].unique().implode()
    )
    dated = marked.filter(with_evidence & (pl.col("definition") == CELLS))
    for year in sorted(frozen["year"].unique()):  # in time order: evidence age is handed on from date to date
        dated = _hand_on_evidence(dated, is_cell & (pl.col("year") == year))
    others = marked.filter(~(with_evidence & (pl.col("definition") == CELLS)))
    return Observations.cast(pl.concat([others, dated]).select(Observations.column_names()))


def _hand_on_evidence(rows: pl.DataFrame, is_cell: pl.Expr) -> pl.DataFrame:
    """Give the corridors of one frozen date the evidence age of the date whose mix they repeat."""
    corridor = ["area", "counterpart", "sex", "source", "edition"]
    before = rows.select(*corridor, from_year="year", handed_on="last_observed", earlier="value")
    rows = rows.join(before, on=[*corridor, "from_year"], how="left", maintain_order="left")
    rows = rows.join(
        _first_printed(before),
        on=["area", "counterpart", "sex", "source", "from_year", "earlier"],
        how="left",
        maintain_order="left",
    )
    census = pl.col("last_observed").is_not_null() & (pl.col("last_observed") >= pl.col("from_year"))
    too_late = pl.col("last_observed") >= pl.col("first_printed")
    evidence = pl.when(census & ~too_late).then(None).otherwise("handed_on")
    rows = rows.with_columns(last_observed=pl.when(is_cell).then(evidence).otherwise("last_observed"))
    return rows.drop("handed_on", "earlier", "first_printed")


def _first_printed(before: pl.DataFrame) -> pl.DataFrame:
    """The year of the first held edition that printed the same count for the same corridor and date."""
    return before.group_by("area", "counterpart", "sex", "source", "from_year", "earlier").agg(
        first_printed=pl.col("edition").min().str.slice(0, 4).cast(pl.Int32)
    )
