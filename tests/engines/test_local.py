"""Persons arrive whole, in order, whatever the size of a batch."""

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.engines.local import Limits, open_engine, stream_whole_persons
from guzar.engines.whole_persons import cut_between_persons
from guzar.errors import TableInvalid

PERSONS = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 9)), max_size=12)


def batches_of(persons: list[int | str], rows: int) -> list[pa.RecordBatch]:
    """Sorted rows cut every so many, as an engine hands them over."""
    kind = pa.string() if persons and isinstance(persons[0], str) else pa.int64()
    table = pa.table({"person_id": pa.array(persons, kind), "row": range(len(persons))})
    return [batch for batch in table.to_batches(max_chunksize=rows) if batch.num_rows]


def require_whole(tables: list[pa.Table], persons: list[int | str]) -> None:
    """Every row once and in order; nobody in two tables; no table empty."""
    assert [row for table in tables for row in table["row"].to_pylist()] == list(range(len(persons)))
    held = [set(table["person_id"].to_pylist()) for table in tables]
    assert all(held)
    assert sum(map(len, held)) == len(set(persons))
    assert all(column.num_chunks == 1 for table in tables for column in table.columns)


@given(runs=PERSONS, rows=st.integers(1, 12), is_text=st.booleans())
def test_persons_are_cut_whole_at_any_batch_size(
    runs: list[tuple[int, int]], rows: int, is_text: bool
) -> None:
    numbers = sorted(person for person, times in runs for _ in range(times))
    persons: list[int | str] = [f"Ж{number}" for number in numbers] if is_text else list(numbers)
    require_whole(list(cut_between_persons(batches_of(persons, rows), "person_id")), persons)


def test_a_person_larger_than_a_batch_stays_whole() -> None:
    persons: list[int | str] = [1, 1, *[2] * 50, 3]
    tables = list(cut_between_persons(batches_of(persons, 4), "person_id"))
    require_whole(tables, persons)
    assert max(table.num_rows for table in tables) >= 50


def test_batches_do_not_wait_for_the_end() -> None:
    handed = []

    def follow() -> object:
        for batch in batches_of([1, 1, 2, 2, 3, 3, 4, 4], 3):
            handed.append(batch.num_rows)
            yield batch

    cut = cut_between_persons(follow(), "person_id")  # type: ignore[arg-type]
    next(cut)
    assert len(handed) < 3


def test_nobody_makes_no_batch() -> None:
    empty = pa.RecordBatch.from_pydict(
        {"person_id": pa.array([], pa.int64()), "row": pa.array([], pa.int64())}
    )
    assert list(cut_between_persons([empty, empty], "person_id")) == []


@pytest.mark.parametrize("rows", [1, 2_048, 5_000, 1_000_000])
def test_duckdb_hands_over_whole_persons_in_order(tmp_path: Path, rows: int) -> None:
    query = "SELECT 'p' || (hash(i) % 700) AS person_id, hash(i, 1) % 90 AS day, i AS row FROM range(20000) AS t(i)"
    with open_engine(Limits(500_000_000, 2, tmp_path / "spill")) as engine:
        tables = list(
            stream_whole_persons(engine, query, person="person_id", order=["day", "row"], rows=rows)
        )
    keys = [
        key
        for table in tables
        for key in zip(*(table[name].to_pylist() for name in ("person_id", "day", "row")), strict=True)
    ]
    assert keys == sorted(keys)
    assert len(keys) == 20_000
    assert sum(len(set(table["person_id"].to_pylist())) for table in tables) == 700


def test_columns_may_have_any_name(tmp_path: Path) -> None:
    with open_engine(Limits(500_000_000, 1, tmp_path / "spill")) as engine:
        query = 'SELECT 2 - i AS "a ""b"".c", i FROM range(2) AS t(i)'
        tables = list(stream_whole_persons(engine, query, person='a "b".c', order=["i"]))
    assert [number for table in tables for number in table['a "b".c'].to_pylist()] == [1, 2]


def test_what_the_engine_says_of_a_value_is_not_repeated(tmp_path: Path) -> None:
    with open_engine(Limits(500_000_000, 1, tmp_path / "spill")) as engine:
        query = "SELECT CAST('Z' || '123' AS BIGINT) + i AS person_id FROM range(9) AS t(i)"
        with pytest.raises(TableInvalid) as refused:
            list(stream_whole_persons(engine, query, person="person_id", order=[]))
    assert "Z123" not in str(refused.value)
