"""Prices of transfers: fee and margin, simple average, SmaRT, targets."""

from __future__ import annotations

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.content import Section
from guzar.use.observatory.figures.money import COST
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

ID = "prices"
TITLE = "Prices of transfers"
FINDING = "The price of a transfer is a fee and a margin on the exchange rate"
STANDFIRST = "Where the margin is not recorded, the price is too low by what it costs. Figures of such prices say so: “fee only”."


def explain(published: Published, say: Words) -> list[Section]:
    """Two averages, their targets, the warning on zero margins, a worked quarter."""
    return [
        Section(
            say("The rule"),
            [],
            paragraphs=[
                say(
                    "A quote costs 100 × fee ÷ amount + margin of the exchange rate, in per cent of the amount sent. Two amounts are surveyed, about 200 and about 500 US dollars; the targets are about 200."
                ),
                say(
                    "The simple average takes all services surveyed in a corridor and quarter, each once: a service that nobody uses weighs as much as the largest."
                ),
                say(
                    "SmaRT takes the three cheapest services that are transparent and arrive within five days. Where fewer than three qualify there is no value. Whether a sender can reach a service is not recorded and cannot be applied."
                ),
                say("A year is the mean of the quarters that have a value, and says how many there were."),
            ],
        ),
        Section(
            say("Targets"),
            [],
            paragraphs=[
                say(
                    "SDG 10.c asks for less than 3% on average over all services, and for no corridor above 5%. Where a corridor has no SmaRT value, whether it meets the target is not known."
                ),
            ],
        ),
        Section(
            say("A margin of zero"),
            [],
            paragraphs=[
                say(
                    "Where every quote of a sending country records a margin of exactly 0.0, although money is changed, the zero is a rule of recording. Such prices hold the fee only; they are marked and stand apart from prices that hold both."
                ),
            ],
        ),
        *_example(published, say),
    ]


def _example(published: Published, say: Words) -> list[Section]:
    held = [published.value(COST, area, counterpart="RUS") for area in THE_TWELVE]
    value = next((v for v in held if v is not None and v.area == "UZB"), None) or next(
        (v for v in held if v is not None), None
    )
    if value is None or value.value is None:
        return []
    return [
        Section(
            say("An example from this release"),
            [],
            paragraphs=[
                say(
                    "{sender} → {area}, {quarter}: {cost} of 200 US dollars is {dollars} dollars in fees for one transfer. What the exchange costs is not recorded ({edition}).",
                    sender=say.area(value.counterpart),
                    area=say.area(value.area),
                    quarter=say.period(value.period),
                    cost=say.percent(value.value, 2),
                    dollars=say.number(2 * value.value, 2),
                    edition=say.edition(value),
                ),
            ],
        )
    ]
