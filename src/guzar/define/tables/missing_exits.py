"""What is estimated where exits were not recorded: aggregates only."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class ImputedMeasures(dy.Schema):
    """One row per measure and year: an interval, the range over what cannot be tested, and a status.

    Whole persons and migrations: lower ends rounded down, upper ends up, other numbers to the nearest.
    """

    citizens_counted = columns.citizens_counted()
    measure = columns.measure(primary_key=True)
    year = columns.year(primary_key=True)
    unit = columns.unit()
    lower = columns.in_whole_numbers("lower")(nullable=True)
    median = columns.in_whole_numbers("median")(nullable=True)
    upper = columns.in_whole_numbers("upper")(nullable=True)
    status = columns.status()
    range_lower = columns.in_whole_numbers("range_lower")(nullable=True)
    range_upper = columns.in_whole_numbers("range_upper")(nullable=True)
    as_recorded = columns.in_whole_numbers("as_recorded")(nullable=True)
    left_out = columns.in_whole_numbers("left_out")(nullable=True)
    tipping_delta = columns.tipping_delta(nullable=True)
    status_reason = columns.status_reason()

    @dy.rule()
    def no_point_value_where_only_bounds_are_known(cls) -> pl.Expr:
        """A bounded or not observed measure has no median."""
        return pl.col("status").is_in(["observed", "identified_under_A1"]) | pl.col("median").is_null()

    @dy.rule()
    def no_count_where_nothing_is_observed(cls) -> pl.Expr:
        """Where a border is open, what the log counts is no number of the country."""
        is_counted = pl.col("as_recorded").is_not_null() | pl.col("left_out").is_not_null()
        return (pl.col("status") != "not_observed") | ~is_counted

    @dy.rule()
    def a_range_lies_around_its_interval(cls) -> pl.Expr:
        """The interval lies inside the range over δ."""
        inside = (pl.col("range_lower") <= pl.col("lower")) & (pl.col("upper") <= pl.col("range_upper"))
        return pl.col("lower").is_null() | inside


class OutsideCounts(dy.Schema):
    """One row per count of exits that does not come from the log, and its error; periods of one source do not overlap."""

    kind = columns.kind_of_count(primary_key=True)
    counted_from = columns.counted_from(primary_key=True)
    counted_to = columns.counted_to(primary_key=True)
    exits = columns.exits_counted()
    standard_error = columns.error_of_count(nullable=True)
    relative_error_percent = columns.relative_error_percent(nullable=True)
    counted_by = columns.counted_by(primary_key=True)
    note = columns.note_on_count(nullable=True)

    @dy.rule()
    def one_error_is_given(cls) -> pl.Expr:
        """In crossings or in per cent, not both."""
        return pl.col("standard_error").is_null() != pl.col("relative_error_percent").is_null()


class ImputationSelfTest(dy.Schema):
    """One row per self-test, block, measure and year: what is known beside what is estimated; aggregates only."""

    self_test = columns.self_test()
    block = columns.block()
    tested_measure = columns.tested_measure()
    year = columns.year(nullable=True)
    unit = columns.unit(nullable=True)
    known = columns.known(nullable=True)
    estimated = columns.estimated(nullable=True)
    lower = columns.lower(nullable=True)
    upper = columns.upper(nullable=True)
    recovery_error_percent = columns.recovery_error_percent(nullable=True)
    is_passed = columns.is_passed(nullable=True)
    p_value = columns.p_value(nullable=True)

    @dy.rule()
    def every_comparison_stands_once(cls) -> pl.Expr:
        """No two rows about the same."""
        return pl.struct("self_test", "block", "tested_measure", "year").is_unique()
