"""Truth and biases from several sources: laws, worked numbers, and how often the intervals hold the truth."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.analyse.source_biases import (
    SourceValues,
    check_consistency,
    combine_values,
    parts_that_hang_together,
    span_of_sources,
)

NAN = float("nan")


def _values(rows: list[tuple[int, int, float, float]], width: list[float]) -> SourceValues:
    """Rows of year, source, value and error; what is known of the bias of each source."""
    year, source, value, error = (np.array(column) for column in zip(*rows, strict=True))
    return SourceValues(
        value.astype(float),
        error.astype(float),
        year,
        source,
        np.arange(2000.0, 2001 + year.max()),
        np.zeros(len(width)),
        np.array(width),
    )


def test_two_references_are_weighed_by_precision() -> None:
    """By hand: 100 ± 1 and 110 ± 2 are (4 × 100 + 1 × 110) / 5 = 102, with weights .8 and .2 and the error √.8."""
    found = combine_values(_values([(0, 0, 100, 1), (0, 1, 110, 2)], [0.0, 0.0]), 10)
    assert found.truth == pytest.approx([102])
    assert found.weight == pytest.approx([0.8, 0.2])
    assert found.truth_upper - found.truth == pytest.approx([1.6449 * 0.8**0.5], rel=1e-3)


def test_a_reference_in_one_year_tells_the_bias_for_all_years() -> None:
    """The register is 10 too high in the year of the census, and is put right where there is no census."""
    rows = [(at, 0, 110 + at, 0.1) for at in range(5)] + [(2, 1, 102, 0.1)]
    found = combine_values(_values(rows, [NAN, 0.0]), 10)
    assert found.bias == pytest.approx([10, 0], abs=0.1)
    assert found.truth == pytest.approx([100, 101, 102, 103, 104], abs=0.1)


def test_a_stated_bias_moves_the_value_and_widens_it() -> None:
    """A survey that misses 5 to 15 is put up by 10, with an interval as wide as what was stated."""
    values = _values([(0, 0, 90, 1e-6)], [10 / 2 / 1.6449])
    found = combine_values(
        SourceValues(*(*list(vars(values).values())[:5], np.array([-10.0]), values.width)), 10
    )
    assert found.truth == pytest.approx([100], abs=1e-3)
    assert (found.truth_lower[0], found.truth_upper[0]) == pytest.approx((95, 105), abs=0.01)


NUMBERS = st.floats(-1000, 1000)
ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 2), NUMBERS, st.floats(0, 100)), min_size=1, max_size=12,
    unique_by=lambda row: row[:2],
)  # fmt: skip


@settings(max_examples=40, deadline=None)
@given(ROWS, st.sampled_from([[NAN, NAN, NAN], [0.0, NAN, NAN], [3.0, NAN, 0.0]]))
def test_weights_of_a_year_add_up_to_one(
    rows: list[tuple[int, int, float, float]], width: list[float]
) -> None:
    """With a free truth, whatever the errors, zeros among them; intervals are in order and finite."""
    seen = np.unique([row[0] for row in rows], return_inverse=True)[1]
    values = _values([(int(at), *row[1:]) for at, row in zip(seen, rows, strict=True)], width)
    if len(np.unique(parts_that_hang_together(values.year, values.source))) > 1:
        return
    found = combine_values(values, 10)
    assert np.bincount(values.year, found.weight) == pytest.approx(np.ones(values.years), abs=1e-9)
    assert np.isfinite(found.truth_lower).all()
    assert (found.truth_lower <= found.truth_upper).all()


@settings(max_examples=25, deadline=None)
@given(st.floats(-50, 50), st.floats(0.1, 20))
def test_a_shift_of_all_values_shifts_the_truth_and_no_bias(shift: float, error: float) -> None:
    """With a reference the level comes from the data alone (the scale of the biases is held)."""
    rows = [(0, 0, 500, 5.0), (1, 0, 510, 5.0), (1, 1, 480, error)]
    first = combine_values(_values(rows, [NAN, 0.0]), 50)
    moved = combine_values(_values([(y, s, v + shift, e) for y, s, v, e in rows], [NAN, 0.0]), 50)
    assert moved.truth == pytest.approx(first.truth + shift, abs=1e-3)
    assert moved.bias == pytest.approx(first.bias, abs=1e-3)


def test_consistency_counts_what_remains() -> None:
    """A bias that does not change leaves nothing; one that jumps by ten errors is found."""
    steady = [(at, s, 100 + 20 * s + at, 1.0) for at in range(4) for s in range(2)]
    assert check_consistency(_values(steady, [NAN, NAN])).freedom == 3
    assert check_consistency(_values(steady, [NAN, NAN])).chi_square == pytest.approx(0, abs=1e-12)
    jumps = [(at, s, v + 10 * (s == 1 and at == 3), e) for at, s, v, e in steady]
    chance = check_consistency(_values(jumps, [NAN, NAN])).chance
    assert chance is not None
    assert chance < 1e-6
    # By hand: one difference of 20 between errors of 1 and 1 is 20² / 2 = 200 on one degree of freedom.
    alone = check_consistency(_values([(0, 0, 100, 1), (0, 1, 120, 1)], [NAN, NAN]), with_biases=False)
    assert (alone.chi_square, alone.freedom) == (pytest.approx(200), 1)


def test_the_span_holds_what_each_source_would_mean() -> None:
    """100 ± 1 and 120 ± 1: the truth may be either, also in a year that only one of them saw."""
    low, high = span_of_sources(_values([(0, 0, 100, 1), (0, 1, 120, 1), (1, 0, 105, 1)], [NAN, NAN]), 10)
    assert (low[0], high[0]) == pytest.approx((98.4, 121.6), abs=0.1)
    assert low[1] < 104
    assert high[1] > 124


def test_a_smooth_truth_borrows_from_its_neighbours() -> None:
    """A line seen with much noise: intervals are narrower than with a truth free in each year."""
    draw = np.random.default_rng(3)
    rows = [(at, 0, 1000 + 5 * at + draw.normal(0, 20), 20.0) for at in range(12)]
    free, smooth = (
        combine_values(_values(rows, [0.0]), 10, is_smooth=is_smooth) for is_smooth in (False, True)
    )
    assert (smooth.truth_upper - smooth.truth_lower).mean() < 0.8 * (
        free.truth_upper - free.truth_lower
    ).mean()


def _simulate(seed: int, width: list[float], spread: float | None, is_smooth: bool) -> float:
    """The share of cells whose 90 % interval holds the truth, in one made-up world of eight years."""
    draw = np.random.default_rng(seed)
    scale = 100.0
    tau = spread if spread is not None else abs(scale * draw.standard_cauchy())
    truth = 1000 + (np.cumsum(draw.normal(0, 30, 8)) if is_smooth else draw.normal(0, 200, 8))
    seen = [range(8), range(0, 8, 2), (3,) if 0.0 in width else range(1, 8, 3)]
    error = (10.0, 40.0, 15.0)
    rows = [
        (at, s, truth[at] + bias + draw.normal(0, error[s]), error[s])
        for s, years in enumerate(seen)
        for bias in [0.0 if width[s] == 0 else draw.normal(0, tau)]
        for at in years
    ]
    found = combine_values(_values(rows, width), scale, is_smooth=is_smooth)
    return float(((found.truth_lower <= truth) & (truth <= found.truth_upper)).mean())


@pytest.mark.parametrize(
    ("width", "spread", "is_smooth", "seeds"),
    [
        ([NAN, NAN, 0.0], 100.0, False, 120),
        ([NAN, NAN, 0.0], None, False, 120),
        ([NAN, NAN, NAN], None, False, 200),
        ([NAN, NAN, 0.0], 100.0, True, 30),
    ],
    ids=["reference", "reference-any-spread", "no-reference", "smooth"],
)
def test_intervals_hold_the_truth(
    width: list[float], spread: float | None, is_smooth: bool, seeds: int
) -> None:
    """86 to 94 of a hundred 90 % intervals, where the model holds."""
    held = [_simulate(seed, width, spread, is_smooth) for seed in range(seeds)]
    assert 0.86 <= np.mean(held) <= 0.94
