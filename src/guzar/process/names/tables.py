"""The letter tables of the folding of names, read from the CSV files beside this module.

letters.csv: letters of a script and the sound that they stand for, longest first when they are read.
sounds.csv: sounds that different spellings keep apart and that are merged, as patterns, in the order of the file.
endings.csv: endings of surnames and patronymics, with the class that each tells; the first that fits counts.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources


@dataclass(frozen=True)
class Ending:
    """One kind of ending: a pattern with the stem in groups 1 and 2, what is put back, and the class."""

    pattern: str
    left: str
    suffix_class: str


@cache
def letters() -> Mapping[str, str]:
    """Letters → sounds, the longest run of letters first."""
    rows = _read("letters.csv")
    return {row["letters"]: row["sound"] for row in sorted(rows, key=lambda row: -len(row["letters"]))}


@cache
def sounds(stage: str) -> tuple[tuple[str, str], ...]:
    """Patterns and what takes their place, of one stage (`before endings` or `after endings`)."""
    return tuple((row["sounds"], row["sound"]) for row in _read("sounds.csv") if row["stage"] == stage)


@cache
def endings(kind: str) -> tuple[Ending, ...]:
    """Endings of one kind of name (`surname`, `patronymic`); a given name has none."""
    return tuple(_ending(row) for row in _read("endings.csv") if row["kind"] == kind)


def _ending(row: Mapping[str, str]) -> Ending:
    """An ending written apart always counts; one written together not after letters that make it part of a name."""
    last = f"[^ {row['not_after']}]"
    pattern = f"^(..*?) (?:{row['ending']})$|^(.+?{last})(?:{row['ending']})$"
    return Ending(pattern, "${1}${2}" + row["leaves"], row["class"])


def _read(name: str) -> list[dict[str, str]]:
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))
