"""Noise of binary arithmetic goes, and nothing else: laws over numbers that somebody could have written."""

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.define.exact_numbers import without_noise


def cleaned(*values: float | None) -> list[float | None]:
    frame = pl.DataFrame({"value": list(values)}, schema={"value": pl.Float64})
    return frame.select(without_noise(pl.col("value")))["value"].to_list()


@pytest.mark.parametrize(
    ("noisy", "meant"),
    [
        (65.35 * 1e6, 65350000.0),
        (64.603 * 1e3, 64603.0),
        (4151.288 * 1e3, 4151288.0),
        (2186807504.315999, 2186807504.316),
        (-64674.00000000001, -64674.0),
        (0.1 + 0.2, 0.3),
        (87488542.21000001, 87488542.21),
    ],
)
def test_noise_goes(noisy: float, meant: float) -> None:
    assert noisy != meant
    assert cleaned(noisy) == [meant]


@pytest.mark.parametrize(
    "value", [None, 0.0, 6812742.439877972, 4.859303464595125, 1e-9, 5e-324, 1e300, 123456789012345.6, 1 / 3]
)
def test_what_is_no_noise_stays(value: float | None) -> None:
    assert cleaned(value) == [value]


def test_not_a_number_stays() -> None:
    assert str(cleaned(float("nan"), float("inf"))) == "[nan, inf]"


WRITTEN = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places),
    st.integers(-(10**12), 10**12),
    st.integers(0, 6),
)


@given(WRITTEN)
def test_a_number_that_somebody_wrote_stays(written: Decimal) -> None:
    assert cleaned(float(written)) == [float(written)]


@given(WRITTEN.filter(lambda one: abs(one) >= 1), st.sampled_from([3, 6]))
def test_thousands_and_millions_of_it_are_what_was_meant(written: Decimal, power: int) -> None:
    meant = float(written.scaleb(power))
    held = float(written) * 10.0**power
    assert cleaned(held) == [meant] or abs(meant) > 1e15


@given(st.floats(-1e14, 1e14))
def test_no_number_moves_beyond_its_fifteenth_digit(value: float) -> None:
    [found] = cleaned(value)
    assert found is not None
    assert abs(found - value) <= 1e-14 * abs(value)
