"""Recorded crossings that were none, or not what they say: estimated from the log, before any gap is taken for a lost one.

Three kinds: refused entries (refused_entries.py), wrong directions (wrong_directions.py), and repeat scans: the same port and
direction on the same or next day, more often than other ports and whole cycles of that length would have it.
Which crossings these are is not known, only with what chance. So a few logs are made in each of which suspects are removed or
turned round by their chances, and draws are shared out over them: the doubt goes into the intervals, and no suspicion
leaves the memory of the run. A log holds days: crossings that are hours apart at ports far apart are not told.
"""

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np

from guzar.process.missing_exits.crossing_log import CrossingLog, Rows
from guzar.process.missing_exits.cycles import (
    ENTRY_ENTRY,
    ENTRY_EXIT,
    EXIT_ENTRY,
    EXIT_EXIT,
    kinds_of_rows,
)
from guzar.process.missing_exits.deletions import leave_out_rows
from guzar.process.missing_exits.draws import SEED, Seen, draw_counts, fit_material
from guzar.process.missing_exits.fit import Fit, Recorded
from guzar.process.missing_exits.material import Material, losses_of, prepare, tables_of
from guzar.process.missing_exits.recorded import find_recorded
from guzar.process.missing_exits.refused_entries import (
    NONE_FALSE,
    NOT_TOLD,
    SOON,
    SURE,
    FalseNumber,
    Refused,
    find_refused,
    number_of_refused,
    without_refused,
)
from guzar.process.missing_exits.sojourns import Numbers
from guzar.process.missing_exits.wrong_directions import (
    NONE_WRONG,
    Turned,
    WrongDirections,
    estimate_wrong,
    turn_round,
    weigh_turned,
)
from guzar.process.missing_exits.year_counts import YearCounts
from guzar.process.residence_rule import ResidenceRule

VARIANTS = 5  # cleaned logs; each takes a share of the draws
ROUNDS_OF_TURNING = 2  # losses are too high as long as wrong directions count among them
MIDDLE = 14  # days: what gaps of the same or the next day are compared with
LEAST_COMPARED = 10  # of each count that repeat scans are compared with
NORMAL_90 = 1.6449


@dataclass(frozen=True)
class Repeats:
    """Of gaps of a day at most at one port, by direction (exits, entries): how many there are, how many of them would be
    there without repeat scans, and the standard error of the logarithm of this number; all are genuine where it is 0."""

    found: Numbers
    expected: Numbers
    error: Numbers

    def draw_chances(self, random: np.random.Generator) -> Numbers:
        """The chance of a suspect, by direction, one draw of it."""
        expected = self.expected * np.exp(self.error * random.standard_normal(2))
        return np.asarray(np.maximum(0.0, 1 - expected / np.maximum(1.0, self.found)) * (self.error > 0))


@dataclass(frozen=True)
class FalseCrossings:
    """What is false in a log, in numbers, and how to make logs without it. `first` is the first of them, made ready, and `fit`
    its sojourns: the common start of all."""

    log: CrossingLog
    first: Material
    refused: Refused | None
    repeated: Repeats | None
    wrong: WrongDirections
    fit: Fit
    refused_entries: FalseNumber
    repeat_scans: FalseNumber
    wrong_directions: FalseNumber
    seed: int

    @property
    def any(self) -> bool:
        """Whether anything is taken to be false."""
        return self.refused is not None or self.repeated is not None or self.wrong.share > 0

    @property
    def variants(self) -> int:
        """How many logs are worth making."""
        return VARIANTS if self.any else 1

    def material(self, variant: int) -> Material:
        """One cleaned log, made ready."""
        return self.first if variant == 0 else _clean(self, variant)

    @property
    def told(self) -> dict[str, dict[str, int | None]]:
        """How many crossings are false, by what they are: totals in whole numbers."""
        return {
            name: {
                part: None if value is None else round(value)
                for part, value in getattr(self, name)._asdict().items()
            }
            for name in ("refused_entries", "repeat_scans", "wrong_directions")
        }


