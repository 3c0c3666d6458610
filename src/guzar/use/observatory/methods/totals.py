"""Regional totals: members, inside, incoming, outgoing, and people of unknown origin."""

from __future__ import annotations

from guzar.use.observatory.content import Section
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

ID = "regional-totals"
TITLE = "Regional totals"
FINDING = "A region is a list of members with a publisher and a date"
STANDFIRST = "Two totals for “Central Asia” can both be right and differ by millions. The list decides."


def explain(published: Published, say: Words) -> list[Section]:
    """What is added up, and what is never added."""
    return [
        Section(
            say("In plain words"),
            [],
            paragraphs=[
                say(
                    "The people a region hosts are the sum of those its members host. Many of them were born in another member: they crossed a border of the region's inside, not its edge."
                ),
                say(
                    "So five totals are kept apart: hosted, abroad, inside, incoming and outgoing. A person born in one member who lives in another is in the first three; adding “hosted” and “abroad” counts that person twice."
                ),
            ],
        ),
        Section(
            say("The rule"),
            [],
            paragraphs=[
                say(
                    "Only values of one definition, unit, edition and date are added. Adding persons to entries, or a stock by birth to a stock by citizenship, is refused with a message that says what differs."
                ),
                say(
                    "“Hosted” is the sum of printed totals and holds people of unknown origin. “Inside”, “incoming” and “outgoing” come from the table by origin, which leaves some origins out; each total says on which side it stands."
                ),
                say(
                    "A total is marked as modelled from modelled when more than a tenth of it rests on repeated mixes. Shares, rates and prices of a region are never averages of its members' shares."
                ),
            ],
        ),
        Section(
            say("Lists used here"),
            [],
            paragraphs=[
                say(
                    "The lists, with publisher and date, stand on the page of regions. A region of another publisher or another date is another region."
                ),
            ],
        ),
    ]
