"""What a register knows of itself beside its parts: rule, columns, files added, tally; read from its manifest and checked.

A manifest whose seal fits was written by guzar, but perhaps by another one: whatever is not of the shape that this one
writes is refused in one message.
"""

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from guzar.errors import GuzarError, SettingsInvalid
from guzar.journey.crossings_in_files import REQUIRED
from guzar.journey.registered_columns import PLAIN
from guzar.process.histories import PERSON
from guzar.process.residence import Tally
from guzar.process.residence_rule import Readings, ResidenceRule, rule_as_asked
from guzar.store.person_parts import Manifest, PersonPart, damaged, read_manifest

MADE_BY = "guzar register"
MISSING = ("midpoint", "drop", "refuse")
FILE = {"name": str, "sha256": str, "rows": int, "rows_held_already": int, "observed_to": str}
FACTS = {"made_by": str, "rule": dict, "columns": dict, "files": list, "tally": dict}


@dataclass(frozen=True)
class Known:
    """What is known of a register: its rule up to the last day, its columns with their kinds, files added, tally, parts."""

    rule: ResidenceRule
    columns: Mapping[str, str]
    files: list[dict[str, Any]]
    tally: Tally
    parts: tuple[PersonPart, ...]


def read_known(folder: Path) -> Known:
    """What is known of a register. Raises TableInvalid where it is damaged or not of the shape that is written."""
    manifest = read_manifest(folder)
    facts = manifest.facts
    try:
        _require_fields(facts, FACTS)
        for file in facts["files"]:
            _require_fields(file, FILE)
        _require_fields(facts["tally"], {field.name: int for field in fields(Tally)})
        known = Known(
            _rule_of(facts["rule"]), facts["columns"], facts["files"], Tally(**facts["tally"]), manifest.parts
        )
        _require_columns(known)
        _require_sums(known)
    except (ValueError, TypeError, KeyError, AttributeError, GuzarError, duckdb.Error):
        raise damaged(folder) from None
    return known


def as_manifest(known: Known) -> Manifest:
    """The same, as it is written down."""
    days = {name: getattr(known.rule, name).isoformat() for name in ("first_day", "last_day")}
    rule = {name: value for name, value in asdict(known.rule).items() if name != "persons_checked_again"}
    facts = {
        "made_by": MADE_BY,
        "rule": {**rule, **days},
        "columns": dict(known.columns),
        "files": known.files,
    }
    return Manifest({**facts, "tally": vars(known.tally)}, known.parts)


def _require_fields(given: Mapping[str, Any], kinds: Mapping[str, type]) -> None:
    """Refuse (ValueError) what has other fields, or values of other kinds."""
    if {name: type(value) for name, value in given.items()} != kinds:
        raise ValueError(list(given))


def _rule_of(facts: Mapping[str, Any]) -> ResidenceRule:
    written = {"threshold_days": int, "window_days": int, "first_day": str, "last_day": str}
    _require_fields(facts, {**written, "missing": str, "readings": dict, "own_citizens": str})
    _require_fields(facts["readings"], {name: type(value) for name, value in vars(Readings()).items()})
    days = {name: date.fromisoformat(facts[name]) for name in ("first_day", "last_day")}
    rule = ResidenceRule(**{**facts, **days, "readings": Readings(**facts["readings"])})
    rule.require_applicable()
    if rule.missing not in MISSING:
        raise ValueError(rule.missing)
    return rule


def _require_columns(known: Known) -> None:
    """Refuse columns that crossings do not have, kinds that the engine does not know, and persons of another kind."""
    kinds = known.columns
    persons = {type(part.first_person) for part in known.parts} - {type(None)}
    is_fit = all(name in kinds for name in REQUIRED) and all(map(re.compile(PLAIN).fullmatch, kinds.values()))
    if not is_fit or persons - {str if kinds[PERSON] == "VARCHAR" else int}:
        raise ValueError(list(kinds))
    with duckdb.connect() as engine:
        for kind in set(kinds.values()):
            engine.execute(f"SELECT CAST(NULL AS {kind})")


def _require_sums(known: Known) -> None:
    """Refuse parts that do not hold as many rows as are told of the whole."""
    rows, left_out = (sum(getattr(part, name) for part in known.parts) for name in ("rows", "rows_left_out"))
    if rows != known.tally.crossings or rows + left_out != sum(file["rows"] for file in known.files):
        raise ValueError(rows, left_out)
    for part in known.parts:
        date.fromisoformat(part.latest_crossing or "1970-01-01")


def rule_for(held: ResidenceRule | None, asked: Mapping[str, Any], last_day: date) -> ResidenceRule:
    """The rule of the register up to a last day; refused where another was asked for."""
    if held is None:
        if "first_day" not in asked:
            raise SettingsInvalid(
                "A new register needs the first day observed.",
                expected="--observed-from, as 2019-01-01",
                do="Add the option; later files do not need it.",
            )
        return rule_as_asked({**asked, "last_day": last_day})
    _require_same_rule(held, asked)
    if last_day < held.last_day:
        raise SettingsInvalid(
            "The register is observed to {held} already; {given} is earlier.",
            expected="the same last day or a later one",
            do="Correct --observed-to.",
            held=held.last_day,
            given=last_day,
        )
    return replace(held, last_day=last_day)


def _require_same_rule(held: ResidenceRule, asked: Mapping[str, Any]) -> None:
    told = {**vars(held), **vars(held.readings)}
    other = [name for name, value in asked.items() if value != told[name]]
    if other:
        raise SettingsInvalid(
            "The register was made by another rule: {options}.",
            expected="{held}",
            do="Leave these options out, or make another register from all files.",
            options=", ".join(_as_option(name) for name in other),
            held=", ".join(_as_option(name, told[name]) for name in other),
        )


def _as_option(name: str, value: object = None) -> str:
    """A name of the rule as it is typed, with the value that is held."""
    if name == "own_citizens":
        return (
            "--view"
            if value is None
            else f"--view origin --own-citizens {value}"
            if value
            else "--view destination"
        )
    option = "--observed-from" if name == "first_day" else f"--{name.replace('_', '-')}"
    return option if value is None else f"{option} {value}"
