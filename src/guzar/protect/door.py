"""Protected tables held in a workspace → the same tables, attacked once more together, and let out.

Each table was protected when it was made; what leaves is the union of all tables of a population, beside all that was
released of it before. A reader has all of them, so the attack has them too. Only what withstands it is sealed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.define.seals import is_sealed, seal_frame
from guzar.define.tables.releases import ProtectedTable
from guzar.errors import ReleaseRefused, TableInvalid
from guzar.protect.adversary import Adversary
from guzar.protect.attack import find_possible_world
from guzar.protect.attack_release import attack_release
from guzar.protect.differencing import lay_side_by_side
from guzar.protect.programmes import Floats
from guzar.protect.released_cells import ReadersKnowledge, ReleasedTable, link_releases, read_release

SUPPRESS = "suppress"


@dataclass(frozen=True)
class HeldTable:
    """A protected table as a workspace holds it, with the officer's list of its hidden cells (`protection`: width)."""

    table: ProtectedTable
    hidden_cells: pl.DataFrame


def let_out(
    held: Sequence[HeldTable], released: Sequence[Sequence[ProtectedTable]] = ()
) -> list[ProtectedTable]:
    """The tables, sealed, when nobody who reads all of them and all earlier releases works out a hidden cell.

    `released` are the tables of each release made before. Refused (ReleaseRefused), naming tables and numbers of
    cells: a hidden cell that can be derived too closely, a count below the minimum, a small change between editions,
    one population protected by two methods, to two bases or with two kinds of noise.
    """
    for population in sorted({_population(each.table) for each in held}):
        together = [each for each in held if _population(each.table) == population]
        before = [[old for old in each if _population(old) == population] for each in released]
        _require_one_method(population, [each.table for each in together], before)
        _require_one_blur(population, [each.table for each in together], before)
        if together[0].table.about["method"] == SUPPRESS:
            _require_one_truth(population, together)
            _require_withstands(together, [each for each in before if each])
    for each in held:
        seal_frame(each.table.frame)
    return [each.table for each in held]


def require_sealed(tables: Sequence[ProtectedTable]) -> None:
    """Refuse (ReleaseRefused) a table that did not pass the door, whatever its type says."""
    unknown = [table.name for table in tables if not is_sealed(table.frame)]
    if unknown:
        raise ReleaseRefused(
            "These tables did not pass the room protect and may not leave: {tables}.",
            expected="tables made by guzar protect, unchanged",
            do="Protect the counts first: guzar protect COUNTS --workspace WORKSPACE",
            tables=", ".join(unknown),
        )


def read_table(table: ProtectedTable) -> ReleasedTable:
    """A protected table as anyone reads it."""
    hierarchies = {
        name: [pl.DataFrame(tree, schema=["code", "parent"], orient="row") for tree in trees]
        for name, trees in table.about.get("hierarchies", {}).items()
    }
    return read_release(table.frame, dimensions=table.dimensions, count=table.count, hierarchies=hierarchies)[
        ""
    ]


def _population(table: ProtectedTable) -> str:
    return str(table.about.get("population", table.name))


def _require_one_method(
    population: str, held: Sequence[ProtectedTable], before: Sequence[Sequence[ProtectedTable]]
) -> None:
    every = [*held, *(table for tables in before for table in tables)]
    methods = sorted({str(table.about["method"]) for table in every})
    if len(methods) > 1:
        raise ReleaseRefused(
            "The tables of {population} are protected by several methods: {methods}.",
            where="tables: {tables}, and what was released before",
            expected="one method for all tables of the same persons: a reader lays them side by side",
            do="Protect them by the method of the first release; noise or rounding needs a population of its own.",
            population=population,
            methods=", ".join(methods),
            tables=", ".join(table.name for table in held),
        )


def _require_one_blur(
    population: str, held: Sequence[ProtectedTable], before: Sequence[Sequence[ProtectedTable]]
) -> None:
    """Refuse one population rounded to two bases, or with two kinds of noise: both together tell the true counts."""
    every = [*held, *(table for tables in before for table in tables)]
    settings = sorted({_blur_in_words(table) for table in every})
    if len(settings) > 1:
        raise ReleaseRefused(
            "The tables of {population} are blurred in several ways: {settings}.",
            where="tables: {tables}, and what was released before",
            expected="one base, or one kind of noise, for all tables of the same persons, as in the first release",
            do="Protect them with the base (protection) or the noise of the first release, in guzar.toml.",
            population=population,
            settings="; ".join(settings),
            tables=", ".join(table.name for table in held),
        )


