"""Populations of two dates by age, survival ratios and births → net migration by age, as what survival does not explain.

Age groups are as wide as the interval is long; `survival[x]` is the share of group x − 1 that survives into group x, of births for
the first group and of the last two groups for the open one. All variants rest on N_x = P¹_x − s_x P⁰_(x−1):

* stock: N itself, those who came and are there at the end;
* cohort: N / √s at the middle of the interval, half of it at the age of the start and half at that of the end;
* time: spread evenly over the interval, N_x = ½ N′_x + ½ s_x N′_(x−1), solved age by age;
* forward, reverse, average: P¹ − sP⁰, P¹ / s − P⁰ and their mean, by age at the end (survival-ratio methods).

United Nations (1970), Manual VI; Siegel and Swanson (2004); DemoTools for the three residual variants. Errors of censuses are part
of every number here.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.errors import MethodNotApplicable, SettingsInvalid

Numbers = NDArray[np.float64]
STOCK, COHORT, TIME = "stock", "cohort", "time"
FORWARD, REVERSE, AVERAGE = "forward", "reverse", "average"
METHODS = (STOCK, COHORT, TIME, FORWARD, REVERSE, AVERAGE)
OF_CHILDREN = (
    0.25,
    0.75,
)  # of women's net migration per child: of those born in the interval, first and second group
LEAST_AGES = 3


@dataclass(frozen=True)
class AgedPopulation:
    """Persons by age group at both dates, survival ratios into each group, births of the interval (none if not known)."""

    start: Numbers
    end: Numbers
    survival: Numbers
    births: float | None


def births_of_sexes(births: float, ratio: float) -> dict[str, float]:
    """Births of girls and boys (F, M) from all births and the sex ratio at birth, boys per girl. Raises SettingsInvalid."""
    if not 0.5 < ratio < 2:
        raise SettingsInvalid(
            "A sex ratio at birth of {ratio} is none.",
            expected="boys per girl, as 1.05",
            do="Divide a ratio per 100 girls by 100.",
            ratio=ratio,
        )
    return {"F": births / (1 + ratio), "M": births * ratio / (1 + ratio)}


def net_by_age(people: AgedPopulation, method: str) -> Numbers:
    """Net migrants (persons) by age group; NaN for the youngest where a method needs births and none are given.

    Raises SettingsInvalid for another method, MethodNotApplicable for too few ages, ratios that are none, missing births.
    """
    if method not in METHODS:
        raise SettingsInvalid(
            "{option} {value} is not known.",
            expected="one of {known}",
            do="Choose one of them.",
            option="--method",
            value=method,
            known=", ".join(METHODS),
        )
    _check(people, needs_births=method in (STOCK, COHORT, TIME))
    before = _before(people)
    forward = people.end - people.survival * before
    if method in (STOCK, FORWARD):
        return np.asarray(forward)
    if method == COHORT:
        return _cohort(forward, people)
    if method == TIME:
        return _time(forward, people.survival)
    reverse = people.end / people.survival - before
    return np.asarray(reverse if method == REVERSE else (forward + reverse) / 2)


def net_of_children(children: Numbers, women: Numbers, net_women: Numbers, shift: int = 1) -> Numbers:
    """Net migrants among those born in the interval, from women who were 15–44 when they were born, in groups of 5 years.

    `children` are persons of the first groups (one where the interval is 5 years, two where it is 10), `women` and `net_women`
    those at the end by age. UN Manual VI, chapter II.
    """
    if shift not in (1, 2):
        raise SettingsInvalid(
            "Children of an interval of {groups} age groups cannot be told from women.",
            expected="an interval of 5 or 10 years, in groups of 5",
            do="Give births.",
            groups=shift,
        )
    made = []
    for group in range(shift):
        mothers = slice(3 + group, 9 + group)
        all_women = women[mothers].sum()
        made.append(
            OF_CHILDREN[group] * children[group] / all_women * net_women[mothers].sum()
            if all_women > 0
            else np.nan
        )
    return np.array(made)


def _check(people: AgedPopulation, *, needs_births: bool) -> None:
    if len(people.end) < LEAST_AGES:
        raise MethodNotApplicable(
            "{ages} age groups are too few.",
            expected="3 or more, the last of them open",
            do="Give age groups as wide as the interval is long.",
            ages=len(people.end),
        )
    if not (people.start.sum() > 0 and people.end.sum() > 0):
        raise MethodNotApplicable(
            "Nobody lives here at one of the two dates.",
            expected="populations above 0",
            do="Leave this group out.",
        )
    wrong = np.flatnonzero(~((people.survival > 0) & (people.survival <= 1)))
    if len(wrong):
        raise MethodNotApplicable(
            "Survival ratios that are none: {count}; the first is {ratio:.4f}, of age group {group}.",
            expected="shares above 0 and at most 1",
            do="Give the share that survives into each age group, not the deaths.",
            count=len(wrong),
            ratio=people.survival[wrong[0]],
            group=int(wrong[0]) + 1,
        )
    if needs_births and people.births is None:
        raise MethodNotApplicable(
            "Births of the interval are missing: the first age group cannot be told.",
            expected="births between the two dates",
            do="Give --births, or choose --method forward, reverse or average.",
        )


def _before(people: AgedPopulation) -> Numbers:
    """Those who could survive into each group."""
    births = np.nan if people.births is None else people.births
    before = np.concatenate([[births], people.start[:-1]])
    before[-1] += people.start[-1]
    return before


def _cohort(forward: Numbers, people: AgedPopulation) -> Numbers:
    """Half at the age of the end, half at that of the start; those born in the interval are in the first group twice."""
    halves = forward / np.sqrt(people.survival) / 2
    made = halves.copy()
    made[0] += halves[0]
    made[:-2] += halves[1:-1]
    last_two = people.start[-2] + people.start[-1]
    share = people.start[-2] / last_two if last_two > 0 else 0.5
    made[-2] += halves[-1] * share
    made[-1] += halves[-1] * (1 - share)
    return np.asarray(made)


def _time(forward: Numbers, survival: Numbers) -> Numbers:
    made = np.zeros_like(forward)
    made[0] = 2 * forward[0]
    for at in range(1, len(forward) - 1):
        made[at] = 2 * forward[at] - survival[at] * made[at - 1]
    made[-1] = (2 * forward[-1] - survival[-1] * made[-2]) / (1 + survival[-1])
    return made
