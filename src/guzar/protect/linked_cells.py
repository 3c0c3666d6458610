"""Counts or amounts → LinkedCells: every cell of one or several tables once, and every sum that binds them.

Two tables of the same persons share the cells that both print (their common totals), and whoever reads both knows
both. So the unit of protection is never one table: it is the union of all tables, each cell once.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy import sparse

from guzar.errors import MethodNotApplicable, TableInvalid
from guzar.protect.dimensions import Dimension, make_dimension
from guzar.protect.formulas import require_no_formulas
from guzar.protect.named_cells import name_cells
from guzar.protect.own_names import require_free_names

Number = TypeVar("Number", np.float64, np.uint64)
EXACT = 1e-6  # amounts that differ by less, relative to themselves, are the same
MOST_CELLS = (
    2_000_000  # a table of more cells is for no reader, and does not fit the memory of an office machine
)


@dataclass(frozen=True)
class CountTable:
    """One table: its dimensions, and the position of each of its cells among the linked cells."""

    name: str
    dimensions: tuple[Dimension, ...]
    cells: NDArray[np.int64]  # one axis per dimension, in the order of its codes

    def codes(self) -> pl.DataFrame:
        """One row per cell with its code in every dimension, in the order of `cells` raveled."""
        grid = np.indices(self.cells.shape).reshape(len(self.dimensions), -1)
        return pl.DataFrame(
            {
                dimension.name: np.array(dimension.codes, dtype=object)[positions].tolist()
                for dimension, positions in zip(self.dimensions, grid, strict=True)
            },
            schema={dimension.name: pl.String for dimension in self.dimensions},
        )

    def with_cells(self, **columns: NDArray[np.generic]) -> pl.DataFrame:
        """One row per cell: its codes, and columns given per linked cell."""
        picked = {name: column[self.cells.ravel()] for name, column in columns.items()}
        return self.codes().with_columns(**{name: pl.Series(column) for name, column in picked.items()})


@dataclass(frozen=True)
class LinkedCells:
    """All cells of all tables, each once: their values, and `sums @ values == 0`, one row per sum.

    Values are counts (whole numbers) or amounts; never negative.
    """

    values: NDArray[np.float64]
    sums: sparse.csr_array  # total +1, parts -1; in no order within a row
    is_inner: NDArray[np.bool_]  # inner in every dimension of a table
    tables: tuple[CountTable, ...]

    def each_sum(self) -> Iterator[tuple[int, NDArray[np.int64]]]:
        """The total and the parts of every sum."""
        for row, total in enumerate(totals_of(self.sums)):
            cells = self.sums.indices[self.sums.indptr[row] : self.sums.indptr[row + 1]].astype(np.int64)
            yield int(total), cells[cells != total]


def totals_of(sums: sparse.csr_array) -> NDArray[np.int64]:
    """The total of every sum, row by row: known by its sign, because SciPy sorts the cells of a row when it likes."""
    totals: NDArray[np.int64] = sums.indices[sums.data > 0].astype(np.int64)
    return totals


def link_cells(
    inputs: Mapping[str, pl.DataFrame],
    *,
    dimensions: Sequence[str],
    count: str,
    hierarchies: Mapping[str, Sequence[pl.DataFrame]] | None = None,
    whole_numbers: bool = True,
) -> LinkedCells:
    """The linked cells of tables of inner counts, by name; zero rows may be left out.

    A table has one row per cell: its codes in those of `dimensions` that it has, and `count` (persons, whole
    numbers; amounts, where `whole_numbers` is off). Margins may stand among the inner cells where they add up. Refused (TableInvalid): negative, fractional
    or missing counts, a cell twice, unknown hierarchy codes, codes that a spreadsheet would run, margins that do not add up, tables that disagree on a
    total they share. Refused (MethodNotApplicable): more than two million cells.
    """
    require_free_names(dimensions, count)
    _require_dimensions(inputs, dimensions, hierarchies or {})
    checked = {name: _check(name, table, dimensions, count, whole_numbers) for name, table in inputs.items()}
    made = {
        dimension: make_dimension(
            dimension, _codes_in(checked, dimension), (hierarchies or {}).get(dimension, ())
        )
        for dimension in dimensions
    }
    for name, table in checked.items():
        own = [made[column] for column in table.columns if column in made]
        require_no_formulas(name, [name, *table.columns, *(code for each in own for code in each.codes)])
    arrays = {name: _all_cells(name, table, made, count) for name, table in checked.items()}
    return link_arrays(
        {n: ([made[d] for d in dimensions if d in checked[n].columns], a) for n, a in arrays.items()}
    )


def _codes_in(tables: Mapping[str, pl.DataFrame], dimension: str) -> list[str]:
    codes = [table[dimension] for table in tables.values() if dimension in table.columns]
    return pl.concat(codes).unique().sort().to_list()


def link_arrays(tables: Mapping[str, tuple[Sequence[Dimension], NDArray[np.float64]]]) -> LinkedCells:
    """The linked cells of whole tables: per table its dimensions and its counts, one axis per dimension.

    A cell that two tables share (same codes, totals left out) is one cell; its counts must agree (TableInvalid).
    A count that is not known is NaN; it is known where another table holds it.
    """
    placed = place_tables({name: dimensions for name, (dimensions, _) in tables.items()})
    values = placed.values
    for table, (_, array) in zip(placed.tables, tables.values(), strict=True):
        values[table.cells] = np.where(np.isnan(array), values[table.cells], array)
    _require_agreement(placed.tables, [array for _, array in tables.values()], values)
    return placed


def place_tables(tables: Mapping[str, Sequence[Dimension]]) -> LinkedCells:
    """The cells of tables, each once, with all sums; their values are not known yet (NaN)."""
    keys = _keys_of_cells(list(tables.values()))
    known, numbers = np.unique(np.concatenate(keys), return_inverse=True)
    ends = np.cumsum([key.size for key in keys])[:-1]
    placed = tuple(
        CountTable(name, tuple(own), where.reshape([len(each.codes) for each in own]))
        for (name, own), where in zip(tables.items(), np.split(numbers, ends), strict=True)
    )
    is_inner = np.zeros(len(known), dtype=np.bool_)
    for table in placed:
        is_inner[table.cells[tuple(slice(1, 1 + each.inner) for each in table.dimensions)]] = True
    return LinkedCells(np.full(len(known), np.nan), _sums_of(placed, len(known)), is_inner, placed)


def _keys_of_cells(tables: Sequence[Sequence[Dimension]]) -> list[NDArray[np.int64]]:
    """What a cell is, whatever table prints it: one number made of its codes, totals being nought."""
    codes: dict[str, dict[str, int]] = {}
    for dimension in (each for dimensions in tables for each in dimensions):
        known = codes.setdefault(dimension.name, {})
        for code in dimension.codes[1:]:
            known.setdefault(code, len(known) + 1)
    radix = dict(
        zip(codes, np.cumprod([1, *(len(known) + 1 for known in codes.values())]).tolist(), strict=False)
    )
    keys = []
    for dimensions in tables:
        key = np.zeros(1, dtype=np.int64)
        for each in dimensions:
            own = [0, *(codes[each.name][code] for code in each.codes[1:])]
            key = (key[:, None] + radix[each.name] * np.array(own, dtype=np.int64)).ravel()
        keys.append(key)
    return keys


def _sums_of(tables: Sequence[CountTable], cells: int) -> sparse.csr_array:
    """One row per sum of every dimension, for every combination of the other dimensions' codes; no row twice."""
    by_length: dict[int, list[NDArray[np.int64]]] = {}
    for table in tables:
        for axis, dimension in enumerate(table.dimensions):
            along = np.moveaxis(table.cells, axis, 0).reshape(len(dimension.codes), -1)
            for each in dimension.sums:
                parts = np.sort(along[list(each.parts)], axis=0)
                by_length.setdefault(len(each.parts), []).append(np.vstack([along[each.total], parts]).T)
    blocks = [np.unique(np.concatenate(rows), axis=0) for rows in by_length.values()]
    index = np.concatenate([block.ravel() for block in blocks])
    widths = np.concatenate([np.full(len(block), block.shape[1]) for block in blocks])
    starts = np.concatenate([[0], np.cumsum(widths)])
    data = -np.ones(len(index))
    data[starts[:-1]] = 1.0
    return sparse.csr_array((data, index, starts), shape=(len(widths), cells))


