"""What a reader makes of a file: intervals, quantiles, marks that contradict counts, missing rows."""

import polars as pl
import pytest

from guzar.errors import MethodNotApplicable, ReleaseRefused, TableInvalid
from guzar.protect.attack_release import attack_release
from guzar.protect.released_cells import read_release

ROWS = {
    "region": ["_T", "_T", "_T", "A", "A", "A", "B", "B", "B"],
    "sex": ["_T", "F", "M"] * 3,
    "persons": [30, 14, 16, 12, None, None, 18, None, None],
}


def read(**changes: object) -> dict:
    return read_release(pl.DataFrame(ROWS | changes), dimensions=["region", "sex"], count="persons")


def bounds(found) -> dict:
    return {row[:2]: row[-2:] for row in found.cells.drop("is_inner", "was_shown").iter_rows()}


def test_intervals_worked_out_by_hand() -> None:
    found = attack_release(read(), minimum=5)
    assert bounds(found) == {
        ("A", "F"): (0, 12),
        ("A", "M"): (0, 12),
        ("B", "F"): (2, 14),
        ("B", "M"): (4, 16),
    }
    assert found.closer_than(12, inner=True) == 0
    assert found.closer_than(13, inner=True) == 4


def test_quantiles_of_an_imputed_count_are_bounds_for_everybody() -> None:
    """5 % and 95 % points printed beside a hidden count tell where it lies, and with it every other one."""
    lower, upper = [None] * 9, [None] * 9
    lower[4], upper[4] = 3, 5
    found = attack_release(read(lower=lower, upper=upper), minimum=5)
    assert bounds(found) == {("A", "F"): (3, 5), ("A", "M"): (7, 9), ("B", "F"): (9, 11), ("B", "M"): (7, 9)}
    assert found.closer_than(5, inner=True) == 4


def test_draws_that_all_agree_tell_the_count_itself() -> None:
    lower, upper = [None] * 9, [None] * 9
    lower[4] = upper[4] = 3
    assert attack_release(read(lower=lower, upper=upper), minimum=5).exactly() == 4


def test_a_cell_marked_as_hidden_that_shows_its_count_is_refused() -> None:
    status = ["F"] * 3 + ["C"] * 3 + ["F", "C", "C"]
    with pytest.raises(ReleaseRefused, match="marked as hidden and show their count all the same: 1"):
        read(confidentiality_status=status)


def test_a_free_cell_without_a_count_is_refused() -> None:
    with pytest.raises(TableInvalid, match="marked as free and show no count: 4"):
        read(confidentiality_status=["F"] * 9)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"persons": [31, 14, 16, 12, None, None, 18, None, None]}, "do not add up"),
        ({"persons": [30, 14, 16, -12, None, None, 18, None, None]}, "negative"),
        ({"sex": ["_T", "F", "F"] * 3}, "more than once"),
        ({"sex": ["_T", "F", None] * 3}, "without a code"),
        ({"persons": list("abcdefghi")}, "lacks a column"),
    ],
)
def test_nonsense_is_refused(change: dict, message: str) -> None:
    with pytest.raises(TableInvalid, match=message):
        attack_release(read(**change), minimum=5)


def test_a_release_with_rows_left_out_is_refused() -> None:
    rows = pl.DataFrame(ROWS)[:8]
    with pytest.raises(TableInvalid, match="8 rows where its codes make 9"):
        read_release(rows, dimensions=["region", "sex"], count="persons")


def test_linked_tables_stand_in_one_file_by_their_name() -> None:
    """Alone, B by age is open between 0 and 18; beside the table by sex nothing changes but the name."""
    by_age = pl.DataFrame(
        {"table": "by_age", "region": ["_T"] * 3 + ["A"] * 3 + ["B"] * 3, "age": ["_T", "old", "young"] * 3,
         "persons": [30, 10, 20, 12, 5, 7, 18, 5, 13]}
    )  # fmt: skip
    both = pl.concat([pl.DataFrame(ROWS).with_columns(table=pl.lit("by_sex")), by_age], how="diagonal")
    read_both = read_release(both, dimensions=["region", "sex", "age"], count="persons")
    assert sorted(read_both) == ["by_age", "by_sex"]
    assert bounds_of_two(attack_release(read_both, minimum=5)) == {"by_sex": 4}


def bounds_of_two(found) -> dict:
    return dict(found.cells.group_by("table").len().iter_rows())


