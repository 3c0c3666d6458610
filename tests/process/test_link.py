"""Linkage on made-up people in two alphabets: right pairs, any order of rows, columns left out, refusals, silence."""

import logging
from collections.abc import Iterator

import polars as pl
import pytest
from polars.testing import assert_frame_equal
from splink import DuckDBAPI
from splink.internals.database_api import DatabaseAPI
from tests.process.people_in_two_alphabets import make_people

from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.journey import open_backend
from guzar.process.link import Linked, link_records
from guzar.process.link_quality import quality_of_links

Backend = DatabaseAPI[object]
PERSONS = 6000


@pytest.fixture
def backend() -> Iterator[Backend]:
    with open_backend("local", 1_000_000_000) as opened:
        yield opened


@pytest.fixture(scope="module")
def people() -> pl.DataFrame:
    return make_people(PERSONS, seed=7)


@pytest.fixture(scope="module")
def linked(people: pl.DataFrame) -> Linked:
    with open_backend("local", 1_000_000_000) as opened:
        return link_records(_records(people), backend=opened)


def _records(people: pl.DataFrame) -> pl.DataFrame:
    return people.drop("person_id", "script")


def _overall(clusters: pl.DataFrame, people: pl.DataFrame) -> tuple[float, float]:
    row = quality_of_links(clusters, people).row(0, named=True)
    return row["precision"], row["recall"]


def test_most_pairs_are_found_and_nearly_all_are_right(linked: Linked, people: pl.DataFrame) -> None:
    precision, recall = _overall(linked.clusters, people)
    assert linked.is_trained
    assert precision >= 0.999
    assert recall >= 0.97


def test_pairs_across_alphabets_are_found(linked: Linked, people: pl.DataFrame) -> None:
    quality = quality_of_links(linked.clusters, people, ["script"])
    across = quality.filter((pl.col("by") == "script") & (pl.col("value") == "differ")).row(0, named=True)
    assert across["true_pairs"] > 2000
    assert across["recall"] >= 0.96


def test_order_of_rows_changes_nothing(linked: Linked, people: pl.DataFrame, backend: Backend) -> None:
    shuffled = (
        _records(people).sample(fraction=1, shuffle=True, seed=99).select(sorted(_records(people).columns))
    )
    again = link_records(shuffled, backend=backend)
    assert_frame_equal(again.pairs, linked.pairs, check_exact=True)
    assert_frame_equal(again.clusters, linked.clusters, check_exact=True)


@pytest.mark.parametrize(
    ("left_out", "least_recall"),
    [
        (["patronymic"], 0.95),
        (["sex", "birth_place", "document_number"], 0.96),
        (["citizenship", "document_number"], 0.96),
        (["given_name", "document_number"], 0.85),
        (["surname", "document_number"], 0.80),
    ],
)
def test_any_column_may_be_missing(
    people: pl.DataFrame, backend: Backend, left_out: list[str], least_recall: float
) -> None:
    made = link_records(_records(people).drop(left_out), backend=backend)
    precision, recall = _overall(made.clusters, people)
    assert precision >= 0.99
    assert recall >= least_recall


def test_a_column_without_a_value_is_a_missing_column(people: pl.DataFrame, backend: Backend) -> None:
    records = _records(people)
    empty = records.with_columns(pl.lit(None, dtype=pl.String).alias("patronymic"))
    one = link_records(empty, backend=backend)
    other = link_records(records.drop("patronymic"), backend=DuckDBAPI())
    assert_frame_equal(one.clusters, other.clusters)


@pytest.mark.parametrize(
    "held", [["sex", "birth_date"], ["surname", "given_name"], ["birth_date", "patronymic"]]
)
def test_too_little_is_refused(people: pl.DataFrame, backend: Backend, held: list[str]) -> None:
    with pytest.raises(MethodNotApplicable, match="too little"):
        link_records(people.select("record_id", *held), backend=backend)


