"""Every figure of region-check.csv on migrants, flows, population and refugees, read with guzar's own readers."""

import csv
import re
from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.people_files import MEMBER_TREATIES, SOURCE_OF_FILE, observed, read_file, sifted

from guzar.define.areas import THE_TWELVE, regions
from guzar.process.harmonise_treaties import harmonise_treaties

SHARED = Path(__file__).resolve().parents[4] / "shared"
CHECKS = SHARED / "data" / "region-check.csv"
SEX = {"total": "_T", "male": "M", "female": "F"}


def _checks() -> list[dict[str, str]]:
    if not CHECKS.exists():
        return []
    with CHECKS.open(encoding="utf-8", newline="") as rows:
        return [row for row in csv.DictReader(rows) if row["source_file"] in SOURCE_OF_FILE]


def _named(where: str) -> dict[str, str]:
    """`year=2020, orig=ARM` as a mapping."""
    return dict(re.findall(r"([a-z_0-9]+)=([A-Za-z_0-9]+)", where))


def _among(column: str, area: str) -> pl.Expr:
    """An area, a sum of areas (KAZ+KGZ), a region, the rest of the world, or all."""
    if area in ("", "all areas"):
        return pl.lit(True)
    if area == "ROW":
        return ~pl.col(column).is_in(THE_TWELVE)
    chosen = regions()[area].members if area in regions() else area.split("+")
    return pl.col(column).is_in(list(chosen))


def _stock_by_origin(check: dict[str, str], held: pl.DataFrame) -> float:
    cells = held.filter(
        pl.col("definition").str.starts_with("un_stock_by_origin")
        & (pl.col("year") == int(check["year"]))
        & _among("counterpart", check["area"])
        & _among("area", check["counterpart"])
    )
    by_sex = dict(cells.group_by("sex").agg(pl.col("value").sum()).iter_rows())
    if "female share" in check["indicator"]:
        return round(100 * by_sex["F"] / by_sex["_T"], 2)
    return float(by_sex[SEX[_named(check["where_in_file"]).get("sex", "total")]])


def _stock_book(check: dict[str, str], held: pl.DataFrame) -> float | str:
    table = re.search(r"Table (\d)", check["where_in_file"]).group(1)  # type: ignore[union-attr]
    indicator = {
        "1": "migrant_stock",
        "2": "population_mid_year_wpp2019",
        "4": "migrant_stock_female_percent",
        "6": "refugees_hosted_un_desa",
    }[table]
    sex = "F" if table == "4" else "_T"
    cells = held.filter(
        (pl.col("indicator") == indicator)
        & (pl.col("year") == int(check["year"]))
        & (pl.col("sex") == sex)
        & _among("area", check["area"])
    )
    if check["unit"] == "mark":
        assert cells["value"].to_list() == [None]
        assert cells["observation_status"].to_list() == ["withheld"]
        return str(cells["missing_mark"].item())
    return float(cells["value"].sum()) / (1000 if check["unit"] == "thousand persons" else 1)


def _flow(check: dict[str, str], held: pl.DataFrame) -> float:
    named = _named(check["where_in_file"])
    period = check["year"]
    if "implied" in check["indicator"]:
        cells = held.filter(
            (pl.col("definition") == "abel_cohen_da_pb_closed")
            & (pl.col("sex") == "_T")
            & (pl.col("period") == period)
        )
        into, out = (
            cells.filter(pl.col(end) == check["area"])["value"].sum() for end in ("area", "counterpart")
        )
        return float(into - out)
    part = "" if named["type"] == "total" else f"_{named['type']}"
    cells = held.filter(
        (pl.col("definition") == f"abel_cohen_{named['method']}{part}")
        & (pl.col("sex") == SEX[named["sex"]])
        & (pl.col("counterpart") == named["orig"])
        & (pl.col("area") == named["dest"])
        & (pl.col("period") == period)
    )
    return float(cells["value"].sum())


