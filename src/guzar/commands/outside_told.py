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
        _tell_disagreement(speak, said)
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


def _tell_disagreement(speak: Speaker, said: dict[str, Any]) -> None:
    """Every count beside what is recorded and estimated in the same days; a count below what is recorded is its own trouble."""
    speak.warn(
        "A diagnostic failed: outside counts agree with the estimate under no δ, or not with each other (δ: the logarithm of how "
        "many times the odds of losing a final exit are those of losing another). The range is not narrowed."
    )
    for each in said["counts"]:
        estimated = [one["exits"] for one in each["exits_estimated"]]
        speak.warn(
            "The log records more exits than were counted by {source}, {first} to {last}: recorded {recorded}, counted {counted}. "
            "Such a count misses exits, or is of other persons, ports or days: do not use it as it is."
            if each["exits_recorded"] > each["exits"]
            else "Exits {first} to {last}: counted by {source} {counted}; recorded {recorded}; estimated, from the lowest δ to the "
            "highest, {least} to {most}. Compare persons, ports and days, and the error of the count.",
            source=each["counted_by"],
            first=each["counted_from"],
            last=each["counted_to"],
            counted=speak.number(each["exits"], 0),
            recorded=speak.number(each["exits_recorded"], 0),
            least=speak.number(estimated[0], 0),
            most=speak.number(estimated[-1], 0),
        )


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
