"""The simple rule to beat: of the crossings of the same month a year before, undecided at the same age, what share was one?

By direction, citizenship and permit where these are held. Where last year's month is not final yet, the year before it is
taken; where such a group was not seen, all of the direction.
"""

import numpy as np

from guzar.process.provisional.cells import CITIZENS, PERMITS
from guzar.process.provisional.hazards import AgeCells, Numbers
from guzar.process.provisional.landmarks import Landmarks
from guzar.process.residence_kernel import OPEN, YES

NO_SHARE = 0.5  # where no crossing of this age and direction was ever seen to its end


def expect_as_last_year(cells: AgeCells, landmarks: Landmarks, place: int, age: int, groups: int) -> Numbers:
    """The number of migrations among the undecided of one landmark and age, by group, if shares are last year's."""
    years_ago = 1 + max(0, landmarks.ages - age - 1) // 12
    shares = _shares(cells, place - 12 * years_ago)
    rows = cells.within(place, place)
    expected = cells.count[rows] * shares[cells.citizenship[rows] * PERMITS + cells.permit[rows]]
    return np.bincount(cells.group[rows], expected, groups).astype(np.float64)


def _shares(cells: AgeCells, place: int) -> Numbers:
    rows = cells.within(place, place)
    known = cells.count[rows] * (cells.final[rows] != OPEN)
    which = cells.citizenship[rows] * PERMITS + cells.permit[rows]
    total = np.bincount(which, known, CITIZENS * PERMITS)
    yes = np.bincount(which, known * (cells.final[rows] == YES), CITIZENS * PERMITS)
    overall = yes.sum() / total.sum() if total.sum() else NO_SHARE
    return np.where(total > 0, yes / np.maximum(total, 1), overall)
