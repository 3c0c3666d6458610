"""What a delivery tells about itself: first row, year in its name, whole or cut."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.collect import headers
from guzar.collect.delivery import Delivery
from guzar.collect.grid import read_text
from guzar.errors import DeliveryRefused


@pytest.mark.parametrize(
    ("name", "year"), [("matrix-2018.csv", "2018"), ("2018_to_2018.csv", "2018"), ("a12018-1999.csv", "1999")]
)
def test_the_year_in_a_name(name: str, year: str) -> None:
    assert headers.year_in_name(Delivery(name, b"")) == year


@pytest.mark.parametrize("name", ["matrix.csv", "2011-2014.csv", "matrix-20188.csv", "matrix-1718.csv"])
def test_a_name_without_one_year_is_refused(name: str) -> None:
    with pytest.raises(DeliveryRefused):
        headers.year_in_name(Delivery(name, b""))


def test_the_first_row_is_read_from_text_only() -> None:
    assert headers.first_row(Delivery("a", b'\xef\xbb\xbf"a b",c\n1,2')) == ["a b", "c"]
    assert headers.first_row(Delivery("a", b"PK\x03\x04a,b\n")) == []
    assert headers.first_row(Delivery("a", "a,b\n".encode("utf-16"))) == []
    assert headers.first_row(Delivery("a", b"")) == []


def test_encoding_is_utf8_where_the_bytes_are() -> None:
    assert headers.encoding_of(Delivery("a", "Côte".encode()), "latin-1") == "utf-8-sig"
    assert headers.encoding_of(Delivery("a", "Côte".encode("latin-1")), "latin-1") == "latin-1"


@given(st.lists(st.integers(1900, 2100), min_size=1, max_size=6))
def test_only_consecutive_years_pass(years: list[int]) -> None:
    consecutive = all(b == a + 1 for a, b in pairwise(years))
    if consecutive:
        headers.require_unbroken_years(years, Delivery("a", b""))
    else:
        with pytest.raises(DeliveryRefused):
            headers.require_unbroken_years(years, Delivery("a", b""))


def test_no_years_at_all_are_refused() -> None:
    with pytest.raises(DeliveryRefused):
        headers.require_unbroken_years([], Delivery("a", b""))


def test_a_short_row_is_named() -> None:
    delivery = Delivery("a.csv", b"a,b,c\n1,2,3\n1,2\n")
    with pytest.raises(DeliveryRefused, match="the first is row 3"):
        headers.require_full_rows(read_text(delivery), 1, delivery)


def test_an_unended_last_line_is_refused() -> None:
    headers.require_ended(Delivery("a.csv", b"a\n1\n"))
    with pytest.raises(DeliveryRefused, match="not ended"):
        headers.require_ended(Delivery("a.csv", b"a\n1"))
