"""Ten damaged versions of each file: one refusal or quarantine each, nothing lost, nothing wrong let in."""

from functools import cache
from pathlib import Path

import pytest
from tests.collect.sources.damaged_files import DAMAGES, Place, assert_clear, damage, rows_not_printed
from tests.collect.sources.money_files import SOURCE_OF_FILE, read, read_file, sifted

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery, take_delivery
from guzar.errors import DeliveryRefused

# One file per layout and edition; the other workbooks of the World Bank are of the same form.
PLACES = {
    "remittances/wdi-2023-05-received-usd.xls": Place(header=3, drop=1, row=30, number=60, area=1),
    "remittances/wdi-2021-09-paid-usd.csv": Place(
        header=4, drop=1, row=30, number=60, area=1, encoding="utf-8-sig"
    ),
    "remittances/received-percent-gdp-vintages.csv": Place(header=0, drop=2, row=5, number=3),
    "remittances/panel-kgz-tjk-uzb-2009-2024.csv": Place(header=0, drop=3, row=5, number=3),
    "remittances/knomad-2014-04-inflows.xls": Place(header=0, drop=20, row=9, number=40),
    "remittances/knomad-2023-06-inflows.xlsx": Place(header=0, drop=8, row=9, number=20),
    "remittances/knomad-2023-06-outflows.xlsx": Place(header=1, drop=8, row=9, number=20),
    "remittances/world-bank-2011-bilateral-remittances-latin1.csv": Place(
        header=0, drop=214, row=9, number=11, encoding="latin-1"
    ),
    "remittances/world-bank-2017-bilateral-remittances.xlsx": Place(header=1, drop=11, row=9, number=11),
    "remittances/world-bank-2018-bilateral-remittances.csv": Place(
        header=0, drop=11, row=9, number=11, encoding="utf-8-sig"
    ),
    "stocks/world-bank-2000-bilateral-migrant-stocks.csv": Place(header=0, drop=11, row=9, number=11),
    "stocks/world-bank-2017-bilateral-migrant-stocks.xlsx": Place(header=1, drop=11, row=9, number=11),
    "remittance-prices/rpw-corridor-averages-2011q1-2020q3.csv": Place(
        header=0, drop=5, row=5327, number=20, area=1, encoding="utf-8-sig"
    ),
    "remittance-prices/corridor-cost-fraction-2017.csv": Place(header=0, drop=2, row=9, number=2),
    "remittance-prices/rpw-quotes-2011q1-2014q2.parquet": Place(header=0, drop=3, row=99, number=9, area=3),
    "macro/gdp-and-exchange-rate-1960-2023.csv": Place(header=0, drop=2, row=9000, number=3, area=2),
    "sdg/sdg-migration-series-2020.csv": Place(header=0, drop=6, row=4000, number=6, area=3),
}
# A price is not a count: an average below zero may be a promotion, and no rule can tell it from a slip.
MAY_BE_NEGATIVE = (
    "remittance-prices/rpw-corridor-averages-2011q1-2020q3.csv",
    "remittance-prices/corridor-cost-fraction-2017.csv",
)
CASES = [
    (file, kind)
    for file in PLACES
    for kind in DAMAGES
    if not (kind == "negative_count" and file in MAY_BE_NEGATIVE)
]


@cache
def _delivery(shared: Path, file: str) -> Delivery:
    return take_delivery(shared / "data" / file)


@pytest.mark.parametrize(("file", "kind"), CASES, ids=[f"{Path(file).stem}-{kind}" for file, kind in CASES])
def test_damage_is_refused_or_set_aside(shared: Path, file: str, kind: str) -> None:
    harmed = damage(_delivery(shared, file), kind, PLACES[file])
    try:
        reading = read(harmed, SOURCE_OF_FILE[file])
    except DeliveryRefused as refusal:
        assert_clear(refusal)
        return
    if "published_price_quotes" in reading.tables:
        kept, refused = reading.tables["published_price_quotes"], reading.tables["refused_rows"]
        before = read_file(shared, file).tables["published_price_quotes"]
        assert rows_not_printed(kept, before).is_empty()
    else:
        candidates = reading.tables["published_figures"]
        kept, refused = quarantine.sift(candidates, SOURCE_OF_FILE[file])
        before = sifted(shared, file)[0]
        assert kept.height + refused.height == candidates.height
        assert rows_not_printed(kept, before).is_empty(), "a wrong figure passed"
    already = sifted(shared, file)[1].height if "published_figures" in reading.tables else 0
    assert refused.height > already, "the damage was not noticed"


def test_every_layout_is_damaged(shared: Path) -> None:
    layouts = {(SOURCE_OF_FILE[file], file.rsplit(".", 1)[1]) for file in SOURCE_OF_FILE}
    assert layouts == {(SOURCE_OF_FILE[file], file.rsplit(".", 1)[1]) for file in PLACES}
    assert len(CASES) == len(PLACES) * len(DAMAGES) - len(MAY_BE_NEGATIVE)
