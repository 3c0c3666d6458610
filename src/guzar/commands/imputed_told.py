"""What `guzar residence --missing impute` found, in words: whose numbers they are, what they rest on, what failed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from guzar import journey
from guzar.commands.deaths_told import tell_deaths
from guzar.commands.false_told import tell_false
from guzar.commands.imputed_table import show_imputed
from guzar.commands.outside_told import tell_outside
from guzar.commands.permission_told import tell_permission_rules
from guzar.commands.speaker import Speaker

TESTS = {
    "strata": "port of entry, citizenship and mode",
    "time": "time",
    "length": "the time until the next entry",
    "entries": "port of exit, citizenship and mode, for entries",
    "outages": "days on which a port recorded almost nothing: more than 2 % of exits were lost in outages",
}
FIRST_EXITS = "persons, of whom too many are first seen leaving after a year and more"
WEAK = {
    "few_cycles": "A diagnostic failed: fewer than 300 persons who came back tell how many exits are lost. Shares recorded are "
    "hardly known, and the intervals are too narrow.",
    "few_entries": "A diagnostic failed: exits follow each other, so entries are lost, but too few persons tell how many.",
    "one_sided_ports": "A diagnostic failed: some ports record one direction and hardly the other. What is lost there cannot be "
    "known, so no value is given. Name ports that keep no records with --open-borders, or mend their records.",
}
PORT_MONTHS = "months of a port, of which there are too few to say how much"


def tell_whose(
    speak: Speaker,
    imputed: journey.Imputed,
    *,
    open_borders: Sequence[str],
    codes: Sequence[str],
    has_base: bool = False,
) -> None:
    """Borders on which nobody is seen, and persons who are left out."""
    if open_borders:
        speak.warn(
            "Borders that keep no records, as you say: {codes}. Who crosses there is not in the crossings, so nothing about the "
            "country is observed: every row is empty.",
            codes=", ".join(open_borders),
        )
    if imputed.others is not None:
        speak.say(
            "Counted: persons whose first crossing is on documents of {codes}; other persons, left out: {others}. No "
            "number here is one of the whole country.",
            codes=", ".join(codes),
            others=speak.number(imputed.others),
        )
        if has_base:
            speak.warn(
                "The population, births and deaths of --base-stock have to be those of citizens of {codes}, too.",
                codes=", ".join(codes),
            )


def tell_imputed(speak: Speaker, imputed: journey.Imputed, report: Path | None) -> None:
    """What was met, the assumptions behind every number, and diagnostics that failed."""
    speak.say(
        "Crossings: {crossings}; persons: {persons}; duplicate scans folded: {double}; entries without an exit between: "
        "{entries}; exits without an entry between: {exits}.",
        crossings=speak.number(imputed.crossings),
        persons=speak.number(imputed.persons),
        double=speak.number(imputed.duplicate_scans),
        entries=speak.number(imputed.entries_in_a_row),
        exits=speak.number(imputed.exits_in_a_row),
    )
    if imputed.exits_recorded_share is not None and imputed.entries_recorded_share is not None:
        speak.say(
            "Recorded of all exits: about {exits} %; of all entries: about {entries} %.",
            exits=speak.number(100 * imputed.exits_recorded_share, 1),
            entries=speak.number(100 * imputed.entries_recorded_share, 1),
        )
    if imputed.outside_days:
        speak.warn(
            "Of the crossings, outside the observed days and not used: {count}.",
            count=speak.number(imputed.outside_days),
        )
    if imputed.ended_before_entry:
        speak.warn(
            "Permissions that ended before the entry they belong to, taken as not recorded: {count}.",
            count=speak.number(imputed.ended_before_entry),
        )
    tell_false(speak, imputed)
    if imputed.table["lower"].null_count() < imputed.table.height:  # else there is no number
        speak.say("Every number rests on these assumptions:")
        for assumption in journey.ASSUMPTIONS:
            speak.say(assumption)
    tell_outside(speak, imputed)
    tell_permission_rules(speak, imputed)
    tell_deaths(speak, imputed)
    _tell_failed(speak, imputed)
    show_imputed(speak, imputed)
    speak.say("{count} rows written to {path}.", count=speak.number(imputed.table.height), path=report)
    facts = {name: value for name, value in vars(imputed).items() if name != "table"}
    speak.summary({**facts, "rows": imputed.table.height, "report": str(report)})


def _tell_failed(speak: Speaker, imputed: journey.Imputed) -> None:
    """Diagnostics that failed, and what that means."""
    by_test = [TESTS[name] for name in imputed.failed if name in TESTS]
    if by_test:
        speak.warn(
            "A diagnostic failed: crossings are not lost by the port alone, but differ over {tests}. The intervals are too narrow, "
            "and the results may be wrong: read docs/methods/missing-exits.md.",
            tests=", ".join(speak.text(name) for name in by_test),
        )
    if "port_months" in imputed.failed:
        speak.warn(
            "A diagnostic failed: fewer than 12 months of a port tell how many exits are lost. The intervals are too narrow."
        )
    for name, meaning in WEAK.items():
        if name in imputed.failed:
            speak.warn(meaning)
    if "first_exits" in imputed.failed:
        speak.warn(
            "A diagnostic failed: more foreigners are first seen leaving after a year and more than lengths of stays explain. "
            "Some persons stand under two numbers (a renewed passport), or their entries were lost: residents are too many. "
            "Link the records better, or give --split-persons."
        )
