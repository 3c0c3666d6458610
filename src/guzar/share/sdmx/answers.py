"""A query, what was found and how it is to be told → a DataAnswer, ready for a writer of any format."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby

from guzar.define.structures import TIME, Component
from guzar.share.sdmx.data_query import DataQuery
from guzar.share.sdmx.dataflows import Dataflow, Names
from guzar.share.sdmx.refusals import TOO_LARGE, QueryRefused
from guzar.share.sdmx.rows import find_series, read_series
from guzar.share.sdmx.series import ALL_DIMENSIONS, DataAnswer, Observation, Series
from guzar.share.sdmx.serving_index import Attributes, ServingIndex

MOST_FORMS = 32  # held of one index
MOST_REGROUPED = 200_000  # observations that are sorted anew for another dimension at the observation


@dataclass(frozen=True)
class Words:
    """Names of codes and components, and the languages of the reader, the best first."""

    codelists: Mapping[str, Mapping[str, Names]]
    concepts: Mapping[str, Names]
    languages: tuple[str, ...] = ("en",)


def make_answer(
    index: ServingIndex,
    query: DataQuery,
    words: Words,
    *,
    most: int,
    prepared: str,
    labels: str = "id",
    keys: tuple[str, ...] = (),
) -> DataAnswer | None:
    """The answer to a query, None where nothing fits; refused (413) where it has more than `most` observations."""
    found = find_series(index, query)
    if (
        found.observations > most
        and (query.limit is None or query.limit > most)
        and _count(read_series(index, query, found), most) > most
    ):
        raise QueryRefused(
            TOO_LARGE,
            "More than {most} observations answer this query. Ask for fewer: name areas, periods or one indicator, or "
            "take the whole table as a file.",
            most=most,
        )
    series = _unless_empty(read_series(index, query, found))
    if series is None:
        return None
    form = _form(index, query, words, prepared, labels, keys)
    places = _wanted(query.flow.series_attributes, query.attributes)
    if len(places) < len(query.flow.series_attributes):
        series = (one._replace(attributes=_of(one.attributes, places)) for one in series)
    answer = form.with_series(series)
    return answer if form.flat or query.at == TIME else _regrouped(answer, query.flow, query.at)


def _count(series: Iterable[Series], most: int) -> int:
    """How many observations there are; it stops once they are too many."""
    counted = 0
    for one in series:
        counted += len(one.observations)
        if counted > most:
            break
    return counted


def _unless_empty(series: Iterator[Series]) -> Iterator[Series] | None:
    first = next(series, None)
    return None if first is None else chain((first,), series)


def _form(
    index: ServingIndex, query: DataQuery, words: Words, prepared: str, labels: str, keys: tuple[str, ...]
) -> DataAnswer:
    """An answer without rows yet; answers of one form share it, and with it what writers keep."""
    flat = query.at == ALL_DIMENSIONS or (query.flow.time is None and query.at == TIME)
    asked = (query.flow.id, query.attributes, query.measures, query.has_observations, flat)
    told = (*asked, words.languages, prepared, labels, keys)
    form = index.forms.get(told)
    if form is None:
        if len(index.forms) >= MOST_FORMS:
            index.forms.clear()
        form = index.forms[told] = _new_form(index, query, words, prepared, labels, keys, flat=flat)
    return form


def _new_form(
    index: ServingIndex,
    query: DataQuery,
    words: Words,
    prepared: str,
    labels: str,
    keys: tuple[str, ...],
    *,
    flat: bool,
) -> DataAnswer:
    """Series by key with periods at the observation, or flat, with the attributes that were asked for."""
    flow, sets = query.flow, index.flows[query.flow.id].sets
    shared = _wanted(flow.series_attributes, query.attributes)
    own = _wanted(flow.observation_attributes, query.attributes)
    return DataAnswer(
        flow=flow,
        series=(),
        key=flow.dimensions,
        at=flow.time,
        flat=flat,
        series_attributes=tuple(flow.series_attributes[place] for place in shared),
        observation_attributes=tuple(flow.observation_attributes[place] for place in own),
        attribute_sets=sets
        if len(own) == len(flow.observation_attributes)
        else [_of(one, own) for one in sets],
        has_values=query.measures is None or flow.measure.id in query.measures,
        has_observations=query.has_observations,
        codelists=words.codelists,
        concepts=words.concepts,
        languages=words.languages,
        prepared=prepared,
        labels=labels,
        keys=keys,
    )


def _wanted(components: Sequence[Component], ids: frozenset[str] | None) -> list[int]:
    return [place for place, one in enumerate(components) if ids is None or one.id in ids]


def _of(values: Attributes, places: Sequence[int]) -> Attributes:
    return tuple(values[place] for place in places)


def _regrouped(answer: DataAnswer, flow: Dataflow, at: str) -> DataAnswer:
    """Sections: the dimension `at` at the observation, all others (with time) in the key of the series."""
    place = next(number for number, one in enumerate(answer.key) if one.id == at)
    others = [one for one in answer.key if one.id != at]
    rows, sets = _flat_rows(answer, place)
    rows.sort(key=lambda row: (row[0], row[1][0]))
    series = (
        Series(key, (), [row for _, row in group]) for key, group in groupby(rows, key=lambda row: row[0])
    )
    return replace(
        answer,
        series=series,
        key=(*others, *([flow.time] if flow.time else [])),
        at=answer.key[place],
        series_attributes=(),
        observation_attributes=(*answer.series_attributes, *answer.observation_attributes),
        attribute_sets=sets,
        kept={},
    )


def _flat_rows(
    answer: DataAnswer, place: int
) -> tuple[list[tuple[tuple[str, ...], Observation]], list[Attributes]]:
    """Each observation with the key of its section; attributes of series and observation in one set."""
    sets: dict[Attributes, int] = {}
    rows: list[tuple[tuple[str, ...], Observation]] = []
    has_time = answer.at is not None
    for one in answer.series:
        rest = one.key[:place] + one.key[place + 1 :]
        for at, value, number in one.observations:
            both = one.attributes + tuple(answer.attribute_sets[number])
            key = (*rest, at) if has_time else rest
            rows.append((key, (one.key[place], value, sets.setdefault(both, len(sets)))))
        if len(rows) > MOST_REGROUPED:
            raise QueryRefused(
                TOO_LARGE,
                "More than {most} observations answer this query: too many to be put together by a dimension other than "
                "time. Ask for fewer, or leave out dimensionAtObservation.",
                most=MOST_REGROUPED,
            )
    return rows, list(sets)
