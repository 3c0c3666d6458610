"""Minimum stay in a definition of migration → the factor to migrations of twelve months or more.

Sources: Raymer et al. 2013 (IMEM); Willekens 2019 (experts; Poisson and mixture models), as compiled by Danko. Between the months
of the table by linear interpolation; five years stand for "permanent".
"""

import numpy as np
from numpy.typing import NDArray

from guzar.errors import SettingsInvalid

Numbers = NDArray[np.float64]
MONTHS = (0.0, 3.0, 6.0, 12.0, 60.0)
TABLES = {
    "imem": (0.53, 0.63, 0.73, 1.0, 2.26),
    "experts": (0.51, 0.61, 0.81, 1.0, 1.61),
    "poisson": (0.79, 0.84, 0.89, 1.0, 2.61),
    "mixture": (0.51, 0.64, 0.71, 1.0, 1.80),
}
NONE = "none"
NAMES = (*TABLES, NONE)
REFERENCE = 12.0  # months


def duration_factors(months: Numbers, table: str) -> Numbers:
    """By which counts with these minimum stays (months) are multiplied to count stays of 12 months; 1 with the table `none`.

    Raises SettingsInvalid for a table that is not known.
    """
    if table == NONE:
        return np.ones(len(months))
    if table not in TABLES:
        raise SettingsInvalid(
            "{option} {value} is not known.",
            expected="one of {known}",
            do="Choose one of them.",
            option="--durations",
            value=table,
            known=", ".join(NAMES),
        )
    return np.asarray(np.interp(months, MONTHS, TABLES[table]), np.float64)


def prior_of_durations(months: Numbers, least: float) -> tuple[Numbers, Numbers]:
    """ln of what a count with this minimum stay is of one with twelve months: mean and standard deviation over the tables.

    The tables are few and not independent: a standard deviation below `least` is not believed.
    """
    logs = -np.log([np.interp(months, MONTHS, factors) for factors in TABLES.values()])
    return logs.mean(axis=0), np.maximum(logs.std(axis=0, ddof=1), least)
