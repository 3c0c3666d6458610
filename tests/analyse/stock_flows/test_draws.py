"""Errors of inputs, the blend's weight and draws of flows: what is known of each by construction."""

import numpy as np
import polars as pl
import pytest

from guzar.analyse.fitting.dense_rescale import make_rescaler, rescale_table
from guzar.analyse.fitting.margins import fit_table
from guzar.analyse.fitting.products import add_up_columns, add_up_rows, multiply_transposed
from guzar.analyse.stock_flows.accounts import Stocks, close_account
from guzar.analyse.stock_flows.blend_weight import (
    ELSEWHERE,
    EUROPE,
    SHARED_BY_DESTINATION,
    SHARED_BY_ORIGIN,
    WIDEST_SPREAD,
    draw_departures,
    spreads_by_size,
    weigh_reports,
)
from guzar.analyse.stock_flows.closed_forms import move_independently, move_least
from guzar.analyse.stock_flows.draws import DrawnFlows, DrawPlan, draw_flows
from guzar.analyse.stock_flows.errors_of_input import (
    CENSUS,
    MODELLED,
    REGISTER,
    SIZES,
    DataTypes,
    draw_inputs,
    read_data_types,
)
from guzar.analyse.stock_flows.methods import METHODS, PSEUDO_BAYES, RATES, estimate_flows
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid

SIZE = 8


def _world(deaths: float = 0.04) -> Stocks:
    random = np.random.default_rng(4)
    start = random.lognormal(8, 1, (SIZE, SIZE))
    end = start * random.lognormal(0, 0.2, (SIZE, SIZE))
    for table in (start, end):
        table[np.diag_indices(SIZE)] = 500_000
    whole = start.sum(axis=0)
    return Stocks(tuple(f"C{at}" for at in range(SIZE)), start, end, whole * 0.05, whole * deaths)


def _types(kind: str) -> DataTypes:
    return DataTypes(np.full(SIZE, kind), np.full(SIZE, kind))


def _drawn(kind: str = CENSUS, **plan: object) -> DrawnFlows:
    settings = {"method": PSEUDO_BAYES, "draws": 60, "seed": 3} | plan
    return draw_flows(_world(), _types(kind), DrawPlan(**settings))  # type: ignore[arg-type]


def test_products_are_those_of_linear_algebra() -> None:
    """With zeros among the cells."""
    random = np.random.default_rng(1)
    left, right = random.random((7, 5)) * (random.random((7, 5)) < 0.5), random.random((7, 4))
    np.testing.assert_allclose(multiply_transposed(left, right), left.T @ right, rtol=1e-14)
    np.testing.assert_allclose(add_up_rows(right[:, 0], left), right[:, 0] @ left, rtol=1e-14)
    np.testing.assert_allclose(add_up_columns(left, right[:5, 1]), left @ right[:5, 1], rtol=1e-14)


def test_fast_and_general_fits_agree() -> None:
    """Also from the scales of an earlier fit; totals that no cells carry are refused by the general one."""
    random = np.random.default_rng(2)
    names = (list("abcdefgh"),) * 2
    rescale = make_rescaler()
    for _ in range(3):
        table = random.lognormal(3, 2, (SIZE, SIZE)) * (random.random((SIZE, SIZE)) < 0.7) + np.eye(SIZE)
        other = table * random.lognormal(0, 0.5, (SIZE, SIZE))
        rows, columns = other.sum(axis=1), other.sum(axis=0)
        fitted, error = rescale(table, rows, columns, names)
        np.testing.assert_allclose(
            fitted, fit_table(table, rows, columns, names)[0], rtol=1e-5, atol=1e-6 * rows.sum()
        )
        assert error <= 1e-10 * rows.sum()
    impossible = np.eye(SIZE), np.arange(1.0, SIZE + 1), np.arange(float(SIZE), 0, -1)
    assert rescale_table(*impossible) is None
    with pytest.raises(MethodNotApplicable):
        rescale(*impossible, names)


def test_departures_share_a_part_by_origin_and_by_destination() -> None:
    """Deviation 1 of each; corridors of one origin, and of one destination, go together by what they share; others do not."""
    random = np.random.default_rng(8)
    drawn = np.array([draw_departures(random, 4) for _ in range(20_000)])
    assert drawn.std() == pytest.approx(1, abs=0.01)
    same_origin, same_destination, none = (
        float((drawn[:, 0, 1] * drawn[:, i, j]).mean()) for i, j in ((0, 2), (3, 1), (3, 2))
    )
    assert same_origin == pytest.approx(SHARED_BY_ORIGIN, abs=0.03)
    assert same_destination == pytest.approx(SHARED_BY_DESTINATION, abs=0.03)
    assert none == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("kind", [CENSUS, REGISTER, MODELLED])
