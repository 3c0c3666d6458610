"""A whole run over records, from the door to what is published: nothing that names a person anywhere, meanwhile or after.

Crossings of made-up persons go through pseudonymise, link, stays, residence, count, protect and publish, with refusals
of damaged tables between them. Everything is kept: outputs, what was said, and every temporary file, which is caught
while it stands. With the guard switched off the same scan finds the names in what the later stages write.
"""

import os
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pytest
from tests.house.canaries import RECEIPT, persons_of, say

from guzar.errors import SettingsInvalid
from guzar.journey import linking, pseudonymising
from guzar.journey.pseudonymising import find_leaks, own_words
from guzar.process.identifying_values import identifying_values
from guzar.store.keyring import open_keyring
from guzar.store.leak_scan import Found, Scan, Sought, prepare_values, scan_bytes
from guzar.store.linking_zone import read_identities

PERSONS = 80
RULES = """format = 1

[protect.flows]
population = "made-up persons"
dimensions = ["year", "flow", "sex"]
count = "migrations"
minimum = 3
"""


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """Crossings of persons who came and stayed, some of whom left again; a receipt and a key."""
    assert say("keys", "new", tmp_path / "guzar.key")[0] == 0
    persons = persons_of(PERSONS)
    every = []
    for number, (year, direction) in enumerate([(2020, "exit"), (2021, "entry"), (2023, "exit")]):
        shifted = [datetime(year, 2, 1) + timedelta(days=row, hours=9) for row in range(PERSONS)]
        made = persons.with_columns(
            pl.col("record_id") + f"-{number}",
            crossing_date=pl.Series(shifted),
            direction=pl.lit(direction),
            port=pl.lit("P1"),
            mode=pl.lit("road"),
        )
        every.append(made if number < 2 else made.head(PERSONS // 2))
    folder = tmp_path / "sent"
    folder.mkdir()
    pl.concat(every).write_parquet(folder / "crossings.parquet")
    until = date.today() + timedelta(days=300)
    (folder / "receipt.toml").write_text(RECEIPT.format(until=until), encoding="utf-8")
    return folder


@contextmanager
def _catching(run: Path) -> Iterator[None]:
    """Catch every file that stands in the run, if only for a moment: a second name keeps what is deleted."""
    caught = run / "caught"
    caught.mkdir(parents=True)
    ended = threading.Event()
    seen: set[int] = set()

    def catch() -> None:
        while not ended.wait(0.002):
            for folder, _, files in os.walk(run):
                if Path(folder) != caught:
                    for name in files:
                        _keep(Path(folder) / name, caught, seen)

    watcher = threading.Thread(target=catch)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()


def _keep(file: Path, caught: Path, seen: set[int]) -> None:
    try:
        number = file.stat().st_ino
        if number not in seen:
            os.link(file, caught / f"{number}-{file.name.lstrip('.')}")
            seen.add(number)
    except FileNotFoundError:
        return  # gone before it could be kept


class _Journal:
    """Runs guzar and keeps what it says in the run, as a log would."""

    def __init__(self, run: Path) -> None:
        self.run, self.lines = run, 0

    def __call__(self, *words: object, code: int = 0) -> None:
        ended, said = say(*words)
        self.lines += 1
        (self.run / f"{self.lines:02}.log").write_text(f"{ended}\n{said}", encoding="utf-8")
        assert ended == code, said


def _whole_run(sent: Path, run: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every stage, with its temporary files in the run, and refusals of tables that hold names where they should not."""
    (run / "tmp").mkdir(parents=True)
    monkeypatch.setattr(tempfile, "tempdir", str(run / "tmp"))
    outside = sent.with_name("outside")
    outside.mkdir()
    do = _Journal(run)
    with _catching(run):
        do("pseudonymise", sent, "--keys", sent.with_name("guzar.key"), "--out", run / "records")
        _link(sent, run, outside, do)
        do("keys", "purge-links", "--workspace", run / "records", "--by", "a statistician")
        _classify(run, outside, do)
        _count(run, do)


def _link(sent: Path, run: Path, outside: Path, do: _Journal) -> None:
    """Linkage of the identity rows, which stand outside the run, and refusals of such tables."""
    zone = run / "records"
    keyring = open_keyring(sent.with_name("guzar.key"), workspace=zone)
    if not (people := _people(zone, keyring)).height:  # the guard is off: nobody stands in the zone
        people = pl.read_parquet(zone / "records" / "*" / "*.parquet")
    people.write_parquet(outside / "people.parquet")
    wrong = people.with_columns(pl.col("surname").alias("birth_date"))
    wrong.write_csv(outside / "wrong.csv")
    people.drop("record_id").write_csv(outside / "unnumbered.csv")
    (outside / "cut.parquet").write_bytes((outside / "people.parquet").read_bytes()[:-50])
    for name in ("wrong.csv", "unnumbered.csv", "cut.parquet"):
        do("link", outside / name, "--out", run / "none.csv", code=3)
    pairs, persons, review = (run / f"{name}.csv" for name in ("pairs", "persons", "review"))
    do("link", outside / "people.parquet", "--out", pairs, "--clusters", persons, "--review", review)
    do("link", outside / "people.parquet", "--clusters", persons, "--json", "--lang", "ru")


def _people(zone: Path, keyring: object) -> pl.DataFrame:
    try:
        return read_identities(zone, keyring, on=datetime.now(UTC).date().isoformat())  # type: ignore[arg-type]
    except SettingsInvalid:  # the zone holds nobody
        return pl.DataFrame()


def _classify(run: Path, outside: Path, do: _Journal) -> None:
    """Stays of both views and residence; refusals of crossings whose cells are names."""
    crossings = pl.read_parquet(run / "records" / "records" / "*" / "*.parquet")
    persons = pl.read_csv(run / "persons.csv", schema_overrides={"person_id": pl.Int64})
    joined = crossings.join(persons.select("record_id", "person_id"), on="record_id").drop("record_id")
    joined.write_parquet(run / "crossings.parquet")
    surnames = persons_of(PERSONS)["surname"]
    for column in ("crossing_date", "direction", "sequence"):
        joined.head(PERSONS).with_columns(surnames.alias(column)).write_csv(outside / "wrong.csv")
        do("stays", outside / "wrong.csv", "--out", run / "none.csv", code=3)
    headless = "".join((outside / "wrong.csv").read_text(encoding="utf-8").splitlines(keepends=True)[1:])
    (outside / "headless.csv").write_text(headless, encoding="utf-8")
    do("stays", outside / "headless.csv", "--out", run / "none.csv", code=3)
    do("count", outside / "headless.csv", "--measure", "stays", code=3)
    days = ("--observed-from", "2020-01-01", "--observed-to", "2024-12-31")
    do("residence", outside / "wrong.csv", *days, "--out", run / "none.csv", "--lang", "ru", code=3)
    do("stays", run / "crossings.parquet", "--out", run / "stays.csv")
    do("stays", run / "crossings.parquet", "--out", run / "absences.csv.gz", "--view", "origin")
    do("residence", run / "crossings.parquet", *days, "--out", run / "residence.parquet", "--self-test")


def _count(run: Path, do: _Journal) -> None:
    """Counts, their protection and publication."""
    flows = ("--measure", "flow", "--by", "sex", "--out", run / "flows.csv")
    do("count", run / "residence.parquet", *flows)
    do("count", run / "residence.parquet", "--measure", "stock", "--by", "sex,citizenship", "--json")
    do("count", run / "stays.csv", "--measure", "stays", "--by", "duration")
    (run / "counts").mkdir()
    (run / "counts" / "guzar.toml").write_text(RULES, encoding="utf-8")
    for report in ("report.html", "report.json"):
        told = ("--workspace", run / "counts", "--edition", "2025-01-01", "--report", run / report)
        do("protect", run / "flows.csv", *told, "--out", run / "protected.csv")
    do("publish", "--workspace", run / "counts", "--out", run / "release", "--date", "2025-02-01")


def test_no_stage_leaves_or_says_an_identifying_value(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not in an output, a log, a receipt or a sealed file, nor in what stood there for a moment."""
    run = tmp_path / "run"
    _whole_run(sent, run, monkeypatch)
    assert find_leaks(sent, run) == Scan()
    assert len(list((run / "caught").iterdir())) > 40
    assert list((run / "release" / "protected").glob("flows*"))
    counted = pl.read_csv(run / "flows.csv")
    assert counted["migrations"].sum() >= PERSONS


def test_with_the_guard_off_every_stage_that_passes_records_on_is_found(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A door that lets everything through: the same scan finds the names in tables and in what stood for a moment."""
    monkeypatch.setattr(
        pseudonymising, "split_identity", lambda records, keys: (records, records.select("record_id").clear())
    )
    monkeypatch.setattr(
        pseudonymising, "PSEUDONYMOUS", {table: table for table in pseudonymising.PSEUDONYMOUS}
    )
    run = tmp_path / "run"
    _whole_run(sent, run, monkeypatch)
    found = find_leaks(sent, run).leaks
    told = {(leak.file.rpartition("/")[2], leak.kind): leak.values for leak in found}
    for file in ("crossings.parquet", "residence.parquet"):
        assert told[(file, "surname")] == persons_of(PERSONS)["surname"].n_unique()
        assert told[(file, "birth_date")] == PERSONS
        assert (file, "document_number") in told
    assert {"surname", "birth_date"} <= {leak.kind for leak in found if leak.file.startswith("caught/")}


SPILLED_ROWS = 400_000
LOOKED_AT = 1 << 20  # bytes of each spilled file


@pytest.mark.parametrize("is_encrypted", [True, False], ids=["guard on", "guard off"])
def test_what_linkage_spills_over_names_nobody(
    is_encrypted: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Names that do not fit into memory stand on disk encrypted; without the guard they are found there."""
    (tmp_path / "tmp").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    persons = persons_of(PERSONS).select("surname", "given_name", "document_number")
    with linking.open_backend("local", 160_000_000) as backend:
        engine = backend._con
        if not is_encrypted:
            engine.execute("SET temp_file_encryption = false")
        engine.register("persons", persons.to_arrow())
        engine.execute(
            "CREATE TEMP TABLE many AS SELECT p.*, range AS number, md5(range::VARCHAR) AS other, "
            "repeat(md5(number::VARCHAR || surname), 8) AS filling "
            f"FROM persons p, range({SPILLED_ROWS // PERSONS}) ORDER BY other"
        )
        spilled = [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()]
        assert sum(path.stat().st_size for path in spilled) > 0
        found = {kind for path in spilled for kind in _kinds_in(path)}
    assert bool(found) != is_encrypted
    assert not [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()]


def _kinds_in(file: Path) -> set[str]:
    with file.open("rb") as content:
        return set(scan_bytes(content.read(LOOKED_AT), _sought()).values.values())


@cache
def _sought() -> Sought:
    return prepare_values(identifying_values(persons_of(PERSONS)), own_words())


def test_folded_names_and_compared_documents_are_sought() -> None:
    """What linkage makes of a name on the way identifies it as well."""
    from guzar.process.names import fold_name

    surname = persons_of(2)["surname"][1]
    key = fold_name(surname, "surname")[0]
    assert key is not None
    assert scan_bytes(f"{key},x".encode(), _sought()) != Found()
    assert scan_bytes("doc XЦ7655322".encode(), _sought()) != Found()
