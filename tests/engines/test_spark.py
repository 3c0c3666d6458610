"""Spark gives the rows that the local engine gives, in the same order, and leaves nothing behind."""

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from guzar.engines import spark, spark_session
from guzar.engines.carried import carried_schema, cast_columns
from guzar.engines.local import Limits
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.journey import ResidenceRule, Residing, pair_stays, reside
from guzar.process.residence import Tally

RULE = ResidenceRule(365, 487, date(2019, 3, 1), date(2024, 6, 30))
SECONDS = 300_000  # between two possible moments, so that several crossings share one
FIRST = np.datetime64("2019-01-01T00:00:00", "us")


@pytest.fixture(scope="module")
def session(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One Spark for the module: each start of Java costs seconds."""
    require_spark()
    place = tmp_path_factory.mktemp("spark")
    with spark_session.open_session(Limits(1_500_000_000, 2, place)) as opened:
        yield opened


@pytest.fixture
def small_parts(session: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Many parts and small batches, so that persons would be cut if anything cut them."""
    session.conf.set("spark.sql.execution.arrow.maxRecordsPerBatch", "1000")
    monkeypatch.setattr(spark, "open_session", lambda limits: nullcontext(session))
    monkeypatch.setattr(spark, "ROWS_PER_PART", 7_000)


def require_spark() -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("PySpark absent: pip install 'guzar[spark]'")
    if shutil.which("java") is None:
        pytest.skip("Java absent: apt-get install openjdk-17-jre-headless")


def crossings(rows: int, *, seed: int, is_text: bool = False) -> pa.Table:
    """Random crossings: same moments, lost crossings, one person who crosses very often, columns of many kinds."""
    random = np.random.default_rng(seed)
    person = random.integers(0, rows // 8, rows)
    person[random.random(rows) < 0.05] = 3
    moment = FIRST + (random.integers(0, 2_000_000, rows) * 96 // SECONDS * SECONDS).astype("timedelta64[s]")
    table = {
        "person_id": pa.array([f"Ж{number}" for number in person]) if is_text else pa.array(person),
        "crossing_date": pa.array(moment),
        "direction": np.where(random.random(rows) < 0.5, "entry", "exit"),
        "port": pa.array(random.integers(0, 40, rows).astype("uint16"), mask=random.random(rows) < 0.1),
        "load.kg `now`": pa.array(random.choice([0.1, np.nan, -3.0, np.inf], rows)),
        "note": pa.array(random.choice(["", "é", "Я", "a b", "a"], rows), mask=random.random(rows) < 0.2),
    }
    return pa.table(table)


def with_every_kind(table: pa.Table) -> pa.Table:
    """Columns of the kinds that Spark lacks or counts otherwise."""
    row = pa.array(range(table.num_rows), pa.int64())
    kinds = {
        "resident_at_start_given": pa.array([True, None, False, None] * table.num_rows)[: table.num_rows],
        "large": pa.array([2**64 - 1 - number for number in range(table.num_rows)], pa.uint64()),
        "nanoseconds": row.cast(pa.timestamp("ns")),
        "instant": row.cast(pa.timestamp("us", "Asia/Bishkek")),
        "time_of_day": row.cast(pa.time64("us")),
        "money": row.cast(pa.decimal128(38, 2)),
    }
    for name, column in kinds.items():
        table = table.append_column(name, column)
    return table


def both(source: Path, rule: ResidenceRule = RULE) -> tuple[pa.Table, pa.Table, Tally, Tally]:
    """Residence by either engine, as tables and tallies."""
    tallies, tables = [], []
    for engine in ("local", "spark"):
        out = source.with_name(f"{engine}.parquet")
        tallies.append(reside(source, out, rule, Residing(engine=engine)))
        tables.append(pq.read_table(out))
    return tables[0], tables[1], tallies[0], tallies[1]


@pytest.mark.parametrize("missing", ["midpoint", "drop"])
def test_residence_is_the_same_to_the_row(tmp_path: Path, small_parts: None, missing: str) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(with_every_kind(crossings(50_000, seed=1, is_text=True)), source, row_group_size=9_000)
    rule = ResidenceRule(270, 365, RULE.first_day, RULE.last_day, missing)
    local, found, local_tally, tally = both(source, rule)
    assert found.schema.equals(local.schema)
    assert repr(found.to_pylist()) == repr(local.to_pylist())  # not a number is one here
    assert tally == local_tally
    assert tally.crossings > 1_000
    assert tally.gaps == 0 if missing == "drop" else tally.gaps > 1_000


@pytest.mark.parametrize("form", ["in.csv", "in.parquet"])
def test_stays_are_the_same_to_the_byte(tmp_path: Path, small_parts: None, form: str) -> None:
    table, source = crossings(20_000, seed=2), tmp_path / form
    if form.endswith(".csv"):
        table.to_pandas().to_csv(source, index=False)
    else:
        pq.write_table(table, source)
    for engine in ("local", "spark"):
        pair_stays(source, tmp_path / f"{engine}.csv.gz", Residing(engine=engine))
    assert (tmp_path / "spark.csv.gz").read_bytes() == (tmp_path / "local.csv.gz").read_bytes()


def test_a_step_refuses_on_spark_as_it_does_here(tmp_path: Path, small_parts: None) -> None:
    pq.write_table(crossings(20_000, seed=3), tmp_path / "in.parquet")
    rule = ResidenceRule(365, 487, RULE.first_day, RULE.last_day, "refuse")
    with pytest.raises(TableInvalid) as refused:
        reside(tmp_path / "in.parquet", tmp_path / "out.parquet", rule, Residing(engine="spark"))
    assert refused.value.what.startswith("Persons have two crossings in the same direction in a row")
    assert [path.name for path in tmp_path.iterdir()] == ["in.parquet"]


def test_a_damaged_file_is_refused_without_a_value(tmp_path: Path, small_parts: None) -> None:
    source = tmp_path / "in.parquet"
    pq.write_table(crossings(20_000, seed=4, is_text=True), source, compression="none", use_dictionary=False)
    content = bytearray(source.read_bytes())
    content[2_000:60_000] = b"Z" * 58_000
    source.write_bytes(content)
    with pytest.raises(TableInvalid) as refused:
        reside(source, tmp_path / "out.parquet", RULE, Residing(engine="spark"))
    assert "ZZ" not in str(refused.value)
    assert "read" in refused.value.what
    assert not (tmp_path / "out.parquet").exists()


def test_what_spark_says_of_a_failure_is_not_repeated(tmp_path: Path, small_parts: None) -> None:
    pq.write_table(crossings(1_000, seed=5), tmp_path / "in.parquet")
    engine = spark.open_engine(Limits(500_000_000, 1, tmp_path / "spill"))
    scan = spark.scan_query(engine, f"SELECT * FROM '{tmp_path / 'in.parquet'}'", is_divisible=True)
    engine.close()
    limits = Limits(500_000_000, 1, tmp_path / "run")

    def fail(persons: pa.Table) -> pa.Table:
        raise ValueError(f"person {persons['person_id'][0]} has said too much")

    with pytest.raises(MethodNotApplicable) as refused:
        list(spark.transform_whole_persons(limits, scan, person="person_id", order=[], step=fail, tally=None))
    assert "too much" not in str(refused.value)


def test_a_file_without_crossings_needs_no_spark(tmp_path: Path) -> None:
    pq.write_table(crossings(80, seed=6).slice(0, 0), tmp_path / "in.parquet")
    tally = reside(tmp_path / "in.parquet", tmp_path / "out.parquet", RULE, Residing(engine="spark"))
    assert tally == Tally()
    assert "is_migration" in pq.read_schema(tmp_path / "out.parquet").names


def test_every_kind_travels_and_returns() -> None:
    table = with_every_kind(crossings(64, seed=7)).combine_chunks()
    (batch,) = table.to_batches()
    there = cast_columns(batch, carried_schema(table.schema))
    assert repr(cast_columns(there, table.schema).to_pylist()) == repr(batch.to_pylist())


def test_columns_that_spark_cannot_sort_are_refused_before_it_starts(tmp_path: Path) -> None:
    table = crossings(80, seed=8)
    table = table.append_column("stamps", pa.array([[1]] * table.num_rows))
    pq.write_table(table, tmp_path / "in.parquet")
    with pytest.raises(TableInvalid, match="stamps"):
        reside(tmp_path / "in.parquet", tmp_path / "out.parquet", RULE, Residing(engine="spark"))


def test_without_pyspark_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pq.write_table(crossings(80, seed=9), tmp_path / "in.parquet")
    monkeypatch.setitem(sys.modules, "pyspark", None)
    with pytest.raises(SettingsInvalid, match=r"guzar\[spark\]"):
        reside(tmp_path / "in.parquet", tmp_path / "out.parquet", RULE, Residing(engine="spark"))


def test_without_java_its_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("PySpark absent: pip install 'guzar[spark]'")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("JAVA_HOME", raising=False)
    with (
        pytest.raises(SettingsInvalid, match="openjdk-17-jre-headless"),
        spark_session.open_session(Limits(10**9, 1, tmp_path / "spill")),
    ):
        pass


def test_an_engine_that_guzar_has_not_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="flink"):
        pair_stays(tmp_path / "in.csv", tmp_path / "out.csv", Residing(engine="flink"))


def test_a_run_says_nothing_of_its_own_and_leaves_nothing(tmp_path: Path) -> None:
    require_spark()
    here, temporary = tmp_path / "a, b's", tmp_path / "temporary"
    here.mkdir()
    temporary.mkdir()
    pq.write_table(crossings(2_000, seed=10), here / "in.parquet")
    command = [sys.executable, "-m", "guzar", "stays", "in.parquet", "--out", "out.csv", "--engine", "spark"]
    done = subprocess.run(
        command,
        cwd=here,
        env=os.environ | {"TMPDIR": str(temporary), "GUZAR_LANG": "en"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("Stays written to out.csv: ")
    assert len(done.stdout.splitlines()) == 2  # how many stays, and of how many an end is not recorded
    assert sorted(path.name for path in here.iterdir()) == ["in.parquet", "out.csv", "out.csv.about.json"]
    assert list(temporary.iterdir()) == []
