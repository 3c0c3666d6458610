"""What is known of a table in a file goes on to the tables that are made from it: rule, days observed, workspace."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guzar.process.residence import Tally
from guzar.process.residence_rule import READINGS, Readings, ResidenceRule
from guzar.store import read_about

WORKSPACE = "workspace"  # where the records of a table come from


def about_residence(rule: ResidenceRule, tally: Tally) -> dict[str, Any]:
    """By which rule and from which days residence was decided, and how often a crossing was lost."""
    return {
        "made_by": "guzar residence",
        "rule": rule.name,
        "threshold_days": rule.threshold_days,
        "window_days": rule.window_days,
        "observed_from": rule.first_day.isoformat(),
        "observed_to": rule.last_day.isoformat(),
        "missing": rule.missing,
        "readings": vars(rule.readings),
        **({"own_citizens": rule.own_citizens} if rule.own_citizens else {}),
        "crossings_after_a_lost_one_percent": round(100 * tally.gap_share, 2),
    }


def readings_in_words(about: Mapping[str, Any]) -> str:
    """Readings of edge cases that are not the usual ones, by the name of their code and one by one; else nothing."""
    given, usual = about.get("readings"), vars(Readings())
    if not isinstance(given, Mapping):
        return ""
    unusual = {name: what for name, what in given.items() if what != usual.get(name)}
    named = [name for name, known in READINGS.items() if vars(known) == dict(given)]
    told = ", ".join(f"{name} {what}" for name, what in unusual.items())
    return f"{named[0]} ({told})" if named and told else told


def workspace_of(table: Path) -> Path | None:
    """The workspace from which the records of a table come, if that is written down beside it."""
    way = read_about(table).get(WORKSPACE)
    return table.resolve().parent / way if isinstance(way, str) else None


def point_to(workspace: Path | None, table: Path) -> dict[str, str]:
    """What to write down beside a table about its workspace: a relative way, so that both may be moved together."""
    if workspace is None:
        return {}
    return {WORKSPACE: os.path.relpath(workspace.resolve(), table.resolve().parent)}
