"""Whether a claimed number agrees with a figure, and how far apart the two are.

The rule of the contract: |claim − figure| below one unit of the claim's last printed digit, so that both rounding
and truncation count; a printed range agrees with what lies inside it. A qualifier widens or turns it: `about` ±5 %, `over` figure in [v, 1.1 v], `almost` figure in
[0.9 v, v]. Values are in one unit before they come here.
"""

from dataclasses import dataclass

ABOUT, OVER, ALMOST = 0.05, 1.1, 0.9
ROUNDING = 1e-9  # what floating-point arithmetic may lose; no printed figure has that many digits
NOISE = 1e-14  # what subtracting two numbers of this size may lose


@dataclass(frozen=True, slots=True)
class Claimed:
    """A claimed value ready to be compared: between `low` and `high`, known to `step`."""

    value: float
    step: float
    low: float
    high: float
    qualifier: str = ""


def agrees(claimed: Claimed, figure: float) -> bool:
    """Whether the claim agrees with the figure by its printed digits and its qualifier."""
    if claimed.qualifier in {"over", "almost"}:
        low, high = bounds(claimed)
        slack = ROUNDING * abs(claimed.value)
        return low - slack <= figure <= high + slack
    within = distance(claimed, figure)
    return within < tolerance(claimed) - NOISE * abs(figure) or within <= ROUNDING * abs(figure)


def scaled(claimed: Claimed, factor: float) -> Claimed:
    """The claim as if its decimal point stood elsewhere."""
    return Claimed(
        claimed.value * factor,
        claimed.step * factor,
        claimed.low * factor,
        claimed.high * factor,
        claimed.qualifier,
    )


def tolerance(claimed: Claimed) -> float:
    """How far a figure may be from the claim: one unit of its last digit, or 5 % where it says `about`.

    From the ends of a printed range half a unit: the range itself says how far the figure may lie.
    """
    margin = claimed.step / 2 if claimed.low < claimed.high else claimed.step
    return max(margin, ABOUT * abs(claimed.value)) if claimed.qualifier == "about" else margin


def distance(claimed: Claimed, figure: float) -> float:
    """How far the figure is from the claim, or from the nearer end of a claimed range."""
    return max(claimed.low - figure, figure - claimed.high, 0.0)


def bounds(claimed: Claimed) -> tuple[float, float]:
    """The smallest and largest figure that the claim agrees with."""
    if claimed.qualifier == "over":
        return _ordered(claimed.low, OVER * claimed.high)
    if claimed.qualifier == "almost":
        return _ordered(ALMOST * claimed.low, claimed.high)
    margin = tolerance(claimed)
    return claimed.low - margin, claimed.high + margin


def _ordered(first: float, second: float) -> tuple[float, float]:
    return (first, second) if first <= second else (second, first)


def chance(claimed: Claimed, others: int) -> float:
    """How many of `others` unrelated figures of about this size would agree by chance.

    Figures of one kind spread over at least one power of e around the claim, so a window of relative width w
    catches about w of them.
    """
    low, high = bounds(claimed)
    size = max(abs(claimed.value), ROUNDING)
    return others * (high - low) / (2 * size)
