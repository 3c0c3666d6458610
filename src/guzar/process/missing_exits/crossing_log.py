"""Crossings of whole persons → a log in memory without names: what the estimation of lost exits reads again and again.

A log holds arrays, one cell per crossing, in person and time order. Who a person is does not stand in it, nor does it
ever leave the memory of the run.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guzar.process.histories import GIVEN
from guzar.process.missing_exits.mortality import ALIVE, NO_RATES, DeathRates, Mortality, mortality_of
from guzar.process.missing_exits.permission_rules import (
    PermissionRule,
    Permissions,
    RuleTable,
    tabulate_rules,
)
from guzar.process.missing_exits.same_day import order_of_days
from guzar.process.residence_kernel import OPEN, YES, Codes, Days

PORT, MODE, CITIZENSHIP, PERMITTED = "port", "mode", "citizenship", "permitted_until"
NO_LIMIT = np.iinfo(np.int32).max  # of a permission that is not recorded
BEGINS, DAY, IS_ENTRY, HELD = "begins_person", "day", "is_entry", "permits_held"
FOLLOWS = "order_unknown"  # of the same moment as the row before
DIED = "died_on"  # the same on all rows of a person
ALL: frozenset[str] = frozenset()  # of citizenships: whoever crosses
Rows = NDArray[np.int64]
Index = NDArray[np.int32]


@dataclass(frozen=True)
class CrossingLog:
    """Crossings in person and time order: person p has the rows starts[p] to starts[p + 1]; days since 1970.

    `port`, `mode` and `citizenship` are places in the lists of their codes ("" where none was recorded);
    `permitted_until` is a day, or NO_LIMIT; `given` is, per person, the residence on the first day that other sources
    tell (NO, YES, OPEN); `permissions` are rules of permitted stay and permits held, `mortality` rates and days of death,
    where they are given.
    """

    starts: Rows
    day: Days
    is_entry: Codes
    port: Index
    ports: tuple[str, ...]
    mode: Index
    citizenship: Index
    citizenships: tuple[str, ...]
    permitted_until: Days
    given: Codes
    permissions: Permissions | None = None
    mortality: Mortality | None = None

    @property
    def persons(self) -> int:
        """How many persons crossed."""
        return len(self.starts) - 1

    @property
    def has_permissions(self) -> bool:
        """Whether the permission of any entry is recorded, or follows from a rule."""
        by_rule = self.permissions is not None and self.permissions.has_limits
        return by_rule or bool(((self.permitted_until != NO_LIMIT) & (self.is_entry == YES)).any())

    @property
    def person(self) -> Rows:
        """The place of the person of every row."""
        return np.repeat(np.arange(self.persons), np.diff(self.starts))


def gather_log(
    tables: Iterable[pa.Table],
    first_day: int,
    last_day: int,
    rules: Sequence[PermissionRule] = (),
    deaths: DeathRates | None = None,
) -> CrossingLog:
    """One log of shortened tables; crossings before the first and after the last day are left out.

    With `rules` of permitted stay the log keeps each person's, by the citizenship of the first crossing, with rates of
    `deaths` and days of death likewise. Persons stand in an order that their crossings alone decide.
    """
    table = pa.concat_tables([_nothing(), *tables], promote_options="default").combine_chunks()
    day = table.column(DAY).to_numpy().astype(np.int32)
    person = np.cumsum(table.column(BEGINS).to_numpy(zero_copy_only=False)) - 1
    kept = np.flatnonzero((day >= first_day) & (day <= last_day))
    table, day, person = table.take(kept), day[kept], person[kept]
    firsts = np.flatnonzero(np.diff(person, prepend=-1))
    starts = np.concatenate([firsts, [len(day)]]).astype(np.int64)
    port, ports = _coded(table.column(PORT))
    mode, _ = _coded(table.column(MODE))
    citizenship, citizenships = _coded(table.column(CITIZENSHIP))
    log = CrossingLog(
        starts,
        day,
        table.column(IS_ENTRY).to_numpy(zero_copy_only=False).astype(np.int8),
        port,
        ports,
        mode,
        citizenship,
        citizenships,
        filled(table.column(PERMITTED), NO_LIMIT).astype(np.int32),
        filled(table.column(GIVEN), OPEN).astype(np.int8)[firsts],
        _permissions_of(table, firsts, tabulate_rules(rules, citizenships), citizenship) if rules else None,
        _mortality_in(table, firsts, deaths, citizenships, citizenship),
    )
    follows = filled(table.column(FOLLOWS), 0).astype(bool)
    follows[firsts] = False
    log = _in_order(log, order_of_days(log.starts, log.day, log.is_entry, follows))
    return take_in_turn(log, order_by_content(log))


def _in_order(log: CrossingLog, order: Rows) -> CrossingLog:
    """Crossings of the same persons in another order within days."""
    rows = ("is_entry", "port", "mode", "citizenship", "permitted_until")
    return replace(log, **{name: getattr(log, name)[order] for name in rows})


def _permissions_of(table: pa.Table, firsts: Rows, rules: RuleTable, citizenship: Index) -> Permissions:
    """Rules by the citizenship of the first crossings of persons, and the permits they hold."""
    has_permits = HELD in table.column_names
    held = filled(table.column(HELD), 0)[firsts] if has_permits else np.zeros(len(firsts), np.int64)
    return Permissions(rules, citizenship[firsts], held)


def _mortality_in(
    table: pa.Table, firsts: Rows, rates: DeathRates | None, citizenships: Sequence[str], citizenship: Index
) -> Mortality | None:
    """Rates by the citizenship of the first crossings of persons, and days of death; None where neither is given."""
    if rates is None and DIED not in table.column_names:
        return None
    none = np.full(len(firsts), ALIVE, np.int32)
    died = filled(table.column(DIED), ALIVE)[firsts].astype(np.int32) if DIED in table.column_names else none
    return mortality_of(rates or NO_RATES, citizenships, citizenship[firsts], died)


def order_by_content(log: CrossingLog) -> Rows:
    """Persons in an order that depends on their crossings alone: draws are then the same however persons are numbered."""
    place = np.arange(len(log.day)) - np.repeat(log.starts[:-1], np.diff(log.starts))
    key = np.zeros(len(log.day), np.uint64)
    for column in (place, log.day, log.is_entry, log.port, log.mode, log.citizenship, log.permitted_until):
        key = _mixed(key ^ column.astype(np.uint64))
    of_persons = np.add.reduceat(key, log.starts[:-1]) if log.persons else key
    of_persons = of_persons.astype(np.uint64) ^ log.given.astype(np.uint64)
    if log.permissions is not None:
        of_persons ^= _mixed(log.permissions.held.astype(np.uint64) + np.uint64(1))
    if log.mortality is not None:
        of_persons ^= _mixed(log.mortality.died.astype(np.uint64) + np.uint64(2))
    return np.argsort(_mixed(of_persons), kind="stable").astype(np.int64)


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Numbers spread over all 64 bits (splitmix64)."""
    mixed = numbers + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(mixed ^ (mixed >> np.uint64(31)))


