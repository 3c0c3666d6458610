"""Crossings of whole persons, as an engine holds them → a few columns without names, and what was met on the way.

Duplicate scans are folded: the same person, direction and port within 30 minutes, or on the same day where only days are
known.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guzar.errors import TableInvalid
from guzar.process.histories import GIVEN, PERSON, Histories, read_histories
from guzar.process.missing_exits.crossing_log import (
    ALL,
    BEGINS,
    CITIZENSHIP,
    DAY,
    DIED,
    FOLLOWS,
    HELD,
    IS_ENTRY,
    MODE,
    PERMITTED,
    PORT,
    filled,
)
from guzar.process.missing_exits.mortality import ALIVE
from guzar.process.missing_exits.permission_rules import HeldPermits
from guzar.process.residence_kernel import YES

FOLDED_WITHIN = 30  # minutes


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
    told = filled(pa.chunked_array([_days_in(histories.crossings, DIED)]), ALIVE)
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
