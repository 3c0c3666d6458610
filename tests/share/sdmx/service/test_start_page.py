"""The page that says how to ask, in both languages; every address on it answers."""

import html
import json
import re

import pytest
from tests.share.sdmx.service.asking import FLOW, Server

from guzar.share.sdmx.service.start_page import GUIDE

CSV = f"{FLOW}?c[REF_AREA]=KAZ&format=csvfile"


@pytest.mark.parametrize(
    "path", ["/", "/sdmx", "/sdmx/", "/sdmx/v1", "/sdmx/v1/", "/sdmx/v2/", "/releases", "/releases/latest/"]
)
def test_it_stands_where_somebody_looks_first(shared_server: Server, path: str) -> None:
    page = shared_server.body(path).decode().replace("<wbr>", "")
    assert "How to ask" in page
    assert "FREQ.INDICATOR.REF_AREA.COUNTERPART_AREA.SEX.DEFINITION.SOURCE.EDITION" in page


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_address_on_it_answers(shared_server: Server, language: str) -> None:
    page = shared_server.body(f"/?lang={language}").decode()
    assert f'<html lang="{language}">' in page
    assert GUIDE[language] in page
    addresses = [html.unescape(one) for one in re.findall(r'href="([^"]+)"', page)]
    # The icon is empty and stands in the page itself: there is nothing to ask for.
    addresses = [one for one in addresses if not one.startswith("data:")]
    assert len(addresses) > 15
    for address in addresses:
        status, _, body = shared_server.get(address if address.startswith("/") else f"/{address}")
        assert (status, bool(body)) == (200, True), address


def test_a_language_in_the_address_is_that_of_names_and_refusals(shared_server: Server) -> None:
    assert "Казахстан" in shared_server.body(f"{CSV}&lang=ru").decode()
    assert "Kazakhstan" in shared_server.body(f"{CSV}&lang=en").decode()
    status, headers, body = shared_server.get(f"{CSV}&lang=ru", Accept_Language="en")
    assert (status, headers["content-language"]) == (200, "ru")
    refused = shared_server.get(f"{FLOW}?c[REF_AREA]=KAZZ&lang=ru")[2].decode()
    assert "Возможно, имелось в виду" in refused
    assert shared_server.get("/sdmx/v1/dataflow?lang=ru")[0] == 200
    assert shared_server.body(f"{FLOW}?lang=ru&c[REF_AREA]=KAZ&format=csvfile") == body


@pytest.mark.parametrize("asked", ["lang=tg", "lang=", "lang=en&lang=ru"])
def test_a_language_that_is_not_spoken_is_refused(shared_server: Server, asked: str) -> None:
    status, _, body = shared_server.get(f"{CSV}&{asked}")
    assert status == 400
    assert "expected: en, ru" in json.loads(body)["errors"][0]["title"]


def test_what_only_ends_like_lang_is_another_parameter(shared_server: Server) -> None:
    status, _, body = shared_server.get(f"{CSV}&mylang=ru")
    assert status == 400
    assert b"There is no parameter mylang here." in body


@pytest.mark.parametrize(
    ("path", "said"),
    [
        (f"{FLOW}?startPeriod=2015", b"c[TIME_PERIOD]=ge:2015"),
        ("/sdmx/v1/data/MIGRANT_STOCKS?c[REF_AREA]=KAZ", b"belongs to /sdmx/v2"),
        (f"{FLOW}?format=xlsx", b"There are: csv, csvfile, json, xml"),
        ("/sdmx/v2/structure/dataflow/GUZAR?format=csv", b"There are: json, xml."),
        ("/sdmx/v2/structure/dataflows", b"agencyscheme"),
        ("/sdmx/v1/dataflows", b"categorisation"),
    ],
)
def test_a_wrong_word_is_answered_with_the_right_ones(shared_server: Server, path: str, said: bytes) -> None:
    status, _, body = shared_server.get(path)
    assert status == 400
    assert said in body


@pytest.mark.parametrize(
    "path",
    [
        "/no/page<b>",
        "/releases/nothing/x",
        "/sdmx/v2/data/dataflow/GUZAR/NO_TABLE/+/*",
        "/sdmx/v1/nothing/all",
    ],
)
@pytest.mark.parametrize("language", ["en", "ru"])
def test_a_person_who_asks_wrongly_gets_a_page_and_a_program_what_it_reads(
    shared_server: Server, path: str, language: str
) -> None:
    browser = "text/html,application/xhtml+xml,*/*;q=0.8"
    status, headers, body = shared_server.get(path, accept=browser, accept_language=language)
    page = body.decode()
    assert (status // 100, headers["content-type"]) == (4, "text/html; charset=utf-8")
    assert f'<html lang="{language}">' in page
    assert "<b>" not in page
    [start] = [one for one in re.findall(r'href="([^"]+)"', page) if not one.startswith("data:")]
    assert shared_server.get(start)[0] == 200
    told = shared_server.get(path, accept_language=language)
    assert (told[0], told[1]["content-type"].partition(";")[0]) in (
        (status, "application/json"),
        (status, "application/xml"),
    )
