"""How far the sheets of an .ods file reach, and which of its formulas have no stored result, before it is opened.

OpenDocument writes a cell once with the number of its repetitions, so that a few bytes can stand for a table larger
than any memory (OpenDocument 1.3, part 3, 19.675 and 19.677). The repetitions are added up here, while the XML is
read piece by piece.
"""

import io
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

TABLE = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
OFFICE = "{urn:oasis:names:tc:opendocument:xmlns:office:1.0}"
CONTENT = "content.xml"
MIME_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"
CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")


@dataclass(frozen=True)
class SheetExtent:
    """Rows and columns up to the last cell with something in it, and formulas without a stored result."""

    height: int
    width: int
    unsolved: int


def is_open_document(archive: zipfile.ZipFile) -> bool:
    """Whether an archive says that it is an OpenDocument spreadsheet."""
    return "mimetype" in archive.namelist() and archive.read("mimetype").startswith(MIME_TYPE)


def sheet_extents(content: bytes) -> list[SheetExtent]:
    """The extent of every sheet of `content.xml`; raises etree.XMLSyntaxError where it is damaged."""
    return list(_sheets(content))


def _sheets(content: bytes) -> Iterator[SheetExtent]:
    row, height, width, unsolved = 0, 0, 0, 0
    # Entities stay unresolved and nothing is fetched: the file comes from outside.
    parts = etree.iterparse(
        io.BytesIO(content),
        tag=(f"{TABLE}table-row", f"{TABLE}table"),
        resolve_entities=False,
        no_network=True,
        huge_tree=True,
    )
    for _, element in parts:
        if element.tag == f"{TABLE}table-row":
            filled, formulas = _row(element)
            row += int(element.get(f"{TABLE}number-rows-repeated", 1))
            height, width = row if filled else height, max(width, filled)
            unsolved += formulas
            element.clear()
        elif element.tag == f"{TABLE}table":
            yield SheetExtent(height, width, unsolved)
            row, height, width, unsolved = 0, 0, 0, 0
            element.clear()


def _row(element: etree._Element) -> tuple[int, int]:
    """The number of the last filled column of a row, counted from 1, and its formulas without a result."""
    column, filled, unsolved = 0, 0, 0
    for cell in element:
        if cell.tag in CELLS:
            column += int(cell.get(f"{TABLE}number-columns-repeated", 1))
            has_result = f"{OFFICE}value-type" in cell.attrib
            filled = column if has_result or len(cell) else filled
            unsolved += f"{TABLE}formula" in cell.attrib and not has_result
    return filled, unsolved
