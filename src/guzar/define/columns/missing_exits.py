"""Columns of what is estimated where exits were not recorded: national totals by year, none about a person."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

measure = declare_column(
    "measure",
    dy.String,
    "What is counted: immigrations, emigrations, net_migration in a year; residents_seen_in_crossings, stock_end_of_year, "
    "stays_beyond_recorded_permission at its end.",
    regex=r"^[a-z][a-z_]*$",
)
status = declare_column(
    "status",
    dy.String,
    "What is known: observed (nothing was imputed), identified_under_A1 (right if the assumptions hold), bounded (no point "
    "value), not_observed (no value).",
    regex=r"^(observed|identified_under_A1|bounded|not_observed)$",
)
lower = declare_column(
    "lower", dy.Float64, "Lower end of the 90 % interval; of a bounded value, of its range.", unit="see unit"
)
median = declare_column(
    "median",
    dy.Float64,
    "Middle of the interval, the mean of the draws; empty where there may be no point value.",
    unit="see unit",
)
upper = declare_column(
    "upper", dy.Float64, "Upper end of the 90 % interval; of a bounded value, of its range.", unit="see unit"
)
range_lower = declare_column(
    "range_lower",
    dy.Float64,
    "Lowest end of the 90 % intervals when the log-odds of losing a final exit lie between −ln 2 and ln 4 beside another's.",
    unit="see unit",
)
range_upper = declare_column(
    "range_upper",
    dy.Float64,
    "Highest end of the 90 % intervals when the log-odds of losing a final exit lie between −ln 2 and ln 4 beside another's.",
    unit="see unit",
)
as_recorded = declare_column(
    "as_recorded",
    dy.Float64,
    "The same measure by the crossings as recorded, every gap split half-way: nothing is estimated; empty where nothing "
    "is observed.",
    unit="see unit",
)
left_out = declare_column(
    "left_out",
    dy.Float64,
    "The same measure when everybody is left out who has two crossings in one direction in a row; empty where nothing is "
    "observed.",
    unit="see unit",
)
tipping_delta = declare_column(
    "tipping_delta",
    dy.Float64,
    "The difference of these log-odds at which net migration changes its sign; empty where it does not between −ln 2 and "
    "ln 4.",
)
status_reason = declare_column(
    "status_reason",
    dy.String,
    "Why there is no point value: open_border, ports_not_told_apart, coverage_near_zero, not_decidable_yet, "
    "imputed_share_above_30_percent, no_permission_recorded. And why there is doubt where there is one: "
    "diagnostic_failed_strata, _time, _length, _entries (losses depend on more than the port; the assumptions do not hold). "
    "Else empty.",
    regex=r"^([a-z_0-9]+(; [a-z_0-9]+)*)?$",
)
