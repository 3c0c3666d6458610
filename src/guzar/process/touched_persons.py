"""Held crossings and new ones, both by person and time → residence, decided again for the persons touched alone.

In: residence as `classify_residence` makes it, the crossings that its rule left out, and new crossings, all of the same
persons. Touched is whoever has a new crossing; where the last day observed moves on, also whoever crossed less than W days
before the old one, or after it: of all others nothing can change, because all W days after each crossing are seen already.
A new crossing that is held already (process/repeated_rows.py) is left out, and touches nobody.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from guzar.process.crossing_order import PORT, moments_of
from guzar.process.histories import CITIZENSHIP, DATE, DIRECTION, EPOCH, GIVEN, PERSON, SEQUENCE, days_of
from guzar.process.repeated_rows import Rows, find_repeated, key_of
from guzar.process.residence import STATUSES, Tally, classify_residence, made_columns
from guzar.process.residence_rule import ResidenceRule

PLACE = "\nplace"  # of a row; no column of a file is named so


@dataclass(frozen=True)
class Crossings:
    """Crossings of the same whole persons: classified, left out by the rule, and new; each by person and time."""

    held: pa.Table
    left_out: pa.Table
    new: pa.Table


@dataclass(frozen=True)
class Reclassified:
    """What became of them: residence and what the rule leaves out, by person and time; how much of it was touched."""

    residence: pa.Table
    left_out: pa.Table
    persons: int
    persons_touched: int
    rows_passed_on: int
    rows_repeated: int  # new ones that are held already


def classify_touched(
    crossings: Crossings,
    order: Sequence[str],
    rule: ResidenceRule,
    before: ResidenceRule | None,
    tally: Tally,
) -> Reclassified:
    """Decide again the crossings of the persons touched; the others' pass on. The tally, of all persons, is kept true.

    `before` is the rule by which the held crossings were decided, None where nothing was; `order` the columns by which
    the crossings of a person stand. Raises TableInvalid as `classify_residence` does.
    """
    recorded = list(crossings.new.column_names)
    every = pa.concat_tables([crossings.held.select(recorded), crossings.left_out, crossings.new])
    every = every.combine_chunks()  # rows are taken from it several times
    ranks = np.concatenate(rank_rows([table.column(PERSON) for table in vars(crossings).values()]))
    old = crossings.held.num_rows + crossings.left_out.num_rows
    repeated = find_repeated(every, ranks, [table.num_rows for table in vars(crossings).values()])
    touched = _touched(every, ranks, old, repeated, rule, before)
    again = _put_in_order(every, np.flatnonzero(touched[ranks] & ~repeated), ranks, old, order)
    if before is not None:
        _add(tally, _tally_before(crossings, every, ranks, touched, again, before), -1)
    decided, counted = _decide(every, again, ranks, rule)
    _add(tally, counted, 1)
    joined = _joined(crossings, every, ranks, touched, again, decided, rule)
    return replace(joined, rows_repeated=int(repeated.sum()))


def tally_of(crossings: Crossings, order: Sequence[str], rule: ResidenceRule) -> Tally:
    """What was met when these held crossings, and those left out, were decided by a rule; nothing of new ones."""
    every = pa.concat_tables([crossings.held.select(crossings.new.column_names), crossings.left_out])
    every = every.combine_chunks()
    ranks = np.concatenate(rank_rows([crossings.held.column(PERSON), crossings.left_out.column(PERSON)]))
    rows = _put_in_order(every, np.arange(every.num_rows), ranks, every.num_rows, order)
    everybody = np.ones(int(ranks.max(initial=-1)) + 1, bool)
    return _tally_before(crossings, every, ranks, everybody, rows, rule)


def rank_rows(persons: Sequence[pa.ChunkedArray]) -> list[Rows]:
    """Of several columns of persons, each in their order: the place of every row's person among all of them."""
    joined = [column.combine_chunks() for column in persons]
    begins = [_begins(column) for column in joined]
    each = [column.take(pa.array(begin)) for column, begin in zip(joined, begins, strict=True)]
    known = pa.chunked_array(each, type=persons[0].type).combine_chunks()
    ranks = np.asarray(pc.rank(known, tiebreaker="dense")).astype(np.int64) - 1
    parts = np.split(ranks, np.cumsum([len(begin) for begin in begins])[:-1])
    return [
        np.repeat(part, np.diff(np.append(begin, len(column))))
        for part, begin, column in zip(parts, begins, joined, strict=True)
    ]