def _nothing() -> pa.Table:
    """A shortened table without rows: what a file without crossings gives."""
    texts = [(name, pa.string()) for name in (PORT, MODE, CITIZENSHIP)]
    rest = [(PERMITTED, pa.int32()), (GIVEN, pa.int8()), (FOLLOWS, pa.bool_())]
    known = [(BEGINS, pa.bool_()), (DAY, pa.int32()), (IS_ENTRY, pa.bool_())]
    return pa.schema([*known, *texts, *rest]).empty_table()


def _coded(texts: pa.ChunkedArray) -> tuple[Index, tuple[str, ...]]:
    """Places in the list of codes, which stands in order of the alphabet whatever the file's."""
    codes = sorted(pc.unique(texts).to_pylist())
    places = pc.index_in(texts, pa.array(codes, pa.string())).combine_chunks()
    return places.to_numpy(zero_copy_only=False).astype(np.int32), tuple(codes)


def filled(column: pa.ChunkedArray, empty: int) -> NDArray[np.int64]:
    """The numbers of a column, with `empty` where it has none."""
    filled = pc.fill_null(pc.cast(column, pa.int64()), empty).combine_chunks()
    return np.asarray(filled.to_numpy(zero_copy_only=False), dtype=np.int64)


def keep_persons(log: CrossingLog, persons: NDArray[np.bool_]) -> CrossingLog:
    """All crossings of these persons."""
    return take_in_turn(log, np.flatnonzero(persons))


def take_in_turn(log: CrossingLog, persons: Rows) -> CrossingLog:
    """All crossings of these persons, in this order."""
    sizes = np.diff(log.starts)[persons]
    starts = np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64)
    rows = np.repeat(log.starts[persons] - starts[:-1], sizes) + np.arange(starts[-1])
    return replace(
        log,
        starts=starts,
        day=log.day[rows],
        is_entry=log.is_entry[rows],
        port=log.port[rows],
        mode=log.mode[rows],
        citizenship=log.citizenship[rows],
        permitted_until=log.permitted_until[rows],
        given=log.given[persons],
        permissions=None if log.permissions is None else log.permissions.take(persons),
        mortality=None if log.mortality is None else log.mortality.take(persons),
    )


def log_of_arrays(
    starts: Rows,
    day: Days,
    is_entry: Codes,
    port: Sequence[int] | Index,
    ports: Sequence[str],
    *,
    permitted_until: Days | None = None,
    given: Codes | None = None,
) -> CrossingLog:
    """A log of arrays that stand in person and time order already; one mode, one citizenship."""
    rows = len(day)
    return CrossingLog(
        starts,
        day,
        is_entry,
        np.asarray(port, dtype=np.int32),
        tuple(ports),
        np.zeros(rows, np.int32),
        np.zeros(rows, np.int32),
        ("",),
        np.full(rows, NO_LIMIT, np.int32) if permitted_until is None else permitted_until,
        np.full(len(starts) - 1, OPEN, np.int8) if given is None else given,
    )
