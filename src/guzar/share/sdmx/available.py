"""A query and an index → which codes, periods, series and observations answer it, without writing them out."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from guzar.define.structures import TIME
from guzar.share.sdmx.conditions import sql_of
from guzar.share.sdmx.data_query import DataQuery
from guzar.share.sdmx.periods import days_of
from guzar.share.sdmx.rows import find_series, read_series, shows_latest
from guzar.share.sdmx.serving_index import ServingIndex


@dataclass(frozen=True)
class Available:
    """What answers a query: codes by dimension, the first and the last period, numbers of series and observations."""

    codes: dict[str, tuple[str, ...]]
    first: str | None
    last: str | None
    series: int
    observations: int


def find_available(index: ServingIndex, query: DataQuery, *, of_other_choices: bool = False) -> Available:
    """What answers a query; with `of_other_choices`, per dimension the codes that lead somewhere beside those asked for.

    The two are the modes `exact` and `available` of SDMX REST 2.x (doc/availability.md): in the second, each dimension is
    looked at as if nothing had been chosen in it.
    """
    exact = _by_series(index, query) if _needs_no_rows(query) else _by_rows(index, query)
    if not of_other_choices:
        return exact
    chosen = {one for key in query.keys for one in key} | {one.component for one in query.conditions}
    codes = dict(exact.codes)
    for dimension in query.flow.dimensions:
        if dimension.id in chosen:
            freed = _without(query, dimension.id)
            found = _by_series(index, freed) if _needs_no_rows(freed) else _by_rows(index, freed)
            codes[dimension.id] = found.codes[dimension.id]
    return replace(exact, codes=codes)


def _without(query: DataQuery, dimension: str) -> DataQuery:
    """The query as if nothing had been chosen in one dimension."""
    keys = tuple({one: codes for one, codes in key.items() if one != dimension} for key in query.keys)
    others = tuple(one for one in query.conditions if one.component != dimension)
    return replace(query, keys=keys if all(keys) else (), conditions=others)


def _needs_no_rows(query: DataQuery) -> bool:
    """Whether the series alone tell: nothing is asked about periods, values, attributes or days."""
    dimensions = {one.id for one in query.flow.dimensions}
    asked = (query.start, query.end, query.updated_after, query.as_of, query.first, query.last)
    return all(one is None for one in asked) and all(one.component in dimensions for one in query.conditions)


def _by_series(index: ServingIndex, query: DataQuery) -> Available:
    columns = {one.id: f"d{place}" for place, one in enumerate(query.flow.dimensions)}
    where, values = sql_of(query.keys, query.conditions, columns)
    latest = shows_latest(query)
    table = f"series_{index.flows[query.flow.id].number}"
    of = f"FROM {table} WHERE {where}" + (" AND latest > 0" if latest else "")
    ask = index.connection().execute
    codes = {}
    for one, column in columns.items():
        rows = ask(f"SELECT DISTINCT {column} {of} ORDER BY 1", values)
        codes[one] = tuple(code for (code,) in rows)
    counted = "latest" if latest else "observations"
    series, observations = ask(f"SELECT count(*), coalesce(sum({counted}), 0) {of}", values).fetchone()
    first, last = ("latest_first", "latest_last") if latest else ("first", "last")
    begins = [at for (at,) in ask(f"SELECT DISTINCT {first} {of}", values)]
    ends = [at for (at,) in ask(f"SELECT DISTINCT {last} {of}", values)]
    return Available(codes, *_bounds(query, begins, ends), series, observations)


def _by_rows(index: ServingIndex, query: DataQuery) -> Available:
    codes: list[set[str]] = [set() for _ in query.flow.dimensions]
    periods: set[str] = set()
    series = observations = 0
    for one in read_series(index, query, find_series(index, query)):
        for held, code in zip(codes, one.key, strict=True):
            held.add(code)
        periods.update(row[0] for row in one.observations)
        series += 1
        observations += len(one.observations)
    named = {one.id: tuple(sorted(held)) for one, held in zip(query.flow.dimensions, codes, strict=True)}
    return Available(named, *_bounds(query, list(periods), list(periods)), series, observations)


def _bounds(query: DataQuery, begins: Sequence[str], ends: Sequence[str]) -> tuple[str | None, str | None]:
    """The first and the last period, by their days; None where there is no time or nothing."""
    if query.flow.time is None or query.flow.time.id != TIME or not begins:
        return None, None
    return min(begins, key=lambda at: days_of(at)[0]), max(ends, key=lambda at: days_of(at)[1])
