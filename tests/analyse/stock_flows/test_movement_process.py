"""Intervals held against the truth: made-up persons are born, move, return, pass through and die, and every one is followed.

The process knows nothing of the estimator: each year people leave with a chance that depends on where they were born, choose the
next country by its pull, and go home more often than elsewhere. What five years of it did is known; stocks are told with errors.
One world tells the weight and the spread, as reported flows do; the intervals are tested in others.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.analyse.stock_flows.accounts import Stocks, close_account
from guzar.analyse.stock_flows.blend_weight import BlendPrior, weigh_reports
from guzar.analyse.stock_flows.closed_forms import move_independently, move_least
from guzar.analyse.stock_flows.draws import DrawPlan, draw_flows
from guzar.analyse.stock_flows.errors_of_input import CENSUS, DataTypes, draw_inputs
from guzar.analyse.stock_flows.methods import PSEUDO_BAYES

COUNTRIES, BEFORE, YEARS = 12, 20, 5
BIRTHS, DEATHS = 0.018, 0.010
AT_HOME, ABROAD = 0.006, 0.09  # chance of leaving within a year
Numbers = NDArray[np.float64]
Persons = NDArray[np.int64]
KINDS = DataTypes(np.full(COUNTRIES, CENSUS), np.full(COUNTRIES, CENSUS))
TRAINING, TESTED = (1, 2), (3, 4, 5)


@dataclass(frozen=True)
class World:
    """Stocks, births and deaths as told, and the moves of five years as they were."""

    told: Stocks
    moved: Numbers


def _world(seed: int) -> World:
    random = np.random.default_rng(seed)
    chances = _chances(random)
    living = np.diag(random.lognormal(12, 0.8, COUNTRIES).astype(np.int64))[:, None, :].repeat(1, axis=1)
    for _ in range(BEFORE):
        living = _move(living, chances, random)[0]
    start = living.sum(axis=1)
    followed = np.zeros(
        (COUNTRIES, COUNTRIES + 1, COUNTRIES), np.int64
    )  # born in, lived in (last: not yet born), lives in
    for country in range(COUNTRIES):
        followed[:, country, country] = start[:, country]
    births, deaths = np.zeros(COUNTRIES), np.zeros(COUNTRIES)
    for _ in range(YEARS):
        followed, born, died = _move(followed, chances, random)
        births, deaths = births + born, deaths + died
    moved = followed[:, :COUNTRIES].sum(axis=0).astype(np.float64)
    true = Stocks(
        tuple(f"C{at:02}" for at in range(COUNTRIES)),
        start.astype(np.float64),
        followed.sum(axis=1).astype(np.float64),
        births,
        deaths,
    )
    return World(draw_inputs(true, KINDS, random), moved * (1 - np.eye(COUNTRIES)))


def _chances(random: np.random.Generator) -> Numbers:
    """By birthplace, residence and next residence: chances of a year; they add up to 1."""
    pull = random.lognormal(0, 1, COUNTRIES) * random.lognormal(0, 0.8, (COUNTRIES, COUNTRIES))
    chances = np.empty((COUNTRIES, COUNTRIES, COUNTRIES))
    for born in range(COUNTRIES):
        for lives in range(COUNTRIES):
            leave = (AT_HOME if born == lives else ABROAD) * random.lognormal(0, 0.3)
            weights = pull[born] * random.lognormal(0, 0.3, COUNTRIES)
            weights[born] = weights.sum()  # half of those who move on go home
            weights[lives] = 0
            chances[born, lives] = leave * weights / weights.sum()
            chances[born, lives, lives] = 1 - leave
    return chances


def _move(living: Persons, chances: Numbers, random: np.random.Generator) -> tuple[Persons, Numbers, Numbers]:
    """A year: deaths, moves, births. `living`: born in, group, lives in; the newborn are of the last group."""
    dying = random.binomial(living, DEATHS)
    left = living - dying
    after = np.zeros_like(living)
    for lives in range(COUNTRIES):
        after += random.multinomial(left[:, :, lives], chances[:, None, lives, :])
    born = random.poisson(BIRTHS * after.sum(axis=(0, 1)))
    after[np.arange(COUNTRIES), -1, np.arange(COUNTRIES)] += born
    return after, born.astype(np.float64), dying.sum(axis=(0, 1)).astype(np.float64)


def _learnt(worlds: list[World]) -> BlendPrior:
    """Weight and spread as the moves of these worlds have them; they are transitions, so the ratio is 1."""
    off = ~np.eye(COUNTRIES, dtype=bool)
    accounts = [close_account(world.told) for world in worlds]
    evidence = weigh_reports(
        np.concatenate([world.moved[off] for world in worlds]),
        np.concatenate([move_least(account).all[off] for account in accounts]),
        np.concatenate([move_independently(account).all[off] for account in accounts]),
        (0.0, 0.01),
    )
    return evidence.prior()


def test_a_process_with_return_and_transit_has_both() -> None:
    """What is followed is a five-year transition: nobody is lost, and the stocks are told near what they are."""
    world = _world(TRAINING[0])
    assert world.moved.sum() > 10_000
    account = close_account(world.told)
    assert move_least(account).all.sum() < world.moved.sum() < move_independently(account).all.sum()


def test_intervals_of_countries_hold_as_sums_over_corridors() -> None:
    """Nine in ten of arrivals and of departures: what corridors of a country have in common does not cancel in their sum."""
    prior = _learnt([_world(seed) for seed in TRAINING])
    held = []
    for seed in range(3, 13):
        world = _world(seed)
        drawn = draw_flows(world.told, KINDS, DrawPlan(PSEUDO_BAYES, 150, seed, prior=prior))
        for points, true in (
            (drawn.arrivals.points, world.moved.sum(axis=0)),
            (drawn.departures.points, world.moved.sum(axis=1)),
        ):
            held.append((points[0] <= true) & (true <= points[2]))
    assert 0.86 <= np.mean(held) <= 0.97


def test_intervals_hold_the_moves_of_worlds_that_told_nothing() -> None:
    """Nine in ten, in each third of flows by their size; the weight alone does not hold them."""
    prior = _learnt([_world(seed) for seed in TRAINING])
    off = ~np.eye(COUNTRIES, dtype=bool)
    held, held_by_weight, sizes = [], [], []
    for seed in TESTED:
        world = _world(seed)
        for kept, chosen in (
            (held, prior),
            (held_by_weight, BlendPrior(prior.mean, prior.deviation, 0.0, 0.0)),
        ):
            points = (
                draw_flows(world.told, KINDS, DrawPlan(PSEUDO_BAYES, 150, seed, prior=chosen))
                .corridors[0]
                .points
            )
            kept.append(((points[0] <= world.moved) & (world.moved <= points[2]))[off])
        sizes.append(world.moved[off])
    inside, size = np.concatenate(held), np.concatenate(sizes)
    third = np.searchsorted(np.quantile(size, [1 / 3, 2 / 3]), size)
    assert 0.85 <= inside.mean() <= 0.97
    for at in range(3):
        assert 0.75 <= inside[third == at].mean() <= 1.0
    assert np.concatenate(held_by_weight).mean() < inside.mean()
