"""How many persons stand behind counts of their acts: ten crossings may be those of one person.

A table of acts (crossings, stays, migrations, permits) that `guzar count` wrote has a column `contributors`: the
different persons behind each inner cell. The minimum of a rule is one of persons, so that it is these that count.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl

from guzar.errors import MethodNotApplicable, TableInvalid
from guzar.protect.linked_cells import LinkedCells, totals_of
from guzar.protect.programmes import Floats

CONTRIBUTORS = "contributors"


def find_contributors(
    linked: LinkedCells, counts: Mapping[str, pl.DataFrame], dimensions: Sequence[str]
) -> Floats:
    """Persons behind every linked cell; where a table does not tell of them, each count is one of persons.

    How many different persons stand behind a margin, inner cells do not tell: at least as many as behind its largest
    part, and this is what is taken. Refused (TableInvalid): no whole numbers, more persons than acts.
    """
    found = np.nan_to_num(linked.values)
    for table in linked.tables:
        given = counts.get(table.name)
        if given is None or CONTRIBUTORS not in given.columns:
            continue
        _require_numbers(table.name, given)
        own = [name for name in dimensions if name in given.columns]
        known = given.select(pl.col(own).cast(pl.String), pl.col(CONTRIBUTORS).cast(pl.Float64))
        placed = table.codes().join(known, on=own, how="left", maintain_order="left")
        found[table.cells.ravel()] = placed[CONTRIBUTORS].fill_null(0).to_numpy()
    _require_fewer_than_acts(found, linked)
    return _with_margins(found, linked)


def has_few_contributors(counts: Mapping[str, pl.DataFrame], minimum: int) -> bool:
    """Whether a cell of these tables is made by fewer persons than the minimum."""
    return any(
        bool(table.filter((pl.col(CONTRIBUTORS) > 0) & (pl.col(CONTRIBUTORS) < minimum)).height)
        for table in counts.values()
        if CONTRIBUTORS in table.columns
    )


def require_counts_of_persons(counts: Mapping[str, pl.DataFrame], minimum: int, method: str) -> None:
    """Refuse to blur counts of acts of a few persons: noise of a few units does not hide ten acts of one person."""
    if has_few_contributors(counts, minimum):
        raise MethodNotApplicable(
            "Some counts are acts of fewer than {minimum} persons: --method {method} does not hide them.",
            where="column {column}",
            expected="counts of persons, or of acts of enough persons",
            do="Use --method suppress, or broader groups.",
            minimum=minimum,
            method=method,
            column=CONTRIBUTORS,
        )


def _with_margins(found: Floats, linked: LinkedCells) -> Floats:
    """Every total has at least as many persons as its largest part."""
    totals = totals_of(linked.sums)
    rows = np.repeat(np.arange(len(totals)), np.diff(linked.sums.indptr))
    while True:
        before = found.copy()
        np.maximum.at(found, totals[rows], found[linked.sums.indices])
        if np.array_equal(before, found):
            return found


def _require_numbers(name: str, given: pl.DataFrame) -> None:
    column = given[CONTRIBUTORS]
    if not column.dtype.is_numeric() or column.null_count() or bool((column < 0).any()):
        raise TableInvalid(
            "The column {column} of the table {table} holds no numbers of persons.",
            expected="the persons behind each count, as guzar count writes them",
            do="Count again, or leave this column out.",
            column=CONTRIBUTORS,
            table=name,
        )


def _require_fewer_than_acts(found: Floats, linked: LinkedCells) -> None:
    wrong = int(((found > linked.values) | ((found == 0) & (linked.values > 0) & linked.is_inner)).sum())
    if wrong:
        raise TableInvalid(
            "Cells with more persons than acts, or with acts of nobody: {count}.",
            where="column {column}",
            expected="the persons behind each count, as guzar count writes them",
            do="Count again, or leave this column out.",
            column=CONTRIBUTORS,
            count=wrong,
        )
