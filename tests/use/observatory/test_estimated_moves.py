"""Flows that guzar estimates from stocks: an interval where stocks were observed, no number where they were not."""

import re

import polars as pl
import pytest
from tests.use.observatory.sites import MakePages

from guzar.define.tables.flow_accounts import FlowAccounts
from guzar.reference import shipped_observations, shipped_table
from guzar.use.observatory.content import Page
from guzar.use.observatory.figures import corridors, estimated_moves
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

EN = Words("en")
MODELLED = "modelled_from_modelled"
POINTS = {"guzar_flow_lower": "lower", "guzar_flow": "plain", "guzar_flow_upper": "upper"}


@pytest.fixture(scope="module")
def flows() -> pl.DataFrame:
    """All flows of guzar's own that ship."""
    return shipped_observations().filter(pl.col("source") == "guzar_flows")


def _page(pages: list[Page], path: str) -> Page:
    return next(page for page in pages if page.path == path)


def test_every_shipped_flow_has_its_interval(flows: pl.DataFrame) -> None:
    """Three points of one corridor, in order, with one status; every period and sex."""
    key = ["area", "counterpart", "sex", "period", "observation_status"]
    wide = flows.with_columns(pl.col("definition").replace_strict(POINTS)).pivot(
        "definition", index=key, values="value"
    )
    assert wide.height * len(POINTS) == flows.height
    assert wide.filter(pl.col("lower") > pl.col("upper")).height == 0
    assert set(wide["sex"]) == {"_T", "F", "M"}
    assert wide["period"].n_unique() == 6


def test_the_last_period_is_arithmetic(flows: pl.DataFrame) -> None:
    """2015 to 2020: eleven of twelve stocks repeat an older mix, so no corridor among the twelve may be shown."""
    last = flows.filter(
        (pl.col("period") == "2015-2020") & (pl.col("area") != "ROW") & (pl.col("counterpart") != "ROW")
    )
    assert last.height
    assert set(last["observation_status"]) == {MODELLED}


def test_the_account_that_ships_adds_up() -> None:
    """Net migration from 2015 to 2020 by closed pseudo-Bayes, as promised, and the line of every area."""
    accounts = shipped_table("flow_accounts", FlowAccounts)
    last = accounts.filter(pl.col("period") == "2015-2020")
    nets = dict(last.select("area", "net").iter_rows())
    assert nets["KGZ"] == pytest.approx(-140_100, abs=500)
    assert nets["RUS"] == pytest.approx(1_753_700, abs=500)
    assert last.filter(pl.col("stock_status") == "estimated").height <= 1


def test_a_corridor_that_was_observed_shows_its_interval(shipped: Published, flows: pl.DataFrame) -> None:
    """The numbers of the newest period that may be shown stand on the page with both points."""
    seen = flows.filter((pl.col("observation_status") == "estimated") & (pl.col("sex") == "_T"))
    both = seen.filter((pl.col("area") != "ROW") & (pl.col("counterpart") != "ROW"))
    last = both.filter(pl.col("period") == both["period"].max()).sort("area", "counterpart", "definition")
    home, origin, period = last.select("area", "counterpart", "period").row(0)
    figure = estimated_moves.along_corridor(shipped, origin, home, EN)
    assert figure is not None
    points = last.filter((pl.col("area") == home) & (pl.col("counterpart") == origin))["value"]
    plain, low, high = (EN.number(point, 0) for point in points)
    assert f"{plain} ({low}–{high})" in figure.body
    assert low in figure.heading
    assert figure.rows is not None
    assert set(figure.rows["observation_status"]) == {"estimated"}
    assert period.replace("-", "–") in figure.body


def test_a_corridor_that_nobody_observed_shows_no_number(shipped: Published, flows: pl.DataFrame) -> None:
    """Kyrgyzstan to Russia: one sentence with the way to the method, and no estimate of any period."""
    figure = estimated_moves.along_corridor(shipped, "KGZ", "RUS", EN)
    own = flows.filter((pl.col("area") == "RUS") & (pl.col("counterpart") == "KGZ"))
    assert set(own["observation_status"]) == {MODELLED}
    assert figure is not None
    assert figure.rows is None
    assert "nobody observed" in figure.body
    assert "../methods/flows-from-stocks.html" in figure.body
    for value in own["value"]:
        assert EN.number(value, 0) not in re.sub(r"\d{4}\S?–\S?\d{4}", "", figure.body + figure.heading)


def test_published_methods_are_compared_without_it(shipped: Published) -> None:
    """The spread of published methods holds published methods only."""
    figure = corridors.moves(shipped, "KGZ", "RUS", EN)
    assert figure is not None
    assert figure.rows is not None
    assert set(figure.rows["source"]) == {"migration_flows"}


def test_pages_hold_flows_and_their_account(shipped_pages: MakePages) -> None:
    """Every area has its flows or the reason why not; the page of the method has the account, in both languages."""
    for lang in ("en", "ru"):
        pages = shipped_pages(lang)  # type: ignore[arg-type]
        assert "estimated-moves" in [figure.id for figure in _page(pages, "areas/KGZ.html").figures]
        assert "estimated-moves" in [figure.id for figure in _page(pages, "corridors/KGZ-RUS.html").figures]
        method = {figure.id: figure for figure in _page(pages, "methods/flows-from-stocks.html").figures}
        assert method["account"].rows is not None
        assert method["account"].rows.height == 12
        assert method["largest"].body.count("<tr") == 16
