"""Chains of sojourns: what may stand, recorded or not, between one recorded crossing and the next.

Between two recorded crossings lie one or more sojourns, joined at crossings that nobody recorded. A stay, for example, is
one sojourn from an entry to an exit; or a stay, an absence and a stay, with an exit and an entry lost between. The chance
of a chain that lasts D days is the convolution of those of its sojourns, so every chain is its first sojourn and a shorter
chain, and all tables are made from short to long. The expected days of each sojourn are found the other way round, from
long to short.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.fft import irfft, next_fast_len, rfft

from guzar.process.missing_exits.cycles import (
    ENTRY_ENTRY,
    ENTRY_EXIT,
    EXIT_ENTRY,
    EXIT_EXIT,
    KINDS,
    OPEN_ENTRY,
    OPEN_EXIT,
)
from guzar.process.missing_exits.sojourns import Numbers, Sojourns, densities, firsts_by_day
from guzar.process.missing_exits.weighted_ways import add_ways, share_among_chains

# Sojourns: a stay; an absence of somebody who returns; a stay and an absence that last still; gone for good. Then, for each
# of the residences on the first day that are told apart (yes, no, not known): of those present on that day the rest of their
# stay, of those absent the time until their first entry.
STAY, BACK, HERE, AWAY, GONE = range(5)
MOST_STATUSES, MOST_PERMITS = 3, 6
FIRST = tuple(range(5, 5 + 2 * MOST_STATUSES, 2))
ENTER = tuple(range(6, 6 + 2 * MOST_STATUSES, 2))
SOJOURNS = 5 + 2 * MOST_STATUSES
CHAINS: tuple[tuple[int, ...], ...] = (
    *((alone,) for alone in range(SOJOURNS)),  # a sojourn alone has its own number
    *((STAY, BACK), (BACK, STAY), (STAY, AWAY), (STAY, GONE), (BACK, HERE)),
    *((STAY, BACK, STAY), (BACK, STAY, BACK), (STAY, BACK, HERE), (BACK, STAY, AWAY), (BACK, STAY, GONE)),
    *((STAY, BACK, STAY, BACK), (BACK, STAY, BACK, STAY), (BACK, STAY, BACK, HERE)),
    *((STAY, BACK, STAY, AWAY), (STAY, BACK, STAY, GONE)),
    *((first, *rest) for first in FIRST for rest in ((BACK,), (BACK, STAY), (BACK, STAY, BACK))),
    *((enter, *rest) for enter in ENTER for rest in ((STAY,), (STAY, BACK))),
)
UNDER_ONE_PERMIT = len(CHAINS)  # so many places under each kind of permission
PLACE = {chain: place for place, chain in enumerate(CHAINS)}
# Of each chain under each kind of permission in turn: its first sojourn, where that stands alone, and what comes after it.
FIRST_OF = np.array([chain[0] for chain in CHAINS] * MOST_PERMITS, np.int64)
ALONE = FIRST_OF + np.repeat(np.arange(MOST_PERMITS), len(CHAINS)) * len(CHAINS)
REST_OF = np.array(
    [
        permit * len(CHAINS) + PLACE[chain[1:]] if len(chain) > 1 else -1
        for permit in range(MOST_PERMITS)
        for chain in CHAINS
    ],
    np.int64,
)
# What stands before the first crossing of a person, after what stands after each; by residence on the first day.
FIRST_ENTRY_PRESENT, FIRST_ENTRY_ABSENT, FIRST_EXIT_PRESENT, FIRST_EXIT_ABSENT = range(4)
BEFORE = 4
MOST_WAYS = 6
WRONG = 1e-7  # an exit first of somebody who was not there, where no entries are lost
SMALLEST = 1e-300
MOST_PORTS = 12  # told apart in tables; their shares are estimated one by one
EVEN: Numbers = np.zeros((MOST_PORTS, 0))  # over time
NO_DAYS = np.zeros(0, np.int64)
Spectrum = NDArray[np.complex128]
ROUNDING = 1e-18  # of a Fourier transform of chances: less is not told from nothing


class Losses(NamedTuple):
    """Chances that crossings are not recorded, by port.

    After an entry at p the exit, of those who return and of those who do not; after an exit at q the entry; at the port of
    the crossing itself; and of two or three crossings in turn, `exit_entry` after an entry at p, `entry_exit` after an exit at
    q, and so on, `final` for an exit of those who do not return. `final_recorded`: how much likelier a final exit at q is
    recorded than another; 1 where δ = 0. `exit_days[p, d]`, `entry_days[q, d]`: how much likelier an
    exit after an entry at p, an entry after an exit at q, is lost on day d than on all days (last column: on usual days);
    no columns where it is even. `outage_days` are the days that differ from usual ones.
    """

    returning: Numbers
    final: Numbers
    entering: Numbers
    final_recorded: Numbers
    by_exit: Numbers
    by_final_exit: Numbers
    by_entry: Numbers
    exit_entry: Numbers
    exit_entry_exit: Numbers
    exit_entry_final: Numbers
    entry_exit: Numbers
    entry_final: Numbers
    entry_exit_entry: Numbers
    exit_days: Numbers = EVEN
    entry_days: Numbers = EVEN
    outage_days: NDArray[np.int64] = NO_DAYS


class Ways(NamedTuple):
    """What may stand before or after a crossing: chains by kind, and their weights by kind and port."""

    chain: NDArray[np.int64]  # kind, way; −1 where there are no more
    weight: Numbers  # kind, port, way


class Tables(NamedTuple):
    """Chances by whole days, 0 to the horizon, and class.

    `chain[c, D, k]` of each chain, those under the next kind of permission after all of one; `kind[s, p, D, k]` of all ways
    together, weighted, for each kind and cell: ports under each kind of permission in turn. `mark[m, k]` is the chance of a
    mark of an entry (permits.py).
    """

    ways: Ways
    chain: Numbers
    kind: Numbers
    share: Numbers
    present: Numbers
    mark: Numbers


def list_ways(losses: Losses, statuses: int) -> Ways:
    """Up to two crossings that nobody recorded between two that somebody did, three in some; more are rarer still.

    `statuses`: how many residences on the first day are told apart.
    """
    ports = len(losses.returning)
    unseen, unseen_final, unseen_back = losses.returning, losses.final, losses.entering
    each: dict[int, list[tuple[tuple[int, ...], Numbers | float]]] = {
        ENTRY_EXIT: [((STAY,), 1.0), ((STAY, BACK, STAY), losses.exit_entry)],
        EXIT_ENTRY: [((BACK,), 1.0), ((BACK, STAY, BACK), losses.entry_exit)],
        ENTRY_ENTRY: [((STAY, BACK), unseen), ((STAY, BACK, STAY, BACK), losses.exit_entry_exit)],
        EXIT_EXIT: [((BACK, STAY), unseen_back), ((BACK, STAY, BACK, STAY), losses.entry_exit_entry)],
        OPEN_ENTRY: [
            ((HERE,), 1.0),
            ((STAY, AWAY), unseen),
            ((STAY, GONE), unseen_final),
            ((STAY, BACK, HERE), losses.exit_entry),
            ((STAY, BACK, STAY, AWAY), losses.exit_entry_exit),
            ((STAY, BACK, STAY, GONE), losses.exit_entry_final),
        ],
        OPEN_EXIT: [
            ((AWAY,), 1.0),
            ((GONE,), losses.final_recorded),
            ((BACK, HERE), unseen_back),
            ((BACK, STAY, AWAY), losses.entry_exit),
            ((BACK, STAY, GONE), losses.entry_final),
            ((BACK, STAY, BACK, HERE), losses.entry_exit_entry),
        ],
    }
    for status, (first, enter) in enumerate(zip(FIRST[:statuses], ENTER[:statuses], strict=True)):
        begin = len(KINDS) + BEFORE * status
        each |= {
            begin + FIRST_ENTRY_PRESENT: [
                ((first, BACK), unseen),
                ((first, BACK, STAY, BACK), losses.exit_entry_exit),
            ],
            begin + FIRST_ENTRY_ABSENT: [((enter,), 1.0), ((enter, STAY, BACK), losses.exit_entry)],
            begin + FIRST_EXIT_PRESENT: [((first,), 1.0), ((first, BACK, STAY), losses.entry_exit)],
            begin + FIRST_EXIT_ABSENT: [((enter, STAY), np.maximum(unseen_back, WRONG))],
        }
    chain = np.full((len(each), MOST_WAYS), -1, np.int64)
    weight = np.zeros((len(each), ports, MOST_WAYS))
    for kind, (usual, *others) in each.items():
        possible = [usual, *(way for way in others if np.any(way[1]))]
        for way, (sojourns, likely) in enumerate(possible):
            chain[kind, way] = PLACE[sojourns]
            weight[kind, :, way] = likely
    return Ways(chain, weight)


@dataclass(frozen=True)
class Chains:
    """Chances of all chains by place, days, and column (classes under each kind of permission in turn), with their Fourier
    transforms where another chain ends with them."""

    ways: Ways
    chance: Numbers
    spectrum: dict[int, Spectrum]
    sojourns: Sojourns

    def tables(self) -> Tables:
        """Tables by whole days, as the compiled passes look them up."""
        permits, classes = self.sojourns.permits, self.sojourns.classes
        places, days, _ = self.chance.shape
        chain = np.zeros((permits, places, days, classes))
        for place in needed_chains(self.ways):
            chain[:, place] = self.chance[place].reshape(days, permits, classes).transpose(1, 0, 2)
        kinds = _kinds(chain, self.ways)
        by_place = chain.reshape(permits * places, days, classes)
        return Tables(
            self.ways, by_place, kinds, self.sojourns.share, self.sojourns.present, self.sojourns.marks
        )


def make_tables(sojourns: Sojourns, horizon: int, losses: Losses, deaths_per_day: float = 0.0) -> Tables:
    """Tables by whole days up to the horizon; with a rate of deaths in the country, HERE is still here or dead."""
    return make_chains(sojourns, horizon, losses, deaths_per_day).tables()


def make_chains(sojourns: Sojourns, horizon: int, losses: Losses, deaths_per_day: float = 0.0) -> Chains:
    """All chains that are possible, from short to long."""
    ways = list_ways(losses, sojourns.statuses)
    single = _single_sojourns(sojourns, horizon, deaths_per_day)
    chance = np.zeros((len(CHAINS), *single.shape[1:]))
    chance[:SOJOURNS] = single
    needed = sorted(needed_chains(ways), key=lambda c: len(CHAINS[c]))
    spectrum: dict[int, Spectrum] = {}
    for place in needed:
        if REST_OF[place] < 0:
            continue
        for part in (int(FIRST_OF[place]), int(REST_OF[place])):
            if part not in spectrum:
                spectrum[part] = _transform(chance[part])
        product = spectrum[int(FIRST_OF[place])] * spectrum[int(REST_OF[place])]
        chance[place] = np.maximum(_back(product, horizon + 1), ROUNDING)
    return Chains(ways, chance, spectrum, sojourns)


def _transform(chances: Numbers) -> Spectrum:
    """Fourier transform by column, padded so that products are convolutions."""
    made: Spectrum = rfft(chances, next_fast_len(2 * len(chances) - 1, real=True), axis=0)
    return made


def _back(product: Spectrum, days: int) -> Numbers:
    made: Numbers = irfft(product, next_fast_len(2 * days - 1, real=True), axis=0)
    return made[:days]


def needed_chains(ways: Ways) -> list[int]:
    """The chains that are possible, and those that they end with: where no entries are lost, less than half of all."""
    needed: set[int] = set()
    for place in ways.chain[ways.chain >= 0]:
        whole = CHAINS[place]
        needed |= {PLACE[whole[begin:]] for begin in range(len(whole))} | {PLACE[(each,)] for each in whole}
    return sorted(needed)


def _single_sojourns(sojourns: Sojourns, horizon: int, deaths_per_day: float) -> Numbers:
    """Chances of each sojourn alone: by sojourn, days and column."""
    under_each = [
        _under_one_permit(sojourns, permit, horizon, deaths_per_day) for permit in range(sojourns.permits)
    ]
    return np.concatenate(under_each, axis=2)


def _under_one_permit(sojourns: Sojourns, permit: int, horizon: int, deaths_per_day: float) -> Numbers:
    """By sojourn, days and class, with stays under one kind of permission."""
    stay, here = densities(sojourns.hazard_in[permit], horizon)
    leaves_after, away = densities(sojourns.hazard_out, horizon)
    returns = sojourns.returns[:, None]
    single = np.zeros((SOJOURNS, horizon + 1, sojourns.classes))
    gone = np.repeat(1 - returns, horizon + 1, axis=1)
    parts = {STAY: stay, BACK: returns * leaves_after, HERE: here, AWAY: returns * away, GONE: gone}
    for status in range(sojourns.statuses):
        parts[FIRST[status]] = firsts_by_day(sojourns.left[status], horizon)
        parts[ENTER[status]] = firsts_by_day(sojourns.came[status], horizon)
    for name, chances in parts.items():
        single[name] = chances.T
    if deaths_per_day:
        _let_die(single, deaths_per_day)
    return single


def _let_die(single: Numbers, per_day: float) -> None:
    """Nobody who is dead leaves: stays end by an exit in life only, and one without an exit may be a death before."""
    alive = np.exp(-per_day * np.arange(single.shape[1]))[:, None]
    dead = per_day * np.cumsum(single[HERE] * alive, axis=0)
    single[HERE] = single[HERE] * alive + dead
    single[STAY] *= alive


def end_with_deaths(expected: Numbers, chances: Numbers, lasting: Numbers, per_day: float) -> Numbers:
    """Expected days of stays without an exit, HERE, up to the death of those who died: by days and class.

    `chances` are those of HERE, `lasting` is S by days and class, without deaths.
    """
    here = lasting * np.exp(-per_day * np.arange(len(lasting)))[:, None]
    each = expected / np.maximum(chances, SMALLEST)
    return np.asarray(here * each + per_day * here * np.cumsum(each[::-1], axis=0)[::-1])


def _kinds(chain: Numbers, ways: Ways) -> Numbers:
    """Chances of all ways of each kind together, by kind, cell, days and class, of chains by kind of permission."""
    kinds, ports, _ = ways.weight.shape
    permits, places, days, classes = chain.shape
    made = np.empty((kinds, permits, ports, days * classes))
    add_ways(chain.reshape(permits, places, days * classes), ways.chain, ways.weight, SMALLEST, made)
    return made.reshape(kinds, permits * ports, days, classes)


def spread_over_sojourns(expected: Numbers, kinds: Numbers, chains: Chains) -> Numbers:
    """Expected numbers by kind, cell, days and class, and the chances of these → expected days of single sojourns: by kind of
    permission, sojourn, days and class."""
    permits, classes = chains.sojourns.permits, chains.sojourns.classes
    made = np.zeros_like(chains.chance)
    share_among_chains(expected, kinds, chains.ways.chain, chains.ways.weight, chains.chance, made)
    days, joined = made.shape[1], _Joined()
    for place in sorted(needed_chains(chains.ways), key=lambda c: -len(CHAINS[c])):
        if place in joined:  # it stands in longer chains, all of which are done
            made[place] += chains.chance[place] * np.maximum(_back(joined.pop(place), days), 0.0)
        first, rest = int(FIRST_OF[place]), int(REST_OF[place])
        if rest >= 0:
            share = _transform(made[place] / np.maximum(chains.chance[place], SMALLEST))
            joined.add(first, share * chains.spectrum[rest].conj())
            joined.add(rest, share * chains.spectrum[first].conj())
    return made[:SOJOURNS].reshape(SOJOURNS, -1, permits, classes).transpose(2, 0, 1, 3)


class _Joined(dict[int, Spectrum]):
    """By chain, Σ_D weights[D] · density[D − u] for every u of all longer ones that it is a part of, as Fourier transforms."""

    def add(self, place: int, product: Spectrum) -> None:
        """One more longer chain."""
        self[place] = self[place] + product if place in self else product
