"""Deaths that end stays in the country, in words."""

from __future__ import annotations

from guzar import journey
from guzar.commands.speaker import Speaker


def tell_deaths(speak: Speaker, imputed: journey.Imputed) -> None:
    """How many residents died by year, and on what this rests."""
    told = imputed.deaths
    if told is None:
        return
    if "file" in told:
        speak.say(
            "Deaths in the country: by the rates of {file} (SHA-256 {checksum}…). Persons for whom no rate is known: {persons}.",
            file=told["file"],
            checksum=told["sha256"][:12],
            persons=speak.number(told["persons_without_rate"]),
        )
    if told["known"]:
        speak.say("Days of death that the crossings tell: {count}.", count=speak.number(told["known"]))
    if told["known_left_aside"]:
        speak.warn(
            "Days of death left aside, because the person crossed the border later or has two of them: {count}. Check the "
            "linkage.",
            count=speak.number(told["known_left_aside"]),
        )
    years = [
        speak.text(
            "{year}: {died} ({lower} to {upper})",
            year=each["year"],
            died=speak.number(each["residents_died"]),
            lower=speak.number(each["lower"]),
            upper=speak.number(each["upper"]),
        )
        for each in told["by_year"]
    ]
    if years:
        speak.say("Deaths among residents, persons, with 90 % intervals: {years}.", years="; ".join(years))
