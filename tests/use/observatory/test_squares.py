"""The table of squares is a table: every cell says its value; areas are in proportion; the row's largest is
teal."""

import re
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.use.observatory.squares import (
    Area,
    Cell,
    SquareWords,
    largest_pairs,
    side_of,
    table_of_squares,
)
from guzar.use.observatory.svg import ACCENT, Html

CODES = ["RUS", "UKR", "KAZ"]
AREAS = [Area(code, code.title(), code, "1.0", "2.0") for code in CODES]
SAID = SquareWords("Persons", "Now living in →", "Born in ↓", "All")


def _cells() -> dict[tuple[str, str], Cell]:
    values = {
        ("RUS", "UKR"): 3300000,
        ("RUS", "KAZ"): 2500000,
        ("UKR", "RUS"): 3270000,
        ("UKR", "KAZ"): 350000,
    }
    values |= {("KAZ", "RUS"): 2560000}
    cells = {
        pair: Cell(v, f"{pair}: {v}", "x", "–".join(pair), str(v), f"#{pair[0]}")
        for pair, v in values.items()
    }
    return {**cells, ("KAZ", "UKR"): Cell(None, "not listed")}


def _table() -> ET.Element:
    return ET.fromstring(f"<div>{table_of_squares(AREAS, _cells(), SAID)}</div>")


def test_it_is_a_real_table_with_heads_and_totals() -> None:
    table = _table().find(".//table")
    assert table is not None
    assert [head.text for head in table.findall("./tbody/tr/th[@scope='row']")] == ["Rus", "Ukr", "Kaz"]
    assert len(table.findall("./tfoot/tr/td[@class='total']")) == 3
    assert len(table.findall("./tbody/tr/td[@class='total']")) == 3


def test_every_pair_is_said_in_words() -> None:
    said = [span.text for span in _table().findall(".//tbody//span[@class='hidden']")]
    assert len(said) == 6
    assert "not listed" in said


def test_one_teal_square_per_row() -> None:
    rows = re.findall(r"<tr><th scope=\"row\">.*?</tr>", table_of_squares(AREAS, _cells(), SAID))
    assert [row.count(f'fill="{ACCENT}"') for row in rows[:3]] == [1, 1, 1]


def test_cells_carry_the_links_given() -> None:
    assert len(_table().findall(".//td/a[@href]")) == 5


@given(st.floats(2e4, 1e7), st.floats(2e4, 1e7))
def test_squares_are_in_proportion_by_area(first: float, second: float) -> None:
    ratio = side_of(first, 1e7) ** 2 / side_of(second, 1e7) ** 2
    assert ratio == pytest.approx(first / second)


def test_a_true_zero_has_no_square() -> None:
    assert side_of(0, 10) == 0


def test_a_missing_pair_is_refused_not_guessed() -> None:
    cells = _cells()
    del cells["KAZ", "UKR"]
    with pytest.raises(ValueError, match="KAZ–UKR"):
        table_of_squares(AREAS, cells, SAID)


def test_the_narrow_list_has_ten_pairs_at_most_largest_first() -> None:
    many = [Cell(float(i), "", "", f"pair {i}", str(i)) for i in range(1, 15)]
    items = ET.fromstring(largest_pairs(many)).findall("li")
    assert [item.findall("span")[1].text for item in items] == [str(i) for i in range(14, 4, -1)]
    assert isinstance(largest_pairs([]), Html)


def test_modelled_cells_are_hatched_never_teal_and_never_among_the_largest() -> None:
    """A cell modelled from modelled ones is grey and hatched however large it is, and is in no ranking."""
    cells = _cells() | {("KAZ", "RUS"): Cell(9e6, "KAZ RUS", "9.0", "modelled pair", "9", modelled=True)}
    row = str(table_of_squares(AREAS, cells, SAID)).split("Kaz</th>")[1].split("</tr>")[0]
    assert ACCENT not in row
    assert "stroke" in row
    assert "modelled pair" not in largest_pairs(list(cells.values()))
