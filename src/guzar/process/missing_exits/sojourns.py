"""How long stays and absences last, by hidden class: hazards that are constant within bins of days, and their tables.

A person of class k stays for u days with probability f_in(u), is then absent and comes back with probability ρ after v
days with probability f_out(v), and so on. Bins are of a few days at first, then monthly, then longer. Everything that a
history of crossings can show has a table by whole days, so that reading a person is looking up.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

Numbers = NDArray[np.float64]
MONTH = 30
EDGES = np.array(
    [0, 1, 2, 4, 7, 14, 21, *range(MONTH, 721, MONTH), 810, 900, 1080, 1260, 1440, 1800, 2160], dtype=np.int64
)
SMALLEST = 1e-300
ROUNDING = 1e-18  # of a Fourier transform of chances: less is not told from nothing
BORROWED = 1.0  # events that every class takes from all classes together, in each bin


@dataclass(frozen=True)
class Sojourns:
    """Parameters of the hidden paths: hazards per day by class and bin of EDGES, and shares.

    `returns[k]` is ρ; `share[g, k]` the share of class k in group g of persons; `present[g, k]` the share of these who were
    in the country on the first day.
    """

    hazard_in: Numbers
    hazard_out: Numbers
    returns: Numbers
    share: Numbers
    present: Numbers

    @property
    def classes(self) -> int:
        """How many hidden classes there are."""
        return len(self.returns)


class Losses(NamedTuple):
    """Chances of unseen exits: by port of entry m̄(p) = Σ_q κ(q|p) · (1 − c_q), and by port of exit, for those who return and
    those who do not."""

    returning: Numbers
    final: Numbers
    final_recorded: (
        Numbers  # by port of exit: how much likelier a final exit is recorded than another; 1 where δ = 0
    )
    by_exit: Numbers
    by_final_exit: Numbers


class Tables(NamedTuple):
    """Chances by class and whole days, 0 to the horizon: all that a history is looked up in."""

    stay: Numbers  # f_in
    back: Numbers  # ρ · f_out
    gap: Numbers  # of two crossings in one direction so many days apart: Σ f_in(u) · ρ · f_out(D − u)
    here: Numbers  # still here after so many days
    away: Numbers  # of those who return, not back after so many days
    left_returning: (
        Numbers  # left unseen within so many days, will return but has not: Σ f_in(u) · S_out(a − u)
    )
    left: Numbers  # left within so many days
    first_exit: Numbers  # of a person present on the first day: exit so many days later
    first_gap: Numbers  # … exit unseen, entry so many days later
    returns: Numbers
    share: Numbers
    present: Numbers
    first_entry: float  # of a person absent on the first day: entry on any one day
    log_stay: Numbers  # logarithms, so that a pass over millions need not take them
    log_back: Numbers
    log_gap: Numbers


def make_tables(sojourns: Sojourns, horizon: int) -> Tables:
    """Tables by whole days up to the horizon."""
    stay, here = densities(sojourns.hazard_in, horizon)
    leaves_after, away = densities(sojourns.hazard_out, horizon)
    back = sojourns.returns[:, None] * leaves_after
    first_exit = here_before(stay, here)
    gap = _convolve(stay, back)
    return Tables(
        stay,
        back,
        gap,
        here,
        away,
        _convolve(stay, away),
        1 - here,
        first_exit,
        _convolve(first_exit, back),
        sojourns.returns,
        sojourns.share,
        sojourns.present,
        1 / (horizon + 1),
        np.log(stay + SMALLEST),
        np.log(back + SMALLEST),
        np.log(gap),
    )


def here_before(stay: Numbers, here: Numbers) -> Numbers:
    """Days until the exit of who is here on a day of no meaning, in equilibrium: S(u) over its sum."""
    lasting = here + stay
    return np.asarray(lasting / lasting.sum(axis=1, keepdims=True))


def densities(hazard: Numbers, horizon: int) -> tuple[Numbers, Numbers]:
    """Chance of ending on each day 0 … horizon, and of lasting longer than it."""
    daily = hazard[:, bins_of_days(horizon)]
    lasting = np.exp(np.cumsum(np.log1p(-daily), axis=1))
    before = np.concatenate([np.ones((len(hazard), 1)), lasting[:, :-1]], axis=1)
    return daily * before, lasting


def bins_of_days(horizon: int) -> NDArray[np.int64]:
    """The bin of every day 0 … horizon."""
    return np.asarray(np.searchsorted(EDGES, np.arange(horizon + 1), side="right") - 1, dtype=np.int64)


def hazards_of(events: Numbers, censored: Numbers) -> Numbers:
    """Hazards per day by class and bin, from events on each day and those still lasting after it.

    Every class takes a little from all classes together, so that a bin in which it has nobody has a hazard too.
    """
    horizon = events.shape[1] - 1
    leaving = events + censored
    at_risk = np.cumsum(leaving[:, ::-1], axis=1)[:, ::-1]
    bins, count = bins_of_days(horizon), len(EDGES)
    ends, risks = np.zeros((len(events), count)), np.zeros((len(events), count))
    for k in range(len(events)):
        ends[k] = np.bincount(bins, events[k], minlength=count)
        risks[k] = np.bincount(bins, at_risk[k], minlength=count)
    common = (ends.sum(axis=0) + 0.01) / (risks.sum(axis=0) + 10.0)
    hazard = (ends + BORROWED * common) / (risks + BORROWED)
    return np.asarray(np.clip(hazard, 1e-7, 0.999))


def _convolve(first: Numbers, second: Numbers) -> Numbers:
    """Σ_u first[u] · second[D − u] for every D, by class."""
    days = first.shape[1]
    return np.asarray(np.maximum(_multiply(first, second)[:, :days], ROUNDING))


def correlate(weights: Numbers, density: Numbers) -> Numbers:
    """Σ_D weights[D] · density[D − u] for every u, by class."""
    days = weights.shape[1]
    return np.asarray(np.maximum(_multiply(weights, density[:, ::-1])[:, days - 1 : 2 * days - 1], 0.0))


def _multiply(first: Numbers, second: Numbers) -> Numbers:
    """Convolution of rows by Fourier transform."""
    size = next_fast_len(2 * first.shape[1] - 1, real=True)
    product: Numbers = irfft(rfft(first, size) * rfft(second, size), size)
    return product
