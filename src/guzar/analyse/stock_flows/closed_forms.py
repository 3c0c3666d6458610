"""Two tables of the same survivors → moves between countries, exactly and without iteration.

For each birthplace p, a are those who survive by residence at the first date, c at the second, T their equal sums. Minimum: as
many as possible stay, min(aⱼ, cⱼ), and the rest, x = a − min and y = c − min, moves by xₒ·y_d / Σx: no country has both, so
nobody moves to where they were. Independence: a move does not depend on where one was, aₒ·c_d / T. Both are one matrix product.
Abel (2013); Azose and Raftery (2019) for the blend of the two.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.analyse.fitting.products import multiply_transposed
from guzar.analyse.stock_flows.accounts import Account
from guzar.analyse.stock_flows.differences import without_diagonal

Numbers = NDArray[np.float64]
BLEND = 0.87  # of the minimum; taken over by Abel and Cohen (2019) from Azose and Raftery (2019)


@dataclass(frozen=True)
class Moves:
    """Persons by origin (rows) and destination (columns); the parts by type of move add up to it."""

    outward: Numbers  # from the country of birth
    back: Numbers  # to the country of birth
    transit: Numbers  # between two others

    @property
    def all(self) -> Numbers:
        """All moves, without regard to type."""
        return self.outward + self.back + self.transit


def move_least(account: Account) -> Moves:
    """As few moves as the two tables allow."""
    stay = np.minimum(account.before, account.after)
    return _moves(account.before - stay, account.after - stay)


def move_independently(account: Account) -> Moves:
    """As if nobody's residence depended on the one before."""
    return _moves(account.before, account.after)


def blend(least: Moves, independent: Moves, weight: float = BLEND) -> Moves:
    """Pseudo-Bayes: so much of the least moves, the rest of the independent ones."""
    parts = (
        (least.outward, independent.outward),
        (least.back, independent.back),
        (least.transit, independent.transit),
    )
    return Moves(*(weight * one + (1 - weight) * other for one, other in parts))


def _moves(leaving: Numbers, coming: Numbers) -> Moves:
    """Σ_p leaving[p, o] · coming[p, d] / leaving[p, ·], by type; who stays is on no row."""
    whole = leaving.sum(axis=1)
    share = leaving / np.where(whole > 0, whole, 1.0)[:, None]
    every = without_diagonal(multiply_transposed(share, coming))
    outward = without_diagonal(np.diag(share)[:, None] * coming)
    back = without_diagonal(share.T * np.diag(coming))
    return Moves(outward, back, np.maximum(every - outward - back, 0.0))