def _blur_in_words(table: ProtectedTable) -> str:
    """The base or the noise of a blurred table, as `protection 5` or `noise 5,3,2`; nothing for a table that hides."""
    about = table.about
    if "noise" in about:
        greatest, variance, never = (about["noise"][name] for name in ("greatest", "variance", "never_up_to"))
        return f"noise {greatest},{variance:g},{never}"
    return f"protection {about['base']}" if "base" in about else ""


def _require_one_truth(population: str, held: Sequence[HeldTable]) -> None:
    """Refuse tables of the same persons that contradict each other: one of them is of other counts."""
    try:
        known = link_releases({each.table.name: read_table(each.table) for each in held})
        find_possible_world(known.linked.sums, known.least, known.most)
    except TableInvalid:
        raise ReleaseRefused(
            "The tables of {population} contradict each other: {tables}.",
            where="behind each table stands its edition",
            expected="tables of the same persons, counted from the same edition of the records",
            do="Count and protect all of them again in one run, or give them different populations in guzar.toml.",
            population=population,
            tables=", ".join(_with_edition(each.table) for each in held),
        ) from None


def _with_edition(table: ProtectedTable) -> str:
    """Name and edition of a table, as a message names them."""
    edition = table.about.get("edition")
    return f"{table.name} ({edition})" if edition else table.name


def _require_withstands(held: Sequence[HeldTable], before: Sequence[Sequence[ProtectedTable]]) -> None:
    now = {each.table.name: read_table(each.table) for each in held}
    same: dict[str, ReleasedTable] = {}
    for number, tables in enumerate(before):
        earlier = {table.name: read_table(table) for table in tables}
        editions = lay_side_by_side(earlier, now)
        if editions.is_correction:
            _require_correction(now, earlier, held)
        else:
            same |= {f"{number} {name}": table for name, table in earlier.items()}
    known = link_releases({**now, **same})
    # What was released before, and was no small group, is public: hiding it now only hides a small change.
    values = known.linked.values
    is_harmless = _shown_before(known, len(same)) & ((values >= _least(held)) | (values == 0))
    needed = np.where(is_harmless, 0.0, _needed(known, held))
    _refuse_cells(_tight(known, needed, held), known, held, TOO_CLOSE)
    _refuse_cells(_too_small(known, held, len(same)), known, held, TOO_SMALL)


TOO_CLOSE = "Hidden cells can be worked out from what is about to be published: {cells}."
TOO_SMALL = "Counts below the minimum are shown: {cells}."


def _needed(known: ReadersKnowledge, held: Sequence[HeldTable]) -> Floats:
    """The width that each cell needs; a hidden cell that the officer's list does not name is refused."""
    needed = np.zeros(len(known.linked.values))
    for placed, each in zip(known.linked.tables, held, strict=False):
        hidden = each.table.frame.filter(pl.col(each.table.count).is_null())
        own = list(each.table.dimensions)
        listed = (
            each.hidden_cells.select(*own, "protection")
            if "protection" in each.hidden_cells.columns
            else None
        )
        if listed is None or hidden.join(listed, on=own, how="anti").height:
            raise ReleaseRefused(
                "The table {table} hides cells that its record does not name.",
                expected="a table as guzar protect held it in the workspace",
                do="Protect its counts again.",
                table=each.table.name,
            )
        asked = (
            placed.codes()
            .join(listed, on=own, how="left", maintain_order="left")["protection"]
            .fill_null(0.0)
        )
        np.maximum.at(needed, placed.cells.ravel(), asked.to_numpy())
    return needed


