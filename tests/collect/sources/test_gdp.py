"""GDP panel: eight series per territory and year, gaps are gaps."""

from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.made_up_files import Cell, country_codes, text
from tests.collect.sources.money_files import observed, read, read_file, sifted, value

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery
from guzar.define.definitions import definitions
from guzar.errors import DeliveryRefused
from guzar.process.harmonise import harmonise

FILE = "macro/gdp-and-exchange-rate-1960-2023.csv"
SERIES = [d.series for d in definitions().values() if d.source == "gdp" and d.series]
LABELS: list[Cell] = ["", "Year", "Country ISO", *SERIES]


def _panel(year: str = "2023", growth: float = -7.8) -> Delivery:
    body: list[list[Cell]] = [
        [
            i,
            year,
            code,
            *["" if code == "TKM" else growth if "growth" in series else 12.5 for series in SERIES],
        ]
        for i, code in enumerate(country_codes(210))
    ]
    return text([LABELS, *body])


def test_each_series_has_its_own_definition_and_unit() -> None:
    figures, refused = quarantine.sift(read(_panel(), "gdp").tables["published_figures"], "gdp")
    assert (figures.height, refused.height) == (210 * 8, 0)
    held = harmonise(figures, source="gdp", edition="2025")
    assert value(held, area="KGZ", indicator="gdp_growth_percent") == -7.8, "growth may be negative"
    assert not held.filter(area="TKM").height
    assert held["definition"].n_unique() == held["indicator"].n_unique() == 8
    assert set(held.filter(indicator="gdp_constant_2015_usd")["unit"]) == {"usd_2015"}


@pytest.mark.parametrize(("year", "edition"), [("2023", "2025"), ("2024", None)])
def test_an_unknown_compilation_has_no_edition(year: str, edition: str | None) -> None:
    assert read(_panel(year), "gdp").edition == edition


def test_a_panel_of_a_few_territories_is_refused() -> None:
    whole = _panel().content.splitlines(keepends=True)
    with pytest.raises(DeliveryRefused, match="fewer rows"):
        read(Delivery("panel.csv", b"".join(whole[:50])), "gdp")


def test_published_panel_is_taken_whole(shared: Path) -> None:
    figures, refused = sifted(shared, FILE)
    assert (figures.height, refused.height) == (14784 * 8, 0)
    assert read_file(shared, FILE).edition == "2025"
    held = observed(shared, FILE)
    assert held.height == figures.filter(pl.col("value").is_not_null()).height
