"""What a delivery tells about itself before it is read: its first row, its name, and whether it is whole.

A layout is recognised by structure; only a reference year that stands nowhere inside a file is taken from
its name, and then the receipt says so.
"""

import csv
import io
import re
from collections.abc import Sequence

import polars as pl

from guzar.collect.delivery import Delivery
from guzar.collect.grid import ROW, Grid
from guzar.errors import DeliveryRefused

ZIP, OLE, PARQUET = b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"


def is_text(delivery: Delivery) -> bool:
    """Whether the bytes are neither a workbook nor a Parquet file nor two-byte text."""
    start = delivery.content[:4]
    return not start.startswith((ZIP, OLE, PARQUET)) and b"\x00" not in delivery.content[:400]


def encoding_of(delivery: Delivery, otherwise: str = "utf-8-sig") -> str:
    """UTF-8 where the bytes are that, else the encoding that the layout is known to be published in."""
    try:
        delivery.content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return otherwise
    return "utf-8-sig"


def first_row(delivery: Delivery) -> list[str]:
    """The cells of the first row of a comma-separated text; empty where the delivery is no text."""
    if not is_text(delivery):
        return []
    line = delivery.content[:200_000].decode("latin-1").removeprefix("ï»¿").split("\n", 1)[0]
    return [cell.strip() for cell in next(csv.reader(io.StringIO(line)), [])]


def year_in_name(delivery: Delivery) -> str:
    """The one year that the name of the file holds; refused where it holds none or several.

    For files that say nowhere inside which year they are about.
    """
    years: list[str] = re.findall(r"(?<!\d)(?:19|20)\d{2}(?!\d)", delivery.name)
    if len(set(years)) == 1:
        return years[0]
    raise DeliveryRefused(
        "{name} does not say which year it is about, neither inside nor in its name.",
        where="{name}",
        expected="one year in the name of the file, for example matrix-2018.csv",
        do="Rename a copy of the file so that its name holds the reference year.",
        name=delivery.name,
    )


def require_full_rows(grid: Grid, header_row: int, delivery: Delivery) -> None:
    """Refuse a text whose rows below the header are shorter than the header: it was cut."""
    width = len([cell for cell in grid.cells(header_row)])
    last = str(width - 1)
    short = grid.text.filter((pl.col(ROW) > header_row) & pl.col(last).is_null())
    if short.height:
        raise DeliveryRefused(
            "{name} has rows that end before the last column.",
            where="{name}, {count} rows, the first is row {row}",
            expected="{width} cells in every row",
            do="Fetch the file again and compare its size with the publisher's.",
            name=delivery.name,
            count=short.height,
            row=short[ROW][0],
            width=width,
        )


def require_ended(delivery: Delivery) -> None:
    """Refuse a text whose last line is not ended: its last number may have lost digits."""
    if not delivery.content.endswith((b"\n", b"\r")):
        raise DeliveryRefused(
            "The last line of {name} is not ended: it may have been cut in the middle of a number.",
            where="{name}, last line",
            expected="a line end after the last row, as the publisher writes it",
            do="Fetch the file again and compare its size with the publisher's.",
            name=delivery.name,
        )


def require_rows(found: int, fewest: int, delivery: Delivery) -> None:
    """Refuse a delivery that holds fewer rows than the publisher's smallest edition: it was cut."""
    if found < fewest:
        raise DeliveryRefused(
            "{name} holds fewer rows than any edition that its publisher put out.",
            where="{name}, {found} rows",
            expected="at least {fewest} rows",
            do="Fetch the file again and compare its size with the publisher's.",
            name=delivery.name,
            found=found,
            fewest=fewest,
        )


def require_unbroken_years(years: Sequence[int], delivery: Delivery) -> None:
    """Refuse columns of years with a gap, a repetition or a wrong order: a column is missing or was moved."""
    expected = list(range(min(years), min(years) + len(years))) if years else [0]
    if list(years) != expected:
        raise DeliveryRefused(
            "{name} has a gap, a repetition or a wrong order in its columns of years.",
            where="{name}, columns {first} to {last}",
            expected="one column for every year, in order",
            do="Fetch the file again, unchanged, from the publisher.",
            name=delivery.name,
            first=min(years, default="-"),
            last=max(years, default="-"),
        )
