"""What the shares recorded rest on: too few crossings to tell, or ports that record one direction only.

Each is told by name, like a test that failed: the numbers stand, but intervals made from so little are too narrow, and what
cannot be seen in a log is not seen by its tests either.
"""

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.coverage import LEAST_EXITS
from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.cycles import ClosedCycles, CycleTable
from guzar.process.residence_kernel import NO, YES

FEW_CYCLES, FEW_ENTRIES, ONE_SIDED = "few_cycles", "few_entries", "one_sided_ports"
LEAST_CYCLES = (
    300  # with an exit recorded: with 100, 90 % intervals held the truth in 70 to 80 % of made-up cells
)
LEAST_GAPS, LEAST_SHARE = 5, 0.05  # exits in a row, of all cycles from an exit on: entries are lost
HARDLY = 0.05  # of the crossings in one direction are recorded in the other
LEAST_OF_ALL = 0.01  # of the crossings of a direction are at a port that matters
MOST_OF_A_PERSON = 100.0  # cycles: whoever crosses more often counts as if with so many


def weak_grounds(log: CrossingLog, exits: ClosedCycles, entries: CycleTable) -> tuple[str, ...]:
    """What is weak, by name; nothing where the grounds are firm."""
    found = {
        FEW_CYCLES: int((exits.between >= 0).sum()) < LEAST_CYCLES,
        FEW_ENTRIES: entries.recorded.sum() < LEAST_EXITS and has_gaps(entries),
        ONE_SIDED: bool(one_sided_ports(log).any()),
    }
    return tuple(name for name, is_weak in found.items() if is_weak)


def has_gaps(entries: CycleTable) -> bool:
    """Whether exits follow each other too often for all entries to be recorded."""
    lost = float(entries.lost.sum())
    return lost >= LEAST_GAPS and lost > LEAST_SHARE * (lost + float(entries.recorded.sum()))


def one_sided_ports(log: CrossingLog) -> NDArray[np.bool_]:
    """Ports at which people are recorded in one direction and hardly in the other."""
    ports = len(log.ports)
    out, into = (
        np.bincount(log.port[log.is_entry == side], minlength=ports).astype(np.float64) for side in (NO, YES)
    )
    matters = (out > LEAST_OF_ALL * out.sum()) | (into > LEAST_OF_ALL * into.sum())
    return np.asarray(matters & (np.minimum(out, into) < HARDLY * np.maximum(out, into)))


def weigh_by_person(log: CrossingLog, cycles: ClosedCycles) -> NDArray[np.float64]:
    """A weight for each cycle, such that nobody's cycles weigh more than MOST_OF_A_PERSON together."""
    person = log.person[cycles.begin]
    each = np.bincount(person, minlength=max(1, log.persons))
    return np.asarray(np.minimum(1.0, MOST_OF_A_PERSON / np.maximum(1, each))[person])
