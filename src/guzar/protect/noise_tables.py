"""Noise tables for cell keys: how likely each amount of noise is, for each count.

For every count the noise has mean 0, variance at most V, size at most D, and never leads to a forbidden result
(1 to js, nor below zero). Of all such distributions the one with the greatest entropy is taken: it assumes
nothing more.

Principle after G. Marley and V. Leaver (2011), and S. Giessing (2016), Computational issues in the design of
transition probabilities and disclosure risk estimation for additive noise, PSD 2016.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.optimize import minimize

from guzar.errors import MethodNotApplicable

SMALLEST = 1e-7  # a probability below this is nought


def make_noise_table(
    greatest: int,
    variance: float,
    *,
    never_up_to: int = 0,
    stay: float | None = None,
    falling: tuple[bool, ...] | bool = True,
) -> pl.DataFrame:
    """One row per count and noise: `count, noise, probability, from_key, to_key` (shares, 0 to 1).

    `greatest` is the greatest noise (D), `never_up_to` the small results that never appear (js), `stay` the
    probability of no noise where that is possible, `falling` whether the probability falls from no noise outwards
    (one for all counts, or one per count). Counts above the last one in the table behave like the last. A cell
    whose key lies in (from_key, to_key] gets the noise. Refused (MethodNotApplicable): no distribution meets the
    conditions.
    """
    _require_sense(greatest, variance, never_up_to, stay)
    last = greatest + (never_up_to + 1 if never_up_to else 0)
    rows = [pl.DataFrame({"count": [0], "noise": [0], "probability": [1.0]})]
    for count in range(1, last + 1):
        falls = falling if isinstance(falling, bool) else falling[count - 1]
        noise = np.array([v for v in range(-greatest, greatest + 1) if _allowed(count + v, never_up_to)])
        probability = _most_open(count, noise, variance, stay, falls)
        rows.append(pl.DataFrame({"count": count, "noise": noise, "probability": probability}))
    table = pl.concat(rows, how="vertical_relaxed")
    ends = pl.col("probability").cum_sum().over("count")
    last_of_count = pl.col("noise") == pl.col("noise").max().over("count")
    # Rounded, so that the last digits of a solver, which differ between machines, never decide about noise.
    to_key = pl.when(last_of_count).then(1.0).otherwise(ends.round(6))
    return table.with_columns(to_key=to_key).with_columns(
        from_key=pl.col("to_key").shift(1).over("count").fill_null(0.0)
    )


def _allowed(result: int, never_up_to: int) -> bool:
    return result == 0 or result > never_up_to


def _most_open(
    count: int, noise: NDArray[np.int64], variance: float, stay: float | None, falls: bool
) -> NDArray[np.float64]:
    """The distribution of greatest entropy under the conditions."""
    square = (noise * noise).astype(float)
    conditions = [
        {"type": "eq", "fun": lambda p: p.sum() - 1.0},
        {"type": "eq", "fun": lambda p: p @ noise},
        {"type": "ineq", "fun": lambda p: variance - p @ square},
    ]
    if stay is not None and 0 in noise:
        here = int(np.flatnonzero(noise == 0)[0])
        conditions.append({"type": "eq", "fun": lambda p: p[here] - stay})
    if falls:
        nearer = np.abs(noise[:-1]) < np.abs(noise[1:])
        same_side = (noise[:-1] >= 0) | (noise[1:] <= 0)
        sign = np.where(nearer, 1.0, -1.0)[same_side]
        pairs = np.flatnonzero(same_side)
        conditions.append({"type": "ineq", "fun": lambda p: sign * (p[pairs] - p[pairs + 1])})
    found = minimize(
        lambda p: float(p @ np.log(p)),
        np.full(len(noise), 1.0 / len(noise)),
        jac=lambda p: np.log(p) + 1.0,
        bounds=[(1e-12, 1.0)] * len(noise),
        constraints=conditions,
        method="SLSQP",
        options={"maxiter": 1000, "ftol": 1e-15},
    )
    if not _meets(found.x, conditions):
        raise MethodNotApplicable(
            "No noise for the count {count} has this variance.",
            expected="a variance that the forbidden results leave room for",
            do="Choose a greater variance, a greater noise, or a smaller forbidden result.",
            count=count,
        )
    probability: NDArray[np.float64] = np.where(found.x < SMALLEST, 0.0, found.x)
    whole: NDArray[np.float64] = probability / probability.sum()
    return whole


def _meets(probability: NDArray[np.float64], conditions: list[dict[str, object]]) -> bool:
    for condition in conditions:
        value = np.atleast_1d(condition["fun"](probability))  # type: ignore[operator]
        apart = np.abs(value) if condition["type"] == "eq" else -value
        if (apart > 1e-6).any():
            return False
    return True


def _require_sense(greatest: int, variance: float, never_up_to: int, stay: float | None) -> None:
    if (
        greatest < 1
        or variance <= 0
        or never_up_to < 0
        or never_up_to > greatest
        or not 0 < (stay or 0.5) < 1
    ):
        raise MethodNotApplicable(
            "These settings make no noise table.",
            where="greatest noise {greatest}, variance {variance}, never up to {never_up_to}",
            expected="a greatest noise of 1 or more, a variance above 0, forbidden results below the greatest noise",
            do="Correct the settings of the perturbation.",
            greatest=greatest,
            variance=variance,
            never_up_to=never_up_to,
        )
