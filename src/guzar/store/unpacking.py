"""Packed content opened for the scan for leaks: what is inside, or why nobody can look inside.

gzip, bzip2, xz, Zstandard, LZ4, zip (and so workbooks), Parquet and Arrow are opened, also one within another. A file that is
cut short, encrypted, or packed in a way guzar does not know is named with its reason, never passed over in silence.
"""

import bz2
import gzip
import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Iterator

import polars as pl
import pyarrow as pa

CUT_SHORT = "packed, and cut short or damaged"
ENCRYPTED = "encrypted"
UNKNOWN = "packed in a way that guzar cannot open"
TOO_DEEP = "packed too many times, one within another"
TABLES: dict[bytes, Callable[[io.BytesIO], pl.LazyFrame]] = {b"PAR1": pl.scan_parquet, b"ARROW1": pl.scan_ipc}
FAILURES = (OSError, EOFError, ValueError, zlib.error, lzma.LZMAError)
ENCRYPTED_ENTRY = 0x1  # the bit of a zip entry that says so


class NotOpened(Exception):
    """Packed content that cannot be looked into; its text is the reason."""


def unpack(content: bytes) -> Iterator[bytes]:
    """What is packed in the content; nothing where it is not packed. Raises NotOpened where nobody can look."""
    if content.startswith(UNREADABLE):
        raise NotOpened(UNKNOWN)
    for mark, open_packed in PACKED.items():
        if content.startswith(mark):
            try:
                yield open_packed(content)
            except FAILURES:
                raise NotOpened(CUT_SHORT) from None
            return
    if content.startswith(b"PK\x03\x04"):
        yield from _unzip(content)


def columns_of(content: bytes) -> Iterator[pl.DataFrame]:
    """A table in Parquet or Arrow column by column, distinct values only, so that it is never whole in memory.

    Raises NotOpened for a table that is cut short or encrypted.
    """
    if content.startswith(b"PARE"):
        raise NotOpened(ENCRYPTED)
    open_table = next((TABLES[mark] for mark in TABLES if content.startswith(mark)), None)
    if open_table is None:
        return
    try:
        table = open_table(io.BytesIO(content))
        for name in table.collect_schema().names():
            yield table.select(pl.col(name).unique()).collect()
    except pl.exceptions.PolarsError:
        raise NotOpened(CUT_SHORT) from None


def _unzip(content: bytes) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for entry in archive.infolist():
                if entry.flag_bits & ENCRYPTED_ENTRY:
                    raise NotOpened(ENCRYPTED)
                yield archive.read(entry)
    except NotImplementedError:
        raise NotOpened(UNKNOWN) from None
    except (zipfile.BadZipFile, *FAILURES):
        raise NotOpened(CUT_SHORT) from None


def _by_arrow(kind: str) -> Callable[[bytes], bytes]:
    def open_packed(content: bytes) -> bytes:
        with pa.CompressedInputStream(pa.BufferReader(content), kind) as stream:
            return bytes(stream.read())

    return open_packed


PACKED: dict[bytes, Callable[[bytes], bytes]] = {
    b"\x1f\x8b": gzip.decompress,
    b"BZh": bz2.decompress,
    b"\xfd7zXZ\x00": lzma.decompress,
    b"\x28\xb5\x2f\xfd": _by_arrow("zstd"),
    b"\x04\x22\x4d\x18": _by_arrow("lz4"),
}
UNREADABLE = (b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07", b"%PDF-", b"MSCF", b"\x1f\x9d", b"\x1f\xa0")