def _tight(known: ReadersKnowledge, needed: Floats, held: Sequence[HeldTable]) -> NDArray[np.int64]:
    """Cells that a reader derives more closely than they need."""
    whole = all(each.table.frame.schema[each.table.count].is_integer() for each in held)
    least = _least_known(known, held)
    world = find_possible_world(known.linked.sums, least, known.most)
    shown = np.flatnonzero((known.least == known.most) & (needed > 0))
    adversary = Adversary(world, known.linked.sums, least, known.most, whole_numbers=whole)
    wanted = needed[adversary.cells]
    adversary.look_around(wanted, times=6)
    derived = [int(adversary.cells[position]) for position, _ in adversary.find_tight(wanted)]
    return np.array([*shown, *derived], dtype=np.int64)


def _least_known(known: ReadersKnowledge, held: Sequence[HeldTable]) -> Floats:
    """What a reader takes each cell to have at least: where empty cells are shown, a hidden one holds somebody."""
    least = known.least.copy()
    for placed, each in zip(known.linked.tables, held, strict=False):
        rules = each.table.about["rules"]
        if rules.get("filled") and not rules.get("zeros"):
            hidden = placed.cells.ravel()[each.table.frame[each.table.count].is_null().to_numpy()]
            least[hidden] = np.maximum(least[hidden], 1.0)
    try:
        find_possible_world(known.linked.sums, least, known.most)
    except TableInvalid:  # a cell that was hidden before is empty now, and stays hidden
        return known.least
    return least


def _shown_before(known: ReadersKnowledge, earlier: int) -> NDArray[np.bool_]:
    """Cells that a release made before shows; the tables of those releases stand last."""
    shown = np.zeros(len(known.linked.values), dtype=np.bool_)
    for placed, counts in zip(known.linked.tables[::-1][:earlier], known.counts[::-1][:earlier], strict=True):
        shown[placed.cells] |= ~np.isnan(counts)
    return shown


def _too_small(known: ReadersKnowledge, held: Sequence[HeldTable], earlier: int) -> NDArray[np.int64]:
    """Cells below the minimum that are shown now and were not shown before."""
    small = np.zeros(len(known.linked.values), dtype=np.bool_)
    for placed, each in zip(known.linked.tables, held, strict=False):
        counts = known.linked.values[placed.cells]
        least = each.table.about["rules"].get("minimum", 0)
        small[placed.cells] |= (counts > 0) & (counts < least)
    return np.flatnonzero(small & ~_shown_before(known, earlier))


def _require_correction(
    now: Mapping[str, ReleasedTable], earlier: Mapping[str, ReleasedTable], held: Sequence[HeldTable]
) -> None:
    if any("minimum" not in each.table.about["rules"] for each in held):
        raise ReleaseRefused(
            "The amounts of {tables} were released before with other values.",
            expected="amounts that are released once: the difference of two totals may be one contributor",
            do="Release corrected amounts as a population of their own, by other groups.",
            tables=", ".join(each.table.name for each in held),
        )
    protection = min(float(each.table.about["rules"]["protection"]) for each in held)
    found = attack_release(now, earlier, minimum=_least(held))
    tight, small = (
        sum(found.closer_than(protection, inner=inner) for inner in (True, False)),
        found.small_changes,
    )
    if tight or small:
        raise ReleaseRefused(
            "The tables {tables} correct an earlier release and can be differenced: "
            "{tight} hidden cells become known, {small} small changes are seen.",
            expected="a correction that nobody can trace to a few persons",
            do="Protect them beside the earlier release: guzar protect COUNTS --earlier RELEASE",
            tables=", ".join(each.table.name for each in held),
            tight=tight,
            small=small,
        )


def _least(held: Sequence[HeldTable]) -> float:
    """The greatest minimum of the tables' rules."""
    return max(float(each.table.about["rules"].get("minimum", 0)) for each in held)


def _refuse_cells(
    cells: NDArray[np.int64], known: ReadersKnowledge, held: Sequence[HeldTable], what: str
) -> None:
    """Refuse by table and number of cells; never a value, never a code."""
    found: Mapping[str, int] = {
        each.table.name: int(np.isin(placed.cells, cells).sum())
        for placed, each in zip(known.linked.tables, held, strict=False)
    }
    if len(cells):
        raise ReleaseRefused(
            what,
            expected="tables of the same persons that withstand the attack together, beside all earlier releases",
            do="Protect these tables in one run: guzar protect TABLE1 TABLE2 --earlier RELEASE",
            cells="; ".join(f"{name}: {count}" for name, count in found.items() if count),
        )
