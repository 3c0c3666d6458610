"""A query and an index → the series that answer it, one after another, and nothing kept of them.

The rule of editions: where a query names no edition, asks for no history and no day, a row counts if no later edition
has a row for the same key and period. `as_of` leaves out editions that may not have been out on that day, and then
applies the same rule. Both are answered from the editions themselves.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from itertools import chain, compress, groupby, islice
from typing import Any, TypeVar

from guzar.define.structures import TEXT_TYPES, TIME
from guzar.share.sdmx.conditions import Test, sql_of, test_of
from guzar.share.sdmx.data_query import DataQuery
from guzar.share.sdmx.index_writer import EDITION, SEPARATOR
from guzar.share.sdmx.periods import days_of, last_day_of_edition
from guzar.share.sdmx.refusals import NOT_BUILT, QueryRefused
from guzar.share.sdmx.series import Observation, Series
from guzar.share.sdmx.serving_index import ServedFlow, ServingIndex
from guzar.share.sdmx.sorting import sort_series

FEW = 100_000  # observations that need not be counted before they are read
FIRST_BATCH, BATCH = 64, 512  # series read at once: few at first, so that an answer begins at once
MOST_FEW_KEYS, MOST_FEW_CODES = 4, 16  # of a query for few series; codes of one key
Stored = tuple[Any, ...]  # a row of the index: codes of the key, then what `ServedFlow.question` asks for
Keep = Callable[[Observation], bool]
Place = TypeVar("Place", int, str)


@dataclass(frozen=True)
class Found:
    """The series that fit the key and conditions of a query: their ids in order, or their rows where they are few; and at
    most how many observations."""

    ids: Sequence[int]
    observations: int
    rows: Sequence[Stored] | None = None


def find_series(index: ServingIndex, query: DataQuery) -> Found:
    """The series that may have observations for a query."""
    served = index.flows[query.flow.id]
    columns = served.columns
    where, values = sql_of(query.keys, [one for one in query.conditions if one.component in columns], columns)
    latest_only = shows_latest(query)
    if where == "1":  # all of them: nothing need be looked for
        return Found(range(served.series), served.latest if latest_only else served.observations)
    where += " AND s.latest > 0" if latest_only else ""
    connection = index.connection()
    if names_few(index, query):  # found and read at once
        few = connection.execute(f"{served.question}{where} ORDER BY s.id", values).fetchall()
        return Found((), len(few) * served.longest, few)
    table = f"series_{served.number} s"
    rows = connection.execute(f"SELECT id FROM {table} WHERE {where}", values).fetchall()  # noqa: S608 - no text asked
    ids = sorted(chain.from_iterable(rows))
    if len(ids) * served.longest <= FEW:
        return Found(ids, len(ids) * served.longest)
    counted = "latest" if latest_only else "observations"
    (count,) = connection.execute(f"SELECT sum({counted}) FROM {table} WHERE {where}", values).fetchone()  # noqa: S608
    return Found(ids, count)


def names_few(index: ServingIndex, query: DataQuery) -> bool:
    """Whether a query asks for few series: for each key it names codes of the two dimensions that have most of them."""
    if not 0 < len(query.keys) <= MOST_FEW_KEYS:
        return False
    telling = index.flows[query.flow.id].telling
    for key in query.keys:
        if not telling <= key.keys() or sum(map(len, key.values())) > MOST_FEW_CODES:
            return False
    return True


def names_editions(query: DataQuery) -> bool:
    """Whether a query says itself which editions it wants."""
    return any(EDITION in key for key in query.keys) or any(
        one.component == EDITION for one in query.conditions
    )


def has_editions(query: DataQuery) -> bool:
    """Whether the rows of the dataflow have editions."""
    return any(one.id == EDITION for one in query.flow.dimensions)


def shows_latest(query: DataQuery) -> bool:
    """Whether the rule of editions holds, as of today."""
    return not (query.include_history or query.as_of or names_editions(query))


def read_series(index: ServingIndex, query: DataQuery, found: Found) -> Iterator[Series]:
    """The series of a query in the order of their key, each with its observations in the order of their periods.

    `key` and `attributes` are those of the dataflow, whatever the query asks about their form. Refused (501): a day before
    the last change of a table that keeps no earlier editions.
    """
    served = index.flows[query.flow.id]
    if query.as_of is not None and not has_editions(query):
        _require_unchanged_since(served.released, query.as_of)
    series = _stored_series(index, served, found, shows_latest(query))
    if (
        query.as_of is not None
        and has_editions(query)
        and not names_editions(query)
        and not query.include_history
    ):
        series = _as_of(series, query)
    elif query.as_of is not None and has_editions(query):
        series = _known_by(series, query)
    keep = _keep(query, served)
    if keep is not None:
        series = (_kept(one, keep) for one in series)
    tests = _tests_of_series(query)
    if tests:
        series = (one for one in series if all(test(one.attributes[place]) for place, test in tests))
    series = (one for one in series if one.observations)
    if query.first is not None or query.last is not None:
        series = _first_and_last(series, query)
    if query.sort:
        series = sort_series(series, query, served.sets)
    if query.offset or query.limit is not None:
        series = _page(series, query)
    return series


def _require_unchanged_since(released: Sequence[str], day: datetime) -> None:
    """Refuse a day on which a table may have said something else that nobody has kept: what is served now is no answer."""
    changed = max(released, default="")
    if changed > _written(day):
        raise QueryRefused(
            NOT_BUILT,
            "This table keeps no earlier editions, and changed on {day}: what it said before is not known here. Leave out "
            "asOf, or ask for a later day.",
            day=changed[:10],
        )


def _written(moment: datetime) -> str:
    """A moment as the index writes it."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"


