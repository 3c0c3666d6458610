"""Made-up persons and the tables they make: any number of dimensions, hierarchies, skews; a seed fixes everything.

Only for measuring protection: the true count of every combination of codes is made here from the persons, by other
code than guzar's own, so that a release can be compared with it.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

TOTAL = "_T"
COUNT = "persons"

Records = NDArray[np.int64]  # one row per person, one column per dimension: the position of the inner code
Hierarchies = dict[str, list[pl.DataFrame]]


@dataclass(frozen=True)
class MadeUpTable:
    """Persons, the dimensions they are counted by, and the hierarchies of those dimensions."""

    name: str
    records: Records
    sizes: tuple[int, ...]  # inner codes per dimension
    hierarchies: Hierarchies = field(default_factory=dict)
    skew: float = 0.0

    @property
    def dimensions(self) -> list[str]:
        """Names of the dimensions, in order."""
        return [f"d{axis}" for axis in range(len(self.sizes))]

    @property
    def cells(self) -> int:
        """How many cells the table has, totals and groups included."""
        return math.prod(1 + size + _between(self, name) for name, size in self._sized())

    def counts(self, axes: Sequence[int] | None = None, records: Records | None = None) -> pl.DataFrame:
        """Inner counts by some of the dimensions (all, if not named); every inner combination, zeros included."""
        own = list(range(len(self.sizes))) if axes is None else list(axes)
        cells = np.zeros([self.sizes[axis] for axis in own], dtype=np.int64)
        np.add.at(cells, tuple((self.records if records is None else records)[:, own].T), 1)
        grid = np.indices(cells.shape).reshape(len(own), -1)
        codes = {f"d{axis}": codes_of(axis, at) for axis, at in zip(own, grid, strict=True)}
        return pl.DataFrame({**codes, COUNT: cells.ravel()})

    def truth(self, axes: Sequence[int] | None = None, records: Records | None = None) -> pl.DataFrame:
        """The true count of every combination of codes: inner codes, groups and totals."""
        whole = self.counts(axes, records)
        names = [name for name in whole.columns if name != COUNT]
        for name in names:
            above = self.codes_above(int(name[1:]))
            whole = whole.join(above, left_on=name, right_on="inner").drop(name).rename({"code": name})
        return whole.group_by(names).agg(pl.col(COUNT).sum()).sort(names)

    def codes_above(self, axis: int) -> pl.DataFrame:
        """Columns `inner, code`: each inner code with every code that holds it, itself and the total included."""
        leaves = codes_of(axis, np.arange(self.sizes[axis]))
        rows = {(leaf, code) for leaf in leaves for code in (leaf, TOTAL)}
        for hierarchy in self.hierarchies.get(f"d{axis}", []):
            parent = dict(hierarchy.iter_rows())
            for leaf in leaves:
                code = leaf
                while code != TOTAL:
                    rows.add((leaf, code))
                    code = parent[code]
        return pl.DataFrame(sorted(rows), schema=["inner", "code"], orient="row")

    def _sized(self) -> list[tuple[str, int]]:
        return list(zip(self.dimensions, self.sizes, strict=True))


def codes_of(axis: int, positions: NDArray[np.int64]) -> list[str]:
    """The inner codes of a dimension at these positions."""
    return [f"{chr(ord('a') + axis)}{at:03d}" for at in positions.tolist()]


def make_persons(
    random: np.random.Generator, sizes: Sequence[int], number: int, skews: Sequence[float]
) -> Records:
    """Persons spread over the codes of each dimension: the k-th code gets a share proportional to k to the -skew."""
    columns = []
    for size, skew in zip(sizes, skews, strict=True):
        share = 1 / np.arange(1, size + 1) ** skew
        columns.append(random.choice(size, size=number, p=share / share.sum()))
    return np.stack(columns, axis=1)


def group_codes(random: np.random.Generator, axis: int, size: int, groups: int, mark: str) -> pl.DataFrame:
    """A hierarchy of one level: inner codes in so many groups, none of them empty (columns `code, parent`)."""
    member = np.concatenate([np.arange(groups), random.integers(0, groups, size - groups)])
    leaves = codes_of(axis, np.arange(size))
    names = [f"{mark}{axis}{group:02d}" for group in range(groups)]
    rows = [(leaf, names[at]) for leaf, at in zip(leaves, random.permutation(member).tolist(), strict=True)]
    return pl.DataFrame([*rows, *((name, TOTAL) for name in names)], schema=["code", "parent"], orient="row")


def raise_level(random: np.random.Generator, hierarchy: pl.DataFrame, axis: int) -> pl.DataFrame:
    """The same hierarchy with one level more: its groups in two upper groups."""
    groups = hierarchy.filter(pl.col("parent") == TOTAL)["code"].to_list()
    upper = [f"u{axis}0", f"u{axis}1"]
    member = random.permutation(np.concatenate([[0, 1], random.integers(0, 2, len(groups) - 2)]))
    above = dict(zip(groups, (upper[at] for at in member.tolist()), strict=True))
    moved = hierarchy.with_columns(
        parent=pl.when(pl.col("parent") == TOTAL)
        .then(pl.col("code").replace(above))
        .otherwise(pl.col("parent"))
    )
    tops = pl.DataFrame([(name, TOTAL) for name in upper], schema=["code", "parent"], orient="row")
    return pl.concat([moved, tops])


def make_hierarchies(random: np.random.Generator, axis: int, size: int) -> list[pl.DataFrame]:
    """Groups, groups of groups, or two ways of grouping the same inner codes; chosen at random."""
    groups = int(random.integers(2, max(3, size // 2 + 1)))
    kind = random.choice(["groups", "groups of groups", "two ways"])
    first = group_codes(random, axis, size, groups, "g")
    if kind == "groups of groups" and groups >= 4:
        return [raise_level(random, first, axis)]
    if kind == "two ways":
        return [first, group_codes(random, axis, size, max(2, groups - 1), "h")]
    return [first]


def make_random_table(number: int, *, seed: int, most_cells: int) -> MadeUpTable:
    """One random table: 2 to 4 dimensions, a hierarchy in about two of three, a skew, mostly small cells."""
    random = np.random.default_rng([seed, number])
    while True:
        dimensions = int(random.choice([2, 3, 4], p=[0.4, 0.35, 0.25]))
        sizes = tuple(int(size) for size in random.integers(2, (40, 40, 14, 8)[dimensions - 1], dimensions))
        chosen = [axis for axis, size in enumerate(sizes) if size >= 4]
        chosen = list(random.permutation(chosen)[: int(random.choice([0, 1, 2], p=[0.25, 0.45, 0.3]))])
        hierarchies = {
            f"d{axis}": make_hierarchies(random, int(axis), sizes[axis]) for axis in sorted(chosen)
        }
        skew = float(random.choice([0.5, 1.0, 1.5, 2.0]))
        table = MadeUpTable(
            f"random {number}", np.zeros((0, dimensions), dtype=np.int64), sizes, hierarchies, skew
        )
        if 30 <= table.cells <= most_cells:
            break
    persons = int(math.prod(sizes) * random.choice([1, 3, 10, 30]))
    records = make_persons(random, sizes, persons, [skew] * dimensions)
    return MadeUpTable(table.name, records, sizes, hierarchies, skew)


def _between(table: MadeUpTable, name: str) -> int:
    """Codes of a dimension that are neither inner codes nor the total."""
    own = table.hierarchies.get(name, [])
    return len({code for each in own for code in each["parent"]} - {TOTAL})
