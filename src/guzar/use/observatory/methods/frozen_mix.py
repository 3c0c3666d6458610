"""The frozen origin mix: a test that tells whether a table says anything new about origins between two dates."""

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
FINDING = "Where all larger origins change by one common factor, the table says nothing new about origins"
STANDFIRST = "Between two censuses a publisher may share a new total out over an old mix. The number of a corridor then looks new and is not."
TABLE = "destination_evidence"
TOLERANCE_PERCENT = 0.5
# Every country of residence in both revisions, measured by tools/measure_frozen_origins.py: docs/acceptance/frozen-origins.md.
WORLD = {"tested": 2188, "close": 576, "below": 48, "above": 92, "far": 1472}
# The same run: mixes whose ratios were exchanged at random between countries, and how many were called frozen.
SHUFFLED, SHUFFLED_FROZEN = 78200, 2


def explain(published: Published, say: Words) -> list[Section]:
    """The test in words and numbers, the verdicts for the twelve areas, false alarms."""
    return [
        Section(
            say("In plain words"),
            [],
            paragraphs=[
                say(
                    "Suppose a country hosted 1,000, 3,000 and 6,000 people born in three other countries at the first date, and 1,100, 3,300 and 6,600 at the second. All three grew by exactly one tenth. Moves hardly ever do that; multiplying the whole column by 1.1 always does."
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
                    "Where the farthest ratio lies within {tolerance} of the median one, the mix is called frozen and the later date is marked. With fewer than three larger origins the verdict stays open.",
                    tolerance=say.percent(TOLERANCE_PERCENT, 1),
                ),
                say("Rounding moves small origins a little; that is why only larger ones are tested."),
                *_near_the_tolerance(published, say),
                say(
                    "World-wide the line is less clear. Of {tested} pairs of dates in both revisions of the source, {close} lie within 0.2% and {far} beyond 5%; {below} lie between 0.2% and the tolerance, {above} between the tolerance and 5%. For these {open} the verdict depends on where the line is drawn.",
                    open=WORLD["below"] + WORLD["above"],
                    **{name: say.number(count) for name, count in WORLD.items()},
                ),
            ],
        ),
        Section(
            say("What follows"),
            [],
            paragraphs=[
                say(
                    "A cell that repeats an older mix is grey and hatched. By itself it stands in no heading, no key number, no ranking and on no map. Its last observation is that of the mix it repeats."
                ),
                say(
                    "A sum made before the release may hold such cells: up to a tenth of it, and then it is shown as any other sum, in key numbers and rankings too. When more than a tenth of it rests on them, it is marked in the same way as they are."
                ),
            ],
        ),
        Section(
            say("False alarms"),
            [],
            paragraphs=[
                say(
                    "A true count could by chance show one common factor for all larger origins. In a trial that exchanged the ratios between countries at random, {frozen} of {shuffled} mixes were called frozen. The fewer origins are tested, the easier it happens: their number stands beside each verdict.",
                    frozen=SHUFFLED_FROZEN,
                    shuffled=say.number(SHUFFLED),
                ),
                say(
                    "The verdict is about the table. It says that a date repeats its neighbour, not which of the two was observed; the later one is marked. A country with a yearly register can be frozen in a table whose publisher did not use it."
                ),
            ],
        ),
        Section(say("Verdicts for the twelve areas"), _verdicts(published, say)),
    ]


def _near_the_tolerance(published: Published, say: Words) -> list[str]:
    """How far the two groups of the released verdicts lie apart, as a sentence; none where one of them is empty."""
    held = published.tables.get(TABLE)
    if held is None:
        return []
    tested = held.filter(pl.col("area").is_in(THE_TWELVE) & pl.col("largest_deviation").is_not_null())
    frozen = tested.filter(pl.col("is_frozen"))["largest_deviation"].max()
    moved = tested.filter(~pl.col("is_frozen"))["largest_deviation"].min()
    if frozen is None or moved is None:
        return []
    return [
        say(
            "Among the twelve areas the line is clear: in frozen mixes the farthest origin is at most {frozen} off the common factor, in mixes that moved at least {moved}.",
            frozen=say.percent(100 * float(str(frozen)), 2),
            moved=say.percent(100 * float(str(moved)), 2),
        )
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
        "Verdict for each pair of neighbouring dates; under it the common factor, the farthest origin from it where the mix is frozen, and the number of origins tested"
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
    factor = ""
    if row["common_factor"] is not None:
        off = f" ± {say.percent(100 * float(str(row['largest_deviation'])), 2)}" if row["is_frozen"] else ""
        factor = say(
            "× {factor}, {origins} origins",
            factor=say.number(float(str(row["common_factor"])), 4) + off,
            origins=row["origins_tested"],
        )
    return Html(shown + (tag("small", words(factor)) if factor else ""))