def _population(check: dict[str, str], held: pl.DataFrame) -> float:
    chosen = held.filter(pl.col("area") == check["area"])
    named = _named(check["where_in_file"])
    if "revision" in named:
        chosen = chosen.filter(
            (pl.col("edition") == named["revision"]) & (pl.col("definition") == "wpp_population_derived")
        )
    if "0.5*" in check["where_in_file"]:
        weights = {2015: 0.5, 2016: 1, 2017: 1, 2018: 1, 2019: 1, 2020: 0.5}
        return (
            sum(chosen.filter(pl.col("year") == year)["value"].item() * w for year, w in weights.items())
            / 1000
        )
    return float(chosen.filter(pl.col("period") == check["year"])["value"].item()) / 1000


def _refugees(check: dict[str, str], held: pl.DataFrame) -> float:
    where = check["where_in_file"]
    column = re.search(r"(?:column|sum of) (\w+)", where)
    series = f"unhcr_{column.group(1)}" if column else "idmc_conflict_displaced"
    series = "unhcr_asylum_applications" if series == "unhcr_applied" else series
    cells = held.filter((pl.col("definition") == series) & (pl.col("year") == 2023))
    sent = check["area"] if "coo_iso=" in where else ""
    hosted = check["counterpart"] if "coo_iso=" in where else check["area"]
    return float(cells.filter(_among("counterpart", sent) & _among("area", hosted))["value"].sum())


def _treaty(check: dict[str, str], shared: Path) -> str:
    status = read_file(shared, MEMBER_TREATIES).tables["published_treaty_status"]
    actions = harmonise_treaties(status, source="treaties", edition="2022-08-25")
    found = actions.filter((pl.col("treaty") == "ICRMW") & (pl.col("area") == check["area"]))
    action, date = found.select("treaty_action", "action_date").row(0)
    words = {"signed": "signatory state", "no_action_seen": "no action", "became_party": "state party"}[
        action
    ]
    return f"{words} {date}" if date else words


def _value(check: dict[str, str], shared: Path) -> float | str:
    file = check["source_file"]
    if SOURCE_OF_FILE[file] == "treaties":
        return _treaty(check, shared)
    held = observed(shared, file)
    if file.endswith(".xlsx"):
        return _stock_book(check, held)
    reader = {
        "un_migrant_stock": _stock_by_origin,
        "migration_flows": _flow,
        "world_population": _population,
        "refugees": _refugees,
    }[SOURCE_OF_FILE[file]]
    return reader(check, held)


@pytest.mark.parametrize("check", _checks() or [{}], ids=lambda check: check.get("check_id", "absent"))
def test_region_check(shared: Path, check: dict[str, str]) -> None:
    expected: float | str = check["value"] if check["unit"] in ("mark", "text") else float(check["value"])
    found = _value(check, shared)
    rounded = (
        0.00051 if "0.5*" in check["where_in_file"] else 1e-9
    )  # these sums are printed with three decimals
    assert found == (
        expected if isinstance(expected, str) else pytest.approx(expected, rel=1e-9, abs=rounded)
    )


def test_no_check_is_left_out(shared: Path) -> None:
    with CHECKS.open(encoding="utf-8", newline="") as rows:
        ours = {
            row["check_id"]
            for row in csv.DictReader(rows)
            if row["source_file"].split("/")[0] in ("population", "refugees", "flows-published", "treaties")
        }
    assert ours <= {check["check_id"] for check in _checks()}


@pytest.mark.parametrize("file", [file for file, source in SOURCE_OF_FILE.items() if source != "treaties"])
def test_nothing_is_lost(shared: Path, file: str) -> None:
    kept, refused = sifted(shared, file)
    assert kept.height + refused.height == read_file(shared, file).tables["published_figures"].height
    assert set(refused["reason"]) <= {"the row is delivered twice, word for word; the first is kept"}
