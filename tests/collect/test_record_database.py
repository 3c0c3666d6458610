"""Records straight from PostgreSQL: a server started for the test, read only, the address never told."""

import os
import re
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from tests.collect.made_up_records import RECEIPT, made_up_crossings

from guzar.cli import main
from guzar.collect.record_database import fetch_records, find_address, name_of, query_of
from guzar.collect.record_files import open_packed_records
from guzar.collect.record_form import find_record_form
from guzar.collect.record_mapping import RecordMapping
from guzar.collect.record_sifting import sift_batches
from guzar.errors import SettingsInvalid, SourceUnavailable
from guzar.store.keyring import new_keyring

FORM = find_record_form("borders")
NOBODY_ID = 65534


def _programs() -> Path | None:
    """The folder with the programs of the server."""
    found = shutil.which("postgres")
    places = [
        *sorted(Path("/usr/lib/postgresql").glob("*/bin")),
        *([Path(found).resolve().parent, Path(found).parent] if found else []),
    ]
    return next(
        (place for place in places if (place / "initdb").exists() and (place / "postgres").exists()), None
    )


def _run(words: list[str]) -> None:
    """Run a program as an unprivileged user: the server refuses to start as root."""
    user = {"user": NOBODY_ID, "group": NOBODY_ID} if os.geteuid() == 0 else {}
    subprocess.run(words, check=True, capture_output=True, env=os.environ | {"HOME": "/"}, cwd="/", **user)


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a server with one table of crossings, all columns text but for the time."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL server: apt-get install postgresql")
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="guzar-pg-"))
    if os.geteuid() == 0:
        os.chown(folder, NOBODY_ID, NOBODY_ID)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    _run(
        [
            str(programs / "initdb"),
            "-D",
            str(folder / "data"),
            "-U",
            "reader",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--no-sync",
        ]
    )
    user = {"user": NOBODY_ID, "group": NOBODY_ID} if os.geteuid() == 0 else {}
    server = subprocess.Popen(
        [
            str(programs / "postgres"),
            "-D",
            str(folder / "data"),
            "-p",
            str(port),
            "-k",
            str(folder),
            "-h",
            "127.0.0.1",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd="/",
        **user,
    )
    try:
        uri = f"postgresql://reader:top-secret-word@127.0.0.1:{port}/postgres"
        _fill(uri)
        yield uri
    finally:
        server.terminate()
        server.wait(30)
        shutil.rmtree(folder, ignore_errors=True)


def _fill(uri: str) -> None:
    from adbc_driver_manager import Error
    from adbc_driver_postgresql import dbapi

    table = (
        made_up_crossings(50, 2)
        .with_columns(pl.col("crossing_date").str.to_datetime())
        .to_arrow(compat_level=pl.CompatLevel.oldest())
    )
    for attempt in range(100):
        try:
            with dbapi.connect(uri) as connection:
                with connection.cursor() as cursor:
                    cursor.adbc_ingest("crossings", pa.Table.from_batches(table.to_batches()), mode="create")
                    cursor.execute("CREATE ROLE guest LOGIN")
                connection.commit()
            return
        except Error:
            if attempt == 99:
                raise
            time.sleep(0.2)


@pytest.mark.parametrize(
    "described", [{"table": "public.crossings"}, {"query": "SELECT * FROM crossings ORDER BY record_id;"}]
)
def test_a_table_and_a_query_give_the_records(described: dict[str, str], address: str) -> None:
    """What the database holds is what is read, types and alphabets included."""
    packed = fetch_records(address, query_of(described))
    opened = open_packed_records(packed, "borders.parquet", FORM, RecordMapping())
    parts = list(sift_batches(opened.batches(), FORM, RecordMapping(), date(2026, 11, 22)))
    kept = pl.concat([part.kept for part in parts]).sort("record_id")
    given = made_up_crossings(50, 2).sort("record_id")
    assert kept.height == 50
    assert kept["surname"].to_list() == given["surname"].to_list()
    assert kept["crossing_date"].to_list() == given["crossing_date"].str.to_datetime().to_list()


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("DELETE FROM crossings", "SQLSTATE 25006: the query would change the database"),
        ("DROP TABLE crossings", "SQLSTATE 25006: the query would change the database"),
        (
            "SELECT nothing FROM nowhere",
            "SQLSTATE 42P01: an error in the query, or a table or column that is",
        ),
        ("SELEKT 1", "SQLSTATE 42601: an error in the query"),
        ("SELECT 1 / (length(surname) - length(surname)) FROM crossings", "SQLSTATE –: the query broke off"),
        ("SELECT 'x'::integer", "SQLSTATE 22P02: a value that the query works with does not fit"),
        ("SELECT * FROM pg_authid", "SQLSTATE 42501: the user has no right to read this"),
    ],
)
def test_a_query_that_fails_or_changes_something_is_refused(query: str, said: str, address: str) -> None:
    """The server's code and its class in words, neither the password nor a word of the database; nothing was changed."""
    guest = address.replace("reader:", "guest:") if "pg_authid" in query else address
    with pytest.raises(SettingsInvalid) as refused:
        fetch_records(guest, query)
    assert said in refused.value.message()
    assert "top-secret-word" not in refused.value.message()
    assert "nowhere" not in refused.value.message()
    assert refused.value.__cause__ is None
    packed = fetch_records(address, "SELECT count(*) AS found FROM crossings")
    import pyarrow.parquet as pq

    assert pq.read_table(pa.BufferReader(packed))["found"].to_pylist() == [50]


