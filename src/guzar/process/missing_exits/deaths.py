"""Days of death in one possible past: death ends the last sojourn of somebody who is in the country.

Whoever crosses later was alive, so only the open end after the last crossing of a path, recorded or drawn, is at risk. Nobody
who is dead leaves: of a stay that lasts a days without an exit the chance is that of a living person, S(a) e^−M(a), or of one
who died after v days, S(v) μ(v) e^−M(v), with M the sum of the rates μ. So a traveller who was not seen again for years is
likelier dead than one who never travels. Deaths abroad end no stay here.
"""

from dataclasses import replace

import numpy as np
from numba import njit
from numpy.typing import NDArray

from guzar.process.missing_exits.hidden_paths import Paths
from guzar.process.missing_exits.mortality import ALIVE, Days, Index, Mortality, Numbers, Rows
from guzar.process.missing_exits.sojourns import Sojourns, densities
from guzar.process.residence_kernel import Codes


def draw_deaths(paths: Paths, sojourns: Sojourns, last_day: int, seed: int) -> Paths:
    """The path with a day of death for whoever dies in the country: known, or drawn by the rates until the last day."""
    mortality = paths.mortality
    if mortality is None or paths.of_class is None:
        return paths
    died = mortality.died.copy()
    if mortality.per_day.any():
        horizon = int(last_day - paths.day.min(initial=last_day))
        under_each = sojourns.hazard_in.reshape(-1, sojourns.hazard_in.shape[-1])  # as of_class
        stayed = np.cumsum(densities(under_each, horizon)[1], axis=1)
        _draw(
            paths.starts, paths.day, paths.is_entry, paths.of_class, mortality, stayed, last_day, seed, died
        )
    return replace(paths, mortality=replace(mortality, died=died))


def _draw(
    starts: Rows,
    day: Days,
    is_entry: Codes,
    of_class: NDArray[np.int8],
    mortality: Mortality,
    stayed: Numbers,
    last_day: int,
    seed: int,
    died: Days,
) -> None:
    ends = np.append(mortality.begins[1:] - 1, last_day)
    _draw_days(
        starts, day, is_entry, of_class, mortality.group, mortality.per_day,
        np.minimum(ends, last_day), stayed, seed, died,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _draw_days(
    starts: Rows,
    day: Days,
    is_entry: Codes,
    of_class: NDArray[np.int8],
    group: Index,
    per_day: Numbers,
    ends: Rows,
    stayed: Numbers,
    seed: int,
    died: Days,
) -> None:
    """Fill in days of death of persons whose last crossing is an entry; `stayed[k, u]` is the sum of S_k(0 … u)."""
    np.random.seed(seed)
    likely = np.empty(len(ends))
    for person in range(len(starts) - 1):
        last = starts[person + 1] - 1
        if died[person] != ALIVE or not is_entry[last]:
            continue
        entered, lasted, rates = day[last], stayed[of_class[person]], per_day[group[person]]
        alive = _weigh_years(entered, lasted, rates, ends, likely)
        draw = np.random.random() * (alive + likely.sum())
        for year in range(len(ends)):
            draw -= likely[year]
            if draw < 0 and likely[year] > 0:
                begin = entered if year == 0 else max(entered, ends[year - 1] + 1)
                died[person] = entered + _day_within(begin - entered, ends[year] - entered, lasted)
                break


@njit(cache=True, nogil=True)
def _weigh_years(entered: int, lasted: Numbers, rates: Numbers, ends: Rows, likely: Numbers) -> float:
    """The chances of dying in each year of an open stay, filled in; returns that of being alive and here at its end.

    Within a year the sum of rates is taken in its middle: what this leaves out is of the order of a rate squared.
    """
    summed, begin = 0.0, entered
    for year in range(len(ends)):
        likely[year] = 0.0
        if ends[year] < begin:
            continue
        days = ends[year] - begin + 1
        share = np.exp(-summed) * -np.expm1(-rates[year] * days) / days
        likely[year] = share * _between(begin - entered, ends[year] - entered, lasted)
        summed += rates[year] * days
        begin = ends[year] + 1
    last = ends[-1] - entered
    return float(np.exp(-summed) * _between(last, last, lasted))


@njit(cache=True, nogil=True)
def _between(low: int, high: int, lasted: Numbers) -> float:
    """The sum of S from one day of a stay to another, both included."""
    return float(lasted[high] - (lasted[low - 1] if low > 0 else 0.0))


@njit(cache=True, nogil=True)
def _day_within(low: int, high: int, lasted: Numbers) -> int:
    """A day of a stay between two, by the chance S of being here still."""
    before = lasted[low - 1] if low > 0 else 0.0
    draw = before + np.random.random() * (lasted[high] - before)
    return int(min(high, low + np.searchsorted(lasted[low : high + 1], draw, side="right")))