def find_false(log: CrossingLog, rule: ResidenceRule, seed: int = SEED) -> FalseCrossings:
    """How many crossings of a log are false, and in what way; see FalseCrossings.

    Raises MethodNotApplicable as `prepare` and `find_recorded` do.
    """
    random = np.random.default_rng((seed, 10))
    refused = find_refused(log)
    kept = log if refused is None else without_refused(log, refused, random)
    repeated, repeat_scans = find_repeats(kept)
    kept = kept if repeated is None else without_repeats(kept, repeated, random)
    material = prepare(kept, rule)
    fit = fit_material(material, find_recorded(material))
    wrong, first = _estimate_turned(material, fit, random)
    if wrong.share:  # sojourns of the log that draws are made from, under every δ alike
        fit = fit_material(first, find_recorded(first), begin=fit)
    refused_entries = number_of_refused(log, refused, random)
    reach = NORMAL_90 * wrong.error * len(log.day)
    turned = FalseNumber(wrong.crossings, max(0.0, wrong.crossings - reach), wrong.crossings + reach)
    return FalseCrossings(
        log, first, refused, repeated, wrong, fit, refused_entries, repeat_scans, turned, seed
    )


def _clean(false: FalseCrossings, variant: int) -> Material:
    random = np.random.default_rng((false.seed, 11, variant))
    log = false.log
    if false.refused is not None:
        log = without_refused(log, false.refused, random)
    if false.repeated is not None:
        log = without_repeats(log, false.repeated, random)
    material = prepare(log, false.first.rule, false.first.numbering)
    if false.wrong.share == 0:
        return material
    share = max(1e-9, random.normal(false.wrong.share, false.wrong.error))
    return _turn(material, false.fit, share, random)


def draw_cleaned(
    false: FalseCrossings,
    recorded: Recorded,
    deltas: Sequence[float],
    draws: int,
    *,
    seed: int = SEED,
    seen: Sequence[Seen] = (),
) -> list[YearCounts]:
    """Counts by draw and year under every δ, the draws shared out over the cleaned logs; the same chances in each δ.

    `recorded` is what the first cleaned log tells; `seen`, one for each δ, are told of every draw.
    """
    told = seen or [lambda draw, past: None for _ in deltas]
    fits = [_fit_under(false, recorded, delta) for delta in deltas]
    parts: list[list[YearCounts]] = [[] for _ in deltas]
    order: list[int] = []
    for variant in range(min(false.variants, draws)):
        material, numbers = false.material(variant), range(variant, draws, false.variants)
        own = recorded if variant == 0 else find_recorded(material)
        order += numbers
        for made, fit, delta, tell in zip(parts, fits, deltas, told, strict=True):
            made.append(draw_counts(material, fit, own, delta=delta, seed=seed, seen=tell, numbers=numbers))
    return [_in_turn(made, np.argsort(order)) for made in parts]


def _fit_under(false: FalseCrossings, recorded: Recorded, delta: float) -> Fit:
    return false.fit if delta == 0 else fit_material(false.first, recorded, delta, false.fit)


def _in_turn(parts: Sequence[YearCounts], order: Rows) -> YearCounts:
    """Counts of several lots of draws as one, in the order of their numbers."""
    names = [field.name for field in fields(YearCounts)]
    joined = {name: np.concatenate([getattr(each, name) for each in parts])[order] for name in names}
    return YearCounts(**joined)


# Wrong directions --------------------------------------------------------------------------------------------------
def _estimate_turned(
    material: Material, fit: Fit, random: np.random.Generator
) -> tuple[WrongDirections, Material]:
    """The share of wrong directions, and the log with them turned round; again with the losses of that log."""
    wrong, turned = NONE_WRONG, material
    for _ in range(ROUNDS_OF_TURNING):
        wrong = estimate_wrong(_weigh(material, turned, fit), len(material.log.day))
        if wrong.share == 0:
            return wrong, material
        turned = _turn(material, fit, wrong.share, random, turned)
    return wrong, turned


