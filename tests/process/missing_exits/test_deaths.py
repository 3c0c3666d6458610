"""Deaths as the end of stays: the kernel against plain sums, expected numbers, an account that closes, days that are known."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.process.missing_exits.made_worlds import FIRST, LAST, RULE, World, make_world

from guzar.process.histories import EPOCH
from guzar.process.missing_exits.crossing_log import CrossingLog, gather_log, log_of_arrays
from guzar.process.missing_exits.deaths import draw_deaths
from guzar.process.missing_exits.draws import count_as_recorded, draw_past, fit_material
from guzar.process.missing_exits.fit import Fit, Recorded
from guzar.process.missing_exits.hidden_paths import Paths
from guzar.process.missing_exits.material import Material, prepare
from guzar.process.missing_exits.mortality import ALIVE, EVERYBODY_ELSE, DeathRates, Mortality, mortality_of
from guzar.process.missing_exits.permits import MARKS
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.missing_exits.shortened_crossings import Shortened, shorten_crossings
from guzar.process.missing_exits.sojourns import EDGES, Sojourns, densities
from guzar.process.missing_exits.year_counts import DEATHS, EMIGRATIONS, IMMIGRATIONS, RESIDENTS, count_years
from guzar.process.residence_rule import ResidenceRule

YEARS = range(2016, 2022)
BEGINS = np.array([(date(year, 1, 1) - EPOCH).days for year in YEARS], np.int64)


def _rates(*per_year: float) -> DeathRates:
    each = per_year if len(per_year) > 1 else per_year * len(YEARS)
    return DeathRates(BEGINS, {EVERYBODY_ELSE: np.array(each) / 365.25})


def _dying(log: CrossingLog, rates: DeathRates) -> CrossingLog:
    nobody = np.full(log.persons, ALIVE, np.int32)
    return replace(log, mortality=mortality_of(rates, ("",), np.zeros(log.persons, np.int32), nobody))


def _ready(log: CrossingLog) -> tuple[Material, Fit, Recorded]:
    material = prepare(log, RULE)
    recorded = find_recorded(material)
    return material, fit_material(material, recorded), recorded


def _sojourns(hazard: float) -> Sojourns:
    one = np.ones((1, 1))
    whole = np.full((1, len(EDGES)), hazard)
    return Sojourns(whole[None], whole, np.ones(1), one, one, whole[None], whole[None], np.ones((MARKS, 1)))


def _stays(entered: int, persons: int, rates: DeathRates) -> Paths:
    """People who came on one day and were not seen again."""
    mortality: Mortality | None = _dying(
        log_of_arrays(
            np.arange(persons + 1),
            np.full(persons, entered, np.int32),
            np.ones(persons, np.int8),
            np.zeros(persons),
            ("A",),
        ),
        rates,
    ).mortality
    assert mortality is not None
    empty = np.zeros(persons, np.int8)
    return Paths(
        np.arange(persons + 1),
        np.full(persons, entered, np.int32),
        np.ones(persons, np.int8),
        np.full(persons, ALIVE, np.int32),
        empty,
        empty.astype(bool),
        mortality=mortality,
        of_class=empty,
    )


def test_the_kernel_weighs_days_as_plain_sums_do() -> None:
    """Nobody dead leaves: S(v) μ(v) e^−M(v) beside S(a) e^−M(a), year by year, and evenly by S within a year."""
    rates, entered, hazard = (0.0, 0.05, 0.2, 0.0, 0.02, 0.1), int(BEGINS[0]) + 100, 0.002
    died = draw_deaths(_stays(entered, 40_000, _rates(*rates)), _sojourns(hazard), LAST, 5).mortality
    assert died is not None
    days = np.arange(entered, LAST + 1)
    per_day = np.array(rates)[np.searchsorted(BEGINS, days, side="right") - 1] / 365.25
    here = densities(np.full((1, len(EDGES)), hazard), LAST - entered)[1][0]
    before = np.exp(-(np.cumsum(per_day) - per_day))
    dead, alive = here * per_day * before, here[-1] * np.exp(-per_day.sum())
    chance = dead / (dead.sum() + alive)
    found = np.histogram(died.died, bins=[*BEGINS, LAST + 1])[0] / 40_000
    expected = np.array([chance[(days >= low) & (days < high)].sum() for low, high in zip(BEGINS, [*BEGINS[1:], LAST + 1], strict=True)])  # fmt: skip
    assert np.abs(found - expected).max() < 4 * np.sqrt(0.25 / 40_000)
    assert found[[0, 3]].tolist() == [0, 0]
    known = died.died[died.died != ALIVE]
    assert known.mean() == pytest.approx((chance * days).sum() / chance.sum(), abs=8)


def test_a_rate_of_nothing_changes_nothing() -> None:
    """The same past, and the same counts, as without rates."""
    log = make_world(3, World(persons=300)).log
    without, with_none = _ready(log), _ready(_dying(log, _rates(0.0)))
    first, second = (draw_past(*each, 0) for each in (without, with_none))
    assert first.day.tolist() == second.day.tolist()
    counts = [count_years(each, RULE).counted for each in (first, second)]
    assert np.array_equal(*counts)
    assert not counts[0][DEATHS].any()


def test_as_many_die_as_the_rate_says_and_the_account_closes() -> None:
    """People who truly die, crossings all recorded: deaths drawn are those of the rate and of the truth within noise."""
    rate, persons = 0.08, 900
    log, true_deaths, years = _mortal(persons, rate)
    ready = _ready(_dying(log, _rates(rate)))
    drawn = []
    for number in range(2):
        past = draw_past(*ready, number)
        assert past.mortality is not None
        drawn.append((past.mortality.died != ALIVE).sum())
        counts = count_years(past, RULE)
        residents, net = counts.counted[RESIDENTS], counts.counted[IMMIGRATIONS] - counts.counted[EMIGRATIONS]
        decided = slice(1, 4)
        assert (np.diff(residents)[:3] == (net - counts.counted[DEATHS])[decided]).all()
        assert counts.counted[DEATHS].sum() > 0
    assert np.mean(drawn) == pytest.approx(rate * years, rel=0.15)
    assert np.mean(drawn) == pytest.approx(true_deaths, rel=0.15)


def _mortal(persons: int, rate: float) -> tuple[CrossingLog, int, float]:
    """Stays of 150 and absences of 60 days on average, no crossing lost, until death in the country; and who truly died, and
    person-years here."""
    random = np.random.default_rng(2)
    rows: list[tuple[int, int, int]] = []
    deaths, lived = 0, 0
    for person in range(persons):
        day, is_entry = FIRST + int(random.exponential(60)), 1
        while day <= LAST:
            rows.append((person, day, is_entry))
            length = 1 + int(random.exponential(150 if is_entry else 60))
            life = int(random.exponential(365.25 / rate)) if is_entry else length + 1
            lived += (min(length, life, LAST - day)) if is_entry else 0
            if life < length:
                deaths += day + life <= LAST
                break
            day, is_entry = day + length, 1 - is_entry
    who, day, entry = (np.array(column) for column in zip(*rows, strict=True))
    _, firsts = np.unique(who, return_index=True)
    starts = np.append(firsts, len(who)).astype(np.int64)
    none = np.zeros(len(firsts), np.int8)
    log = log_of_arrays(
        starts, day.astype(np.int32), entry.astype(np.int8), np.zeros(len(who)), ("A",), given=none
    )
    return log, int(deaths), lived / 365.25


def test_known_days_of_death_end_a_history_or_are_left_aside() -> None:
    """A crossing after the death, or two days of death, are errors of linkage: counted, not fatal."""
    rows = [
        ("a", date(2018, 1, 1), "entry", date(2020, 6, 1)),
        ("b", date(2018, 1, 1), "entry", date(2018, 6, 1)),
        ("b", date(2019, 1, 1), "exit", date(2018, 6, 1)),
        ("c", date(2018, 1, 1), "entry", date(2020, 1, 1)),
        ("c", date(2019, 1, 1), "exit", date(2020, 1, 2)),
        ("d", date(2018, 1, 1), "entry", None),
    ]
    names = ("person_id", "crossing_date", "direction", "died_on")
    table = pa.table(
        {name: list(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    )
    met = Shortened()
    short = shorten_crossings(table, met)
    assert met.deaths_left_aside == 2
    assert "person_id" not in short.column_names
    log = gather_log([short], FIRST, LAST)
    assert log.mortality is not None
    assert sorted(log.mortality.died.tolist()) == [(date(2020, 6, 1) - EPOCH).days, *[ALIVE] * 3]
    rule = ResidenceRule(365, 487, RULE.first_day, RULE.last_day)
    counts = count_as_recorded(prepare(log, rule)).counted
    assert counts[RESIDENTS].tolist() == [0, 0, 4, 2, 1, 1]  # b and c left in 2019, a died in 2020
    assert counts[DEATHS].tolist() == [0, 0, 0, 0, 1, 0]


def test_a_rate_of_ones_own_comes_before_that_of_everybody_else() -> None:
    """By citizenship; who has neither does not die, and is counted."""
    own = {"UZB": np.ones(6), EVERYBODY_ELSE: np.zeros(6)}
    table, known = DeathRates(BEGINS, own).tabulate(["TJK", "UZB"])
    assert table[:, 0].tolist() == [0, 1]
    assert known.all()
    only = mortality_of(DeathRates(BEGINS, {"UZB": own["UZB"]}), ("TJK", "UZB"), np.array([0, 1], np.int32), np.full(2, ALIVE, np.int32))  # fmt: skip
    assert only.without_rate == 1
