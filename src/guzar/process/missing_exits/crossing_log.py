"""Crossings of whole persons → a log in memory without names: what the estimation of lost exits reads again and again.

A log holds arrays, one cell per crossing, in person and time order. Who a person is does not stand in it, nor does it
ever leave the memory of the run. Duplicate scans are folded on the way in: the same person, direction and port within
30 minutes, or on the same day where only days are known.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guzar.errors import TableInvalid
from guzar.process.histories import GIVEN, PERSON, Histories, read_histories
from guzar.process.missing_exits.mortality import ALIVE, NO_RATES, DeathRates, Mortality, mortality_of
from guzar.process.missing_exits.permission_rules import (
    HeldPermits,
    PermissionRule,
    Permissions,
    RuleTable,
    tabulate_rules,
)
from guzar.process.missing_exits.same_day import order_of_days
from guzar.process.residence_kernel import OPEN, YES, Codes, Days

PORT, MODE, CITIZENSHIP, PERMITTED = "port", "mode", "citizenship", "permitted_until"
FOLDED_WITHIN = 30  # minutes
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


@dataclass
class Shortened:
    """What was met on the way: crossings in all, duplicate scans folded, persons of other citizenship left out, days of
    death left aside because a person crossed later or has two of them, permits of persons who crossed, and those of them
    that prolong stays."""

    crossings: int = 0
    folded: int = 0
    others: int = 0
    deaths_left_aside: int = 0
    permits_matched: int = 0
    permits_prolonging: int = 0
    ended_before_entry: int = 0  # permissions, taken as not recorded


def shorten_crossings(
    crossings: pa.Table,
    tally: Shortened,
    citizenships: frozenset[str] = ALL,
    permits: HeldPermits | None = None,
) -> pa.Table:
    """Crossings of whole persons without the persons: where one begins, day, direction, and what losses depend on.

    Duplicate scans are folded; with `citizenships` only persons whose first crossing is on documents of these countries
    are kept; of `permits` it is told when each person holds one. `tally` goes on counting. Raises TableInvalid where citizenship is asked for and not told.
    """
    histories = _of_citizenships(read_histories(crossings), citizenships, tally)
    crossings = histories.crossings
    texts = {name: _texts(crossings, name) for name in (PORT, MODE, CITIZENSHIP)}
    double = histories.double_scans(FOLDED_WITHIN)
    tally.crossings += len(histories.day)
    tally.folded += int(double.sum())
    table = pa.table(
        {
            BEGINS: pa.array(histories.begins),
            DAY: pa.array(histories.day),
            IS_ENTRY: pa.array(histories.is_entry == YES),
            **texts,
            PERMITTED: _permissions(histories, tally),
            GIVEN: _given(crossings),
            FOLLOWS: pa.array(histories.order_unknown()),
            **({} if permits is None else {HELD: _held(histories, permits, tally)}),
            **({} if DIED not in crossings.column_names else {DIED: _deaths(histories, tally)}),
        }
    )
    return table.filter(pa.array(~double))


def _of_citizenships(histories: Histories, citizenships: frozenset[str], tally: Shortened) -> Histories:
    """Whole persons, by the document of their first crossing: later documents and naturalisation move nobody."""
    if not citizenships:
        return histories
    if CITIZENSHIP not in histories.crossings.column_names:
        raise TableInvalid(
            "The crossings do not tell citizenship: who is to be counted cannot be seen.",
            expected="a column citizenship, for --citizenship",
            do="Add the column, or leave out --citizenship: everybody is then counted.",
        )
    of_firsts = _texts(histories.crossings.take(pa.array(histories.starts[:-1])), CITIZENSHIP)
    wanted = pc.is_in(of_firsts, pa.array(sorted(citizenships), pa.string()))
    persons = np.asarray(wanted.to_numpy(zero_copy_only=False), dtype=bool)
    tally.others += int((~persons).sum())
    return histories.keep_persons(persons)


def _texts(crossings: pa.Table, name: str) -> pa.Array:
    if name not in crossings.column_names:
        return pa.array([""] * crossings.num_rows, pa.string())
    return pc.fill_null(pc.cast(crossings.column(name), pa.string()), "").combine_chunks()


def _permissions(histories: Histories, tally: Shortened) -> pa.Array:
    """The day until which a stay is permitted; empty where none is recorded, or it ended before the entry. Refused: a text that
    is no date."""
    if PERMITTED not in histories.crossings.column_names:
        return pa.nulls(len(histories.day), pa.int32())
    permitted = _days_in(histories.crossings, PERMITTED)
    ended = pc.fill_null(pc.less(permitted, pa.array(histories.day)), False)
    ended = pc.and_(ended, pa.array(histories.is_entry == YES))
    tally.ended_before_entry += pc.sum(ended).as_py() or 0
    return pc.if_else(ended, pa.scalar(None, pa.int32()), permitted)


def _days_in(crossings: pa.Table, name: str) -> pa.Array:
    days = crossings.column(name)
    if pa.types.is_string(days.type) or pa.types.is_large_string(days.type):
        texts = pc.cast(days, pa.string())
        written = pc.fill_null(pc.not_equal(texts, ""), False)
        days = pc.strptime(texts, format="%Y-%m-%d", unit="s", error_is_null=True)
        # 30 February is read as 2 March, and 25-1-31 as a day of the year 25: only a day written as one is one
        is_day = pc.fill_null(pc.equal(pc.strftime(days, format="%Y-%m-%d"), texts), False)
        _require_dates(pc.sum(pc.and_not(written, is_day)).as_py() or 0, name)
    elif not (pa.types.is_date(days.type) or pa.types.is_timestamp(days.type) or pa.types.is_null(days.type)):
        _require_dates(len(days) - days.null_count, name)
        days = pa.nulls(len(days), pa.date32())
    return pc.cast(pc.cast(days, pa.date32(), safe=False), pa.int32()).combine_chunks()


def _require_dates(unreadable: int, name: str) -> None:
    if unreadable:
        raise TableInvalid(
            "Crossings have cells that cannot be read.",
            where="{column}, rows met so far: {count}",
            expected="{column} as 2025-12-31, or empty",
            do="Correct these rows.",
            column=name,
            count=unreadable,
        )


def _given(crossings: pa.Table) -> pa.Array:
    if GIVEN not in crossings.column_names:
        return pa.nulls(crossings.num_rows, pa.int8())
    return pc.cast(crossings.column(GIVEN), pa.int8()).combine_chunks()


def _deaths(histories: Histories, tally: Shortened) -> pa.Array:
    """The day of death of the person of every row; none where a crossing is later or two days are told: wrongly linked."""
    told = _filled(pa.chunked_array([_days_in(histories.crossings, DIED)]), ALIVE)
    firsts, lasts = histories.starts[:-1], histories.starts[1:] - 1
    if not histories.persons:
        return pa.array(told.astype(np.int32))
    earliest = np.minimum.reduceat(told, firsts)
    latest = np.maximum.reduceat(np.where(told == ALIVE, earliest[histories.person], told), firsts)
    is_wrong = (earliest != ALIVE) & ((earliest != latest) | (histories.day[lasts] > earliest))
    tally.deaths_left_aside += int(is_wrong.sum())
    died = np.where(is_wrong, ALIVE, earliest)
    return pa.array(died.astype(np.int32)[histories.person])


def _held(histories: Histories, permits: HeldPermits, tally: Shortened) -> pa.Array:
    """At the end of which years the person of every row holds a permit; whose it is goes no further than here."""
    firsts = histories.crossings.take(pa.array(histories.starts[:-1]))
    whose = (firsts.column(PERSON).combine_chunks(), _texts(firsts, CITIZENSHIP))
    held, (matched, prolonging) = permits.held_by(*whose), permits.count_of(*whose)
    tally.permits_matched += matched
    tally.permits_prolonging += prolonging
    return pa.array(held[histories.person])


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
        _filled(table.column(PERMITTED), NO_LIMIT).astype(np.int32),
        _filled(table.column(GIVEN), OPEN).astype(np.int8)[firsts],
        _permissions_of(table, firsts, tabulate_rules(rules, citizenships), citizenship) if rules else None,
        _mortality_in(table, firsts, deaths, citizenships, citizenship),
    )
    follows = _filled(table.column(FOLLOWS), 0).astype(bool)
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
    held = _filled(table.column(HELD), 0)[firsts] if has_permits else np.zeros(len(firsts), np.int64)
    return Permissions(rules, citizenship[firsts], held)


def _mortality_in(
    table: pa.Table, firsts: Rows, rates: DeathRates | None, citizenships: Sequence[str], citizenship: Index
) -> Mortality | None:
    """Rates by the citizenship of the first crossings of persons, and days of death; None where neither is given."""
    if rates is None and DIED not in table.column_names:
        return None
    none = np.full(len(firsts), ALIVE, np.int32)
    died = _filled(table.column(DIED), ALIVE)[firsts].astype(np.int32) if DIED in table.column_names else none
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


def _filled(column: pa.ChunkedArray, empty: int) -> NDArray[np.int64]:
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
