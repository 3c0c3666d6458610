"""Checks of sources: general laws that published figures keep when nothing slipped."""

from __future__ import annotations

from guzar.use.observatory.content import Section
from guzar.use.observatory.figures.doubts import CHECK_NAMES, source_doubts
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

ID = "source-checks"
TITLE = "Checks of sources"
FINDING = "Publishers slip too; general laws find some of it without knowing a country"
STANDFIRST = (
    "Each check states what holds when nothing slipped, and writes down what breaks it. No value is changed."
)


def explain(published: Published, say: Words) -> list[Section]:
    """What is checked, and the doubts of this release."""
    doubts = source_doubts(published, say)
    return [
        Section(
            say("The checks"),
            [],
            paragraphs=[
                say(
                    "Where two publications agree on most cells, the cells that differ are looked at together: if the values of the one are the values of the other on neighbouring rows, they were exchanged or rotated."
                ),
                say(
                    "A list of codes is compared with the names beside it. A matrix is compared with reported totals: where one sender stands for all, the sum is not what the area receives. Women and men must add up to the total, parts must not exceed it, shares must lie between 0 and 100."
                ),
                say(
                    "Where a value jumps by a thousand between years or editions, a unit may have slipped. For exchanged and displaced values the table of doubts says how many such cases chance alone would give."
                ),
                say(
                    "Names of the checks: {names}.",
                    names="; ".join(say(name) for name in CHECK_NAMES.values()),
                ),
            ],
        ),
        Section(
            say("Doubts of this release"),
            [doubts] if doubts else [],
            paragraphs=[] if doubts else [say("No doubt about a published value is part of this release.")],
        ),
    ]
