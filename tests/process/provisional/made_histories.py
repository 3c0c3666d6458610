"""A made-up country for provisional months: seasons, a trend and a break of policy; stays are not the estimator's family.

Stays and absences are lognormal with a scale of each person's own, and short or long by a chance that moves with the season,
from year to year, and from one day on by half for one citizenship (permits end sooner) and doubly for another. Seasonal
workers come back in spring. Nothing of this is known to the estimator: it sees crossings, citizenship and permits.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

YEAR = 365.25
# Ways of life: share, home in the country, short stay (median, spread), short absence, chance of another trip, chance that a
# stay is long and its median, chance that an absence is long and its median.
WAYS = np.array(
    [
        [0.30, 1.0, 160, 1.0, 11, 0.9, 0.95, 0.00, 900, 0.05, 800],  # residents
        [0.34, 0.0, 190, 0.4, 120, 0.5, 0.86, 0.05, 700, 0.05, 600],  # seasonal workers
        [0.18, 0.0, 12, 1.0, 200, 1.0, 0.60, 0.04, 700, 0.02, 900],  # visitors
        [0.18, 0.0, 260, 1.0, 30, 1.0, 0.85, 0.30, 1100, 0.12, 700],  # settlers
    ]
)
(
    SHARE,
    HOME,
    STAY,
    STAY_SD,
    ABSENCE,
    ABSENCE_SD,
    RETURNS,
    LONG_STAY,
    LONG_STAYS,
    LONG_ABSENCE,
    LONG_ABSENCES,
) = range(11)
SEASONAL = 1
CITIZENSHIPS = ("QMA", "QMB", "QMC", "QMD")
STEPS = 90  # crossings of a person at most
BEFORE = 1500  # days of life before the first day


@dataclass(frozen=True)
class MadeWorld:
    """How large the country is, which days are observed, and what moves in it."""

    persons: int = 20_000
    first_day: date = date(2012, 1, 1)
    last_day: date = date(2024, 12, 31)
    season: float = 0.4  # of the chance of a long stay, around its mean
    trend: float = 0.05  # a year
    break_on: date | None = date(
        2020, 7, 1
    )  # QMB: long stays half as likely; QMC: twice; QMD: long absences twice
    noise: float = 0.10  # of the chance of a long stay, from month to month


def make_crossings(world: MadeWorld, seed: int) -> pl.DataFrame:
    """All crossings of a made-up country, by person and day: person_id, crossing_date, direction, citizenship, permits."""
    draw = np.random.default_rng(seed)
    days = (world.last_day - world.first_day).days + 1
    way = draw.choice(len(WAYS), world.persons, p=WAYS[:, SHARE])
    citizen = np.where(WAYS[way, HOME] == 1, 0, draw.choice([1, 2, 3], world.persons, p=[0.5, 0.3, 0.2]))
    scale = np.exp(0.25 * draw.standard_normal(world.persons))
    at = -BEFORE + (days + BEFORE) * draw.random(world.persons) ** 0.9
    at = np.where(citizen == 0, np.minimum(at, -BEFORE + 365 * draw.random(world.persons) * 6), at)
    goes_in = WAYS[way, HOME] == 0
    shocks = np.exp(world.noise * draw.standard_normal((days + BEFORE) // 30 + 400))
    person, told = np.arange(world.persons), []
    for _ in range(STEPS):
        is_long = draw.random(len(person)) < _chance(world, way, citizen, at, goes_in, shocks)
        told.append((person, at, goes_in, is_long, way, citizen))
        at = at + _length(draw, way, goes_in, is_long, scale, at)
        keeps = (at < days) & (
            goes_in | is_long | (draw.random(len(person)) < WAYS[way, RETURNS]) | (citizen == 0)
        )
        person, at, goes_in, way, citizen, scale = (
            each[keeps] for each in (person, at, ~goes_in, way, citizen, scale)
        )
    return _as_table(draw, world, *(np.concatenate(each) for each in zip(*told, strict=True)))


def _chance(
    world: MadeWorld,
    way: NDArray[np.int64],
    citizen: NDArray[np.int64],
    at: NDArray[np.float64],
    goes_in: NDArray[np.bool_],
    shocks: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The chance that what begins is long: by way of life, season, year, month, and policy."""
    base = np.where(goes_in, WAYS[way, LONG_STAY], WAYS[way, LONG_ABSENCE])
    season = 1 + world.season * np.sin(2 * np.pi * (at / YEAR - 0.45))
    month = ((at + BEFORE) // 30).astype(np.int64)
    chance = base * season * (1 + world.trend) ** (at / YEAR - 5) * shocks[month]
    if world.break_on is not None:
        after = at >= (world.break_on - world.first_day).days
        factor = np.where(goes_in, np.choose(citizen, [1, 0.5, 2.0, 1]), np.choose(citizen, [1, 1, 1, 2.0]))
        chance = np.where(after, chance * factor, chance)
    return np.minimum(chance, 0.9)


def _length(
    draw: np.random.Generator,
    way: NDArray[np.int64],
    goes_in: NDArray[np.bool_],
    is_long: NDArray[np.bool_],
    scale: NDArray[np.float64],
    at: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Days until the next crossing; seasonal workers come back in spring."""
    short = np.where(goes_in, WAYS[way, STAY], WAYS[way, ABSENCE])
    long = np.where(goes_in, WAYS[way, LONG_STAYS], WAYS[way, LONG_ABSENCES])
    spread = np.where(is_long, 0.6, np.where(goes_in, WAYS[way, STAY_SD], WAYS[way, ABSENCE_SD]))
    length = np.where(is_long, long, short) * scale * np.exp(spread * draw.standard_normal(len(way)))
    spring = (90 - at) % YEAR + 25 * draw.standard_normal(len(way))
    comes_in_spring = (way == SEASONAL) & ~goes_in & ~is_long & (spring > 5)
    return np.maximum(0.2, np.where(comes_in_spring, spring, length))


def _as_table(
    draw: np.random.Generator,
    world: MadeWorld,
    person: NDArray[np.int64],
    at: NDArray[np.float64],
    goes_in: NDArray[np.bool_],
    is_long: NDArray[np.bool_],
    way: NDArray[np.int64],
    citizen: NDArray[np.int64],
) -> pl.DataFrame:
    """Crossings from the first day on; a permit that tells something of what will be, and not always the truth."""
    has_permit = goes_in & (citizen > 0)
    stays_long = is_long ^ (draw.random(len(person)) < 0.15)
    permit = np.where(way == 2, 0, np.where(stays_long, 2, 1)) * has_permit
    term = np.choose(permit, [90, 270, 730])
    table = pl.DataFrame(
        {
            "person_id": person,
            "day": at,
            "direction": np.where(goes_in, "entry", "exit"),
            "citizenship": np.array(CITIZENSHIPS)[citizen],
            "permit_type": np.array(["visit", "work", "residence"])[permit],
            "term": np.where(has_permit, term, -1),
        }
    )
    table = table.filter(pl.col("day") >= 0).sort("person_id", "day")
    day = pl.lit(world.first_day) + pl.duration(days=pl.col("day").floor().cast(pl.Int64))
    until = pl.when(pl.col("term") > 0).then(day + pl.duration(days=pl.col("term")))
    return table.select(
        "person_id",
        crossing_date=day,
        direction="direction",
        sequence=pl.int_range(pl.len()).over("person_id"),
        citizenship="citizenship",
        permit_type=pl.when(pl.col("term") > 0).then("permit_type"),
        permitted_until=until,
    )


def last_month_end(world: MadeWorld, months_before: int) -> date:
    """The last day of the month so many months before the last."""
    index = world.last_day.year * 12 + world.last_day.month - months_before
    return date(index // 12, index % 12 + 1, 1) - timedelta(days=1)