def test_documents_alone_link_what_is_equal(backend: Backend) -> None:
    records = pl.DataFrame({"record_id": list("abcd"), "document_number": ["AB 12", "АВ12", "ab-12", None]})
    clusters = link_records(records, backend=backend).clusters
    assert dict(clusters.iter_rows()) == {"a": 0, "b": 0, "c": 0, "d": 1}


def test_two_tables_are_linked_with_each_other_only(people: pl.DataFrame, backend: Backend) -> None:
    records = _records(people)
    left, right = records.head(5000), records.tail(records.height - 5000)
    made = link_records(left, right, backend=backend)
    assert made.pairs.height > 1000
    assert made.pairs.join(left, left_on="record_id_left", right_on="record_id", how="anti").is_empty()
    assert made.pairs.join(right, left_on="record_id_right", right_on="record_id", how="anti").is_empty()
    truth = people.select("record_id", "person_id")
    judged = made.pairs.join(truth, left_on="record_id_left", right_on="record_id").join(
        truth, left_on="record_id_right", right_on="record_id", suffix="_right"
    )
    assert judged.select((pl.col("person_id") == pl.col("person_id_right")).mean()).item() >= 0.995


def test_a_person_with_many_equal_records_costs_no_square(people: pl.DataFrame, backend: Backend) -> None:
    records = _records(people).head(2000)
    copies = (
        records.head(1)
        .select(pl.exclude("record_id"))
        .join(pl.DataFrame({"record_id": [f"copy{number}" for number in range(50_000)]}), how="cross")
    )
    made = link_records(pl.concat([records, copies.select(records.columns)]), backend=backend)
    persons = made.clusters.filter(pl.col("record_id").str.starts_with("copy"))["person_id"].n_unique()
    assert persons == 1
    assert made.pairs.height < 60_000


def test_equal_records_that_say_little_stay_apart(backend: Backend) -> None:
    people = make_people(3000, seed=5)
    records = people.select("record_id", "given_name", "birth_date")
    made = link_records(records, backend=backend)
    quality = quality_of_links(made.clusters, people).row(0, named=True)
    assert quality["found_pairs"] - quality["right_pairs"] <= 0.1 * quality["found_pairs"]
    assert records.select("given_name", "birth_date").is_duplicated().any()


@pytest.mark.parametrize("ids", [["a", "a"], ["a", None]])
def test_record_ids_are_given_and_different(ids: list[str | None], backend: Backend) -> None:
    records = pl.DataFrame({"record_id": ids, "document_number": ["1", "2"]})
    with pytest.raises(TableInvalid, match="not all given and different"):
        link_records(records, backend=backend)


def test_a_threshold_is_a_probability(backend: Backend) -> None:
    records = pl.DataFrame({"record_id": ["a"], "document_number": ["1"]})
    with pytest.raises(SettingsInvalid, match="no threshold"):
        link_records(records, backend=backend, threshold=1.5)


def test_few_records_rest_on_first_guesses(backend: Backend) -> None:
    made = link_records(_records(make_people(20, seed=3)), backend=backend)
    assert not made.is_trained
    assert made.clusters.height > 20


def test_nothing_is_said_and_no_name_is_in_an_error(
    people: pl.DataFrame, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    records = _records(people).head(500)
    with caplog.at_level(logging.DEBUG):
        link_records(records, backend=DuckDBAPI())
        with pytest.raises((MethodNotApplicable, SettingsInvalid)) as refused:
            link_records(records, backend=_ClosedBackend())
    said = "".join(capfd.readouterr()) + caplog.text + str(refused.value)
    names = {name.lower() for column in ("surname", "given_name") for name in records[column] if name}
    assert not [name for name in names if name in said.lower()]
    assert "SELECT" not in said
    assert refused.value.__suppress_context__


def _ClosedBackend() -> DuckDBAPI:  # noqa: N802 - stands for a class
    backend = DuckDBAPI()
    backend.duckdb_con.close()
    return backend
