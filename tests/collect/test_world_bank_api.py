"""The World Bank API: saved pages, and live against a publisher on loopback."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.collect.loopback import Asked, hurried, patient, publisher, quickest, stall, status

from guzar import journey
from guzar.collect.delivery import Delivery
from guzar.collect.sources.world_bank_api import read_api, series_to_fetch
from guzar.errors import DeliveryRefused, SourceUnavailable
from guzar.store import Workspace, open_workspace

RECEIVED = "BX.TRF.PWKR.CD.DT"
REFUSAL = [
    {"message": [{"id": "120", "key": "Invalid value", "value": "The provided parameter value is not valid"}]}
]
ECONOMIES = (("AM", "ARM", "Armenia"), ("KG", "KGZ", "Kyrgyz Republic"), ("TJ", "TJK", "Tajikistan"))


def row(series: str, economy: tuple[str, str, str], year: str, value: Any, **changes: Any) -> dict[str, Any]:
    usual = {
        "indicator": {"id": series, "value": "made up"},
        "country": {"id": economy[0], "value": economy[2]},
        "countryiso3code": economy[1],
        "date": year,
        "value": value,
        "unit": "",
        "obs_status": "",
        "decimal": 0,
    }
    return {**usual, **changes}


def page(
    rows: list[dict[str, Any]],
    number: int = 1,
    pages: int = 1,
    updated: str = "2026-03-04",
    total: int | None = None,
) -> Any:
    about = {
        "page": number,
        "pages": pages,
        "per_page": 2,
        "total": len(rows) if total is None else total,
        "sourceid": "2",
        "lastupdated": updated,
    }
    return [about, rows]


def replay(asked: Asked) -> None:
    """What the API would answer: three economies, two rows a page."""
    parts = urlsplit(asked.path)
    query = parse_qs(parts.query)
    series, number = parts.path.rsplit("/", 1)[1], int(query["page"][0])
    assert parts.path.startswith("/v2/country/all/indicator/")
    assert query["format"] == ["json"]
    rows = [row(series, economy, "2022", 100.5 + i if i else None) for i, economy in enumerate(ECONOMIES)]
    asked.answer(json.dumps(page(rows[2 * number - 2 : 2 * number], number, 2, total=3)).encode())


def delivery(document: Any) -> Delivery:
    return Delivery("saved.json", json.dumps(document).encode())


def workspace_for(tmp_path: Path, address: str) -> Workspace:
    place = open_workspace(tmp_path / "work", create=True)
    with (place.path / "guzar.toml").open("a", encoding="utf-8") as settings:
        settings.write(f'[services]\nworld_bank = "{address}/v2"\n')
    return place


def held_files(place: Workspace) -> dict[str, bytes]:
    return {
        str(f.relative_to(place.path)): f.read_bytes()
        for f in (place.path / "data").rglob("*")
        if f.is_file()
    }


def test_a_saved_page_and_a_list_of_pages_read_alike() -> None:
    rows = [row(RECEIVED, economy, "2022", 1234567.25) for economy in ECONOMIES]
    whole = read_api(delivery(page(rows)))
    parts = read_api(delivery([page(rows[:2], 1, 2, total=3), page(rows[2:], 2, 2, total=3)]))
    assert whole.edition == parts.edition == "2026-03-04"
    one, other = (r.tables["published_figures"].drop("place") for r in (whole, parts))
    assert one.equals(other)
    assert one["reported_value"].to_list() == ["1234567.25"] * 3
    assert one["reported_area"].to_list() == ["ARM", "KGZ", "TJK"]


def test_null_is_blank_and_marks_are_noted() -> None:
    read = read_api(delivery(page([row(RECEIVED, ECONOMIES[0], "2023", None, obs_status="F")])))
    assert read.tables["published_figures"]["reported_value"].to_list() == [None]
    assert read.notes == ("obs_status F: 1 rows",)


@pytest.mark.parametrize(
    ("document", "says"),
    [
        (REFUSAL, "Invalid value"),
        (page([row(RECEIVED, ECONOMIES[0], "2022", 1)], 1, 2, total=5), "all pages"),
        ([page([row(RECEIVED, ECONOMIES[0], "2022", 1)]),
          page([row("BM.TRF.PWKR.CD.DT", ECONOMIES[0], "2022", 1)], updated="2026-04-01")], "several editions"),
        ([page([])[0], None], "without rows"),
    ],
)  # fmt: skip
def test_what_is_not_whole_is_refused(document: Any, says: str) -> None:
    with pytest.raises(DeliveryRefused, match=says):
        read_api(delivery(document))


def test_live_collects_every_page_of_every_series(tmp_path: Path) -> None:
    with publisher(replay) as server:
        place = workspace_for(tmp_path, server.address)
        done = journey.collect_live(place, "world_bank", patient(), received="2026-03-09")
        again = journey.collect_live(place, "world_bank", patient(), received="2026-03-10")
    series = series_to_fetch()
    assert len(server.asked) == 2 * 2 * len(series)
    assert [(c.edition, c.kept, c.is_new) for c in done.taken] == [("2026-03-04", 3 * len(series), True)]
    assert [c.is_new for c in again.taken] == [False]
    held = journey.load_observations(place)
    figure = held.filter((held["area"] == "TJK") & (held["indicator"] == "remittances_received_usd"))
    assert figure.select("value", "edition", "source", "year").row(0) == (
        102.5,
        "2026-03-04",
        "world_bank",
        2022,
    )
    receipt = next(place.editions("collect", "published")).receipt()
    assert receipt["address"].endswith("/v2")
    assert receipt["received"] == "2026-03-09"


def test_a_series_that_the_service_refuses_is_named_and_the_rest_is_kept(tmp_path: Path) -> None:
    refused = series_to_fetch()[0]

    def act(asked: Asked) -> None:
        asked.answer(json.dumps(REFUSAL).encode()) if refused in asked.path else replay(asked)

    with publisher(act) as server:
        done = journey.collect_live(
            workspace_for(tmp_path, server.address),
            "world_bank",
            patient(),
            received="2026-03-09",
        )
    assert list(done.refused_series) == [refused]
    assert "Invalid value" in done.refused_series[refused]
    assert done.taken[0].kept == 3 * (len(series_to_fetch()) - 1)


def changes_edition(asked: Asked) -> None:
    number = 2 if "page=2" in asked.path else 1
    asked.answer(
        json.dumps(
            page([row(RECEIVED, ECONOMIES[0], "2022", 1)], number, 2, f"2026-03-0{number}", 2)
        ).encode()
    )


@pytest.mark.parametrize(
    "acts",
    [
        [replay, stall(b'[{"page"')],
        [replay, status(500)],
        [replay, replay, status(404)],
        [replay, lambda asked: asked.answer(b"<html>", 200)],
        [lambda asked: asked.answer(json.dumps(REFUSAL).encode())],
        [lambda asked: asked.answer(b"{}")],
        [lambda asked: asked.answer(json.dumps([{"page": 1, "pages": "many", "total": 1}, []]).encode())],
        [lambda asked: asked.answer(json.dumps([{"page": 1, "pages": 10**9, "total": 1}, []]).encode())],
        [changes_edition],
    ],
    ids=[
        "stalls",
        "500",
        "404",
        "garbage",
        "refuses all",
        "empty object",
        "pages no number",
        "pages without end",
        "edition changes",
    ],
)
def test_a_service_that_fails_leaves_the_workspace_as_it_was(
    tmp_path: Path, acts: list[Callable[[Asked], None]]
) -> None:
    with publisher(*acts) as server:
        place = workspace_for(tmp_path, server.address)

        def fail() -> None:
            server.asked.clear()  # every try begins with the first act
            with pytest.raises(SourceUnavailable, match="What to do"):
                journey.collect_live(place, "world_bank", hurried(total_seconds=1.5), received="2026-03-09")
            assert held_files(place) == {}

        within = 1.5 + 0.7  # storing and a busy machine
        assert quickest(fail, within) < within


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is POSIX")
def test_killed_in_the_middle_leaves_the_workspace_as_it_was(tmp_path: Path) -> None:
    with publisher(replay, replay, stall(b'[{"page": 1', ETag='"v"')) as server:
        place = workspace_for(tmp_path, server.address)
        journey.collect_delivery(
            place,
            "world_bank",
            delivery(page([row(RECEIVED, ECONOMIES[1], "2021", 5)])),
            received="2026-01-01",
        )
        before = held_files(place)
        command = [
            sys.executable,
            "-m",
            "guzar",
            "collect",
            "world_bank",
            "--live",
            "--workspace",
            str(place.path),
        ]
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_until(lambda: len(server.asked) >= 3)
        finally:
            os.kill(running.pid, signal.SIGKILL)
            running.wait(timeout=60)
    assert running.returncode == -signal.SIGKILL
    assert held_files(open_workspace(place.path)) == before
    assert journey.load_observations(place).height == 1


def wait_until(arrived: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not arrived():
        assert time.monotonic() < end, "the program never asked"
        time.sleep(0.02)


def test_a_crash_while_storing_leaves_the_workspace_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError("power cut")

    place = open_workspace(tmp_path / "work", create=True)
    with monkeypatch.context() as broken:
        broken.setattr(os, "replace", fail)
        broken.setattr(Path, "replace", fail)
        with pytest.raises(OSError, match="power cut"):
            journey.collect_delivery(
                place,
                "world_bank",
                delivery(page([row(RECEIVED, ECONOMIES[1], "2021", 5)])),
                received="2026-01-01",
            )
    assert held_files(open_workspace(place.path)) == {}
