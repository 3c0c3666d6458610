"""The logistic regression against a plain one, drift against a known one, and intervals that hold what they promise."""

import numpy as np
import pytest

from guzar.process.provisional.drift import estimate_drift, interval_of, round_around, told_mean
from guzar.process.provisional.hazards import LEVELS, fit_logistic, linear, no_coefficients


def test_a_saturated_fit_gives_the_shares_that_were_seen() -> None:
    """One factor, much data: chances are shares; a level never seen stays near the mean."""
    design = np.zeros((3, len(LEVELS)), np.int64)
    design[:, 0] = [0, 1, 2]
    total, yes = np.array([1e6, 1e6, 0.0]), np.array([2e5, 7e5, 0.0])
    found = fit_logistic(design, total, yes, no_coefficients())
    chance = 1 / (1 + np.exp(-linear(design, found)))
    assert chance[:2] == pytest.approx([0.2, 0.7], abs=1e-3)
    assert 0.2 < chance[2] < 0.7


def test_the_fit_is_where_the_slope_is_nought() -> None:
    """On random counts with fractional targets, any small step makes the penalised likelihood worse."""
    draw = np.random.default_rng(2)
    design = np.stack([draw.integers(0, levels, 300) for levels in LEVELS], axis=1)
    total = draw.integers(1, 40, 300).astype(float)
    yes = total * draw.random(300)
    found = fit_logistic(design, total, yes, no_coefficients())

    def loss(at: np.ndarray) -> float:
        odds = linear(design, at)
        return float((total * np.logaddexp(0, odds) - yes * odds).sum() + (at[1:] ** 2).sum() / 2)

    assert all(loss(found + 0.05 * draw.standard_normal(len(found))) > loss(found) for _ in range(20))


def test_drift_is_found_again() -> None:
    """Errors made with c = 2 and τ² = .01 give intervals of that size; without drift c = 1 and none."""
    draw = np.random.default_rng(3)
    v = draw.uniform(5, 200, (2, 4000))
    age = np.full(4000, 1)
    wide = estimate_drift(age, np.sqrt(2 * v + 0.01 * v**2) * draw.standard_normal(v.shape), v)
    assert wide.variance(0, 1, np.array([100.0])) == pytest.approx(300, rel=0.1)
    plain = estimate_drift(age, np.sqrt(v) * draw.standard_normal(v.shape), v)
    assert plain.variance(1, 1, np.array([100.0])) == pytest.approx(100, rel=0.1)
    assert abs(plain.correlation) < 0.1


@pytest.mark.parametrize(("most", "chance"), [(2000, 0.1), (60, 0.5), (40, 0.04)])
def test_intervals_hold_nine_of_ten(most: int, chance: float) -> None:
    """Independent crossings with known chances: of small numbers, rounding leaves a little more room."""
    drawn = np.random.default_rng(4).binomial(most, chance, 20_000)
    mean, variance = np.array([most * chance]), np.array([most * chance * (1 - chance)])
    lower, upper = interval_of(mean, variance, np.array([float(most)]))
    assert 0 <= lower <= upper <= most
    assert 0.86 <= ((lower <= drawn) & (drawn <= upper)).mean() <= (0.94 if most > 100 else 0.99)


@pytest.mark.parametrize("most", [1, 2, 3, 5, 10, 40])
@pytest.mark.parametrize("times", [1.0, 1.5, 3.0, 10.0])
def test_what_is_expected_lies_in_its_interval(most: int, times: float) -> None:
    """Of few crossings both points may round to 0, or to all, where .1 more is expected: wherever the mean lies."""
    mean = np.linspace(0, most, 401)
    variance = times * mean * (1 - mean / most)
    lower, upper = interval_of(mean, variance, np.full(401, float(most)))
    told = np.array([told_mean(each) for each in mean])
    assert ((lower >= 0) & (lower <= told) & (told <= upper) & (upper <= most)).all()


def test_ends_are_moved_only_where_what_is_expected_is_outside() -> None:
    """Net migration of .3 within .1 is 0 to 1, not 0 to 0; ends with room for the mean stand."""
    mean, reach = np.array([0.3, -0.3, 5.2, 0.0]), np.array([0.1, 0.1, 3.0, 0.2])
    lower, upper = round_around(mean, mean - reach, mean + reach)
    assert lower.tolist() == [0, -1, 2, 0]
    assert upper.tolist() == [1, 0, 8, 0]
