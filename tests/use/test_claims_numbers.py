"""Numbers as documents print them."""

import math
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.use.claims.citations import read_citation
from guzar.use.claims.fitting import Claimed, agrees, bounds
from guzar.use.claims.numbers import qualifiers_in, read_number

NBSP = "\u00a0"


@pytest.mark.parametrize(
    ("text", "value", "step"),
    [
        ("50.9", 50.9, 0.1),
        ("50.90", 50.9, 0.01),
        ("18000000", 18e6, 1e6),
        ("18,000,000", 18e6, 1e6),
        ("4949476", 4_949_476, 1),
        ("6,6 млн", 6.6e6, 1e5),
        ("almost 18 million", 18e6, 1e6),
        (f"1{NBSP}146{NBSP}175", 1_146_175, 1),
        ("1 146 175", 1_146_175, 1),
        ("20,8", 20.8, 0.1),
        ("20.8 %", 20.8, 0.1),
        ("-23", -23, 1),
        ("−23", -23, 1),
        ("USD 9.8 bn", 9.8e9, 1e8),
        ("1.146.175", 1_146_175, 1),
        ("1,146.5", 1146.5, 0.1),
        ("1.146,5", 1146.5, 0.1),
        ("0", 0, 1),
        ("1e6", 1e6, 1e6),
        ("nearly half", 50, 1),
        ("7'500", 7500, 100),
        (".5", 0.5, 0.1),
        (",5", 0.5, 0.1),
        ("-.5", -0.5, 0.1),
        ("USD .75 billion", 7.5e8, 1e7),
        ("approx.5", 5, 1),
        ("50.", 50, 10),
        ("1'234'567", 1_234_567, 1),
    ],
)
def test_numbers_of_documents_are_read(text: str, value: float, step: float) -> None:
    """Value and size of the last printed digit."""
    read = read_number(text)
    assert read is not None
    assert math.isclose(read.value, value)
    assert math.isclose(read.step, step)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "abc",
        "3 + 6",
        "14000; 90%",
        "18 Dec 2020",
        "n.d.",
        "inf",
        "nan",
        "1e400",
        "-",
        "50..9",
        "..9",
        "50,,9",
        "50.9.1",
        "1,2.3.4",
        "7'5",
        "1,14.5",
    ],
)
def test_what_is_not_one_number_is_not_read(text: str) -> None:
    """Two numbers, a date or none are refused, not guessed at."""
    assert read_number(text) is None


def test_a_range_keeps_both_ends() -> None:
    """Ten to sixteen is one statement."""
    read = read_number("10 to 16")
    assert read is not None
    assert (read.low, read.high) == (10, 16)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("190000-200000", 189_999.5, 200_000.5),
        ("10 to 16", 9.5, 16.5),
        ("1.5–2 million", 1.45e6, 2.05e6),
        ("10–16 million", 9.5e6, 16.5e6),
    ],
)
def test_a_range_agrees_with_what_lies_inside_it(text: str, low: float, high: float) -> None:
    """Half a last printed digit of slack at its ends, and no more."""
    read = read_number(text)
    assert read is not None
    claimed = Claimed(read.value, read.step, read.low, read.high)
    width = read.high - read.low
    assert all(agrees(claimed, figure) for figure in (read.low, read.low + width / 2, read.high))
    assert bounds(claimed) == pytest.approx((low, high))
    assert not agrees(claimed, low - 0.01 * width)
    assert not agrees(claimed, high + 0.01 * width)


@pytest.mark.parametrize(
    ("text", "qualifier"),
    [("~200000", "about"), ("≈ 5", "about"), (">70", "over"), ("≤5", "almost"), ("approx.5", "about")],
)
def test_a_sign_before_a_number_is_a_qualifier(text: str, qualifier: str) -> None:
    """With a blank after it or without."""
    assert qualifiers_in(text) == (qualifier,)


def test_a_comma_before_three_digits_depends_on_the_unit() -> None:
    """1,146 persons are thousands; 1,146 per cent is a decimal comma."""
    people, share = read_number("1,146"), read_number("1,146", comma_is_decimal=True)
    assert people is not None
    assert share is not None
    assert (people.value, share.value) == (1146, 1.146)


def test_a_column_that_a_program_wrote_has_no_printed_zeros() -> None:
    """31.0 in a column of floats is 31."""
    printed, machine = read_number("31.0"), read_number("31.0", machine_floats=True)
    assert printed is not None
    assert machine is not None
    assert (printed.step, machine.step) == (0.1, 1)


@given(figure=st.floats(0.001, 1e12), digits=st.integers(1, 9), truncate=st.booleans())
def test_every_rounding_and_truncation_of_a_figure_agrees_with_it(
    figure: float, digits: int, truncate: bool
) -> None:
    """The law of the contract: no true claim is an alarm, however it was rounded."""
    exact = Decimal(
        f"{figure:.11e}"
    )  # twelve digits: no publisher prints more, and floats of sixteen cannot be told apart
    places = digits - 1 - exact.adjusted()
    kept = exact.scaleb(places).to_integral_value(ROUND_DOWN if truncate else ROUND_HALF_UP).scaleb(-places)
    read = read_number(f"{kept:f}")
    assert read is not None
    assert agrees(Claimed(read.value, read.step, read.low, read.high), float(exact))


@given(figure=st.floats(1, 1e9), factor=st.sampled_from([0.01, 0.1, 10, 100, 1000]))
def test_a_slip_of_the_decimal_point_never_agrees(figure: float, factor: float) -> None:
    """Three printed digits are enough to notice."""
    places = 2 - math.floor(math.log10(figure * factor))
    read = read_number(f"{round(figure * factor * 10.0**places) / 10.0**places:.{max(places, 0)}f}")
    assert read is not None
    same_digits = read.step > 0.5 * read.value  # 100000 rounds to one printed digit
    assert same_digits or not agrees(Claimed(read.value, read.step, read.low, read.high), figure)


@pytest.mark.parametrize(
    ("text", "sources", "dates"),
    [
        ("UN DESA estimates 2019", {"un_migrant_stock", "world_population"}, ((2019, 0, 0),)),
        ("World Bank-KNOMAD, June 2023", {"knomad", "bilateral_remittances"}, ((2023, 6, 0),)),
        ("un_migrant_stock 2020-12", {"un_migrant_stock"}, ((2020, 12, 0),)),
        ("World Bank 2013-2016 outlook", None, ()),
        ("nobody", set(), ()),
    ],
)
def test_citations_name_sources_and_dates(
    text: str, sources: set[str] | None, dates: tuple[object, ...]
) -> None:
    """The narrower publisher wins; a span of years is no date of publication."""
    read = read_citation(text)
    assert sources is None or read.sources == sources
    assert set(read.dates) == set(dates)
