"""Observations → sums and comparisons, refused where the values count different things.

Rule: values may be added or compared when unit, concept, measure and direction agree, and when they come from one
edition. Counts, amounts and flows add up over any split; shares, rates and prices never do. A part that is not
known makes the sum not known: a missing mark is not a zero.
"""

from collections.abc import Mapping

import dataframely as dy
import polars as pl

from guzar.define.areas import ALL
from guzar.define.definitions import find_definition, require_addable
from guzar.define.tables.figures import Observations
from guzar.errors import MethodNotApplicable

ADDITIVE = ("stock", "flow", "transition", "amount")
KEYS = ("area", "counterpart", "sex", "period")
MODELLED = "modelled_from_modelled"
FINENESS = 1000  # sums are exact to a thousandth of a person or dollar
MODELLED_SHARE = 0.1  # a sum of which more than a tenth is modelled from a model is one itself


def add_up(
    observations: dy.DataFrame[Observations], over: Mapping[str, str], *, definition: str | None = None
) -> dy.DataFrame[Observations]:
    """Sums over one or more columns, which then carry the code given: `over={"counterpart": "ROW"}`.

    `definition` names what the sum is; without it the sum keeps the definition of its parts. Raises
    MethodNotApplicable, saying which differ, across units, concepts, measures, directions or editions, for shares
    and prices, and where a total stands among its parts.
    """
    require_one_kind(observations)
    _require_additive(observations)
    for column in over:
        _require_no_total_among_parts(observations, column)
    return sum_parts(observations, over, definition=definition)


def compare(first: dy.DataFrame[Observations], second: dy.DataFrame[Observations]) -> pl.DataFrame:
    """The two values of every corridor, sex and period in both tables, with difference and ratio.

    Columns: area, counterpart, sex, period, first, second, difference, ratio. Raises MethodNotApplicable where the
    tables count different things or are two editions of one source (that is a revision: see `revisions`).
    """
    require_addable(
        [*first["definition"].unique(maintain_order=True), *second["definition"].unique(maintain_order=True)]
    )
    _require_one_edition(pl.concat([first, second]))
    sides = first.select(*KEYS, first="value").join(
        second.select(*KEYS, second="value"), on=KEYS, how="inner"
    )
    return sides.with_columns(
        difference=pl.col("second") - pl.col("first"),
        ratio=pl.when(pl.col("first") != 0).then(pl.col("second") / pl.col("first")),
    ).sort(KEYS)


def require_one_kind(observations: dy.DataFrame[Observations]) -> None:
    """Raise MethodNotApplicable unless all rows count the same thing in one edition of each source."""
    require_addable(observations["definition"].unique(maintain_order=True))
    _require_one_edition(observations)


def _require_one_edition(observations: pl.DataFrame) -> None:
    editions = observations.select("source", "edition").unique().sort("source", "edition")
    double = editions.filter(pl.col("edition").len().over("source") > 1)
    if double.height:
        raise MethodNotApplicable(
            "These values come from different editions and cannot be added or compared.",
            where="{source}: {editions}",
            expected="one edition of each source",
            do="Choose one edition. The distance between editions is a revision, not a change.",
            source=double["source"][0],
            editions=", ".join(double.filter(pl.col("source") == double["source"][0])["edition"]),
        )


def _require_additive(observations: dy.DataFrame[Observations]) -> None:
    for definition in observations["definition"].unique(maintain_order=True):
        known = find_definition(definition)
        if known.measure not in ADDITIVE:
            raise MethodNotApplicable(
                "{definition} is a {measure} and cannot be added up.",
                where="{definition}",
                expected="counts or amounts",
                do="Add up numerator and denominator apart and divide the sums.",
                definition=definition,
                measure=known.measure,
            )


def _require_no_total_among_parts(observations: dy.DataFrame[Observations], column: str) -> None:
    codes = set(observations[column].unique())
    if ALL in codes and len(codes) > 1:
        raise MethodNotApplicable(
            "The column {column} holds a total among its parts; adding them up would count people twice.",
            where="{column}: {codes}",
            expected="parts only, or the total only",
            do="Leave out the rows with {column} = _T.",
            column=column,
            codes=", ".join(sorted(codes)[:8]),
        )


def sum_parts(
    parts: pl.DataFrame | pl.LazyFrame, over: Mapping[str, str], *, definition: str | None = None
) -> dy.DataFrame[Observations]:
    """The sums of `add_up` without its checks, for steps that chose their parts by definition themselves.

    Every edition is added up apart.
    """
    if definition is not None:
        meaning = find_definition(definition)
        parts = parts.with_columns(
            definition=pl.lit(definition), indicator=pl.lit(meaning.indicator), unit=pl.lit(meaning.unit)
        )
    keys = [
        "indicator",
        *[key for key in KEYS if key not in over],
        "year",
        "unit",
        "definition",
        "source",
        "edition",
    ]
    if "period" in over:
        keys.remove("year")
    sums = parts.lazy().group_by(keys).agg(**_summary())
    sums = sums.with_columns(
        **{column: pl.lit(code) for column, code in over.items()}, missing_mark=pl.lit(None, pl.String)
    )
    if "period" in over:
        sums = sums.with_columns(year=pl.lit(over["period"][:4]).cast(pl.Int32))
    return Observations.validate(
        sums.select(Observations.column_names()).sort(Observations.primary_key()).collect()
    )


def _summary() -> dict[str, pl.Expr]:
    """Value, status and evidence age of a sum; not known as soon as one part is not known."""
    status = pl.col("observation_status")
    known = pl.col("value").null_count() == 0
    # Whole thousandths add up the same in any order; binary fractions do not.
    total = (pl.col("value") * FINENESS).round().cast(pl.Int64).sum() / FINENESS
    modelled = pl.col("value").filter(status == MODELLED).sum()
    return {
        "value": pl.when(known).then(total),
        "observation_status": pl.when(~known)
        .then(pl.lit("not_known"))
        .when((modelled > MODELLED_SHARE * total) | (status == MODELLED).all())
        .then(pl.lit(MODELLED))
        .when((status == "forecast").any())
        .then(pl.lit("forecast"))
        .when((status == "provisional").any())
        .then(pl.lit("provisional"))
        .when((status == "observed").all())
        .then(pl.lit("observed"))
        .otherwise(pl.lit("estimated")),
        # The oldest evidence among the parts; not known where it is not known for one of them.
        "last_observed": pl.when(known & (pl.col("last_observed").null_count() == 0)).then(
            pl.col("last_observed").min()
        ),
    }
