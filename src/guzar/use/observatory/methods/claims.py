"""Checking claims: how a printed number is held against every edition."""

from __future__ import annotations

from guzar.use.observatory.content import Section
from guzar.use.observatory.pages.claims import VERDICTS
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

ID = "claims"
TITLE = "Checking claims"
FINDING = "A number is held against every edition before it is said to stand in none"
STANDFIRST = "A claim is held against every edition of its own series first. Only where none bears it out are other explanations tried."


def explain(published: Published, say: Words) -> list[Section]:
    """The rule of agreement, the order of the tests, the verdicts."""
    return [
        Section(
            say("The rule"),
            [],
            paragraphs=[
                say(
                    "A claim agrees when it differs from the figure by less than one unit of its last printed digit, so that rounding and cutting off both count. “About” allows 5%, “over” a figure from the value to a tenth above it, “almost” a figure from nine tenths of the value up to it."
                ),
                say(
                    "The best figure comes from the edition or source that the claim cites, or else from the latest edition of the source that ranks first for it."
                ),
                say(
                    "Two claims look exchanged when swapping them brings both nearer to a figure, at least one then agrees, and chance is unlikely. The check says which value no edition explains."
                ),
            ],
        ),
        Section(
            say("Verdicts"),
            [],
            paragraphs=[f"{say(name)}. {say(meaning)}" for name, meaning in VERDICTS.values()],
        ),
        Section(
            say("Courtesy"),
            [],
            paragraphs=[
                say(
                    "A verdict is about a number. It names the figure, its source and edition, so that the author can look it up, and leaves a column for the publisher's response. Different concepts are never called a contradiction."
                ),
            ],
        ),
    ]
