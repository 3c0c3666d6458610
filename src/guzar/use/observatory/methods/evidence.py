"""Evidence age: when someone last looked, and why the answer is often not known."""

from __future__ import annotations

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.content import Figure, Section
from guzar.use.observatory.published import Published, to_value
from guzar.use.observatory.reader_tables import age
from guzar.use.observatory.svg import words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import Words

ID = "evidence-age"
TITLE = "Evidence age"
FINDING = "A recent figure can rest on a count of the last century"
STANDFIRST = "The tail beside a number joins the year when someone last looked (dot) to the year the number stands for (ring)."
CENSUS_RULE = "A census counts for editions from the second year after it, and only if its results were published: before that an edition can hardly have used them. So a census of 2019 is no evidence behind an edition of 2020, although its year is listed."
HOSTED = "un_stock_hosted"


def explain(published: Published, say: Words) -> list[Section]:
    """What is called an observation, and the tails of one table."""
    return [
        Section(
            say("In plain words"),
            [],
            paragraphs=[
                say(
                    "A stock for a year without a count is carried forward, interpolated or taken from a model. The number can change every year; the evidence behind it does not."
                ),
                say(
                    "The last observation is, for a stock, the last census or register of a year before the one it stands for; for a price, the year of the survey; for what is reported year by year, the year itself. Publishers seldom say which count they used."
                ),
            ],
        ),
        Section(
            say("The rule"),
            [],
            paragraphs=[
                say(
                    "A year is given only where a source states it. Census years are listed on the page of data, each with its source. Where none is held the tail is two dots: not known, never a guess."
                ),
                say(CENSUS_RULE),
                say(
                    "A total over several areas carries one dot per area. It is as old as its oldest part, and a reader sees which that is."
                ),
                say(
                    "A mix of origins can be older than the total it belongs to: see the method on the frozen origin mix."
                ),
            ],
        ),
        Section(say("An example from this release"), _example(published, say)),
    ]


def _example(published: Published, say: Words) -> list[Figure]:
    rows = published.rows("migrant_stock", definition=HOSTED, area=list(THE_TWELVE), sex="_T")
    if not rows.height:
        return []
    last = rows.filter(
        (pl.col("edition") == pl.col("edition").max()) & (pl.col("year") == pl.col("year").max())
    )
    ordered = last.sort("last_observed", "area", nulls_last=True)
    values = [to_value(row) for row in ordered.iter_rows(named=True)]
    cells = [[words(say.area(v.area)), words(say.number(v.value, 0)), age(v, say)] for v in values]
    heading = say("Tails of one table, {year}", year=values[0].period)
    sub = say("People who live in the area and were born elsewhere; oldest evidence first")
    table = plain_table(
        heading, [say("Area"), say("Persons"), say("Last observed")], cells, numeric={1}, class_="few"
    )
    return [Figure("example", heading, sub, table, say.edition(values[0]) + ".", rows=ordered)]
