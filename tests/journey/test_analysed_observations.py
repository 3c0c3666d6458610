"""A workspace's observations hold what guzar derives: marked corridors, totals, regions, the rest of the world."""

from pathlib import Path
from typing import Any

import polars as pl
import pytest
from tests.analyse.made_up_stocks import observe

from guzar import journey
from guzar.collect.delivery import Delivery
from guzar.define.areas import regions
from guzar.errors import MethodNotApplicable
from guzar.store import Workspace, open_workspace

FILES = (
    "un-desa-2019-stock-by-origin-destination-sex.parquet",
    "un-desa-2019-stock-by-destination-sex.xlsx",
    "un-desa-2020-stock-by-origin-destination-sex.parquet",
    "un-desa-2020-stock-by-destination-sex.xlsx",
)


@pytest.fixture(scope="module")
def workspace(shared: Path, tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace with both revisions of the migrant stock."""
    place = open_workspace(tmp_path_factory.mktemp("stocks") / "workspace", create=True)
    for file in FILES:
        delivery = Delivery(file, (shared / "data" / "stocks" / file).read_bytes())
        journey.collect_delivery(place, "un_migrant_stock", delivery, received="2026-11-21")
    return place


@pytest.fixture(scope="module")
def observations(workspace: Workspace) -> pl.DataFrame:
    """Everything that the workspace holds."""
    return journey.load_observations(workspace)


def test_corridors_of_frozen_destinations_are_marked(observations: pl.DataFrame) -> None:
    """Born in Central Asia, living in Russia in 2020: a model on a model; the total hosted is not."""
    russia = observations.filter(
        (pl.col("area") == "RUS") & (pl.col("period") == "2020") & (pl.col("sex") == "_T")
    )
    cells = russia.filter(pl.col("definition") == "un_stock_by_origin")
    assert set(cells["observation_status"]) == {"modelled_from_modelled"}
    assert set(cells["last_observed"]) == {2010}
    assert russia.filter(pl.col("definition") == "un_stock_hosted")["observation_status"].to_list() == [
        "estimated"
    ]


def test_marking_neither_adds_nor_loses_published_values(
    workspace: Workspace, observations: pl.DataFrame
) -> None:
    """Every published key is there once, with its value."""
    published = workspace.read("process", "observations")
    assert published is not None
    keys = ["indicator", "area", "counterpart", "sex", "period", "definition", "source", "edition"]
    processed = published.select(*keys, "value").unique().collect()
    joined = processed.join(observations.select(*keys, marked="value"), on=keys, how="left")
    assert joined.height == processed.height
    assert joined.filter(~pl.col("value").eq_missing(pl.col("marked"))).height == 0


def test_deriving_again_adds_nothing(workspace: Workspace, observations: pl.DataFrame) -> None:
    """The same deliveries give the same folders, and the same table."""
    held = list(workspace.editions("analyse", "observations"))
    assert journey.analyse_observations(workspace) == 0
    assert list(workspace.editions("analyse", "observations")) == held
    assert journey.load_observations(workspace).equals(observations)


def test_verdicts_are_stored_beside_the_marks(workspace: Workspace) -> None:
    """Eleven of twelve destinations repeat 2015 in 2020; the table says so."""
    verdicts = journey.load_destination_evidence(workspace).filter(
        (pl.col("edition") == "2020-12")
        & (pl.col("to_year") == 2020)
        & pl.col("area").is_in(regions()["GUZAR12"].members)
    )
    assert verdicts.filter("is_frozen").height == 11
    assert verdicts.filter(~pl.col("is_frozen"))["area"].to_list() == ["TUR"]


def test_regions_are_added_up_where_they_are_not_stored(observations: pl.DataFrame) -> None:
    """Population of nine members, and a corridor between two regions, from what is held; shares are refused."""
    held = observations.filter(pl.col("edition") == "2020-12")
    population = journey.load_figures(held, "population_mid_year_wpp2019", "NCA9")
    members = held.filter(
        (pl.col("indicator") == "population_mid_year_wpp2019")
        & pl.col("area").is_in(regions()["NCA9"].members)
    )
    one = (pl.col("period") == "2020") & (pl.col("sex") == "_T")
    assert population.filter(one)["value"].item() == members.filter(one)["value"].sum()
    corridor = journey.load_figures(held, "migrant_stock", "EAEU", "CA5").filter(one)
    assert (
        corridor["value"].item()
        == held.filter(
            (pl.col("definition") == "un_stock_by_origin")
            & one
            & pl.col("counterpart").is_in(regions()["CA5"].members)
            & pl.col("area").is_in(regions()["EAEU"].members)
        )["value"].sum()
    )
    with pytest.raises(MethodNotApplicable):
        journey.load_figures(held.filter(pl.col("area") != "NCA9"), "migrant_stock_female_percent", "NCA9")


def test_a_run_that_broke_off_between_two_editions_is_finished(
    shared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is derived from a source appears for every edition, also after a crash in the middle."""
    place = open_workspace(tmp_path / "workspace", create=True)
    for file in FILES[::2]:
        delivery = Delivery(file, (shared / "data" / "stocks" / file).read_bytes())
        journey.collect_delivery(place, "un_migrant_stock", delivery, received="2026-11-21")
    add = Workspace.add

    def break_off(self: Workspace, room: str, table: str, **rest: Any) -> Path | None:
        if rest["edition"] == "2020-12" and room == "analyse":
            raise KeyboardInterrupt
        return add(self, room, table, **rest)

    with monkeypatch.context() as broken:
        broken.setattr(Workspace, "add", break_off)
        with pytest.raises(KeyboardInterrupt):
            journey.analyse_observations(place)
    assert [one.edition for one in place.editions("analyse", "observations")] == ["2019-08"]
    journey.analyse_observations(place)
    assert [one.edition for one in place.editions("analyse", "observations")] == ["2019-08", "2020-12"]


@pytest.mark.parametrize("checksums", ["ab", "ba"])
def test_of_one_edition_the_delivery_received_last_counts(tmp_path: Path, checksums: str) -> None:
    """A publisher puts a file out again: inside its edition the new value stands, whatever the checksums are."""
    place = open_workspace(tmp_path / "workspace", create=True)
    delivered = zip(("2026-11-01", "2026-11-02"), checksums, (10.0, 20.0), strict=True)
    for received, checksum, value in delivered:
        paid = observe(("wb_remittances_paid", "KGZ", "_T", "_Z", "2020", value), edition="2023-05-10")
        place.add(
            "collect", "published", source="world_bank", edition="2023-05-10", checksum=checksum * 64,
            frames={"published_observations": paid}, receipt={"received": received},
        )  # fmt: skip
    assert journey.load_observations(place)["value"].to_list() == [20.0]
