"""No name, document or birth date leaves the linking zone: not in tables, logs, receipts, messages or what lies between.

Deliveries are made up of canaries: names that no text of guzar holds. What went in is looked for in every file that a
run leaves, and in everything that it says. The same scan, with the guard switched off, must find the canaries.
"""

import bz2
import gzip
import hashlib
import io
import json
import lzma
import re
import zipfile
from datetime import date, datetime, timedelta
from functools import cache
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.house.canaries import RECEIPT, deliver, persons_of, say

from guzar.journey import pseudonymising
from guzar.journey.pseudonymising import find_leaks, own_words
from guzar.process.identifying_values import identifying_values, to_latin
from guzar.store import leak_scan, unpacking
from guzar.store.leak_scan import Found, NotSearched, Scan, Sought, prepare_values, scan_bytes, scan_folder


@pytest.fixture
def sent(tmp_path: Path) -> Path:
    """Deliveries and a key file."""
    assert say("keys", "new", tmp_path / "guzar.key")[0] == 0
    return deliver(tmp_path / "sent")


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
        code, said = say(*line)
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
    assert find_leaks(sent, run) == Scan()
    for folder in ("crossings", "permits"):
        code, said = say("keys", "purge-links", "--workspace", run / folder)
        (run / f"purge-{folder}.log").write_text(said, encoding="utf-8")
        assert code == 0
    assert find_leaks(sent, run) == Scan()
    code, said = say("keys", "check-leaks", sent, "--run", run)
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
    kinds = {leak.kind: leak.values for leak in find_leaks(sent, tmp_path / "run" / "crossings").leaks}
    assert {"surname", "given_name", "patronymic", "document_number", "birth_date"} <= set(kinds)
    persons = persons_of(60)
    assert kinds["surname"] == persons["surname"].n_unique()
    assert kinds["birth_date"] == 60
    code, said = say("keys", "check-leaks", sent, "--run", tmp_path / "run" / "crossings")
    assert code == 4
    assert scan_bytes(said.encode(), _sought()) == Found()


@cache
def _sought(rows: int = 60) -> Sought:
    return prepare_values(identifying_values(persons_of(rows)), own_words())


