"""Allocations: who the money comes from is a model, and three rules give three answers."""

from __future__ import annotations

from guzar.use.observatory.content import Section
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

ID = "allocations"
TITLE = "Who the money comes from"
FINDING = "The remittances by corridor held here are not observed: a rule shares them out"
STANDFIRST = "National receipts are split over countries of residence by estimated stocks and incomes: they are modelled from modelled."


def explain(published: Published, say: Words) -> list[Section]:
    """The three rules of Ratha and Shaw, and how their cells are shown."""
    return [
        Section(
            say("The rules"),
            [],
            paragraphs=[
                say(
                    "Ratha and Shaw (2007) share what a country receives over the countries where its emigrants live. The first rule weighs by stocks alone; the second by stocks times income per head where they live; the third by stocks times a sending function of both incomes, with an exponent of 0.75 on their difference."
                ),
                say(
                    "Under each rule the parts add up to the total received. The three answers form a range of methods. The range is not a confidence interval: all three can be wrong in the same direction."
                ),
            ],
        ),
        Section(
            say("How cells are shown"),
            [],
            paragraphs=[
                say(
                    "A cell rests on a stock that is estimated, often with a repeated mix of origins, and on a total that is estimated too. It is grey, boxed and hatched, and stands below the reported total. It is never added, ranked, drawn as an arrow or put into a heading."
                ),
                say(
                    "Where a published matrix leaves all but one sender of an area at zero, the sum is what that one sender pays. Such cases are listed on the page of remittances, beside the total that the area reports."
                ),
            ],
        ),
        Section(
            say("What it cannot tell"),
            [],
            paragraphs=[
                say(
                    "Money that travels through a bank in a third country is booked there. Seasonal workers may be in no stock. A policy for one corridor needs what that corridor's own records or a survey of senders or receivers show."
                ),
            ],
        ),
    ]
