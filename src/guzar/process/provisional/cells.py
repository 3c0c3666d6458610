"""Undecided crossings counted in cells: by landmark, age, direction, group, what was seen, and what became of them.

A cell is one whole number; equal ones are counted. However many persons there are, memory follows the number of cells.
"""

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from guzar.process.provisional.landmarks import Landmarks
from guzar.process.residence_kernel import OPEN, YES, Codes, Days

Whole = NDArray[np.int64]
AnyWhole = NDArray[np.integer[Any]]
FOLD_ABOVE = 2_000_000  # keys that wait to be counted
# Bits of a key, from the lowest on.
FIELDS = (
    ("final", 2),
    ("following", 8),
    ("state", 8),
    ("fixed", 12),
    ("group", 8),
    ("is_entry", 1),
    ("age", 6),
    ("place", 9),
)
MOST_GROUPS = 200
PASTS, CITIZENS, PERMITS, TERMS = 16, 8, 6, 5


class Fixed(NamedTuple):
    """What was known of a crossing when it happened, as places among the codes told apart."""

    past: Whole
    citizenship: Whole
    permit: Whole
    term: Whole


def pack_fixed(past: Whole, citizenship: Whole, permit: Whole, term: Whole) -> Whole:
    """What was known when a crossing happened, as one number."""
    return ((past * CITIZENS + citizenship) * PERMITS + permit) * TERMS + term


def unpack_fixed(fixed: Whole) -> Fixed:
    """The parts of what was known."""
    rest, term = np.divmod(fixed, TERMS)
    rest, permit = np.divmod(rest, PERMITS)
    past, citizenship = np.divmod(rest, CITIZENS)
    return Fixed(past, citizenship, permit, term)


def pack(
    place: int,
    age: AnyWhole,
    is_entry: AnyWhole,
    group: AnyWhole,
    state: AnyWhole,
    following: AnyWhole,
    final: AnyWhole,
    fixed: AnyWhole,
) -> Whole:
    """One number for each crossing undecided on a landmark."""
    given = {
        "final": final, "following": following, "state": state, "fixed": fixed,
        "group": group, "is_entry": is_entry, "age": age,
    }  # fmt: skip
    key = np.full(len(age), place, np.int64)
    for name, bits in reversed(FIELDS[:-1]):
        key = (key << bits) | np.asarray(given[name], np.int64)
    return key


def unpack(key: Whole) -> dict[str, Whole]:
    """The parts of cells, by name."""
    parts, rest = {}, key
    for name, bits in FIELDS:
        parts[name], rest = rest & ((1 << bits) - 1), rest >> bits
    return parts


@dataclass
class Counted:
    """What was counted so far: cells and how often, and by landmark the crossings, migrations and undecided ones.

    `decisions`: landmark × age in months × direction (exit, entry) × group × (crossings, migrations, undecided);
    `finals`: month from `first_month` on × direction × group × (crossings, migrations, undecided), on the last landmark.
    """

    decisions: Whole
    finals: Whole
    keys: Whole = field(default_factory=lambda: np.empty(0, np.int64))
    counts: Whole = field(default_factory=lambda: np.empty(0, np.int64))
    waiting: list[Whole] = field(default_factory=list)

    @classmethod
    def begin(cls, landmarks: Landmarks, groups: int) -> "Counted":
        """Nothing counted yet."""
        shape = (len(landmarks.days), landmarks.ages, 2, groups, 3)
        months = landmarks.last_month - landmarks.first_month + 1
        return cls(np.zeros(shape, np.int64), np.zeros((months, 2, groups, 3), np.int64))

    def add(self, keys: Whole) -> None:
        """Keys of undecided crossings, to be counted."""
        self.waiting.append(keys)
        if sum(map(len, self.waiting)) > FOLD_ABOVE:
            self.fold()

    def fold(self) -> None:
        """Count what waits."""
        if not self.waiting:
            return
        found, number = np.unique(np.concatenate(self.waiting), return_counts=True)
        self.waiting = []
        keys, place = np.unique(np.concatenate([self.keys, found]), return_inverse=True)
        both = np.concatenate([self.counts, number]).astype(np.float64)
        self.counts = np.bincount(place, both, minlength=len(keys)).astype(np.int64)
        self.keys = keys

    def add_final(
        self, month: Days, is_entry: Codes, group: Whole, final: Codes, landmarks: Landmarks
    ) -> None:
        """Crossings as they are decided on the last day, by month."""
        place = month - landmarks.first_month
        held = (place >= 0) & (place < len(self.finals))
        where = (place[held], is_entry[held].astype(np.int64), group[held])
        np.add.at(self.finals[..., 0], where, 1)
        np.add.at(self.finals[..., 1], where, final[held] == YES)
        np.add.at(self.finals[..., 2], where, final[held] == OPEN)