def test_what_a_correction_hides_and_the_earlier_release_showed_is_marked() -> None:
    """B was shown by sex before the correction; A was hidden in both. A total corrected by ten is no small change."""
    before = read(persons=[30, 14, 16, 12, None, None, 18, 8, 10])
    later = {"persons": [40, 14, 26, 12, None, None, 28, None, None]}
    found = attack_release(read(**later), before, minimum=5)
    assert found.is_correction
    shown = {row[:2]: row[2] for row in found.cells.select("region", "sex", "was_shown").rows()}
    assert shown == {("A", "F"): False, ("A", "M"): False, ("B", "F"): True, ("B", "M"): True}


def test_a_cell_shown_before_a_correction_is_no_less_a_secret() -> None:
    """Beside a correction its old count is not the one of now: known exactly, it counts as given away."""
    before = read(persons=[30, 14, 16, 12, 6, 6, 18, 8, 10])
    bounds_told = {"lower": [None] * 7 + [8, None], "upper": [None] * 7 + [8, None]}
    found = attack_release(
        read(persons=[40, 14, 26, 12, 6, 6, 28, None, None], **bounds_told), before, minimum=5
    )
    assert found.cells["was_shown"].to_list() == [True, True]
    assert (found.exactly(), found.closer_than(5, inner=True)) == (2, 2)


def test_a_cell_shown_in_another_release_of_the_same_counts_is_known() -> None:
    """Large ones were public already and give nothing away; a small one shown elsewhere is given away."""
    before = read(persons=[30, 14, 16, 12, 3, 9, 18, 11, 7])
    found = attack_release(read(), before, minimum=5)
    assert bounds(found) == {("A", "F"): (3, 3), ("A", "M"): (9, 9), ("B", "F"): (11, 11), ("B", "M"): (7, 7)}
    assert found.cells["was_shown"].all()
    assert (found.exactly(), found.closer_than(5, inner=True)) == (1, 1)


def told(found) -> list[tuple]:
    return found.listed().select("region", "sex", "release", "small_change", "lower", "upper").rows()


def test_of_a_cell_shown_before_both_releases_are_listed() -> None:
    """What is hidden now and was shown: the interval of now, and the count of then; a small one of then is exact."""
    before = read(persons=[30, 14, 16, 12, 3, 9, 18, 11, 7])
    found = attack_release(read(), before, minimum=5)
    assert told(found) == [
        ("A", "F", "this", False, 3, 3),
        ("A", "M", "this", False, 0, 12),
        ("B", "F", "this", False, 2, 14),
        ("B", "M", "this", False, 4, 16),
        ("A", "M", "earlier", False, 9, 9),
        ("B", "F", "earlier", False, 11, 11),
        ("B", "M", "earlier", False, 7, 7),
    ]
    exact = found.listed().filter((pl.col("lower") == pl.col("upper")) & (pl.col("release") == "this"))
    assert exact.height == found.exactly()


def test_cells_that_only_the_earlier_release_hides_are_listed_as_its_own() -> None:
    found = attack_release(read(persons=[30, 14, 16, 12, 6, 6, 18, 8, 10]), read(), minimum=5)
    assert {row[2] for row in told(found)} == {"earlier"}
    assert found.listed().height == 4


def test_cells_whose_small_change_is_seen_are_named_and_never_their_counts() -> None:
    """Two more in B, M: seen there and in its three totals. North and the hidden cells changed by nothing."""
    before = read(persons=[30, 14, 16, 12, None, None, 18, 8, 10])
    found = attack_release(read(persons=[32, 14, 18, 12, None, None, 20, 8, 12]), before, minimum=5)
    changed = {row[:2]: row[2:] for row in told(found) if row[3]}
    assert set(changed) == {("_T", "_T"), ("_T", "M"), ("B", "_T"), ("B", "M")}
    assert set(changed.values()) == {("this", True, None, None)}
    assert len(changed) == found.small_changes == 4
    assert found.named_changes() == "region=_T sex=_T; region=_T sex=M; region=B sex=_T; …"


def test_without_an_earlier_release_every_row_is_of_this_one() -> None:
    listed = attack_release(read(), minimum=5).listed()
    assert listed.columns == [
        "region",
        "sex",
        "release",
        "is_inner",
        "was_shown",
        "small_change",
        "lower",
        "upper",
    ]
    assert listed.select("release", "was_shown", "small_change").unique().rows() == [("this", False, False)]


def test_a_blurred_table_is_no_release_with_hidden_cells() -> None:
    with pytest.raises(MethodNotApplicable, match=r"no table with hidden cells.*\(cell_key\)"):
        read(persons=list(range(9)), disclosure_method=["cell_key"] * 9)