def _stored_series(
    index: ServingIndex, served: ServedFlow, found: Found, latest_only: bool
) -> Iterator[Series]:
    """Series as they are stored, a batch at a time."""
    if found.rows is not None:
        return _unpacked(found.rows, served, latest_only)
    batches = _batches(index, served, found.ids)
    return chain.from_iterable(_unpacked(rows, served, latest_only) for rows in batches)


def _batches(index: ServingIndex, served: ServedFlow, ids: Sequence[int]) -> Iterator[Sequence[Stored]]:
    """Rows of series by their ids."""
    head, done, size = f"{served.question}s.id ", 0, FIRST_BATCH
    while done < len(ids):
        wanted = ids[done : done + size]
        if wanted[-1] - wanted[0] == len(wanted) - 1:  # neighbours, as in most long answers
            rows = index.connection().execute(f"{head}BETWEEN ? AND ? ORDER BY s.id", (wanted[0], wanted[-1]))
        else:
            rows = index.connection().execute(
                f"{head}IN ({','.join('?' * len(wanted))}) ORDER BY s.id", wanted
            )
        yield rows.fetchall()
        done, size = done + size, BATCH


def _unpacked(rows: Sequence[Stored], served: ServedFlow, latest_only: bool) -> Iterator[Series]:
    width = len(served.columns)
    for row in rows:
        number, at, values, sets, latest = row[width:]
        observations: Iterator[Observation] = zip(
            _texts(at), values.split(SEPARATOR), _numbers(sets), strict=True
        )
        if latest_only and latest:
            observations = compress(observations, map(int, latest))
        yield Series(row[:width], served.series_sets[number], list(observations))


@lru_cache(maxsize=4096)  # most series of a table have the same periods
def _texts(packed: str) -> tuple[str, ...]:
    return tuple(packed.split(SEPARATOR))


@lru_cache(maxsize=4096)
def _numbers(packed: str) -> tuple[int, ...]:
    return tuple(map(int, packed.split(SEPARATOR)))


def _edition_place(query: DataQuery) -> int:
    return next(place for place, one in enumerate(query.flow.dimensions) if one.id == EDITION)


def _known_by(series: Iterator[Series], query: DataQuery) -> Iterator[Series]:
    """Series of editions that were surely out on the day asked about."""
    place, day = _edition_place(query), query.as_of
    assert day is not None
    return (one for one in series if last_day_of_edition(one.key[place]) <= day.date())


def _same_but_edition(place: int) -> Callable[[Series], tuple[str, ...]]:
    return lambda one: one.key[:place] + one.key[place + 1 :]


def _as_of(series: Iterator[Series], query: DataQuery) -> Iterator[Series]:
    """Of the editions out on the day, for each key and period the row of the latest one."""
    place = _edition_place(query)
    for _, group in groupby(_known_by(series, query), _same_but_edition(place)):
        held = list(group)
        newest: dict[str, tuple[object, str]] = {}
        for one in held:
            edition = one.key[place]
            out = (last_day_of_edition(edition), edition)
            newest |= {at: out for at, _, _ in one.observations if at not in newest or out > newest[at]}
        for one in held:
            rows = [row for row in one.observations if newest[row[0]][1] == one.key[place]]
            yield one._replace(observations=rows)


