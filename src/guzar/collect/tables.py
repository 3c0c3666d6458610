"""Deliveries that are one plain table: Parquet, or delimited text with one header row and no notes below it.

Opened whole and typed as little as possible: Parquet keeps its types, text stays text. A damaged file is refused.
"""

import csv
import io

import polars as pl

from guzar.collect.delivery import Delivery
from guzar.errors import DeliveryRefused

PARQUET = b"PAR1"


def open_table(delivery: Delivery, *, separator: str = ",", encoding: str = "utf-8-sig") -> pl.DataFrame:
    """The table, whether it was delivered as Parquet or as text."""
    if delivery.content[:4] == PARQUET:
        return open_parquet(delivery)
    return open_text_table(delivery, separator=separator, encoding=encoding)


def open_parquet(delivery: Delivery) -> pl.DataFrame:
    """The table of a Parquet file; refused where the file is cut or damaged."""
    try:
        return pl.read_parquet(io.BytesIO(delivery.content))
    except (pl.exceptions.PolarsError, OSError):
        raise DeliveryRefused(
            "{name} is cut short or damaged.",
            where="{name}",
            expected="a complete Parquet file",
            do="Fetch the file again and compare its size with the publisher's.",
            name=delivery.name,
        ) from None


def open_text_table(delivery: Delivery, *, separator: str = ",", encoding: str = "utf-8-sig") -> pl.DataFrame:
    """The table of a delimited text, every cell as text; refused where bytes, quotes or row lengths do not fit."""
    lines = _decode(delivery, encoding).splitlines()
    while lines and not lines[-1].strip():
        lines.pop()
    width = _cells(lines[0], separator) if lines else 0
    for number, line in enumerate(lines, 1):
        if _cells(line, separator) != width:
            raise _broken(delivery, number, width)
    return pl.read_csv("\n".join(lines).encode("utf-8"), separator=separator, infer_schema=False)


def _cells(line: str, separator: str) -> int:
    """How many cells a line holds; none where a quotation mark is not closed."""
    if '"' not in line:
        return line.count(separator) + 1
    try:
        return len(next(csv.reader([line], delimiter=separator, strict=True)))
    except csv.Error:
        return 0


def _broken(delivery: Delivery, row: int, width: int) -> DeliveryRefused:
    return DeliveryRefused(
        "{name} has a row that is too short or too long, or an open quotation mark.",
        where="{name}, row {row}",
        expected="{width} cells in every row",
        do="Fetch the file again and compare its size with the publisher's.",
        name=delivery.name,
        row=row,
        width=width,
    )


def _decode(delivery: Delivery, encoding: str) -> str:
    try:
        return delivery.content.decode(encoding)
    except UnicodeDecodeError as error:
        raise DeliveryRefused(
            "{name} is not written in {encoding}.",
            where="{name}, byte {byte}",
            expected="a text file in {encoding}",
            do="Save the file in {encoding}, or fetch it again without opening it in a spreadsheet program.",
            name=delivery.name,
            encoding=encoding.removesuffix("-sig"),
            byte=error.start,
        ) from None