def _all_cells(
    name: str, table: pl.DataFrame, dimensions: Mapping[str, Dimension], count: str
) -> NDArray[np.float64]:
    """Inner counts → counts of every combination of codes, one axis per dimension."""
    own = [dimension for dimension in dimensions.values() if dimension.name in table.columns]
    if math.prod(len(dimension.codes) for dimension in own) > MOST_CELLS:
        raise MethodNotApplicable(
            "The table {table} would have {cells} cells.",
            where="dimensions: {dimensions}",
            expected="at most {most} cells",
            do="Leave a dimension out, or use broader groups.",
            table=name,
            cells=math.prod(len(dimension.codes) for dimension in own),
            dimensions=", ".join(dimension.name for dimension in own),
            most=MOST_CELLS,
        )
    index, is_inner = _positions(table, own)
    counts = table[count].to_numpy().astype(np.float64)
    inner = np.zeros([dimension.inner for dimension in own])
    inner[tuple(at[is_inner] - 1 for at in index)] = counts[is_inner]
    cells = sum_over_codes(inner, own)
    wrong = np.abs(cells[index] - counts) > EXACT * np.maximum(1, counts)
    faulty = table.filter(pl.Series(wrong))
    _require_margins(name, faulty, [each.name for each in own], int((~is_inner).sum()))
    return cells


