"""Instruments × areas: party, signed only, none seen, not known. Four signs with words, never only a colour."""

from __future__ import annotations

import re
from typing import Any

import polars as pl

from guzar.define.codelist import read_codelist
from guzar.define.sources import sources
from guzar.use.observatory.signs import Status, sign
from guzar.use.observatory.svg import ACCENT, INK_2, WHITE, Html, line, rect, small_sign, tag, words
from guzar.use.observatory.tables import plain_table, with_note
from guzar.use.observatory.words import Words

PARTY, SIGNED, NONE_SEEN, UNKNOWN = "party", "signed_only", "no_action_seen", "unknown"
STANDINGS = (PARTY, SIGNED, NONE_SEEN, UNKNOWN)
STANDING_WORDS = {
    PARTY: "Party",
    SIGNED: "Signed only",
    NONE_SEEN: "No action seen",
    UNKNOWN: "Not known",
}
STANDING_MEANINGS = {
    PARTY: "A source shows ratification, accession or succession; the year stands beside it",
    SIGNED: "A source shows a signature and nothing after it",
    NONE_SEEN: "A source of the date named shows nothing; later steps would not be in it",
    UNKNOWN: "No source held covers the cell; it is not a no",
}
DATES_DIFFER = re.compile(
    r"dates differ: (?P<first>\S+) \((?P<first_source>[^)]*)\) and (?P<second>\S+) \((?P<second_source>[^)]*)\)"
)
NO_LONGER_SHOWN = re.compile(r"(?P<earlier>\S+) shows a party, (?P<later>\S+) does not")


def standing_sign(standing: str) -> Html:
    """A full square, an empty square, a short stroke, or two dots."""
    if standing == UNKNOWN:
        return sign(Status.NOT_KNOWN)
    drawn = {
        PARTY: [rect(2, 2, 10, 10, ACCENT)],
        SIGNED: [
            tag("rect", x=2.8, y=2.8, width=8.4, height=8.4, fill=WHITE, stroke=ACCENT, stroke_width=1.6)
        ],
        NONE_SEEN: [line(2.5, 7, 11.5, 7, INK_2, 1.8)],
    }[standing]
    return small_sign(14, 14, drawn, "sign")


def matrix(standings: pl.DataFrame, areas: list[str], label: str, say: Words) -> Html:
    """One row per instrument, oldest first; under each sign the year, and the date of an extract that is old."""
    cells = {(row["treaty"], row["area"]): row for row in standings.iter_rows(named=True)}
    rows = []
    for treaty in treaties(standings):
        named = with_note(str(treaty[f"name_{say.lang}"]), str(treaty["adopted"]))
        mine = [cells.get((treaty["treaty"], area)) for area in areas]
        rows.append([named, *(_cell(cell, say) for cell in mine), words(_parties(mine))])
    head = [say("Instrument, year of adoption"), *(say.area(area) for area in areas), say("Parties / known")]
    return plain_table(label, head, rows, class_="matrix")


def treaties(standings: pl.DataFrame) -> list[dict[str, Any]]:
    """The instruments of the table, by year of adoption."""
    held = set(standings["treaty"])
    listed = [row for row in read_codelist("treaties").iter_rows(named=True) if row["treaty"] in held]
    return sorted(listed, key=lambda row: (row["adopted"], row["treaty"]))


def _cell(cell: dict[str, Any] | None, say: Words) -> Html:
    standing = str(cell["treaty_standing"]) if cell else UNKNOWN
    year = str(cell["standing_since"] or "")[:4] if cell else ""
    word = tag("span", words(say(STANDING_WORDS[standing])), class_="hidden")
    seen = str(cell["evidence_as_of"] or "")[:4] if cell else ""
    note = say("seen {year}", year=seen) if standing in (SIGNED, NONE_SEEN) and seen else ""
    return Html(
        standing_sign(standing)
        + " "
        + word
        + (" " + words(year) if year else "")
        + (tag("small", words(note)) if note else "")
    )


def _parties(cells: list[dict[str, Any] | None]) -> str:
    known = [cell for cell in cells if cell and cell["treaty_standing"] != UNKNOWN]
    party = sum(cell["treaty_standing"] == PARTY for cell in known)
    return f"{party} / {len(known)}" if known else "··"


def key_of_standings(say: Words) -> Html:
    """The four signs with their words and meanings."""
    items = [
        tag(
            "li",
            tag("b", standing_sign(standing), " ", words(say(STANDING_WORDS[standing]))),
            words(say(STANDING_MEANINGS[standing])),
        )
        for standing in STANDINGS
    ]
    return tag("ul", *items, class_="key-of-signs")


def conflicts(standings: pl.DataFrame, label: str, say: Words) -> Html | None:
    """Cells on which two extracts contradict each other."""
    held = standings.filter(pl.col("conflict").is_not_null())
    names = {row["treaty"]: row[f"name_{say.lang}"] for row in treaties(standings)}
    rows = [
        [
            words(str(names[row["treaty"]])),
            words(say.area(row["area"])),
            words(_conflict(row["conflict"], say)),
        ]
        for row in held.iter_rows(named=True)
    ]
    return plain_table(label, [say("Instrument"), say("Area"), say("What differs")], rows) if rows else None


def _conflict(text: str, say: Words) -> str:
    found = DATES_DIFFER.search(text)
    if found:
        return say(
            "Dates differ: {first} ({first_source}) and {second} ({second_source})",
            **{
                name: _extract(value, say) if name.endswith("source") else value
                for name, value in found.groupdict().items()
            },
        )
    gone = NO_LONGER_SHOWN.search(text)
    return (
        say("The extract of {earlier} shows a party, that of {later} does not", **gone.groupdict())
        if gone
        else text
    )


def _extract(text: str, say: Words) -> str:
    source, _, as_of = text.partition(", ")
    known = sources().get(source)
    name = (known.name_ru if say.lang == "ru" else known.name_en) if known else source
    return f"{name}, {as_of}" if as_of not in ("", "-") else name
