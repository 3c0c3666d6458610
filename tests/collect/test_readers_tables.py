"""Tables that a reader wrote: every form that a spreadsheet program leaves gives the same table."""

import csv
import gzip
import io

import polars as pl
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.collect.sources.made_up_files import workbook

from guzar.collect.delivery import Delivery
from guzar.collect.readers_tables import open_readers_table
from guzar.errors import DeliveryRefused, TableInvalid

NEEDED = ("id", "value")
ROWS = [
    ["Список из доклада", "", ""],
    ["ID", "Value", "Примечание"],
    ["1", "17,2", "стр. 3"],
    ["2", "20,6", "а, б"],
]
TABLE = {"id": ["1", "2"], "value": ["17,2", "20,6"], "Примечание": ["стр. 3", "а, б"]}


def _text(separator: str, encoding: str) -> bytes:
    written = io.StringIO()
    csv.writer(written, delimiter=separator).writerows(ROWS)
    return written.getvalue().encode(encoding)


FORMS = {
    "comma, UTF-8": _text(",", "utf-8"),
    "comma, mark at the start": _text(",", "utf-8-sig"),
    "semicolon, Windows-1251": _text(";", "windows-1251"),
    "tab, UTF-16": _text("\t", "utf-16"),
    "packed": gzip.compress(_text(";", "utf-8")),
    "workbook, second sheet": workbook({"Титул": [["Доклад"]], "Числа": ROWS}, "t.xlsx").content,
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_the_same_table(form: str) -> None:
    """Titles above the header, capitals of known names and the sign between cells make no difference."""
    assert open_readers_table(Delivery("t", FORMS[form]), NEEDED, NEEDED).to_dict(as_series=False) == TABLE


def test_numbers_of_a_workbook_are_their_digits() -> None:
    """A year is no float."""
    book = workbook({"S": [["id", "value"], [2020, 17.2], [None, None], [2021, 5]]}, "t.xlsx")
    assert open_readers_table(book, NEEDED, NEEDED).rows() == [("2020", "17.2"), ("2021", "5")]


def test_parquet_keeps_its_types() -> None:
    """A table of a program is taken as it is."""
    written = io.BytesIO()
    pl.DataFrame({"id": [1], "value": [0.5]}).write_parquet(written)
    assert open_readers_table(Delivery("t", written.getvalue()), NEEDED, NEEDED).rows() == [(1, 0.5)]


def test_without_the_needed_names_the_first_line_is_the_header() -> None:
    """What is missing is told by the one who needs it."""
    table = open_readers_table(Delivery("t", b"\n\nid,worth\n1,2\n"), NEEDED, NEEDED)
    assert (table.columns, table.rows()) == (["id", "worth"], [("1", "2")])


def test_missing_names_are_told_even_where_another_cut_would_fail() -> None:
    """A quoted cell at the start of a row is no broken file."""
    table = open_readers_table(Delivery("t", b'id,worth\n"a, b",2\n'), NEEDED, NEEDED)
    assert table.rows() == [("a, b", "2")]


def test_blank_lines_go_and_rows_of_empty_cells_stay() -> None:
    """An editor's last line is no row; a row that somebody left blank between commas is one."""
    table = open_readers_table(Delivery("t", b"id,value\n1,2\n,\n\n3\n\n"), NEEDED, NEEDED)
    assert table.rows() == [("1", "2"), (None, None), ("3", None)]


def test_a_name_that_comes_again_gets_its_number() -> None:
    """No column is lost, and the needed one is the first."""
    table = open_readers_table(Delivery("t", b"id,value,value,x,x\n1,2,3,4,5\n"), NEEDED, NEEDED)
    assert table.columns == ["id", "value", "value_2", "x", "x_2"]


def test_cells_under_no_name_are_refused() -> None:
    """A decimal comma in a file with commas shifts the row."""
    with pytest.raises(TableInvalid, match="first is row 3"):
        open_readers_table(Delivery("t", b"id,value\n1,2\n2,20,6\n"), NEEDED, NEEDED)


@pytest.mark.parametrize(
    "content", [b"%PDF-1.4 x", b'id,value\n1,"2', gzip.compress(b"id,value\n", mtime=0)[:-6], b"PAR1 cut"]
)
def test_what_is_no_table_is_refused(content: bytes) -> None:
    """In guzar's words, whatever library could not read it."""
    with pytest.raises(DeliveryRefused) as refused:
        open_readers_table(Delivery("t", content), NEEDED, NEEDED)
    assert "Error" not in refused.value.message()


@given(
    st.lists(
        st.lists(st.text("ab ,;\"'\nяж0", min_size=1, max_size=4).filter(str.strip), min_size=3, max_size=3),
        max_size=5,
    )
)
@example([["0", ",\n", ",0"], ["0", ",\n", ","]])  # commas cut these rows more evenly than the semicolons
def test_what_is_written_is_read(rows: list[list[str]]) -> None:
    """Cells with the separator, quotation marks and line ends inside come back as they were."""
    written = io.StringIO()
    csv.writer(written, delimiter=";", quoting=csv.QUOTE_ALL).writerows([["id", "value", "x"], *rows])
    table = open_readers_table(Delivery("t", written.getvalue().encode()), NEEDED, NEEDED)
    assert [list(row) for row in table.rows()] == rows