def sum_inner_keys(table: pl.DataFrame, dimensions: Sequence[Dimension], key: str) -> NDArray[np.uint64]:
    """Cell keys of every combination of codes from those of inner cells: sums modulo 2^64."""
    index, is_inner = _positions(
        table.select(pl.col(each.name).cast(pl.String) for each in dimensions), dimensions
    )
    inner = np.zeros([each.inner for each in dimensions], dtype=np.uint64)
    inner[tuple(at[is_inner] - 1 for at in index)] = table[key].cast(pl.UInt64).to_numpy()[is_inner]
    return sum_over_codes(inner, dimensions)


def sum_over_codes(inner: NDArray[Number], dimensions: Sequence[Dimension]) -> NDArray[Number]:
    """Inner cells → every combination of codes, one axis per dimension."""
    cells = inner
    for axis, dimension in enumerate(dimensions):
        members = dimension.membership().astype(inner.dtype)
        cells = np.moveaxis(np.tensordot(members, cells, axes=(1, axis)), 0, axis)
    return cells


def _positions(
    table: pl.DataFrame, dimensions: Sequence[Dimension]
) -> tuple[tuple[NDArray[np.int64], ...], NDArray[np.bool_]]:
    """Where each row stands on every axis, and whether it is an inner cell."""
    index = tuple(
        table[each.name]
        .replace_strict({code: at for at, code in enumerate(each.codes)}, return_dtype=pl.Int64)
        .to_numpy()
        for each in dimensions
    )
    inside = [(at >= 1) & (at <= each.inner) for at, each in zip(index, dimensions, strict=True)]
    return index, np.all(inside, axis=0)


