"""Over HTTP every format of one query reads back to the same table, and random queries give the rows of plain SQL."""

from collections import Counter

import httpx
import pytest
from hypothesis import given, settings
from tests.share.sdmx.clients.expected import TWO, rows_wanted
from tests.share.sdmx.plain_queries import plain_rows
from tests.share.sdmx.service.http_queries import ACCEPT, HttpQuery, ask, http_queries, read

FLOWS = ("MIGRANT_STOCKS", "REMITTANCES", "FLOW_ESTIMATES", "REMITTANCE_PRICES", "POPULATION")
MANY = 150
"""Random queries in all."""
PATHS = {
    "v1": "/sdmx/v1/data/GUZAR,MIGRANT_STOCKS,1.0.0/A..KGZ+TJK.._T/all?startPeriod=2010",
    "v2": "/sdmx/v2/data/dataflow/GUZAR/MIGRANT_STOCKS/1.0.0/A.*.*.*._T?c[REF_AREA]=KGZ,TJK&c[TIME_PERIOD]=ge:2010",
}


@pytest.mark.parametrize("version", PATHS)
@pytest.mark.parametrize("at", ["TIME_PERIOD", "AllDimensions", "REF_AREA"])
def test_all_formats_tell_the_same_table(released, version, at):
    rows = rows_wanted(released, codes={"REF_AREA": TWO, "SEX": ("_T",)}, start="2010")
    assert len(rows) > 100
    for format_, accept in ACCEPT.items():
        address = f"{released.address}{PATHS[version]}&dimensionAtObservation={at}"
        found = httpx.get(address, headers={"Accept": accept})
        assert found.status_code == 200, found.text
        assert read(format_, found.content) == rows, format_


@pytest.mark.parametrize("flow", FLOWS)
def test_random_queries_give_the_rows_of_plain_sql(released, flow):
    seen: Counter[str] = Counter()
    with httpx.Client(base_url=released.address, timeout=60) as client:

        @settings(max_examples=MANY // len(FLOWS), deadline=None, derandomize=True, database=None)
        @given(query=http_queries(flow, released.of(flow)))
        def check(query: HttpQuery) -> None:
            wanted = plain_rows(released.rows, query.asked)
            assert ask(client, query) == wanted, query.address
            seen.update({query.version: 1, query.format: 1, "with rows": bool(wanted)})

        check()
    assert seen["with rows"] > 5
    assert seen["v1"] > 3
    assert seen["v2"] > 3


@pytest.mark.parametrize(
    "path",
    [
        "/sdmx/v2/data/provisionagreement/GUZAR/PA_WORLD_BANK_MIGRANT_STOCKS/1.0.0",
        "/sdmx/v1/data/MIGRANT_STOCKS/all/GUZAR,WORLD_BANK",
        "/sdmx/v1/data/MIGRANT_STOCKS/all/world_bank+world_bank_stock",
        "/sdmx/v1/data/MIGRANT_STOCKS/all/GUZAR,world_bank+GUZAR,world_bank_stock",
    ],
)
def test_a_provider_gives_the_rows_of_its_sources(released, path):
    wanted = rows_wanted(released, codes={"SOURCE": ("world_bank", "world_bank_stock")})
    assert 0 < len(wanted) < len(rows_wanted(released))
    found = httpx.get(released.address + path, headers={"Accept": ACCEPT["csv-1.0"]})
    assert read("csv-1.0", found.content) == wanted
    unknown = httpx.get(f"{released.address}/sdmx/v2/data/provisionagreement/GUZAR/PA_NOBODY/1.0.0")
    assert unknown.status_code == 404
