"""Contributions → amounts of every cell, the cells that may not be shown, and how wide each must stay.

An amount (money sent, wages paid) gives away its largest contributor when that one makes nearly all of it. So a rule
for amounts looks at who stands behind a cell, in totals as in inner cells: the same sender in two regions is one
contributor to their total.

Sources: A. Hundepool and others (2012), Statistical Disclosure Control, section 4.2; the width that a cell needs
follows from its rule, so that nobody can estimate a contributor more closely than the rule allows (table 4.2 there).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.protect.linked_cells import LinkedCells, link_cells
from guzar.protect.own_names import require_free_names
from guzar.protect.programmes import Floats

AMOUNT = "_amount"
RANK = "_rank"


@dataclass(frozen=True)
class AmountRules:
    """Rules for tables of amounts, as declared for a table in `guzar.toml`; a rule that is not given is not used.

    `dominance`: (n, k), the n largest contributors make more than k per cent of the cell. `p_percent`: the second
    largest contributor could estimate the largest to within p per cent. `few_contributors`: the least number of
    contributors; below it a cell is hidden. `protection`: the least width of any hidden cell, as a share (0 to 1) of
    its amount.
    """

    dominance: tuple[int, float] | None = None
    p_percent: float | None = None
    few_contributors: int | None = None
    protection: float = 0.1

    def __post_init__(self) -> None:
        largest, percent = self.dominance or (1, 50.0)
        has_sense = (
            largest >= 1
            and 0 < percent < 100
            and 0 < (self.p_percent or 1) <= 100
            and (self.few_contributors or 2) >= 2
            and 0 < self.protection <= 1
        )
        if not has_sense or (self.dominance, self.p_percent, self.few_contributors) == (None, None, None):
            raise SettingsInvalid(
                "The rules for amounts make no sense, or there are none.",
                expected="at least one rule; shares between 0 and 100 per cent, two contributors or more",
                do="Correct the rules in guzar.toml or on the command line, for example --rule dominance:2,75",
            )


@dataclass(frozen=True)
class LinkedAmounts:
    """Amounts of every linked cell with what a rule for amounts looks at.

    `linked` holds the amounts; `contributors` how many stand behind each cell, `largest` the amounts of the largest
    ones (one row per cell, in falling order).
    """

    linked: LinkedCells
    contributors: Floats
    largest: Floats


def link_amounts(
    contributions: pl.DataFrame,
    *,
    dimensions: Sequence[str],
    amount: str,
    contributor: str,
    hierarchies: Mapping[str, Sequence[pl.DataFrame]] | None = None,
    name: str = "amounts",
) -> LinkedAmounts:
    """Amounts of all cells of a table, from one row per contribution: its codes, its contributor and its amount.

    Rows of one contributor in one cell are added. Refused (TableInvalid): negative or missing amounts, a missing
    contributor, unknown codes.
    """
    require_free_names(dimensions, amount, contributor)
    _require_contributions(contributions, dimensions, amount, contributor)
    cells = contributions.group_by(list(dimensions)).agg(pl.col(amount).sum())
    linked = link_cells(
        {name: cells}, dimensions=dimensions, count=amount, hierarchies=hierarchies, whole_numbers=False
    )
    by_cell = _by_cell_and_contributor(linked, contributions, amount, contributor)
    ranked = by_cell.sort("cell", AMOUNT, descending=[False, True]).with_columns(
        pl.int_range(pl.len()).over("cell").alias(RANK)
    )
    most = int(ranked[RANK].max() or 0) + 1  # type: ignore[arg-type]
    largest = np.zeros((len(linked.values), most))
    largest[ranked["cell"].to_numpy(), ranked[RANK].to_numpy()] = ranked[AMOUNT].to_numpy()
    return LinkedAmounts(linked, (largest > 0).sum(axis=1).astype(np.float64), largest)


def find_primary_amounts(amounts: LinkedAmounts, rules: AmountRules) -> tuple[NDArray[np.bool_], Floats]:
    """The cells that a rule refuses, and how wide the interval of every cell must stay if it is hidden."""
    values = amounts.linked.values
    is_primary = np.zeros(len(values), dtype=np.bool_)
    width = rules.protection * values
    for refused, needed in _apply(amounts, rules):
        is_primary |= refused
        width = np.where(refused, np.maximum(width, needed), width)
    return is_primary, width


def _apply(amounts: LinkedAmounts, rules: AmountRules) -> list[tuple[NDArray[np.bool_], Floats]]:
    """Per rule: which cells it refuses, and the width that keeps the largest contributors from being estimated."""
    values, largest = amounts.linked.values, amounts.largest
    found = []
    if rules.dominance is not None:
        number, percent = rules.dominance
        top = largest[:, :number].sum(axis=1)
        found.append(((values > 0) & (top > percent / 100 * values), 100 / percent * top - values))
    if rules.p_percent is not None:
        rest = values - largest[:, :2].sum(axis=1)
        share = rules.p_percent / 100 * largest[:, 0]
        found.append(((values > 0) & (rest < share), share - rest))
    if rules.few_contributors is not None:
        few = (amounts.contributors > 0) & (amounts.contributors < rules.few_contributors)
        found.append((few, rules.protection * values))
    return found


def _by_cell_and_contributor(
    linked: LinkedCells, contributions: pl.DataFrame, amount: str, contributor: str
) -> pl.DataFrame:
    """One row per linked cell and contributor: every contribution counts in all totals that hold it."""
    table = linked.tables[0]
    rows = contributions.select(
        *[pl.col(each.name).cast(pl.String) for each in table.dimensions],
        pl.col(contributor).cast(pl.String).str.strip_chars().alias("contributor"),
        pl.col(amount).cast(pl.Float64).alias(AMOUNT),
    )
    place = pl.lit(0, dtype=pl.Int64)
    for axis, each in enumerate(table.dimensions):
        rows_at, inner_at = np.nonzero(each.membership())
        inner = each.inner_codes()
        above = pl.DataFrame(
            {each.name: [inner[at] for at in inner_at], f"_at{axis}": rows_at},
            schema_overrides={each.name: pl.String},
        )
        rows = rows.join(above, on=each.name)
        place = place * len(each.codes) + pl.col(f"_at{axis}")
    added = rows.with_columns(at=place).group_by("at", "contributor").agg(pl.col(AMOUNT).sum())
    return added.with_columns(cell=pl.Series(table.cells.ravel()[added["at"].to_numpy()]))


def _require_contributions(
    contributions: pl.DataFrame, dimensions: Sequence[str], amount: str, contributor: str
) -> None:
    missing = [name for name in (*dimensions, amount, contributor) if name not in contributions.columns]
    if missing or not contributions.schema[amount].is_numeric():
        raise TableInvalid(
            "The contributions lack a column: {missing}.",
            where="columns found: {found}",
            expected="the dimensions, a contributor, and an amount in numbers",
            do="Name the columns with --dimensions, --count and --contributor.",
            missing=", ".join(missing or [amount]),
            found=", ".join(contributions.columns),
        )
    value = pl.col(amount).cast(pl.Float64)
    wrong = contributions.filter(
        pl.any_horizontal(pl.col(*dimensions, amount, contributor).is_null())
        | (value < 0)
        | ~value.is_finite()
    ).height
    if wrong:
        raise TableInvalid(
            "{count} contributions lack a code, a contributor or an amount, or hold a negative one.",
            where="columns: {columns}",
            expected="one row per contribution, with an amount of zero or more",
            do="Correct the contributions; money that flows back is an amount of its own.",
            count=wrong,
            columns=", ".join([*dimensions, amount, contributor]),
        )
