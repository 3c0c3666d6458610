"""What a file is, by its first bytes and not by its name: a web page saved as .xls is a web page.

Source of the marks: the formats' own specifications (ZIP, Compound File Binary, PDF, gzip, Unicode, HTML).
"""

import re

from guzar.collect.delivery import Delivery
from guzar.errors import DeliveryRefused

WORKBOOK = "an .xlsx workbook, damaged or locked"
ZIP = "a zip archive"
OLD_OFFICE = "an .xls workbook or another Office document, damaged or locked"
PDF = "a PDF document"
GZIP = "a gzip archive"
HTML = "a web page (HTML), perhaps saved under another name"
UTF_16 = "text in UTF-16"
BINARY = "a binary file"
MARKS = ((b"\xd0\xcf\x11\xe0", OLD_OFFICE), (b"%PDF", PDF), (b"\x1f\x8b", GZIP))
PAGE = re.compile(
    rb"^(\xef\xbb\xbf)?\s*(<\?xml[^>]*>\s*)?(<!--.*?-->\s*)*<(!doctype\s+html|html)\b",
    re.IGNORECASE | re.DOTALL,
)


def kind_of(content: bytes) -> str:
    """The kind of file that these bytes are; empty for what may be text in an encoding of one byte or UTF-8."""
    if content.startswith(b"PK\x03\x04"):
        return WORKBOOK if b"xl/" in content or b"[Content_Types].xml" in content else ZIP
    for mark, kind in MARKS:
        if content.startswith(mark):
            return kind
    if PAGE.search(content[:4000]):
        return HTML
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return UTF_16
    return BINARY if b"\0" in content[:100_000] else ""


def require_text(delivery: Delivery, encoding: str) -> None:
    """Refuse what is no text in this encoding at all, and say what it is."""
    wide = ("16" in encoding or "32" in encoding) and "1251" not in encoding
    kind = kind_of(delivery.content)
    if kind and not (wide and kind in (UTF_16, BINARY)):
        raise DeliveryRefused(
            "{name} is no table as text: it is {kind}.",
            where="{name}",
            expected="a delimited text file in {encoding}",
            do="Fetch the file again, unchanged, from the publisher; what a browser or a spreadsheet program saved "
            "may be something else.",
            name=delivery.name,
            kind=(kind,),
            encoding=encoding.removesuffix("-sig"),
        )
