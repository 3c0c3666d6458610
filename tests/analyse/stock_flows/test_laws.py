"""Laws that flows from stocks obey in any world."""

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from guzar.analyse.stock_flows.accounts import Account, Stocks, close_account, open_account
from guzar.analyse.stock_flows.closed_forms import Moves, blend, move_independently, move_least
from guzar.analyse.stock_flows.differences import drop_falls, reverse_falls
from guzar.analyse.stock_flows.likely_moves import move_likely
from guzar.errors import MethodNotApplicable


@st.composite
def worlds(draw: st.DrawFn) -> Stocks:
    """Small worlds: some people live abroad nowhere, some countries are empty of foreigners."""
    size = draw(st.integers(2, 6))
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    start, end = (
        random.integers(0, 500, (size, size)) * (random.random((size, size)) < 0.9) for _ in range(2)
    )
    for table in (start, end):
        np.fill_diagonal(table, random.integers(2000, 9000, size))
    births, deaths = (random.integers(0, 500, size).astype(np.float64) for _ in range(2))
    names = tuple(f"C{at}" for at in range(size))
    return Stocks(names, start.astype(np.float64), end.astype(np.float64), births, deaths)


def _closed(stocks: Stocks) -> Account:
    """The account of a closed world, where there is one: birthplaces without people abroad may leave none."""
    try:
        return close_account(stocks)
    except MethodNotApplicable:
        assume(False)
        raise


