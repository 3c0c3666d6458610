"""Claims that the figures do not bear out → pairs whose values were exchanged in the document.

The test: same indicator and year; exchanging the two values brings both nearer to an edition held; at least one then
agrees. It must also be unlikely by chance: among many claims some value always fits some other area.
"""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from guzar.use.claims.fitting import Claimed, agrees, bounds, chance, distance
from guzar.use.claims.holdings import Figure

UNLIKELY = 0.15


@dataclass(frozen=True, slots=True)
class Unborne:
    """A claim that no edition bears out, with the figures of its own cell."""

    key: int
    group: tuple[object, ...]  # what two claims must share to be exchanged: indicator, year, unit, sex
    place: str
    claimed: Claimed
    figures: Sequence[Figure]


@dataclass(frozen=True, slots=True)
class Swap:
    """One side of an exchange: the other claim, whether both then agree, and whether this value does."""

    other: int
    is_full: bool
    fits_other_place: bool


Pair = tuple[
    tuple[bool, float], Unborne, Unborne, bool, bool
]  # rank, the two claims, which of them then agree


def find_swaps(unborne: Sequence[Unborne]) -> dict[int, Swap]:
    """For each claim in an exchange, its other side; full exchanges are settled before half ones."""
    groups: dict[tuple[object, ...], list[Unborne]] = defaultdict(list)
    for one in unborne:
        groups[one.group].append(one)
    pairs = [pair for group in groups.values() for pair in _pairs(group)]
    found: dict[int, Swap] = {}
    for _, first, second, first_fits, second_fits in sorted(pairs, key=lambda pair: pair[0]):
        if first.key not in found and second.key not in found:
            full = first_fits and second_fits
            found[first.key] = Swap(second.key, full, first_fits)
            found[second.key] = Swap(first.key, full, second_fits)
    return found


def _pairs(group: list[Unborne]) -> list[Pair]:
    """Every pair of a group in which at least one value agrees with the figures of the other's place."""
    by_place: dict[str, list[Unborne]] = defaultdict(list)
    for one in group:
        by_place[one.place].append(one)
    figures = sorted((f.value, place) for place, those in by_place.items() for f in those[0].figures)
    values = [value for value, _ in figures]
    pairs = []
    for one in group:
        low, high = bounds(one.claimed)
        near = {place for _, place in figures[bisect_left(values, low) : bisect_right(values, high)]} - {
            one.place
        }
        those = [
            other for place in sorted(near) for other in by_place[place] if _fits(one.claimed, other.figures)
        ]
        pairs += [pair for other in those if (pair := _test(one, other, len(group))) is not None]
    return pairs


def _test(one: Unborne, other: Unborne, claims: int) -> Pair | None:
    """The pair, ranked, where exchanging helps both; `one` is known to agree with the place of `other`."""
    if not (
        _nearer(one.claimed, other.figures, one.figures)
        and _nearer(other.claimed, one.figures, other.figures)
    ):
        return None
    back = _fits(other.claimed, one.figures)
    luck = chance(one.claimed, _distinct(other.figures) * (claims - 1))
    if back:
        luck *= chance(other.claimed, _distinct(one.figures))
    return None if luck > UNLIKELY else ((not back, luck), one, other, True, back)


def _distinct(figures: Sequence[Figure]) -> int:
    return len({figure.value for figure in figures})


def _fits(claimed: Claimed, figures: Sequence[Figure]) -> bool:
    return any(agrees(claimed, figure.value) for figure in figures)


def _nearer(claimed: Claimed, exchanged: Sequence[Figure], own: Sequence[Figure]) -> bool:
    if not exchanged or not own:
        return False
    return min(distance(claimed, f.value) for f in exchanged) < min(distance(claimed, f.value) for f in own)