def _weigh(material: Material, like: Material, fit: Fit) -> Turned:
    """Rows of a log that may be turned round, under the losses of another."""
    losses = losses_of(like, find_recorded(like))
    tables = tables_of(material, fit.sojourns, losses)
    return weigh_turned(material.log, material.histories, tables)


def _turn(
    material: Material, fit: Fit, share: float, random: np.random.Generator, like: Material | None = None
) -> Material:
    weighed = _weigh(material, like or material, fit)
    turned = turn_round(material.log, weighed, share, random)
    return prepare(turned, material.rule, material.numbering)


# Repeat scans ------------------------------------------------------------------------------------------------------
def find_repeats(log: CrossingLog) -> tuple[Repeats | None, FalseNumber]:
    """Crossings that repeat the one before, by direction (exits, entries), and how many do.

    Compared with it: gaps as short between other ports, longer ones, and whole cycles of both lengths.
    """
    met, usual, errors = np.zeros(2), np.zeros(2), np.zeros(2)
    told = False
    for side, gap, turned in ((0, EXIT_EXIT, EXIT_ENTRY), (1, ENTRY_ENTRY, ENTRY_EXIT)):
        gaps, cycles = _lengths(log, gap, 1), _lengths(log, turned, 2)
        compared = np.array([gaps[0, 0], gaps[1, 1], gaps[1, 0], *cycles.ravel()])
        if compared.min() < LEAST_COMPARED:
            continue
        told = True
        odds = gaps[1, 1] / gaps[1, 0] * (cycles[0, 1] / cycles[0, 0]) / (cycles[1, 1] / cycles[1, 0])
        expected, found = gaps[0, 0] * odds, max(1.0, gaps[0, 1])
        error = np.sqrt((1 / compared).sum())
        if np.log(found / expected) > SURE * np.sqrt(error**2 + 1 / found):
            met[side], usual[side], errors[side] = found, expected, error
    if not told:
        return None, NOT_TOLD
    if not errors.any():
        return None, NONE_FALSE
    number = float((met - usual).sum())
    reach = NORMAL_90 * float(np.sqrt((usual**2 * (errors**2 + (errors > 0) / np.maximum(1.0, met))).sum()))
    return Repeats(met, usual, errors), FalseNumber(number, max(0.0, number - reach), number + reach)


def _lengths(log: CrossingLog, kind: int, rows: int) -> Numbers:
    """Gaps, or cycles, of a kind: soon and later (rows) × at another port and the same (columns)."""
    kinds = kinds_of_rows(log)
    begin = np.flatnonzero(kinds == kind)
    if rows == 2:  # whole cycles end with the direction that they begin with
        back = EXIT_ENTRY if kind == ENTRY_EXIT else ENTRY_EXIT
        begin = begin[kinds[begin + 1] == back]
    days = log.day[begin + rows] - log.day[begin]
    kept = days <= MIDDLE
    cell = (days[kept] > SOON) * 2 + (log.port[begin + rows] == log.port[begin])[kept]
    return np.bincount(cell, minlength=4).reshape(2, 2).astype(np.float64)


def without_repeats(log: CrossingLog, repeats: Repeats, random: np.random.Generator) -> CrossingLog:
    """The log without the crossings that repeat the one before by chance; the chances are drawn, too."""
    chances = repeats.draw_chances(random)
    kind = kinds_of_rows(log)
    gap = (kind == ENTRY_ENTRY) | (kind == EXIT_EXIT)
    days, same = np.append(np.diff(log.day), 0), np.append(log.port[1:] == log.port[:-1], False)
    suspects = np.flatnonzero(gap & same & (days <= SOON)) + 1
    return leave_out_rows(log, suspects[random.random(len(suspects)) < chances[log.is_entry[suspects]]])
