"""What experts expected of registers, before any report is seen: the share of migrations that a reporter counts.

Given for IMEM as Beta distributions by side and grade (Raymer et al. 2013, as MigMod has them), taken as normal distributions of the
logarithm with the same moments. Without grades both are mixed. They are an opinion about registers of the EU around 2005; how far
the data moved them stands in the report as contraction.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray
from scipy.special import digamma, polygamma

from guzar.analyse.reported_flows.tables import DESTINATION, ORIGIN, REPORTER, SIDE, SIDES
from guzar.errors import TableInvalid

Numbers = NDArray[np.float64]
UNDERCOUNT = "undercount"
BETA = {  # counted share of migrations: elicited in IMEM, as MigMod has them
    (DESTINATION, "low"): (57.49, 8.07),
    (DESTINATION, "high"): (44.56, 20.89),
    (ORIGIN, "low"): (44.95, 16.96),
    (ORIGIN, "high"): (32.14, 38.52),
}
GRADES = ("low", "high")


def prior_of_undercount(voices: pl.DataFrame, grades: pl.DataFrame | None) -> tuple[Numbers, Numbers]:
    """Mean and variance of ln of the counted share; a reporter without grade may be of either."""
    graded: dict[tuple[str, str], str] = {}
    if grades is not None:
        _check_grades(grades)
        rows = grades.select(REPORTER, SIDE, UNDERCOUNT).iter_rows()
        graded = {(reporter, side): grade for reporter, side, grade in rows}
    means, variances = [], []
    for reporter, side in voices.select(REPORTER, SIDE).iter_rows():
        grade = graded.get((reporter, side))
        moments = np.array([_moments(*BETA[side, each]) for each in (GRADES if grade is None else (grade,))])
        means.append(moments[:, 0].mean())
        variances.append(moments[:, 1].mean() + moments[:, 0].var())
    return np.array(means), np.array(variances)


def _moments(counted: float, missed: float) -> tuple[float, float]:
    """Mean and variance of the logarithm of a share that follows a Beta distribution."""
    whole = counted + missed
    return (
        float(digamma(counted) - digamma(whole)),
        float(polygamma(1, counted) - polygamma(1, whole)),
    )


def _check_grades(grades: pl.DataFrame) -> None:
    missing = [name for name in (REPORTER, SIDE, UNDERCOUNT) if name not in grades.columns]
    wrong: list[object] | pl.DataFrame = (
        [] if missing else grades.filter(~pl.col(UNDERCOUNT).is_in(GRADES) | ~pl.col(SIDE).is_in(SIDES))
    )
    if missing or len(wrong):
        raise TableInvalid(
            "The table of grades cannot be read.",
            expected="columns reporter, reported_by (origin or destination), undercount ({known})",
            do="Correct it, or leave out the rows of reporters without grade.",
            known=", ".join(GRADES),
        )
