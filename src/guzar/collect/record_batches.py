"""Records as they come out of a file: batches of cells with their row numbers, and the rows that are no rows.

A delivery may hold a hundred million rows: it is read batch by batch, as often as needed, and never held whole.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import polars as pl

from guzar.collect.words import fold
from guzar.errors import DeliveryRefused

ROW = "row"  # number of the row in the file, counted from 1
REFUSED = {ROW: pl.Int64, "reason": pl.String}

CELLS = "the row has more or fewer cells than the heading"
NOT_TEXT = "the row is not written in the encoding of the delivery"
OPEN_QUOTE = "the row has a quotation mark that is not closed"
CONTROL = "the row holds signs that no text holds"


@dataclass(frozen=True)
class Batch:
    """Rows of a delivery: `cells` has a column `row` and the columns of the template that were found."""

    cells: pl.DataFrame
    refused: pl.DataFrame  # row, reason


@dataclass(frozen=True)
class OpenedRecords:
    """A delivery that can be read: which columns it has, and its batches, anew at every call."""

    kind: str
    found: tuple[str, ...]  # columns of the template
    left_out: tuple[str, ...]  # headings that the template does not know: their cells are not taken in
    batches: Callable[[], Iterator[Batch]]


def refused_rows(rows: list[int], reason: str) -> pl.DataFrame:
    """Rows that are refused for one reason."""
    return pl.DataFrame({ROW: rows, "reason": [reason] * len(rows)}, schema=REFUSED)


def fold_heading(heading: str) -> str:
    """A heading for comparing: capitals and blanks do not matter, nor whether words are joined by _, - or blanks."""
    return fold(heading.replace("\ufeff", "").replace("_", " ").replace("-", " "))


def match_columns(
    headings: list[str], wanted: dict[str, str], required: list[str], name: str
) -> dict[str, int]:
    """Column of the template → place of its heading; refused where one is missing or stands there twice.

    `wanted` gives the heading of every column. What was found is not quoted: where the heading is missing, the first
    row is a person.
    """
    folded = [fold_heading(heading) for heading in headings]
    places = {column: fold_heading(heading) for column, heading in wanted.items()}
    absent = [wanted[column] for column in required if places[column] not in folded]
    if absent:
        raise refuse_columns(name, absent)
    twice = [wanted[column] for column, heading in places.items() if folded.count(heading) > 1]
    if twice:
        raise DeliveryRefused(
            "{name} has one column twice: {columns}.",
            where="{name}, the heading",
            expected="every column once",
            do="Ask the holder which of the two is meant, and deliver the file with that one.",
            name=name,
            columns=", ".join(twice),
        )
    return {column: folded.index(heading) for column, heading in places.items() if heading in folded}


def refuse_columns(name: str, absent: list[str]) -> DeliveryRefused:
    """The refusal of a delivery that lacks columns."""
    return DeliveryRefused(
        "{name} lacks columns that these records need.",
        where="{name}, the heading; missing: {absent}",
        expected="a heading with the columns of the template, or with those that the mapping file names",
        do="Deliver the file with its heading, or describe it in a mapping file (--mapping); "
        "the template comes from: guzar collect SOURCE --template FILE.xlsx",
        name=name,
        absent=", ".join(absent),
    )


def refuse_damaged(name: str, kind: str) -> DeliveryRefused:
    """The refusal of a file that cannot be read to its end."""
    return DeliveryRefused(
        "{name} is cut short or damaged.",
        where="{name}",
        expected="{kind}",
        do="Ask for the file again and compare its size with the holder's.",
        name=name,
        kind=(kind,),
    )
