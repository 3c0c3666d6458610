"""The start page, the areas and the shares of GDP: one rule for the latest figure, and headings about the present."""

import re
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.use.observatory.sites import made_up_release

from guzar.define.areas import THE_TWELVE
from guzar.reference import shipped_observations
from guzar.use.observatory.content import Page
from guzar.use.observatory.figures import arrivals, holdings, movement
from guzar.use.observatory.figures.remittance_shares import SHARE, common_shares, share_rows
from guzar.use.observatory.numbers import Language
from guzar.use.observatory.pages import areas, remittances, start
from guzar.use.observatory.published import Published, last_common_period, latest_figures
from guzar.use.observatory.words import Words

EN = Words("en")
LAST_OLD_YEAR = 2014  # a heading about a year before this would be about the past


@pytest.fixture(scope="module")
def shipped() -> Published:
    """The shipped figures as a release holds them, without tables beside them."""
    return Published("shipped", "2026-01-02", pl.DataFrame(shipped_observations()), {})


def _start(published: Published, lang: Language = "en") -> Page:
    return next(start.make_pages(published, Words(lang)))


def _row(
    period: str, edition: str, value: float | None, status: str = "estimated", **more: Any
) -> dict[str, Any]:
    return {
        **dict.fromkeys(("indicator", "unit", "definition", "source"), "x"),
        "area": "KGZ",
        "counterpart": "_T",
        "sex": "_T",
        "year": int(period[:4]),
        "period": period,
        "edition": edition,
        "value": value,
        "observation_status": status,
        "last_observed": None,
        "missing_mark": None,
        **more,
    }


ROWS = st.lists(
    st.builds(
        _row,
        st.sampled_from(["2019", "2020", "2021", "2030"]),
        st.sampled_from(["2022", "2023-05", "2024-01-01"]),
        st.one_of(st.none(), st.floats(0, 1e6)),
        st.sampled_from(["estimated", "observed", "forecast"]),
        area=st.sampled_from(["KGZ", "TJK", "UZB"]),
    ),
    min_size=1,
    max_size=30,
)


@given(ROWS)
def test_the_latest_figure_is_of_the_latest_period_and_its_newest_edition(rows: list[dict[str, Any]]) -> None:
    """No row of the same area that has a number and is no forecast comes after it."""
    frame = pl.DataFrame(rows, schema_overrides={"value": pl.Float64}, infer_schema_length=None)
    latest = latest_figures(frame)
    for row in rows:
        if row["value"] is not None and row["observation_status"] != "forecast":
            chosen = latest[row["area"]]
            assert (row["period"], row["edition"]) <= (chosen.period, chosen.edition)
    assert all(value.value is not None for value in latest.values())
    assert "forecast" not in {value.observation_status for value in latest.values()}


@given(ROWS)
def test_a_common_period_is_shared_by_three_quarters(rows: list[dict[str, Any]]) -> None:
    """And no later one is."""
    frame = pl.DataFrame(rows, schema_overrides={"value": pl.Float64}, infer_schema_length=None)
    held = frame.filter(pl.col("value").is_not_null() & (pl.col("observation_status") != "forecast"))
    shares = {
        str(period): part["area"].n_unique() / held["area"].n_unique()
        for (period,), part in held.group_by("period")
    }
    common = last_common_period(frame)
    assert common == max((p for p, share in shares.items() if share >= 0.75), default=None)


def test_start_and_remittances_speak_of_the_same_shares(shipped: Published) -> None:
    """One period, one wording; the key number of an area is its latest figure."""
    drawn = next(figure for figure in _start(shipped).figures if figure.id == "remittances")
    page = next(remittances.make_pages(shipped, EN))
    assert drawn.heading == page.finding
    latest = latest_figures(share_rows(shipped))
    for area in ("KGZ", "UZB", "TJK", "ARM"):
        assert shipped.value(SHARE, area) == latest[area]


def test_a_ranking_of_shares_is_of_one_period(shipped: Published) -> None:
    """Areas without a value for it are named and not ranked."""
    shares = common_shares(share_rows(shipped))
    [period] = {value.period for value in shares.values()}
    figure = next(f for f in next(remittances.make_pages(shipped, EN)).figures if f.id == "weights")
    assert period in figure.heading
    assert figure.rows is not None
    assert figure.rows["period"].unique().to_list() == [period]
    editions = {EN.edition_only(value) for value in shares.values()}
    assert len(editions) > 1
    assert all(edition in figure.sub for edition in editions)
    missing = [area for area in THE_TWELVE if area not in shares]
    assert missing
    assert all(EN.area(area) in figure.sub for area in missing)


