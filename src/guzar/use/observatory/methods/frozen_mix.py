"""The frozen origin mix: a test that tells whether anyone looked at origins between two dates."""

from __future__ import annotations

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.define.sources import edition_label, sources
from guzar.use.observatory.content import Figure, Section
from guzar.use.observatory.published import Published
from guzar.use.observatory.signs import Status, sign_with_word
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.tables import plain_table
from guzar.use.observatory.words import Words

ID = "frozen-mix"
TITLE = "Frozen origin mix"
FINDING = "Where all origins grow by one common factor, nobody looked at origins"
STANDFIRST = "Between two censuses a publisher shares a new total out over an old mix. The corridor then looks like news and is none."
TABLE = "destination_evidence"
TOLERANCE_PERCENT = 0.5


def explain(published: Published, say: Words) -> list[Section]:
    """The test in words and numbers, the verdicts for the twelve areas, false alarms."""
    return [
        Section(
            say("In plain words"),
            [],
            paragraphs=[
                say(
                    "Suppose a country hosted 100 people born in one place and 300 born in another at the first date, and 110 and 330 at the second. Both grew by exactly one tenth. People do not move like that: someone multiplied the whole column by 1.1."
                ),
                say(
                    "Then the second date says something about the total, at best, and nothing about where people came from. Its cells by origin are modelled from modelled: they repeat the mix of the first date."
                ),
            ],
        ),
        Section(
            say("The test"),
            [],
            paragraphs=[
                say(
                    "For each country of residence and each pair of neighbouring dates of one edition, the ratio of the later to the earlier stock is taken for every larger origin: at least 1,000 people and at least 1% of the listed stock at either date."
                ),
                say(
                    "Where the farthest ratio lies within {tolerance} of the middle one, the mix is called frozen and the later date is marked. With fewer than three larger origins the verdict stays open.",
                    tolerance=say.percent(TOLERANCE_PERCENT, 1),
                ),
                say(
                    "The tolerance lies in an empty stretch: repeated mixes stay mostly below 0.2%, moving ones mostly above 5%. Rounding moves small origins a little; that is why only larger ones are tested."
                ),
            ],
        ),
        Section(
            say("What follows"),
            [],
            paragraphs=[
                say(
                    "A cell that repeats an older mix is grey and hatched. It never stands in a heading, a key number, a ranking, a sum on these pages, or on a map. Its last observation is that of the mix it repeats."
                ),
                say("A total is marked when most of it rests on such cells."),
            ],
        ),
        Section(
            say("False alarms"),
            [],
            paragraphs=[
                say(
                    "A true count could by chance show one common factor for all larger origins. With three origins or more this is unlikely, and the more origins are tested, the less likely; the number tested stands beside each verdict."
                ),
                say(
                    "The verdict is about the table. It says that a date repeats its neighbour, not which of the two was observed; the later one is marked. A country with a yearly register can be frozen in a table whose publisher did not use it."
                ),
            ],
        ),
        Section(say("Verdicts for the twelve areas"), _verdicts(published, say)),
    ]


def _verdicts(published: Published, say: Words) -> list[Figure]:
    held = published.tables.get(TABLE)
    if held is None:
        return []
    rows = held.filter(pl.col("area").is_in(THE_TWELVE)).filter(pl.col("edition") == pl.col("edition").max())
    if not rows.height:
        return []
    pairs = sorted(set(rows.select("from_year", "to_year").iter_rows()))
    cells = {(row["area"], row["from_year"], row["to_year"]): row for row in rows.iter_rows(named=True)}
    table_rows = [
        [words(say.area(area)), *(_verdict(cells.get((area, *pair)), say) for pair in pairs)]
        for area in sorted(THE_TWELVE, key=say.area)
    ]
    last = pairs[-1]
    frozen = sum(bool(cells[key]["is_frozen"]) for key in cells if key[1:] == last)
    heading = say(
        "{first} to {last}: {frozen} of {count} areas repeat an older mix",
        first=last[0],
        last=last[1],
        frozen=frozen,
        count=len(THE_TWELVE),
    )
    sub = say(
        "Verdict for each pair of neighbouring dates; under it the common factor and the number of origins tested"
    )
    head = [say("Area"), *(f"{a}–{b}" for a, b in pairs)]
    source = sources()[str(rows["source"][0])]
    edition = f"{source.name_ru if say.lang == 'ru' else source.name_en}, {edition_label(source.id, str(rows['edition'][0]), say.lang)}"
    return [
        Figure(
            "verdicts",
            heading,
            sub,
            plain_table(heading, head, table_rows, class_="matrix"),
            say("Table destination_evidence of this release: {edition}.", edition=edition),
            rows=rows,
            shows_table=False,
        )
    ]


def _verdict(row: dict[str, object] | None, say: Words) -> Html:
    if row is None or row["is_frozen"] is None:
        return sign_with_word(Status.NOT_KNOWN, say("open"))
    shown = (
        sign_with_word(Status.MODELLED, say("frozen"))
        if row["is_frozen"]
        else sign_with_word(Status.ESTIMATED, say("moved"))
    )
    factor = (
        say(
            "× {factor}, {origins} origins",
            factor=say.number(float(str(row["common_factor"])), 4),
            origins=row["origins_tested"],
        )
        if row["common_factor"] is not None
        else ""
    )
    return Html(shown + (tag("small", words(factor)) if factor else ""))
