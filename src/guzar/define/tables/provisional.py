"""What is said of months that the rule has not decided wholly, and how it was revised: counts only."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class ProvisionalMonths(dy.Schema):
    """One row per month and flow, and group where groups are asked for, of one edition."""

    observed_to = columns.observed_to()
    month = columns.month()
    flow = columns.migration_flow()
    unit = columns.unit()
    crossings = columns.crossings_seen()
    decided = columns.decided()
    undecided = columns.undecided()
    decided_share_percent = columns.decided_share_percent()
    expected = columns.expected()
    expected_lower = columns.expected_lower()
    expected_upper = columns.expected_upper()
    total = columns.total()
    lower = columns.lower()
    upper = columns.upper()
    interval_percent = columns.interval_percent()
    baseline_total = columns.baseline_total()
    month_status = columns.month_status()

    @dy.rule()
    def an_interval_has_two_ends(cls) -> pl.Expr:
        """The lower end is not above the upper."""
        return (pl.col("lower") <= pl.col("upper")) & (pl.col("expected_lower") <= pl.col("expected_upper"))

    @dy.rule()
    def decided_and_expected_make_the_total(cls) -> pl.Expr:
        """Nothing else is in it."""
        return (pl.col("decided") + pl.col("expected") - pl.col("total")).abs() < 0.01


class Revisions(dy.Schema):
    """One row per month, flow, group and edition: what was said, and what the month has become."""

    month = columns.month()
    flow = columns.migration_flow()
    unit = columns.unit()
    observed_to = columns.observed_to()
    total = columns.total()
    lower = columns.lower()
    upper = columns.upper()
    interval_percent = columns.interval_percent()
    baseline_total = columns.baseline_total()
    month_status = columns.month_status()
    final_total = columns.final_total(nullable=True)
    revision = columns.revision(nullable=True)
    baseline_revision = columns.baseline_revision(nullable=True)
    is_covered = columns.is_covered(nullable=True)
