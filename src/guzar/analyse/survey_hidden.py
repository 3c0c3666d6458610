"""Which estimates of a survey tell about too few answers, and which others would give them away.

An estimate is told where enough answers and clusters are behind it and no few answers carry it: the effective number of
answers, (Σw)² / Σw² (Kish, Survey Sampling, 1965, section 11.7), must reach the minimum as well. Where cells sum to
something that is known (everybody, a hundred per cent, the same table by fewer columns) one hidden cell is what the
others leave: further cells are hidden until the hidden ones together could be told. `present` and `absent` leave one
another of the same persons: both are judged by the fewer of the two. Several tables together are the work of `protect`.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from itertools import combinations

import numpy as np

from guzar.analyse.survey_design import Flags, Floats, Ints

FEW_ANSWERS, FEW_CLUSTERS = "too_few_answers", "too_few_clusters"
FEW_CARRY, FEW_OTHERS = "few_answers_carry_it", "too_few_of_the_others"
WORKED_OUT = "else_another_could_be_worked_out"
Codes = tuple[str, ...]


@dataclass(frozen=True)
class Limits:
    """Fewest answers, in number and in effect, and clusters; the largest part of the weight that one answer may have."""

    answers: int
    clusters: int
    largest: float


@dataclass(frozen=True)
class Behind:
    """The answers behind an estimate: how many, their weights' sum, sum of squares and largest, and their clusters."""

    answers: int = 0
    weight: float = 0.0
    squares: float = 0.0
    largest: float = 0.0
    clusters: frozenset[int] = field(default_factory=frozenset)

    def __add__(self, other: "Behind") -> "Behind":
        """Both together; of different answers."""
        return Behind(
            self.answers + other.answers,
            self.weight + other.weight,
            self.squares + other.squares,
            max(self.largest, other.largest),
            self.clusters | other.clusters,
        )

    def is_carried_by_few(self, limits: Limits) -> bool:
        """Whether so much of the weight is that of few answers that the others hardly count."""
        effective = self.weight**2 / self.squares if self.squares > 0 else 0.0
        # A touch below the minimum: equal weights are as many answers as there are, up to rounding.
        is_few = effective < limits.answers * (1 - 1e-9)
        return is_few or self.largest > limits.largest * (1 + 1e-9) * self.weight

    def why_hidden(self, limits: Limits) -> str | None:
        """Why an estimate from these answers is not told; None where it is."""
        if self.answers < limits.answers:
            return FEW_ANSWERS
        if len(self.clusters) < limits.clusters:
            return FEW_CLUSTERS
        return FEW_CARRY if self.is_carried_by_few(limits) else None


def answers_behind(weight: Floats, cluster: Ints, behind: Flags) -> Behind:
    """What is behind an estimate from some of the answers; weights in any unit, those of 0 do not count."""
    counted = behind & (weight > 0)
    if not counted.any():
        return Behind()
    own = weight[counted] / weight.max()  # so that no square is lost to rounding
    clusters = frozenset(np.unique(cluster[counted]).tolist())
    return Behind(int(counted.sum()), float(own.sum()), float((own**2).sum()), float(own.max()), clusters)


@dataclass(frozen=True)
class Cell:
    """One cell of a table: all persons in it, and by the measure's sides (it, and its complement) those behind each."""

    everybody: Behind
    sides: tuple[Behind, ...]


def hide_cells(cells: Mapping[Codes, Cell], limits: Limits, *, adds_up: bool) -> dict[Codes, str]:
    """Codes of the cells that are not told, with the reason.

    Where the table adds up, the cells that are hidden of all persons are hidden of those present and absent too, so that
    the tables of these three measures never complete one another.
    """
    if not adds_up:
        return _too_few({codes: cell.sides for codes, cell in cells.items()}, limits)
    everybody = {codes: (cell.everybody,) for codes, cell in cells.items()}
    of_all = _hide_others(everybody, _too_few(everybody, limits), limits)
    sides = {codes: cell.sides for codes, cell in cells.items()}
    return _hide_others(sides, of_all | _too_few(sides, limits), limits)


def _too_few(cells: Mapping[Codes, Sequence[Behind]], limits: Limits) -> dict[Codes, str]:
    found = {codes: _why(sides, limits) for codes, sides in cells.items()}
    return {codes: reason for codes, reason in found.items() if reason is not None}


def _why(sides: Sequence[Behind], limits: Limits) -> str | None:
    """Why these sides are not told: the first is what is estimated; of the others nobody is nobody's secret."""
    own, *others = sides
    reason = own.why_hidden(limits) if own.answers or not others else None
    left = any(other.answers and other.why_hidden(limits) for other in others)
    return reason or (FEW_OTHERS if left else None)


def _hide_others(
    cells: Mapping[Codes, Sequence[Behind]], hidden: Mapping[Codes, str], limits: Limits
) -> dict[Codes, str]:
    """The hidden cells, and with them as many of the smallest as it takes that no sum leaves too few."""
    found, groups = dict(hidden), list(_groups(cells))
    is_whole = False
    while not is_whole:
        is_whole = True
        for group in groups:
            for codes in _more_to_hide(cells, group, found, limits):
                found[codes], is_whole = WORKED_OUT, False
    return found


def _groups(cells: Mapping[Codes, object]) -> Iterator[list[Codes]]:
    """The cells that make up each sum: everybody, and each cell of the same table by fewer of its columns."""
    width = len(next(iter(cells), ()))
    for kept in (at for size in range(width) for at in combinations(range(width), size)):
        sums: dict[Codes, list[Codes]] = {}
        for codes in cells:
            sums.setdefault(tuple(codes[at] for at in kept), []).append(codes)
        yield from sums.values()


def _more_to_hide(
    cells: Mapping[Codes, Sequence[Behind]],
    group: Sequence[Codes],
    hidden: Mapping[Codes, str],
    limits: Limits,
) -> Iterator[Codes]:
    """One cell after another, the smallest first, until what this sum leaves could be told itself."""
    inside = [codes for codes in group if codes in hidden]
    if not inside or _why(_together(cells, group), limits) is not None:
        return  # the sum itself is not told
    told = sorted((codes for codes in group if codes not in hidden), key=lambda codes: _size(cells, codes))
    for codes in told:
        if _hide_one_another(cells, inside, limits):
            return
        inside.append(codes)
        yield codes


def _hide_one_another(
    cells: Mapping[Codes, Sequence[Behind]], inside: Sequence[Codes], limits: Limits
) -> bool:
    """Whether what a sum leaves is of enough answers on each side, and never one cell alone."""
    sides = zip(*(cells[codes] for codes in inside), strict=True)
    is_alone = any(sum(behind.answers > 0 for behind in side) == 1 for side in sides)
    return not is_alone and _why(_together(cells, inside), limits) is None


def _together(cells: Mapping[Codes, Sequence[Behind]], group: Sequence[Codes]) -> list[Behind]:
    sides = zip(*(cells[codes] for codes in group), strict=True)
    return [reduce(Behind.__add__, side) for side in sides]


def _size(cells: Mapping[Codes, Sequence[Behind]], codes: Codes) -> tuple[bool, int, int, Codes]:
    """Smallest first; last those of which one side is empty: it hides nothing of the other. The same for both sides."""
    numbers = [side.answers for side in cells[codes]]
    return min(numbers) == 0, min(numbers), sum(numbers), codes
