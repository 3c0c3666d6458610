"""Which rules of permitted stay numbers rest on, in words."""

from __future__ import annotations

from typing import Any

from guzar import journey
from guzar.commands.speaker import Speaker

NO_PERMISSION = "no_permission_recorded"


def tell_permission_rules(speak: Speaker, imputed: journey.Imputed) -> None:
    """By which rules stays without a recorded permission are held to be permitted; a way on where nothing is known."""
    told = imputed.permission_rules
    if told is None:
        if imputed.table["status_reason"].str.contains(NO_PERMISSION).any():
            speak.say(
                "Stays beyond permission are not counted: the crossings record no permission (permitted_until). Give rules of "
                "stay with --permission-rules, and permits with --permits."
            )
        return
    speak.say(
        "Stays without a recorded permission: by {count} rules of {file} (SHA-256 {checksum}…). Always a range: read "
        "range_lower and range_upper. Persons for whom no rule is known, taken as having no limit: {persons}.",
        count=speak.number(told["rules"]),
        file=told["file"],
        checksum=told["sha256"][:12],
        persons=speak.number(told["persons_without_rule"]),
    )
    if told["dates"]:
        speak.say(
            "Dates in these rules: from {first} to {last}.", first=told["dates"][0], last=told["dates"][1]
        )
    _tell_gaps(speak, told)
    _tell_permits(speak, told)


def _tell_gaps(speak: Speaker, told: dict[str, Any]) -> None:
    """Entries that no rule covers, and years of which nothing is published for them."""
    if not told["limits_somebody"]:
        speak.warn(
            "These rules limit nobody's stay: compare their codes of citizenship with those in the crossings."
        )
    if told["entries_without_rule"]:
        speak.warn(
            "Entries on days on which no rule of their citizenship is in force, taken as having no limit: {years}.",
            years="; ".join(
                f"{year}: {speak.number(count)}" for year, count in told["entries_without_rule"].items()
            ),
        )
    if told["years_not_published"]:
        speak.warn(
            "So stays beyond permission at the end of {years} would be far too few, and are not published. Give a table that has "
            "rules for these days.",
            years=", ".join(map(str, told["years_not_published"])),
        )


def _tell_permits(speak: Speaker, told: dict[str, Any]) -> None:
    """How many permits are of persons who crossed, and whether any of them says something."""
    if "permits" not in told:
        return
    speak.say(
        "Permits in {file}: {count}; of persons in the crossings: {matched}; of these, of a kind that prolongs a stay: "
        "{prolonging}.",
        file=told["permits_file"],
        count=speak.number(told["permits"]),
        matched=speak.number(told["permits_matched"]),
        prolonging=speak.number(told["permits_prolonging"]),
    )
    if not told["permits_prolonging"]:
        speak.warn(
            "None of the permits prolongs a stay: compare their permit_type and dates with the rules of the kind prolonged_by."
        )
