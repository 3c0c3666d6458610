"""Own citizens' exits in a row → the share of entries that is recorded.

A citizen who left twice came back in between. Nobody refuses a citizen entry and no permission ends, so these pairs say
how many entries are recorded, and are held against the estimate from everybody's.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm

from guzar.process.missing_exits.coverage import LEAST_EXITS, NORMAL_90, Coverage
from guzar.process.missing_exits.fit import Recorded
from guzar.process.missing_exits.material import Material

ROUNDS = 4  # pairs that hide an entry and an exit depend on the share itself


@dataclass(frozen=True)
class OwnEntries:
    """Share of own citizens' entries that is recorded, with a 90 % interval, beside the estimate from everybody for the
    same ports; `p_value` of the difference."""

    pairs: int
    share: float
    lower: float
    upper: float
    of_all: float
    p_value: float


def check_own_entries(material: Material, recorded: Recorded, code: str) -> OwnEntries | None:
    """None where own citizens have too few cycles that begin with an exit."""
    log, cycles = material.log, material.entries.cycles
    own = log.citizenship[cycles.begin] == log.citizenships.index(code)
    between = cycles.between[own]
    seen, number = log.port[between[between >= 0]], int(own.sum())
    if len(seen) < LEAST_EXITS:
        return None
    exits_lost = _mean_lost(recorded.exits, log.port[cycles.begin[own]])
    share = len(seen) / number
    for _ in range(ROUNDS):
        share = len(seen) * (1 - exits_lost * (1 - share)) / number
    error = np.sqrt(max(share * (1 - share), 0.5 / number) / number)
    entries = recorded.entries
    of_all = 1 - _mean_lost(entries, seen)
    spread = float(np.mean((entries.upper - entries.lower)[seen])) / (2 * NORMAL_90)
    z = (share - of_all) / np.hypot(error, spread)
    reach = NORMAL_90 * error
    return OwnEntries(
        number - len(seen),
        share,
        max(0.0, share - reach),
        min(1.0, share + reach),
        of_all,
        float(2 * norm.sf(abs(z))),
    )


def _mean_lost(coverage: Coverage, ports: np.ndarray) -> float:
    """The share that is lost of crossings recorded at these ports."""
    return float(1 - len(ports) / (1 / coverage.share[ports]).sum())
