"""Combining: a table of what several sources say, in a file → one value per cell, and what it rests on."""

from pathlib import Path
from typing import Any

from guzar.analyse.combined_sources import (
    ERRORS,
    PERCENT,
    STATED,
    CombinedSources,
    CombineQuestion,
    combine_sources,
)
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import write_about

ASSUMED = (
    "the bias of a source does not change over the years",
    "errors of sources are independent of each other",
    "a reference is right about the level",
)


def combine_file(sources: Path, asked: CombineQuestion) -> CombinedSources:
    """One value per cell from a table of sources in a file (.csv, .csv.gz, .parquet).

    Raises SettingsInvalid, TableInvalid, and MethodNotApplicable where the sources do not count the same.
    """
    numbers = ("value", *ERRORS, *STATED[1:])
    return combine_sources(read_numbers(sources, numbers, whole=("year",), answers=STATED[:1]), asked)


def tell_combined(done: CombinedSources, asked: CombineQuestion, out: Path) -> None:
    """Write down beside the table what was combined, and what is assumed."""
    write_about(out, about_combined(done, asked))


def about_combined(done: CombinedSources, asked: CombineQuestion) -> dict[str, Any]:
    """What was combined, how, on which assumptions."""
    return {
        "made_by": "guzar combine",
        **done.one,
        "sources": list(done.sources),
        "references": list(done.references),
        "bias_stated": list(done.stated),
        "biases": asked.biases,
        "bias_unit": "percent" if asked.biases == PERCENT else done.one.get("unit", "unit of the values"),
        "bias_scale_percent": asked.bias_scale_percent,
        "truth": "smooth" if asked.is_smooth else "free",
        "interval_percent": 90,
        "assumptions": list(ASSUMED if done.references else ASSUMED[:-1]),
        "statuses": done.counts(),
    }
