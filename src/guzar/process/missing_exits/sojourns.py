"""How long stays and absences last, by hidden class: hazards that are constant within bins of days.

A person of class k stays for u days with probability f_in(u), is then absent and comes back with probability ρ after v
days with probability f_out(v), and so on. Bins are of a few days at first, then monthly, then longer.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
MONTH = 30
EDGES = np.array(  # a permission of 30, 90 or 365 days ends with a bin
    [
        0,
        1,
        2,
        4,
        7,
        14,
        21,
        *range(31, 332, MONTH),
        366,
        *range(391, 722, MONTH),
        810,
        900,
        1080,
        1260,
        1440,
        1800,
        2160,
    ],
    dtype=np.int64,
)
BORROWED = 1.0  # events that every class takes from all classes together, in each bin
LENT = 5.0  # first crossings that every class takes from a country in equilibrium; ends of stays taken to be as usual
TURNS = 8  # between hazards of classes and what kinds of permission make of them
LEAST_HAZARD, MOST_HAZARD = 1e-7, 0.999


@dataclass(frozen=True)
class Sojourns:
    """Parameters of the hidden paths: hazards per day by class and bin of EDGES, and shares.

    `hazard_in[c, k, b]` is that of stays, by kind of permission c. `returns[k]` is ρ; `share[g, k]` the share of class k in group g of persons; `present[g, k]` the share of these who were
    in the country on the first day. `left[s, k, b]` and `came[s, k, b]`: by residence s on that day, chances of the
    bins of days until the exit of those present then, and until the entry of those absent, of whoever crosses at all; they
    need not be those of a country in equilibrium. `marks[m, k]`: the chance that an entry shows mark m of permissions
    (permits.py), 1 for crossings that show nothing.
    """

    hazard_in: Numbers
    hazard_out: Numbers
    returns: Numbers
    share: Numbers
    present: Numbers
    left: Numbers
    came: Numbers
    marks: Numbers

    @property
    def classes(self) -> int:
        """How many hidden classes there are."""
        return len(self.returns)

    @property
    def permits(self) -> int:
        """How many kinds of permission are told apart, none among them."""
        return len(self.hazard_in)

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
    ends, risks = _days_at_risk(events, censored)
    return np.asarray(np.clip(_borrowing(ends, risks), LEAST_HAZARD, MOST_HAZARD))


def hazards_by_permit(events: Numbers, censored: Numbers) -> Numbers:
    """Hazards of stays per day by kind of permission, class and bin: those of a class, times what a kind makes of a bin.

    When a permission ends, people of every class leave; what a kind makes of a bin is the same for all classes, and near 1
    where few stays tell. Found in turns, each given the other, from events and those still lasting (kind, class, days).
    """
    if len(events) == 1:
        return hazards_of(events[0], censored[0])[None]
    each = [_as_many_left(*of_kind) for of_kind in zip(events, censored, strict=True)]
    ends, risks = np.stack([ends for ends, _ in each]), np.stack([risks for _, risks in each])
    times = np.ones((len(events), 1, len(EDGES)))
    for _ in range(TURNS):
        of_class = _borrowing(ends.sum(axis=0), (risks * times).sum(axis=0))
        expected = (risks * of_class).sum(axis=1, keepdims=True)
        times = (ends.sum(axis=1, keepdims=True) + LENT) / (expected + LENT)
    return np.asarray(np.clip(of_class * times, LEAST_HAZARD, MOST_HAZARD))


def _days_at_risk(events: Numbers, censored: Numbers) -> tuple[Numbers, Numbers]:
    """Events and days at risk by bin, from events and those still lasting by day."""
    bins = bins_of_days(events.shape[1] - 1)
    at_risk = np.cumsum((events + censored)[:, ::-1], axis=1)[:, ::-1]
    return _sum_bins(events, bins), _sum_bins(at_risk, bins)


def _as_many_left(events: Numbers, censored: Numbers) -> tuple[Numbers, Numbers]:
    """Events by bin, and days at risk such that events over them leave as many lasting at the end of the bin as there are.

    Where people leave in the last days of a bin, as when a permission ends, too few would seem to leave over the days that
    they stayed. Those still lasting are taken to have been at risk for half the bin.
    """
    bins = bins_of_days(events.shape[1] - 1)
    ends, cut = _sum_bins(events, bins), _sum_bins(censored, bins)
    begin = np.cumsum((ends + cut)[:, ::-1], axis=1)[:, ::-1]  # that last to the beginning of each bin
    exposed, days = begin - cut / 2, np.bincount(bins, minlength=len(EDGES))
    share = np.minimum(ends / np.maximum(exposed, 1e-12), MOST_HAZARD)
    even = -np.expm1(np.log1p(-share) / np.maximum(1, days))
    risks = np.where(ends > 1e-9, ends / np.maximum(even, 1e-300), exposed * days)
    return ends, risks


def _sum_bins(by_day: Numbers, bins: NDArray[np.int64]) -> Numbers:
    return np.stack([np.bincount(bins, of_class, minlength=len(EDGES)) for of_class in by_day]).astype(
        np.float64
    )


def _borrowing(ends: Numbers, risks: Numbers) -> Numbers:
    common = (ends.sum(axis=0) + 0.01) / (risks.sum(axis=0) + 10.0)
    return np.asarray((ends + BORROWED * common) / (risks + BORROWED))
