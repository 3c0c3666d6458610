"""`guzar residence --missing impute --self-test`: the estimate of lost exits tried on an office's own data, read aloud."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from guzar import journey
from guzar.commands.speaker import Speaker
from guzar.errors import SettingsInvalid

NAMES = {
    "exits_at_random": "exits at random",
    "port_months": "whole port-months",
    "outages": "outages",
    "gaps": "lengths of gaps",
    "diagnostics": "diagnostics",
    "own_citizens": "own citizens",
}
MEANINGS = {
    "exits_at_random": "Exits deleted at random are not recovered within the intervals: the estimate does not fit this log even "
    "where losses are as it assumes. Publish no figure that rests on it.",
    "port_months": "Where whole port-months of exits are lost, the estimate errs and no test notices it: ask the ports for "
    "outages before anything is published.",
    "outages": "In some port-months less than a third of the exits expected are recorded, though people left: outages, which "
    "lose exits together (A3). Ask the ports, and mend the log where records can still be had.",
    "gaps": "The gaps are not as long as lost crossings would make them: false links, wrong directions or refused entries may "
    "stand behind some (A4). Look at the linkage first.",
    "diagnostics": "Losses differ over {tests}: the intervals are too narrow, and the results may be wrong.",
    "own_citizens": "Own citizens' entries are recorded more often, or less, than the estimate says: entries are not lost by the "
    "port alone, or some gaps are not what they seem.",
}


@dataclass(frozen=True)
class Asked:
    """What the self-test is asked; `others` are options that are given and that it has no use for."""

    report: Path | None
    draws: int | None
    own_citizens: str
    citizenships: tuple[str, ...]
    others: tuple[str, ...]


def self_test_imputation(
    speak: Speaker,
    crossings: Path,
    rule: journey.ResidenceRule,
    asked: Asked,
    run: journey.Residing,
    tests: dict[str, str],
) -> None:
    """Try the estimate and tell; `tests` are the diagnostics in words."""
    if asked.others:
        raise SettingsInvalid(
            "These options do not go with --self-test of lost exits: {options}.",
            expected="--self-test alone or, if you like, with --report, --draws, --citizenship, --own-citizens",
            do="Leave these options out.",
            options=", ".join(asked.others),
        )
    with speak.progress("Deleting exits and recovering them", 0) as step:
        found = journey.self_test_imputation(
            crossings,
            rule,
            replace(run, moved=lambda rows: step() if rows else None),
            report=asked.report,
            draws=journey.SELF_TEST_DRAWS if asked.draws is None else asked.draws,
            own_citizens=asked.own_citizens,
            citizenships=asked.citizenships,
        )
    _tell(speak, found, tests)
    if asked.report is not None:
        speak.say(
            "{count} rows written to {path}.", count=speak.number(found.table.height), path=asked.report
        )
    facts = {verdict.self_test: {"passed": verdict.passed, **verdict.facts} for verdict in found.verdicts}
    written = {} if asked.report is None else {"report": str(asked.report)}
    speak.summary(
        {
            "persons": found.persons,
            "crossings": found.crossings,
            "self_tests": facts,
            "rows": found.table.height,
        }
        | written
    )


def _tell(speak: Speaker, found: journey.SelfTested, tests: dict[str, str]) -> None:
    """What each test found, what a failure means, and what none of them can test."""
    speak.say(
        "Self-test of lost exits; crossings: {crossings}; persons: {persons}. Recorded exits are deleted and estimated again.",
        crossings=speak.number(found.crossings),
        persons=speak.number(found.persons),
    )
    tell = {
        "exits_at_random": _tell_recovery,
        "port_months": _tell_recovery,
        "outages": _tell_outages,
        "gaps": _tell_gaps,
        "diagnostics": _tell_diagnostics,
        "own_citizens": _tell_own,
    }
    for verdict in found.verdicts:
        tell[verdict.self_test](speak, verdict)
    for verdict in found.verdicts:
        if verdict.passed is False:
            failed = verdict.facts.get("failed", ())
            speak.warn(
                MEANINGS[verdict.self_test], tests=", ".join(speak.text(tests[name]) for name in failed)
            )
    _sum_up(speak, found)


def _sum_up(speak: Speaker, found: journey.SelfTested) -> None:
    for passed, words in (
        (True, "Passed: {names}."),
        (False, "Failed: {names}."),
        (None, "Not tried: {names}."),
    ):
        names = [speak.text(NAMES[each.self_test]) for each in found.verdicts if each.passed is passed]
        if names:
            speak.say(words, names=", ".join(names))
    speak.say(
        "No self-test can tell whether final exits are lost more often than others (A1): see the range over δ."
    )


def _tell_recovery(speak: Speaker, verdict: journey.Verdict) -> None:
    facts = verdict.facts
    speak.say(
        "Exits at random, one in ten deleted, {blocks} times. Deleted: {deleted}; recovered: {recovered} ({percent} %)."
        if verdict.self_test == "exits_at_random"
        else "Whole port-months, one in twenty without any exit, {blocks} times (A3 is broken). Deleted: {deleted}; recovered: "
        "{recovered} ({percent} %). Of {months} port-months {found} are found to be short of exits.",
        blocks=facts["blocks"],
        deleted=speak.number(facts["deleted"]),
        recovered=speak.number(facts["recovered"], 0),
        percent=speak.number(100 * facts["recovered"] / max(1, facts["deleted"]), 1),
        months=facts["port_months"],
        found=facts["port_months_found"],
    )
    if facts["net_error"] is not None:
        speak.say(
            "  Net migration beside the estimate before: off by {mean} % of the gross flow on average, {worst} % at worst. 90 % "
            "intervals that hold what is known: {held} of {cells}.",
            mean=speak.number(facts["net_error"], 2),
            worst=speak.number(facts["net_worst"], 2),
            held=facts["held"],
            cells=facts["cells"],
        )


def _tell_outages(speak: Speaker, verdict: journey.Verdict) -> None:
    speak.say("Outages: port-months short of exits: {short}.", **verdict.facts)


def _tell_gaps(speak: Speaker, verdict: journey.Verdict) -> None:
    if not verdict.facts:
        speak.say("Lengths of gaps: too few gaps to say anything.")
    words = {
        "entry_entry": "Two entries in a row: {gaps}; not as long as the model predicts: {misplaced} % beyond chance (p = {p}).",
        "exit_exit": "Two exits in a row: {gaps}; not as long as the model predicts: {misplaced} % beyond chance (p = {p}).",
    }
    for name, facts in verdict.facts.items():
        speak.say(
            words[name],
            gaps=speak.number(facts["gaps"]),
            misplaced=speak.number(100 * facts["misplaced"], 1),
            p=speak.number(facts["p_value"], 3),
        )


def _tell_diagnostics(speak: Speaker, verdict: journey.Verdict) -> None:
    number = len(verdict.facts["failed"])
    speak.say("Diagnostics of the log as it is, failed: {number} of {all}.", number=number, all=6)


def _tell_own(speak: Speaker, verdict: journey.Verdict) -> None:
    facts: dict[str, Any] = verdict.facts
    if verdict.passed is None:
        speak.say(
            "Own citizens: not tried, as nobody said who they are (--own-citizens)."
            if facts["reason"] == "not_named"
            else "Own citizens: not tried, as too few of them left and came back."
        )
        return
    speak.say(
        "Own citizens, two exits in a row: {pairs}. Entries recorded, by these: {own} %; by everybody's crossings: {all} %.",
        pairs=speak.number(facts["pairs"]),
        own=speak.number(facts["own"], 1),
        all=speak.number(facts["all"], 1),
    )
