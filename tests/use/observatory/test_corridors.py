"""One corridor page: every method has its place, editions stay apart, modelled cells stay grey, links are its own."""

import re
from dataclasses import replace
from pathlib import Path

import polars as pl
import pytest
from tests.use.observatory.sites import MODELLED, made_up_release

from guzar.use.observatory.charts.axes import thin, thin_dates
from guzar.use.observatory.content import Figure, Page
from guzar.use.observatory.dates import edition_date, edition_month, edition_ticks
from guzar.use.observatory.figures import corridor_money, corridors
from guzar.use.observatory.pages.corridors import make_pages
from guzar.use.observatory.provenance import provenance
from guzar.use.observatory.published import Published
from guzar.use.observatory.svg import ACCENT, NOTE
from guzar.use.observatory.words import Words

EN = Words("en")
METHODS = ("sd_drop_neg", "sd_rev_neg", "mig_rate", "da_min_open", "da_min_closed", "da_pb_closed")


def _with(rows: list[dict[str, object]], without: pl.Expr | None = None) -> Published:
    """The made-up release with more rows, less some; what a row leaves out is as in an ordinary row."""
    held = made_up_release()
    base = held.figures.row(0, named=True)
    more = pl.DataFrame([base | row for row in rows], schema=held.figures.schema)
    kept = held.figures if without is None else held.figures.filter(~without)
    return replace(held, figures=pl.concat([kept, more]))


def _flow(method: str, value: float, *, origin: str = "UZB", home: str = "RUS") -> dict[str, object]:
    return {
        "indicator": "migration_flow_5y",
        "definition": f"abel_cohen_{method}",
        "source": "migration_flows",
        "edition": "2022",
        "area": home,
        "counterpart": origin,
        "period": "2015-2020",
        "year": 2015,
        "value": value,
        "observation_status": "estimated",
    }


def _stock(year: int, value: float, edition: str, status: str = "estimated") -> dict[str, object]:
    return {
        "indicator": "migrant_stock",
        "definition": "un_stock_by_origin",
        "source": "un_migrant_stock",
        "edition": edition,
        "area": "RUS",
        "counterpart": "UZB",
        "period": str(year),
        "year": year,
        "value": value,
        "observation_status": status,
    }


def _stocks(*rows: dict[str, object]) -> Published:
    """Of people born in Uzbekistan and living in Russia only these stocks."""
    pair = (pl.col("area") == "RUS") & (pl.col("counterpart") == "UZB")
    return _with(list(rows), without=pair & (pl.col("definition") == "un_stock_by_origin"))


def _moves(stock_then: float, stock_now: float) -> Figure:
    """Five methods for one pair; the sixth has a row for another pair only."""
    flows = [_flow(method, 1000.0 * (i + 1)) for i, method in enumerate(METHODS[1:])]
    elsewhere = [_flow(method, 7.0, origin="KGZ") for method in METHODS]
    stocks = [_stock(2015, stock_then, "2020-12"), _stock(2020, stock_now, "2020-12")]
    published = _stocks(*flows, *elsewhere, *stocks)
    drawn = corridors.moves(published, "UZB", "RUS", EN)
    assert drawn is not None
    return drawn


def test_a_method_without_a_row_is_a_zero_with_its_reason() -> None:
    """The stock fell, falls are dropped: zero by construction, inside the range and the heading."""
    figure = _moves(900.0, 800.0)
    assert "6 published methods" in figure.sub
    assert re.search(r"Between 0 and 5,000", figure.heading)
    assert "by construction" in str(figure.body)
    assert ">0</text>" in str(figure.body)


def test_a_zero_is_not_claimed_where_the_stock_grew() -> None:
    """No row although the stock grew: not listed, which is not zero."""
    figure = _moves(800.0, 900.0)
    assert "Between 1,000 and 5,000" in figure.heading
    assert "not listed by the source" in str(figure.body)
    assert "by construction" not in str(figure.body)


def test_small_differences_between_editions_are_enlarged() -> None:
    """Equal in 2015, 360 persons apart afterwards: a panel of its own that says its scale does not start at zero."""
    published = _stocks(
        _stock(2010, 1_125_335, "2019-08"),
        _stock(2015, 1_146_803, "2019-08"),
        _stock(2019, 1_146_535, "2019-08", MODELLED),
        _stock(2010, 1_125_335, "2020-12"),
        _stock(2015, 1_146_803, "2020-12"),
        _stock(2020, 1_146_175, "2020-12", MODELLED),
    )
    figure = corridors.enlarged(published, "UZB", "RUS", EN)
    assert figure is not None
    assert "does not start at zero" in figure.source
    assert "neither a revision" in figure.sub
    assert figure.rows is not None
    assert figure.rows["year"].min() == 2015
    assert corridors.editions_in_table(published, "UZB", "RUS", EN) is None