def test_errors_of_stocks_are_mostly_the_same_at_both_dates(kind: str) -> None:
    """Their size, and the share that both dates have in common, are as declared."""
    stocks, sizes = _world(), SIZES[kind]
    abroad = ~np.eye(SIZE, dtype=bool)
    errors = np.array(
        [
            [
                np.log(drawn / table)[abroad]
                for drawn, table in ((each.start, stocks.start), (each.end, stocks.end))
            ]
            for each in (draw_inputs(stocks, _types(kind), np.random.default_rng(k)) for k in range(200))
        ]
    )
    assert errors.std() == pytest.approx(sizes.stock, rel=0.03)
    assert np.corrcoef(errors[:, 0].ravel(), errors[:, 1].ravel())[0, 1] == pytest.approx(
        sizes.stock_shared, abs=0.02
    )
    assert 0.8 <= sizes.stock_shared <= 0.95


def test_populations_and_natives_are_drawn_together() -> None:
    """More people born abroad are fewer natives; births and deaths have errors of their own."""
    stocks = _world()
    drawn = [draw_inputs(stocks, _types(MODELLED), np.random.default_rng(k)) for k in range(300)]
    inhabitants = np.array([np.log(each.start.sum(axis=0) / stocks.start.sum(axis=0)) for each in drawn])
    assert inhabitants.std() == pytest.approx(SIZES[MODELLED].population, rel=0.05)
    births = np.array([np.log(each.births / stocks.births) for each in drawn])
    assert births.std() == pytest.approx(SIZES[MODELLED].births, rel=0.05)


def test_data_types_are_read_by_residence_and_year() -> None:
    """The widest where nobody told; other words and two types of one country are refused."""
    cells = pl.DataFrame(
        {
            "birth_country": ["A", "B", "A"],
            "residence_country": ["B", "A", "C"],
            "year": [2015, 2015, 2020],
            "data_type": ["census", None, "register"],
        }
    )
    types = read_data_types(cells, ("A", "B", "C"), 2015, 2020)
    assert (list(types.start), list(types.end)) == (
        [MODELLED, CENSUS, MODELLED],
        [MODELLED, MODELLED, REGISTER],
    )
    assert types.modelled == 3
    assert read_data_types(cells.drop("data_type"), ("A", "B"), 2015, 2020).modelled == 2
    with pytest.raises(TableInvalid, match="guess is not a data_type"):
        read_data_types(cells.with_columns(data_type=pl.lit("guess")), ("A",), 2015, 2020)
    twice = pl.concat([cells, cells.with_columns(data_type=pl.lit("modelled"))])
    with pytest.raises(TableInvalid, match="more than one data_type"):
        read_data_types(twice, ("A",), 2015, 2020)


@pytest.mark.parametrize("weight", [0.3, 0.6, 0.9])
def test_the_weight_that_made_reports_is_found(weight: float) -> None:
    """And the spread, where the ratio of reports to transitions is known; else the weight is less sure."""
    random = np.random.default_rng(8)
    independent = random.lognormal(8, 1, 600)
    least = independent * random.random(600) * (random.random(600) < 0.7)
    spread = spreads_by_size(independent, 0.4, -0.1)
    reported = (weight * least + (1 - weight) * independent) * np.exp(
        0.2 + spread * random.standard_normal(600)
    )
    found = weigh_reports(reported, least, independent, (0.2, 0.02)).prior()
    assert found.mean == pytest.approx(weight, abs=max(0.03, 3 * found.deviation))
    assert found.spread == pytest.approx(0.4, rel=0.1)
    assert found.power == pytest.approx(-0.1, abs=0.05)
    unsure = weigh_reports(reported, least, independent, (0.2, 0.5)).prior()
    assert unsure.deviation > found.deviation
    drawn = weigh_reports(reported, least, independent, (0.2, 0.02)).draw(2000, random)[0]
    assert drawn.mean() == pytest.approx(found.mean, abs=0.01)
    with pytest.raises(MethodNotApplicable, match="Corridors with reported moves: 9"):
        weigh_reports(reported[:9], least[:9], independent[:9])


