"""Made-up worlds of flows that two countries report, with the truth beside them."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

REPORTS = (
    "origin",
    "destination",
    "year",
    "reported_by",
    "source",
    "minimum_stay_months",
    "persons",
)


@dataclass(frozen=True)
class World:
    """Reports; true flows; what share of the truth each country counts, as origin and as destination."""

    reports: pl.DataFrame
    truth: pl.DataFrame
    countries: tuple[str, ...]
    as_origin: NDArray[np.float64]
    as_destination: NDArray[np.float64]


def make_world(
    countries: int = 6,
    years: int = 3,
    *,
    seed: int = 1,
    spread: float = 0.0,
    kept: float = 0.0,
    poisson: bool = False,
    mean: float = 7.0,
) -> World:
    """Flows about e^mean; the first country counts all who come; reports differ by `spread` (ln) each year, by `kept` in all years
    of a corridor, and by chance."""
    random = np.random.default_rng(seed)
    names = tuple(f"C{at:02}" for at in range(countries))
    as_origin, as_destination = random.uniform(0.3, 1.0, countries), random.uniform(0.4, 1.0, countries)
    as_destination[0] = 1.0
    rows, truth = [], []
    for i, j in np.argwhere(~np.eye(countries, dtype=bool)):
        level = random.normal(mean, 1.0)
        stay = random.normal(0, kept, 2)
        for year in range(2010, 2010 + years):
            level += random.normal(0, 0.1)
            true = float(np.exp(level))
            truth.append((names[i], names[j], year, true))
            for side, share, own in (
                ("origin", as_origin[i], stay[0]),
                ("destination", as_destination[j], stay[1]),
            ):
                seen = true * share * np.exp(own + random.normal(0, spread))
                counted = float(random.poisson(seen)) if poisson else seen
                rows.append((names[i], names[j], year, side, "register", 12.0, counted))
    return World(
        pl.DataFrame(rows, schema=list(REPORTS), orient="row"),
        pl.DataFrame(truth, schema=["origin", "destination", "year", "truth"], orient="row"),
        names,
        as_origin,
        as_destination,
    )
