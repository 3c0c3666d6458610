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

from guzar.collect.delivery import Delivery
from guzar.errors import DeliveryRefused

MOST_CELLS = 20_000_000
MOST_BYTES = 500_000_000  # of one sheet, unpacked
# A cell with something in it: `<c r="B3" …>`; `<c r="B3" s="1"/>` is format only.
CELL = re.compile(rb'<(?:\w+:)?c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"[^>]*(?<!/)>')
UNSOLVED = re.compile(rb"</(?:\w+:)?f>\s*(?:<(?:\w+:)?v>\s*</(?:\w+:)?v>|<(?:\w+:)?v\s*/>)?\s*</(?:\w+:)?c>")


def require_bounded(delivery: Delivery) -> None:
    """Refuse an .xlsx file whose sheets reach further than a table can; other files pass (.xls has few cells)."""
    for content in _sheets(delivery):
        cells = set(CELL.findall(content))
        columns = [_column_number(letters) for letters, _ in cells]
        height = max((int(row) for _, row in cells), default=0)
        width = max(columns, default=0) - min(columns, default=1) + 1
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


def require_solved_formulas(delivery: Delivery) -> None:
    """Refuse an .xlsx file with formulas that were stored without a result: their cells would look blank."""
    count = sum(len(UNSOLVED.findall(content)) for content in _sheets(delivery))
    if count:
        raise DeliveryRefused(
            "{name} has formulas without a result: {count}.",
            where="{name}",
            expected="cells that hold numbers",
            do="Open the file in a spreadsheet program, let it calculate, and save it again.",
            name=delivery.name,
            count=count,
        )


def _sheets(delivery: Delivery) -> Iterator[bytes]:
    """The XML of every worksheet; nothing where the bytes are no .xlsx file."""
    try:
        with zipfile.ZipFile(io.BytesIO(delivery.content)) as archive:
            for part in archive.infolist():
                if "worksheets/" in part.filename and part.filename.endswith(".xml"):
                    yield _unpacked(archive, part, delivery)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, RuntimeError, OSError, EOFError, zlib.error):
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
