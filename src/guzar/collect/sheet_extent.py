"""How far the sheets of a workbook reach, and which formulas have no stored result, before a workbook is opened.

A workbook reader makes a table of everything between the first and the last cell: one stray cell in the last
corner of a sheet asks for more memory than a machine has. So the addresses of the cells are looked at first, in
the XML of an .xlsx file (ECMA-376, part 1, 18.3.1.4), where they cost nothing.
"""

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from functools import lru_cache

from lxml import etree

from guzar.collect.delivery import Delivery
from guzar.collect.open_document import CONTENT, SheetExtent, is_open_document, sheet_extents
from guzar.errors import DeliveryRefused

# What zipfile raises for bytes that are no archive, or a damaged or locked one.
DAMAGED = (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, OSError, EOFError, KeyError, zlib.error)
MOST_CELLS = 20_000_000
MOST_BYTES = 500_000_000  # of one sheet, unpacked
# A cell with something in it: `<c r="B3" …>`; `<c r="B3" s="1"/>` is format only.
CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
# A formula in a cell, and what follows it up to the end of the cell. Where the result is a text (`t="str"`) an empty
# one is a result: =IF(A1="";"";A1).
FORMULA = re.compile(
    rb"<(?:\w+:)?c\b(?P<cell>[^>]*)>\s*<(?:\w+:)?f\b[^>]*?(?:/>|>[^<]*</(?:\w+:)?f>)(?P<rest>[^<]*(?:<(?!/(?:\w+:)?c>)[^<]*)*)"
)
RESULT = re.compile(rb"<(?:\w+:)?(?:v|is)\b[^>]*>[^<]")
BINARY_WORKBOOK = "xl/workbook.bin"


def require_bounded(delivery: Delivery) -> None:
    """Refuse a workbook whose sheets reach further than a table can; .xls files have too few cells for that."""
    for height, width in _extents(delivery):
        if height * width > MOST_CELLS:
            raise DeliveryRefused(
                "{name} has a sheet of {height} rows and {width} columns.",
                where="{name}",
                expected="a sheet of at most {most} cells",
                do="Look for a stray cell far below or beside the table, remove it, and save the file again.",
                name=delivery.name,
                height=height,
                width=width,
                most=MOST_CELLS,
            )


def require_known_form(delivery: Delivery) -> None:
    """Refuse a binary workbook (.xlsb): neither its extent nor its formulas can be looked at before it is opened."""
    with suppress(*DAMAGED), zipfile.ZipFile(io.BytesIO(delivery.content)) as archive:
        if BINARY_WORKBOOK in archive.namelist():
            raise DeliveryRefused(
                "{name} is a binary workbook (.xlsb).",
                where="{name}",
                expected="an .xlsx, .ods or .xls file",
                do="Open the file in Excel or LibreOffice and save it as .xlsx.",
                name=delivery.name,
            )


@lru_cache(maxsize=2)  # the sheets of one workbook are read one after the other
def _extents(delivery: Delivery) -> tuple[tuple[int, int], ...]:
    """Rows and columns of every sheet, from the first row to the last cell."""
    return tuple(_extent(content) for content in _sheets(delivery)) + tuple(
        (sheet.height, sheet.width) for sheet in _open_document(delivery)
    )


@lru_cache(maxsize=2)
def _open_document(delivery: Delivery) -> tuple[SheetExtent, ...]:
    """The sheets of an .ods file; nothing where the bytes are none, or damaged: the workbook reader says so."""
    with suppress(*DAMAGED, etree.XMLSyntaxError), zipfile.ZipFile(io.BytesIO(delivery.content)) as archive:
        if is_open_document(archive):
            return tuple(sheet_extents(_unpacked(archive, archive.getinfo(CONTENT), delivery)))
    return ()


def _extent(content: bytes) -> tuple[int, int]:
    cells = set(CELL.findall(content))
    columns = {_column_number(letters) for letters in {letters for letters, _ in cells}}
    height = max((int(row) for row in {row for _, row in cells}), default=0)
    return height, max(columns, default=0) - min(columns, default=1) + 1


def require_solved_formulas(delivery: Delivery) -> None:
    """Refuse a workbook with formulas that were stored without a result: their cells would look blank.

    Programs that write workbooks without calculating leave them so. In .xls files every formula has a result.
    """
    count = _unsolved(delivery)
    if count:
        raise DeliveryRefused(
            "{name} has formulas without a result: {count}.",
            where="{name}",
            expected="cells that hold numbers",
            do="Open the file in Excel or LibreOffice, which calculate them, and save it again.",
            name=delivery.name,
            count=count,
        )


@lru_cache(maxsize=2)
def _unsolved(delivery: Delivery) -> int:
    found = (formula for content in _sheets(delivery) for formula in FORMULA.finditer(content))
    lacking = sum(not RESULT.search(one["rest"]) and b't="str"' not in one["cell"] for one in found)
    return lacking + sum(sheet.unsolved for sheet in _open_document(delivery))


def _sheets(delivery: Delivery) -> Iterator[bytes]:
    """The XML of every worksheet; nothing where the bytes are no .xlsx file."""
    try:
        with zipfile.ZipFile(io.BytesIO(delivery.content)) as archive:
            for part in archive.infolist():
                if "worksheets/" in part.filename and part.filename.endswith(".xml"):
                    yield _unpacked(archive, part, delivery)
    except DAMAGED:
        return  # no archive, or a damaged or locked one: the workbook reader says so


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo, delivery: Delivery) -> bytes:
    if part.file_size > MOST_BYTES:
        raise DeliveryRefused(
            "{name} unpacks to more than a table holds.",
            where="{name}",
            expected="a sheet of at most {most} bytes",
            do="Fetch the file again, unchanged, from the publisher.",
            name=delivery.name,
            most=MOST_BYTES,
        )
    return archive.read(part)  # zipfile unpacks no more than the size that the archive names


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
