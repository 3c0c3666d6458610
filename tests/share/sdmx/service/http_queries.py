"""Random queries over HTTP, in either version of the interface and any format, beside what plain SQL gives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import httpx
import polars as pl
from hypothesis import strategies as st
from tests.share.sdmx.asked_urls import COLUMNS, queries, v1_address, v2_address
from tests.share.sdmx.loaders import LOADERS
from tests.share.sdmx.plain_queries import SHOWN, Asked

DATA = "application/vnd.sdmx."
ACCEPT = {
    "generic-2.1": f"{DATA}genericdata+xml;version=2.1",
    "specific-2.1": f"{DATA}structurespecificdata+xml;version=2.1",
    "ml-3.0": f"{DATA}data+xml;version=3.0.0",
    "json-1.0": f"{DATA}data+json;version=1.0.0",
    "json-2.0": f"{DATA}data+json;version=2.0.0",
    "csv-1.0": f"{DATA}data+csv;version=1.0.0",
    "csv-2.0": f"{DATA}data+csv;version=2.0.0",
}
AT = (None, "TIME_PERIOD", "AllDimensions", "REF_AREA")
NOTHING = {"v1": 404, "v2": 204}
UNKNOWN = {"v1": 404, "v2": 422}  # a code that occurs nowhere
Rows = list[tuple[Any, ...]]


@dataclass(frozen=True)
class HttpQuery:
    """A query, the address that asks it, and the format of the answer."""

    asked: Asked
    version: str  # of the interface
    address: str  # path and query
    format: str


@st.composite
def http_queries(
    draw: Any,
    flow: str,
    figures: pl.DataFrame,
    versions: Sequence[str] = tuple(NOTHING),
    formats: Sequence[str] = tuple(ACCEPT),
) -> HttpQuery:
    """A query about a dataflow with these figures, in one of the versions of the interface and one of the formats."""
    asked, version = draw(queries(figures)), draw(st.sampled_from(versions))
    if version == "v1":
        asked = replace(asked, least=None, evidence=None)  # it has no filters on values and attributes
        address = v1_address(asked, flow)
    else:
        address = v2_address(asked, flow, draw(st.sets(st.sampled_from(sorted(COLUMNS))).map(frozenset)))
    at = draw(st.sampled_from(AT))
    if at is not None:
        address += f"{'' if address[-1] in '?&' else '&'}dimensionAtObservation={at}"
    return HttpQuery(asked, version, address, draw(st.sampled_from(formats)))


def ask(client: httpx.Client, query: HttpQuery) -> Rows:
    """The rows of the answer, as plain SQL gives them; none where the service says so by the status of its version."""
    answer = client.get(query.address, headers={"Accept": ACCEPT[query.format]})
    nowhere = ("NOWHERE",) in query.asked.codes.values()
    if answer.status_code == (UNKNOWN if nowhere else NOTHING)[query.version]:
        assert ("NOWHERE" in answer.text) == nowhere, f"{query.address}\n{answer.text[:500]}"
        return []
    assert answer.status_code == 200, f"{answer.status_code} {query.address}\n{answer.text[:500]}"
    assert answer.headers["content-type"].startswith(ACCEPT[query.format]), answer.headers["content-type"]
    return read(query.format, answer.content)


def read(format_: str, message: bytes) -> Rows:
    """A message as rows of key, period, number and evidence, sorted."""
    told = [tuple(row.get(one) or None for one in SHOWN) for row in LOADERS[format_](message)]
    return sorted(((*row[:-2], as_number(row[-2]), row[-1]) for row in told), key=repr)


def as_number(text: str | None) -> float | None:
    """A value as every format may write it; NaN stands for none."""
    return None if text in (None, "NaN") else float(text)
