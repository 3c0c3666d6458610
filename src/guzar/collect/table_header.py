"""The header of a described table: labels above each column, and the columns that a mapping file names.

In: a grid and a `TableMapping`. Out: a `Header` with merged cells filled to the right, and numbers of
columns. SettingsInvalid, with the nearest label, where the mapping names a column that the table does not
have.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from guzar.collect.grid import Grid
from guzar.collect.mapping import TableMapping, wrong
from guzar.collect.words import fold
from guzar.define.nearest import did_you_mean
from guzar.errors import SettingsInvalid

OTHERS = "others"  # every column that holds no dimension


@dataclass(frozen=True)
class Header:
    """The labels above each column of the grid, one per header row; merged cells are filled to the right."""

    rows: tuple[int, ...]
    paths: tuple[tuple[str, ...], ...]

    def label(self, column: int) -> str:
        """The labels above a column, from top to bottom, as one text."""
        return (
            " / ".join(dict.fromkeys(part for part in self.paths[column] if part)) or f"column {column + 1}"
        )

    def find(self, named: str) -> list[int]:
        """The columns called so: by one label, by all labels joined with ` / `, or by spreadsheet letter."""
        wanted = fold(named)
        found = [i for i, path in enumerate(self.paths) if wanted in {*map(fold, path), fold(self.label(i))}]
        return found or _lettered(named, len(self.paths))


def read_header(grid: Grid, mapping: TableMapping) -> Header:
    """The header rows, merged cells filled to the right within the merged cell above."""
    last = grid.text.height
    if max(mapping.header_rows) >= last:
        raise wrong(
            mapping.file,
            "[table] header_rows",
            list(mapping.header_rows),
            "numbers of rows above the last row of the table",
        )
    filled: list[list[str]] = []
    for depth, row in enumerate(mapping.header_rows):
        printed = [" ".join(cell.split()) for cell in grid.cells(row)]
        opens = [
            any(filled_above)
            for filled_above in zip(*(_printed(grid, r) for r in mapping.header_rows[:depth]), strict=True)
        ]
        filled.append(_fill_right(printed, opens or [False] * len(printed)))
    return Header(mapping.header_rows, tuple(zip(*filled, strict=True)))


def _printed(grid: Grid, row: int) -> list[bool]:
    return [bool(cell) for cell in grid.cells(row)]


def _fill_right(printed: Sequence[str], new_group: Sequence[bool]) -> list[str]:
    """Repeat a label over the blank cells to its right, up to where a row above begins a new label."""
    filled: list[str] = []
    for cell, begins in zip(printed, new_group, strict=True):
        filled.append(cell or ("" if begins or not filled else filled[-1]))
    return filled


def _lettered(named: str, width: int) -> list[int]:
    """The columns of a spreadsheet letter or span of letters: `C`, `C:F`."""
    if not re.fullmatch(r"[A-Z]{1,2}(:[A-Z]{1,2})?", named):
        return []
    first, _, last = named.partition(":")
    return [i for i in range(_column_number(first), _column_number(last or first) + 1) if i < width]


def _column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1


def one_column(header: Header, name: str, label: str, mapping: TableMapping) -> int:
    """The one column with this label; raises SettingsInvalid, naming what was found, where none or several have it."""
    found = header.find(str(label))
    if len(found) != 1:
        raise _no_such_column(header, f"[columns] {name}", str(label), found, mapping)
    return found[0]


def _no_such_column(
    header: Header, key: str, label: str, found: Sequence[int], mapping: TableMapping
) -> SettingsInvalid:
    labels = [header.label(i) for i in range(len(header.paths))]
    near = did_you_mean(label, [*labels, *(part for path in header.paths for part in path)])
    many = (
        "The table has {count} columns called “{label}”."
        if found
        else "The table has no column called “{label}”."
    )
    return SettingsInvalid(
        many,
        where="{file}, {key}; header in row {rows}",
        expected="one of: {labels}",
        do="Did you mean “{near}”?"
        if near and not found
        else 'Correct the line, or name the column by its letter, for example "C".',
        count=len(found),
        label=label,
        file=mapping.file,
        key=key,
        near=near,
        rows=", ".join(map(str, header.rows)),
        labels=", ".join(labels),
    )


def value_columns(header: Header, columns: Mapping[str, int], mapping: TableMapping) -> list[int]:
    """The columns that hold the numbers, as the mapping names them; raises SettingsInvalid where it names none."""
    if not mapping.values:
        raise wrong(
            mapping.file, "[columns] values", "", 'where the numbers stand: values = "…"', absent=True
        )
    if mapping.values == (OTHERS,):
        return [i for i, path in enumerate(header.paths) if i not in columns.values() and any(path)]
    chosen: list[int] = []
    for named in mapping.values:
        found = header.find(str(named))
        if not found:
            raise _no_such_column(header, "[columns] values", str(named), found, mapping)
        chosen += [i for i in found if i not in chosen]
    return chosen
