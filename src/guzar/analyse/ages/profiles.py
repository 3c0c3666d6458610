"""Rates by single year of age → indices of the profile; parameters of a schedule → its ratios.

Definitions: Rogers (1975) for the gross migraproduction rate; Bell et al. (2002) and Bell and Muhidin (2009) for the peak; Bernard,
Bell and Charles-Edwards (2014), Population Studies 68(2), for rates of change; Rogers and Castro (1981) for ratios. Where a
program differs from the definition, what it prints is called legacy.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
YOUNGEST, OLDEST = 5, 65  # between which a peak is looked for, both left out
BREADTH = 5  # years on both sides of the peak
DEFINITIONS = {
    "gross_migraproduction_rate": "sum of rates over all ages",
    "peak_rate": "highest rate of ages 6 to 64",
    "peak_age": "age of the highest rate, of ages 6 to 64",
    "peak_breadth": "sum of rates within 5 years of the peak age",
    "peak_share": "the same as a share of the sum over all ages",
    "largest_rise_age": "age x of the largest m(x) − m(x − 1), of ages 6 to 64 (MURC)",
    "largest_fall_age": "age x of the largest m(x − 1) − m(x), of ages 6 to 64 (MDRC)",
    "asymmetry": "age of the largest rise / age of the largest fall",
    "asymmetry_of_changes": "largest rise / largest fall",
    "peak_age_legacy": "age of the highest rate of all ages, as in migest 2.0.5",
    "peak_breadth_legacy": "sum of rates at the positions (not ages) peak − 5 to peak + 5, counted from 1, as in migest 2.0.5",
    "peaking": "μ2",
    "child_dependency": "a1 / a2",
    "labour_dependency": "a2 / a1",
    "labour_asymmetry": "λ2 / α2",
    "regularity": "α1 / α2",
}


def profile_indices(ages: NDArray[np.int64], rates: Numbers) -> dict[str, float | None]:
    """Indices of rates by single age, ages one year apart in order; no value where the profile has no such age."""
    studied = (ages > YOUNGEST) & (ages < OLDEST)
    whole = float(rates.sum())
    found: dict[str, float | None] = dict.fromkeys(list(DEFINITIONS)[:11])
    found["gross_migraproduction_rate"] = whole
    if not studied.any() or whole <= 0:
        return found
    inside = np.flatnonzero(studied)
    top = int(inside[np.argmax(rates[inside])])
    near = np.abs(ages - ages[top]) <= BREADTH
    found |= {
        "peak_rate": float(rates[top]),
        "peak_age": float(ages[top]),
        "peak_breadth": float(rates[near].sum()),
        "peak_share": float(rates[near].sum() / whole),
    }
    highest = int(ages[np.argmax(rates)])
    positions = np.arange(highest - BREADTH - 1, highest + BREADTH)
    found["peak_age_legacy"] = float(highest)
    if positions[0] >= 0 and positions[-1] < len(rates):
        found["peak_breadth_legacy"] = float(rates[positions].sum())
    return found | _changes(ages, rates, inside[inside > 0])


def _changes(ages: NDArray[np.int64], rates: Numbers, inside: NDArray[np.int64]) -> dict[str, float | None]:
    """Where rates rise and fall most."""
    change = rates[inside] - rates[inside - 1]
    if not len(change) or change.max() <= 0 or change.min() >= 0:
        return {}
    rise, fall = (float(ages[inside[at]]) for at in (np.argmax(change), np.argmin(change)))
    return {
        "largest_rise_age": rise,
        "largest_fall_age": fall,
        "asymmetry": rise / fall,
        "asymmetry_of_changes": float(change.max() / -change.min()),
    }


def schedule_ratios(parameters: Mapping[str, float]) -> dict[str, float | None]:
    """Ratios of the parameters of a schedule, and the place of its peak."""
    return {
        "peaking": parameters["mu2"],
        "child_dependency": _ratio(parameters["a1"], parameters["a2"]),
        "labour_dependency": _ratio(parameters["a2"], parameters["a1"]),
        "labour_asymmetry": _ratio(parameters["lambda2"], parameters["alpha2"]),
        "regularity": _ratio(parameters["alpha1"], parameters["alpha2"]),
    }


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None
