"""Women's share: of a stock by place of birth, with the caveat of the former Soviet Union."""

from __future__ import annotations

from guzar.use.observatory.content import Section
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

ID = "womens-share"
TITLE = "Women's share"
FINDING = "A share of women in a stock says who is there, not who moves"
STANDFIRST = (
    "Women divided by women and men, in the same table, edition and date; never an average of shares."
)


def explain(published: Published, say: Words) -> list[Section]:
    """How the share is computed, and its worked example."""
    return [
        Section(
            say("The rule"),
            [],
            paragraphs=[
                say(
                    "The share is the number of women divided by the number of women and men together, both printed in one table. For people born in an area and living abroad, both are summed over all listed destinations first."
                ),
                say("The share of a region is computed from its sums, not from the shares of its members."),
            ],
        ),
        *_example(published, say),
        Section(
            say("What it cannot tell"),
            [],
            paragraphs=[
                say(
                    "The stock counts people born elsewhere in the USSR who moved between republics before 1991. Part of a share may be the age of that generation and not migration; this release holds no ages."
                ),
                say(
                    "A stock at one date does not say who came for a season and left again. A flow by sex is needed to say who moves; this release holds none."
                ),
            ],
        ),
    ]


def _example(published: Published, say: Words) -> list[Section]:
    share = published.value("emigrant_stock_female_percent", "NCA9", sex="F", observation_status="estimated")
    if share is None:
        return []
    same = {"definition": "guzar_region_emigrants", "period": share.period, "edition": share.edition}
    women, men = (published.value("emigrant_stock", "NCA9", sex=sex, **same) for sex in ("F", "M"))
    if women is None or men is None:
        return []
    return [
        Section(
            say("An example from this release"),
            [],
            paragraphs=[
                say(
                    "{region}, {year}: {women} women and {men} men born in the region lived abroad. {women} ÷ ({women} + {men}) = {share} ({edition}).",
                    region=say.area("NCA9"),
                    year=share.period,
                    women=say.number(women.value, 0),
                    men=say.number(men.value, 0),
                    share=say.percent(share.value, 2),
                    edition=say.edition(share),
                ),
            ],
        )
    ]
