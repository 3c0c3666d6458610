"""Plain tables: a row that is too short or too long never becomes a blank cell."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.collect.delivery import Delivery
from guzar.collect.tables import open_parquet, open_text_table
from guzar.errors import DeliveryRefused


def _delivery(text: str) -> Delivery:
    return Delivery("table.csv", text.encode())


def test_cells_stay_text_and_na_is_namibia() -> None:
    table = open_text_table(_delivery('code,value\nNA,"1,5"\n\n'))
    assert table.rows() == [("NA", "1,5")]


@pytest.mark.parametrize("text", ["a,b\n1", "a,b\n1,2,3\n", 'a,b\n1,"2\n', "a,b\n1,2\n\n3,4,5\n"])
def test_broken_rows_are_refused(text: str) -> None:
    with pytest.raises(DeliveryRefused, match="row"):
        open_text_table(_delivery(text))


def test_wrong_bytes_are_refused() -> None:
    with pytest.raises(DeliveryRefused, match="utf-8"):
        open_text_table(Delivery("table.csv", "имя,число\n".encode("cp1251")))
    with pytest.raises(DeliveryRefused, match="cut short"):
        open_parquet(Delivery("table.parquet", b"PAR1 and nothing more"))


@given(st.integers(1, 40))
def test_a_cut_text_is_refused_or_loses_whole_rows_only(cut: int) -> None:
    text = "code,name,value\nKGZ,Kyrgyzstan,1000\nTJK,Tajikistan,2000\n"
    try:
        table = open_text_table(_delivery(text[:-cut]))
    except DeliveryRefused:
        return
    assert set(table["code"]) <= {"KGZ", "TJK"}
    assert table.null_count().row(0) == (0,) * table.width or cut in (5, 25)
