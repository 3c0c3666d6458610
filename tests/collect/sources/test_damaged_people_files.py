"""Ten damaged versions of each file: one refusal or quarantine each, nothing lost, nothing wrong let in."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from tests.collect.sources.damaged_files import DAMAGES, Place, assert_clear, damage, rows_not_printed
from tests.collect.sources.people_files import (
    APPLICATIONS,
    BOOK_2019,
    BOOK_2020,
    CENTRAL_ASIA_TREATIES,
    CONFLICT,
    DECISIONS,
    FLOWS,
    GROUPS,
    MEMBER_TREATIES,
    RATES,
    ROUNDED,
    SOURCE_OF_FILE,
    STOCK_2019,
    STOCK_2020,
    TOTALS_2019,
    UNHCR_STOCK,
    WIDE_2019,
    as_parquet,
    read,
)

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery, Reading, take_delivery
from guzar.errors import DeliveryRefused

TAB = {"separator": "\t"}
PLACES = {
    STOCK_2020: Place(header=0, drop=2, row=9, number=4, area=3),
    STOCK_2019: Place(header=0, drop=2, row=9, number=4, area=3),
    BOOK_2020: Place(header=10, drop=8, row=40, number=6, area=3, sheet="Table 1"),
    BOOK_2019: Place(header=15, drop=8, row=40, number=6, area=3, sheet="Table 1"),
    WIDE_2019: Place(header=0, drop=1, row=9, number=3, area=1),
    TOTALS_2019: Place(header=0, drop=3, row=200, number=4, area=2, encoding="latin-1"),
    "population/wpp-2019-net-migration-5-year.txt": Place(header=0, drop=6, row=90, number=5, **TAB),
    "population/wpp-2019-population-female-5-year-age.txt": Place(header=0, drop=6, row=90, number=5, **TAB),
    "population/wpp-2022-births.txt": Place(header=0, drop=6, row=90, number=5, **TAB),
    "population/wpp-2022-deaths.txt": Place(header=0, drop=6, row=90, number=5, **TAB),
    "population/wpp-2022-net-migration.txt": Place(header=0, drop=6, row=90, number=5, **TAB),
    "population/wpp-2024-births.txt": Place(header=0, drop=6, row=90, number=5, **TAB),
    "population/wpp-2024-deaths.txt": Place(header=0, drop=6, row=90, number=5, **TAB),
    "population/wpp-2024-net-migration.txt": Place(header=0, drop=6, row=90, number=5, **TAB),
    RATES: Place(header=0, drop=1, row=90, number=3, area=1),
    ROUNDED: Place(header=0, drop=1, row=90, number=3, area=2),
    "population/gaskin-abel-net-migration-1990-2023.csv": Place(header=0, drop=1, row=90, number=3, area=1),
    "population/net-migration-national-offices-1990-2023.csv": Place(
        header=0, drop=1, row=90, number=3, area=2
    ),
    UNHCR_STOCK: Place(header=0, drop=6, row=90, number=7, area=6),
    "refugees/unhcr-new-displacement-flows.parquet": Place(header=0, drop=6, row=90, number=8, area=6),
    "refugees/unhcr-returns-resettlement-naturalisation.parquet": Place(
        header=0, drop=6, row=90, number=7, area=6
    ),
    APPLICATIONS: Place(header=0, drop=6, row=90, number=11, area=6),
    DECISIONS: Place(header=0, drop=6, row=90, number=10, area=6),
    GROUPS: Place(header=0, drop=6, row=90, number=17, area=6),
    CONFLICT: Place(header=0, drop=6, row=90, number=7, area=6),
    FLOWS: Place(header=0, drop=4, row=9, number=6, area=5),
    CENTRAL_ASIA_TREATIES: Place(header=0, drop=3, row=9, number=3, area=1),
    MEMBER_TREATIES: Place(header=0, drop=5, row=9, number=5, area=2),
}
# Net migration may be negative, and a treaty status holds no count.
MAY_BE_NEGATIVE = {file for file in PLACES if "net-migration" in file} - {
    "population/gaskin-abel-net-migration-1990-2023.csv"
}
NO_NUMBERS = {
    CENTRAL_ASIA_TREATIES: {"decimal_commas", "negative_count"},
    MEMBER_TREATIES: {"decimal_commas", "negative_count"},
}
CASES = [
    (file, kind)
    for file in PLACES
    for kind in DAMAGES
    if not (kind == "negative_count" and file in MAY_BE_NEGATIVE) and kind not in NO_NUMBERS.get(file, ())
]


def _fewer_rows(file: str, table: pl.DataFrame) -> pl.DataFrame:
    """Enough of a large table to be whole in its reader's eyes: every destination, every period."""
    if file in (STOCK_2020, STOCK_2019):
        return table.filter(pl.col("sex") == "total").unique(
            ["year", "dest"], keep="first", maintain_order=True
        )
    if file == FLOWS:
        return table.filter(pl.col("type") == "total").unique(
            ["year0", "dest"], keep="first", maintain_order=True
        )
    if file == RATES:
        return table.filter(pl.col("year") >= 2020)
    return table.filter(pl.col("year") >= 2024) if "year" in table.columns and table.height > 2000 else table


@cache
def _delivery(shared: Path, file: str) -> Delivery:
    delivery = take_delivery(shared / "data" / file)
    if not file.endswith(".parquet"):
        return delivery
    return replace(delivery, content=as_parquet(_fewer_rows(file, pl.read_parquet(delivery.content))))


@cache
def _undamaged(shared: Path, file: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    reading = read(_delivery(shared, file), SOURCE_OF_FILE[file])
    return _sift(reading, SOURCE_OF_FILE[file])


def _sift(reading: Reading, source: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    if "published_treaty_status" in reading.tables:
        return reading.tables["published_treaty_status"], reading.tables["refused_rows"]
    candidates = reading.tables["published_figures"]
    kept, refused = quarantine.sift(candidates, source)
    assert kept.height + refused.height == candidates.height
    return kept, refused


@pytest.mark.parametrize(("file", "kind"), CASES, ids=[f"{Path(file).stem}-{kind}" for file, kind in CASES])
def test_damage_is_refused_or_set_aside(shared: Path, file: str, kind: str) -> None:
    source = SOURCE_OF_FILE[file]
    harmed = damage(_delivery(shared, file), kind, PLACES[file])
    before, already_refused = _undamaged(shared, file)
    try:
        kept, refused = _sift(read(harmed, source), source)
    except DeliveryRefused as refusal:
        assert_clear(refusal)
        return
    assert refused.height > already_refused.height, "the damage was not noticed"
    assert refused["reason"].null_count() == 0
    assert rows_not_printed(kept, before).is_empty(), "a wrong figure passed"
    if kind in ("negative_count", "unknown_area"):
        assert kept.height + refused.height == before.height + already_refused.height
