"""Files → tables of counts, contributions, releases and hierarchies; numbers as numbers."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.collecting import read_readers_table
from guzar.protect.contributors import CONTRIBUTORS
from guzar.protect.declared import TableRules
from guzar.protect.own_names import require_free_names
from guzar.protect.release_blurred import CELL_KEY
from guzar.protect.released_cells import (
    DISCLOSURE_METHOD,
    LEAST,
    MOST,
    STATUS,
    TABLE,
    ReleasedTable,
    read_release,
)


def name_of_table(file: Path) -> str:
    """A table is named as its file, without endings."""
    return file.name.split(".")[0]


def names_of_tables(files: Sequence[Path]) -> list[str]:
    """The names of the tables in these files, in their order; refused (SettingsInvalid) where two are the same."""
    names = [name_of_table(file) for file in files]
    if len(set(names)) < len(names):
        raise SettingsInvalid(
            "Two files have the same name: {names}.",
            expected="one name per table",
            do="Rename one of the files.",
            names=", ".join(sorted({name for name in names if names.count(name) > 1})),
        )
    return names


def read_counts(file: Path, rules: TableRules) -> pl.DataFrame:
    """Counts (or contributions) from a file, numbers as numbers; refused (SettingsInvalid): guzar's own names."""
    require_free_names(rules.dimensions, rules.count, rules.contributor)
    known = [*rules.dimensions, rules.count, CELL_KEY, CONTRIBUTORS]
    table = _read(
        file, [*known, *([rules.contributor] if rules.contributor else [])], [rules.count, CONTRIBUTORS]
    )
    if CELL_KEY in table.columns and not table.schema[CELL_KEY].is_integer():
        keys = table[CELL_KEY].cast(pl.String).str.strip_chars().cast(pl.UInt64, strict=False)
        table = table.with_columns(keys.alias(CELL_KEY))
    return table


def own_columns(table: pl.DataFrame, rules: TableRules) -> pl.DataFrame:
    """The declared columns of a table: another column is no dimension of it, whatever other tables have."""
    own = [*rules.dimensions, rules.count, CELL_KEY, CONTRIBUTORS, rules.contributor]
    return table.select(name for name in own if name in table.columns)


def read_released_tables(
    file: Path, count: str, hierarchies: Mapping[str, Sequence[pl.DataFrame]]
) -> dict[str, ReleasedTable]:
    """The tables of a release in a file; every column that is not known for something else is a dimension."""
    release = read_released(file, [], count)
    told = {count, STATUS, DISCLOSURE_METHOD, TABLE, LEAST, MOST, CELL_KEY}
    dimensions = [name for name in release.columns if name not in told]
    own = {name: trees for name, trees in hierarchies.items() if name in dimensions}
    return read_release(release, dimensions=dimensions, count=count, hierarchies=own)


def read_released(file: Path, dimensions: Sequence[str], count: str) -> pl.DataFrame:
    """A release from a file, numbers as numbers; an empty count stays empty."""
    require_free_names(dimensions, count)
    return _read(
        file, [*dimensions, count, STATUS, DISCLOSURE_METHOD, TABLE, LEAST, MOST], [count, LEAST, MOST]
    )


def read_hierarchies(files: Mapping[str, Sequence[str]], folder: Path) -> dict[str, list[pl.DataFrame]]:
    """Hierarchies by dimension, each with the columns `code, parent`; paths are taken from `folder`."""
    wanted = ["code", "parent"]
    return {
        name: [read_readers_table(folder / file, wanted, wanted) for file in given]
        for name, given in files.items()
    }


def _read(file: Path, known: Sequence[str], numbers: Sequence[str]) -> pl.DataFrame:
    """A table from a file; what should be a number and is none is refused, an empty cell is missing."""
    table = read_readers_table(file, known[:1], known)
    for name in numbers:
        if name not in table.columns or table.schema[name].is_numeric():
            continue
        text = table[name].cast(pl.String).str.strip_chars()
        made = text.cast(pl.Float64, strict=False)
        wrong = (made.is_null() & (text != "")).arg_true()
        if len(wrong):
            raise TableInvalid(
                "Cells of the column {column} that hold no number: {count}.",
                where="{file}; rows below the heading: {rows}",
                expected="numbers, as 1200 or 14.5",
                do="Correct the column; leave a cell empty where a count is hidden.",
                count=len(wrong),
                column=name,
                file=file.name,
                rows=", ".join([*(str(row + 1) for row in wrong[:3]), *(["…"] if len(wrong) > 3 else [])]),
            )
        table = table.with_columns(made.alias(name))
    return table