def _zip(text: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<si><t>{text}</t></si>")
    return packed.getvalue()


def _parquet(**columns: object) -> bytes:
    table = io.BytesIO()
    pl.DataFrame(columns).write_parquet(table)
    return table.getvalue()


LATIN, RUSSIAN = persons_of(2)["surname"]
GIVEN, PATRONYMIC = persons_of(2).row(1)[2:4]
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


def _by_arrow(kind: str) -> bytes:
    packed = pa.BufferOutputStream()
    with pa.CompressedOutputStream(packed, kind) as stream:
        stream.write(f"a,{LATIN}\n".encode())
    return packed.getvalue().to_pybytes()


def _arrow() -> bytes:
    table = io.BytesIO()
    pl.DataFrame({"port": [LATIN] * 9}).write_ipc(table, compression="zstd")
    return table.getvalue()


HIDDEN |= {
    "bzip2": ("surname", bz2.compress(f"a,{LATIN}\n".encode())),
    "xz": ("surname", lzma.compress(f"a,{LATIN}\n".encode())),
    "Zstandard": ("surname", _by_arrow("zstd")),
    "LZ4": ("surname", _by_arrow("lz4")),
    "packed twice": ("surname", gzip.compress(_zip(RUSSIAN))),
    "a table of Arrow": ("surname", _arrow()),
}


@pytest.mark.parametrize("hidden", HIDDEN)
def test_a_value_is_found_however_it_is_hidden(
    hidden: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each way in which a value could slip into a file."""
    monkeypatch.setattr(leak_scan, "BLOCK_BYTES", SMALL_BLOCK)
    kind, content = HIDDEN[hidden]
    (tmp_path / "file.bin").write_bytes(content)
    assert kind in {leak.kind for leak in scan_folder(tmp_path, _sought()).leaks}


def _encrypted_zip() -> bytes:
    content = bytearray(_zip(LATIN))
    central = content.index(b"PK\x01\x02")
    content[6] |= 1
    content[central + 8] |= 1
    return bytes(content)


def _strange_zip() -> bytes:
    content = bytearray(_zip(LATIN))
    central = content.index(b"PK\x01\x02")
    content[8] = content[central + 10] = 77  # a way of packing that no program knows
    return bytes(content)


def _packed_often() -> bytes:
    content = LATIN.encode()
    for _ in range(leak_scan.MOST_WITHIN + 2):
        content = gzip.compress(content)
    return content


NOT_SEARCHED = {
    "gzip, cut short": (gzip.compress(LATIN.encode() * 99)[:-9], unpacking.CUT_SHORT),
    "gzip, damaged": (gzip.compress(LATIN.encode() * 99)[:20] + b"\xff" * 30, unpacking.CUT_SHORT),
    "bzip2, cut short": (bz2.compress(LATIN.encode() * 99)[:-9], unpacking.CUT_SHORT),
    "xz, cut short": (lzma.compress(LATIN.encode() * 99)[:-9], unpacking.CUT_SHORT),
    "Zstandard, damaged": (_by_arrow("zstd")[:8] + b"\xff" * 9, unpacking.CUT_SHORT),
    "zip, cut short": (_zip(LATIN)[:-30], unpacking.CUT_SHORT),
    "zip, encrypted": (_encrypted_zip(), unpacking.ENCRYPTED),
    "zip, packed strangely": (_strange_zip(), unpacking.UNKNOWN),
    "Parquet, cut short": (_parquet(port=[LATIN] * 9)[:-9], unpacking.CUT_SHORT),
    "Parquet, encrypted": (b"PARE" + bytes(99), unpacking.ENCRYPTED),
    "7z": (b"7z\xbc\xaf\x27\x1c" + bytes(99), unpacking.UNKNOWN),
    "PDF": (b"%PDF-1.7\n" + bytes(99), unpacking.UNKNOWN),
    "packed too often": (_packed_often(), unpacking.TOO_DEEP),
}


@pytest.mark.parametrize("kind", NOT_SEARCHED)
def test_a_packed_file_that_nobody_can_look_into_is_named(kind: str, tmp_path: Path) -> None:
    """It is never passed over in silence: the scan says that it does not know."""
    content, reason = NOT_SEARCHED[kind]
    (tmp_path / "file.bin").write_bytes(content)
    (tmp_path / "plain.txt").write_text("all is well", encoding="utf-8")
    assert scan_folder(tmp_path, _sought()).not_searched == [NotSearched("file.bin", reason)]


@pytest.mark.parametrize("language", ["en", "ru"])
def test_the_command_refuses_to_vouch_for_what_it_cannot_search(
    sent: Path, tmp_path: Path, language: str
) -> None:
    """Exit 3, the file and the reason named; a leak elsewhere is still said, and weighs more."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "old.csv.gz").write_bytes(gzip.compress(LATIN.encode() * 99)[:-9])
    code, said = say("keys", "check-leaks", sent, "--run", run, "--lang", language)
    assert code == 3
    assert "old.csv.gz" in said
    assert language == "ru" or f"old.csv.gz was not searched: {unpacking.CUT_SHORT}." in said
    (run / "names.txt").write_text(persons_of(60)["surname"][4], encoding="utf-8")
    code, said = say("keys", "check-leaks", sent, "--run", run, "--lang", language)
    assert code == 4
    assert {"old.csv.gz", "names.txt"} <= set(re.findall(r"[\w.]+\.(?:gz|txt)", said))


def test_a_value_in_the_name_of_a_file_is_found(tmp_path: Path) -> None:
    """Paths are read by everybody who lists a folder."""
    (tmp_path / f"{LATIN}.csv").write_text("a\n", encoding="utf-8")
    assert [leak.kind for leak in scan_folder(tmp_path, _sought()).leaks] == ["surname"]


def test_what_looks_alike_is_no_leak() -> None:
    """Guzar's own texts, event dates, decimals, keyed hashes and chance bytes raise no alarm."""
    sought = _sought(128)
    texts = [Path(pseudonymising.__file__).read_bytes(), b"0.19310101 12.0319310101", b"2024-03-01 20240301"]
    chance = b"".join(hashlib.sha256(str(n).encode()).digest() for n in range(8_000))
    for content in (*texts, chance, hashlib.blake2b(LATIN.encode(), key=b"k").hexdigest().encode()):
        assert scan_bytes(content, sought) == Found()


SHORT = prepare_values(
    {
        "surname": {"Fade", "Ilich", "Facade", "Umarx"},
        "given_name": {"Гулра"},
        "birth_date": {"19850714", "1985-07-14"},
    }
)
TOKEN = hashlib.blake2b(b"1", digest_size=16).hexdigest()


@pytest.mark.parametrize(
    "chance",
    [
        f"{TOKEN[:8]}a1fade3{TOKEN[9:]}".encode(),
        f"{TOKEN[:9]}a19850714b{TOKEN[:9]}, c19850714d".encode(),
        f"id: {TOKEN[:8]}-fade-4a1b-facade-{TOKEN[:12]}".encode(),
        b"url(data:font/woff2;base64,d09GMg/ILICH+9wABAAAAAB3k0Z/Umarx/A1b2+facade/c3==)",
        b"color: #fade; background: #facade",
        b"ilich7 7umarx",
        bytes(range(256)) + " Ilich Umarx facade Гулра ".encode() + b"\xff\x00",
        _parquet(person_token=[f"0fade0{TOKEN[6:]}", f"1facade1{TOKEN[8:]}"]),
    ],
    ids=[
        "hash",
        "date in a hash",
        "number of a record",
        "font",
        "colours",
        "beside a figure",
        "bytes",
        "column of hashes",
    ],
)
def test_a_short_name_inside_a_token_is_chance(chance: bytes) -> None:
    """Keyed hashes, packed fonts and colours spell short names, and names of the letters a to f."""
    assert scan_bytes(chance, SHORT) == Found()


@pytest.mark.parametrize(
    "text", ["row 7: {}, entry", "surname={}", "port;{};road", "{}-2024-03-01.csv", '{{"x": "{}"}}', "a_{}_b"]
)
@pytest.mark.parametrize("name", ["Fade", "ILICH", "facade", "Umarx", "Гулра"])
def test_a_short_name_that_is_a_word_is_found(name: str, text: str) -> None:
    """In a log, a field, the name of a file, JSON; and in a cell of a table, whose column is told."""
    content = text.format(name)
    assert name.casefold() in scan_bytes(content.encode(), SHORT).values
    for table in (_parquet(port=[content]), gzip.compress(_parquet(port=[content]))):
        found = scan_bytes(table, SHORT)
        assert name.casefold() in found.values
        assert {column for _, column in found.columns} == {"port"}


@pytest.mark.parametrize(
    "text", ["19850714;F", "born 19850714T0900", "x_19850714.csv", "1985-07-14T00:00:00"]
)
def test_a_bare_date_that_stands_by_itself_is_found(text: str) -> None:
    """Only beside letters it may be a part of a hash."""
    assert set(scan_bytes(text.encode(), SHORT).values.values()) == {"birth_date"}


def test_words_of_guzars_own_styles_prove_nothing() -> None:
    """Roman is a patronymic too, folded; in a style sheet it is a letter."""
    assert "roman" in own_words()


def test_the_report_names_the_column_and_says_check_first(sent: Path, tmp_path: Path) -> None:
    """Whoever reads it can look before anything is removed; the value itself is not said."""
    run = tmp_path / "run"
    run.mkdir()
    (run / "table.parquet").write_bytes(_parquet(port=[LATIN], note=["x"]))
    code, said = say("keys", "check-leaks", sent, "--run", run)
    assert code == 4
    assert "table.parquet, column port: surname, different values: 1." in said
    assert "Check first" in said
    assert scan_bytes(said.encode(), _sought()) == Found()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_no_message_quotes_what_identifies(data: st.DataObject, tmp_path: Path) -> None:
    """Values in any column, headings that are persons, rows cut or joined: whatever is said, it names nobody."""
    persons = persons_of(12).with_columns(
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
        say("keys", "new", key)
    language = data.draw(st.sampled_from(["en", "ru"]))
    code, said = say("pseudonymise", place, "--keys", key, "--out", tmp_path / "out", "--lang", language)
    assert "Traceback" not in said
    assert code in (0, 3), said
    assert scan_bytes(said.encode(), _sought(12)) == Found(), said
    # Under a heading that nobody knows, names are not read, and cannot be compared with what stands in other columns.
    if code == 0 and cells[0] == persons.columns:
        assert scan_folder(tmp_path / "out", _sought(12)) == Scan()
