"""Laws that fitted tables obey: totals exact, zeros kept, interactions kept, unit and order without effect."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.analyse.fitting.margins import Margin, Numbers, fit_margins, fit_table
from guzar.analyse.fitting.net_totals import fit_net, fit_net_absolute, fit_net_squares
from guzar.analyse.fitting.partitions import margin_of_parts, number_blocks, number_stripes, sum_parts

Case = tuple[Numbers, Numbers]  # a seed, and a table with the same zeros whose totals are asked for


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Tables of 3 to 7 areas, some cells and sometimes a whole row and column empty."""
    size = draw(st.integers(3, 7))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    used = random.random((size, size)) < 0.8
    if draw(st.booleans()):
        used[0], used[:, 0] = False, False
    used[1, 2] = True
    return random.lognormal(3, 1, (size, size)) * used, random.lognormal(3, 1, (size, size)) * used


def _names(table: Numbers) -> list[str]:
    return [f"R{at}" for at in range(len(table))]


def _fitted(seed: Numbers, wanted: Numbers) -> Numbers:
    return fit_table(seed, wanted.sum(axis=1), wanted.sum(axis=0), (_names(seed), _names(seed)))[0]


@settings(max_examples=40)
@given(cases())
def test_totals_are_exact_and_zeros_stay(case: Case) -> None:
    """Both margins to 1e-9 of all persons; empty rows and cells hold 0, never NaN."""
    seed, wanted = case
    found = _fitted(seed, wanted)
    assert np.isfinite(found).all()
    assert (found >= 0).all()
    assert (found[seed == 0] == 0).all()
    for axis in (0, 1):
        assert found.sum(axis=axis) == pytest.approx(wanted.sum(axis=axis), abs=1e-9 * wanted.sum())


@settings(max_examples=40)
@given(cases(), st.sampled_from([0.001, 1000.0]), st.randoms())
def test_unit_and_order_do_not_matter(case: Case, unit: float, shuffled) -> None:  # type: ignore[no-untyped-def]
    """Totals times k, cells times k; the scale of the seed does not matter; permuted areas, permuted cells."""
    seed, wanted = case
    found = _fitted(seed, wanted)
    order = list(range(len(seed)))
    shuffled.shuffle(order)
    both = np.ix_(order, order)
    near = 1e-6 * wanted.sum()
    assert _fitted(7 * seed, unit * wanted) == pytest.approx(unit * found, abs=unit * near)
    assert _fitted(seed[both], wanted[both]) == pytest.approx(found[both], abs=near)


@settings(max_examples=30)
@given(cases())
def test_a_table_with_its_own_totals_stays(case: Case) -> None:
    """And what was fitted once is not changed again."""
    seed, wanted = case
    assert _fitted(seed, seed) == pytest.approx(seed, abs=1e-8 * seed.sum())
    found = _fitted(seed, wanted)
    assert _fitted(found, wanted) == pytest.approx(found, abs=1e-7 * wanted.sum())


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.lists(st.integers(1, 3), min_size=2, max_size=4))
def test_any_partition_may_be_a_margin(seed: int, sizes: list[int]) -> None:
    """Rows, columns, blocks and stripes of one table together: all have their totals."""
    random = np.random.default_rng(seed)
    size = sum(sizes)
    wanted, begin = (random.lognormal(3, 1, (size, size)) for _ in range(2))
    row, column = np.indices((size, size))
    margins: list[Margin] = []
    for name, parts in (
        ("rows", row),
        ("columns", column),
        ("blocks", number_blocks(sizes)),
        ("stripes", number_stripes(sizes)),
    ):
        totals = sum_parts(wanted, parts)
        margins.append(margin_of_parts(parts, totals, name, [str(at) for at in range(len(totals))]))
    found = fit_margins(begin.ravel(), margins)
    assert max(found.errors.values()) <= 1e-7 * wanted.sum()
    assert (found.cells > 0).all()


@settings(max_examples=30)
@given(cases(), st.randoms())
def test_net_totals_by_any_nearness(case: Case, shuffled) -> None:  # type: ignore[no-untyped-def]
    """Exact, no cell below 0, zeros stay; permuted areas, permuted cells where there is one nearest table."""
    seed, wanted = case
    net = wanted.sum(axis=0) - wanted.sum(axis=1)
    off = seed * (1 - np.eye(len(seed)))
    order = list(range(len(seed)))
    shuffled.shuffle(order)
    both = np.ix_(order, order)
    for fit in (fit_net, fit_net_absolute, fit_net_squares):
        found = fit(seed, net, _names(seed)).table
        assert found.sum(axis=0) - found.sum(axis=1) == pytest.approx(net, abs=1e-6 * wanted.sum())
        assert (found >= 0).all()
        assert (found[seed == 0] == 0).all()
        assert np.diag(found) == pytest.approx(np.diag(seed))
        if fit is not fit_net_absolute:
            again = fit(seed[both], net[order], _names(seed)).table
            assert again == pytest.approx(found[both], abs=1e-5 * max(off.sum(), wanted.sum()))
