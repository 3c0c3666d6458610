"""The path and the parameters of a request for data → a DataQuery.

Both versions of the interface end in the same query. v1 is SDMX REST 1.5 (SDMX 2.1): keys with empty positions and `+`,
periods as startPeriod and endPeriod, `detail`. v2 is SDMX REST 2.x (SDMX 3.0): keys with `*`, filters `c[REF_AREA]=KAZ`,
`attributes` and `measures`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import unquote

from guzar.define.structures import TIME
from guzar.share.sdmx.conditions import OPERATORS, read_period
from guzar.share.sdmx.data_query import Condition, DataQuery
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.made_organisations import sources_of
from guzar.share.sdmx.refusals import BAD_REQUEST, NOT_BUILT, NOT_PROCESSABLE, QueryRefused
from guzar.share.sdmx.series import ALL_DIMENSIONS
from guzar.share.sdmx.sorting import read_sort

Parameters = Mapping[str, str]
MOST_CODES = 10_000  # in one query
FILTER = re.compile(r"c\[([^\]]*)\]")
TERM = re.compile(rf"({'|'.join(OPERATORS)}):(.*)", re.DOTALL)
V1_PARAMETERS = frozenset(
    {
        "startPeriod",
        "endPeriod",
        "updatedAfter",
        "firstNObservations",
        "lastNObservations",
        "dimensionAtObservation",
        "detail",
        "includeHistory",
        "asOf",
        "format",
        "labels",
    }
)
V2_PARAMETERS = frozenset(
    {
        "updatedAfter",
        "firstNObservations",
        "lastNObservations",
        "dimensionAtObservation",
        "attributes",
        "measures",
        "includeHistory",
        "asOf",
        "offset",
        "limit",
        "sort",
        "reportingYearStartDay",
        "format",
        "labels",
    }
)
CALENDAR_YEAR = "--01-01"
START_DAY = re.compile(r"--(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
SHARED = V1_PARAMETERS & V2_PARAMETERS - {"format", "labels"}
DETAILS = ("full", "dataonly", "serieskeysonly", "nodata")


def read_parameters(query_string: str) -> dict[str, str]:
    """The parameters of a request; a `+` stays a plus, as the interface means it. Refused where one comes twice."""
    found: dict[str, str] = {}
    for part in filter(None, query_string.split("&")):
        name, _, value = part.partition("=")
        name, value = unquote(name), unquote(value)
        if name in found:
            raise QueryRefused(BAD_REQUEST, "The parameter {name} stands in the query twice.", name=name)
        found[name] = value
    return found


def read_v1_data(flow: Dataflow, key: str, provider: str, given: Parameters) -> DataQuery:
    """The query of `/data/FLOW/KEY/PROVIDER` in SDMX REST 1.x."""
    _require_known(given, V1_PARAMETERS)
    conditions: list[Condition] = []
    if provider not in ("", "all"):
        conditions.append(_of_provider(flow, provider))
    detail = given.get("detail", "full")
    if detail not in DETAILS:
        raise _refuse_value("detail", detail, ", ".join(DETAILS))
    query = DataQuery(
        flow,
        keys=_v1_keys(flow, key),
        conditions=tuple(conditions),
        start=read_period(given["startPeriod"])[0] if "startPeriod" in given else None,
        end=read_period(given["endPeriod"])[1] if "endPeriod" in given else None,
        attributes=frozenset() if detail in ("dataonly", "serieskeysonly") else None,
        has_observations=detail not in ("serieskeysonly", "nodata"),
    )
    return _with_shared(query, given)


def read_v2_data(flow: Dataflow, keys: str, given: Parameters, providers: Sequence[str] = ()) -> DataQuery:
    """The query of `/data/CONTEXT/AGENCY/ID/VERSION/KEY` in SDMX REST 2.x."""
    if not given and not providers:  # as most are
        return DataQuery(flow, keys=_v2_keys(flow, keys))
    filters = {found[1]: value for name, value in given.items() if (found := FILTER.fullmatch(name))}
    _require_known({name: "" for name in given if not FILTER.fullmatch(name)}, V2_PARAMETERS)
    _require_calendar_years(given)
    conditions = [read_condition(flow, component, text) for component, text in filters.items()]
    conditions += [_of_provider(flow, one) for one in providers]
    attributes = _attributes(flow, given.get("attributes", "dsd"))
    measures = _measures(flow, given.get("measures", "all"))
    query = DataQuery(
        flow,
        keys=_v2_keys(flow, keys),
        conditions=tuple(conditions),
        attributes=attributes,
        measures=measures,
        has_observations=not (attributes == frozenset() and measures == frozenset()),
        offset=_whole(given, "offset", 0) or 0,
        limit=_whole(given, "limit", 0),
        sort=read_sort(flow, given["sort"]) if "sort" in given else (),
    )
    return _with_shared(query, given)


def _require_calendar_years(given: Parameters) -> None:
    """Refuse reporting years that begin on another day than those of guzar, which are calendar years."""
    day = given.get("reportingYearStartDay", CALENDAR_YEAR)
    if day == CALENDAR_YEAR:
        return
    if not START_DAY.fullmatch(day):
        raise _refuse_value("reportingYearStartDay", day, CALENDAR_YEAR)
    raise QueryRefused(
        NOT_BUILT, "Years begin on 1 January here; reportingYearStartDay={day} is not built.", day=day
    )


def _with_shared(query: DataQuery, given: Parameters) -> DataQuery:
    """The query with the parameters that both versions of the interface have."""
    if not SHARED.intersection(given):
        return query
    after, as_of = _moment(given, "updatedAfter"), _moment(given, "asOf")
    if after is not None and as_of is not None and after > as_of:
        raise QueryRefused(BAD_REQUEST, "updatedAfter is later than asOf: nothing can answer that.")
    return replace(
        query,
        updated_after=after,
        as_of=as_of,
        include_history=_yes_or_no(given, "includeHistory"),
        first=_whole(given, "firstNObservations", 1),
        last=_whole(given, "lastNObservations", 1),
        at=_at(query.flow, given.get("dimensionAtObservation", TIME)),
    )


def _require_known(given: Parameters, known: frozenset[str]) -> None:
    for name in given:
        if name not in known:
            raise QueryRefused(
                BAD_REQUEST,
                _hint_of_other_version(name) or "There is no parameter {name} here. There are: {known}.",
                name=name,
                known=", ".join(sorted(known)),
            )


def _hint_of_other_version(name: str) -> str:
    """What to say where a parameter belongs to the other version of the interface."""
    if name in ("startPeriod", "endPeriod"):
        return "{name} belongs to /sdmx/v1. In /sdmx/v2 periods are a filter: c[TIME_PERIOD]=ge:2015+le:2020"
    if FILTER.fullmatch(name):
        return "{name} belongs to /sdmx/v2. In /sdmx/v1 codes stand in the key, periods in startPeriod and endPeriod."
    return ""


def _refuse_value(name: str, value: str, expected: str) -> QueryRefused:
    return QueryRefused(
        BAD_REQUEST,
        "The parameter {name} is {value}; expected: {expected}.",
        name=name,
        value=value,
        expected=expected,
    )


def _v1_keys(flow: Dataflow, key: str) -> tuple[Mapping[str, frozenset[str]], ...]:
    if key in ("", "all"):
        return ()
    parts = key.split(".")
    _require_length(flow, parts)
    found = {}
    for dimension, codes in zip(flow.dimensions, parts, strict=False):
        wanted = frozenset(code for code in codes.split("+") if code)
        if wanted and "*" not in wanted:
            found[dimension.id] = wanted
    _require_few(found.values())
    return (found,) if found else ()


def _v2_keys(flow: Dataflow, text: str) -> tuple[Mapping[str, frozenset[str]], ...]:
    """Several keys with commas; one of them without any code asks for all series."""
    keys = []
    for key in text.split(",") if text else []:
        parts = key.split(".")
        _require_length(flow, parts)
        pairs = zip(flow.dimensions, parts, strict=False)
        keys.append({one.id: frozenset({code}) for one, code in pairs if code not in ("", "*")})
    if len(keys) > MOST_CODES // 10:
        raise QueryRefused(BAD_REQUEST, "The query has more than {most} keys.", most=MOST_CODES // 10)
    return tuple(keys) if keys and all(keys) else ()


def _require_length(flow: Dataflow, parts: Sequence[str]) -> None:
    if len(parts) > len(flow.dimensions):
        raise QueryRefused(
            BAD_REQUEST,
            "The key has {found} parts; {flow} has {count} dimensions: {dimensions}.",
            found=len(parts),
            flow=flow.id,
            count=len(flow.dimensions),
            dimensions=".".join(one.id for one in flow.dimensions),
        )


def _require_few(codes: Iterable[frozenset[str]]) -> None:
    if sum(len(one) for one in codes) > MOST_CODES:
        raise QueryRefused(BAD_REQUEST, "The query names more than {most} codes.", most=MOST_CODES)


def read_condition(flow: Dataflow, component: str, text: str) -> Condition:
    """One filter: `,` is OR, `+` is AND, an operator stands before its value with a colon."""
    known = [one.id for one in flow.components]
    if component not in known:
        raise QueryRefused(
            BAD_REQUEST,
            "{flow} has no component {component}. It has: {known}.",
            flow=flow.id,
            component=component,
            known=", ".join(known),
        )
    alternatives = tuple(tuple(_term(term) for term in one.split("+")) for one in text.split(","))
    if any(not value for terms in alternatives for _, value in terms):
        raise _refuse_value(f"c[{component}]", text, "eq:A,B+ne:C")
    if sum(len(terms) for terms in alternatives) > MOST_CODES:
        raise QueryRefused(BAD_REQUEST, "The query names more than {most} codes.", most=MOST_CODES)
    return Condition(component, alternatives)


def _term(text: str) -> tuple[str, str]:
    found = TERM.fullmatch(text)
    return (found[1], found[2]) if found else ("eq", text)


def _of_provider(flow: Dataflow, provider: str) -> Condition:
    """What publishers provide: rows with their sources. Several are joined by `+`, each as ID or AGENCY,ID.

    A publisher is named as in the list of providers, or by a source.
    """
    if all(one.id != "SOURCE" for one in flow.dimensions):
        raise QueryRefused(
            NOT_PROCESSABLE, "{flow} has one provider only; leave the provider out.", flow=flow.id
        )
    of_each = [sources_of(one.rpartition(",")[2]) for one in provider.split("+")]
    return Condition("SOURCE", tuple((("eq", one),) for listed in of_each for one in listed))


def _attributes(flow: Dataflow, text: str) -> frozenset[str] | None:
    """Ids of the attributes wanted, None for all."""
    wanted: set[str] = set()
    own = {
        "series": flow.series_attributes,
        "obs": flow.observation_attributes,
        "msd": (),
        "dataset": (),
        "none": (),
    }
    known = {one.id for one in (*flow.series_attributes, *flow.observation_attributes)}
    for word in text.split(","):
        if word in ("all", "dsd"):
            return None
        if word in own:
            wanted |= {one.id for one in own[word]}
        elif word in known:
            wanted.add(word)
        else:
            raise _refuse_value(
                "attributes", word, ", ".join(("all, dsd, series, obs, none", *sorted(known)))
            )
    return frozenset(wanted)


def _measures(flow: Dataflow, text: str) -> frozenset[str] | None:
    if text == "all":
        return None
    words = frozenset(text.split(","))
    if words == {"none"}:
        return frozenset()
    if words != {flow.measure.id}:
        raise _refuse_value("measures", text, f"all, none, {flow.measure.id}")
    return words


def _at(flow: Dataflow, text: str) -> str:
    """The dimension at the observation, by its id."""
    known = [TIME, ALL_DIMENSIONS, *(one.id for one in flow.dimensions)]
    if text not in known:
        raise _refuse_value("dimensionAtObservation", text, ", ".join(known))
    return text


def _whole(given: Parameters, name: str, least: int) -> int | None:
    if name not in given:
        return None
    text = given[name]
    if not re.fullmatch(r"[0-9]{1,9}", text) or int(text) < least:
        raise _refuse_value(name, text, f"{least}, {least + 1}, {least + 2}, …")
    return int(text)


def _yes_or_no(given: Parameters, name: str) -> bool:
    text = given.get(name, "false").lower()  # sdmx1 writes True
    if text not in ("true", "false"):
        raise _refuse_value(name, given[name], "true, false")
    return text == "true"


def _moment(given: Parameters, name: str) -> datetime | None:
    """A day or a moment; a day is its end for asOf, its beginning for updatedAfter. Without an offset: UTC."""
    if name not in given:
        return None
    text = given[name].replace(" ", "+")  # a plus that came as a space
    try:
        moment = datetime.fromisoformat(text)
        moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC)
    except (ValueError, OverflowError):
        raise _refuse_value(name, given[name], "2024-05-01, 2024-05-01T12:00:00Z") from None