def _moves(stocks: Stocks) -> tuple[Moves, Moves, Moves]:
    account = _closed(stocks)
    least, free = move_least(account), move_independently(account)
    return least, blend(least, free), free


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_the_blend_lies_between_minimum_and_independence(stocks: Stocks) -> None:
    """In every cell between the two; in total above the one and below the other."""
    least, both, free = (each.all for each in _moves(stocks))
    assert least.sum() <= both.sum() * (1 + 1e-9) <= free.sum() * (1 + 2e-9)
    low, high = np.minimum(least, free), np.maximum(least, free)
    assert (low - 1e-6 <= both).all()
    assert (both <= high + 1e-6).all()


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_moves_are_numbers_of_persons_and_types_add_up(stocks: Stocks) -> None:
    """Never below 0, never NaN; outward, return and transit are parts; net is what the tables say."""
    account = _closed(stocks)
    for moves in _moves(stocks):
        for part in (moves.outward, moves.back, moves.transit):
            assert np.isfinite(part).all()
            assert (part >= 0).all()
        net = account.after.sum(axis=0) - account.before.sum(axis=0)
        assert moves.all.sum(axis=0) - moves.all.sum(axis=1) == pytest.approx(net, abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(worlds(), st.sampled_from([0.001, 7.0, 1000.0]))
def test_the_unit_does_not_matter(stocks: Stocks, unit: float) -> None:
    """All inputs times k, all flows times k."""
    scaled = Stocks(
        stocks.countries, *(each * unit for each in (stocks.start, stocks.end, stocks.births, stocks.deaths))
    )
    for moves, larger in zip(_moves(stocks), _moves(scaled), strict=True):
        assert larger.all == pytest.approx(unit * moves.all, rel=1e-6, abs=unit * 1e-4)


@settings(max_examples=40, deadline=None)
@given(worlds(), st.randoms())
def test_the_order_of_countries_does_not_matter(stocks: Stocks, shuffled) -> None:  # type: ignore[no-untyped-def]
    """Countries in another order, flows in that order."""
    order = list(range(len(stocks.countries)))
    shuffled.shuffle(order)
    both = np.ix_(order, order)
    other = Stocks(
        tuple(stocks.countries[at] for at in order),
        stocks.start[both], stocks.end[both], stocks.births[order], stocks.deaths[order],
    )  # fmt: skip
    for moves, again in zip(_moves(stocks), _moves(other), strict=True):
        assert again.all == pytest.approx(moves.all[both], abs=1e-4)


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_falls_that_are_read_as_return_only_add(stocks: Stocks) -> None:
    """Reverse negatives ≥ drop negatives."""
    assert (reverse_falls(stocks.start, stocks.end) >= drop_falls(stocks.start, stocks.end)).all()


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_an_open_world_needs_no_more_persons_than_it_has(stocks: Stocks) -> None:
    """Nobody leaves or enters in negative numbers; both tables have the same birthplaces."""
    account = open_account(stocks)
    assert (account.before >= -1e-9).all()
    assert (account.after >= -1e-9).all()
    assert account.before.sum(axis=1) == pytest.approx(account.after.sum(axis=1), abs=1e-6)


def test_more_deaths_than_people_are_refused_by_name() -> None:
    """The country and the amount stand in the message."""
    stocks = Stocks(
        ("AAA", "BBB"), np.diag([10.0, 10]), np.diag([10.0, 10]), np.zeros(2), np.array([0.0, 25])
    )
    with pytest.raises(MethodNotApplicable, match=r"BBB \(15\)"):
        close_account(stocks)


def test_empty_rows_move_nobody() -> None:
    """A birthplace of which nobody lives anywhere, and a country without foreigners."""
    start = np.array([[10.0, 0, 0], [0, 20, 5], [0, 0, 0]])
    stocks = Stocks(("A", "B", "C"), start, start, np.zeros(3), np.zeros(3))
    for moves in _moves(stocks)[:1]:
        assert moves.all == pytest.approx(np.zeros((3, 3)))
    assert np.isfinite(_moves(stocks)[2].all).all()


@settings(max_examples=30, deadline=None)
@given(worlds())
def test_types_are_those_of_every_birthplace(stocks: Stocks) -> None:
    """Moves counted birthplace by birthplace: the sum is the table, what leaves its birthplace is outward, what enters it return."""
    account = _closed(stocks)
    least = move_least(account)
    size = len(stocks.countries)
    every = move_likely(account.before, account.after, np.ones((size, size)), stocks.countries)
    every = every * (1 - np.eye(size))
    own = np.arange(size)
    near = 1e-6 * stocks.start.sum()
    assert least.all == pytest.approx(every.sum(axis=0), abs=near)
    assert least.outward == pytest.approx(every[own, own], abs=near)
    assert least.back == pytest.approx(every[own, :, own].T, abs=near)


def test_a_country_that_was_not_there_at_the_first_date_is_named() -> None:
    """Nobody was born or lived in NEW, and then 150,000 do: it is named with both amounts, and no other country is."""
    random = np.random.default_rng(5)
    size = 12
    names = (*(f"C{at:02}" for at in range(size - 1)), "NEW")
    start = random.lognormal(8, 1, (size, size)) + 1e6 * np.eye(size)
    end = start * random.lognormal(0, 0.1, (size, size))
    start[-1, :], start[:, -1] = 0.0, 0.0
    births, deaths = 0.02 * start.sum(axis=0), 0.02 * start.sum(axis=0)
    with pytest.raises(MethodNotApplicable, match="NEW cannot be balanced") as caught:
        close_account(Stocks(names, start, end, births, deaths))
    assert caught.value.values["countries"] == "NEW"
    assert caught.value.values["room"] == 0
    assert caught.value.values["wanted"] > 100_000
    assert "first date" in str(caught.value.where)


def test_inhabitants_with_no_place_of_birth_name_their_own_country() -> None:
    """In ISL live its natives alone, more of them than were born there: that country is named and not the eleven others."""
    random = np.random.default_rng(6)
    size = 12
    names = (*(f"C{at:02}" for at in range(size - 1)), "ISL")
    start = random.lognormal(8, 1, (size, size)) + 1e6 * np.eye(size)
    end = start.copy()
    for table in (start, end):
        table[:-1, -1] = 0.0  # nobody born elsewhere lives there
        table[-1, :-1] = 0.0  # and none of its natives abroad
    end[-1, -1] *= 1.5
    nothing = np.zeros(size)
    with pytest.raises(MethodNotApplicable) as caught:
        close_account(Stocks(names, start, end, nothing, nothing))
    assert caught.value.values["countries"] == "ISL"
