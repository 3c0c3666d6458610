"""Schedules are found again from their own data; profiles by hand; net migration by age is what was put in."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.analyse.ages.fitted_schedules import AgeData, fit_schedule
from guzar.analyse.ages.net_by_age import (
    AgedPopulation,
    Numbers,
    births_of_sexes,
    net_by_age,
    net_of_children,
)
from guzar.analyse.ages.profiles import DEFINITIONS, profile_indices, schedule_ratios
from guzar.analyse.ages.schedules import (
    FAMILIES,
    FUNDAMENTAL,
    UN_FAMILIES,
    rates_of,
    share_by_age,
    un_schedule,
)
from guzar.errors import MethodNotApplicable, SettingsInvalid

AGES = np.arange(91)
WHOLE = {
    **FUNDAMENTAL,
    **{"a3": 0.004, "alpha3": 0.5, "mu3": 64.0, "lambda3": 0.5, "a4": 0.0002, "lambda4": 0.03},
}


def _data(parameters: dict[str, float], people: float | None = None, seed: int = 1) -> AgeData:
    rates = rates_of(AGES.astype(np.float64), parameters)
    width = np.ones(len(AGES), np.int64)
    if people is None:
        return AgeData(AGES, width, rates)
    population = np.full(len(AGES), people)
    moved = np.random.default_rng(seed).poisson(rates * people)
    return AgeData(AGES, width, moved / people, population)


def test_a_schedule_by_hand() -> None:
    """At the age μ₂ the labour curve has a₂ / e; parts are added up."""
    at = rates_of(np.array([20.0]), FUNDAMENTAL)[0]
    assert at == pytest.approx(0.02 * np.exp(-2) + 0.06 * np.exp(-1) + 0.003)
    more = rates_of(np.array([20.0]), {name: WHOLE[name] for name in FAMILIES[9]})[0]
    assert more - at == pytest.approx(0.0002 * np.exp(0.6))
    with pytest.raises(SettingsInvalid, match="make up no schedule"):
        rates_of(np.array([20.0]), {"a1": 1.0})


@pytest.mark.parametrize("family", [7, 9, 11, 13])
def test_a_family_is_found_again(family: int) -> None:
    """Without noise: curve and peak; most starts end in the same place."""
    parameters = {name: WHOLE[name] for name in FAMILIES[family]}
    fit = fit_schedule(_data(parameters), family)
    assert fit.gap_percent < 0.05
    assert fit.values["mu2"] == pytest.approx(20, abs=0.01)
    assert fit.values["a2"] == pytest.approx(0.06, rel=0.01)
    assert fit.starts_that_agree >= 6


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    """Poisson counts of 20,000 people per age, 12 times: the curve lies in its 90 % interval at 82 to 98 % of ages."""
    truth = rates_of(AGES.astype(np.float64), FUNDAMENTAL)
    held, peaks = [], []
    for seed in range(12):
        fit = fit_schedule(_data(FUNDAMENTAL, 20_000, seed), 7)
        held.append(((fit.lower <= truth) & (truth <= fit.upper)).mean())
        low, _, high = fit.parameters["mu2"]
        peaks.append(low <= 20 <= high)
    assert 0.82 <= np.mean(held) <= 0.98
    assert np.mean(peaks) >= 0.75


def test_more_people_make_intervals_narrower() -> None:
    """100 times as many: about a tenth of the width."""
    few, many = (fit_schedule(_data(FUNDAMENTAL, people), 7) for people in (2_000, 200_000))
    at = 22
    ratio = (few.upper[at] - few.lower[at]) / (many.upper[at] - many.lower[at])
    assert 5 < ratio < 20


def test_groups_of_five_years_are_means_of_the_curve() -> None:
    """The same curve from 18 groups."""
    single = rates_of(np.arange(90.0), FUNDAMENTAL)
    data = AgeData(np.arange(0, 90, 5), np.full(18, 5), single.reshape(18, 5).mean(axis=1))
    fit = fit_schedule(data, 7)
    assert fit.curve == pytest.approx(single, rel=0.02)


def test_what_has_no_schedule_is_refused() -> None:
    """Too few ages; nobody moves; no such family."""
    data = _data(FUNDAMENTAL)
    with pytest.raises(MethodNotApplicable, match="8 ages"):
        fit_schedule(AgeData(data.first[:8], data.width[:8], data.rates[:8]), 7)
    with pytest.raises(MethodNotApplicable, match="Nobody moves"):
        fit_schedule(AgeData(data.first, data.width, np.zeros(91)), 7)
    with pytest.raises(SettingsInvalid, match="8 parameters"):
        fit_schedule(data, 8)


def test_families_of_the_united_nations() -> None:
    """Low dependency has fewer children per worker than high; old entry peaks later; so many persons are shared out."""
    for sex in ("F", "M"):
        dependency = {
            name: schedule_ratios(un_schedule(name, sex))["child_dependency"] for name in UN_FAMILIES
        }
        assert dependency["low-dependency"] < dependency["western-standard"] < dependency["high-dependency"]  # type: ignore[operator]
        peaks = [
            np.argmax(rates_of(AGES.astype(float), un_schedule(name, sex)))
            for name in ("young-entry", "western-standard", "old-entry")
        ]
        assert peaks == sorted(peaks)
        assert len(set(peaks)) == 3
    shared = share_by_age(-500, AGES.astype(float), un_schedule("western-standard", "F"))
    assert shared.sum() == pytest.approx(-500)
    assert (shared < 0).all()
    with pytest.raises(SettingsInvalid, match="everybody"):
        un_schedule("western-standard", "everybody")


def test_a_profile_by_hand() -> None:
    """A triangle with its top at 24: breadth counts ages, the legacy breadth positions, one year off."""
    rates = np.maximum(0.0, 12.0 - np.where(AGES < 24, 2.0, 1.0) * np.abs(AGES - 24)) / 100
    found = profile_indices(AGES, rates)
    assert found["gross_migraproduction_rate"] == pytest.approx(rates.sum())
    assert (found["peak_age"], found["peak_rate"]) == (24, 0.12)
    assert found["peak_breadth"] == pytest.approx(rates[19:30].sum())
    assert found["peak_breadth_legacy"] == pytest.approx(rates[18:29].sum())
    assert found["asymmetry_of_changes"] == pytest.approx(2)
    assert found["asymmetry"] == pytest.approx(found["largest_rise_age"] / found["largest_fall_age"])  # type: ignore[operator]
    early = rates.copy()
    early[0] = 0.5
    assert profile_indices(AGES, early)["peak_age"] == 24
    assert profile_indices(AGES, early)["peak_age_legacy"] == 0
    assert set(found) <= set(DEFINITIONS)
    flat = profile_indices(AGES, np.full(91, 0.01))
    assert flat["largest_rise_age"] is None


@settings(max_examples=40)
@given(st.integers(4, 18), st.integers(0, 2**32 - 1))
def test_net_migrants_come_back(size: int, seed: int) -> None:
    """People are projected with migrants at the end, at the start, or spread in time: each method finds its own."""
    random = np.random.default_rng(seed)
    start, births = random.uniform(5e3, 9e3, size), 6e3
    survival, moved = random.uniform(0.7, 1, size), random.normal(0, 300, size)
    before = np.concatenate([[births], start[:-1]])
    before[-1] += start[-1]
    at_end = AgedPopulation(start, survival * before + moved, survival, births)
    assert net_by_age(at_end, "stock") == pytest.approx(moved, abs=1e-6)
    assert net_by_age(at_end, "forward") == pytest.approx(moved, abs=1e-6)
    at_start = AgedPopulation(start, survival * (before + moved), survival, births)
    assert net_by_age(at_start, "reverse") == pytest.approx(moved, abs=1e-6)
    both = [net_by_age(at_end, name) for name in ("forward", "reverse", "average")]
    assert both[2] == pytest.approx((both[0] + both[1]) / 2)
    younger = np.concatenate([[0.0], moved[:-1]])
    younger[-1] += moved[-1]
    in_time = AgedPopulation(start, survival * before + (moved + survival * younger) / 2, survival, births)
    assert net_by_age(in_time, "time") == pytest.approx(moved, abs=1e-5)
    cohort = net_by_age(at_end, "cohort")
    assert cohort.sum() == pytest.approx((moved / np.sqrt(survival)).sum(), abs=1e-6)


def test_without_deaths_all_methods_have_the_same_total() -> None:
    """Nobody dies: net migration of all ages is growth less births; and scale does not matter."""
    start, end = np.array([50.0, 60, 70, 40]), np.array([55.0, 80, 60, 100])
    people = AgedPopulation(start, end, np.ones(4), 45.0)
    thousand = AgedPopulation(1000 * start, 1000 * end, np.ones(4), 45e3)
    for method in ("stock", "cohort", "forward", "reverse", "average"):
        found: Numbers = net_by_age(people, method)
        assert found.sum() == pytest.approx(end.sum() - start.sum() - 45)
        assert net_by_age(thousand, method) == pytest.approx(1000 * found)


def test_births_and_children() -> None:
    """105 boys to 100 girls; a quarter and three quarters of women's migration per child."""
    assert births_of_sexes(205, 1.05) == pytest.approx({"F": 100, "M": 105})
    women, net = np.full(12, 100.0), np.full(12, 10.0)
    assert net_of_children(np.array([60.0]), women, net) == pytest.approx([0.25 * 60 / 600 * 60])
    assert net_of_children(np.array([60.0, 60]), women, net, 2) == pytest.approx([1.5, 4.5])
    with pytest.raises(SettingsInvalid, match="sex ratio"):
        births_of_sexes(205, 105)


def test_what_has_no_residual_is_refused() -> None:
    """Ratios above 1, no births, too few ages, nobody, an unknown method."""
    four = np.full(4, 10.0)
    with pytest.raises(MethodNotApplicable, match=r"1\.2000, of age group 2"):
        net_by_age(AgedPopulation(four, four, np.array([0.9, 1.2, 0.9, 0.9]), 5.0), "stock")
    with pytest.raises(MethodNotApplicable, match="Births of the interval"):
        net_by_age(AgedPopulation(four, four, four / 11, None), "time")
    with pytest.raises(MethodNotApplicable, match="2 age groups"):
        net_by_age(AgedPopulation(four[:2], four[:2], four[:2] / 11, 5.0), "stock")
    with pytest.raises(MethodNotApplicable, match="Nobody lives"):
        net_by_age(AgedPopulation(four, 0 * four, four / 11, 5.0), "stock")
    with pytest.raises(SettingsInvalid, match="--method magic"):
        net_by_age(AgedPopulation(four, four, four / 11, 5.0), "magic")
    without = net_by_age(AgedPopulation(four, four, four / 11, None), "forward")
    assert np.isnan(without).tolist() == [True, False, False, False]