def test_modelled_points_have_no_colour_no_arrow_and_no_place_in_a_heading() -> None:
    """Both editions end in a repeated mix: squares in grey, no clay, no modelled number in heading or key."""
    published = _stocks(
        _stock(2015, 1_146_803, "2019-08"),
        _stock(2019, 1_146_535, "2019-08", MODELLED),
        _stock(2015, 1_146_803, "2020-12"),
        _stock(2020, 1_146_175, "2020-12", MODELLED),
    )
    for figure in (
        corridors.enlarged(published, "UZB", "RUS", EN),
        corridors.stock(published, "UZB", "RUS", EN),
    ):
        assert figure is not None
        assert NOTE not in str(figure.body)
        assert "1,146,175" not in figure.heading
        assert "1,146,535" not in figure.heading
        dotted = re.findall(r'<path[^>]*stroke="(#\w+)"[^>]*stroke-dasharray="2 4"', str(figure.body))
        assert dotted
        assert ACCENT not in dotted
    stock = corridors.stock(published, "UZB", "RUS", EN)
    assert stock is not None
    assert "1,146,175" not in str(stock.body)


def test_revisions_of_the_share_are_strokes_from_the_oldest_edition() -> None:
    """20 per cent before, 15 now: told in the heading, never between two reference years."""
    rows: list[dict[str, object]] = [
        {
            "indicator": "remittances_received_percent_gdp",
            "definition": "wb_carried_received_percent_gdp",
            "source": "world_bank_as_carried",
            "edition": edition,
            "area": "TJK",
            "counterpart": "_T",
            "sex": "_Z",
            "period": str(year),
            "year": year,
            "value": value,
            "unit": "percent",
            "observation_status": "observed",
        }
        for edition, year, value in (
            ("2024-04-04", 2021, 20.0),
            ("2026-06-11", 2020, 14.0),
            ("2026-06-11", 2021, 15.0),
            ("2026-06-11", 2022, 16.0),
        )
    ]
    figure = corridor_money.share_of_gdp(_with(rows), "TJK", EN)
    assert figure is not None
    assert figure.heading == "The share of GDP for 2021 went from 20.0% to 15.0% on paper"
    assert figure.rows is not None
    assert figure.rows.filter(pl.col("edition") == "2024-04-04")["year"].to_list() == [2021]


def _pages(published: Published) -> dict[str, Page]:
    return {page.path: page for page in make_pages(published, EN)}


def test_the_other_direction_is_linked_only_where_it_is_made() -> None:
    """Born in Uzbekistan, living in Russia leads to the reverse; without reverse stocks it leads nowhere."""
    held = made_up_release()
    both = _pages(held)["corridors/UZB-RUS.html"]
    assert both.opposite == ("Russia – Uzbekistan", "corridors/RUS-UZB.html")
    there_only = ~((pl.col("counterpart") == "RUS") & (pl.col("area") == "UZB"))
    one = _pages(replace(held, figures=held.figures.filter(there_only)))
    assert "corridors/RUS-UZB.html" not in one
    assert one["corridors/UZB-RUS.html"].opposite is None


def test_links_of_a_figure_are_its_own() -> None:
    """The dataflow of its indicator, a citation with its name, editions, release and date, and its own address."""
    published = replace(made_up_release(), folder=Path("release"))
    page = _pages(published)["corridors/UZB-RUS.html"]
    stock = next(figure for figure in page.figures if figure.id == "stock")
    found = provenance(published, page, stock, EN)
    assert [flow.href for flow in found.dataflows] == ["../../data/latest/data/migrant_stocks.csv.gz"]
    assert found.structure == "../../data/latest/structure.xml"
    assert found.permalink == "en/corridors/UZB-RUS.html#stock"
    for part in (stock.heading, page.title, "2019 revision, 2020 revision", "made-up", "2026-01-02"):
        assert part in found.citation
    assert provenance(made_up_release(), page, stock, EN).dataflows == []


def test_editions_stand_at_their_dates() -> None:
    """Distances on the axis are distances in time, to the day."""
    first, second, third = (edition_date(e) for e in ("2023-04-03", "2024-04-03", "2026-04-03"))
    assert third - second == pytest.approx(2 * (second - first), abs=0.01)
    assert edition_date("2020") == 2020
    assert edition_month("2023-05-10", "en") == "May\u00a02023"
    assert edition_month("2023-05", "ru") == "май\u00a02023"
    ticks = edition_ticks(["2023-05-10", "2026-06-11", "2023-05-28", "2023-05-10"], "en")
    assert [tick.words for tick in ticks] == ["May\u00a02023", "June\u00a02026"]


def test_labels_of_an_axis_are_thinned_evenly_and_the_last_stays() -> None:
    """Every label where there is room, else every second from the last; of dates, the first and the last."""
    roomy = [(x * 100.0, str(x)) for x in range(4)]
    assert thin(roomy, 400) == roomy
    tight = [(x * 40.0, f"{x}00 thousand") for x in range(5)]
    kept = [said for _, said in thin(tight, 300)]
    assert kept[-1] == "400 thousand"
    assert len(kept) == 2
    dates = [(20.0, "Apr 2023"), (30.0, "May 2023"), (200.0, "Jan 2025"), (300.0, "June 2026")]
    assert [said for _, said in thin_dates(dates, 400)] == ["Apr 2023", "Jan 2025", "June 2026"]
