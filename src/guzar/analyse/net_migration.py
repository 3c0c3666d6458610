"""Populations, births and deaths → net migration; net totals that do not add up to 0 → totals that do.

Vital statistics: net = (P₁ − P₀) − (births − deaths), persons. It holds every error of the other four, coverage of censuses
among them. Nothing is rounded, and no remainder is put anywhere at random.
"""

import numpy as np
from numpy.typing import NDArray

from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]


def net_from_vital_statistics(start: Numbers, end: Numbers, births: Numbers, deaths: Numbers) -> Numbers:
    """What growth of a population is not births less deaths (persons, of the period)."""
    return np.asarray((end - start) - (births - deaths))


def balance_net(net: Numbers, weights: Numbers | None = None, *, keep_signs: bool = True) -> Numbers:
    """Net totals that add up to 0, weighted where weights are given.

    Gains and losses are scaled, each side by half of what is missing, so that no gain becomes a loss; with `keep_signs` false
    the mean is taken off each weighted total instead. Raises MethodNotApplicable where all totals have one sign.
    """
    weight = np.ones_like(net) if weights is None else weights
    if not keep_signs:
        weighted = net * weight
        return np.asarray(weighted - weighted.mean())
    gains, losses = (net * weight * (net > 0)).sum(), (net * weight * (net < 0)).sum()
    missing = (gains + losses) / 2
    if missing == 0:
        unchanged: Numbers = np.array(net, dtype=np.float64)
        return unchanged
    if gains <= 0 or losses >= 0:
        raise MethodNotApplicable(
            "All net totals that are not 0 have one sign; together they are {persons:,.0f} persons.",
            expected="areas that gain and areas that lose",
            do="Add the areas that are missing, as the rest of the world.",
            persons=gains + losses,
        )
    return np.asarray(np.where(net > 0, net * (gains - missing) / gains, net * (losses - missing) / losses))
