"""Codes of statuses, and the reasons for them, in words: English texts that are translated where they are read."""

from guzar.share.quality_words import STATUSES, TESTS

STATUS_WORDS = STATUSES
TEST_WORDS = TESTS  # of diagnostics
FAILED = "diagnostic_failed_"  # a reason that begins so ends with the name of a diagnostic
REASON_WORDS = {
    "open_border": "a border that keeps no records is in use",
    "ports_not_told_apart": "ports cannot be told apart",
    "coverage_near_zero": "a port records less than one crossing in five",
    "not_decidable_yet": "the rule of residence cannot decide yet",
    "imputed_share_above_30_percent": "more than 30 % is estimated",
    "no_permission_recorded": "no permission recorded, no rule given",
    "no_rule_in_force": "many entered on days without a rule of stay",
    "outside_counts_contradict_A1": "outside counts contradict A1",
    "births_or_deaths_not_given": "births or deaths of a year are not given",
    "year_not_whole": "the last day observed is not the last of the year",
}
