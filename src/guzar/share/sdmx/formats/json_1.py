"""SDMX-JSON 1.0 data, as series or flat.

Version 1.0 has an id for every value of a dimension, and only letters, digits and `_@$-` in it. A period such as
2015-07-01/P5Y has the id 2015-07-01--P5Y (ISO 8601 allows two hyphens for the stroke); other signs become `_`.
Where the id is not the code itself, a member `value`, which 2.0 has and 1.0 allows, holds the code.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

from guzar.define.structures import Component
from guzar.share.sdmx.formats.columns import Layout, Numbers, code_names, lay_out, write_chunks
from guzar.share.sdmx.formats.json_data import (
    Places,
    concept,
    dump,
    is_identifier,
    named,
    times_of,
    write_meta,
    write_observations,
)
from guzar.share.sdmx.formats.xml_text import NOT_AN_ID, flow_urn, structure_urn
from guzar.share.sdmx.series import DataAnswer, Series

SCHEMA = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/1.0/sdmx-json-data-schema.json"


def write_json_1(answer: DataAnswer) -> Iterator[bytes]:
    """A message in UTF-8; a value that is missing or was not asked for is null."""
    if not answer.has_values:
        answer = replace(answer, series=_without_values(answer.series))
    return write_chunks(_texts(lay_out(answer)))


def _without_values(series: Iterable[Series]) -> Iterator[Series]:
    """Version 1.0 has a place for the value whether it was asked for or not."""
    for one in series:
        yield one._replace(observations=[(at, "", number) for at, _, number in one.observations])


def _texts(layout: Layout) -> Iterator[str]:
    answer = layout.answer
    links = [
        {"urn": flow_urn(answer), "rel": "dataflow"},
        {"urn": structure_urn(answer), "rel": "structure"},
    ]
    places = Places(layout)
    yield write_meta(answer, SCHEMA)
    yield f'"data":{{"dataSets":[{{"action":"Information","links":{dump(links)},\n'
    yield from write_observations(layout, places, has_value=True)
    yield f'}}],\n"structure":{dump(_structure(layout, places, links))}}}}}\n'


def _structure(layout: Layout, places: Places, links: list[dict[str, str]]) -> dict[str, Any]:
    answer = layout.answer
    at = () if layout.flat or answer.at is None else (answer.at,)
    others = answer.observation_attributes if answer.has_observations else ()
    return {
        "links": links,
        **named(answer.flow.names, answer, answer.flow.id),
        "dimensions": {
            "dataSet": [],
            "series": [] if layout.flat else _dimensions(answer.key, places),
            "observation": _dimensions(layout.dimensions if layout.flat else at, places),
        },
        "attributes": {
            "dataSet": [],
            "series": [] if layout.flat else _attributes(answer.series_attributes, places),
            "observation": _attributes(layout.attributes if layout.flat else others, places),
        },
    }


def _dimensions(components: Sequence[Component], places: Places) -> list[dict[str, Any]]:
    answer = places.layout.answer
    order = [one.id for one in answer.flow.components]
    return [
        {
            **concept(one, answer),
            "keyPosition": order.index(one.id),
            "values": [
                {"id": _identifier(code), **told}
                for code, told in _values(one, places.of.get(one.id, Numbers()), answer)
                if code is not None
            ],
        }
        for one in components
    ]


def _identifier(code: str) -> str:
    """An id that 1.0 allows: the code itself where it is one."""
    return NOT_AN_ID.sub("_", code.replace("/", "--")) or "_"


def _attributes(components: Sequence[Component], places: Places) -> list[dict[str, Any]]:
    """Attributes with id only where their value is one of a codelist; else the text is the name."""
    answer = places.layout.answer
    told = []
    for one in components:
        related = {"dimensions": [one.attached_to]} if one.attached_to else {"primaryMeasure": "OBS_VALUE"}
        values = [
            None if code is None else {"id": code, **about} if one.codelist and is_identifier(code) else about
            for code, about in _values(one, places.of[one.id], answer)
        ]
        told.append({**concept(one, answer), "relationship": related, "values": values})
    return told


def _values(
    component: Component, numbers: Numbers, answer: DataAnswer
) -> Iterator[tuple[str | None, dict[str, Any]]]:
    """Each code with its names; with itself where it is no identifier."""
    names = code_names(answer, component)
    for code in numbers:
        if code is None:
            yield None, {}
            continue
        itself = {} if is_identifier(code) else {"value": code}
        yield code, {**named(names.get(code, {}), answer, code), **itself, **times_of(component, code)}
