"""Tables that a bridge is made of: agencies' numbers by corridor with what they count, and factors with their source."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any, NoReturn

import polars as pl

from guzar.analyse.definition_bridge import (
    BASES,
    COVERAGE,
    FLOW,
    MEASURES,
    PERSONS,
    REFERENCE_DATE,
    UNITS_COUNTED,
    Count,
    Factor,
)
from guzar.analyse.fitting.tables import check_cells
from guzar.errors import TableInvalid
from guzar.journey.tables_of_numbers import read_numbers

KEY = ("origin", "destination", "year")
CORRIDOR = KEY[:2]
VALUE = "value"
NUMBERS = (PERSONS, VALUE, "lower", "upper", "minimum_stay_months")
WORDS = {"unit": UNITS_COUNTED, "measure": MEASURES, "origin_basis": BASES}
SAME = ("source", "unit", "measure", "minimum_stay_months", "origin_basis", COVERAGE)  # of one series
FACTOR = ("factor", "lower", "upper")
MOST_NAMED = 5
DURATION_STEP = r"duration_\d+(\.\d+)?_to_\d+(\.\d+)?"

Key = tuple[str, str, int]


def read_counts(file: Path) -> dict[Key, Count]:
    """Numbers of a table by corridor and year, each with the series it belongs to."""
    table = read_numbers(file, NUMBERS, whole=["year"])
    is_plain = VALUE not in table.columns
    if not is_plain and "unit" not in table.columns:
        _refuse_columns(file, "unit", "unit beside value, or a column persons")
    if is_plain and PERSONS in table.columns:
        table = table.rename({PERSONS: VALUE}).with_columns(unit=pl.lit(PERSONS))
    check_cells(table, KEY, VALUE, least=0.0)
    if "source" not in table.columns or table["source"].null_count():
        _refuse_columns(file, "source", "who publishes each number")
    table = _with_all_columns(table)
    for name, words in WORDS.items():
        _require_words(table, name, words, file)
    _require_stays(table, file)
    _require_intervals(
        table.filter(pl.col("lower").is_not_null() | pl.col("upper").is_not_null()), VALUE, file
    )
    rows = [row | {REFERENCE_DATE: _day(row, file)} for row in table.iter_rows(named=True)]
    series = _series(rows)
    return {(row["origin"], row["destination"], row["year"]): _count(row, series) for row in rows}


def _with_all_columns(table: pl.DataFrame) -> pl.DataFrame:
    """The table with the columns it may leave out, empty; a number without a measure is a flow."""
    kinds = dict.fromkeys(("lower", "upper", "minimum_stay_months"), pl.Float64)
    wanted = kinds | dict.fromkeys(("unit", "measure", "origin_basis", REFERENCE_DATE, COVERAGE), pl.String)
    missing = [
        pl.lit(None, dtype=kind).alias(name) for name, kind in wanted.items() if name not in table.columns
    ]
    return table.with_columns(missing).with_columns(
        pl.col("measure").fill_null(FLOW), pl.col(REFERENCE_DATE).cast(pl.String)
    )


def _series(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[Any, ...], list[tuple[date, float]]]:
    """The dated numbers of each corridor by the same source and definitions."""
    found: dict[tuple[Any, ...], list[tuple[date, float]]] = {}
    for row in rows:
        if row[REFERENCE_DATE] is not None:
            found.setdefault(_alike(row), []).append((row[REFERENCE_DATE], row[VALUE]))
    return found


def _alike(row: Mapping[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in (*CORRIDOR, *SAME))


def _count(row: Mapping[str, Any], series: Mapping[tuple[Any, ...], list[tuple[date, float]]]) -> Count:
    taken = {name: row[name] for name in (*SAME, REFERENCE_DATE, "lower", "upper", VALUE)}
    return Count(**taken, series=tuple(sorted(series.get(_alike(row), []))))


def _day(row: Mapping[str, Any], file: Path) -> date | None:
    text = row[REFERENCE_DATE]
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError:
        raise TableInvalid(
            "A reference date that is none: {text}.",
            where="{file}; {cell}",
            expected="year, month and day, e.g. 2024-12-31",
            do="Correct the date.",
            text=text,
            file=file.name,
            cell=name_of((row["origin"], row["destination"], row["year"])),
        ) from None


def _refuse_columns(file: Path, name: str, wanted: str) -> NoReturn:
    raise TableInvalid(
        "{file} has no {column}, or not in every row.",
        expected="{wanted}",
        do="Add or fill the column.",
        file=file.name,
        column=name,
        wanted=(wanted,),
    )


def _require_words(table: pl.DataFrame, name: str, words: Sequence[str], file: Path) -> None:
    wrong = table.filter(pl.col(name).is_not_null() & ~pl.col(name).is_in(words))
    if wrong.height:
        raise TableInvalid(
            "A definition that guzar does not know: {column} {word}.",
            where="{file}; {cell}",
            expected="{words}; an empty cell where the agency does not say",
            do="Say what is counted in these words.",
            column=name,
            word=wrong[name][0],
            words=", ".join(words),
            file=file.name,
            cell=name_of(wrong.row(0, named=True)),
        )


def _require_stays(table: pl.DataFrame, file: Path) -> None:
    stay = pl.col("minimum_stay_months")
    wrong = table.filter(~stay.is_finite() | (stay < 0))
    if wrong.height:
        raise TableInvalid(
            "A minimum stay that is no number of months: {months}.",
            where="{file}; {cell}",
            expected="0 where any stay counts, 12 for a year, 60 for permanent",
            do="Correct it, or leave the cell empty where the agency does not say.",
            months=wrong["minimum_stay_months"][0],
            file=file.name,
            cell=name_of(wrong.row(0, named=True)),
        )


def _require_intervals(table: pl.DataFrame, centre: str, file: Path) -> None:
    """Both ends, above 0, around the number."""
    lower, upper, value = pl.col("lower"), pl.col("upper"), pl.col(centre)
    is_right = (lower > 0) & (lower <= value) & (value <= upper) & upper.is_finite()
    wrong = table.filter(~is_right.fill_null(False))
    if wrong.height:
        row = wrong.row(0, named=True)
        raise TableInvalid(
            "An interval that does not lie around its number: {lower} – {value} – {upper}.",
            where="{file}; {cell}",
            expected="0 < lower ≤ number ≤ upper: the 5 % and 95 % points",
            do="Correct the three, or leave both ends of a number empty.",
            lower=row["lower"],
            value=row[centre],
            upper=row["upper"],
            file=file.name,
            cell=row.get("step") or name_of(row),
        )


def read_factors(file: Path) -> pl.DataFrame:
    """step, factor, lower, upper, source; with origin, destination, year where a factor is of one corridor only."""
    table = read_numbers(file, FACTOR, whole=["year"])
    keys = [name for name in KEY if name in table.columns]
    missing = [name for name in ("step", *FACTOR, "source") if name not in table.columns]
    if missing:
        _refuse_columns(file, missing[0], "step, factor, lower, upper, source")
    if table["source"].null_count() or table["step"].null_count():
        _refuse_columns(file, "step, source", "a step and a source for each factor")
    _require_steps(table["step"], file)
    _require_intervals(table, "factor", file)
    twice = table.filter(table.select("step", *keys).is_duplicated())
    if twice.height:
        raise TableInvalid(
            "A step has two factors: {step}.",
            where="{file}",
            expected="one factor for each step, or for each step and corridor",
            do="Choose one; guzar does not average them.",
            step=twice["step"][0],
            file=file.name,
        )
    return table


def _require_steps(steps: pl.Series, file: Path) -> None:
    """Refuse a factor that no bridge would ever ask for: a slip of the pen would silently leave it out."""
    wrong = [step for step in steps if not _is_step(step)]
    if wrong:
        raise TableInvalid(
            "A factor for a step that guzar does not have: {step}.",
            where="{file}",
            expected="steps as acts_to_persons, duration_3_to_12, citizenship_to_birth, reference_date, coverage",
            do="Correct the name of the step.",
            step=wrong[0],
            file=file.name,
        )


def _is_step(step: str) -> bool:
    start, _, end = step.partition("_to_")
    is_named = any(start in words and end in words for words in (UNITS_COUNTED, BASES))
    return is_named or step in (REFERENCE_DATE, COVERAGE) or re.fullmatch(DURATION_STEP, step) is not None


def factors_of(table: pl.DataFrame, key: Key) -> dict[str, Factor]:
    """The factors for a corridor; one that names the corridor goes before one that names none."""
    found: dict[str, tuple[int, Factor]] = {}
    for row in table.iter_rows(named=True):
        named = [
            (row.get(name), here) for name, here in zip(KEY, key, strict=True) if row.get(name) is not None
        ]
        if (
            all(wanted == here for wanted, here in named)
            and len(named) >= found.get(row["step"], (0, None))[0]
        ):
            factor = Factor(row["factor"], row["lower"], row["upper"], row["source"])
            found[row["step"]] = (len(named), factor)
    return {step: factor for step, (_, factor) in found.items()}


def name_of(key: Key | Mapping[str, Any]) -> str:
    """A corridor and year as a reader writes them: KGZ>RUS 2015."""
    origin, destination, year = key if isinstance(key, tuple) else (key[name] for name in KEY)
    return f"{origin}>{destination} {year}"


def some_named(keys: Sequence[Key]) -> str:
    """The first of several, and that there are more."""
    names = [name_of(key) for key in keys[:MOST_NAMED]]
    return ", ".join([*names, *(["…"] if len(keys) > MOST_NAMED else [])])
