"""SDMX-JSON 2.0 data, as series or flat.

A coded value has id and names; what is no identifier, and what has no codelist, is told as `value`. Lists that the
standard does not need are there though empty, since sdmx-json-parser joins them without looking.
"""

from collections.abc import Iterator, Sequence
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
from guzar.share.sdmx.formats.xml_text import flow_urn, structure_urn
from guzar.share.sdmx.series import DataAnswer

SCHEMA = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/sdmx-json-data-schema.json"


def write_json_2(answer: DataAnswer) -> Iterator[bytes]:
    """A message in UTF-8; a value that is missing is null, one that was not asked for is left out."""
    return write_chunks(_texts(lay_out(answer)))


def _texts(layout: Layout) -> Iterator[str]:
    answer = layout.answer
    links = [
        {"urn": flow_urn(answer), "rel": "dataflow"},
        {"urn": structure_urn(answer), "rel": "structure"},
    ]
    places = Places(layout)
    yield write_meta(answer, SCHEMA)
    yield f'"data":{{"dataSets":[{{"structure":0,"action":"Information","links":{dump(links)},\n'
    yield from write_observations(layout, places, has_value=answer.has_values)
    yield f'}}],\n"structures":[{dump(_structure(layout, places, links))}]}}}}\n'


def _structure(layout: Layout, places: Places, links: list[dict[str, str]]) -> dict[str, Any]:
    answer = layout.answer
    at = () if layout.flat or not answer.has_observations or answer.at is None else (answer.at,)
    others = answer.observation_attributes if answer.has_observations else ()
    measure = [concept(answer.flow.measure, answer)] if answer.has_values else []
    return {
        "dataSets": [0],
        "links": links,
        **named(answer.flow.names, answer, answer.flow.id),
        "dimensions": {
            "dataSet": [],
            "series": [] if layout.flat else _dimensions(answer.key, places),
            "observation": _dimensions(layout.dimensions if layout.flat else at, places),
        },
        "measures": {"observation": measure},
        "attributes": {
            "dataSet": [],
            "series": [] if layout.flat else _attributes(answer.series_attributes, places),
            "observation": _attributes(layout.attributes if layout.flat else others, places),
        },
    }


def _dimensions(components: Sequence[Component], places: Places) -> list[dict[str, Any]]:
    """Those that have values: the standard knows no dimension without."""
    answer = places.layout.answer
    order = [one.id for one in answer.flow.components]
    return [
        {
            **concept(one, answer),
            "keyPosition": order.index(one.id),
            "values": _values(one, places.of[one.id], answer),
        }
        for one in components
        if places.of[one.id]
    ]


def _attributes(components: Sequence[Component], places: Places) -> list[dict[str, Any]]:
    answer = places.layout.answer
    told = []
    for one in components:
        related: dict[str, Any] = (
            {"dimensions": [one.attached_to]} if one.attached_to else {"observation": {}}
        )
        values = _values(one, places.of[one.id], answer)
        told.append(
            {**concept(one, answer), "relationship": related, **({"values": values} if values else {})}
        )
    return told


def _values(component: Component, numbers: Numbers, answer: DataAnswer) -> list[dict[str, Any] | None]:
    names = code_names(answer, component)

    def tell(code: str | None) -> dict[str, Any] | None:
        if code is None:
            return None
        if component.codelist and is_identifier(code):
            return {"id": code, **named(names.get(code, {}), answer, code)}
        return {"value": code, **named(names.get(code, {}), answer, code), **times_of(component, code)}

    return [tell(code) for code in numbers]
