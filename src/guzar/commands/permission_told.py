"""Which rules of permitted stay numbers rest on, in words."""

from __future__ import annotations

from guzar import journey
from guzar.commands.speaker import Speaker


def tell_permission_rules(speak: Speaker, imputed: journey.Imputed) -> None:
    """By which rules stays without a recorded permission are held to be permitted."""
    told = imputed.permission_rules
    if told is None:
        return
    speak.say(
        "Stays without a recorded permission: by {count} rules of {file} (SHA-256 {checksum}…). Always a range: read "
        "range_lower and range_upper. Persons for whom no rule is known, taken as having no limit: {persons}.",
        count=told["rules"],
        file=told["file"],
        checksum=told["sha256"][:12],
        persons=told["persons_without_rule"],
    )
    if told["dates"]:
        speak.say(
            "Dates in these rules: from {first} to {last}.", first=told["dates"][0], last=told["dates"][1]
        )
    if "permits" in told:
        speak.say(
            "Permits held against them: {count}, of {file}.", count=told["permits"], file=told["permits_file"]
        )