def test_a_server_that_is_not_there_is_said_without_its_address() -> None:
    """Try later; the password stays unsaid."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(SourceUnavailable) as refused:
        fetch_records(
            f"postgresql://reader:top-secret-word@127.0.0.1:{port}/postgres?connect_timeout=2", "SELECT 1"
        )
    assert "top-secret-word" not in refused.value.message()


def test_the_address_comes_from_the_environment_or_the_settings() -> None:
    """The variable that the mapping file names goes first."""
    described = {"table": "crossings", "address_variable": "BORDERS"}
    settings = {"databases": {"borders": "postgresql://settings"}}
    assert (
        find_address(described, "borders", {"BORDERS": "postgresql://variable"}, settings)
        == "postgresql://variable"
    )
    assert find_address(described, "borders", {}, settings) == "postgresql://settings"
    with pytest.raises(SettingsInvalid, match="BORDERS"):
        find_address(described, "borders", {}, {})


@pytest.mark.parametrize(
    ("described", "name"),
    [
        ({"table": "public.crossings"}, "public.crossings"),
        ({"query": "SELECT 1"}, "posts.toml [database] query"),
    ],
)
def test_records_of_a_database_are_called_by_their_table_or_query(
    described: dict[str, str], name: str, address: str
) -> None:
    """No file is named that nobody ever had."""
    assert name_of(described, "posts.toml") == name


PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "collect-records.md"


def test_the_example_of_the_page_runs(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Settings, mapping and command as the page prints them, on a table such as it describes."""
    from adbc_driver_postgresql import dbapi

    section = (
        PAGE.read_text(encoding="utf-8").partition("## Straight from PostgreSQL")[2].partition("\n## ")[0]
    )
    sql, settings, mapping = re.findall(r"```(?:sql|toml)\n(.*?)```", section, re.DOTALL)
    command = re.findall(r"```sh\n(.*?)```", section, re.DOTALL)[0].strip().splitlines()[-1]
    with dbapi.connect(address) as connection, connection.cursor() as cursor:
        for statement in filter(None, map(str.strip, sql.split(";\n"))):
            cursor.execute(statement)
        connection.commit()
    monkeypatch.chdir(tmp_path)
    (tmp_path / "work").mkdir()
    settings = re.sub(r'postgresql://[^"]+', address, settings)
    (tmp_path / "work" / "guzar.toml").write_text(settings, encoding="utf-8")
    (tmp_path / "posts-database.toml").write_text(mapping, encoding="utf-8")
    new_keyring(tmp_path / "guzar.key", made_on="2026-11-22", entropy=b"k" * 32)
    (tmp_path / "march-receipt.toml").write_text(RECEIPT, encoding="utf-8")
    with pytest.raises(SystemExit) as ended:
        main(command.split()[1:])
    said = capsys.readouterr()
    assert ended.value.code == 0, said.err
    assert "2 records kept under pseudonyms, 0 rows set aside" in said.out
    assert "borders.parquet" not in said.out
    assert "cannot tell" not in said.err
    kept = pl.concat(map(pl.read_parquet, (tmp_path / "work").rglob("crossings.parquet")))
    assert sorted(kept["mode"]) == ["air", "road"]


@pytest.mark.parametrize("table", ["crossings; DROP TABLE x", 'a"b', "a.b.c", ""])
def test_a_table_is_a_name(table: str) -> None:
    """Anything else would be a query that nobody reads."""
    with pytest.raises(SettingsInvalid):
        query_of({"table": table})
