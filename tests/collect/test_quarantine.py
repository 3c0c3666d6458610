"""Quarantine: every row is kept or refused with a reason; no mark becomes a zero."""

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.collect import quarantine
from guzar.collect.quarantine import MISSING_MARKS, sift

SOURCE, SERIES = "un_migrant_stock", "stock_by_destination"


def rows(
    *values: str | None, area: str = "KGZ", sex: str = "total", period: str = "2020", series: str = SERIES
) -> pl.DataFrame:
    """Candidate rows that differ in their period only, one for each printed value."""
    first = int(period[:4]) if period[:4].isdigit() else None
    periods = [period if first is None or len(values) == 1 else str(first - i) for i in range(len(values))]
    return pl.DataFrame(
        {
            "series": [series] * len(values),
            "reported_area": [area] * len(values),
            "reported_sex": [sex] * len(values),
            "reported_period": periods,
            "reported_value": list(values),
            "place": [f"row {i}" for i in range(len(values))],
        },
        schema_overrides={"reported_value": pl.String},
    )


def reason(candidates: pl.DataFrame, **options: str) -> str | None:
    """Why the first row was refused, or None where it was kept."""
    kept, refused = sift(candidates, SOURCE, **options)
    assert kept.height + refused.height == candidates.height
    return refused["reason"][0] if refused.height else None


@pytest.mark.parametrize("mark", [*MISSING_MARKS, "", "  ", None])
def test_a_missing_mark_is_missing_and_not_zero(mark: str | None) -> None:
    """The row is kept, without a number and with its mark."""
    kept, _ = sift(rows(mark), SOURCE)
    assert kept["value"][0] is None
    assert kept["missing_mark"][0] == ((mark or "").strip() or "blank")


@pytest.mark.parametrize(
    ("candidates", "expected"),
    [
        (rows("12 persons"), quarantine.NOT_A_NUMBER),
        (rows("3,5"), quarantine.NOT_A_NUMBER),
        (rows("1", area="Atlantis"), quarantine.UNKNOWN_AREA),
        (rows("-4"), quarantine.NEGATIVE),
        (rows("1", sex="both of them"), quarantine.UNKNOWN_SEX),
        (rows("1", period="mid-year"), quarantine.UNKNOWN_PERIOD),
        (rows("1", series="nothing"), quarantine.UNKNOWN_SERIES),
    ],
)
def test_a_wrong_row_is_refused_with_its_reason(candidates: pl.DataFrame, expected: str) -> None:
    """One reason per row, the first that holds."""
    assert reason(candidates) == expected


def test_net_figures_may_be_negative() -> None:
    """Only a count, an amount or a share cannot be below zero."""
    candidates = rows("-14.307", series="net_migration")
    _, refused = sift(candidates, "world_population")
    assert quarantine.NEGATIVE not in set(refused["reason"])


def test_a_row_delivered_twice_is_kept_once() -> None:
    """The copy is set aside, not lost."""
    kept, refused = sift(pl.concat([rows("7"), rows("7")]), SOURCE)
    assert (kept.height, refused["reason"].to_list()) == (1, [quarantine.TWICE])


def test_contradicting_rows_are_both_refused() -> None:
    """Nobody can tell which of two values the publisher meant."""
    kept, refused = sift(pl.concat([rows("7"), rows("8")]), SOURCE)
    assert (kept.height, set(refused["reason"])) == (0, {quarantine.CONTRADICTS})


@pytest.mark.parametrize(
    ("printed", "decimal", "thousands", "value"),
    [
        ("1 146 175", ".", "", 1146175),
        ("1\u202f146\u00a0175", ".", "", 1146175),
        ("1,363", ".", ",", 1363),
        ("1.234,5", ",", ".", 1234.5),
        ("14,4", ",", "", 14.4),
        ("2e3", ".", "", 2000),
        (".5", ".", "", 0.5),
        ("0", ".", "", 0),
    ],
)
def test_numbers_are_read_as_the_layout_declares(
    printed: str, decimal: str, thousands: str, value: float
) -> None:
    """Blanks between groups are no signs; commas and dots mean what the layout says."""
    kept, _ = sift(rows(printed), SOURCE, decimal=decimal, thousands=thousands)
    assert kept["value"][0] == pytest.approx(value)


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        ("1 2", quarantine.NOT_A_NUMBER),
        ("1 e 5", quarantine.NOT_A_NUMBER),
        ("12 34", quarantine.NOT_A_NUMBER),
        ("1234 567", quarantine.NOT_A_NUMBER),
        ("１２", quarantine.NOT_A_NUMBER),
        ("1e-400", quarantine.OUT_OF_RANGE),
        ("0.5e-999", quarantine.OUT_OF_RANGE),
        ("1e400", quarantine.OUT_OF_RANGE),
        ("0e5", None),
        ("0.0", None),
    ],
)
def test_only_whole_numbers_within_reach_are_read(printed: str, expected: str | None) -> None:
    """Blanks stand between groups of three digits; a number too small for 64 bits is no zero."""
    assert reason(rows(printed)) == expected


@pytest.mark.parametrize(
    ("period", "expected"),
    [
        ("2020-2019", quarantine.BACKWARDS),
        ("2015–2020", None),
        ("2199", None),
        ("2201", quarantine.UNKNOWN_PERIOD),
        ("0000", quarantine.UNKNOWN_PERIOD),
        ("２０２０", quarantine.UNKNOWN_PERIOD),
        ("2014-Q2", None),
        ("2014_2Q", None),
    ],
)
def test_periods_are_plausible_years(period: str, expected: str | None) -> None:
    """A year has four ASCII digits and is one that tables can hold; a span runs forwards."""
    assert reason(rows("1", period=period)) == expected


def test_half_a_thousand_is_no_thousand() -> None:
    """With a thousands comma, `1,5` fits neither reading and is refused."""
    assert reason(rows("1,5"), thousands=",") == quarantine.NOT_A_NUMBER


printed_values = st.lists(
    st.one_of(
        st.integers(-10, 10**9).map(str),
        st.sampled_from([*MISSING_MARKS, "", "x1", "1,2"]),
        st.text(max_size=6),
    ),
    min_size=1,
    max_size=30,
)


@given(printed_values)
def test_no_row_is_lost_and_no_number_is_invented(values: list[str]) -> None:
    """Rows in = rows kept + rows refused; a kept number is the printed one."""
    candidates = rows(*values, period="2199")
    kept, refused = sift(candidates, SOURCE)
    assert kept.height + refused.height == len(values)
    for printed, value in (
        kept.filter(pl.col("value").is_not_null()).select("reported_value", "value").iter_rows()
    ):
        assert float("".join(printed.split())) == value
    assert set(kept["place"]) | set(refused["place"]) == set(candidates["place"])
