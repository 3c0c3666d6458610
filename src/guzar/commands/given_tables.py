"""What `protect`, `attack` and `sample` are given alike: columns, hierarchies and files; and tables as text."""

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, NoReturn

import polars as pl
import typer
from rich.table import Table

from guzar.commands.speaker import Speaker
from guzar.errors import SettingsInvalid

SHORTEST, LONGEST = 7, 14  # letters of a line of a heading, above numbers and above texts
TERMINAL = 80  # columns
DIGITS = 6  # of an estimate that is shown; files hold all
SHOWN_AT_EACH_END = 20  # rows of a longer table

Dimensions = Annotated[
    str | None, typer.Option(help="Columns that hold codes, with commas between, e.g. region,sex.")
]
Hierarchies = Annotated[
    list[str] | None,
    typer.Option(help="DIM=FILE: groups of a dimension's codes, columns code and parent. May be repeated."),
]


def split_names(text: str | None) -> list[str]:
    """Names of columns from a text with commas between."""
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def require_names(dimensions: str | None) -> list[str]:
    """Names of columns that hold codes; refused (SettingsInvalid) where none is named."""
    names = split_names(dimensions)
    if not names:
        raise SettingsInvalid(
            "No columns with codes are named.",
            expected="--dimensions (or --quasi-identifiers) with the columns that hold codes",
            do="Name them with commas between, for example --dimensions region,sex",
        )
    return names


def read_hierarchy_options(hierarchies: Sequence[str] | None) -> dict[str, tuple[str, ...]]:
    """Hierarchy files by dimension, from texts like region=regions.csv."""
    found: dict[str, tuple[str, ...]] = {}
    for text in hierarchies or ():
        name, sign, file = text.partition("=")
        if not (name.strip() and sign and file.strip()):
            raise SettingsInvalid(
                "The hierarchy {text} cannot be read.",
                expected="DIM=FILE, for example region=regions.csv",
                do="Name the dimension and the file.",
                text=text,
            )
        found[name.strip()] = (*found.get(name.strip(), ()), file.strip())
    return found


def require_other_files(read: Sequence[Path], written: Sequence[Path | None]) -> None:
    """Refuse to write over what is read, or twice to one file, or two tables to stdout."""
    if [str(path) for path in written].count("-") > 1:
        raise SettingsInvalid(
            "Two tables cannot both go to stdout.",
            expected="- as the name of one of them",
            do="Name a file for the other.",
        )
    places = [path.resolve() for path in written if path is not None]
    taken = [
        path.name for path in places if path in {each.resolve() for each in read} or places.count(path) > 1
    ]
    if taken:
        raise SettingsInvalid(
            "{file} would be written over.",
            expected="other files for --out and --report than those that are read",
            do="Choose another name.",
            file=taken[0],
        )


def require_table_name(out: Path | None) -> None:
    """Refuse a name that tells no kind of table, before anything is written beside it; `-` is stdout."""
    if out is not None and str(out) != "-" and not out.name.lower().endswith((".parquet", ".csv", ".csv.gz")):
        raise SettingsInvalid(
            "guzar cannot write a table to {path}.",
            expected="a name that ends in .csv, .csv.gz or .parquet",
            do="Choose another name for --out.",
            path=out,
        )


def require_report_name(report: Path | None) -> None:
    """Refuse a name that tells no kind of table; a report may be .json too."""
    if report is not None and not report.name.lower().endswith(".json"):
        require_table_name(report)


def refuse_two_places(options: str) -> NoReturn:
    """Refuse rules on the command line beside those of a workspace."""
    raise SettingsInvalid(
        "The rules of a workspace's tables stand in its guzar.toml; {options} cannot change them.",
        expected="--workspace, or rules on the command line",
        do="Change the rules in guzar.toml, or leave out --workspace.",
        options=options,
    )


def fitted(speak: Speaker, table: pl.DataFrame, *, is_estimated: bool = True) -> Table:
    """A table for a terminal of 80 columns: what is estimated rounded to six digits, what is counted whole; where it would be
    wider, headings and codes are broken.

    Columns that are empty in every row are left out, and of more than forty rows those in the middle.
    """
    told = table.select(each for each in table if each.null_count() < max(1, table.height))
    is_cut = told.height > 2 * SHOWN_AT_EACH_END
    if is_cut:
        told = pl.concat([told.head(SHOWN_AT_EACH_END), told.tail(SHOWN_AT_EACH_END)])
    shown, columns = Table(box=None, padding=(0, 1, 0, 0)), []
    made = {
        each.name: [_cell(speak, each.name, value, is_estimated=is_estimated) for value in each]
        for each in told
    }
    natural = sum(1 + max(map(len, [name, *cells])) for name, cells in made.items())
    longest = TERMINAL if natural <= TERMINAL else LONGEST
    for column in told:
        is_number = column.dtype.is_numeric()
        cells = made[column.name] if is_number else [_heading(cell, longest) for cell in made[column.name]]
        widest = max([SHORTEST, *map(len, cells)]) if is_number and longest == LONGEST else longest
        shown.add_column(
            _heading(column.name, widest),
            no_wrap=is_number,
            justify="right" if is_number else "left",
            overflow="fold",
        )
        columns.append(cells)
    for position, row in enumerate(zip(*columns, strict=True)):
        if is_cut and position == SHOWN_AT_EACH_END:
            shown.add_row(*["…"] * len(columns))
        shown.add_row(*row)
    return shown


def _cell(speak: Speaker, name: str, value: Any, *, is_estimated: bool) -> str:
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, int | float) or name == "year":
        return str(value)
    return speak.number(float(f"{value:.{DIGITS}g}") if is_estimated or isinstance(value, float) else value)


def _heading(name: str, width: int) -> str:
    """A name of a column or a code, broken after underscores where it is wider than this; words stay as they are."""
    if " " in name:
        return name
    lines = [""]
    for part in re.findall(r"[^_]+_?|_", name):
        if lines[-1] and len(lines[-1] + part) > width:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)
