"""How long foreigners may stay in a country, as dated data that an office writes or edits."""

import dataframely as dy
import polars as pl

from guzar.define import columns

LEAST_YEAR = 365


class PermissionRules(dy.Schema):
    """One row per rule of permitted stay: of a citizenship (empty: all others), for entries between two days.

    The rule in force on the day of entry holds for the whole stay. A row of the kind prolonged_by stands beside a rule: of
    which kind permits are that prolong stays (citizenship empty: everybody's).
    """

    citizenship = columns.citizenship(nullable=True)
    in_force_from = columns.in_force_from(nullable=True)
    in_force_to = columns.in_force_to(nullable=True)
    permission_kind = columns.permission_kind()
    permitted_days = columns.permitted_days(nullable=True)
    permitted_period_days = columns.permitted_period_days(nullable=True)
    longest_stay_days = columns.longest_stay_days(nullable=True)
    permit_type = columns.permit_type(nullable=True)
    legal_source = columns.legal_source()
    remarks = columns.remarks(nullable=True)

    @dy.rule()
    def days_stand_where_days_are_limited(cls) -> pl.Expr:
        """A limit has its days, and nothing else has."""
        is_limit = pl.col("permission_kind").str.starts_with("days_")
        return is_limit == pl.col("permitted_days").is_not_null()

    @dy.rule()
    def a_period_is_longer_than_what_it_permits(cls) -> pl.Expr:
        """Days in a period have one; others have none."""
        has_period = pl.col("permission_kind") == "days_in_period"
        is_longer = pl.col("permitted_period_days") > pl.col("permitted_days")
        return pl.when(has_period).then(is_longer).otherwise(pl.col("permitted_period_days").is_null())

    @dy.rule()
    def a_year_has_more_days_than_it_permits(cls) -> pl.Expr:
        """Fewer days than a calendar year has."""
        is_of_year = pl.col("permission_kind") == "days_in_calendar_year"
        return ~is_of_year | (pl.col("permitted_days") < LEAST_YEAR)

    @dy.rule()
    def what_prolongs_a_stay_is_named(cls) -> pl.Expr:
        """A kind of permit, there and nowhere else."""
        return (pl.col("permission_kind") == "prolonged_by") == pl.col("permit_type").is_not_null()

    @dy.rule()
    def a_rule_begins_before_it_ends(cls) -> pl.Expr:
        """The first day is not after the last."""
        return (pl.col("in_force_from") <= pl.col("in_force_to")).fill_null(True)
