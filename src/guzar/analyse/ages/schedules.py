"""Parameters → a model migration schedule: rates by single year of age.

m(x) = a₁ e^(−α₁ x) + a₂ exp(−α₂ (x − μ₂) − e^(−λ₂ (x − μ₂))) + a₃ exp(−α₃ (x − μ₃) − e^(−λ₃ (x − μ₃))) + a₄ e^(λ₄ x) + c:
children, labour force, retirement, the very old, and a constant. Rogers and Castro (1981), IIASA RR-81-30. The families of the
United Nations are of the manual on subnational projections (1992), as they stand in the R package migest 2.0.5.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from guzar.errors import SettingsInvalid

Numbers = NDArray[np.float64]
CHILDREN, LABOUR = ("a1", "alpha1"), ("a2", "alpha2", "mu2", "lambda2")
RETIREMENT, OLD, CONSTANT = ("a3", "alpha3", "mu3", "lambda3"), ("a4", "lambda4"), ("c",)
FAMILIES: dict[int, tuple[str, ...]] = {
    7: CHILDREN + LABOUR + CONSTANT,
    9: CHILDREN + LABOUR + OLD + CONSTANT,
    11: CHILDREN + LABOUR + RETIREMENT + CONSTANT,
    13: CHILDREN + LABOUR + RETIREMENT + OLD + CONSTANT,
}
FUNDAMENTAL = dict(zip(FAMILIES[7], (0.02, 0.1, 0.06, 0.1, 20.0, 0.4, 0.003), strict=True))
STANDARD, LOW, HIGH = "western-standard", "low-dependency", "high-dependency"
YOUNG, LATE, LOW_YOUNG = "young-entry", "old-entry", "low-dependency-young-entry"
_MALE = (0.105, 0.112, 0.391, 0.0028)  # α₁, α₂, λ₂, c
_FEMALE = (0.107, 0.1436, 0.4003, 0.0036)
# a₁, a₂, μ₂. The package prints μ₂ = 20.04 for women of high dependency, the value of men; all other standard entries of women
# have 20.632, which is taken here.
_LEVELS: dict[str, dict[str, tuple[float, float, float]]] = {
    "M": {
        STANDARD: (0.0215, 0.0694, 20.04),
        LOW: (0.0128, 0.0804, 20.04),
        HIGH: (0.0303, 0.0582, 20.04),
        YOUNG: (0.0215, 0.0691, 16.09),
        LATE: (0.0215, 0.0691, 23.99),
        LOW_YOUNG: (0.0128, 0.08, 16.09),
    },
    "F": {
        STANDARD: (0.0233, 0.0766, 20.632),
        LOW: (0.0149, 0.09, 20.632),
        HIGH: (0.0318, 0.0632, 20.632),
        YOUNG: (0.0233, 0.0766, 17.132),
        LATE: (0.0233, 0.0766, 24.132),
        LOW_YOUNG: (0.0149, 0.09, 17.132),
    },
}
UN_FAMILIES = tuple(_LEVELS["M"])


def rates_of(ages: Numbers, parameters: Mapping[str, float]) -> Numbers:
    """Rates at ages (years) of a schedule by its parameters; a component whose parameters are not given is not there.

    Raises SettingsInvalid where parameters make up no family.
    """
    if set(parameters) not in [set(names) for names in FAMILIES.values()]:
        raise SettingsInvalid(
            "The parameters {names} make up no schedule.",
            expected="those of the family of 7, 9, 11 or 13: {known}",
            do="Add what is missing, or leave the whole component out.",
            names=", ".join(sorted(parameters)) or "-",
            known=", ".join(FAMILIES[13]),
        )
    made = parameters["a1"] * np.exp(-parameters["alpha1"] * ages) + _double(ages, parameters, "2")
    if "a3" in parameters:
        made = made + _double(ages, parameters, "3")
    if "a4" in parameters:
        made = made + parameters["a4"] * np.exp(parameters["lambda4"] * ages)
    return np.asarray(made + parameters["c"])


def un_schedule(family: str, sex: str) -> dict[str, float]:
    """The seven parameters of a family of the United Nations for a sex (F, M). Raises SettingsInvalid for others."""
    if sex not in _LEVELS or family not in UN_FAMILIES:
        raise SettingsInvalid(
            "There is no age family {family} of the sex {sex}.",
            expected="one of {known}, and F or M",
            do="Choose one of them.",
            family=family,
            sex=sex,
            known=", ".join(UN_FAMILIES),
        )
    first, second, peak = _LEVELS[sex][family]
    alpha1, alpha2, lambda2, constant = _MALE if sex == "M" else _FEMALE
    values = (first, alpha1, second, alpha2, peak, lambda2, constant)
    return dict(zip(FAMILIES[7], values, strict=True))


def share_by_age(persons: float, ages: Numbers, parameters: Mapping[str, float]) -> Numbers:
    """So many persons (below 0: who leave) by single age, as a schedule has them in a population of equal ages."""
    rates = rates_of(ages, parameters)
    return np.asarray(persons * rates / rates.sum())


def _double(ages: Numbers, parameters: Mapping[str, float], which: str) -> Numbers:
    """A curve that rises and falls: double exponential. Far below its place e^(…) is cut where the curve is 0 anyway."""
    past = ages - parameters["mu" + which]
    rise = np.exp(np.minimum(-parameters["lambda" + which] * past, 60.0))
    height = np.clip(-parameters["alpha" + which] * past - rise, -700.0, 60.0)
    return np.asarray(parameters["a" + which] * np.exp(height))
