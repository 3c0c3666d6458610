"""Table of what changed from one release of guzar to the next."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class ReleaseChanges(dy.Schema):
    """One row per value that changed between two releases, labelled by what happened to it.

    The row is named as in the later release; a removal as in the earlier one. A value that a new edition repeats
    has no row: it did not change.
    """

    indicator = columns.indicator(primary_key=True)
    area = columns.area(primary_key=True)
    counterpart = columns.counterpart(primary_key=True)
    sex = columns.sex(primary_key=True)
    period = columns.period(primary_key=True)
    definition = columns.definition(primary_key=True)
    source = columns.source(primary_key=True)
    edition = columns.edition(primary_key=True)
    change = columns.change()
    value_before = columns.value_before(nullable=True)
    value = columns.value(nullable=True)
    unit_before = columns.unit_before(nullable=True)
    unit = columns.unit(nullable=True)
    definition_before = columns.definition_before(nullable=True)
    edition_before = columns.edition_before(nullable=True)
    observation_status_before = columns.observation_status_before(nullable=True)
    observation_status = columns.observation_status(nullable=True)

    @dy.rule()
    def additions_had_nothing_before(cls) -> pl.Expr:
        """Only an addition has no earlier row, and an addition has none."""
        return (pl.col("change") == "addition") == pl.col("unit_before").is_null()

    @dy.rule()
    def removals_have_nothing_now(cls) -> pl.Expr:
        """Only a removal has no later row, and a removal has none."""
        return (pl.col("change") == "removal") == pl.col("unit").is_null()