def _keep(query: DataQuery, served: ServedFlow) -> Keep | None:
    """A test of one observation by period, value, attributes and day of release; None where all are wanted."""
    tests: list[Keep] = []
    if query.start is not None or query.end is not None:
        tests.append(_within(query))
    places = {one.id: place for place, one in enumerate(query.flow.observation_attributes)}
    for condition in query.conditions:
        if condition.component == TIME:
            tests.append(_on(test_of(condition, "period"), 0))
        elif condition.component == query.flow.measure.id:
            tests.append(_on(test_of(condition, "number"), 1))
        elif condition.component in places:
            fits = test_of(condition, _kind_of(condition.component))
            place = places[condition.component]
            good = frozenset(number for number, one in enumerate(served.sets) if fits(one[place]))
            tests.append(lambda row, good=good: row[2] in good)  # type: ignore[misc]
    if query.updated_after is not None:
        after = _written(query.updated_after)
        newer = frozenset(number for number, when in enumerate(served.released) if when > after)
        tests.append(lambda row: row[2] in newer)
    if not tests:
        return None
    return tests[0] if len(tests) == 1 else lambda row: all(test(row) for test in tests)


def _on(test: Test, place: int) -> Keep:
    known: dict[str, bool] = {}  # periods and values repeat

    def holds(row: Observation) -> bool:
        text = str(row[place])
        if text not in known:
            if len(known) > 100_000:
                known.clear()
            known[text] = test(text)
        return known[text]

    return holds


def _within(query: DataQuery) -> Keep:
    """Whether a period lies within the days asked for."""
    known: dict[str, bool] = {}

    def holds(row: Observation) -> bool:
        at = row[0]
        if at not in known:
            first, last = days_of(at) if at else (None, None)
            after = query.start is None or (first is not None and first >= query.start)
            known[at] = after and (query.end is None or (last is not None and last <= query.end))
        return known[at]

    return holds


def _kept(one: Series, keep: Keep) -> Series:
    return one._replace(observations=[row for row in one.observations if keep(row)])


def _tests_of_series(query: DataQuery) -> list[tuple[int, Test]]:
    places = {one.id: place for place, one in enumerate(query.flow.series_attributes)}
    return [
        (places[one.component], test_of(one, _kind_of(one.component)))
        for one in query.conditions
        if one.component in places
    ]


def _kind_of(attribute: str) -> str:
    """As what the values of an attribute are compared: among texts, 2 would be more than 10."""
    return "number" if TEXT_TYPES.get(attribute) == "Integer" else "text"


def _first_and_last(series: Iterator[Series], query: DataQuery) -> Iterator[Series]:
    """The first and the last observations of each series; editions of one series count as one unless they are asked for."""
    joined = has_editions(query) and not (query.include_history or names_editions(query))
    if not joined:
        for one in series:
            wanted = _ends(range(len(one.observations)), query)
            yield one._replace(
                observations=[row for place, row in enumerate(one.observations) if place in wanted]
            )
        return
    for _, group in groupby(series, _same_but_edition(_edition_place(query))):
        held = list(group)
        periods = _ends(sorted({row[0] for one in held for row in one.observations}, key=_begins), query)
        for one in held:
            rows = [row for row in one.observations if row[0] in periods]
            if rows:
                yield one._replace(observations=rows)


def _begins(at: str) -> tuple[str, str]:
    return (days_of(at)[0].isoformat() if at else "", at)


def _ends(places: Sequence[Place], query: DataQuery) -> frozenset[Place]:
    head = places[: query.first] if query.first is not None else places[:0]
    tail = places[max(0, len(places) - query.last) :] if query.last is not None else places[:0]
    return frozenset(head) | frozenset(tail)


def _page(series: Iterator[Series], query: DataQuery) -> Iterator[Series]:
    """The observations (or, where only keys are asked for, the series) from `offset` on, at most `limit`."""
    if not query.has_observations:
        end = None if query.limit is None else query.offset + query.limit
        yield from islice(series, query.offset, end)
        return
    left_out, left = query.offset, query.limit
    for one in series:
        if left == 0:
            return
        number = len(one.observations)
        if left_out or (left is not None and left < number):
            one = one._replace(observations=one.observations[left_out:][:left])  # noqa: PLW2901 - the part of it
            left_out = max(0, left_out - number)
            number = len(one.observations)
        if left is not None:
            left -= number
        if number:
            yield one
