"""Counting: tables of records or of the register → unprotected counts, for `protect`."""

from collections.abc import Sequence
from datetime import date
from pathlib import Path

import polars as pl

from guzar.analyse.counts_of_records import AGES, MEASURES, Counted, count_records
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.store import Workspace
from guzar.store.linking_zone import require_purged

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
    workspace: Workspace | None = None,
) -> Counted:
    """Counts of a register or of records in a file, by columns of it or of a table of persons.

    With a workspace, refused (ReleaseRefused) before the names in its linking zone are purged.
    """
    if workspace is not None:
        require_purged(workspace.path)
    if measure not in MEASURES:
        raise SettingsInvalid(
            "guzar knows no measure {measure}.",
            expected="one of: {known}",
            do="Correct --measure.",
            measure=measure,
            known=", ".join(MEASURES),
        )
    others = _open(persons) if persons is not None else None
    return count_records(_open(register), measure, by, persons=others, days=days, ages=ages)


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
        text = pl.read_csv(file, infer_schema=False).lazy()
        columns = text.collect_schema().names()
        return text.with_columns(
            *(pl.col(day).str.slice(0, 10).str.to_date() for day in DAYS if day in columns),
            *(
                pl.col(one).replace_strict({"true": True, "false": False})
                for one in ANSWERS
                if one in columns
            ),
            *(pl.col(one).cast(pl.Int32) for one in ("birth_year",) if one in columns),
        )
    except pl.exceptions.PolarsError:  # its words may quote a row
        raise TableInvalid(
            "{file} cannot be read as a table.",
            expected="a table as guzar wrote it",
            do="Make the table again.",
            file=file.name,
        ) from None
