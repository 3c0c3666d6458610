"""A release, alone or beside an earlier one → for every hidden cell the tightest interval that anyone can derive."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.protect.attack import derive_intervals
from guzar.protect.differencing import TwoEditions, attack_correction, lay_side_by_side
from guzar.protect.linked_cells import CountTable
from guzar.protect.named_cells import name_cells
from guzar.protect.programmes import Floats
from guzar.protect.released_cells import TABLE, ReadersKnowledge, ReleasedTable, link_releases

Tables = Mapping[str, ReleasedTable]
Places = NDArray[np.int64]
RELEASE, THIS, EARLIER = "release", "this", "earlier"  # which of two releases a row tells about
SMALL_CHANGE = "small_change"
TOLD = ("is_inner", "was_shown", "lower", "upper")


@dataclass(frozen=True)
class Attacked:
    """What can be derived: one row per hidden cell of the release, with its codes, `is_inner`, `lower` and `upper`.

    An empty `upper` is no bound. `was_shown`: the earlier release shows the cell. `earlier_cells`: the same for cells
    that only the earlier release hides; there `was_shown` says that the release shows the cell now. `minimum`: the
    least group that may be seen. `small_changes` are groups smaller than the minimum that the difference of an earlier
    release and its correction shows, `changed` the cells in which they are seen: codes and release, no counts.
    `is_correction`: whether counts that both show differ. `alone`: the hidden cells with what this release tells by
    itself, where an earlier one shows some of them.
    """

    cells: pl.DataFrame
    earlier_cells: pl.DataFrame
    minimum: float
    small_changes: int = 0
    is_correction: bool = False
    changed: pl.DataFrame = field(default_factory=pl.DataFrame)
    alone: pl.DataFrame | None = None

    def closer_than(self, protection: float, *, inner: bool) -> int:
        """Hidden inner cells (or margins) whose interval is narrower than the protection, in either release."""
        width = pl.col("upper") - pl.col("lower")
        close = (pl.col("is_inner") == inner) & ~self._is_harmless() & (width < protection)
        return self.cells.filter(close).height + self.earlier_cells.filter(close).height

    def exactly(self) -> int:
        """Hidden cells of which only one value is possible."""
        return self.cells.filter(~self._is_harmless() & (pl.col("upper") == pl.col("lower"))).height

    def listed(self) -> pl.DataFrame:
        """One row per hidden cell of either release, and per cell whose small change is seen.

        `release` is `this` or `earlier`. Of a cell that the earlier release shows, and that was no small group then,
        `this` tells the interval that this release leaves by itself (the count may have changed since), and `earlier`
        the count of then. Cells shown in both, whose change is small, have no bounds: no count stands twice.
        """
        parts = [self._of_this_release().with_columns(pl.lit(THIS).alias(RELEASE))]
        old = [
            *([self.cells.filter(self._is_harmless())] if self.alone is not None else []),
            self.earlier_cells,
        ]
        parts += [each.with_columns(pl.lit(EARLIER).alias(RELEASE)) for each in old if each.height]
        return _mark_changes(pl.concat(parts, how="diagonal"), self.changed)

    def named_changes(self) -> str:
        """The codes of the first cells whose small change is seen; empty where there is none."""
        codes = [name for name in self.changed.columns if name not in (TABLE, RELEASE, "is_inner")]
        return name_cells(self.changed, codes, are_linked=True) if self.changed.height else ""

    def _of_this_release(self) -> pl.DataFrame:
        if self.alone is None:
            return self.cells
        beside = self.cells.hstack([self.alone[name].alias(f"{name} alone") for name in ("lower", "upper")])
        return beside.with_columns(
            pl.when(self._is_harmless()).then(pl.col(f"{name} alone")).otherwise(pl.col(name)).alias(name)
            for name in ("lower", "upper")
        ).select(self.cells.columns)

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
    wide_enough: float = np.inf,
    step: Callable[[], None] = lambda: None,
) -> Attacked:
    """Attack the tables of a release, as somebody who has an earlier release of the same persons as well.

    An interval that is seen to be `wide_enough` is not followed further (beside a correction each is). Refused
    (TableInvalid): what is published does not add up, or tables disagree.
    """
    editions = lay_side_by_side(earlier, now) if earlier else None
    if editions is None or not editions.is_correction:
        beside = {f"earlier {name}": table for name, table in (earlier or {}).items()}
        known = link_releases({**now, **beside})
        lower, upper = _bounds(known, whole_numbers, wide_enough, step)
        is_now = np.zeros(len(lower), dtype=np.bool_)
        for placed in known.linked.tables[: len(now)]:
            hidden = np.isnan(now[placed.name].counts)
            is_now[placed.cells[hidden]] = True
        told = (known, lower, upper)
        cells = _list_hidden(now, *told, _shown_in(known, beside))
        old = _list_hidden(beside, *told, _shown_in(known, now), leave_out=is_now)
        alone = None
        if cells["was_shown"].any():
            alone = attack_release(
                now, minimum=minimum, whole_numbers=whole_numbers, wide_enough=wide_enough, step=step
            ).cells
        return Attacked(cells, old, minimum, alone=alone)
    known = link_releases(now)
    lower, upper = _bounds(known, whole_numbers, np.inf, step)
    is_small = _tighten_by_correction(editions, known, lower, upper, minimum)
    cells = _list_hidden(now, known, lower, upper, _shown_before(editions, known))
    changed = _list_changed(editions, is_small)
    return Attacked(cells, cells.clear(), minimum, int(is_small.sum()), True, changed)


def _bounds(
    known: ReadersKnowledge, whole_numbers: bool, wide_enough: float, step: Callable[[], None]
) -> tuple[Floats, Floats]:
    """Bounds of every cell: the published value, or what the attack finds."""
    intervals = derive_intervals(
        known.linked,
        known.is_hidden,
        known=(known.least, known.most),
        whole_numbers=whole_numbers,
        wide_enough=wide_enough,
        step=step,
    )
    lower, upper = known.linked.values.copy(), known.linked.values.copy()
    lower[intervals.cells], upper[intervals.cells] = intervals.lower, intervals.upper
    return lower, upper


def _tighten_by_correction(
    editions: TwoEditions, known: ReadersKnowledge, lower: Floats, upper: Floats, minimum: float
) -> NDArray[np.bool_]:
    """Bounds that follow from the correction as well, in place; in which cells its differences show a small group."""
    found = attack_correction(editions, minimum=minimum)
    least, most = np.full(len(editions.later), -np.inf), np.full(len(editions.later), np.inf)
    close = found.gives_away(minimum=minimum, protection=np.inf)  # every cell that may be a small group
    least[found.cells[close]], most[found.cells[close]] = found.lower[close], found.upper[close]
    for cells, where in _places_of(editions, known):
        lower[cells] = np.maximum(lower[cells], least[where])
        upper[cells] = np.minimum(upper[cells], most[where])
    is_small = editions.small_changes(minimum).copy()
    is_small[found.told] = True
    return is_small


def _list_changed(editions: TwoEditions, is_small: NDArray[np.bool_]) -> pl.DataFrame:
    """The cells in which a small change is seen: codes and release, one row per table; no counts."""
    is_now = np.zeros(len(is_small), dtype=np.bool_)
    parts = []
    for placed in sorted(editions.linked.tables, key=lambda table: not table.name.startswith("later ")):
        edition, name = placed.name.split(" ", 1)
        wanted = is_small & ~is_now
        if edition == "later":
            wanted, release = is_small, THIS
            is_now[placed.cells] = True
        else:
            release = EARLIER
        rows = placed.with_cells(is_small=wanted).with_columns(
            pl.Series("is_inner", _is_inner(placed)),
            pl.lit(name).alias(TABLE),
            pl.lit(release).alias(RELEASE),
        )
        parts.append(rows.filter("is_small").drop("is_small"))
    return pl.concat(parts, how="diagonal")


def _mark_changes(cells: pl.DataFrame, changed: pl.DataFrame) -> pl.DataFrame:
    """The hidden cells with `small_change`, and after them the cells that are shown and changed little."""
    if not changed.height:
        return _in_order(cells.with_columns(pl.lit(False).alias(SMALL_CHANGE)))
    known = changed if TABLE in cells.columns else changed.drop(TABLE).unique(maintain_order=True)
    keys = [name for name in known.columns if name != "is_inner"]
    codes = cells.with_columns(
        pl.lit(None, dtype=pl.String).alias(key) for key in keys if key not in cells.columns
    )
    marks = known.select(keys).with_columns(pl.lit(True).alias(SMALL_CHANGE))
    marked = codes.join(marks, on=keys, how="left", nulls_equal=True, maintain_order="left").with_columns(
        pl.col(SMALL_CHANGE).fill_null(False)
    )
    shown = known.join(codes, on=keys, how="anti", nulls_equal=True, maintain_order="left").with_columns(
        pl.lit(True).alias("was_shown"), pl.lit(True).alias(SMALL_CHANGE)
    )
    return _in_order(pl.concat([marked, shown], how="diagonal"))


def _in_order(cells: pl.DataFrame) -> pl.DataFrame:
    """The columns as they are read: which cell, of which release, what is known of it."""
    told = ("is_inner", "was_shown", SMALL_CHANGE, "lower", "upper")
    first = [name for name in (TABLE,) if name in cells.columns]
    codes = [name for name in cells.columns if name not in (TABLE, RELEASE, *told)]
    own = pl.col(TABLE).str.strip_prefix(f"{EARLIER} ") if first else ()
    return cells.with_columns(own).select(*first, *codes, RELEASE, *told)


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
    if not parts:
        return pl.DataFrame(schema=dict.fromkeys(TOLD[:2], pl.Boolean) | dict.fromkeys(TOLD[2:], pl.Float64))
    whole = pl.concat(parts, how="diagonal")
    codes = [name for name in whole.columns if name not in (TABLE, *TOLD)]
    return whole.select(*([TABLE] if len(tables) > 1 else []), *codes, *TOLD)


def _is_inner(placed: CountTable) -> NDArray[np.bool_]:
    """Whether each cell of a table is inner in every dimension, in the order of its codes."""
    is_inner = np.zeros(placed.cells.shape, dtype=np.bool_)
    is_inner[tuple(slice(1, 1 + each.inner) for each in placed.dimensions)] = True
    return is_inner.ravel()


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
    listed = placed.with_cells(
        was_shown=was_shown, lower=lower, upper=np.where(np.isinf(upper), np.nan, upper)
    ).with_columns(
        pl.Series("is_inner", _is_inner(placed)),
        pl.col("upper").fill_nan(None),
        pl.lit(placed.name).alias(TABLE),
    )
    return listed.filter(pl.Series((np.isnan(table.counts) & ~leave_out[placed.cells]).ravel()))
