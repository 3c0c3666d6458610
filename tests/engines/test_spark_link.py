"""Linkage on Spark gives the pairs and persons that DuckDB gives, encrypts what it writes, and leaves nothing behind."""

import importlib.util
import shutil
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal
from tests.process.people_in_two_alphabets import make_people

from guzar.engines import spark_session
from guzar.engines.local import Limits
from guzar.engines.spark_similarity import compare_names
from guzar.journey import linking, open_backend
from guzar.process.link import Linked, link_records

NEARLY = 2e-6  # probabilities are written to six decimals; sums made in another order differ beyond that
NAMES = st.one_of(st.none(), st.text("abdeiklmnorstu", max_size=9))


def _require_spark() -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("PySpark absent: pip install 'guzar[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Java absent: apt-get install openjdk-17-jre-headless")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files of its own."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def _on_both(records: pl.DataFrame, right: pl.DataFrame | None = None) -> tuple[Linked, Linked]:
    made = []
    for engine in ("local", "spark"):
        with open_backend(engine, 1_500_000_000) as backend:
            made.append(link_records(records, right, backend=backend))
    return made[0], made[1]


def _assert_same(local: Linked, found: Linked) -> None:
    assert_frame_equal(found.clusters, local.clusters, check_exact=True)
    assert_frame_equal(found.pairs, local.pairs, abs_tol=NEARLY, rel_tol=0)
    assert (found.identities, found.is_trained, found.clusters_cut) == (
        local.identities,
        local.is_trained,
        local.clusters_cut,
    )


@pytest.mark.full  # two minutes of Spark starting small jobs
@pytest.mark.timeout(1800)
def test_persons_and_pairs_are_the_same(temporary: Path) -> None:
    _require_spark()
    local, found = _on_both(make_people(600, seed=31).drop("person_id", "script"))
    assert local.is_trained
    assert local.pairs.height > 500
    _assert_same(local, found)
    assert list(temporary.iterdir()) == []


@pytest.mark.full
@pytest.mark.timeout(1800)
def test_thousands_of_records_and_two_tables_give_the_same() -> None:
    _require_spark()
    records = make_people(2500, seed=32).drop("person_id", "script")
    assert records.height > 5000
    _assert_same(*_on_both(records))
    _assert_same(*_on_both(records.head(2500), records.tail(2500)))


def test_what_spark_writes_is_encrypted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The session of a linkage is asked for encryption; that of crossings under pseudonyms need not be."""
    asked: list[bool] = []

    class _Asked(Exception):
        pass

    def open_session(limits: Limits, *, is_encrypted: bool = False) -> Any:
        asked.append(is_encrypted)
        raise _Asked

    monkeypatch.setattr(linking, "open_session", open_session)
    with pytest.raises(_Asked), open_backend("spark"):
        pass
    assert asked == [True]
    assert spark_session.ENCRYPTED["spark.io.encryption.enabled"] == "true"


@given(st.lists(st.tuples(NAMES, NAMES), min_size=1, max_size=30))
def test_names_are_compared_as_duckdb_compares_them(pairs: list[tuple[str | None, str | None]]) -> None:
    one, other = (pa.array(side, pa.string()) for side in zip(*pairs, strict=True))
    made = compare_names(one, other).to_pylist()
    for (left, right), alike in zip(pairs, made, strict=True):
        query = duckdb.execute("SELECT jaro_winkler_similarity(?::VARCHAR, ?::VARCHAR)", [left, right])
        assert query.fetchall()[0][0] == alike
