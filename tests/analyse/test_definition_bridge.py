"""Bridges between two definitions: the factors multiply to the ratio, the rest is never spread, nothing is invented."""

from datetime import date
from itertools import pairwise
from math import exp, prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.analyse.definition_bridge import Count, Factor, Step, bridge
from guzar.analyse.duration_factors import TO_TWELVE_MONTHS, duration_steps, interval_of_logs, log_factors

positive = st.floats(1, 1e7)
months = st.sampled_from([0.0, 3.0, 6.0, 9.0, 12.0, 60.0])
HALF = {"acts_to_persons": Factor(0.5, 0.4, 0.6, "survey of registrations")}


def _factors(steps: list[Step]) -> list[float]:
    return [step.known.factor for step in steps if step.known is not None]


@given(positive, positive, months, months, st.sampled_from(["acts", "persons"]), st.booleans())
def test_factors_multiply_to_the_ratio(
    one: float, other: float, stay: float, stays: float, unit: str, has_factor: bool
) -> None:
    """All factors with the rest are the ratio of the two numbers, and each row begins where the one before ends."""
    first = Count(one, "A", unit, minimum_stay_months=stay, origin_basis="citizenship")
    second = Count(other, "B", "persons", minimum_stay_months=stays, origin_basis="birth")
    steps = bridge(first, second, HALF if has_factor else None)
    assert prod(_factors(steps)) == pytest.approx(other / one, rel=1e-12)
    assert steps[0].value_before == one
    assert steps[-1].value_after == other
    for before, after in pairwise(steps):
        assert before.value_after == after.value_before
    assert [step.step for step in steps].count("unexplained") == 1


@given(positive, positive, months, months)
def test_the_way_back_is_the_inverse(one: float, other: float, stay: float, stays: float) -> None:
    """From the second number to the first every factor is the inverse, in the other order."""
    first = Count(one, "A", "acts", minimum_stay_months=stay)
    second = Count(other, "B", "persons", minimum_stay_months=stays)
    there, back = bridge(first, second, HALF), bridge(second, first, HALF)
    assert prod(_factors(there)) * prod(_factors(back)) == pytest.approx(1, rel=1e-12)
    rest, other_rest = there[-1].known, back[-1].known
    assert rest is not None
    assert other_rest is not None
    assert rest.factor * other_rest.factor == pytest.approx(1, rel=1e-12)
    assert rest.lower * other_rest.upper == pytest.approx(1, rel=1e-9)


def test_a_known_case_by_hand() -> None:
    """100 acts of three months or more; half as many persons; the four published sets to twelve months."""
    expected = 50 * prod(row[1] for row in TO_TWELVE_MONTHS.values()) ** 0.25
    first = Count(100, "A", "acts", minimum_stay_months=3, origin_basis="birth", coverage="all")
    second = Count(20, "B", "persons", minimum_stay_months=12, origin_basis="birth", coverage="all")
    steps = bridge(first, second, HALF)
    assert [step.step for step in steps] == [
        "acts_to_persons",
        "duration_3_to_9",
        "duration_9_to_12",
        "reference_date",
        "unexplained",
    ]
    assert steps[2].value_after == pytest.approx(expected)
    assert steps[-1].known is not None
    assert steps[-1].known.factor == pytest.approx(20 / expected)
    assert steps[0].unit_after == "persons"
    assert steps[3].status == "not_stated"


def test_alike_definitions_leave_everything_unexplained() -> None:
    """No step is needed, none is made; two revisions of one number differ by what nobody explains."""
    same = {
        "minimum_stay_months": 12.0,
        "origin_basis": "birth",
        "reference_date": date(2015, 7, 1),
        "coverage": "all",
    }
    steps = bridge(Count(100, "A", **same), Count(130, "B", **same))  # type: ignore[arg-type]
    assert [step.step for step in steps] == ["unexplained"]
    assert steps[0].known == Factor(1.3, 1.3, 1.3, "")


@given(months, months)
def test_a_longer_stay_never_counts_more(stay: float, stays: float) -> None:
    """Factors and both ends of their intervals are at most 1 towards a longer stay."""
    if stay == stays:
        return
    found = interval_of_logs(log_factors(stay, stays))
    if stays > stay:
        assert found.centre + found.above <= 1e-12
    else:
        assert found.centre - found.below >= -1e-12
    assert found.below >= 0 <= found.above


def test_parts_of_the_minimum_stay_are_as_sure_as_the_whole() -> None:
    """The four sets disagree in the same direction on both parts: the interval is that of the whole way, not of independent parts."""
    steps = bridge(Count(1000, "A", minimum_stay_months=3), Count(500, "B", minimum_stay_months=12))
    whole = interval_of_logs(log_factors(3, 12))
    parts = [step for step in steps if step.status == "published"]
    assert duration_steps(3, 12) == [(3, 9), (9, 12)]
    low, value = parts[-1].after_lower, parts[-1].value_after
    assert value / low == pytest.approx(exp(whole.below))


def test_no_factor_is_invented() -> None:
    """Acts, bases and coverages without a factor change nothing and are named; stocks have no published duration factor."""
    first = Count(100, "A", "acts", "stock", 3.0, "citizenship", date(2015, 1, 1), "foreigners")
    second = Count(80, "B", "persons", "stock", 12.0, "birth", date(2015, 7, 1), "all")
    steps = bridge(first, second)
    assert {step.status for step in steps[:-1]} == {"no_factor_known"}
    assert all(step.value_after == 100 and step.known is None for step in steps[:-1])
    assert _factors(steps) == [0.8]
    assert steps[-1].unit_before == "acts"


def test_dates_by_an_own_series() -> None:
    """Half-way between 100 and 400 in logarithms is 200; nobody saw when, so that the interval is from 100 to 400."""
    series = ((date(2015, 1, 1), 100.0), (date(2015, 1, 21), 400.0))
    first = Count(100, "A", reference_date=date(2015, 1, 1), series=series)
    steps = bridge(first, Count(300, "B", reference_date=date(2015, 1, 11)))
    dated = next(step for step in steps if step.step == "reference_date")
    assert dated.known is not None
    assert (dated.known.factor, dated.known.lower, dated.known.upper) == pytest.approx((2, 1, 4))
    late = bridge(first, Count(300, "B", reference_date=date(2016, 1, 1)))
    assert next(step.status for step in late if step.step == "reference_date") == "no_factor_known"


def test_intervals_of_the_numbers_are_in_the_rest() -> None:
    """Both numbers' own intervals widen what is unexplained, by squares of logarithms."""
    steps = bridge(Count(100, "A", lower=50, upper=200), Count(100, "B", lower=50, upper=200))
    rest = steps[-1].known
    assert rest is not None
    assert (rest.lower, rest.upper) == pytest.approx((2 ** -(2**0.5), 2 ** (2**0.5)))
