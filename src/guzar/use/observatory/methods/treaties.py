"""Treaty status: actions with date, source and age; unknown and old never look like no."""

from __future__ import annotations

from guzar.use.observatory.content import Section
from guzar.use.observatory.figures.treaty_matrix import STANDING_MEANINGS, STANDING_WORDS
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

ID = "treaty-status"
TITLE = "Treaty status"
FINDING = "“Nothing seen in 2015” is not “no”"
STANDFIRST = (
    "A status is an action with a date, shown by a source as of a date. What no source covers is unknown."
)


def explain(published: Published, say: Words) -> list[Section]:
    """Four answers, and how two extracts are reconciled."""
    return [
        Section(
            say("Four answers"),
            [],
            paragraphs=[
                f"{say(STANDING_WORDS[key])}. {say(meaning)}." for key, meaning in STANDING_MEANINGS.items()
            ],
        ),
        Section(
            say("The rule"),
            [],
            paragraphs=[
                say(
                    "A party stays a party until a source says otherwise, so an old extract that shows an accession still counts. An old extract that shows nothing ages: later steps are not in it, and its date stands beside the answer."
                ),
                say(
                    "Where two extracts date the same step differently, or the later one no longer shows a party, both are listed as a doubtful answer. An accession after the earlier extract is a change, not a conflict."
                ),
            ],
        ),
    ]
