"""No name, document or birth date leaves the linking zone: not in tables, logs, receipts, messages or what lies between.

Deliveries are made up of canaries: names that no text of guzar holds. What went in is looked for in every file that a
run leaves, and in everything that it says. The same scan, with the guard switched off, must find the canaries.
"""

import gzip
import hashlib
import io
import json
import re
import zipfile
from contextlib import redirect_stderr, redirect_stdout
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import dataframely as dy
import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.house.test_declarations import TABLES

from guzar.cli import main
from guzar.define.columns import DECLARED
from guzar.journey import pseudonymising
from guzar.journey.pseudonymising import find_leaks, own_words
from guzar.process.identifying_values import identifying_values, to_latin
from guzar.store import leak_scan
from guzar.store.leak_scan import Sought, prepare_values, scan_bytes, scan_folder

RECEIPT = (
    'holder = "Made-up office"\nlegal_basis = "Law 1"\npurpose = "statistics"\nretention_until = {until}\n'
)
SYLLABLES = ("vvor", "kzan", "ubbo", "qyshl", "jjur", "txeb", "whod", "zzif")
CYRILLIC = ("ввор", "кзан", "уббо", "щышл", "жжур", "тхеб", "цход", "ззиф")


def _canary(number: int, alphabet: tuple[str, ...], ending: str) -> str:
    return "".join(alphabet[(number // 8**place) % 8] for place in range(3)).capitalize() + ending


def _persons(rows: int) -> pl.DataFrame:
    """Persons with names in two alphabets, documents with and without blanks, and birth dates before every event."""
    made = [
        {
            "record_id": f"OFFICE-{1000 + row}",
            "surname": _canary(row, CYRILLIC if row % 2 else SYLLABLES, "ов" if row % 2 else "ov"),
            "given_name": _canary(row + 77, CYRILLIC if row % 2 else SYLLABLES, ""),
            "patronymic": _canary(row + 191, CYRILLIC, "ович") if row % 3 else None,
            "sex": "FM"[row % 2],
            "birth_date": date(1931, 1, 1) + timedelta(days=row * 37),
            "birth_place": "QMB",
            "citizenship": "QMB",
            "document_number": f"{'ХЦ ' if row % 2 else 'XQ'}{7654321 + row * 1001}",
        }
        for row in range(rows)
    ]
    return pl.DataFrame(made)


def _deliver(folder: Path, rows: int = 60) -> Path:
    """Deliveries of two kinds, one of them as text with a few bad rows, with their receipts."""
    persons = _persons(rows)
    day = datetime(2024, 3, 1, 14, 30)
    events = {"crossing_date": day, "direction": "entry", "port": "P1", "mode": "road"}
    permits = {"permit_type": "work", "valid_from": day.date(), "valid_to": date(2025, 3, 1)}
    crossings = persons.with_columns(pl.lit(value).alias(name) for name, value in events.items())
    bad = crossings.head(3).with_columns(
        port=pl.Series(["P1", "P1", persons["surname"][2]]),
        sex=pl.Series([persons["surname"][0], "F", "F"]),
        mode=pl.Series(["road", persons["document_number"][1], "road"]),
        record_id=pl.Series(["B1", "B2", "B3"]),
    )
    (folder / "crossings").mkdir(parents=True)
    (folder / "permits").mkdir()
    pl.concat([crossings, bad]).write_csv(folder / "crossings" / "crossings.csv")
    persons.with_columns(pl.lit(v).alias(n) for n, v in permits.items()).write_parquet(
        folder / "permits" / "permits.parquet"
    )
    for place in ("crossings", "permits"):
        until = date.today() + timedelta(days=300)
        (folder / place / "receipt.toml").write_text(RECEIPT.format(until=until), encoding="utf-8")
    return folder


def _say(*words: object) -> tuple[int, str]:
    """Run guzar; its exit code and everything that it says."""
    said = io.StringIO()
    with redirect_stdout(said), redirect_stderr(said), pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0), said.getvalue()


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """Deliveries and a key file."""
    assert _say("keys", "new", tmp_path / "guzar.key")[0] == 0
    return _deliver(tmp_path / "sent")


def _run(sent: Path, run: Path) -> None:
    """Everything that takes records in, with what it says kept as logs: results, refusals, both languages, JSON."""
    run.mkdir()
    key = sent.with_name("guzar.key")
    receipt = sent / "crossings" / "receipt.toml"
    damaged = sent.with_name("damaged.parquet")
    damaged.write_bytes((sent / "permits" / "permits.parquet").read_bytes()[:-100])
    headless = sent.with_name("headless.csv")
    headless.write_text(
        "".join((sent / "crossings" / "crossings.csv").read_text(encoding="utf-8").splitlines(True)[1:]),
        encoding="utf-8",
    )
    table = ("borders", sent / "crossings" / "crossings.csv", "--workspace", run / "work")
    lines = [
        ("pseudonymise", sent / "crossings", "--keys", key, "--out", run / "crossings"),
        ("pseudonymise", sent / "permits", "--keys", key, "--out", run / "permits", "--json"),
        ("pseudonymise", damaged, "--keys", key, "--out", run / "none", "--receipt", receipt),
        (
            "pseudonymise",
            headless,
            "--keys",
            key,
            "--out",
            run / "none",
            "--receipt",
            receipt,
            "--lang",
            "ru",
        ),
        ("pseudonymise", sent / "permits" / "permits.parquet", "--keys", receipt, "--out", run / "none"),
        ("collect", *table, "--keys", key, "--receipt", receipt),
        ("collect", *table, "--keys", key, "--receipt", receipt, "--json"),
        ("collect", "borders", headless, "--workspace", run / "work", "--keys", key, "--receipt", receipt),
    ]
    codes = []
    for number, line in enumerate(lines):
        code, said = _say(*line)
        codes.append(code)
        (run / f"{number}.log").write_text(f"{code}\n{said}", encoding="utf-8")
    assert codes[:2] == [0, 0]
    assert 0 not in codes[2:5]


def test_a_run_leaves_no_identifying_value(sent: Path, tmp_path: Path) -> None:
    """In no table, log, receipt or sealed file, before the purge and after it."""
    run = tmp_path / "run"
    _run(sent, run)
    assert sum(1 for path in run.rglob("*") if path.is_file()) > 12
    assert list(run.rglob("*.sealed"))
    assert find_leaks(sent, run) == []
    for folder in ("crossings", "permits"):
        code, said = _say("keys", "purge-links", "--workspace", run / folder)
        (run / f"purge-{folder}.log").write_text(said, encoding="utf-8")
        assert code == 0
    assert find_leaks(sent, run) == []
    code, said = _say("keys", "check-leaks", sent, "--run", run)
    assert code == 0, said


def test_the_records_are_there(sent: Path, tmp_path: Path) -> None:
    """A scan of nothing finds nothing: the run has kept all good rows, and left out the three bad ones."""
    _run(sent, tmp_path / "run")
    kept = pl.read_parquet(tmp_path / "run" / "crossings" / "records" / "crossings" / "*.parquet")
    assert kept.height == 60
    assert kept["person_token"].null_count() == 0
    record = json.loads((tmp_path / "run" / "crossings" / "pseudonymised.json").read_text(encoding="utf-8"))
    assert record["rows_left_out_by_column"] == {"mode": 1, "port": 1, "sex": 1}


def test_with_the_guard_switched_off_the_canaries_are_found(
    sent: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same run with a door that lets everything through."""
    monkeypatch.setattr(
        pseudonymising, "split_identity", lambda records, keys: (records, records.select("record_id").clear())
    )
    monkeypatch.setattr(
        pseudonymising, "PSEUDONYMOUS", {table: table for table in pseudonymising.PSEUDONYMOUS}
    )
    _run(sent, tmp_path / "run")
    kinds = {leak.kind: leak.values for leak in find_leaks(sent, tmp_path / "run" / "crossings")}
    assert {"surname", "given_name", "patronymic", "document_number", "birth_date"} <= set(kinds)
    persons = _persons(60)
    assert kinds["surname"] == persons["surname"].n_unique()
    assert kinds["birth_date"] == 60
    code, said = _say("keys", "check-leaks", sent, "--run", tmp_path / "run" / "crossings")
    assert code == 4
    assert not scan_bytes(said.encode(), _sought())


@cache
def _sought(rows: int = 60) -> Sought:
    return prepare_values(identifying_values(_persons(rows)), own_words())


def _zip(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<si><t>{text}</t></si>")
    return packed.getvalue()


def _parquet(**columns: object) -> bytes:
    table = io.BytesIO()
    pl.DataFrame(columns).write_parquet(table)
    return table.getvalue()


LATIN, RUSSIAN = _persons(2)["surname"]
GIVEN, PATRONYMIC = _persons(2).row(1)[2:4]
SMALL_BLOCK = 4096
HIDDEN: dict[str, tuple[str, bytes]] = {
    "in a log": ("surname", f"row 7: {LATIN}, entry".encode()),
    "in capitals": ("surname", f'{{"x": "{RUSSIAN.upper()}"}}'.encode()),
    "in Latin letters": ("given_name", f"seen: {to_latin(GIVEN).upper()}".encode()),
    "written together": ("surname", f"id={LATIN}Entry7".encode()),
    "with an apostrophe": ("surname", f"{LATIN[:3]}'{LATIN[3:]}".encode()),
    "a patronymic": ("patronymic", PATRONYMIC.encode()),
    "a document": ("document_number", b"port=P1;doc=XQ7654321;mode=road"),
    "a document with a blank": ("document_number", "ХЦ 7655322".encode()),
    "a date": ("birth_date", b"born 1931-01-01T00:00:00"),
    "a Russian date": ("birth_date", "род. 01.01.1931 г.".encode()),
    "a bare date": ("birth_date", b"19310101,F"),
    "md5": ("surname, hashed without a key", hashlib.md5(LATIN.encode()).hexdigest().encode()),
    "sha1": (
        "surname, hashed without a key",
        hashlib.sha1(RUSSIAN.upper().encode()).hexdigest().upper().encode(),
    ),
    "sha256": (
        "document_number, hashed without a key",
        hashlib.sha256(b"XQ7654321").hexdigest().encode(),
    ),
    "a hashed date": (
        "birth_date, hashed without a key",
        hashlib.md5(b"1931-01-01").hexdigest().encode(),
    ),
    "packed": ("surname", gzip.compress(f"a,{LATIN}\n".encode())),
    "a workbook": ("surname", _zip(RUSSIAN)),
    "a column": ("surname", _parquet(port=[LATIN] * 9)),
    "a column of dates": ("birth_date", _parquet(day=[date(1931, 1, 1)])),
    "a column of times": ("birth_date", _parquet(day=[datetime(1931, 1, 1, 9)])),
    "a column of categories": ("surname", _parquet(x=pl.Series([LATIN], dtype=pl.Categorical))),
    "UTF-16": ("surname", f"\ufeff{RUSSIAN};1\r\n".encode("utf-16-le")),
    "Windows-1251": ("surname", f"{RUSSIAN};1\r\n".encode("cp1251")),
    "bytes of a spill file": (
        "surname",
        bytes(range(256)) * 9 + LATIN.encode() + b"\xff\x00\xfe" * 40,
    ),
    "at the edge of a block": ("surname", b"." * (SMALL_BLOCK - 3) + LATIN.encode() + b"."),
}


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_value_is_found_however_it_is_hidden(
    hidden: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each way in which a value could slip into a file."""
    monkeypatch.setattr(leak_scan, "BLOCK_BYTES", SMALL_BLOCK)
    kind, content = HIDDEN[hidden]
    (tmp_path / "file.bin").write_bytes(content)
    assert kind in {leak.kind for leak in scan_folder(tmp_path, _sought())}


def test_a_value_in_the_name_of_a_file_is_found(tmp_path: Path) -> None:
    """Paths are read by everybody who lists a folder."""
    (tmp_path / f"{LATIN}.csv").write_text("a\n", encoding="utf-8")
    assert [leak.kind for leak in scan_folder(tmp_path, _sought())] == ["surname"]


def test_what_looks_alike_is_no_leak() -> None:
    """Guzar's own texts, event dates, decimals, keyed hashes and chance bytes raise no alarm."""
    sought = _sought(128)
    texts = [Path(pseudonymising.__file__).read_bytes(), b"0.19310101 12.0319310101", b"2024-03-01 20240301"]
    chance = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(8_000))
    for content in (*texts, chance, hashlib.blake2b(LATIN.encode(), key=b"k").hexdigest().encode()):
        assert scan_bytes(content, sought) == {}


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_message_quotes_what_identifies(data: st.DataObject, tmp_path: Path) -> None:
    """Values in any column, headings that are persons, rows cut or joined: whatever is said, it names nobody."""
    persons = _persons(12).with_columns(
        crossing_date=pl.lit("2024-03-01"), direction=pl.lit("entry"), port=pl.lit("P1"), mode=pl.lit("road")
    )
    cells = [persons.columns, *[[str(cell or "") for cell in row] for row in persons.iter_rows()]]
    for _ in range(data.draw(st.integers(1, 6))):
        row, column = data.draw(st.integers(0, 12)), data.draw(st.integers(0, 12))
        canary = str(persons[data.draw(st.integers(0, 11))].row(0)[data.draw(st.sampled_from([1, 2, 5, 8]))])
        change = data.draw(st.sampled_from(["put", "cut", "quote", "split"]))
        cells[row] = {
            "put": [*cells[row][:column], canary, *cells[row][column + 1 :]],
            "cut": cells[row][:column],
            "quote": [*cells[row], f'"{canary}'],
            "split": [*cells[row], canary],
        }[change]
    place = tmp_path / "fuzzed"
    place.mkdir(exist_ok=True)
    (place / "crossings.csv").write_text("\n".join(map(",".join, cells)) + "\n", encoding="utf-8")
    until = date.today() + timedelta(days=30)
    (place / "receipt.toml").write_text(RECEIPT.format(until=until), encoding="utf-8")
    key = tmp_path / "fuzz.key"
    if not key.exists():
        _say("keys", "new", key)
    language = data.draw(st.sampled_from(["en", "ru"]))
    code, said = _say("pseudonymise", place, "--keys", key, "--out", tmp_path / "out", "--lang", language)
    assert "Traceback" not in said
    assert code in (0, 3), said
    assert scan_bytes(said.encode(), _sought(12)) == {}, said
    if code == 0:
        assert scan_folder(tmp_path / "out", _sought(12)) == []


# What a person is told apart by, and what must never stand beside it.
PERSON = {"person_id", "record_id", "person_token", "household_id", "personal_number"}
STATUS = re.compile(
    r"overst|permission|presen(t|ce)|probab|likel|score|illegal|irregular|unlawful|expired|suspec|risk"
)
PERMISSION = {"permit_type", "permitted_until", "valid_from", "valid_to", "cancelled_on", "issued_on"}


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.__name__)
def test_no_table_holds_a_status_of_a_person(table: type[dy.Schema]) -> None:
    """On lost exits a column «overstayed» beside a person would be a list of people to punish for a missed scan.

    Nor do the permission and the stays of a linked person stand in one table, from which anybody could make it.
    """
    columns = set(table.columns())
    if columns & PERSON:
        assert not [name for name in columns if STATUS.search(name)]
    if "person_id" in columns:
        assert not columns & PERMISSION


def test_the_schema_test_sees_a_status() -> None:
    """The words above catch what such columns would be called; no declared column is one by now."""
    for name in (
        "is_overstaying",
        "overstay_days",
        "presence_probability",
        "permission_status",
        "risk_score",
    ):
        assert STATUS.search(name)
    with_persons = [table for table in TABLES if set(table.columns()) & PERSON]
    assert {"Stays", "ResidenceChanges", "Crossings"} <= {table.__name__ for table in with_persons}
    beside = {name for table in with_persons for name in table.columns()}
    assert beside <= set(DECLARED)
