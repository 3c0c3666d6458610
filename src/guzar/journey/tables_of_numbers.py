"""Small tables that an analyst brings: columns of numbers as numbers, of answers as answers, all others as text."""

import gzip
from collections.abc import Collection
from pathlib import Path

import polars as pl

from guzar.errors import SettingsInvalid, TableInvalid

MOST = 1e15  # above, numbers with decimals no longer tell whole numbers apart
COMMA, SEMICOLON = ",", ";"  # Excel in Russian writes semicolons, and decimals with commas
LONGEST_HEADING = 100_000  # bytes
ANSWERS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}


def read_numbers(
    file: Path, numbers: Collection[str], *, whole: Collection[str] = (), answers: Collection[str] = ()
) -> pl.DataFrame:
    """A table (.csv, .csv.gz, .parquet) with these columns as numbers, whole numbers or answers, where it has them.

    Columns are split by commas or, as in Excel of many languages, by semicolons; 14,5 is then a number.

    Raises SettingsInvalid for a file that is not there, TableInvalid where a cell holds something else.
    """
    separator = separator_of(file)
    table = _read(file, separator)
    for name in table.columns:
        if name in (*numbers, *whole):
            if separator == SEMICOLON:
                table = table.with_columns(_with_point(pl.col(name)))
            table = _as_number(table, name, file, is_whole=name in whole)
        elif name in answers:
            table = _as_answer(table, name, file)
        else:
            text = table[name].cast(pl.String).str.strip_chars()
            table = table.with_columns(text.replace("", None).alias(name))
    return table


def separator_of(file: Path) -> str:
    """What stands between the columns of a CSV file, by its heading; a comma where nobody can tell."""
    name = file.name.lower()
    if not file.is_file() or not name.endswith((".csv", ".csv.gz")):
        return COMMA
    try:
        with gzip.open(file, "rb") if name.endswith(".gz") else file.open("rb") as opened:
            heading = opened.readline(LONGEST_HEADING)
    except (OSError, EOFError):  # a damaged file is refused where it is read
        return COMMA
    return SEMICOLON if heading.count(b";") > heading.count(b",") else COMMA


def _read(file: Path, separator: str) -> pl.DataFrame:
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
            return pl.read_parquet(file)
        return pl.read_csv(file, infer_schema=False, separator=separator)
    except (pl.exceptions.PolarsError, OSError):  # its words may quote a row
        raise TableInvalid(
            "{file} cannot be read as a table.",
            expected="a whole table with one header row, as .csv (UTF-8; columns split by commas or semicolons), .csv.gz or "
            ".parquet",
            do="Check the file; in Excel save it as «CSV UTF-8».",
            file=file.name,
        ) from None


def _with_point(cells: pl.Expr) -> pl.Expr:
    """14,5 as 14.5; but 41,200 may be thousands, and stays as it is: no number, so that nobody guesses."""
    is_clear = cells.str.contains(r"^\s*-?\d+,\d+\s*$") & ~cells.str.contains(r"^\s*-?[1-9]\d{0,2},\d{3}\s*$")
    return pl.when(is_clear).then(cells.str.replace(",", ".", literal=True)).otherwise(cells)


def _as_number(table: pl.DataFrame, name: str, file: Path, *, is_whole: bool) -> pl.DataFrame:
    held = table[name]
    text = held.cast(pl.String).str.strip_chars().replace("", None)
    made = text.cast(pl.Float64, strict=False)
    is_wrong = made.is_null() & text.is_not_null()
    if is_whole:
        is_wrong = is_wrong | ~((made == made.floor()) & (made.abs() <= MOST)).fill_null(True)
    _require_none(is_wrong, name, file, "whole numbers, as 2024" if is_whole else "numbers, as 1200 or 14.5")
    kind = pl.Int64 if is_whole else pl.Float64
    return table.with_columns(made.cast(kind).alias(name))


def _as_answer(table: pl.DataFrame, name: str, file: Path) -> pl.DataFrame:
    if table.schema[name] == pl.Boolean:
        return table
    text = table[name].cast(pl.String).str.strip_chars().str.to_lowercase().replace("", None)
    made = text.replace_strict(ANSWERS, default=None, return_dtype=pl.Boolean)
    _require_none(made.is_null() & text.is_not_null(), name, file, "true or false")
    return table.with_columns(made.alias(name))


def _require_none(is_wrong: pl.Series, name: str, file: Path, expected: str) -> None:
    wrong = is_wrong.fill_null(False).arg_true()
    if len(wrong):
        raise TableInvalid(
            "Cells of the column {column} that cannot be read: {count}.",
            where="{file}; rows below the heading: {rows}",
            expected="{kind}",
            do="Correct the column; leave a cell empty where nothing is known.",
            count=len(wrong),
            column=name,
            file=file.name,
            kind=(expected,),
            rows=", ".join([*(str(row + 1) for row in wrong[:3]), *(["…"] if len(wrong) > 3 else [])]),
        )
