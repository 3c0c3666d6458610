"""Random queries (Hypothesis), and the address that asks each of them in one version of the interface or the other."""

from typing import Any
from urllib.parse import quote

import polars as pl
from hypothesis import strategies as st
from tests.share.sdmx.plain_queries import KEY, Asked

COLUMNS = {
    "INDICATOR": "indicator",
    "REF_AREA": "area",
    "COUNTERPART_AREA": "counterpart",
    "SEX": "sex",
    "DEFINITION": "definition",
    "SOURCE": "source",
    "EDITION": "edition",
}
YEARS = st.integers(1988, 2027).map(str)
DAYS = st.dates().filter(lambda day: 2005 <= day.year <= 2027).map(str)


@st.composite
def queries(draw: Any, figures: pl.DataFrame) -> Asked:
    """A query about a dataflow that has these figures; codes are mostly such as occur together, some occur nowhere."""
    row = figures.row(draw(st.integers(0, figures.height - 1)), named=True)
    codes: dict[str, tuple[str, ...]] = {}
    for dimension, column in COLUMNS.items():
        if draw(st.integers(0, 2)) == 0:
            others = draw(
                st.lists(st.sampled_from(sorted(figures[column].unique())), max_size=2, unique=True)
            )
            codes[dimension] = tuple(dict.fromkeys([row[column], *others]))
        elif draw(st.integers(0, 60)) == 0:
            codes[dimension] = ("NOWHERE",)
    maybe = st.one_of(st.none(), st.none(), st.none())
    return Asked(
        indicators=tuple(sorted(figures["indicator"].unique())),
        codes=codes,
        start=draw(maybe | YEARS),
        end=draw(maybe | YEARS),
        least=draw(maybe | maybe | st.sampled_from([0.0, 1000.0, 50.5])),
        evidence=draw(maybe | maybe | st.sampled_from(["observed", "estimated", "modelled_from_modelled"])),
        as_of=draw(maybe | DAYS),
        history=draw(st.integers(0, 3)) == 0,
        first=draw(maybe | maybe | st.integers(1, 3)),
        last=draw(maybe | maybe | st.integers(1, 3)),
    )


def v2_address(asked: Asked, flow: str, in_key: frozenset[str] = frozenset()) -> str:
    """The path and query of SDMX REST 2.x; dimensions of `in_key` with one code stand in the key, others are filters."""
    keyed = {one for one in in_key if len(asked.codes.get(one, ())) == 1}
    key = ".".join(asked.codes[one][0] if one in keyed else "*" for one in KEY)
    given = [
        f"c%5B{one}%5D={quote(','.join(codes), safe='')}"
        for one, codes in asked.codes.items()
        if one not in keyed
    ]
    periods = [f"ge:{asked.start}"] * (asked.start is not None) + [f"le:{asked.end}"] * (
        asked.end is not None
    )
    if periods:
        given.append(f"c[TIME_PERIOD]={'+'.join(periods)}")
    if asked.least is not None:
        given.append(f"c[OBS_VALUE]=ge:{asked.least}")
    if asked.evidence is not None:
        given.append(f"c[EVIDENCE]={asked.evidence}")
    return f"/sdmx/v2/data/dataflow/GUZAR/{flow}/1.0.0/{key}?{'&'.join(given + _shared(asked))}"


def v1_address(asked: Asked, flow: str) -> str:
    """The path and query of SDMX REST 1.x, which has no filters on values and attributes."""
    key = ".".join("+".join(asked.codes.get(one, ())) for one in KEY)
    given = [f"startPeriod={asked.start}"] * (asked.start is not None) + [f"endPeriod={asked.end}"] * (
        asked.end is not None
    )
    return f"/sdmx/v1/data/GUZAR,{flow},1.0.0/{key}/all?{'&'.join(given + _shared(asked))}"


def _shared(asked: Asked) -> list[str]:
    given = []
    if asked.as_of is not None:
        given.append(f"asOf={asked.as_of}")
    if asked.history:
        given.append("includeHistory=true")
    for name, count in (("firstNObservations", asked.first), ("lastNObservations", asked.last)):
        if count is not None:
            given.append(f"{name}={count}")
    return given