def _require_margins(name: str, wrong: pl.DataFrame, own: Sequence[str], given: int) -> None:
    if wrong.height:
        raise TableInvalid(
            "Margins in {table} that are not the sums of their inner cells: {wrong} of {given}.",
            where="cells: {cells}",
            expected="margins that add up, or inner cells alone: guzar makes the sums itself",
            do="Correct the counts, or leave the rows of totals out.",
            wrong=wrong.height,
            given=given,
            table=name,
            cells=name_cells(wrong, own),
        )


def _require_dimensions(
    inputs: Mapping[str, pl.DataFrame], dimensions: Sequence[str], hierarchies: Mapping[str, object]
) -> None:
    columns = {column for table in inputs.values() for column in table.columns}
    unknown = [name for name in (*dimensions, *hierarchies) if name not in columns or name not in dimensions]
    without = [name for name, table in inputs.items() if not set(dimensions) & set(table.columns)]
    if unknown or without or len(set(dimensions)) != len(dimensions):
        raise TableInvalid(
            "The dimensions do not fit the tables: {names}.",
            where="columns found: {found}",
            expected="each dimension once, as a column of a table; every table with a dimension",
            do="Correct --dimensions or --hierarchy.",
            names=", ".join(unknown or without or dimensions),
            found=", ".join(sorted(columns)),
        )


def _check(
    name: str, table: pl.DataFrame, dimensions: Sequence[str], count: str, whole_numbers: bool
) -> pl.DataFrame:
    """The table's own dimensions and counts, whole and not negative; each cell once."""
    if count not in table.columns or not table.schema[count].is_numeric():
        raise TableInvalid(
            "The table {table} has no column {column} with numbers.",
            where="columns found: {found}",
            expected="a column of counts",
            do="Name the column with --count.",
            table=name,
            column=count,
            found=", ".join(table.columns),
        )
    if not table.height:
        raise TableInvalid(
            "The table {table} has no rows.",
            expected="at least one cell with its count",
            do="Check the file; a table without persons needs no protection.",
            table=name,
        )
    own = [dimension for dimension in dimensions if dimension in table.columns]
    slim = table.select(pl.col(own).cast(pl.String), pl.col(count).cast(pl.Float64))
    _require_counts(name, slim, own, count, whole_numbers)
    return slim


def _require_counts(
    name: str, table: pl.DataFrame, own: Sequence[str], count: str, whole_numbers: bool
) -> None:
    value = pl.col(count)
    faults = {
        "Rows of {table} with a negative count: {count}.": value < 0,
        "Rows of {table} without a whole number as count: {count}.": value.is_null()
        | value.is_nan()
        | value.is_infinite()
        | (pl.lit(whole_numbers) & (value != value.round()))
        | (value > 1e15),
        "Rows of {table} without a code: {count}.": pl.any_horizontal(pl.col(own).is_null()),
        "Rows of {table} that give a cell more than once: {count}.": pl.struct(own).is_duplicated(),
    }
    for what, fault in faults.items():
        wrong = table.filter(fault)
        if wrong.height:
            raise TableInvalid(
                what,
                where="column {column}; cells: {cells}",
                expected="one row per cell: its codes, and a whole number of zero or more",
                do="Correct the counts; guzar protects only what adds up.",
                count=wrong.height,
                table=name,
                column=count,
                cells=name_cells(wrong, own),
            )


def _require_agreement(
    tables: Sequence[CountTable], arrays: Sequence[NDArray[np.float64]], values: NDArray[np.float64]
) -> None:
    for table, array in zip(tables, arrays, strict=True):
        apart = (np.abs(values[table.cells] - array) > EXACT * np.maximum(1, array)).ravel()
        if apart.any():
            raise TableInvalid(
                "Two tables disagree on cells that both hold, and the table {table} is one of them: {count}.",
                where="cells that the tables share: {cells}",
                expected="tables of the same persons, with the same totals",
                do="Count both tables from the same edition of the same records.",
                count=int(apart.sum()),
                table=table.name,
                cells=name_cells(
                    table.codes().filter(pl.Series(apart)), [each.name for each in table.dimensions]
                ),
            )
