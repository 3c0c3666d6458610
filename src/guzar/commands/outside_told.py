"""What counts of exits from outside the log said, in words."""

from __future__ import annotations

import math

from guzar import journey
from guzar.commands.speaker import Speaker


def tell_outside(speak: Speaker, imputed: journey.Imputed) -> None:
    """What counts from outside the log said of A1, and whose they are."""
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
    if not lower <= 0 <= upper:
        speak.warn("They contradict A1: no point value is given, only the range.")
