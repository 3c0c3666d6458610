"""Combining: a table of what several sources say, in a file → one value per cell, and what it rests on."""

from dataclasses import replace
from math import log10
from pathlib import Path
from typing import Any

import polars as pl

from guzar.analyse.combinable import ERRORS, PERCENT, STATED, CombineQuestion
from guzar.analyse.combined_sources import CombinedSources, combine_sources
from guzar.define.units import COUNTED
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import write_about

DIGITS, DECIMALS = 9, 6  # of amounts that are not counted; of weights and per cents
TESTED = ("chi_square", "chi_square_chance")
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
    reports = read_numbers(sources, numbers, whole=("year",), answers=STATED[:1])
    return _rounded(combine_sources(reports, asked), asked)


def _rounded(done: CombinedSources, asked: CombineQuestion) -> CombinedSources:
    """Persons and other things that are counted as whole numbers, all else without digits that say nothing; inputs as given."""
    given = [f"{name}_value" for name in done.sources]
    made = [name for name, kind in done.table.schema.items() if kind.is_float() and name not in given]
    amounts = [name for name in made if _is_amount(name, asked)]
    rest = [name for name in made if name not in (*amounts, *TESTED)]
    size = done.table.select(pl.max_horizontal(pl.col(amounts).abs()).max()).item() or 1.0
    decimals = max(0, DIGITS - 1 - int(log10(size)))
    whole = [_whole(pl.col(name).round(DECIMALS), name).cast(pl.Int64) for name in amounts]
    exact = [pl.col(name).round(decimals) + 0.0 for name in amounts]
    table = done.table.with_columns(
        *(whole if done.one.get("unit") in COUNTED else exact),
        pl.col(rest).round(DECIMALS) + 0.0,  # never -0.0
        pl.col(TESTED).round_sig_figs(DIGITS),
    )
    return replace(done, table=table)


def _whole(number: pl.Expr, name: str) -> pl.Expr:
    """A lower end rounded down, an upper end up, so that rounding narrows no range; other numbers to the nearest."""
    if name.endswith("lower"):
        return number.floor()
    return number.ceil() if name.endswith("upper") else number.round(0)


def _is_amount(name: str, asked: CombineQuestion) -> bool:
    """Whether a column is in the unit of the values: not a weight, a test, or a bias in per cent."""
    if name.endswith(("_bias", "_bias_lower", "_bias_upper")):
        return asked.biases != PERCENT
    return name.endswith(("value", "lower", "upper"))


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
