"""Two tables of the same survivors and how likely each move is → moves between countries that are nearest to these likelihoods.

As many stay as can; those who must move are shared out, birthplace by birthplace, in proportion to a table of likelihoods
(distance, earlier flows): rows are those who leave, columns those who come. Each is a small table of two dimensions, as nobody
both leaves and comes. Abel (2013), section 3.3, with an offset.
"""

import numpy as np
from numpy.typing import NDArray

from guzar.analyse.fitting.margins import fit_table

Numbers = NDArray[np.float64]


def move_likely(
    before: Numbers, after: Numbers, likely: Numbers, countries: tuple[str, ...], *, stay: bool = True
) -> Numbers:
    """Persons by birthplace, origin and destination; the diagonals hold those who stay.

    `before` and `after` are by birthplace (rows) and residence, with equal totals of rows; `likely` by origin and destination, any
    scale. With `stay` false a move back to where one was is as likely as `likely` says. Raises MethodNotApplicable where cells of
    `likely` that are 0 leave no table.
    """
    staying = np.minimum(before, after) if stay else np.zeros_like(before)
    made = np.zeros((len(before), *likely.shape))
    for birthplace, (leaving, coming) in enumerate(zip(before - staying, after - staying, strict=True)):
        out, in_ = np.flatnonzero(leaving > 0), np.flatnonzero(coming > 0)
        if len(out) and len(in_):
            names = ([countries[at] for at in out], [countries[at] for at in in_])
            block = np.ix_(out, in_)
            made[birthplace][block] = fit_table(likely[block], leaving[out], coming[in_], names)[0]
        made[birthplace] += np.diag(staying[birthplace])
    return made
