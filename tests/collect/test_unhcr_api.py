"""The UNHCR population API: saved pages, and live against a publisher on loopback."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.collect.loopback import Asked, patient, publisher

from guzar import journey
from guzar.collect.delivery import Delivery
from guzar.collect.sources.unhcr_api import SPANS, read_api
from guzar.errors import DeliveryRefused
from guzar.store import open_workspace


def item(year: int, origin: str, asylum: str, **counts: Any) -> dict[str, Any]:
    """An item as the service prints it; `coo` and `coa` are not ISO codes."""
    return {"year": year, "coo": "AUS", "coo_iso": origin, "coa": "GFR", "coa_iso": asylum, **counts}


def page(items: list[dict[str, Any]], number: int = 1, pages: int = 1) -> dict[str, Any]:
    return {"page": number, "short_url": "x", "maxPages": pages, "total": [], "items": items}


def delivery(document: Any) -> Delivery:
    return Delivery("saved.json", json.dumps(document).encode())


def test_iso_codes_are_read_and_fillers_are_counted() -> None:
    read = read_api(
        delivery(page([item(2019, "AFG", "TJK", refugees=4500, oip="-", idps=0, stateless="12")]))
    )
    table = read.tables["published_figures"]
    assert table.select("series", "reported_area", "reported_counterpart", "reported_value").rows() == [
        ("refugees", "TJK", "AFG", "4500"),
        ("stateless", "TJK", "AFG", "12"),
    ]
    assert read.notes[0].endswith(": 2")
    assert read.edition is None


def test_a_total_over_origins_has_no_counterpart() -> None:
    table = read_api(delivery([page([item(2019, "-", "TJK", refugees=1)])])).tables["published_figures"]
    assert table["reported_counterpart"].to_list() == [None]


@pytest.mark.parametrize("items", [[], [{"year": 2019}], ["text"]])
def test_pages_without_figures_are_refused(items: list[Any]) -> None:
    with pytest.raises(DeliveryRefused, match="no figures"):
        read_api(delivery(page(items)))


def replay(asked: Asked) -> None:
    parts = urlsplit(asked.path)
    query = {name: told[0] for name, told in parse_qs(parts.query).items()}
    assert parts.path == "/population/v1/population/"
    assert (query["coo_all"], query["coa_all"]) == ("true", "true")
    year, number = int(query["yearFrom"]), int(query["page"])
    asked.answer(
        json.dumps(
            page([item(year, "AFG", "TJK" if number == 1 else "KGZ", refugees=10 * number)], number, 2)
        ).encode()
    )


def test_live_gives_the_edition_of_the_day_and_nothing_twice(tmp_path: Path) -> None:
    place = open_workspace(tmp_path / "work", create=True)
    with publisher(replay) as server:
        (place.path / "guzar.toml").write_text(
            f'[services]\nrefugees = "{server.address}/population/v1"\n', encoding="utf-8"
        )
        done = journey.collect_live(place, "refugees", patient(), received="2026-03-09")
        again = journey.collect_live(place, "refugees", patient(), received="2026-04-01")
    assert [(c.edition, c.kept, c.is_new) for c in done.taken] == [("2026-03-09", 2 * len(SPANS), True)]
    assert [(c.edition, c.is_new) for c in again.taken] == [("2026-03-09", False)]
    held = journey.load_observations(place)
    latest = held.filter(area="KGZ", counterpart="AFG", indicator="refugees", year=2021)
    assert latest.select("value", "observation_status").row(0) == (20.0, "provisional")
