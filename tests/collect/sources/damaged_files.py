"""Ten ways in which a published file arrives damaged: text, workbook and Parquet alike.

Each damage takes the delivery apart into rows of cells, harms them, and writes the same kind of file again
(an old .xls as .xlsx: a layout looks at sheets, not at the container).
"""

import csv
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache

import fastexcel
import polars as pl
import xlsxwriter

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery
from guzar.errors import DeliveryRefused
from guzar.languages import translate

Cell = str | float | None
Rows = list[list[Cell]]
DAMAGES = (
    "truncated",
    "wrong_sheet",
    "missing_column",
    "shifted_header",
    "wrong_encoding",
    "decimal_commas",
    "duplicated_rows",
    "negative_count",
    "unknown_area",
    "empty",
)


@dataclass(frozen=True)
class Place:
    """Where the harm is done: header row, column to drop, row and column of a number, column of its area.

    All count from 0.
    """

    header: int
    drop: int
    row: int
    number: int
    area: int = 0
    encoding: str = "utf-8"
    separator: str = ","
    sheet: str = ""  # the sheet that is harmed; the first one where none is named


def damage(delivery: Delivery, kind: str, place: Place) -> Delivery:
    """The delivery with one kind of damage."""
    if kind == "truncated":
        return replace(delivery, content=delivery.content[: len(delivery.content) * 3 // 5])
    if kind == "empty":
        return replace(delivery, content=b"")
    if kind == "wrong_encoding":
        return replace(delivery, content=_as_text(_first_sheet(delivery, place)).encode("utf-16"))
    if kind == "wrong_sheet":
        return _write(delivery, {"Sheet9": [["a", "b"], ["1", "2"]]}, place)
    held = _sheets(delivery, place.encoding, place.separator)
    sheets = {name: [list(row) for row in rows] for name, rows in held.items()}
    harmed = place.sheet or next(iter(sheets))
    sheets[harmed] = HARM[kind](sheets[harmed], place)
    return _write(delivery, sheets, place)


def _missing_column(rows: Rows, place: Place) -> Rows:
    return [row[: place.drop] + row[place.drop + 1 :] for row in rows]


def _shifted_header(rows: Rows, place: Place) -> Rows:
    rows[place.header] = [None, *rows[place.header]]
    return rows


def _decimal_commas(rows: Rows, place: Place) -> Rows:
    return [
        row if i <= place.header else [_with_comma(c) if j >= place.number else c for j, c in enumerate(row)]
        for i, row in enumerate(rows)
    ]


def _with_comma(cell: Cell) -> Cell:
    try:
        number = float(cell) if cell not in (None, "") else None
    except (TypeError, ValueError):
        return cell
    return cell if number is None else f"{number:.4f}".replace(".", ",")


def _duplicated_rows(rows: Rows, place: Place) -> Rows:
    return [*rows[: place.row + 1], rows[place.row], *rows[place.row + 1 :]]


def _negative_count(rows: Rows, place: Place) -> Rows:
    rows[place.row][place.number] = -1234.5
    return rows


def _unknown_area(rows: Rows, place: Place) -> Rows:
    rows[place.row][place.area] = "Atlantis"
    return rows


HARM: dict[str, Callable[[Rows, Place], Rows]] = {
    "missing_column": _missing_column,
    "shifted_header": _shifted_header,
    "decimal_commas": _decimal_commas,
    "duplicated_rows": _duplicated_rows,
    "negative_count": _negative_count,
    "unknown_area": _unknown_area,
}


def _first_sheet(delivery: Delivery, place: Place) -> Rows:
    return next(iter(_sheets(delivery, place.encoding, place.separator).values()))


@cache
def _sheets(delivery: Delivery, encoding: str, separator: str) -> dict[str, Rows]:
    """The delivery as rows of cells, by sheet."""
    if delivery.content[:4] == b"PAR1":
        table = pl.read_parquet(io.BytesIO(delivery.content))
        return {"table": [list(table.columns), *[list(row) for row in table.iter_rows()]]}
    if delivery.content[:2] in (b"PK", b"\xd0\xcf"):
        return {
            sheet: _sheet(delivery, sheet) for sheet in fastexcel.read_excel(delivery.content).sheet_names
        }
    text = io.StringIO(delivery.content.decode(encoding), newline="")
    return {"text": [list(row) for row in csv.reader(text, delimiter=separator)]}


def _sheet(delivery: Delivery, sheet: str) -> Rows:
    book = fastexcel.read_excel(delivery.content)
    options = {"header_row": None, "skip_rows": 0, "dtype_coercion": "coerce"}
    texts = book.load_sheet(sheet, dtypes="string", **options).to_polars().rows()
    numbers = book.load_sheet(sheet, dtypes="float", **options).to_polars().rows()
    return [
        [n if n is not None else t for t, n in zip(*pair, strict=True)]
        for pair in zip(texts, numbers, strict=True)
    ]


def _write(delivery: Delivery, sheets: dict[str, Rows], place: Place) -> Delivery:
    first = next(iter(sheets.values()))
    if delivery.content[:4] == b"PAR1":
        return replace(delivery, content=_as_parquet(first))
    if delivery.content[:2] in (b"PK", b"\xd0\xcf"):
        return replace(delivery, content=_as_workbook(sheets))
    return replace(delivery, content=_as_text(first, place.separator).encode(place.encoding))


def _as_text(rows: Rows, separator: str = ",") -> str:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator="\n").writerows(
        [["" if cell is None else cell for cell in row] for row in rows]
    )
    return out.getvalue()


def _as_workbook(sheets: dict[str, Rows]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "nan_inf_to_errors": True}
    ) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    return out.getvalue()


def _as_parquet(rows: Rows) -> bytes:
    header = [str(name) if name is not None else "unnamed" for name in rows[0]]
    width = min(len(header), len(rows[1]))
    table = pl.DataFrame(
        [row[:width] for row in rows[1:]],
        schema=header[:width],
        orient="row",
        strict=False,
        infer_schema_length=None,
    )
    out = io.BytesIO()
    table.write_parquet(out)
    return out.getvalue()


def assert_clear(refusal: DeliveryRefused) -> None:
    """What, where, expected and what to do are said, in both languages, with every value filled in."""
    assert refusal.exit_code == 3
    for part in (refusal.what, refusal.expected, refusal.do):
        assert part
    for language in ("en", "ru"):
        message = refusal.message(lambda text, spoken=language: translate(text, spoken))
        assert "{" not in message
        assert len(message.splitlines()) >= 3


def rows_not_printed(kept: pl.DataFrame, before: pl.DataFrame) -> pl.DataFrame:
    """Rows kept that the undamaged file does not hold; writing a workbook again costs the last digits."""
    if "value" not in kept.columns:
        same = [name for name in kept.columns if name != "place"]
        return kept.join(before, on=same, how="anti", nulls_equal=True)
    numbers = kept.filter(pl.col("value").is_not_null())
    joined = numbers.join(before, on=list(quarantine.KEY), how="left", nulls_equal=True, suffix="_before")
    gap = (pl.col("value") - pl.col("value_before")).abs()
    return joined.filter(gap.is_null() | (gap > 1e-9 * pl.col("value").abs()))
