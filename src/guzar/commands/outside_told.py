"""What counts of exits from outside the log said, in words."""

from __future__ import annotations

import math
from typing import Any

from guzar import journey
from guzar.commands.speaker import Speaker

ALL = 0.99  # of the δ; where so many agree nothing is narrowed


def tell_outside(speak: Speaker, imputed: journey.Imputed) -> None:
    """What counts from outside the log said of A1, whose they are, and whether they narrow anything."""
    if imputed.outside is None:
        return
    said = imputed.outside
    if not said["agree"]:
        speak.warn(
            "A diagnostic failed: outside counts agree with the estimate under no δ, or not with each other. The range is not "
            "narrowed: read docs/methods/missing-exits.md."
        )
        return
    lower, upper = said["delta_lower"], said["delta_upper"]
    speak.say(
        "By outside counts ({sources}) δ lies between {lower} and {upper}: the odds of losing a final exit are {least} to "
        "{most} times those of losing another. The range is taken over these δ.",
        sources="; ".join(dict.fromkeys(each["counted_by"] for each in said["counts"])),
        lower=speak.number(lower, 2),
        upper=speak.number(upper, 2),
        least=speak.number(math.exp(lower), 2),
        most=speak.number(math.exp(upper), 2),
    )
    _tell_verdict(speak, said)
    if not lower <= 0 <= upper:
        speak.warn("They contradict A1: no point value is given, only the range.")


def _tell_verdict(speak: Speaker, said: dict[str, Any]) -> None:
    """One sentence: what the counts narrowed, from what to what; or that they say nothing."""
    whole = [each["delta"] for each in said["counts"][0]["exits_estimated"]]
    lower, upper, share = said["delta_lower"], said["delta_upper"], said["net_range_percent"]
    from_to = {"first": speak.number(whole[0], 2), "last": speak.number(whole[-1], 2)}
    if share is None or upper - lower > ALL * (whole[-1] - whole[0]):
        speak.say(
            "Verdict: the outside counts say nothing. They agree with every δ from {first} to {last}, so no range is narrower.",
            **from_to,
        )
        return
    speak.say(
        "Verdict: the outside counts narrow δ from {first} … {last} to {lower} … {upper}; the ranges of net migration are {share} % "
        "as wide as without them.",
        **from_to,
        lower=speak.number(lower, 2),
        upper=speak.number(upper, 2),
        share=speak.number(share, 0),
    )
