"""What the service answers, as an OpenAPI 3.1 description: for programs that make clients, and for tests."""

import json
from typing import Any

from guzar import __version__

Part = dict[str, Any]
CODE = r"^[A-Za-z0-9_@$\-.*+~,]+$"
CONTEXTS = ["dataflow", "datastructure", "provisionagreement"]
RESPONSES: Part = {
    "200": {"description": "What was asked for"},
    "204": {"description": "Nothing fits (v2)"},
    "304": {"description": "What the reader holds is still right"},
    "400": {"description": "Against the syntax of the interface"},
    "404": {"description": "No such thing; in v1 also: nothing fits"},
    "406": {"description": "A format that is not offered"},
    "413": {"description": "Too many observations"},
    "414": {"description": "The address is too long"},
    "422": {"description": "Right in form, wrong in meaning: a code that occurs nowhere (v2)"},
    "429": {"description": "Too many requests from one address"},
    "501": {"description": "Not built"},
    "503": {"description": "Too much is being written at once"},
}
PERIOD = {"type": "string", "examples": ["2015", "2014-Q2"]}
WHOLE = {"type": "integer", "minimum": 1}
MOMENT = {"type": "string", "examples": ["2026-01-31", "2026-01-31T12:00:00Z"]}
YES_OR_NO = {"type": "boolean", "default": False}
SHARED: dict[str, Part] = {
    "updatedAfter": MOMENT,
    "firstNObservations": WHOLE,
    "lastNObservations": WHOLE,
    "dimensionAtObservation": {"type": "string", "examples": ["TIME_PERIOD", "AllDimensions", "REF_AREA"]},
    "includeHistory": YES_OR_NO,
    "asOf": MOMENT,
    "format": {"type": "string"},
}
OF_STRUCTURES: dict[str, Part] = {
    "detail": {
        "type": "string",
        "enum": [
            "full",
            "allstubs",
            "referencestubs",
            "allcompletestubs",
            "referencecompletestubs",
            "referencepartial",
        ],
    },
    "references": {
        "type": "string",
        "examples": [
            "none",
            "parents",
            "parentsandsiblings",
            "ancestors",
            "children",
            "descendants",
            "all",
            "codelist",
        ],
    },
}


def write_openapi() -> bytes:
    """The description, as JSON."""
    told = {
        "openapi": "3.1.0",
        "info": {
            "title": "guzar: evidence on international migration in North and Central Asia",
            "version": __version__,
            "description": "SDMX REST 1.5 (SDMX 2.1) at /sdmx/v1 and SDMX REST 2 (SDMX 3.0) at /sdmx/v2. Filters on "
            "components are parameters c[COMPONENT]=value.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "paths": {path: {"get": _get(path, query)} for path, query in _paths().items()},
    }
    return json.dumps(told, ensure_ascii=False, indent=1).encode() + b"\n"


def _paths() -> dict[str, dict[str, Part]]:
    """The parameters of each path."""
    periods = {"startPeriod": PERIOD, "endPeriod": PERIOD}
    v1_data = {
        **periods,
        **SHARED,
        "detail": {"type": "string", "enum": ["full", "dataonly", "serieskeysonly", "nodata"]},
    }
    words = {"type": "string"}
    v2_data = {
        **SHARED,
        "attributes": words,
        "measures": words,
        "offset": {**WHOLE, "minimum": 0},
        "limit": {**WHOLE, "minimum": 0},
        "sort": words,
        "reportingYearStartDay": {"type": "string", "enum": ["--01-01"]},
    }
    mode = {
        "mode": {"type": "string", "enum": ["exact", "available"]},
        "references": {"type": "string", "examples": ["none", "all", "codelist", "codelist,dataflow"]},
    }
    return {
        "/health": {},
        "/openapi.json": {},
        "/sdmx/v1/data/{flow}/{key}/{provider}": v1_data,
        "/sdmx/v1/data/{flow}/{key}": v1_data,
        "/sdmx/v1/data/{flow}": v1_data,
        "/sdmx/v1/availableconstraint/{flow}/{key}/{provider}/{component}": {**periods, **mode},
        "/sdmx/v1/metadata/{flow}": {},
        "/sdmx/v1/schema/{context}/{agency}/{id}/{version}": {"dimensionAtObservation": words},
        "/sdmx/v1/{kind}/{agency}/{id}/{version}": OF_STRUCTURES,
        "/sdmx/v2/data/{context}/{agency}/{id}/{version}/{key}": v2_data,
        "/sdmx/v2/data/{context}/{agency}/{id}/{version}": v2_data,
        "/sdmx/v2/availability/{context}/{agency}/{id}/{version}/{key}/{component}": mode,
        "/sdmx/v2/schema/{context}/{agency}/{id}/{version}": {"dimensionAtObservation": words},
        "/sdmx/v2/structure/{kind}/{agency}/{id}/{version}": OF_STRUCTURES,
        "/sdmx/v2/metadata/metadataset/{agency}/{id}/{version}": {},
        "/sdmx/v2/metadata/metadataflow/{agency}/{id}/{version}/{provider}": {},
        "/sdmx/v2/metadata/structure/{kind}/{agency}/{id}/{version}": {},
    }


def _get(path: str, query: dict[str, Part]) -> Part:
    names = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    in_path = [{"name": name, "in": "path", "required": True, "schema": _of_path(name)} for name in names]
    asked = [
        {"name": name, "in": "query", "required": False, "schema": schema} for name, schema in query.items()
    ]
    return {
        "operationId": path.strip("/").translate(str.maketrans("/{}.", "____")),
        "parameters": in_path + asked,
        "responses": RESPONSES,
    }


def _of_path(name: str) -> Part:
    if name == "context":
        return {"type": "string", "enum": CONTEXTS}
    return {"type": "string", "pattern": CODE, "minLength": 1, "maxLength": 200}