def test_the_prior_is_wider_outside_europe() -> None:
    """As a Beta it has the mean and deviation that it names; nobody knows a spread above the widest."""
    assert ELSEWHERE.deviation > EUROPE.deviation
    assert ELSEWHERE.spread > EUROPE.spread
    first, second = ELSEWHERE.beta
    drawn = np.random.default_rng(1).beta(first, second, 20_000)
    assert (drawn.mean(), drawn.std()) == pytest.approx((ELSEWHERE.mean, ELSEWHERE.deviation), rel=0.02)
    assert ELSEWHERE.spreads(np.array([0.0]))[0] == WIDEST_SPREAD


def test_draws_repeat_and_their_points_are_in_order() -> None:
    """The same seed gives the same intervals; shares of the weight lie between 0 and 1; nets add up to nothing."""
    one, again, other = _drawn(), _drawn(), _drawn(seed=4)
    np.testing.assert_array_equal(one.corridors[0].points, again.corridors[0].points)
    assert not np.array_equal(one.corridors[0].points, other.corridors[0].points)
    points, share = one.corridors[0].points, one.corridors[0].share_due_to_weight
    assert (np.diff(points, axis=0) >= 0).all()
    assert share is not None
    inside = share[~np.eye(SIZE, dtype=bool)]
    assert ((inside > 0) & (inside < 1)).all()
    assert (one.draws, one.failed) == (60, 0)


def test_the_share_of_the_weight_is_all_where_nothing_else_is_in_error() -> None:
    """A register without errors and without departures leaves only the weight; the interval is then known."""
    nothing = type(ELSEWHERE)(0.8, 0.1, 0.0, 0.0)
    stocks, exact = _world(), {kind: type(sizes)(0, 0, 0, 0, 0, 0) for kind, sizes in SIZES.items()}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("guzar.analyse.stock_flows.errors_of_input.SIZES", exact)
        drawn = draw_flows(stocks, _types(REGISTER), DrawPlan(PSEUDO_BAYES, 400, 1, prior=nothing))
    share = drawn.corridors[0].share_due_to_weight
    assert share is not None
    account = close_account(stocks)
    least, independent = move_least(account).all, move_independently(account).all
    apart = (independent - least > 100) & ~np.eye(SIZE, dtype=bool)
    assert share[apart].min() > 0.999
    quantiles = np.quantile(np.random.default_rng(1).beta(*nothing.beta, 20_000), [0.95, 0.5, 0.05])
    for at, weight in enumerate(quantiles):
        known = weight * least + (1 - weight) * independent
        np.testing.assert_allclose(drawn.corridors[0].points[at][apart], known[apart], rtol=0.15)


def test_better_data_make_narrower_intervals() -> None:
    """By every method; registers know more than models of net migration; the plain value lies inside more often than not."""
    for method in METHODS:
        total = 50_000.0 if method == RATES else None
        wide, narrow = (_drawn(kind, method=method, total=total) for kind in (MODELLED, REGISTER))
        widths = [np.diff(each.net.points[[0, 2]], axis=0).mean() for each in (wide, narrow)]
        assert widths[1] <= widths[0], method
        plain = estimate_flows(_world(), method, total=total).all
        held = narrow.corridors[0].points
        assert ((plain >= held[0] - 1) & (plain <= held[2] + 1))[~np.eye(SIZE, dtype=bool)].mean() > 0.5


def test_types_of_moves_have_intervals_of_their_own() -> None:
    """Their medians add up to about those of all."""
    parts, whole = _drawn(by_type=True), _drawn()
    assert len(parts.corridors) == 3
    added = sum(each.points[1].sum() for each in parts.corridors)
    assert added == pytest.approx(whole.corridors[0].points[1].sum(), rel=0.1)
    np.testing.assert_allclose(parts.net.points, whole.net.points, atol=1.0)


def test_draws_without_an_account_are_counted_or_refused() -> None:
    """Where nearly all inhabitants die, errors make more die than live: never left out in silence."""
    with pytest.raises(MethodNotApplicable, match=r"of 60 draws make no account.*More people die"):
        draw_flows(_world(deaths=0.97), _types(MODELLED), DrawPlan(PSEUDO_BAYES, 60, 1))
    some = draw_flows(_world(deaths=0.942), _types(CENSUS), DrawPlan(PSEUDO_BAYES, 200, 1))
    assert 0 < some.failed <= 10
    assert some.draws + some.failed == 200
    assert "More people die" in some.reason.text
    with pytest.raises(SettingsInvalid, match="5 draws are not enough"):
        _drawn(draws=5)
