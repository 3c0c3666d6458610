"""Files of the reference cases as arrays: tables with names before their rows, named values, and tables in rows."""

from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def square(file: Path) -> tuple[tuple[str, ...], Numbers]:
    """A table with a name in the first column, as names and numbers."""
    table = pl.read_csv(file)
    numbers = table.select(pl.exclude(table.columns[0]).cast(pl.Float64)).to_numpy()
    return tuple(str(name) for name in table.to_series(0)), np.asarray(numbers)


def named(file: Path) -> Numbers:
    """The column `value`."""
    return pl.read_csv(file)["value"].cast(pl.Float64).to_numpy()


def as_rows(file: Path) -> pl.DataFrame:
    """A table as origin, destination, persons."""
    names, numbers = square(file)
    return pl.DataFrame(
        {
            "origin": np.repeat(names, len(names)),
            "destination": np.tile(names, len(names)),
            "persons": numbers.ravel(),
        }
    )


def cube(file: Path, last: str, size: tuple[int, int, int]) -> Numbers:
    """orig, dest, `last`, value in rows, as an array; codes in the order in which they come."""
    rows = pl.read_csv(file)
    made = np.zeros(size)
    codes = [
        {code: at for at, code in enumerate(rows[name].unique(maintain_order=True))}
        for name in ("orig", "dest", last)
    ]
    for row in rows.select("orig", "dest", last, "value").iter_rows():
        made[tuple(places[code] for places, code in zip(codes, row[:3], strict=True))] = row[3]
    return made


def missed(table: Numbers, rows: Numbers, columns: Numbers) -> float:
    """How far a reference table is from its own totals, where the peer stopped early: ours has the totals."""
    return float(max(np.abs(table.sum(axis=1) - rows).max(), np.abs(table.sum(axis=0) - columns).max()))
