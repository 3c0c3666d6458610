"""Requests made to break the service: each gets a whole answer that says no, and tells nothing of the machine."""

import json
import xml.etree.ElementTree as ET

import pytest
from tests.share.sdmx.service.asking import FLOW, LONGEST, SHORT, Server

from guzar.share.sdmx.service import application

AVAILABLE = "/sdmx/v2/availability/dataflow/GUZAR/MIGRANT_STOCKS/+/*"
V1 = "/sdmx/v1/data/MIGRANT_STOCKS"
HOSTILE = [
    ("/%00", 404),
    ("/%ff%fe", 404),
    ("/releases/latest/%00", 404),
    ("/releases/latest/../../", 404),
    ("/releases/latest/%2e%2e/%2e%2e/published/current", 404),
    ("/releases/latest/..%2f..%2fguzar.toml", 404),
    ("/releases/latest/%c0%ae%c0%ae/release.json", 404),
    ("/releases/latest//etc/passwd", 404),
    ("/releases/latest/outside", 404),
    ("/releases/latest/" + "a" * 300, 404),
    (f"{FLOW}?c[", 400),
    (f"{FLOW}?c[]=A", 400),
    (f"{FLOW}?c[REF_AREA]=", 400),
    (f"{FLOW}?c[REF_AREA]=KAZ&c%5BREF_AREA%5D=KGZ", 400),
    (f"{FLOW}?c[REF_AREA]=%27%20OR%201=1--", 422),
    (f"{FLOW}?c[REF_AREA]={','.join(['co:XX'] * 1_200)}", 204),
    (f"{FLOW}?c[REF_AREA]={'+'.join(['ne:A', 'sw:XX'] * 650)}", 204),
    ("/sdmx/v2/data/dataflow/GUZAR/MIGRANT_STOCKS/+/" + ",".join(["X"] * 1_000), 422),
    (f"{FLOW}?c[OBS_VALUE]={','.join(['-1'] * 2_500)}", 204),
    (f"{FLOW}?c[OBS_VALUE]={','.join(['lt:-1'] * 1_200)}", 400),
    (f"{FLOW}?c[OBS_VALUE]=gt:nan", 400),
    (f"{FLOW}?c[OBS_VALUE]=eq:1_000", 400),
    (f"{FLOW}?c[OBS_VALUE]=gt:1e999", 204),
    (f"{FLOW}?c[TIME_PERIOD]=ge:9999-W53", 400),
    (f"{FLOW}?c[TIME_PERIOD]=ge:0000", 400),
    (f"{FLOW}?limit=-1", 400),
    (f"{FLOW}?limit=99999999999", 400),
    (f"{FLOW}?asOf=0001-01-01", 204),
    (f"{FLOW}?asOf=0001-01-01T00:00:00%2B14:00", 400),
    (f"{FLOW}?updatedAfter=9999-12-31T23:59:59-14:00", 400),
    (f"{V1}/all?startPeriod=2015-01-01/P{'9' * 5_000}D", 400),
    (f"{V1}/all?startPeriod=%00", 400),
    ("/sdmx/v1/a%01b", 400),
    ("/sdmx/v2/structure/dataflow/GUZAR/*/" + "9" * 5_000, 400),
    (f"{FLOW}?{'a' * 9_000}", 414),
]


@pytest.mark.parametrize(("path", "status"), HOSTILE, ids=[path[:60] for path, _ in HOSTILE])
def test_a_hostile_address(shared_server: Server, path: str, status: int) -> None:
    outside = next((shared_server.workspace / "data" / "share" / "releases").iterdir()) / "outside"
    if not outside.is_symlink():
        outside.symlink_to("/etc/passwd")
    got, headers, body = shared_server.get(path)
    assert got == status, body[:300]
    assert headers["x-content-type-options"] == "nosniff"
    assert str(shared_server.workspace).encode() not in body
    if headers.get("content-type", "").startswith("application/xml"):
        assert ET.fromstring(body).tag.endswith("Error")
    elif body:
        assert json.loads(body)["errors"][0]["code"] == status


def test_the_folder_of_a_release_asks_for_a_file(shared_server: Server) -> None:
    release = shared_server.health()["release"]
    status, _, body = shared_server.get(f"/releases/{release}/")
    assert status == 404
    assert (
        json.loads(body)["errors"][0]["title"] == "Name a file of the release, as release.json or README.md."
    )


@pytest.mark.parametrize(
    ("path", "accept"),
    [
        (SHORT.replace("&format=csv", ""), "application/vnd.sdmx.data+csv;version=" + "1" * 5_000),
        ("/sdmx/v1/dataflow", "application/vnd.sdmx.structure+json;version=" + "1" * 5_000),
        (FLOW, "image/png"),
    ],
)
def test_an_accept_header_without_sense(shared_server: Server, path: str, accept: str) -> None:
    assert shared_server.get(path, Accept=accept)[0] == 406


def test_a_year_before_1000_comes_before_all_others(shared_server: Server) -> None:
    assert shared_server.body(f"{SHORT}&updatedAfter=0500-01-01") == shared_server.body(SHORT)


def test_a_list_of_values_holds_what_each_of_them_holds(shared_server: Server) -> None:
    both = shared_server.body(f"{SHORT}&c[TIME_PERIOD]=2015,2020").splitlines()
    each = [shared_server.body(f"{SHORT}&c[TIME_PERIOD]={year}").splitlines()[1:] for year in (2015, 2020)]
    assert sorted(both[1:]) == sorted(each[0] + each[1])
    assert each[0]
    assert each[1]


def test_a_sign_that_ends_an_address_elsewhere_ends_none_here(shared_server: Server) -> None:
    """What is kept for one address must not be given for another one that only looks like it."""
    whole = shared_server.body(AVAILABLE)
    assert shared_server.body(f"{AVAILABLE}%23x") != whole
    assert shared_server.body(AVAILABLE) == whole


