"""Moves between areas → indices of a whole system of moves: how much, how uneven, how one-sided, how far.

mᵢⱼ are moves from i to j (i ≠ j), M all of them, n areas, Pᵢ populations. Definitions: Bell et al. (2002), Journal of the Royal
Statistical Society A 165(3); Plane and Mulligan (1997) for Ginis; Rogers and Sweeney (1998) for the aggregate coefficient of
variation. Where programs differ, the definition of the paper has the plain name and the other is called legacy.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from guzar.analyse.fitting.margins import Margin, fit_margins

Numbers = NDArray[np.float64]
WHOLE = "_T"
REACHES = (2.0, 8.0, 32.0)  # between which β is looked for
DEFINITIONS = {
    "crude_intensity_percent": "100 M / P",
    "courgeau_k": "crude intensity / ln n²",
    "effectiveness_percent": "100 Σ|net| / Σ(in + out)",
    "aggregate_net_rate_percent": "100 · ½ Σ|net| / P",
    "preference": "Σ m_ij / (M p_i p_j), p shares of P",
    "velocity": "Σ m_ij P / (P_i P_j)",
    "connectivity": "share of pairs with moves",
    "inequality_even": "½ Σ |m_ij / M − 1 / (n (n − 1))|",
    "inequality_independent": "½ Σ |m_ij − f_ij| / M, f of the same in and out totals, independent off the diagonal",
    "gini": "Σ|m_a − m_b| / (2 (n (n − 1) − 1) M), over all pairs of cells",
    "gini_legacy": "the same over 2 n (n − 1) M",
    "gini_rows_share": "differences within rows / (2 n (n − 1) M), as a share of the total",
    "gini_columns_share": "differences within columns / (2 n (n − 1) M), as a share of the total",
    "gini_out": "differences within a row / (2 (n − 2) O_i)",
    "gini_in": "differences within a column / (2 (n − 2) D_j)",
    "weighted_gini_out": "Σ O_i gini_out_i / M",
    "weighted_gini_in": "Σ D_j gini_in_j / M",
    "weighted_gini_mean": "½ (weighted_gini_out + weighted_gini_in)",
    "weighted_gini_out_legacy": "Σ D_i gini_out_i / (n M): weights of the other side, over n, as in migration.indices 0.3.1",
    "weighted_gini_in_legacy": "Σ O_j gini_in_j / (n M): the same",
    "variation_legacy": "√(Σ (m_ij − mean)² / (n² (n² − 1) mean)) over all cells, as in migest 2.0.5; depends on the unit",
    "variation": "standard deviation / mean of all cells",
    "aggregate_variation": "Σ shares × standard deviation / mean of a row, and of a column, over n − 1 cells",
    "distance_mean_km": "Σ m_ij d_ij / M",
    "distance_median_km": "weighted median of distances, between midpoints of weights",
    "distance_coefficient": "β of ln m_ij = a_i + b_j + β ln d_ij (Poisson); moves fall with distance where it is below 0",
}


@dataclass(frozen=True)
class Index:
    """One index of the whole system (area `_T`) or of an area; no value where it is not defined."""

    name: str
    area: str
    value: float | None


def all_indices(
    areas: tuple[str, ...], moves: Numbers, population: Numbers, distance: Numbers | None = None
) -> list[Index]:
    """Every index that the tables allow; what an area without moves leaves undefined has no value."""
    cells = off_diagonal(moves)
    found: dict[str, float | None] = {
        **intensity(moves, population),
        **impact(moves, population),
        **connectivity(moves, population),
        **inequality(moves),
    }
    if distance is not None:
        found |= distances(cells, off_diagonal(distance), moves, distance)
    by_area = [
        Index(name, area, _or_none(value))
        for name, values in area_ginis(moves).items()
        for area, value in zip(areas, values, strict=True)
    ]
    return [*(Index(name, WHOLE, _or_none(value)) for name, value in found.items()), *by_area]


def off_diagonal(table: Numbers) -> Numbers:
    """The cells of different areas, row by row."""
    return np.asarray(table[~np.eye(len(table), dtype=bool)])


def intensity(moves: Numbers, population: Numbers) -> dict[str, float]:
    """How many move."""
    crude = 100 * off_diagonal(moves).sum() / population.sum()
    return {"crude_intensity_percent": crude, "courgeau_k": crude / np.log(len(moves) ** 2)}


def impact(moves: Numbers, population: Numbers) -> dict[str, float]:
    """How much moves change where people live."""
    out, in_ = _outs(moves), _ins(moves)
    net = np.abs(in_ - out).sum()
    return {
        "effectiveness_percent": _ratio(100 * net, (in_ + out).sum()),
        "aggregate_net_rate_percent": 100 * net / 2 / population.sum(),
        "preference": _ratio(
            float((_plain(moves) / np.outer(population, population)).sum()) * population.sum() ** 2, out.sum()
        ),
        "velocity": float((_plain(moves) / np.outer(population, population)).sum() * population.sum()),
    }


def connectivity(moves: Numbers, population: Numbers) -> dict[str, float]:
    """How many pairs are joined by moves."""
    return {"connectivity": float((off_diagonal(moves) > 0).mean())}


def inequality(moves: Numbers) -> dict[str, float]:
    """How unevenly moves are spread over pairs of areas."""
    cells = off_diagonal(moves)
    whole, pairs, size = cells.sum(), len(cells), len(moves)
    rows, columns = within_rows(moves), within_rows(moves.T)
    every = differences(cells)
    ginis = area_ginis(moves)
    focus_out, focus_in = (
        _ratio(float(np.nansum(totals * ginis[name])), whole)
        for totals, name in ((_outs(moves), "gini_out"), (_ins(moves), "gini_in"))
    )
    return {
        "inequality_even": _ratio(float(np.abs(cells - whole / pairs).sum()) / 2, whole),
        "inequality_independent": _ratio(
            float(np.abs(cells - off_diagonal(independent(moves))).sum()) / 2, whole
        ),
        "gini": _ratio(every, 2 * (pairs - 1) * whole),
        "gini_legacy": _ratio(every, 2 * pairs * whole),
        "gini_rows_share": _ratio(float(rows.sum()), every),
        "gini_columns_share": _ratio(float(columns.sum()), every),
        "weighted_gini_out": focus_out,
        "weighted_gini_in": focus_in,
        "weighted_gini_mean": (focus_out + focus_in) / 2,
        "weighted_gini_out_legacy": _ratio(float(np.nansum(_ins(moves) * ginis["gini_out"])), size * whole),
        "weighted_gini_in_legacy": _ratio(float(np.nansum(_outs(moves) * ginis["gini_in"])), size * whole),
        "variation_legacy": _variation_legacy(_plain(moves)),
        "variation": _ratio(float(cells.std()), float(cells.mean())),
        "aggregate_variation": _aggregate_variation(moves) + _aggregate_variation(moves.T)
        if size > 1
        else np.nan,
    }


def area_ginis(moves: Numbers) -> dict[str, Numbers]:
    """Of each area, how unevenly those who leave choose where to go, and those who come where from."""
    size = len(moves)
    made = {}
    for name, table in (("gini_out", moves), ("gini_in", moves.T)):
        whole = 2 * (size - 2) * _outs(table)
        made[name] = np.where(whole > 0, within_rows(table) / np.where(whole > 0, whole, 1.0), np.nan)
    return made


def differences(values: Numbers) -> float:
    """Σ|a − b| over all ordered pairs: from values in order, without the pairs themselves."""
    ordered = np.sort(values)
    rank = np.arange(1, len(ordered) + 1)
    return float(2 * ((2 * rank - len(ordered) - 1) * ordered).sum())


def within_rows(moves: Numbers) -> Numbers:
    """Σ|a − b| over ordered pairs of cells off the diagonal, for each row."""
    size = len(moves)
    cells = off_diagonal(moves).reshape(size, max(0, size - 1))
    ordered = np.sort(cells, axis=1)
    rank = np.arange(1, ordered.shape[1] + 1)
    return np.asarray(2 * ((2 * rank - ordered.shape[1] - 1) * ordered).sum(axis=1))


def independent(moves: Numbers, likely: Numbers | None = None) -> Numbers:
    """Moves with the same in and out totals that depend on nothing else (or on how `likely` each is), nobody staying."""
    size = len(moves)
    row, column = np.indices(moves.shape).reshape(2, -1)
    names = [str(at) for at in range(size)]
    margins = [Margin(row, _outs(moves), "out", names), Margin(column, _ins(moves), "in", names)]
    begin = _plain(np.ones_like(moves) if likely is None else likely)
    return fit_margins(begin.ravel(), margins).cells.reshape(size, size)


def distances(cells: Numbers, apart: Numbers, moves: Numbers, distance: Numbers) -> dict[str, float]:
    """How far people move, and how fast moves fall with distance."""
    return {
        "distance_mean_km": _ratio(float((cells * apart).sum()), cells.sum()),
        "distance_median_km": weighted_median(apart, cells),
        "distance_coefficient": distance_coefficient(moves, distance),
    }


def weighted_median(values: Numbers, weights: Numbers) -> float:
    """Between the midpoints of the weights, in the order of values; of equal values the heaviest first."""
    used = weights > 0
    if not used.any():
        return float("nan")
    order = np.lexsort((-weights[used], values[used]))
    weight = weights[used][order]
    middle = np.cumsum(weight) - weight / 2
    return float(np.interp(weight.sum() / 2, middle, values[used][order]))


def distance_coefficient(moves: Numbers, distance: Numbers) -> float:
    """β of a Poisson model with totals of origins and destinations: fitted moves of these totals travel as far in ln d."""
    off = ~np.eye(len(moves), dtype=bool)
    if (distance[off] <= 0).any() or not moves[off].sum():
        return float("nan")
    logs = np.zeros_like(distance)
    logs[off] = np.log(distance[off]) - np.log(distance[off]).mean()
    wanted = float((_plain(moves) * logs).sum())

    def too_far(beta: float) -> float:
        return float((independent(moves, np.exp(beta * logs)) * logs).sum()) - wanted

    for reach in REACHES:
        if too_far(-reach) < 0 < too_far(reach):
            return float(brentq(too_far, -reach, reach, xtol=1e-11, rtol=1e-11))
    return float("nan")  # every β fits alike, or none does


def _aggregate_variation(moves: Numbers) -> float:
    """Σ share of a row × its standard deviation / mean; rows without moves have no share."""
    size = len(moves)
    cells = off_diagonal(moves).reshape(size, size - 1)
    mean = cells.mean(axis=1)
    share = _ratio(1.0, float(cells.sum())) * cells.sum(axis=1)
    return float((share * np.where(mean > 0, cells.std(axis=1) / np.where(mean > 0, mean, 1.0), 0.0)).sum())


def _variation_legacy(table: Numbers) -> float:
    """The mean inside the root and the diagonal among the cells, as another program has it."""
    cells, mean = table.size, float(table.mean())
    return float(np.sqrt(_ratio(float(((table - mean) ** 2).sum()), cells * (cells - 1) * mean)))


def _plain(moves: Numbers) -> Numbers:
    return np.asarray(moves * (1 - np.eye(len(moves))))


def _outs(moves: Numbers) -> Numbers:
    return np.asarray(_plain(moves).sum(axis=1))


def _ins(moves: Numbers) -> Numbers:
    return np.asarray(_plain(moves).sum(axis=0))


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole else float("nan")


def _or_none(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None
