"""Numbers of persons that stay from linkage to linkage, on made-up clusters whose outcome is known by hand."""

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.errors import TableInvalid
from guzar.process.link_earlier import (
    LARGEST_NUMBER,
    Carried,
    carry_numbers,
    count_contradictions,
    count_torn,
)

Whose = dict[str, int]
Documents = list[tuple[str, str | None, str, int | None]]  # record, token, sex, year of birth


def _clusters(whose: Whose) -> pl.DataFrame:
    return pl.DataFrame(
        {"record_id": list(whose), "person_id": list(whose.values())},
        schema={"record_id": pl.String, "person_id": pl.Int64},
    )


def _carry(linked: Whose, earlier: Whose, documents: Documents = (), **more: int) -> Carried:  # type: ignore[assignment]
    schema = {
        "record_id": pl.String,
        "person_token": pl.String,
        "sex": pl.String,
        "birth_year": pl.Int32,
    }
    held = pl.DataFrame(list(documents), schema=schema, orient="row")
    known = held.join(_clusters(earlier), on="record_id").drop("record_id").unique()
    shown = held.join(_clusters(linked).select("record_id"), on="record_id")
    return carry_numbers(_clusters(linked), _clusters(earlier), known=known, shown=shown, **more)


def _whose(carried: Carried) -> Whose:
    return dict(carried.clusters.iter_rows())


def test_the_same_records_keep_their_number_and_new_ones_come_above_all() -> None:
    carried = _carry({"a": 1, "b": 1, "n": 0}, {"a": 7, "b": 7, "c": 3})
    assert _whose(carried) == {"a": 7, "b": 7, "c": 3, "n": 8}
    assert carried.changes.is_empty()
    assert (carried.new, carried.seen_again, carried.highest) == (1, 0, 8)


def test_a_document_finds_a_person_whose_names_are_purged() -> None:
    documents: Documents = [("a", "T", "F", 1980), ("n", "T", "F", 1980), ("m", "U", "F", 1980)]
    carried = _carry({"n": 0, "m": 1}, {"a": 4}, documents)
    assert _whose(carried) == {"a": 4, "n": 4, "m": 5}
    assert (carried.new, carried.seen_again) == (1, 1)


def test_a_document_of_several_earlier_persons_joins_nobody() -> None:
    documents: Documents = [("a", "T", "M", 1980), ("b", "T", "M", 1980), ("n", "T", "M", 1980)]
    assert _whose(_carry({"n": 0}, {"a": 0, "b": 1}, documents)) == {"a": 0, "b": 1, "n": 2}


@pytest.mark.parametrize(
    ("sex", "year", "number"),
    [("F", 1980, 1), ("M", 1981, 1), ("M", 1980, 0), ("U", 1980, 0), ("M", None, 0)],
)
def test_who_looks_otherwise_has_another_document_of_the_same_number(
    sex: str, year: int | None, number: int
) -> None:
    documents: Documents = [("a", "T", "M", 1980), ("n", "T", sex, year)]
    assert _whose(_carry({"n": 0}, {"a": 0}, documents))["n"] == number


def test_records_without_a_document_find_nobody() -> None:
    documents: Documents = [("a", None, "M", 1980), ("n", None, "M", 1980)]
    assert _whose(_carry({"n": 0}, {"a": 0}, documents)) == {"a": 0, "n": 1}


def test_of_several_new_clusters_with_one_document_the_larger_has_it() -> None:
    """Names say that they are two: one of them was misread."""
    documents: Documents = [(record, "T", "M", 1980) for record in ("a", "l", "m", "n")]
    assert _whose(_carry({"l": 0, "m": 1, "n": 1}, {"a": 0}, documents)) == {"a": 0, "l": 1, "m": 0, "n": 0}


def test_several_clusters_may_be_one_person_by_several_documents() -> None:
    """An old and a new passport, seen together before: both lead to the person."""
    documents: Documents = [("a", "T", "M", 1980), ("b", "U", "M", 1980), ("m", "T", "M", 1980)]
    documents.append(("n", "U", "M", 1980))
    carried = _carry({"m": 0, "n": 1}, {"a": 0, "b": 0}, documents)
    assert set(_whose(carried).values()) == {0}


def test_two_earlier_persons_seen_as_one_take_the_number_of_most_records() -> None:
    carried = _carry({"a": 0, "b": 0, "c": 0}, {"a": 0, "b": 1, "c": 1, "d": 0})
    assert _whose(carried) == {"a": 1, "b": 1, "c": 1, "d": 1}
    assert carried.changes.rows() == [(0, 1, 2)]
    assert (carried.seen_as_one, carried.seen_as_several, carried.new) == (1, 0, 0)


def test_of_equal_shares_the_smaller_number_stays() -> None:
    carried = _carry({"a": 0, "b": 0}, {"a": 9, "b": 2})
    assert _whose(carried) == {"a": 2, "b": 2}
    assert carried.changes.rows() == [(9, 2, 1)]


