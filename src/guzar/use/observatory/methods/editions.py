"""Editions and revisions: why nothing is overwritten, and why a revision is never growth."""

from __future__ import annotations

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.content import Figure, Section
from guzar.use.observatory.figures.revised import POINTS_UNIT, find_revisions, released_rows, revision_table
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

ID = "editions"
TITLE = "Editions and revisions"
FINDING = "A figure has two dates: the period it stands for, and the edition that prints it"
STANDFIRST = "Publishers correct their past. Whoever overwrites the old value can no longer say why two reports differ."


def explain(published: Published, say: Words) -> list[Section]:
    """The rule, and the revisions of one area's share of GDP."""
    return [
        Section(
            say("In plain words"),
            [],
            paragraphs=[
                say(
                    "Every value is kept with the date of the publication it was taken from. A later publication adds rows; it never replaces any. The same file taken twice adds nothing."
                ),
                say(
                    "When two editions print different values for one and the same period, the difference is a revision. The period is past in both; what was said about it changed."
                ),
                say(
                    "When one edition prints different values for two periods, the difference is growth, as that edition sees it."
                ),
            ],
        ),
        Section(
            say("The rule"),
            [],
            paragraphs=[
                say(
                    "Growth is computed inside one edition, a revision inside one period. A difference that crosses both is refused, with a message that names the two editions."
                ),
                say(
                    "On these pages two editions are two lines, and a clay arrow joins the two values of one period. A change across editions is never given in per cent of growth."
                ),
            ],
        ),
        Section(say("An example from this release"), _example(published, say)),
    ]


def _example(published: Published, say: Words) -> list[Figure]:
    found = [r for r in find_revisions(published) if r.now.unit == POINTS_UNIT and r.now.area in THE_TWELVE]
    if not found:
        return []
    widest = max(found, key=lambda r: r.size)
    same = [r for r in found if (r.now.area, r.now.period) == (widest.now.area, widest.now.period)]
    heading = say(
        "{area}, {period}: one year, several editions",
        area=say.area(widest.now.area),
        period=widest.now.period,
    )
    sub = say("Personal remittances received, % of GDP, from edition to edition")
    rows = released_rows(published, same).sort(pl.col("edition"))
    return [
        Figure(
            "example",
            heading,
            sub,
            revision_table(heading, same, say),
            say.edition(widest.now) + ".",
            rows=rows,
        )
    ]
