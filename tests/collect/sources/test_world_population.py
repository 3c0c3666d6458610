"""World Population Prospects, with made-up tables: what a table is, which revision, what is a projection."""

from dataclasses import replace

import polars as pl
import pytest
from tests.collect.sources.people_files import read

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery
from guzar.define.areas import areas
from guzar.errors import DeliveryRefused
from guzar.process.harmonise import harmonise

COUNTRIES = areas().filter(pl.col("kind") == "country")["m49"].to_list()
AGES = [*(f"{age}-{age + 4}" for age in range(0, 100, 5)), "100+"]


def _annual(last: int = 2021, *, world: str = "10", name: str = "births.txt", extra: str = "") -> Delivery:
    years = [str(year) for year in range(1950, last + 1)]
    lines = ["\t".join(["country_code", "country", *years, *([extra] if extra else [])])]
    for code in ["900", *COUNTRIES]:
        lines.append(
            "\t".join(
                [
                    code,
                    f"area {code}",
                    *[world if code == "900" else "1.5"] * len(years),
                    *(["2023"] if extra else []),
                ]
            )
        )
    return Delivery(name, "\n".join(lines).encode())


def _ages(name: str = "population-female.txt") -> Delivery:
    years = [str(year) for year in range(1950, 2021, 5)]
    lines = ["\t".join(["country_code", "name", "age", *years])]
    lines += [
        "\t".join([code, "x", age, *["0.5"] * len(years)]) for code in ["900", *COUNTRIES] for age in AGES
    ]
    return Delivery(name, "\n".join(lines).encode())


def _observed(delivery: Delivery) -> pl.DataFrame:
    reading = read(delivery, "world_population")
    figures, _ = quarantine.sift(reading.tables["published_figures"], "world_population")
    return harmonise(figures, source="world_population", edition=reading.edition or "")


@pytest.mark.parametrize(
    ("name", "series", "definition"),
    [
        ("wpp-births.txt", "", "wpp_births"),
        ("deaths_2022.txt", "", "wpp_deaths"),
        ("table.txt", "births", "wpp_births"),
        ("table.txt", "deaths", "wpp_deaths"),
    ],
)
def test_births_and_deaths_are_told_by_name_or_by_the_deliverer(
    name: str, series: str, definition: str
) -> None:
    held = _observed(replace(_annual(name=name), series=series))
    assert set(held["definition"]) == {definition}
    assert (
        held.filter((pl.col("area") == "KGZ") & (pl.col("year") == 2021))["value"].item() == 1500
    )  # thousands, once


def test_net_migration_is_told_by_the_world() -> None:
    assert set(_observed(_annual(world="0", name="table.txt"))["definition"]) == {"wpp_net_migration"}


@pytest.mark.parametrize(
    ("name", "series", "world"),
    [
        ("table.txt", "", "10"),
        ("net-migration.txt", "", "10"),
        ("births.txt", "net_migration", "10"),
        ("table.txt", "births", "0"),
    ],
)
def test_what_nobody_tells_or_what_contradicts_is_refused(name: str, series: str, world: str) -> None:
    with pytest.raises(DeliveryRefused, match="--series"):
        read(replace(_annual(name=name, world=world), series=series), "world_population")


@pytest.mark.parametrize(
    ("last", "extra", "edition"),
    [(2021, "", "2022"), (2100, "", "2022"), (2023, "", "2024"), (2023, "last.observed", "2024")],
)
def test_revision_is_told_by_the_years(last: int, extra: str, edition: str) -> None:
    reading = read(_annual(last, world="0", name="net-migration.txt", extra=extra), "world_population")
    assert reading.edition == edition
    assert ("last.observed" in reading.details) == bool(extra)
    periods = (
        reading.tables["published_figures"]
        .filter(pl.col("reported_status") == "projection")["reported_period"]
        .unique()
    )
    assert periods.sort().to_list() == [str(year) for year in range(2022, last + 1) if edition == "2022"]


@pytest.mark.parametrize("last", [2017, 2020, 2022])
def test_years_of_no_revision_are_refused(last: int) -> None:
    with pytest.raises(DeliveryRefused, match="revision"):
        read(_annual(last), "world_population")


def test_projections_are_forecasts_and_nothing_is_taken_for_observed() -> None:
    held = _observed(_annual(2100, world="0", name="net-migration.txt"))
    status = dict(held.filter(pl.col("area") == "KGZ").select("year", "observation_status").iter_rows())
    assert (status[2021], status[2022], status[2100]) == ("estimated", "forecast", "forecast")
    assert held["last_observed"].null_count() == held.height


def test_age_groups_are_added_up_per_sex() -> None:
    held = _observed(_ages()).filter((pl.col("area") == "TJK") & (pl.col("year") == 2020))
    assert held.select("sex", "value").rows() == [("F", 21 * 500.0)]


def test_a_total_without_one_age_group_is_not_known() -> None:
    text = _ages().content.decode().replace("762\tx\t20-24\t0.5", "762\tx\t20-24\t-0.5")
    held = _observed(replace(_ages(), content=text.encode())).filter(pl.col("area") == "TJK").sort("year")
    assert held.row(0, named=True)["value"] is None
    assert held.select("observation_status", "missing_mark").row(0) == ("not_known", "part missing")
    assert held["value"].null_count() == 1


def test_a_missing_age_group_is_refused() -> None:
    text = "\n".join(line for line in _ages().content.decode().splitlines() if "\t20-24\t" not in line)
    with pytest.raises(DeliveryRefused, match="age group"):
        read(replace(_ages(), content=text.encode()), "world_population")
