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
citizens_counted = declare_column(
    "citizens_counted",
    dy.String,
    "Who is counted: _T everybody; else persons whose first crossing is on documents of these countries, codes split by "
    "spaces: then no number is one of the whole country.",
    regex=r"^(_T|[^ ]+( [^ ]+)*)$",
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
    "Middle of the interval: the mean of the draws, and the median of the Student-t distribution about it; empty where there may be no point value, and for stays beyond permission, "
    "which are always a range.",
    unit="see unit",
)
upper = declare_column(
    "upper", dy.Float64, "Upper end of the 90 % interval; of a bounded value, of its range.", unit="see unit"
)
range_lower = declare_column(
    "range_lower",
    dy.Float64,
    "Lowest end of the 90 % intervals when the log-odds of losing a final exit lie between −ln 2 and ln 4 beside another's, "
    "or where outside counts leave them.",
    unit="see unit",
)
range_upper = declare_column(
    "range_upper",
    dy.Float64,
    "Highest end of the 90 % intervals when the log-odds of losing a final exit lie between −ln 2 and ln 4 beside another's, "
    "or where outside counts leave them.",
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
    "imputed_share_above_30_percent, no_permission_recorded, no_rule_in_force (too many entered on days without a rule of stay), "
    "births_or_deaths_not_given (of a year after the base of a stock), year_not_whole (of a stock), "
    "too_few_crossings, outside_counts_contradict_A1. And why there "
    "is doubt where there is one: diagnostic_failed_strata, _time, _length, _entries (losses depend on more than the port; the "
    "assumptions do not hold), _outages (more than 2 % of exits were lost in them), _port_months (there are fewer than 12), _first_exits (too many are first seen leaving late: persons under two numbers), _outside_counts (they agree with no estimate). "
    "Else empty.",
    regex=r"^([a-zA-Z_0-9]+(; [a-zA-Z_0-9]+)*)?$",
)

# Counts of exits from outside the log ------------------------------------------------------------------
kind_of_count = declare_column(
    "kind",
    dy.String,
    "How exits were counted: manual_count_at_posts, mirror_entries (entries that neighbours recorded), other.",
    regex=r"^(manual_count_at_posts|mirror_entries|other)$",
)
counted_from = declare_column("counted_from", dy.Date, "First day of what was counted.")
counted_to = declare_column("counted_to", dy.Date, "Last day of what was counted.")
exits_counted = declare_column(
    "exits",
    dy.Float64,
    "Exits through all recorded ports in this time, counted without the log; of the persons that the estimate is about.",
    unit="crossings",
    min_exclusive=0,
)
error_of_count = declare_column(
    "standard_error",
    dy.Float64,
    "Standard error of this count; empty where it is given in per cent.",
    unit="crossings",
    min_exclusive=0,
)
relative_error_percent = declare_column(
    "relative_error_percent",
    dy.Float64,
    "Standard error in per cent of the count; empty where it is given in crossings.",
    unit="percent",
    min_exclusive=0,
    max_exclusive=100,
)
counted_by = declare_column("counted_by", dy.String, "Who counted: office, report and edition.")
note_on_count = declare_column("note", dy.String, "What else is to be known of the count.")

# The self-test of `--missing impute` on an office's own data ------------------------------------------
self_test = declare_column(
    "self_test",
    dy.String,
    "What is tried: exits_at_random (one exit in ten deleted), port_months (all exits of one port-month in twenty deleted), "
    "outages (port-months of the log short of exits), gaps (lengths of gaps beside those that the model predicts), "
    "diagnostics, own_citizens (their exits in a row).",
    regex=r"^(exits_at_random|port_months|outages|gaps|diagnostics|own_citizens)$",
)
block = declare_column(
    "block",
    dy.String,
    "Which deletion, as deletion_1; of gaps, their days, as days_30_to_59 or days_1080_on; all where there is one only.",
    regex=r"^(all|deletion_[0-9]+|days_[0-9]+_(to_[0-9]+|on))$",
)
tested_measure = declare_column(
    "tested_measure",
    dy.String,
    "What is compared: exits_recovered; exits_recorded, entries_recorded (shares); worst_port_error (in points of such a "
    "share; neither port nor share is told); measures of the estimate by year; entry_entry, exit_exit (gaps); "
    "port_months_short_of_exits; diagnostic_strata, _time, _length, _entries.",
    regex=r"^[a-z][a-z_]*$",
)
known = declare_column(
    "known",
    dy.Float64,
    "What is held against: exits or port-months deleted, the estimate before the deletion, gaps observed, the share by own citizens.",
    unit="see unit",
)
estimated = declare_column(
    "estimated",
    dy.Float64,
    "What is estimated: after the deletion, gaps predicted, the share by everybody's crossings.",
    unit="see unit",
)
recovery_error_percent = declare_column(
    "recovery_error_percent",
    dy.Float64,
    "estimated less known, in per cent of known; of flows, of the year's gross flow (immigrations and emigrations); of all "
    "gaps, the share with lengths other than predicted, beyond what chance makes.",
    unit="percent",
)
is_passed = declare_column(
    "is_passed",
    dy.Bool,
    "Whether known lies in the 90 % interval, or the p-value is not too small; empty where nothing is judged.",
)
p_value = declare_column(
    "p_value", dy.Float64, "How often chance alone makes a difference as large.", unit="share", min=0, max=1
)
