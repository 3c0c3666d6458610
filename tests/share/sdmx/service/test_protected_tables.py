"""Protected tables of a workspace are dataflows of its service: alone, and beside figures."""

import csv
import html
import io
import json
import re
from collections.abc import Iterator

import polars as pl
import pytest
from tests.share.sdmx.service.asking import Server
from tests.share.sdmx.service.running import running

from guzar import journey
from guzar.cli import main

DECLARED = """format = 2
[protect.by_sex]
population = "residents at the end of 2025"
dimensions = ["region", "sex"]
minimum = 5
[protect.by_age]
population = "residents at the end of 2025"
dimensions = ["region", "age_group"]
minimum = 5
"""
BY_SEX = "region,sex,persons\nnorth,F,3\nnorth,M,41\neast,F,62\neast,M,58\nsouth,F,17\nsouth,M,21\n"
BY_AGE = "region,age_group,persons\nnorth,0-17,12\nnorth,18+,32\neast,0-17,50\neast,18+,70\nsouth,0-17,8\nsouth,18+,30\n"
FIGURES = "/sdmx/v2/data/dataflow/GUZAR/MIGRANT_STOCKS/*?c[REF_AREA]=KAZ&format=csv"


def _run(*words: object) -> None:
    with pytest.raises(SystemExit) as stopped:
        main([*map(str, words), "--quiet"])
    assert stopped.value.code == 0


@pytest.fixture(scope="module", params=[False, True], ids=["alone", "beside figures"])
def served(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A service of two protected tables."""
    place = tmp_path_factory.mktemp("protected")
    work = place / "work"
    work.mkdir()
    (work / "guzar.toml").write_text(DECLARED, encoding="utf-8")
    files = []
    for name, rows in (("by_sex", BY_SEX), ("by_age", BY_AGE)):
        files.append(place / f"{name}.csv")
        files[-1].write_text(rows, encoding="utf-8")
    _run("protect", *files, "--workspace", work, "--edition", "2026-01-15")
    with pytest.MonkeyPatch.context() as patch:
        shipped = journey.load_observations(None).filter(
            pl.col("indicator") == ("migrant_stock" if request.param else "none")
        )
        patch.setattr("guzar.journey.releasing.load_observations", lambda _: shipped)
        _run("publish", "--workspace", work, "--out", place / "release", "--date", "2026-01-16")
    with running(work) as server:
        assert (server.get(FIGURES)[0] == 200) is request.param
        yield server


def _rows(server: Server, path: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(server.body(path).decode("utf-8-sig"))))


def test_tables_are_listed_by_names_that_tell_them_apart(served: Server) -> None:
    flows = json.loads(served.body("/sdmx/v2/structure/dataflow/GUZAR?format=json"))["data"]["dataflows"]
    names = {one["id"]: one["name"] for one in flows}
    assert names["BY_SEX"] == "residents at the end of 2025 (by sex)"
    assert names["BY_AGE"] == "residents at the end of 2025 (by age)"


def test_cells_are_those_of_the_release_and_hidden_ones_have_no_value(served: Server) -> None:
    rows = _rows(served, "/sdmx/v2/data/dataflow/GUZAR/BY_SEX/*?format=csv")
    released = served.workspace.parent / "release" / "protected" / "by_sex.csv"
    with released.open(encoding="utf-8") as file:
        expected = {(row["region"], row["sex"]): row["persons"] for row in csv.DictReader(file)}
    told = {(row["REGION"], row["SEX"]): row["OBS_VALUE"] for row in rows}
    assert told == {cell: persons or "NaN" for cell, persons in expected.items()}
    hidden = [row for row in rows if row["OBS_VALUE"] == "NaN"]
    assert hidden
    assert {row["CONF_STATUS"] for row in hidden} == {"C"}


@pytest.mark.parametrize(
    "path",
    [
        "/sdmx/v2/data/dataflow/GUZAR/BY_AGE/*?format=json",
        "/sdmx/v2/data/dataflow/GUZAR/BY_AGE/*?format=xml",
        "/sdmx/v1/data/BY_AGE",
        "/sdmx/v1/data/BY_AGE?format=json",
        "/sdmx/v1/availableconstraint/BY_AGE",
        "/sdmx/v2/availability/dataflow/GUZAR/BY_AGE/*",
        "/sdmx/v2/schema/dataflow/GUZAR/BY_AGE/1.0.0",
        "/sdmx/v2/structure/*/*/*?format=xml",
        "/sdmx",
        "/openapi.json",
    ],
)
def test_every_kind_of_answer_is_given(served: Server, path: str) -> None:
    status, _, body = served.get(path)
    assert (status, b"BY_AGE" in body or path == "/openapi.json") == (200, True)


def test_nothing_is_at_fault(served: Server) -> None:
    assert served.health()["status"] == "ok"
    assert served.get("/sdmx/v2/metadata/structure/*/*/*")[0] in (200, 204, 404)


def test_every_address_of_the_start_page_answers(served: Server) -> None:
    page = served.body("/sdmx").decode()
    addresses = [html.unescape(one) for one in re.findall(r'href="(/[^"]+)"', page)]
    assert len(addresses) > 12
    assert {address: served.get(address)[0] for address in addresses} == dict.fromkeys(addresses, 200)


def test_a_day_before_the_table_came_out_is_not_answered_with_what_is_served_now(served: Server) -> None:
    """A protected table keeps no earlier editions: 501 for data and availability; from its day on it is answered."""
    flow = "dataflow/GUZAR/BY_SEX/*"
    for address in (f"data/{flow}/*", f"availability/{flow}/*"):
        assert served.get(f"/sdmx/v2/{address}?asOf=2020-01-01")[0] == 501
        assert served.get(f"/sdmx/v2/{address}?asOf=2026-01-16T00:00:01Z")[0] == 200
