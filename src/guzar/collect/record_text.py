"""Delimited text and fixed width → batches of cells. One bad line is one refused row, never the end of a delivery.

A line is cut where it has as many separators as the heading; lines with quotation marks are read by the rules of
RFC 4180, and a quoted cell may run over a few lines. Lines that are not in the encoding of the file, that hold
control characters, or that are cut differently are refused by their number. Memory is bounded by the block.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from guzar.collect.record_batches import (
    CELLS,
    CONTROL,
    NOT_TEXT,
    OPEN_QUOTE,
    ROW,
    Batch,
    fold_heading,
    match_columns,
    refuse_columns,
    refused_rows,
)
from guzar.errors import DeliveryRefused

BLOCK_BYTES = 1 << 25
SIGNS = (";", ",", "\t", "|")
TITLE_LINES = 10  # a heading stands at most so far down
LONGEST_CELL = 20  # lines over which a quoted cell may run
CONTROL_SIGNS = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]"
Lines = list[str | None]  # None: the line is not in the encoding


@dataclass(frozen=True)
class Heading:
    """Where the heading stands, how it is cut, and what it says."""

    line: int  # counted from 1; 0 where there is none, as in fixed width
    sign: str
    cells: list[str]
    places: dict[str, int]


def find_encoding(path: Path, asked: str) -> str:
    """The encoding: by the mark at the start, else the one that the mapping names, else UTF-8 or Windows-1251."""
    with path.open("rb") as file:
        start = file.read(BLOCK_BYTES)
    if start.startswith((b"\xff\xfe", b"\xfe\xff")):
        return "utf-16"
    lines = [line for line in start.split(b"\n")[:-1] or [start] if not line.isascii()]
    as_utf_8 = sum(_decode(line, "utf-8") is not None for line in lines)
    found = "utf-8" if as_utf_8 * 2 >= len(lines) else "cp1251"
    if asked and lines and asked != "utf-16" and (asked == "utf-8") != (found == "utf-8"):
        raise _refuse_encoding(path.name, asked)
    chosen = asked or found
    if chosen == "cp1251":
        _require_words(path.name, b"\n".join(lines).decode("cp1251", "replace"))
    return chosen


def _refuse_encoding(name: str, asked: str) -> DeliveryRefused:
    return DeliveryRefused(
        "{name} is not written in {encoding}.",
        where="{name}",
        expected="a text file in {encoding}",
        do="Ask the holder in which encoding the file was written, and name it in the mapping file "
        "([form] encoding).",
        name=name,
        encoding=asked,
    )


def _require_words(name: str, text: str) -> None:
    """Refuse a text that is no Windows-1251 at all: KOI8-R and CP866 read as Windows-1251 give letters too.

    In words of Windows-1251 a small letter is not followed by a capital one, and no sign of drawing or currency
    stands between letters; in the two others, read wrongly, most words have one or the other.
    """
    series = pl.Series([text[:2_000_000]])
    words = series.str.count_matches(r"[\p{Cyrillic}Ё-ё]{3,}")[0] or 0
    shifted = (
        series.str.count_matches(r"\p{Ll}\p{Lu}{2,}|\p{L}[Ђѓ‚„…†‡€‰‹ђ‘’“”•–—™›¤¦§©«¬®°±µ¶·»]\p{L}")[0] or 0
    )
    letters = series.str.count_matches(r"\p{Cyrillic}")[0] or 0
    if shifted * 4 > max(words, 1) and letters:
        raise _refuse_encoding(name, "windows-1251")


def find_heading(
    path: Path, encoding: str, wanted: dict[str, str], required: list[str], asked_sign: str
) -> Heading:
    """The first line that holds all columns that are needed, and the sign that cuts it; refused where none does."""
    top: list[str] = []
    for _, lines in _blocks(path, encoding):
        top = [(line or "").rstrip("\r") for line in lines[:TITLE_LINES]]
        break
    needed = {fold_heading(wanted[column]) for column in required}
    least = sorted(wanted[column] for column in required)
    nearest = len(least) + 1
    for number, line in enumerate(top, 1):
        for sign in (asked_sign,) if asked_sign else SIGNS:
            cells = _cut_quoted(line, sign) or line.split(sign)
            missing = needed - {fold_heading(cell) for cell in cells}
            if not missing:
                return Heading(number, sign, cells, match_columns(cells, wanted, required, path.name))
            if len(missing) < nearest:
                nearest = len(missing)
                least = sorted(wanted[one] for one in required if fold_heading(wanted[one]) in missing)
    raise refuse_columns(path.name, least)


def read_delimited(path: Path, encoding: str, heading: Heading) -> Iterator[Batch]:
    """The rows below the heading, block by block."""
    for first, lines in _blocks(path, encoding):
        skip = max(heading.line - first + 1, 0)
        if lines[skip:]:
            yield _cut(lines[skip:], first + skip, heading)


def read_fixed_width(path: Path, encoding: str, layout: dict[str, tuple[int, int]]) -> Iterator[Batch]:
    """Every line, cut at the positions of the mapping file; lines that end before the last column are refused."""
    # The last column may be shorter: many systems cut the blanks at the end of a line.
    needed = max(first for first, _ in layout.values())
    for first, lines in _blocks(path, encoding):
        frame, refused = _text_lines(lines, first)
        short = pl.col("line").str.len_chars() < needed
        refused.append(refused_rows(frame.filter(short)[ROW].to_list(), CELLS))
        cells = [
            pl.col("line").str.slice(start - 1, end - start + 1).alias(name)
            for name, (start, end) in layout.items()
        ]
        yield Batch(frame.filter(~short).select(ROW, *cells), pl.concat(refused))


def _blocks(path: Path, encoding: str) -> Iterator[tuple[int, Lines]]:
    """Blocks of whole lines with the number of their first; a quoted cell that runs on goes to the next block."""
    first, held = 1, Lines()
    for block in _decoded_blocks(path, encoding):
        lines = [*held, *block]
        keep = _open_tail(lines)
        held = lines[keep:]
        if lines[:keep]:
            yield first, lines[:keep]
        first += keep
    if held:
        yield first, held


def _open_tail(lines: Lines) -> int:
    """Where a quoted cell near the end of a block may begin; the number of lines where none does."""
    for place in range(max(len(lines) - LONGEST_CELL, 0), len(lines)):
        if _is_open(lines[place]):
            return place
    return len(lines)


def _is_open(line: str | None) -> bool:
    return line is not None and line.count('"') % 2 == 1


def _decoded_blocks(path: Path, encoding: str) -> Iterator[Lines]:
    if encoding.startswith("utf-16"):
        yield from _wide_blocks(path, encoding)
        return
    with path.open("rb") as file:
        rest = file.read(3)
        rest = rest.removeprefix(b"\xef\xbb\xbf")
        while block := file.read(BLOCK_BYTES):
            whole, end, rest = (rest + block).rpartition(b"\n")
            if end:
                yield _decode_lines(whole, encoding)
        if rest:
            yield _decode_lines(rest, encoding)


def _decode_lines(block: bytes, encoding: str) -> Lines:
    text = _decode(block, encoding)
    if text is not None:
        return list(text.split("\n"))
    return [_decode(line, encoding) for line in block.split(b"\n")]


def _decode(line: bytes, encoding: str) -> str | None:
    try:
        return line.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide_blocks(path: Path, encoding: str) -> Iterator[Lines]:
    try:
        with path.open(encoding=encoding, newline="") as file:
            rest = ""
            while block := file.read(BLOCK_BYTES // 2):
                whole, end, rest = (rest + block).rpartition("\n")
                if end:
                    yield list(whole.split("\n"))
            if rest:
                yield [rest]
    except (UnicodeDecodeError, UnicodeError):
        raise _refuse_encoding(path.name, "UTF-16") from None


def _text_lines(lines: Lines, first: int) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Lines with something in them, numbered, and those that are no text."""
    frame = pl.DataFrame(
        {ROW: pl.int_range(first, first + len(lines), eager=True), "line": pl.Series(lines, dtype=pl.String)}
    ).with_columns(pl.col("line").str.strip_suffix("\r"))
    undecoded = frame.filter(pl.col("line").is_null())
    frame = frame.filter(pl.col("line").str.strip_chars() != "")
    controls = pl.col("line").str.contains(CONTROL_SIGNS)
    refused = [
        refused_rows(undecoded[ROW].to_list(), NOT_TEXT),
        refused_rows(frame.filter(controls)[ROW].to_list(), CONTROL),
    ]
    return frame.filter(~controls), refused


