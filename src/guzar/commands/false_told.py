"""How many recorded crossings were taken to be false, in words."""

from __future__ import annotations

from guzar import journey
from guzar.commands.speaker import Speaker

FOUND = {
    "refused_entries": "Entries that were refused, as far as can be told: about {number} ({lower} to {upper}). They are left out.",
    "repeat_scans": "Scans repeated after more than 30 minutes: about {number} ({lower} to {upper}). They are left out.",
    "wrong_directions": "Crossings in the wrong direction: about {number} ({lower} to {upper}). They are turned round.",
}
NOT_TOLD = {
    "refused_entries": "How many entries were refused cannot be told: permissions are recorded at too few entries.",
    "repeat_scans": "How many scans were repeated after more than 30 minutes cannot be told: too few crossings to compare with.",
}


def tell_false(speak: Speaker, imputed: journey.Imputed) -> None:
    """How many crossings were left out or turned round before any gap was taken for a lost one; none is not spoken of."""
    for name, each in imputed.false_crossings.items():
        if each["number"]:
            speak.say(FOUND[name], **{end: speak.number(each[end]) for end in ("number", "lower", "upper")})
        elif each["number"] is None:
            speak.say(NOT_TOLD[name])
