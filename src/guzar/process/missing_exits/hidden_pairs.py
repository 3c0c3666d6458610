"""Cycles that hide a whole pair, by port: who entered at a bad port leaves and comes back through it, unseen both times.

A recorded exit after an entry at p is not the first one if an exit and an entry before it were lost. Counted over the whole
country this is m̄_x · m̄_e; at a port that is bad for both it is far more often, elsewhere less. With κ, the port of exit given
that of entry, and ε, the port of the next entry given these two, lost or not,

    D = κ c_x,   H(p, r) = Σ_q κ(q|p) m_x(q) ε(r|p, q) m_e(r) L(r) / V(p, q),   R = (I − H)⁻¹ D,

1 − D/R of the exits recorded at q after an entry at p are not the first one. L(r) is the share of those who came back at r of
whom there is any later record, as a cycle closes only with one, and V = Σ_r ε (c_e + m_e L). ε looks at both ports, as people keep to one of
their own: whoever entered and left at p comes back there more often than others who left there. The same holds of entries
that hide a pair, with the directions changed about.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from guzar.process.missing_exits.crossing_log import CrossingLog
from guzar.process.missing_exits.cycles import ClosedCycles, CycleTable, tabulate_cycles, without_indirect

Numbers = NDArray[np.float64]
LEAST = 1e-9
BORROWED = 20.0  # crossings that each pair of ports takes from all that have the second in common
MOST_PORTS = 40  # for ε by two ports; with more by the second alone
MOST_HIDDEN = 0.95  # of what follows an entry (A5 is broken long before)


@dataclass(frozen=True)
class PortsOfCycles:
    """`begin[s, p]`: the share of the cycles of stratum s that begins at port p; `back[p, q, r]`: those that begin at p and turn
    round at q, by the port of the way back (one row for all p where ports are many); `seen_again[r]`: of those who came back
    at r, the share of whom there is a later record."""

    begin: Numbers
    back: Numbers
    seen_again: Numbers


def ports_of_cycles(log: CrossingLog, cycles: ClosedCycles, strata: NDArray[np.int64]) -> PortsOfCycles:
    """Ports at which cycles begin, turn round, and end."""
    ports, rows = len(log.ports), int(strata.max(initial=-1)) + 1
    each = _count((strata, log.port[cycles.begin]), (rows, ports))
    whole = (cycles.between >= 0) & (log.is_entry[cycles.end] == log.is_entry[cycles.begin])
    begin, turn, end = (
        log.port[rows_][whole].astype(np.int64) for rows_ in (cycles.begin, cycles.between, cycles.end)
    )
    of_pairs = ports if ports <= MOST_PORTS else 1
    back = _count((np.minimum(begin, of_pairs - 1), turn, end), (of_pairs, ports, ports))
    return PortsOfCycles(
        each / np.maximum(1.0, each.sum(axis=1, keepdims=True)), back, _seen_again(log, cycles)
    )


def _seen_again(log: CrossingLog, cycles: ClosedCycles) -> Numbers:
    """By port, the share of crossings of the direction that cycles begin with that are not a person's last; firsts apart."""
    if not len(cycles.begin):
        return np.ones(len(log.ports))
    returns = log.is_entry == log.is_entry[cycles.begin[0]]
    returns[log.starts[:-1]] = False
    again = returns.copy()
    again[log.starts[1:] - 1] = False
    every, seen = (np.bincount(log.port[each], minlength=len(log.ports)) for each in (returns, again))
    usual = seen.sum() / max(1, every.sum())
    return np.asarray((seen + BORROWED * usual) / (every + BORROWED))


def _count(places: tuple[NDArray[np.integer], ...], shape: tuple[int, ...]) -> Numbers:
    cell = np.ravel_multi_index(tuple(each.astype(np.int64) for each in places), shape)
    return np.bincount(cell, minlength=int(np.prod(shape))).reshape(shape).astype(np.float64)


def share_indirect(table: CycleTable, ports: PortsOfCycles, between: Numbers, back: Numbers) -> Numbers:
    """Of the crossings recorded between, by stratum and port, the share that is not the first one.

    `table` holds those that are, as far as is known; `between` is the share recorded of the crossings in question by port,
    `back` of those of the other direction.
    """
    turned = _shares(ports.begin.T @ table.recorded / between)
    returned = ports_of_return(ports, back)
    direct = turned * between
    closing = (1 - back) * ports.seen_again  # of those who come back unseen
    lost = turned * (1 - between) / np.maximum(LEAST, returned @ (back + closing))
    hidden = np.einsum("pq,pqr->pr", lost, returned) * closing
    hidden *= np.minimum(1.0, MOST_HIDDEN / np.maximum(LEAST, hidden.sum(axis=1, keepdims=True)))
    every = np.linalg.solve(np.eye(len(hidden)) - hidden, direct)
    return _of_strata(1 - direct / np.maximum(every, 1e-300), ports, every)


def tabulate_direct(
    log: CrossingLog, cycles: ClosedCycles, strata: NDArray[np.int64], between: Numbers, back: Numbers
) -> CycleTable:
    """Cycles by stratum and port, without those that hide a whole pair; shares recorded as in `share_indirect`."""
    table, ports = tabulate_cycles(log, cycles, strata), ports_of_cycles(log, cycles, strata)
    return without_indirect(table, share_indirect(table, ports, between, back))


def _of_strata(indirect: Numbers, ports: PortsOfCycles, every: Numbers) -> Numbers:
    """By stratum, over the ports at which its cycles begin."""
    weight = ports.begin @ every
    return np.asarray(np.clip(ports.begin @ (indirect * every) / np.maximum(weight, 1e-300), 0.0, 1.0))


def ports_of_return(cycles: PortsOfCycles, recorded: Numbers) -> Numbers:
    """ε by both ports and that of the return, of whose crossings these shares are recorded; where few tell, like all who turned
    round at the second port."""
    back = cycles.back / recorded
    alone = _shares(back.sum(axis=0))
    ports = len(alone)
    each = back + BORROWED * alone[None, :, :]
    by_both = each / np.maximum(LEAST, each.sum(axis=2, keepdims=True))
    return np.asarray(np.broadcast_to(by_both, (ports, ports, ports)))


def _shares(each: Numbers) -> Numbers:
    """Rows that add up to 1; ports of which nothing is known are like all together."""
    usual = each.sum(axis=0) / max(LEAST, each.sum())
    filled = each + LEAST * usual
    return np.asarray(filled / np.maximum(LEAST * LEAST, filled.sum(axis=1, keepdims=True)))