def _cut(lines: Lines, first: int, heading: Heading) -> Batch:
    frame, refused = _text_lines(lines, first)
    width = len(heading.cells)
    plain = ~pl.col("line").str.contains('"', literal=True) & (
        pl.col("line").str.count_matches(heading.sign, literal=True) == width - 1
    )
    quick = frame.filter(plain)
    cut = quick.select(
        ROW, pl.col("line").str.split_exact(heading.sign, width - 1).struct.rename_fields(_names(width))
    ).unnest("line")
    slow, wrong = _cut_slowly(frame.filter(~plain), heading.sign, width)
    cells = pl.concat([cut, slow]).sort(ROW) if slow.height else cut
    wanted = [pl.col(str(place)).alias(column) for column, place in heading.places.items()]
    return Batch(cells.select(ROW, *wanted), pl.concat([*refused, *wrong]))


def _names(width: int) -> list[str]:
    return [str(place) for place in range(width)]


def _cut_slowly(frame: pl.DataFrame, sign: str, width: int) -> tuple[pl.DataFrame, list[pl.DataFrame]]:
    """Lines with quotation marks or another number of separators, each by itself or with the lines it runs over."""
    rows: list[tuple[int, list[str]]] = []
    wrong: dict[str, list[int]] = {CELLS: [], OPEN_QUOTE: []}
    lines = list(frame.iter_rows())
    place = 0
    while place < len(lines):
        number, line = lines[place]
        end = _end_of_cell(lines, place, sign, width) if _is_open(line) else place + 1
        cells = _cut_quoted("\n".join(text for _, text in lines[place:end]), sign) if end else None
        cells = _without_empty_tail(cells, width) if cells is not None else None
        if cells is None or len(cells) != width:
            wrong[OPEN_QUOTE if cells is None else CELLS].append(number)
            end = place + 1
        else:
            rows.append((number, cells))
        place = end or place + 1
    columns = {ROW: pl.Int64, **dict.fromkeys(_names(width), pl.String)}
    cut = pl.DataFrame([[number, *cells] for number, cells in rows], schema=columns, orient="row")
    return cut, [refused_rows(found, reason) for reason, found in wrong.items()]


def _end_of_cell(lines: list[tuple[int, str]], place: int, sign: str, width: int) -> int:
    """Behind the line that closes the quoted cell and completes the row; 0 where none nearby does."""
    for end in range(place + 2, min(place + LONGEST_CELL, len(lines)) + 1):
        if lines[end - 1][0] != lines[end - 2][0] + 1 and not _is_open(lines[end - 1][1]):
            continue
        if _is_open(lines[end - 1][1]):
            cells = _cut_quoted("\n".join(text for _, text in lines[place:end]), sign)
            return end if cells is not None and len(cells) == width else 0
    return 0


def _cut_quoted(line: str, sign: str) -> list[str] | None:
    """The cells of one row by the rules of quotation marks; None where one is not closed."""
    try:
        found = list(csv.reader(io.StringIO(line, newline=""), delimiter=sign, strict=True))
    except csv.Error:
        return None
    return found[0] if len(found) == 1 else None


def _without_empty_tail(cells: list[str], width: int) -> list[str]:
    """Without the empty cells that some programs add behind the last one."""
    return cells[:width] if not any(cells[width:]) else cells
