"""A release, alone or beside an earlier one → for every hidden cell the tightest interval that anyone can derive."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.protect.attack import derive_intervals
from guzar.protect.differencing import TwoEditions, attack_correction, lay_side_by_side
from guzar.protect.linked_cells import CountTable
from guzar.protect.programmes import Floats
from guzar.protect.released_cells import TABLE, ReadersKnowledge, ReleasedTable, link_releases

Tables = Mapping[str, ReleasedTable]
Places = NDArray[np.int64]


@dataclass(frozen=True)
class Attacked:
    """What can be derived: one row per hidden cell of the release, with its codes, `is_inner`, `lower` and `upper`.

    An empty `upper` is no bound. `was_shown`: the earlier release shows the cell. `earlier_cells`: the same for cells
    that only the earlier release hides; there `was_shown` says that the release shows the cell now. `minimum`: the
    least group that may be seen. `small_changes` are groups smaller than the minimum that the difference of an earlier
    release and its correction shows. `is_correction`: whether counts that both show differ.
    """

    cells: pl.DataFrame
    earlier_cells: pl.DataFrame
    minimum: float
    small_changes: int = 0
    is_correction: bool = False

    def closer_than(self, protection: float, *, inner: bool) -> int:
        """Hidden inner cells (or margins) whose interval is narrower than the protection, in either release."""
        width = pl.col("upper") - pl.col("lower")
        close = (pl.col("is_inner") == inner) & ~self._is_harmless() & (width < protection)
        return self.cells.filter(close).height + self.earlier_cells.filter(close).height

    def exactly(self) -> int:
        """Hidden cells of which only one value is possible."""
        return self.cells.filter(~self._is_harmless() & (pl.col("upper") == pl.col("lower"))).height

    def _is_harmless(self) -> pl.Expr:
        """Shown in the other release and no small group there: hiding it keeps a small change from being seen.

        Not beside a correction: what was shown then is another count, and the one of now must stay unknown.
        """
        is_large = (pl.col("lower") >= self.minimum) | (pl.col("upper") == 0)
        return pl.col("was_shown") & is_large if not self.is_correction else pl.lit(False)


def attack_release(
    now: Tables,
    earlier: Tables | None = None,
    *,
    minimum: float,
    whole_numbers: bool = True,
    step: Callable[[], None] = lambda: None,
) -> Attacked:
    """Attack the tables of a release, as somebody who has an earlier release of the same persons as well.

    Refused (TableInvalid): what is published does not add up, or tables disagree.
    """
    editions = lay_side_by_side(earlier, now) if earlier else None
    if editions is None or not editions.is_correction:
        beside = {f"earlier {name}": table for name, table in (earlier or {}).items()}
        known = link_releases({**now, **beside})
        lower, upper = _bounds(known, whole_numbers, step)
        is_now = np.zeros(len(lower), dtype=np.bool_)
        for placed in known.linked.tables[: len(now)]:
            hidden = np.isnan(now[placed.name].counts)
            is_now[placed.cells[hidden]] = True
        told = (known, lower, upper)
        return Attacked(
            _list_hidden(now, *told, _shown_in(known, beside)),
            _list_hidden(beside, *told, _shown_in(known, now), leave_out=is_now),
            minimum,
        )
    known = link_releases(now)
    lower, upper = _bounds(known, whole_numbers, step)
    small = _tighten_by_correction(editions, known, lower, upper, minimum)
    cells = _list_hidden(now, known, lower, upper, _shown_before(editions, known))
    return Attacked(cells, cells.clear(), minimum, small, True)


def _bounds(known: ReadersKnowledge, whole_numbers: bool, step: Callable[[], None]) -> tuple[Floats, Floats]:
    """Bounds of every cell: the published value, or what the attack finds."""
    intervals = derive_intervals(
        known.linked, known.is_hidden, known=(known.least, known.most), whole_numbers=whole_numbers, step=step
    )
    lower, upper = known.linked.values.copy(), known.linked.values.copy()
    lower[intervals.cells], upper[intervals.cells] = intervals.lower, intervals.upper
    return lower, upper


def _tighten_by_correction(
    editions: TwoEditions, known: ReadersKnowledge, lower: Floats, upper: Floats, minimum: float
) -> int:
    """Bounds that follow from the correction as well, in place; how many small groups its differences show."""
    found = attack_correction(editions, minimum=minimum)
    least, most = np.full(len(editions.later), -np.inf), np.full(len(editions.later), np.inf)
    close = found.gives_away(minimum=minimum, protection=np.inf)  # every cell that may be a small group
    least[found.cells[close]], most[found.cells[close]] = found.lower[close], found.upper[close]
    for cells, where in _places_of(editions, known):
        lower[cells] = np.maximum(lower[cells], least[where])
        upper[cells] = np.minimum(upper[cells], most[where])
    return int(editions.small_changes(minimum).sum()) + len(found.told)


def _places_of(editions: TwoEditions, known: ReadersKnowledge) -> Iterator[tuple[Places, Places]]:
    """Of each table of now: where its cells stand among those of now, and where among those of both editions."""
    placed = {table.name: table.cells for table in editions.linked.tables}
    for table in known.linked.tables:
        yield table.cells, placed[f"later {table.name}"]


def _list_hidden(
    tables: Tables,
    known: ReadersKnowledge,
    lower: Floats,
    upper: Floats,
    was_shown: NDArray[np.bool_],
    leave_out: NDArray[np.bool_] | None = None,
) -> pl.DataFrame:
    """One row per cell that one of these tables hides; cells to be left out are those listed elsewhere."""
    listed_elsewhere = np.zeros(len(lower), dtype=np.bool_) if leave_out is None else leave_out
    parts = [
        _list_table(placed, tables[placed.name], was_shown, lower, upper, listed_elsewhere)
        for placed in known.linked.tables
        if placed.name in tables
    ]
    told = ["is_inner", "was_shown", "lower", "upper"]
    if not parts:
        return pl.DataFrame(schema=dict.fromkeys(told[:2], pl.Boolean) | dict.fromkeys(told[2:], pl.Float64))
    whole = pl.concat(parts, how="diagonal")
    codes = [name for name in whole.columns if name not in (TABLE, *told)]
    return whole.select(*([TABLE] if len(tables) > 1 else []), *codes, *told)


def _shown_in(known: ReadersKnowledge, tables: Tables) -> NDArray[np.bool_]:
    """Cells that one of these tables shows."""
    shown = np.zeros(len(known.linked.values), dtype=np.bool_)
    for placed in known.linked.tables:
        if placed.name in tables:
            shown[placed.cells] |= ~np.isnan(tables[placed.name].counts)
    return shown


def _shown_before(editions: TwoEditions, known: ReadersKnowledge) -> NDArray[np.bool_]:
    """Cells of a correction that the earlier release shows, mostly with another count."""
    shown = np.zeros(len(known.linked.values), dtype=np.bool_)
    for cells, where in _places_of(editions, known):
        shown[cells] = ~np.isnan(editions.earlier[where])
    return shown


def _list_table(
    placed: CountTable,
    table: ReleasedTable,
    was_shown: NDArray[np.bool_],
    lower: Floats,
    upper: Floats,
    leave_out: NDArray[np.bool_],
) -> pl.DataFrame:
    is_inner = np.zeros(placed.cells.shape, dtype=np.bool_)
    is_inner[tuple(slice(1, 1 + each.inner) for each in table.dimensions)] = True
    listed = placed.with_cells(
        was_shown=was_shown, lower=lower, upper=np.where(np.isinf(upper), np.nan, upper)
    ).with_columns(
        pl.Series("is_inner", is_inner.ravel()),
        pl.col("upper").fill_nan(None),
        pl.lit(placed.name).alias(TABLE),
    )
    return listed.filter(pl.Series((np.isnan(table.counts) & ~leave_out[placed.cells]).ravel()))