def _begins(persons: pa.Array) -> Rows:
    """The rows at which a person begins."""
    if not len(persons):
        return np.zeros(0, np.int64)
    differs = pc.not_equal(persons.slice(1), persons.slice(0, len(persons) - 1))
    rows = np.flatnonzero(np.asarray(differs.to_numpy(zero_copy_only=False), dtype=bool)) + 1
    return np.concatenate([[0], rows]).astype(np.int64)


def _touched(
    every: pa.Table,
    ranks: Rows,
    old: int,
    repeated: NDArray[np.bool_],
    rule: ResidenceRule,
    before: ResidenceRule | None,
) -> NDArray[np.bool_]:
    """Whether each person has to be decided again."""
    touched = np.zeros(int(ranks.max(initial=-1)) + 1, bool)
    touched[ranks[old:][~repeated[old:]]] = True
    if before is not None and rule.last_day > before.last_day:
        seen_to = (before.last_day - EPOCH).days - before.window_days
        touched[ranks[:old][days_of(every.column(DATE).slice(0, old)) > seen_to]] = True
    return touched


def _put_in_order(every: pa.Table, rows: Rows, ranks: Rows, old: int, order: Sequence[str]) -> Rows:
    """These rows by person and `order`. They stand in three runs that are in order but for rows of one moment, which
    the rule may have put in turn: only these are sorted by more than their time."""
    person, time = ranks[rows], moments_of(every.column(DATE))[rows]
    sorted_ = _argsort(person, time)
    rows, person, time = rows[sorted_], person[sorted_], time[sorted_]
    is_new_run = np.ones(len(rows), bool)
    is_new_run[1:] = (person[1:] != person[:-1]) | (time[1:] != time[:-1])
    run = np.cumsum(is_new_run) - 1
    is_held = np.bincount(run[rows < old], minlength=len(rows)) > 0
    tied = np.flatnonzero((np.bincount(run)[run] > 1) & is_held[run])
    if len(tied):
        among = every.select(list(order)).take(pa.array(rows[tied]))
        among = among.append_column(PLACE, pa.array(run[tied]))
        keys = [(name, "ascending", "at_end") for name in (PLACE, *order)]
        rows[tied] = rows[tied][np.asarray(pc.sort_indices(among, sort_keys=keys))]
    return rows


def _argsort(person: Rows, time: Rows) -> Rows:
    """The order by person and time, in one key, which runs that are in order already make quick."""
    return np.argsort(key_of(person, time), kind="stable") if len(time) else np.zeros(0, np.int64)


def _decide(every: pa.Table, rows: Rows, ranks: Rows, rule: ResidenceRule) -> tuple[pa.Table, Tally]:
    """The columns that the rule makes of these rows, and the place of each row; and what was met.

    The rule is given no more columns than it looks at, a place for every person, and whether each crossing is an entry.
    """
    looked_at = [DATE, SEQUENCE, GIVEN]
    looked_at += [PORT] if rule.readings.double_scan_minutes else []
    looked_at += [CITIZENSHIP] if rule.own_citizens else []
    given = every.select([name for name in looked_at if name in every.column_names])
    given = given.append_column(DIRECTION, pc.equal(every.column(DIRECTION), "entry")).take(pa.array(rows))
    given = given.append_column(PERSON, pa.array(ranks[rows])).append_column(PLACE, pa.array(rows))
    tally = Tally()
    decided = classify_residence(given, rule, tally)
    return decided.select([PLACE, *made_columns(rule)]), tally


