"""Small made-up files in the publishers' forms, so that readers can be tested without any published file."""

import csv
import io

import xlsxwriter

from guzar.collect.delivery import Delivery
from guzar.define.areas import areas

Cell = str | float | None


def country_codes(count: int) -> list[str]:
    """Codes of countries, the twelve areas among them."""
    return _countries("code", count)


def country_names(count: int) -> list[str]:
    """English names of countries, the twelve areas among them."""
    return _countries("name_en", count)


def _countries(column: str, count: int) -> list[str]:
    known = areas().filter(kind="country").sort("code")
    twelve = known.filter(known["code"].is_in(["ARM", "KAZ", "KGZ", "RUS", "TJK", "TKM", "UKR", "UZB"]))[
        column
    ]
    return list(dict.fromkeys([*twelve, *known[column]]))[:count]


def text(rows: list[list[Cell]], name: str = "made-up.csv", encoding: str = "utf-8") -> Delivery:
    """Rows as a comma-separated text."""
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\n").writerows(
        [["" if cell is None else cell for cell in row] for row in rows]
    )
    return Delivery(name, out.getvalue().encode(encoding))


def workbook(sheets: dict[str, list[list[Cell]]], name: str = "made-up.xlsx") -> Delivery:
    """Rows as a workbook."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for title, rows in sheets.items():
            sheet = book.add_worksheet(title)
            for i, row in enumerate(rows):
                sheet.write_row(i, 0, row)
    return Delivery(name, out.getvalue())


def matrix(names: list[str], corner: str = "") -> list[list[Cell]]:
    """A square matrix: the cell of row i and column j is 100 i + j, its diagonal 0."""
    body: list[list[Cell]] = [
        [name, *[0 if i == j else 100 * i + j for j in range(len(names))]] for i, name in enumerate(names)
    ]
    return [[corner, *names], *body]
