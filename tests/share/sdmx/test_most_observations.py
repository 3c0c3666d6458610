"""How many observations one answer may have, whatever the address asks for."""

import pytest
from tests.share.sdmx.conftest import PUBLISHED_AT, Shipped

from guzar.share.sdmx.answers import Words, make_answer
from guzar.share.sdmx.data_paths import read_v2_data
from guzar.share.sdmx.refusals import TOO_LARGE, QueryRefused

MOST = 20


def test_a_limit_above_the_most_is_no_way_around_it(shipped: Shipped) -> None:
    """`limit` cuts an answer; it does not widen what the service gives."""
    flow = shipped.index.flows["REMITTANCES"].flow
    query = read_v2_data(flow, "", {"limit": str(MOST + 1)})
    with pytest.raises(QueryRefused) as refused:
        make_answer(shipped.index, query, Words({}, {}), most=MOST, prepared=PUBLISHED_AT)
    assert refused.value.status == TOO_LARGE


def test_a_page_of_a_long_answer_is_given(shipped: Shipped) -> None:
    """A page as long as is allowed is answered, however much there is beyond it."""
    flow = shipped.index.flows["REMITTANCES"].flow
    query = read_v2_data(flow, "", {"limit": str(MOST)})
    answer = make_answer(shipped.index, query, Words({}, {}), most=MOST, prepared=PUBLISHED_AT)
    assert answer is not None
    assert sum(len(one.observations) for one in answer.series) == MOST