def test_a_person_seen_as_two_leaves_the_number_to_the_larger_part() -> None:
    carried = _carry({"a": 0, "b": 1, "c": 1}, {"a": 0, "b": 0, "c": 0, "d": 0})
    assert _whose(carried) == {"a": 1, "b": 0, "c": 0, "d": 0}
    assert carried.changes.rows() == [(0, 1, 1)]
    assert (carried.seen_as_one, carried.seen_as_several, carried.new) == (0, 1, 1)


def test_who_is_refused_a_number_takes_that_of_the_next_person_shared() -> None:
    earlier = {"a": 0, "b": 0, "c": 0, "d": 0, "e": 0, "f": 1}
    carried = _carry({"a": 0, "b": 0, "f": 0, "c": 1, "d": 1, "e": 1}, earlier)
    assert _whose(carried) == {"a": 1, "b": 1, "f": 1, "c": 0, "d": 0, "e": 0}
    assert carried.changes.rows() == [(0, 1, 2)]


def test_a_number_that_is_gone_is_never_given_again() -> None:
    first = _carry({"a": 0, "b": 0}, {"a": 0, "b": 5})
    assert set(_whose(first).values()) == {0}
    assert first.highest == 5
    second = _carry({"n": 0}, _whose(first), highest=first.highest)
    assert _whose(second)["n"] == 6


@settings(max_examples=150, deadline=None)
@given(
    linked=st.dictionaries(st.sampled_from("abcdefghij"), st.integers(0, 5)),
    earlier=st.dictionaries(st.sampled_from("abcdeklmno"), st.integers(0, 5), min_size=1),
    tokens=st.lists(st.sampled_from(["T", "U", "V", "W", None]), min_size=15, max_size=15),
    seed=st.randoms(),
)
def test_laws_of_numbers_that_stay(
    linked: Whose, earlier: Whose, tokens: list[str | None], seed: object
) -> None:
    """Records of one cluster stay together, numbers are old ones or above all, changes add up, order changes nothing."""
    documents: Documents = [
        (record, token, "M", 1980) for record, token in zip("abcdefghijklmno", tokens, strict=True)
    ]
    carried = _carry(linked, earlier, documents)
    whose = _whose(carried)
    assert set(whose) == set(linked) | set(earlier)
    for one in linked:
        assert all(whose[one] == whose[other] for other in linked if linked[one] == linked[other])
    for number in set(whose.values()):
        assert number in earlier.values() or number > max(earlier.values())
    kept = {record for record in earlier if whose[record] == earlier[record]}
    assert carried.changes["records"].sum() == len(earlier) - len(kept)
    assert carried.seen_as_one == len(set(earlier.values()) - set(whose.values()))
    shuffled = [dict(seed.sample(sorted(one.items()), len(one))) for one in (linked, earlier)]  # type: ignore[attr-defined]
    assert _whose(_carry(*shuffled, documents)) == whose
    again = _carry(whose, whose, documents)
    assert _whose(again) == whose
    assert again.changes.is_empty()


def test_no_number_is_given_above_the_largest() -> None:
    """What a spreadsheet keeps to the last digit; one more would be another person's, or negative."""
    assert _carry({"n": 0}, {"a": 1}, highest=LARGEST_NUMBER - 1).highest == LARGEST_NUMBER
    with pytest.raises(TableInvalid, match="No numbers are left"):
        _carry({"n": 0, "m": 1}, {"a": 1}, highest=LARGEST_NUMBER - 1)
    assert _carry({"a": 0}, {"a": LARGEST_NUMBER}).highest == LARGEST_NUMBER


def test_how_many_records_were_linked_again_is_told() -> None:
    carried = _carry({"a": 0, "n": 1}, {"a": 0, "b": 0, "c": 1})
    assert (carried.earlier_records, carried.linked_again) == (3, 1)


def test_persons_with_several_records_that_lie_apart_are_counted() -> None:
    earlier = {"a": 0, "b": 0, "c": 1, "d": 1, "e": 2}
    assert count_torn(_clusters({"a": 5, "b": 5, "c": 6, "d": 7, "e": 8}), _clusters(earlier)) == (2, 1)
    assert count_torn(_clusters({"a": 5, "e": 8}), _clusters(earlier)) == (0, 0)


def test_records_that_differ_from_the_commonest_of_their_person_are_counted() -> None:
    """Of one person three records, of which one has another sex; another person's only record has nothing to differ from."""
    told = pl.DataFrame(
        {
            "person_id": [0, 0, 0, 1, 2, 2],
            "sex": ["F", "M", None, "M", "U", "M"],
            "birth_year": [1980, 1980, None, 1970, 1990, 1991],
            "records": [2, 1, 4, 1, 3, 1],
        }
    )
    assert count_contradictions(told) == {"sex": (3, 1), "birth_year": (7, 1)}
    assert count_contradictions(told.clear()) == {"sex": (0, 0), "birth_year": (0, 0)}
