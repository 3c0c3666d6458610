"""Named streams of random numbers: a rate that changes moves what it says and nothing else."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Streams:
    """The random numbers of one batch of households: one stream per name, the same in every run of the seed."""

    seed: int
    batch: int = 0

    def of(self, name: str) -> np.random.Generator:
        """The stream of that name, from its beginning."""
        words = np.frombuffer(hashlib.blake2b(name.encode(), digest_size=8).digest(), dtype=np.uint32)
        sequence = np.random.SeedSequence(self.seed, spawn_key=(int(words[0]), int(words[1]), self.batch))
        return np.random.Generator(np.random.SFC64(sequence))

    def numbers(self, name: str, count: int) -> Floats:
        """`count` numbers between 0 and 1."""
        return self.of(name).random(count)

    def happens(self, name: str, share: float | Floats, count: int) -> Flags:
        """Whether each of `count` does, with that share."""
        return np.asarray(self.numbers(name, count) < share)

    def choose(self, name: str, shares: Mapping[str, float], count: int) -> Ints:
        """Which of the choices, by number in their order."""
        return pick(np.fromiter(shares.values(), dtype=np.float64), self.numbers(name, count))


def pick(weights: Floats, uniform: Floats) -> Ints:
    """Which of the weighted choices each uniform number falls on."""
    edges = np.cumsum(weights)
    return np.searchsorted(edges / edges[-1], uniform, side="right").clip(0, len(weights) - 1)


def pick_by_row(weights: Floats, rows: Ints, uniform: Floats) -> Ints:
    """As `pick`, with the weights of that row for each number; weights is rows × choices."""
    edges = np.cumsum(weights, axis=1)
    edges = edges / edges[:, -1:]
    flat = (edges + np.arange(len(edges))[:, None]).ravel()
    flat[len(weights[0]) - 1 :: len(weights[0])] = np.arange(len(edges)) + 1.0
    found = np.searchsorted(flat, uniform + rows, side="right") - rows * weights.shape[1]
    return np.asarray(found.clip(0, weights.shape[1] - 1))
