"""`sort` of SDMX REST 2: the rows of an answer in the order that a reader asks for.

A term is a component, `series_key` (the dimensions of the key of a series) or `*` (all dimensions), with `:asc` or `:desc` behind
it; terms are joined by `+`, the first weighs most (SDMX REST 2.x, doc/data.md). Periods are put in order by their days,
values as numbers, all else as text; what has no value stands first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from guzar.define.structures import TIME
from guzar.share.sdmx.data_query import DataQuery, Term
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.periods import days_of
from guzar.share.sdmx.refusals import BAD_REQUEST, NOT_BUILT, TOO_LARGE, QueryRefused
from guzar.share.sdmx.series import ALL_DIMENSIONS, Observation, Series
from guzar.share.sdmx.serving_index import Attributes

MOST_SORTED = 200_000  # observations, all in memory at once
NO_DAYS = ((), ())
KeyOf = Callable[[Series], Any]


def read_sort(flow: Dataflow, text: str) -> tuple[Term, ...]:
    """The terms of `sort`, as component and whether it goes down; refused (400) where one is no component of the dataflow."""
    dimensions = [one.id for one in flow.dimensions]
    words = {"series_key": dimensions, "*": [*dimensions, *([TIME] if flow.time else [])]}
    known = [one.id for one in flow.components]
    terms: dict[str, bool] = {}  # a component that comes again changes nothing any more
    for part in text.split("+"):
        name, _, way = part.partition(":")
        if way not in ("", "asc", "desc") or (name not in words and name not in known):
            raise QueryRefused(
                BAD_REQUEST,
                "The parameter {name} is {value}; expected: {expected}.",
                name="sort",
                value=text,
                expected=", ".join(["series_key", "*", *known]) + " (:asc, :desc)",
            )
        for one in words.get(name, [name]):
            terms.setdefault(one, way == "desc")
    return tuple(terms.items())


def sort_series(series: Iterable[Series], query: DataQuery, sets: Sequence[Attributes]) -> Iterator[Series]:
    """The same rows in the order asked for: of a flat answer observation by observation, else series by series.

    Refused: terms about observations where these stand within their series (400), another dimension than time at the
    observation (501), more rows than can be held (413).
    """
    if query.at == ALL_DIMENSIONS:
        return _sort_rows(series, query, sets)
    if query.at != TIME:
        raise QueryRefused(
            NOT_BUILT, "The parameter {name} is not built.", name="sort & dimensionAtObservation"
        )
    dimensions = [one.id for one in query.flow.dimensions]
    of_series = [term for term in query.sort if term[0] in dimensions]
    if [*of_series, *(term for term in query.sort if term[0] == TIME)] != list(query.sort):
        raise QueryRefused(
            BAD_REQUEST,
            "Observations stand within their series here: sort by dimensions, then by TIME_PERIOD, or ask for "
            "dimensionAtObservation=AllDimensions.",
        )
    return _sort_whole(series, query, of_series)


def _sort_whole(series: Iterable[Series], query: DataQuery, terms: list[Term]) -> Iterator[Series]:
    """Whole series by their keys, and the observations of each by their periods."""
    held = list(_counted(series))
    place = {one.id: number for number, one in enumerate(query.flow.dimensions)}
    for name, goes_down in reversed(terms):
        held.sort(key=_of_key(place[name]), reverse=goes_down)
    down = next((goes_down for name, goes_down in query.sort if name == TIME), None)
    if down is None:
        return iter(held)
    return (one._replace(observations=sorted(one.observations, key=_days, reverse=down)) for one in held)


def _sort_rows(series: Iterable[Series], query: DataQuery, sets: Sequence[Attributes]) -> Iterator[Series]:
    """Every observation as a series of its own."""
    held = [one._replace(observations=[row]) for one in _counted(series) for row in one.observations]
    keys = _keys(query.flow, sets)
    for name, goes_down in reversed(query.sort):
        held.sort(key=keys[name], reverse=goes_down)
    return iter(held)


def _counted(series: Iterable[Series]) -> Iterator[Series]:
    number = 0
    for one in series:
        number += max(1, len(one.observations))
        if number > MOST_SORTED:
            raise QueryRefused(
                TOO_LARGE,
                "More than {most} observations answer this query: too many to be sorted. Ask for fewer, or leave out sort.",
                most=MOST_SORTED,
            )
        yield one


def _keys(flow: Dataflow, sets: Sequence[Attributes]) -> dict[str, KeyOf]:
    """By what a series of one observation is put in order, for each component."""
    made = {one.id: _of_key(place) for place, one in enumerate(flow.dimensions)}
    made |= {one.id: _of_series(place) for place, one in enumerate(flow.series_attributes)}
    made |= {one.id: _of_set(place, sets) for place, one in enumerate(flow.observation_attributes)}
    made[TIME] = lambda row: _days(row.observations[0])
    made[flow.measure.id] = lambda row: _number(row.observations[0][1])
    return made


def _of_key(place: int) -> KeyOf:
    return lambda row: row.key[place]


def _of_series(place: int) -> KeyOf:
    return lambda row: row.attributes[place] or ""


def _of_set(place: int, sets: Sequence[Attributes]) -> KeyOf:
    return lambda row: sets[row.observations[0][2]][place] or ""


def _days(observation: Observation) -> Any:
    return days_of(observation[0]) if observation[0] else NO_DAYS


def _number(text: str) -> float:
    return float(text) if text else float("-inf")
