"""A table of moves → its multiplicative components: how many move, from where, to where, and who goes where more than expected.

nᵢⱼ = T · (Oᵢ / T) · (Dⱼ / T) · interactionᵢⱼ, with T all moves, O and D totals of origins and destinations: an interaction of 1
is what independence of the two would make. Raymer, Bonaguidi and Valentini (2006), Population, Space and Place 12(6).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Components:
    """All moves (persons); shares of origins and of destinations; interactions, NaN where an area has no moves at all."""

    overall: float
    origin: Numbers
    destination: Numbers
    interaction: Numbers

    @property
    def table(self) -> Numbers:
        """The moves that the components multiply to (persons)."""
        expected = self.overall * np.outer(self.origin, self.destination)
        return np.where(expected > 0, expected * np.nan_to_num(self.interaction), 0.0)


def split_into_components(moves: Numbers) -> Components:
    """The components of a table of moves, exact and without fitting. Raises MethodNotApplicable where nobody moves."""
    overall = float(moves.sum())
    if overall <= 0:
        raise MethodNotApplicable(
            "Nobody moves in this table.",
            expected="moves above 0",
            do="Choose a period or areas in which people move.",
        )
    origin, destination = moves.sum(axis=1) / overall, moves.sum(axis=0) / overall
    expected = overall * np.outer(origin, destination)
    interaction = np.where(expected > 0, moves / np.where(expected > 0, expected, 1.0), np.nan)
    return Components(overall, origin, destination, interaction)
