"""A code that occurs nowhere is named to the reader; a query that is right and fits nothing stays without an answer."""

import json
import xml.etree.ElementTree as ET

import pytest
from tests.share.sdmx.service.asking import FLOW, Server

KEYED = "/sdmx/v2/data/dataflow/GUZAR/MIGRANT_STOCKS/+"
V1 = "/sdmx/v1/data/MIGRANT_STOCKS"
LISTED = "/sdmx/v2/availability/dataflow/GUZAR/MIGRANT_STOCKS/+/*/REF_AREA"


@pytest.mark.parametrize(
    ("path", "code", "near"),
    [
        (f"{FLOW}?c[REF_AREA]=KAZZ", "KAZZ", "KAZ (Kazakhstan)"),
        (f"{FLOW}?c[REF_AREA]=kaz", "kaz", "KAZ (Kazakhstan)"),
        (f"{FLOW}?c[REF_AREA]=Kazahstan", "Kazahstan", "KAZ (Kazakhstan)"),
        (f"{FLOW}?c[REF_AREA]=%D0%A2%D0%B0%D0%B4%D0%B6%D0%B8%D0%BA%D0%B8%D1%81%D1%82%D0%B0%D0%BD", "Таджикистан", "TJK (Tajikistan)"),
        (f"{FLOW}?c[REF_AREA]=KAZZ,TJKK+ne:KAZ", "KAZZ, TJKK", "KAZ (Kazakhstan)"),
        (f"{KEYED}/*.*.KAZZ", "KAZZ", "KAZ (Kazakhstan)"),
        (f"{KEYED}/*.*.KAZZ,*.*.TJKK.KGZ", "KAZZ, TJKK", "KAZ (Kazakhstan)"),
        (f"{KEYED}/*.*.KAZ?c[REF_AREA]=KAZZ", "KAZZ", "KAZ (Kazakhstan)"),
    ],
)  # fmt: skip
def test_an_unknown_code_is_named_with_near_ones(
    shared_server: Server, path: str, code: str, near: str
) -> None:
    status, headers, body = shared_server.get(path)
    assert status == 422, body
    [error] = json.loads(body)["errors"]
    assert error["code"] == 422
    assert f"MIGRANT_STOCKS has no rows with {code} as REF_AREA." in error["title"]
    assert near in error["title"]
    assert LISTED in error["title"]
    assert headers["cache-control"] == "no-store"


def test_the_address_that_it_names_lists_the_codes(shared_server: Server) -> None:
    assert b'"KAZ"' in shared_server.body(LISTED)


def test_what_resembles_nothing_is_told_with_the_address_alone(shared_server: Server) -> None:
    status, _, body = shared_server.get(f"{FLOW}?c[REF_AREA]={'%20'.join('12345')}")
    assert status == 422
    assert json.loads(body)["errors"][0]["title"].endswith(f"The codes that it has: {LISTED}")


def test_a_code_in_the_place_of_another_dimension(shared_server: Server) -> None:
    status, _, body = shared_server.get(f"{KEYED}/KAZ")
    [error] = json.loads(body)["errors"]
    assert status == 422
    assert "with KAZ as FREQ: this is a code of REF_AREA, COUNTERPART_AREA." in error["title"]
    assert error["title"].endswith("FREQ.INDICATOR.REF_AREA.COUNTERPART_AREA.SEX.DEFINITION.SOURCE.EDITION")


def test_v1_says_the_same_with_its_own_status_in_the_language_of_the_reader(shared_server: Server) -> None:
    status, _, body = shared_server.get(f"{V1}/..KAZZ+TJKK", Accept_Language="ru")
    assert status == 404
    [text] = ET.fromstring(body).iter("{http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common}Text")
    assert text.text is not None
    assert "REF_AREA = KAZZ, TJKK" in text.text
    assert "KAZ (Казахстан)" in text.text


def test_many_and_long_codes_are_told_in_few_letters(shared_server: Server) -> None:
    many = ",".join(f"Q{place}{'Y' * 30}{'Z' * 30}" for place in range(100))
    status, _, body = shared_server.get(f"{FLOW}?c[REF_AREA]={many}")
    assert status == 422
    assert b"(+97)" in body
    assert b"Z" * 20 not in body
    assert len(body) < 500


@pytest.mark.parametrize(
    "path",
    [
        f"{FLOW}?c[TIME_PERIOD]=1900",
        f"{FLOW}?c[REF_AREA]=KAZ,KAZZ&c[TIME_PERIOD]=1900",  # one of them is right
        f"{FLOW}?c[REF_AREA]=KAZ&c[COUNTERPART_AREA]=KAZ",
        f"{FLOW}?c[REF_AREA]=sw:QQ",  # a pattern is no code
        f"{FLOW}?c[REF_AREA]=KAZZ,sw:QQ",
        f"{KEYED}/*.*.KAZZ,*.*.*.QQQ",  # each alternative fails in a dimension of its own
        f"{FLOW}?c[OBS_VALUE]=-1",
    ],
)
def test_a_query_that_is_right_and_fits_nothing_stays_empty(shared_server: Server, path: str) -> None:
    status, _, body = shared_server.get(path)
    assert (status, body) == (204, b"")


def test_v1_without_rows_says_that_nothing_fits(shared_server: Server) -> None:
    status, _, body = shared_server.get(f"{V1}/..KAZ?endPeriod=1900")
    assert status == 404
    assert b"No observation fits this query." in body
