"""Every query gives exactly the rows that plain SQL over the released Parquet gives."""

from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.share.sdmx.asked_urls import COLUMNS, queries, v1_address, v2_address
from tests.share.sdmx.conftest import PUBLISHED_AT, Shipped
from tests.share.sdmx.plain_queries import Asked, plain_rows

from guzar.share.sdmx.answers import Words, make_answer
from guzar.share.sdmx.data_paths import read_parameters, read_v1_data, read_v2_data
from guzar.share.sdmx.data_query import DataQuery

FLOWS = ("MIGRANT_STOCKS", "REMITTANCES", "REMITTANCE_PRICES", "FLOW_ESTIMATES", "POPULATION", "ECONOMY")
MANY = 200


def rows_of(shipped: Shipped, query: DataQuery) -> list[tuple[Any, ...]]:
    """The rows of an answer, as plain SQL gives them."""
    answer = make_answer(shipped.index, query, Words({}, {}), most=10_000_000, prepared=PUBLISHED_AT)
    if answer is None:
        return []
    evidence = [one.id for one in answer.observation_attributes].index("EVIDENCE")
    found = [
        (*series.key, at, float(value) if value else None, answer.attribute_sets[number][evidence])
        for series in answer.series
        for at, value, number in series.observations
    ]
    return sorted(found, key=repr)


def ask(shipped: Shipped, flow: str, address: str) -> DataQuery:
    """The query of an address."""
    path, _, query = address.partition("?")
    parts = [unquote(part) for part in path.split("/")]
    described = shipped.index.flows[flow].flow
    if parts[2] == "v1":
        return read_v1_data(described, parts[5], parts[6], read_parameters(query))
    return read_v2_data(described, parts[8], read_parameters(query))


@pytest.mark.parametrize("flow", FLOWS)
def test_rows_are_those_of_plain_sql(shipped: Shipped, flow: str) -> None:
    figures = shipped.of(flow)
    found = []

    @settings(max_examples=MANY // len(FLOWS), deadline=None, derandomize=True)
    @given(asked=queries(figures), in_key=st.sets(st.sampled_from(sorted(COLUMNS))).map(frozenset))
    def check(asked: Asked, in_key: frozenset[str]) -> None:
        wanted = plain_rows(shipped.rows, asked)
        found.append(len(wanted))
        assert rows_of(shipped, ask(shipped, flow, v2_address(asked, flow, in_key))) == wanted
        if asked.least is None and asked.evidence is None:
            assert rows_of(shipped, ask(shipped, flow, v1_address(asked, flow))) == wanted

    check()
    assert sum(one > 0 for one in found) > len(found) / 3
