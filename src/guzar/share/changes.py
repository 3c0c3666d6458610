"""ReleasedFigures of two releases → ReleaseChanges: revisions, additions, breaks and removals, told apart.

A row of the later release is compared with the same row of the earlier one. Where its edition is new, it is compared
with the newest earlier edition of the same series and period that the earlier release has. Another definition or unit
is a break and never a revision: the two values count different things.
"""

import dataframely as dy
import polars as pl

from guzar.define.tables.changes import ReleaseChanges
from guzar.define.tables.releases import ReleasedFigures

CELL = ["indicator", "area", "counterpart", "sex", "period", "source"]
SERIES = [*CELL, "definition"]
ROW = [*SERIES, "edition"]
TOLD = ["value", "unit", "definition", "edition", "observation_status"]


def compare_releases(
    earlier: dy.DataFrame[ReleasedFigures], later: dy.DataFrame[ReleasedFigures]
) -> dy.DataFrame[ReleaseChanges]:
    """Every value that differs between two releases, in the order of the key; see ReleaseChanges for the labels.

    Values are compared as they are, without a tolerance, in the units of their rows.
    """
    before = earlier.select(*CELL, *(pl.col(one).alias(f"{one}_before") for one in TOLD))
    matched, left, gone = _same_rows(before, later)
    renamed, left, gone = _other_definitions(left, gone)
    newer, left = _newer_editions(before, left)
    replaced, left = _replaced_definitions(before, later, left)
    compared = pl.concat([matched, renamed, newer, replaced], how="diagonal").with_columns(change=_label())
    added = left.with_columns(change=pl.lit("addition"))
    removed = gone.with_columns(
        change=pl.lit("removal"), definition=pl.col("definition_before"), edition=pl.col("edition_before")
    )
    changed = compared.filter(pl.col("change") != "none")
    told = pl.concat([changed, added, removed], how="diagonal").select(ReleaseChanges.column_names())
    return ReleaseChanges.validate(told.sort(ReleaseChanges.primary_key()))


def _label() -> pl.Expr:
    """What happened to a row that has an earlier one."""
    counts_otherwise = (pl.col("definition") != pl.col("definition_before")) | (
        pl.col("unit") != pl.col("unit_before")
    )
    return (
        pl.when(counts_otherwise)
        .then(pl.lit("break"))
        .when(pl.col("value").ne_missing(pl.col("value_before")))
        .then(pl.lit("revision"))
        .when(pl.col("observation_status") != pl.col("observation_status_before"))
        .then(pl.lit("status"))
        .otherwise(pl.lit("none"))
    )


def _same_rows(before: pl.DataFrame, later: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows that both releases have; the rows of the later one without, and of the earlier one without."""
    wanted = later.select(*CELL, *TOLD)
    names = [*CELL, "definition_before", "edition_before"]
    both = wanted.join(before, left_on=ROW, right_on=names, how="inner").with_columns(
        definition_before=pl.col("definition"), edition_before=pl.col("edition")
    )
    return (
        both,
        wanted.join(before, left_on=ROW, right_on=names, how="anti"),
        before.join(wanted, left_on=names, right_on=ROW, how="anti"),
    )


def _other_definitions(
    left: pl.DataFrame, gone: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Rows whose definition alone is another, within one edition: one came where one went."""
    now, then = [*CELL, "edition"], [*CELL, "edition_before"]
    one_came = left.filter(pl.len().over(now) == 1)
    one_went = gone.filter(pl.len().over(then) == 1)
    both = one_came.join(one_went, left_on=now, right_on=then, how="inner").with_columns(
        edition_before=pl.col("edition")
    )
    return (
        both,
        left.join(both, on=ROW, how="anti"),
        gone.join(both, on=[*CELL, "definition_before", "edition_before"], how="anti"),
    )


def _newer_editions(before: pl.DataFrame, left: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of a new edition beside the newest edition before it that the earlier release has."""
    pairs = left.join(
        before, left_on=SERIES, right_on=[*CELL, "definition_before"], how="inner"
    ).with_columns(definition_before=pl.col("definition"))
    return _with_newest(pairs, left)


def _replaced_definitions(
    before: pl.DataFrame, later: pl.DataFrame, left: pl.DataFrame
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Rows of a new edition under a definition that took the place of another: the only one then, the only one now."""
    only_now = left.filter(pl.len().over([*CELL, "edition"]) == 1)
    only_then = before.filter(pl.len().over([*CELL, "edition_before"]) == 1)
    pairs = only_now.join(only_then, on=CELL, how="inner")
    # A definition that goes on beside the new one was not replaced.
    goes_on = later.select(*CELL, "edition", definition_before=pl.col("definition"))
    pairs = pairs.join(goes_on, on=[*CELL, "edition", "definition_before"], how="anti")
    # Nor does one take another's place that stood in the earlier release already, for other periods or areas.
    known = before.select("indicator", "source", definition=pl.col("definition_before")).unique()
    pairs = pairs.join(known, on=["indicator", "source", "definition"], how="anti")
    return _with_newest(pairs, left)


def _with_newest(pairs: pl.DataFrame, left: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Of each row the pair with the newest earlier edition; and the rows that have none."""
    earlier = pairs.filter(pl.col("edition_before") < pl.col("edition")).sort("edition_before")
    newest = earlier.unique(ROW, keep="last", maintain_order=True)
    return newest, left.join(newest, on=ROW, how="anti")
