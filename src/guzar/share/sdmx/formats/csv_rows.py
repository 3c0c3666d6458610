"""Rows of SDMX-CSV: what versions 1.0 and 2.0 share (SDMX-CSV field guides; RFC 4180 for quotes).

Rows are the same whatever dimension was asked to be at the observation. A measure that was not asked for has no
column; where only keys of series were asked for, neither has the dimension at the observation. Any text may stand
in a cell: quotes are doubled, and a cell with a quote, comma or line break is quoted. Nothing said is an empty cell.
"""

import re
from collections.abc import Iterator, Sequence

from guzar.define.structures import Component
from guzar.share.sdmx.formats.columns import (
    MISSING,
    Layout,
    SuffixesBySeries,
    Texts,
    code_names,
    lay_out,
    name_of,
    write_chunks,
)
from guzar.share.sdmx.series import DataAnswer, Observation, Series

NEEDS_QUOTES = re.compile('[",\r\n]')
SERIES_KEY, OBSERVATION_KEY = "SERIES_KEY", "OBS_KEY"


def quote(text: str) -> str:
    """A cell."""
    if not NEEDS_QUOTES.search(text):
        return text
    doubled = text.replace('"', '""')
    return f'"{doubled}"'


def flow_cell(answer: DataAnswer) -> str:
    """The dataflow as AGENCY:ID(VERSION), with its name where labels are asked."""
    flow = answer.flow
    told = f"{flow.agency}:{flow.id}({flow.version})"
    name = name_of(flow.names, answer.languages, flow.id)
    return quote(f"{told}: {name}" if answer.labels == "both" else told)


def write_rows(
    answer: DataAnswer, heads: Sequence[str], cells: Sequence[str], keys: Sequence[str] = ()
) -> Iterator[bytes]:
    """A header and one row per observation. `heads` and `cells`: quoted, of the columns before the components."""
    return write_chunks(_texts(lay_out(answer), heads, cells, keys))


def _texts(layout: Layout, heads: Sequence[str], cells: Sequence[str], keys: Sequence[str]) -> Iterator[str]:
    answer = layout.answer
    measure = (answer.flow.measure,) if answer.has_values and answer.has_observations else ()
    columns = (*layout.dimensions, *measure, *layout.attributes)
    named = [_head(answer, one) for one in columns]
    yield ",".join([*heads, *keys, *named]) + "\n"
    lead = "".join(f"{one}," for one in cells)
    rows = _rows(layout, lead, keys)
    yield from rows


def _head(answer: DataAnswer, component: Component) -> str:
    if answer.labels == "id":
        return quote(component.id)
    name = name_of(answer.concepts.get(component.id, {}), answer.languages, component.id)
    return (
        quote(f"{component.id}: {name}")
        if answer.labels == "both"
        else f"{quote(component.id)},{quote(name)}"
    )


def _cells(answer: DataAnswer, component: Component) -> Texts:
    """The text of each code of a component, as labels are asked: alone, with its name, or a cell before its name's."""
    if answer.labels == "id":
        return Texts(quote)
    names = code_names(answer, component)

    def with_name(code: str) -> str:
        name = name_of(names[code], answer.languages, "") if code in names else ""
        if answer.labels == "name":
            return f"{quote(code)},{quote(name)}"
        return quote(f"{code}: {name}" if name else code)

    return Texts(with_name)


def _rows(layout: Layout, lead: str, keys: Sequence[str]) -> Iterator[str]:
    """One text per series: its rows."""
    answer, before = layout.answer, layout.before
    dimensions = [_cells(answer, one) for one in answer.key]
    at = _cells(answer, answer.at) if answer.at is not None else Texts(str)
    attributes = [_cells(answer, one) for one in layout.attributes]
    nothing = "," if answer.labels == "name" else ""
    missing, pad = MISSING, "," if answer.labels == "name" else ""

    def tell(values: Sequence[str | None]) -> str:
        told = [
            text[value] if value is not None else nothing
            for text, value in zip(attributes, values, strict=True)
        ]
        return pad * answer.has_values + "".join([f",{one}" for one in told]) + "\n"

    suffixes_by_series = SuffixesBySeries(tell, layout)
    for series in answer.series:
        key = [text[code] for text, code in zip(dimensions, series.key, strict=True)]
        if not answer.has_observations:
            told = _key_cells(series, None, keys, layout)
            own = [series.attributes[place] for place in layout.attribute_places]
            cells = "".join(
                [f",{_or(text, value, nothing)}" for text, value in zip(attributes, own, strict=True)]
            )
            yield f"{lead}{told}{','.join(key)}{cells}\n"
            continue
        suffixes = suffixes_by_series[series.attributes]
        prefix = lead + "".join([f"{one}," for one in key[:before]]) if answer.at else lead + ",".join(key)
        middle = "".join([f",{one}" for one in key[before:]])
        if keys:
            length = len(lead)
            prefixes = [
                lead + _key_cells(series, one, keys, layout) + prefix[length:] for one in series.observations
            ]
            value = [
                f",{number or missing}" if answer.has_values else "" for _, number, _ in series.observations
            ]
            yield "".join(
                [
                    f"{start}{at[period]}{middle}{number}{suffixes[attributes]}"
                    for start, number, (period, _, attributes) in zip(
                        prefixes, value, series.observations, strict=True
                    )
                ]
            )
        elif answer.has_values:
            yield "".join(
                [
                    f"{prefix}{at[period]}{middle},{value or missing}{suffixes[number]}"
                    for period, value, number in series.observations
                ]
            )
        else:
            yield "".join(
                [
                    f"{prefix}{at[period]}{middle}{suffixes[number]}"
                    for period, _, number in series.observations
                ]
            )


def _or(text: Texts, value: str | None, nothing: str) -> str:
    return nothing if value is None else text[value]


def _key_cells(series: Series, one: Observation | None, keys: Sequence[str], layout: Layout) -> str:
    """The columns SERIES_KEY and OBS_KEY: codes joined by dots."""
    if not keys:
        return ""
    whole = list(series.key)
    if one is not None and layout.answer.at is not None:
        whole.insert(layout.before, one[0])
    told = {SERIES_KEY: ".".join(series.key), OBSERVATION_KEY: ".".join(whole)}
    return "".join([f"{quote(told[column])}," for column in keys])
