"""Dataflow → the JSON schema of its data in SDMX-JSON 2.0: the official schema, and the components and codes of this one.

SDMX-JSON tells each component once, with the values that it has in the message; the schema therefore checks which
components stand in which place, and that the values of a coded one are in its list.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from guzar.define.structures import Component
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.schema_xsd import Codelists, namespace_of, require_dimension
from guzar.share.sdmx.series import ALL_DIMENSIONS

DIALECT = "http://json-schema.org/draft-07/schema#"
OFFICIAL = "https://raw.githubusercontent.com/sdmx-twg/sdmx-json/master/data-message/tools/schemas/2.0.0/sdmx-json-data-schema.json"
Rule = dict[str, Any]


def write_schema_json(
    flow: Dataflow, at: str, codes_allowed: Mapping[str, Sequence[str]] | None, codelists: Codelists
) -> bytes:
    """The JSON schema of SDMX-JSON 2.0 data of a dataflow, by the dialect of draft 7.

    Arguments and refusals as of `write_schema_xsd_21`. A dimension or attribute that does not vary may stand at the data
    set instead; which dimensions vary is not known beforehand, so the places above the observation share their lists.
    """
    require_dimension(flow, at)
    allowed = codes_allowed or {}
    time = [flow.time] if flow.time else []
    dimensions = [*flow.dimensions, *time]
    below = dimensions if at == ALL_DIMENSIONS else [one for one in dimensions if one.id == at]
    above = [one for one in dimensions if at == ALL_DIMENSIONS or one.id != at]
    attributes = [*flow.series_attributes, *flow.observation_attributes]
    structure = {
        "dimensions": _places(
            {"dataSet": above, "series": above if at != ALL_DIMENSIONS else [], "observation": below}
        ),
        "attributes": _places(
            dict.fromkeys(("dataSet", "dimensionGroup", "series", "observation"), attributes)
        ),
        "measures": _places({"observation": [flow.measure]}),
    }
    schema = {
        "$schema": DIALECT,
        "$id": f"{namespace_of(flow, at)}:json",
        "title": flow.names.get("en", flow.id),
        "allOf": [{"$ref": OFFICIAL}],
        "properties": {"data": {"properties": {"structures": {"items": {"properties": structure}}}}},
        "definitions": {one.id: _component(one, allowed, codelists) for one in flow.components},
    }
    return json.dumps(schema, ensure_ascii=False, indent=1).encode() + b"\n"


def _places(components: Mapping[str, Iterable[Component]]) -> Rule:
    """Which components may stand in which place; each is known by its id."""
    places: Rule = {}
    for place, listed in components.items():
        ids = [one.id for one in listed]
        told = [
            {"if": {"properties": {"id": {"const": id_}}}, "then": {"$ref": f"#/definitions/{id_}"}}
            for id_ in ids
        ]
        places[place] = (
            {"items": {"properties": {"id": {"enum": ids}}, "allOf": told}} if ids else {"maxItems": 0}
        )
    return {"properties": places}


def _component(component: Component, allowed: Mapping[str, Sequence[str]], codelists: Codelists) -> Rule:
    """What holds for the values of a component: codes of its list; an attribute may also have none."""
    if component.codelist is None:
        return {"title": component.meaning}
    codes = list(allowed.get(component.id, tuple(codelists[component.codelist])))
    value = {"properties": {"id": {"enum": codes}}, "required": ["id"]}
    of_object = {"if": {"type": "object"}, "then": value}
    return {"title": component.meaning, "properties": {"values": {"items": of_object}}}
