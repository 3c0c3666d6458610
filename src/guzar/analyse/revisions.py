"""Observations of several editions → revision triangles, and growth kept apart from revisions.

A value has a reference period and an edition. Two values of one series differ either by growth (same edition,
another period) or by revision (same period, another edition). Differences across both are never made: the growth
from a value of an old edition to a value of a new one is no figure at all.
"""

import dataframely as dy
import polars as pl

from guzar.define.tables.evidence import Differences
from guzar.define.tables.figures import Observations

SERIES = ["indicator", "area", "counterpart", "sex", "definition", "source"]


def revision_triangle(observations: dy.DataFrame[Observations]) -> pl.DataFrame:
    """One row per series and reference period, one column per edition, oldest edition first; null where not printed.

    Columns: indicator, area, counterpart, sex, definition, source, period, unit, then the editions by date.
    """
    known = observations.filter(pl.col("value").is_not_null()).sort("edition")
    wide = known.pivot(on="edition", index=[*SERIES, "period", "unit"], values="value", maintain_order=True)
    return wide.sort([*SERIES, "period"])


def list_revisions(observations: dy.DataFrame[Observations]) -> dy.DataFrame[Differences]:
    """Every value beside the one that the edition before gave for the same reference period, equal ones included."""
    return _differences(observations, along="edition", within="period", kind="revision")


def list_growth(observations: dy.DataFrame[Observations]) -> dy.DataFrame[Differences]:
    """Every value beside the one of the reference period before, in the same edition."""
    return _differences(observations, along="period", within="edition", kind="growth")


def _differences(
    observations: pl.DataFrame, *, along: str, within: str, kind: str
) -> dy.DataFrame[Differences]:
    """Neighbouring values of each series in the order of `along`, `within` held fast."""
    line = [*SERIES, "period_length", within]
    known = observations.filter(pl.col("value").is_not_null()).with_columns(period_length=_period_length())
    known = known.sort([*line, along])
    neighbour = known.with_columns(
        before=pl.col(along).shift(1).over(line), earlier_value=pl.col("value").shift(1).over(line)
    ).drop_nulls("before")
    other = "period" if along == "edition" else "edition"
    named = neighbour.with_columns(
        change_kind=pl.lit(kind),
        later_value="value",
        difference=pl.col("value") - pl.col("earlier_value"),
        difference_percent=_percent(),
        **{
            f"from_{along}": pl.col("before"),
            f"to_{along}": pl.col(along),
            f"from_{other}": pl.col(other),
            f"to_{other}": pl.col(other),
        },
    )
    return Differences.validate(named.select(Differences.column_names()))


def _period_length() -> pl.Expr:
    """Years that a period spans, a quarter of one for quarters: what one counts is not set beside another."""
    period = pl.col("period")
    last = period.str.extract(r"^\d{4}-(\d{4})$").cast(pl.Int32)
    return (
        pl.when(period.str.contains("Q"))
        .then(0.25)
        .otherwise(last - period.str.slice(0, 4).cast(pl.Int32))
        .fill_null(1.0)
    )


def _percent() -> pl.Expr:
    earlier = pl.col("earlier_value")
    return pl.when(earlier != 0).then(100 * (pl.col("value") - earlier) / earlier.abs())