def _tally_before(
    crossings: Crossings,
    every: pa.Table,
    ranks: Rows,
    touched: NDArray[np.bool_],
    again: Rows,
    before: ResidenceRule,
) -> Tally:
    """What was met when the persons touched were decided before: told by what was made of them then, or decided once
    more where the rule had left out some of their crossings."""
    held, old = crossings.held.num_rows, crossings.held.num_rows + crossings.left_out.num_rows
    had_left_out = np.zeros(len(touched), bool)
    had_left_out[ranks[held:old]] = True
    _, tally = _decide(every, again[(again < old) & had_left_out[ranks[again]]], ranks, before)
    rows = np.flatnonzero((touched & ~had_left_out)[ranks[:held]])
    _add(tally, _count_made(crossings.held, rows, ranks), 1)
    return tally


def _count_made(held: pa.Table, rows: Rows, ranks: Rows) -> Tally:
    """What was met in rows of whole persons, by the columns that were made of them."""
    names = ("in_window", "is_migration")
    inside, migration = (held.column(name).take(pa.array(rows)).combine_chunks() for name in names)
    is_inside = np.asarray(inside.to_numpy(zero_copy_only=False), dtype=bool)
    is_one = np.asarray(pc.fill_null(migration, False).to_numpy(zero_copy_only=False), dtype=bool)
    is_open = np.asarray(migration.is_null().to_numpy(zero_copy_only=False), dtype=bool)
    entries = pc.equal(held.column(DIRECTION), "entry").combine_chunks().to_numpy(zero_copy_only=False)
    is_entry = np.asarray(entries, dtype=bool)[rows]
    is_same_person = ranks[rows][1:] == ranks[rows][:-1]
    return Tally(
        persons=int((~is_same_person).sum()) + bool(len(rows)),
        crossings=len(rows),
        after_last_day=int((~is_inside).sum()),
        gaps=int((is_same_person & (is_entry[1:] == is_entry[:-1]) & is_inside[1:]).sum()),
        immigrations=int((is_one & is_entry).sum()),
        emigrations=int((is_one & ~is_entry).sum()),
        undecided=int((is_inside & is_open).sum()),
    )


def _add(tally: Tally, counted: Tally, sign: int) -> None:
    for field in fields(Tally):
        setattr(tally, field.name, getattr(tally, field.name) + sign * getattr(counted, field.name))


def _joined(
    crossings: Crossings,
    every: pa.Table,
    ranks: Rows,
    touched: NDArray[np.bool_],
    again: Rows,
    decided: pa.Table,
    rule: ResidenceRule,
) -> Reclassified:
    """What was decided again, between the rows of persons who were not touched."""
    held = crossings.held.num_rows
    old = held + crossings.left_out.num_rows
    passed_on = np.flatnonzero(~touched[ranks[:held]])
    kept = decided.column(PLACE).to_numpy()
    is_left_out = np.zeros(every.num_rows, bool)
    is_left_out[again] = True
    is_left_out[kept] = False
    rows = np.concatenate([passed_on, kept])
    order = np.argsort(ranks[rows], kind="stable")
    residence = _take(every, rows[order])
    for name in made_columns(rule):
        made = _as_made(pc.take(crossings.held.column(name), pa.array(passed_on)), decided.column(name))
        residence = residence.append_column(name, made.take(pa.array(order)))
    out = np.concatenate([again[is_left_out[again]], held + np.flatnonzero(~touched[ranks[held:old]])])
    out = out[np.argsort(ranks[out], kind="stable")]
    return Reclassified(residence, _take(every, out), len(touched), int(touched.sum()), len(passed_on), 0)


def _take(every: pa.Table, rows: Rows) -> pa.Table:
    is_all = len(rows) == every.num_rows and bool((rows == np.arange(len(rows))).all())
    return every if is_all else every.take(pa.array(rows))


def _as_made(passed_on: pa.ChunkedArray, decided: pa.ChunkedArray) -> pa.Array:
    """One column of both; statuses with the codes of the rule, in which order a file may have written them."""
    if not pa.types.is_dictionary(decided.type):
        return pa.chunked_array([*passed_on.chunks, *decided.chunks], decided.type).combine_chunks()
    codes = [pc.index_in(column, STATUSES).combine_chunks() for column in (passed_on, decided)]
    indices = pa.concat_arrays(codes).cast(decided.type.index_type)
    return pa.DictionaryArray.from_arrays(indices, STATUSES)
