"""Counting: tables of records or of the register → unprotected counts, for `protect`."""

from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from guzar.analyse.counts_of_records import AGES, Counted, count_records
from guzar.analyse.measures import MEASURES, Observed
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.about_tables import WORKSPACE, point_to, workspace_of
from guzar.store import read_about, write_about
from guzar.store.linking_zone import require_purged

PERSON = "person_id"
MEASURE_NAMES = tuple(MEASURES)
DAYS = ("crossing_date", "entered_on", "left_on", "returned_on", "event_date", "valid_from", "died_on")
ANSWERS = ("in_window", "is_migration")


def count_file(
    register: Path,
    measure: str,
    by: Sequence[str],
    *,
    persons: Path | None = None,
    days: Sequence[date] = (),
    ages: Sequence[int] = AGES,
    where: Mapping[str, str] | None = None,
    workspace: Path | None = None,
) -> Counted:
    """Counts of a register or of records in a file, by columns of it or of a table of persons.

    Refused (ReleaseRefused) before the names are purged in the linking zone of the workspace, or of the one that is
    written down beside the register.
    """
    for each in (workspace, workspace_of(register)):
        if each is not None:
            _require_purged(each, register)
    if measure not in MEASURES:
        raise SettingsInvalid(
            "guzar knows no measure {measure}.",
            expected="one of: {known}",
            do="Correct --measure.",
            measure=measure,
            known=", ".join(MEASURES),
        )
    held, others = _open(register), None
    if persons is not None:
        others = _open(persons)
        _require_persons(others, persons)
    observed = _observed(read_about(register))
    try:
        return count_records(
            held, measure, by, persons=others, days=days, ages=ages, where=where, observed=observed
        )
    except pl.exceptions.PolarsError:  # its words may quote a row
        raise _not_as_written(register) from None


def tell_counts(register: Path, done: Counted, out: Path) -> None:
    """Write down beside a table of counts what was counted, by which rule, and over what there is no total."""
    made_from = {name: value for name, value in read_about(register).items() if name != WORKSPACE}
    about = {
        "made_by": "guzar count",
        "measure": done.measure.name,
        "unit": done.measure.count,
        "concept": done.measure.concept,
        "not_decidable": done.not_decided,
        "not_complete": list(done.not_complete),
        "no_total_over": list(done.no_total_over),
        **({"from": made_from} if made_from else {}),
        **point_to(workspace_of(register), out),
    }
    write_about(out, about)


def _require_purged(workspace: Path, register: Path) -> None:
    if not workspace.is_dir():
        raise SettingsInvalid(
            "The workspace of {file} is not there any more.",
            where="written down beside {file}",
            expected="the workspace whose records were linked: nothing is counted before its names are purged",
            do="Move the table and its workspace together, or name the workspace with --workspace.",
            file=register.name,
        )
    require_purged(workspace)


def _observed(about: Mapping[str, Any]) -> Observed | None:
    try:
        first, last = (date.fromisoformat(str(about[name])) for name in ("observed_from", "observed_to"))
        threshold, window = int(about["threshold_days"]), int(about["window_days"])
        return Observed(first, last, window - threshold, window)
    except (KeyError, TypeError, ValueError):
        return None


def _require_persons(persons: pl.LazyFrame, file: Path) -> None:
    """Each person once: of two rows, a join would make two persons."""
    if PERSON not in persons.collect_schema().names():
        raise TableInvalid(
            "{file} has no column person_id.",
            expected="one row per person",
            do="Give the table of persons that guzar link wrote.",
            file=file.name,
        )
    twice = persons.select(pl.len() - pl.col(PERSON).n_unique()).collect().item()
    if twice:
        raise TableInvalid(
            "Persons stand more than once in {file}: {count} rows too many.",
            expected="one row per person",
            do="Give the table of persons that guzar link wrote.",
            file=file.name,
            count=twice,
        )


def _open(file: Path) -> pl.LazyFrame:
    """A table as it lies in a file, read when it is counted; days and answers of a CSV file as such."""
    name = file.name.lower()
    if not file.is_file() or not name.endswith((".parquet", ".csv", ".csv.gz")):
        raise SettingsInvalid(
            "There is no table {path}.",
            expected="a file that ends in .csv, .csv.gz or .parquet",
            do="Check the path and the current folder.",
            path=file,
        )
    try:
        if name.endswith(".parquet"):
            table = pl.scan_parquet(file)
            table.collect_schema()
            return table
        return _typed(pl.read_csv(file, infer_schema=False)).lazy()
    except pl.exceptions.PolarsError:  # its words may quote a row
        raise _not_as_written(file) from None


def _typed(text: pl.DataFrame) -> pl.DataFrame:
    """Days, answers and numbers of a CSV file as such; persons are numbers where all of them are written as numbers."""
    persons = text[PERSON].drop_nulls() if PERSON in text.columns else pl.Series([], dtype=pl.String)
    are_numbers = len(persons) > 0 and bool(persons.str.contains(r"^(0|-?[1-9][0-9]{0,17})$").all())
    return text.with_columns(
        *(pl.col(day).str.slice(0, 10).str.to_date() for day in DAYS if day in text.columns),
        *(
            pl.col(one).str.to_lowercase().replace_strict({"true": True, "false": False})
            for one in ANSWERS
            if one in text.columns
        ),
        *(pl.col(one).cast(pl.Int32) for one in ("birth_year",) if one in text.columns),
        *([pl.col(PERSON).cast(pl.Int64)] if are_numbers else []),
    )


def _not_as_written(file: Path) -> TableInvalid:
    return TableInvalid(
        "{file} cannot be read as a table.",
        expected="a table as guzar wrote it",
        do="Make the table again.",
        file=file.name,
    )
