"""Bounding: counts of persons in a file → ranges of the size of groups that no list holds whole, and their assumptions."""

from pathlib import Path
from typing import Any

from guzar.analyse.hidden_groups import (
    COUNTS,
    SHARES,
    TWO_LISTS,
    Bounds,
    BoundsQuestion,
    assumptions_of,
    bound_hidden_groups,
)
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import write_about


def bound_file(counts: Path, asked: BoundsQuestion) -> Bounds:
    """Ranges from counts in a file (.csv, .csv.gz, .parquet).

    Raises SettingsInvalid, TableInvalid, and MethodNotApplicable for a table of persons.
    """
    return bound_hidden_groups(read_numbers(counts, SHARES, whole=COUNTS), asked)


def tell_bounds(asked: BoundsQuestion, out: Path) -> None:
    """Write down beside the table by which method and on which assumptions it was made."""
    write_about(out, about_bounds(asked))


def about_bounds(asked: BoundsQuestion) -> dict[str, Any]:
    """The method and how far its assumptions may fail."""
    links = {"missed_links": asked.missed_links, "false_links": asked.false_links}
    return {
        "made_by": "guzar bounds",
        "unit": "persons",
        "method": asked.method,
        "odds_ratio": [1 / asked.odds_ratio, asked.odds_ratio],
        "assumptions": {name[-2:]: text for name, text in assumptions_of(asked).items()},
        **(links if asked.method == TWO_LISTS else {}),
        "minimum_persons": asked.minimum,
        "interval_percent": 90,
        "no_point_estimate": True,
    }
