"""Groups of durations, in days from one crossing to the other; the same for stays, absences, returns and movements."""

from datetime import date

import polars as pl

THREE_MONTHS, SIX_MONTHS, TWELVE_MONTHS = 90, 183, 365
UNDER_3, FROM_3_TO_6, FROM_6_TO_12, LONGEST = (
    "under_3_months",
    "3_to_6_months",
    "6_to_12_months",
    "12_months_or_more",
)
DURATIONS = ((THREE_MONTHS, UNDER_3), (SIX_MONTHS, FROM_3_TO_6), (TWELVE_MONTHS, FROM_6_TO_12))
NOT_ENDED, END_LOST, BEGINNING_LOST = "not_ended", "end_not_recorded", "beginning_not_recorded"
AT_LEAST_3, AT_LEAST_6 = "at_least_3_months", "at_least_6_months"
AT_LEAST = {
    AT_LEAST_3: (FROM_3_TO_6, FROM_6_TO_12, LONGEST),
    AT_LEAST_6: (FROM_6_TO_12, LONGEST),
    LONGEST: (LONGEST,),
}


def group_days(days: pl.Expr) -> pl.Expr:
    """The group of a number of days."""
    group = pl.lit(LONGEST)
    for most, name in reversed(DURATIONS):
        group = pl.when(days < most).then(pl.lit(name)).otherwise(group)
    return group


def days_between(begin: pl.Expr | date, end: pl.Expr | date) -> pl.Expr:
    """Days from the day of one crossing to that of another."""
    first, last = (pl.lit(one) if isinstance(one, date) else one.cast(pl.Date) for one in (begin, end))
    return (last - first).dt.total_days()


def groups_of_durations() -> pl.DataFrame:
    """The durations under «at least 3 months» and «at least 6 months»: `code, parent`, as `guzar protect` reads groups.

    12 months or more lie inside at least 6, and those inside at least 3: totals that a release may show beside the
    groups, protected together with them.
    """
    parents = {
        UNDER_3: "_T",
        AT_LEAST_3: "_T",
        FROM_3_TO_6: AT_LEAST_3,
        AT_LEAST_6: AT_LEAST_3,
        FROM_6_TO_12: AT_LEAST_6,
        LONGEST: AT_LEAST_6,
    }
    return pl.DataFrame({"code": list(parents), "parent": list(parents.values())})


def count_at_least(table: pl.DataFrame, count: str) -> dict[str, dict[str, int]]:
    """By day: all, and those of at least three, six and twelve months; from counts by `day` and `duration`."""
    found: dict[str, dict[str, int]] = {}
    for (day,), rows in table.group_by("day", maintain_order=True):
        by = dict(rows.group_by("duration").agg(pl.col(count).sum()).iter_rows())
        nested = {name: sum(by.get(part, 0) for part in parts) for name, parts in AT_LEAST.items()}
        found[str(day)] = {"_T": sum(by.values()), **nested}
    return found