@pytest.mark.parametrize(
    "asked", ["format=nonsense", "references=nonsense", "limit=1", "offset=1", "sort=REF_AREA"]
)
def test_availability_refuses_what_it_would_not_do(shared_server: Server, asked: str) -> None:
    got, _, body = shared_server.get(f"{AVAILABLE}?{asked}")
    assert got == 400, body[:300]


def test_availability_in_the_format_and_with_the_structures_asked_for(shared_server: Server) -> None:
    told = shared_server.get(f"{AVAILABLE}?format=xml&references=codelist,dataflow")
    assert told[1]["content-type"] == "application/vnd.sdmx.structure+xml;version=3.0.0"
    message = ET.fromstring(told[2])
    assert message.findall(".//{*}Codelist")
    assert message.findall(".//{*}Dataflow[@id]")
    assert not message.findall(".//{*}ConceptScheme")


@pytest.mark.parametrize(
    "path", ["/", "/health", SHORT, LONGEST, "/sdmx/v1/dataflow", "/releases/latest/README.md"]
)
def test_head_gives_headers_alone(shared_server: Server, path: str) -> None:
    got = shared_server.raw(f"HEAD {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
    assert got.startswith(b"HTTP/1.1 200")
    assert got.endswith(b"\r\n\r\n")


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GET /\xff HTTP/1.1\r\nHost: x\r\n\r\n", 400),
        (b"rubbish\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 65_600, 431),
        (b"GET /health HTTP/1.0\r\n\r\n", 200),
        (b"GET /health HTTP/1.1\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400),
        (b"GET /health HTTP/1.1\r\nHost: [\r\nConnection: close\r\n\r\n", 200),
        (b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", 405),
    ],
)
def test_bytes_that_are_hardly_a_request(shared_server: Server, sent: bytes, status: int) -> None:
    head = shared_server.raw(sent).partition(b"\r\n\r\n")[0]
    assert head.startswith(b"HTTP/1.1 %d " % status)
    assert b"x-content-type-options: nosniff" in head
    assert b"Traceback" not in shared_server.log.read_bytes()


def test_requests_sent_together_are_answered_one_after_another(shared_server: Server) -> None:
    one = b"GET /health HTTP/1.1\r\nHost: x\r\n\r\n"
    last = b"GET /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"
    assert shared_server.raw(one * 20 + last).count(b"HTTP/1.1 200 OK") == 21


def test_a_star_is_not_taken_for_an_answer_that_is_held(shared_server: Server) -> None:
    assert shared_server.get(f"{FLOW}?c[TIME_PERIOD]=1900", If_None_Match="*")[0] == 204
    tag = shared_server.get(SHORT)[1]["etag"]
    assert shared_server.get(SHORT, If_None_Match=f'"a", W/{tag}')[0] == 304


def test_the_log_has_one_line_for_a_request_and_no_value_of_a_query(shared_server: Server) -> None:
    shared_server.get("/first%0d%0aSECOND-LINE?c[REF_AREA]=SECRET")
    lines = shared_server.log.read_text(encoding="utf-8").splitlines()
    assert not [line for line in lines if line.startswith("SECOND-LINE")]
    assert "SECRET" not in "\n".join(lines)
    assert "127.0.0.1" not in "\n".join(lines)
    assert "Traceback" not in "\n".join(lines)


def test_a_browser_may_ask_what_it_may_ask(shared_server: Server) -> None:
    got, headers, body = shared_server.get("/sdmx/v2/data", method="OPTIONS")
    assert (got, body) == (204, b"")
    assert headers["access-control-allow-origin"] == "*"
    assert headers["access-control-allow-methods"] == "GET, HEAD, OPTIONS"
    assert "Accept" in headers["access-control-allow-headers"]


def test_version_1_gives_reference_metadata(shared_server: Server) -> None:
    got, headers, body = shared_server.get("/sdmx/v1/metadata/GUZAR,MIGRANT_STOCKS,1.0", accept_language="ru")
    assert (got, headers["content-type"]) == (200, "application/vnd.sdmx.genericmetadata+xml;version=2.1")
    message = ET.fromstring(body)
    assert len(message.findall(".//{*}Report")) == 1
    assert headers["content-language"] == "ru"
    assert shared_server.get("/sdmx/v1/metadata/SIMS", if_none_match=headers["etag"])[0] == 200
    again = {"accept_language": "ru", "if_none_match": headers["etag"]}
    assert shared_server.get("/sdmx/v1/metadata/GUZAR,MIGRANT_STOCKS,1.0", **again)[0] == 304


def test_no_byte_of_an_address_is_obeyed_by_the_terminal_that_shows_the_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Bytes from 0x80 on are written as escapes; a server's parser may let them through."""
    scope = {"method": "GET", "raw_path": b"/data/\x9b31m\x1b[2J", "query_string": b""}
    with caplog.at_level("INFO", logger=application.LOG.name):
        application._log(scope, {"status": 404, "bytes": 1}, 0.1)
    [line] = caplog.messages
    assert line.startswith("GET /data/\\x9b31m")
    assert line.isascii()
    assert line.isprintable()


@pytest.mark.parametrize(
    ("method", "asked", "status"),
    [
        ("GET", "bytes=0-9", 206),
        ("HEAD", "bytes=0-9", 200),
        ("GET", "pages=1-2", 200),
        ("GET", "rubbish", 200),
    ],
)
def test_a_range_that_is_not_known_is_passed_over(
    shared_server: Server, method: str, asked: str, status: int
) -> None:
    assert shared_server.get("/releases/latest/release.json", method, range=asked)[0] == status