def test_a_line_of_shares_is_of_one_edition(shipped: Published) -> None:
    """Every panel draws one series of one edition; what is later in another edition is said under it."""
    figure = next(f for f in _start(shipped).figures if f.id == "remittances")
    drawn = re.findall(r"Kyrgyzstan, (\d{4})", str(figure.body))
    latest = shipped.value(SHARE, "KGZ")
    assert latest is not None
    assert (
        drawn[0] == latest.period
        or f"Kyrgyzstan {EN.number(latest.value, 1)} ({latest.period}" in figure.source
    )


def test_headings_of_areas_are_about_the_present(shipped: Published) -> None:
    """No old extreme leads; a balance names its year and its status."""
    for page in areas.make_pages(shipped, EN):
        if page.path != areas.NAV:
            years = [int(year) for year in re.findall(r"\b(?:19|20)\d{2}\b", page.finding)]
            assert not [year for year in years if year <= LAST_OLD_YEAR], page.finding
            if "more came" in page.finding or "more left" in page.finding:
                assert page.finding.endswith("(estimated)")


def test_the_independent_model_stands_with_its_interval(shipped: Published) -> None:
    """Mean ± 1.96 standard deviations, from released rows."""
    model = movement.model_rows(shipped, "UKR")
    band = movement.interval(model)
    assert band.height > 30
    mean = dict(model["mean"].select("year", "value").iter_rows())
    deviation = dict(model["deviation"].select("year", "value").iter_rows())
    for year, middle, low, high in band.iter_rows():
        assert middle == mean[year]
        assert high - low == pytest.approx(2 * 1.96 * deviation[year])
    figure = movement.net_migration(shipped, "UKR", EN)
    assert figure is not None
    assert "Independent model" in str(figure.body)
    assert "1.96" in figure.source


def test_an_area_without_the_model_has_no_band() -> None:
    """Nothing is drawn that the release does not hold."""
    figure = movement.net_migration(made_up_release(), "KGZ", EN)
    assert figure is not None
    assert "Independent model" not in str(figure.body) + figure.source


def test_a_falling_stock_names_deaths(shipped: Published) -> None:
    """People who moved long ago die; a stock that grows needs no such note."""
    fallen, grown = (arrivals.who_lives_here(shipped, area, EN) for area in ("KGZ", "TUR"))
    assert fallen
    assert grown
    assert fallen.warning
    assert "die" in fallen.warning[1]
    assert grown.warning is None


def test_destinations_stand_with_the_share_of_women(shipped: Published) -> None:
    """Women of both sexes, in the same row; hatched where its cell is."""
    page = next(page for page in areas.make_pages(shipped, EN) if page.path == "areas/KGZ.html")
    body = str(next(figure.body for figure in page.figures if figure.id == "destination-table"))
    cell = {
        sex: shipped.value(
            "migrant_stock",
            "DEU",
            counterpart="KGZ",
            sex=sex,
            definition="un_stock_by_origin",
            edition="2020-12",
        )
        for sex in ("F", "_T")
    }
    assert cell["F"]
    assert cell["_T"]
    share = EN.number(100 * (cell["F"].value or 0) / (cell["_T"].value or 1), 1)
    assert re.search(rf"Germany</th>.*?>{share}<", body)
    assert re.search(r'Russia</th>.*?class="modelled".*?class="modelled"', body)


def test_the_start_page_has_what_was_revised_and_notes(shipped: Published) -> None:
    """The order of the look: map, squares with their notes, money, revisions."""
    page = _start(shipped)
    assert [section.heading for section in page.sections] == [
        "Where people were born and where they live",
        "Who lives where",
        "Money sent home",
        "What was revised",
    ]
    assert len(page.key_numbers) == 4
    revised = next(figure for figure in page.figures if figure.id == "revised")
    assert str(revised.body).count("<tr>") >= 4
    assert "Net migration" in str(revised.body)
    notes = str(next(figure.body for figure in page.figures if figure.id == "squares"))
    assert 'class="notes"' in notes
    assert "7 of 132 pairs are not listed" in notes


@pytest.mark.parametrize(
    "indicator", ["migrant_stock", "remittances_received_usd", "migration_policy_category"]
)
def test_a_ranking_holds_one_definition_and_period_and_no_modelled_value(
    shipped: Published, indicator: str
) -> None:
    """What may not be ranked has no ranking: codes of policies, cells modelled from modelled."""
    ranking = holdings.rank(shipped, indicator)
    if indicator == "migration_policy_category":
        assert ranking is None
        return
    assert ranking is not None
    for name in ("definition", "source", "period"):
        assert len({getattr(value, name) for value in ranking.values}) == 1
    assert "modelled_from_modelled" not in {value.observation_status for value in ranking.values}
    assert ranking.first.value == max(value.value or 0 for value in ranking.values)
