"""How long stays and absences last, by hidden class: hazards that are constant within bins of days.

A person of class k stays for u days with probability f_in(u), is then absent and comes back with probability ρ after v
days with probability f_out(v), and so on. Bins are of a few days at first, then monthly, then longer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
MONTH = 30
EDGES = np.array(
    [0, 1, 2, 4, 7, 14, 21, *range(MONTH, 721, MONTH), 810, 900, 1080, 1260, 1440, 1800, 2160], dtype=np.int64
)
BORROWED = 1.0  # events that every class takes from all classes together, in each bin
LENT = 5.0  # first crossings that every class takes from a country in equilibrium


@dataclass(frozen=True)
class Sojourns:
    """Parameters of the hidden paths: hazards per day by class and bin of EDGES, and shares.

    `returns[k]` is ρ; `share[g, k]` the share of class k in group g of persons; `present[g, k]` the share of these who were
    in the country on the first day. `left[s, k, b]` and `came[s, k, b]`: by residence s on that day, chances of the
    bins of days until the exit of those present then, and until the entry of those absent, of whoever crosses at all; they
    need not be those of a country in equilibrium.
    """

    hazard_in: Numbers
    hazard_out: Numbers
    returns: Numbers
    share: Numbers
    present: Numbers
    left: Numbers
    came: Numbers

    @property
    def classes(self) -> int:
        """How many hidden classes there are."""
        return len(self.returns)

    @property
    def statuses(self) -> int:
        """How many residences on the first day are told apart."""
        return len(self.left)


def here_before(stay: Numbers, here: Numbers) -> Numbers:
    """Days until the exit of who is here on a day of no meaning, in equilibrium: S(u) over its sum."""
    lasting = here + stay
    return np.asarray(lasting / lasting.sum(axis=1, keepdims=True))


def firsts_by_day(chances: Numbers, horizon: int) -> Numbers:
    """Chances of bins → of days 0 … horizon, even within each bin."""
    bins = bins_of_days(horizon)
    days = np.bincount(bins, minlength=len(EDGES))
    return np.asarray((chances / np.maximum(1, days))[:, bins])


def firsts_of(events: Numbers, usual: Numbers) -> Numbers:
    """Chances of bins, from events on each day; a little of what is `usual` stands in every bin."""
    bins = bins_of_days(events.shape[1] - 1)
    own, expected = (
        np.stack([np.bincount(bins, of_class, minlength=len(EDGES)) for of_class in each])
        for each in (events, usual)
    )
    held = own + LENT * expected / expected.sum(axis=1, keepdims=True)
    return np.asarray(held / held.sum(axis=1, keepdims=True))


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
