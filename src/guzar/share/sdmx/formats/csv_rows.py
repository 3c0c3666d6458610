"""Rows of SDMX-CSV: what versions 1.0 and 2.0 share (SDMX-CSV field guides; RFC 4180 for quotes).

Rows are the same whatever dimension was asked to be at the observation. A measure that was not asked for has no
column; where only keys of series were asked for, neither has the dimension at the observation. Any text may stand
in a cell: quotes are doubled, and a cell with a quote, comma or line break is quoted. Nothing said is an empty cell.
"""

import re
from collections.abc import Callable, Iterator, Sequence

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
    told = ",".join([*heads, *keys])
    yield answer.once(f"csv heads {told}", lambda: ",".join([*heads, *keys, *_heads(layout)]) + "\n")
    lead = "".join([f"{one}," for one in cells])
    if not answer.has_observations:
        yield from _keys_of_series(layout, lead, keys)
        return
    for series, rows in _rows(layout):
        if keys:
            leads = [lead + _key_cells(series, one, keys, layout) for one in series.observations]
            yield "".join([start + row for start, row in zip(leads, rows, strict=True)])
        elif rows:
            yield lead + lead.join(rows)


def _heads(layout: Layout) -> list[str]:
    answer = layout.answer
    measure = (answer.flow.measure,) if answer.has_values and answer.has_observations else ()
    return [_head(answer, one) for one in (*layout.dimensions, *measure, *layout.attributes)]


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


def _suffix_maker(layout: Layout) -> Callable[[Sequence[str | None]], str]:
    """What makes the rest of a row after the value: the cells of its attributes, each with a comma before it."""
    texts = [_cells(layout.answer, one) for one in layout.attributes]
    nothing = "," if layout.answer.labels == "name" else ""

    def tell(values: Sequence[str | None]) -> str:
        told = [
            text[value] if value is not None else nothing for text, value in zip(texts, values, strict=True)
        ]
        return "".join([f",{one}" for one in told]) + "\n"

    return tell


def _suffixes(layout: Layout, closed: str) -> SuffixesBySeries:
    tell = _suffix_maker(layout)
    return SuffixesBySeries(lambda values: closed + tell(values), layout)


def _key_texts(layout: Layout) -> tuple[list[Texts], Texts]:
    """Texts of the codes of each dimension of the key, and of the dimension at the observation."""
    answer = layout.answer
    at = Texts(str) if answer.at is None else _cells(answer, answer.at)
    return [_cells(answer, one) for one in answer.key], at


def _keys_of_series(layout: Layout, lead: str, keys: Sequence[str]) -> Iterator[str]:
    dimensions, _ = _key_texts(layout)
    tell = _suffix_maker(layout)
    for series in layout.answer.series:
        key = [text[code] for text, code in zip(dimensions, series.key, strict=True)]
        own = tell([series.attributes[place] for place in layout.attribute_places])
        yield f"{lead}{_key_cells(series, None, keys, layout)}{','.join(key)}{own}"


def _rows(layout: Layout) -> Iterator[tuple[Series, list[str]]]:
    """Each series with its rows, without the cells that come before the components."""
    answer, before = layout.answer, layout.before
    width = len(answer.key)
    dimensions, at = answer.once("csv keys", lambda: _key_texts(layout))
    has_values, missing = answer.has_values, MISSING
    # With labels=name the value, too, has a cell beside it; it stays empty, for a value has no name.
    opened, closed = ("," if has_values else ""), ("," if has_values and answer.labels == "name" else "")
    suffixes_by_series = answer.once("csv suffixes", lambda: _suffixes(layout, closed))
    separator = "," if answer.at is not None and before else ""
    for series in answer.series:
        key = [text[code] for text, code in zip(dimensions, series.key, strict=True)]
        prefix = ",".join(key[:before]) + separator
        middle = ",".join(["", *key[before:]]) + opened if before < width else opened
        suffixes = suffixes_by_series[series.attributes]
        if has_values:
            rows = [
                f"{prefix}{at[p]}{middle}{value or missing}{suffixes[n]}"
                for p, value, n in series.observations
            ]
        else:
            rows = [f"{prefix}{at[p]}{middle}{suffixes[n]}" for p, _, n in series.observations]
        yield series, rows


def _key_cells(series: Series, one: Observation | None, keys: Sequence[str], layout: Layout) -> str:
    """The columns SERIES_KEY and OBS_KEY: codes joined by dots."""
    if not keys:
        return ""
    whole = list(series.key)
    if one is not None and layout.answer.at is not None:
        whole.insert(layout.before, one[0])
    told = {SERIES_KEY: ".".join(series.key), OBSERVATION_KEY: ".".join(whole)}
    return "".join([f"{quote(told[column])}," for column in keys])
