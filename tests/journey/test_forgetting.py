"""Erasure: no trace of the pseudonym in any file, whole workspaces after it, nobody's number in the receipt."""

import gzip
import json
import shutil
import sqlite3
from datetime import date
from pathlib import Path

import polars as pl
import pytest
from tests.collect.made_up_records import RECEIPT as HOLDER
from tests.collect.made_up_records import as_csv, made_up_crossings
from tests.store.workspaces import bytes_below

from guzar.cli import main
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.journey import ErasureOrder, forget_persons
from guzar.store.erasures import finish_erasure, is_erasure_under_way
from guzar.store.integrity import check_integrity
from guzar.store.keyring import open_keyring
from guzar.store.linking_zone import identity_frames
from guzar.store.person_parts import parts_of
from guzar.store.traces import Pseudonyms, files_below, search_files

DAY = date.today().isoformat()
ORDER = ErasureOrder(DAY, "clerk", "Request 12 of 2026", "Law 1, article 17")
OUTPUTS = ("clusters.csv", "crossings.csv", "persons.parquet", "register")


def _run(*words: object) -> int:
    with pytest.raises(SystemExit) as stopped:
        main([str(word) for word in words])
    return int(stopped.value.code or 0)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace `w` with linked records of 40 persons, who cross twice; what linkage and register made stands in it."""
    place = tmp_path_factory.mktemp("made")
    first = made_up_crossings(40, 7)
    again = first.with_columns(
        record_id="S" + pl.col("record_id"), crossing_date=pl.lit("2024-05-01 10:00:00")
    )
    (place / "c.csv").write_bytes(as_csv(pl.concat([first, again])))
    (place / "r.toml").write_text(HOLDER, encoding="utf-8")
    assert _run("keys", "new", place / "k.key", "--quiet") == 0
    words = ["--workspace", place / "w", "--keys", place / "k.key"]
    assert _run("collect", "borders", place / "c.csv", *words, "--receipt", place / "r.toml", "--quiet") == 0
    inside = place / "w"
    named = [
        "--clusters",
        inside / OUTPUTS[0],
        "--crossings",
        inside / OUTPUTS[1],
        "--persons",
        inside / OUTPUTS[2],
    ]
    assert _run("link", *words, *named, "--quiet") == 0
    days = ["--observed-from", "2023-01-01", "--observed-to", "2025-12-31"]
    assert _run("register", inside / OUTPUTS[1], "--into", inside / OUTPUTS[3], *days, "--quiet") == 0
    return place


@pytest.fixture
def place(made: Path, tmp_path: Path) -> Path:
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    (tmp_path / "k.key").chmod(0o600)
    return tmp_path


def _records(place: Path) -> pl.DataFrame:
    (file,) = (place / "w").glob("data/collect/crossings/*/*/*/crossings.parquet")
    return pl.read_parquet(file)


def _somebody(place: Path) -> tuple[str, list[str], int]:
    """A token with its records, and the number of the person."""
    clusters = pl.read_csv(place / "w" / OUTPUTS[0])
    records = _records(place).join(clusters, on="record_id")
    person = records.group_by("person_id").len().filter(pl.col("len") == 2).sort("person_id")["person_id"][5]
    own = records.filter(person_id=person)
    return own["person_token"][0], own["record_id"].to_list(), person


def test_a_key_file_that_is_not_there_is_not_to_be_made_anew(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["workspace", "forget", place / "w", "--person", "x", "--keys", place / "other.key"]
    assert _run(*words, "--reason", "Request 1", "--legal-basis", "Law, article 1") == 2
    told = capsys.readouterr().err
    assert "There is no key file" in told
    assert "a new one opens nothing" in told
    assert "guzar keys new" not in told


@pytest.mark.parametrize("kind", ["token", "record", "person"])
def test_every_name_of_a_person_erases_all_of_the_person(
    place: Path, kind: str, capsys: pytest.CaptureFixture[str]
) -> None:
    token, records, person = _somebody(place)
    asked = {"token": token, "record": records[1], "person": str(person)}[kind]
    before = _records(place)
    (place / "w" / "packed.csv.gz").write_bytes(gzip.compress((place / "w" / OUTPUTS[1]).read_bytes()))
    (marks,) = (place / "w").glob("data/collect/*/*/*/*/record_contents.parquet")
    contents = dict(zip(before["record_id"], pl.read_parquet(marks)["content"], strict=True))
    words = [
        "workspace",
        "forget",
        place / "w",
        "--person",
        asked,
        "--keys",
        place / "k.key",
        "--reason",
        "Request 12",
    ]
    capsys.readouterr()
    assert _run(*words) == 0
    said = "".join(capsys.readouterr())
    assert "No trace of the pseudonyms is left" in said
    assert not {token, *records} & set(said.split())

    kept = before.filter(~pl.col("record_id").is_in(records))
    assert _records(place).equals(kept)
    assert pl.read_parquet(marks)["content"].to_list() == [contents[one] for one in kept["record_id"]]
    assert person not in pl.read_csv(place / "w" / OUTPUTS[0])["person_id"].to_list()
    assert person not in pl.read_csv(place / "w" / OUTPUTS[1])["person_id"].to_list()
    with gzip.open(place / "w" / "packed.csv.gz") as packed:
        assert packed.read().decode() == (place / "w" / OUTPUTS[1]).read_text()
    assert person not in pl.read_parquet(place / "w" / OUTPUTS[2])["person_id"].to_list()
    assert person not in pl.read_parquet(parts_of(place / "w" / OUTPUTS[3]))["person_id"].to_list()
    names = [rows for _, rows in identity_frames(place / "w", open_keyring(place / "k.key"))]
    assert pl.concat(names)["record_id"].sort().equals(kept["record_id"].sort())
    for one in (token, *records):
        for name, content in bytes_below(place / "w").items():
            assert one.encode() not in content, name
            assert bytes.fromhex(one) not in content, name
    found = check_integrity(place / "w")
    assert (found.damages, found.leftovers, found.not_noted) == ([], [], [])
    assert found.counts["receipts of erasures"] == 1
    assert _run("workspace", "forget", place / "w", "--person", asked, "--keys", place / "k.key") == 6


def test_the_receipt_tells_how_much_and_of_nobody(place: Path) -> None:
    token, records, person = _somebody(place)
    done = forget_persons(place / "w", [token], ORDER, key_file=place / "k.key")
    text = (place / "w" / done.receipt).read_text(encoding="utf-8")
    told = json.loads(text)
    assert told["rows_by_table"] == {"clusters": 2, "crossings": 4, "persons": 1, "register": 2}
    assert (told["reason"], told["legal_basis"], told["persons"]) == (
        "Request 12 of 2026",
        "Law 1, article 17",
        1,
    )
    assert (told["identity_rows"], told["sealed_deliveries"], told["files_not_searched"]) == (2, 1, 0)
    assert not any(one[:8] in text for one in (token, *records))
    assert f'"{person}"' not in text


def test_the_register_goes_on_as_if_the_person_had_never_crossed(place: Path) -> None:
    """What is told of the whole is what a register of the others says, made anew."""
    token, _, person = _somebody(place)
    forget_persons(place / "w", [token], ORDER, key_file=place / "k.key")
    days = ["--observed-from", "2023-01-01", "--observed-to", "2025-12-31"]
    assert _run("register", place / "w" / OUTPUTS[1], "--into", place / "anew", *days, "--quiet") == 0
    told, anew = (
        json.loads((folder / "register.json").read_text())
        for folder in (place / "w" / OUTPUTS[3], place / "anew")
    )
    assert told["tally"] == anew["tally"]
    held, fresh = (pl.read_parquet(parts_of(folder)) for folder in (place / "w" / OUTPUTS[3], place / "anew"))
    assert held.equals(fresh)
    more = pl.DataFrame({name: [] for name in pl.read_csv(place / "w" / OUTPUTS[1]).columns})
    row = {"person_id": 9999, "crossing_date": "2026-01-10 00:00:00", "direction": "entry"}
    more = pl.concat(
        [pl.read_csv(place / "w" / OUTPUTS[1]).head(0), pl.DataFrame([row])], how="diagonal_relaxed"
    )
    more.write_csv(place / "more.csv")
    words = [
        "register",
        place / "more.csv",
        "--into",
        place / "w" / OUTPUTS[3],
        "--observed-to",
        "2026-01-31",
    ]
    assert _run(*words, "--quiet") == 0
    assert person not in pl.read_parquet(parts_of(place / "w" / OUTPUTS[3]))["person_id"].to_list()


def test_several_persons_from_a_file_all_or_none(place: Path) -> None:
    tokens = _records(place)["person_token"].unique(maintain_order=True).to_list()
    before = bytes_below(place / "w")
    (place / "who.txt").write_text("\n".join([tokens[0], "", tokens[3].upper(), "f" * 32]))
    words = [
        "workspace",
        "forget",
        place / "w",
        "--persons",
        place / "who.txt",
        "--keys",
        place / "k.key",
        "--quiet",
    ]
    assert _run(*words) == 6
    assert bytes_below(place / "w") == before
    (place / "who.txt").write_text("\n".join([tokens[0], "", tokens[3].upper()]))
    assert _run(*words) == 0
    assert not {tokens[0], tokens[3]} & set(_records(place)["person_token"])
    assert _run("workspace", "forget", place / "w", "--persons", place / "c.toml") == 2


def test_everybody_may_go(place: Path) -> None:
    """Tables stay, empty; the workspace is whole."""
    tokens = _records(place)["person_token"].to_list()
    forget_persons(place / "w", tokens, ORDER, key_file=place / "k.key")
    assert _records(place).height == 0
    assert check_integrity(place / "w").damages == []
    assert list((place / "w" / "linking").glob("*")) == []


def test_names_that_are_sealed_again_after_a_purge_are_not_those_of_the_erased(place: Path) -> None:
    """The same delivery once more: nothing of the person comes back, nor does the delivery as it was sent."""
    token, records, _ = _somebody(place)
    forget_persons(place / "w", [token], ORDER, key_file=place / "k.key")
    assert _run("keys", "purge-links", "--workspace", place / "w", "--quiet") == 0
    words = ["--workspace", place / "w", "--keys", place / "k.key", "--receipt", place / "r.toml", "--quiet"]
    assert _run("collect", "borders", place / "c.csv", *words) == 0
    entries = list(identity_frames(place / "w", open_keyring(place / "k.key")))
    assert not set(pl.concat([rows for _, rows in entries])["record_id"]) & set(records)
    assert pl.concat([rows for _, rows in entries]).height == 78
    assert list((place / "w").glob("linking/*/delivery.sealed")) == []
    assert check_integrity(place / "w").damages == []


def test_a_purged_zone_needs_no_key_and_a_sealed_one_does(place: Path) -> None:
    token, _, _ = _somebody(place)
    with pytest.raises(SettingsInvalid, match="without its key"):
        forget_persons(place / "w", [token], ORDER)
    assert _run("keys", "purge-links", "--workspace", place / "w", "--quiet") == 0
    assert forget_persons(place / "w", [token], ORDER).rows["crossings"] == 4


def test_files_beside_the_workspace_are_named_with_also(place: Path) -> None:
    token, _, person = _somebody(place)
    for name in OUTPUTS:
        (place / "w" / name).rename(place / name)
    (place / "w" / "clusters.csv.about.json").rename(place / "clusters.csv.about.json")
    also = [place / name for name in OUTPUTS]
    done = forget_persons(place / "w", [str(person)], ORDER, key_file=place / "k.key", also=also)
    assert done.rows == {"clusters": 2, "crossings": 4, "persons": 1, "register": 2}
    assert token not in _records(place)["person_token"].to_list()
    assert str(place) not in (place / "w" / done.receipt).read_text()
    with pytest.raises(SettingsInvalid, match="no file or folder"):
        forget_persons(place / "w", ["1"], ORDER, key_file=place / "k.key", also=[place / "no"])


@pytest.mark.parametrize(
    "write",
    [
        lambda folder, token: (folder / "notes.txt").write_text(f"look at x{token}y"),
        lambda folder, token: (folder / f"{token}.txt").write_text("x"),
        lambda folder, token: (folder / "wide.bin").write_bytes(b"\1" + token.encode("utf-16-le")),
        lambda folder, token: (folder / "raw.bin").write_bytes(b"\1\2" + bytes.fromhex(token) + b"\3"),
        lambda folder, token: (folder / "n.json.gz").write_bytes(gzip.compress(json.dumps([token]).encode())),
        lambda folder, token: pl.DataFrame({"note": [f"see {token}"]}).write_parquet(folder / "n.parquet"),
        lambda folder, token: pl.DataFrame({"note": [[token]]}).write_parquet(folder / "n.parquet"),
        lambda folder, token: _write_database(folder / "n.sqlite", token),
        lambda folder, token: (folder / "n.rar").write_bytes(b"Rar!\x1a\x07" + b"x"),
    ],
    ids=["text", "name", "utf-16", "raw", "packed", "cell", "list", "database", "closed"],
)
def test_where_the_person_cannot_be_taken_out_nothing_is_erased(  # type: ignore[no-untyped-def]
    place: Path, write
) -> None:
    """The file is named, the pseudonym is not; afterwards the erasure goes through."""
    token, _, _ = _somebody(place)
    write(place / "w", token)
    before = bytes_below(place / "w")
    with pytest.raises(TableInvalid, match="Nothing was erased") as refused:
        forget_persons(place / "w", [token], ORDER, key_file=place / "k.key")
    assert token not in str(refused.value)
    assert bytes_below(place / "w") == before


def _write_database(file: Path, token: str) -> None:
    base = sqlite3.connect(file)
    base.execute("CREATE TABLE t (a TEXT)")
    base.execute("INSERT INTO t VALUES (?)", (f"say {token}",))
    base.commit()
    base.close()


def test_a_reason_that_names_the_pseudonym_is_refused(place: Path) -> None:
    token, _, _ = _somebody(place)
    with pytest.raises(SettingsInvalid, match="reason names"):
        forget_persons(
            place / "w", [token], ErasureOrder(DAY, "clerk", f"of {token}"), key_file=place / "k.key"
        )


def test_clusters_that_number_persons_otherwise_are_refused(place: Path) -> None:
    _, _, person = _somebody(place)
    clusters = pl.read_csv(place / "w" / OUTPUTS[0])
    clusters.with_columns(pl.col("person_id").reverse()).write_csv(place / "w" / "older.csv")
    with pytest.raises(MethodNotApplicable, match="number these persons differently"):
        forget_persons(place / "w", [str(person)], ORDER, key_file=place / "k.key")


@pytest.mark.parametrize("moment", range(0, 14))
def test_killed_at_any_moment_it_leaves_what_was_or_is_brought_to_its_end(
    place: Path, moment: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process dies at one of its moves: whoever opens the workspace next ends what was begun."""
    token, records, _ = _somebody(place)
    before = bytes_below(place / "w")
    moves = 0
    import os as system

    move = system.replace

    def die(source: object, target: object) -> None:
        nonlocal moves
        moves += 1
        if moves > moment:
            raise SystemError
        move(source, target)  # type: ignore[arg-type]

    with monkeypatch.context() as patched:
        patched.setattr("guzar.store.erasures.os.replace", die)
        patched.setattr("guzar.store.beside._remove", lambda _: None)
        try:
            forget_persons(place / "w", [token], ORDER, key_file=place / "k.key")
        except SystemError:
            pass
        else:
            assert moves <= moment
    if is_erasure_under_way(place / "w"):
        assert check_integrity(place / "w").damages
        assert finish_erasure(place / "w")
        sought = Pseudonyms(frozenset([token, *records]), frozenset())
        plain = [(name, path) for name, path in files_below(place / "w") if path.suffix != ".sealed"]
        assert search_files(plain, sought).traces == []
    elif token in _records(place)["person_token"].to_list():
        left = {name for name in bytes_below(place / "w") if "/." not in f"/{name}"}
        assert {name: before[name] for name in left} == before
    assert check_integrity(place / "w").damages == []


def test_an_erasure_that_was_broken_off_is_finished_by_the_same_command(
    place: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    token, _, _ = _somebody(place)
    with monkeypatch.context() as patched:
        patched.setattr("guzar.store.erasures.finish_erasure", lambda _: (_ for _ in ()).throw(SystemError))
        with pytest.raises(SystemError):
            forget_persons(place / "w", [token], ORDER, key_file=place / "k.key")
    assert is_erasure_under_way(place / "w")
    assert _run("workspace", "check", place / "w", "--quiet") == 3
    assert _run("workspace", "forget", place / "w", "--person", token, "--keys", place / "k.key") == 0
    assert "brought to its end" in capsys.readouterr().out
    assert token not in _records(place)["person_token"].to_list()


def test_records_that_pseudonymise_split_are_erased_too(place: Path) -> None:
    """The folder of `guzar pseudonymise` is no workspace and holds the same."""
    words = ["--keys", place / "k.key", "--receipt", place / "r.toml", "--out", place / "p", "--quiet"]
    assert _run("pseudonymise", place / "c.csv", *words) == 0
    (file,) = (place / "p").glob("records/crossings/*.parquet")
    token = pl.read_parquet(file)["person_token"][0]
    done = forget_persons(place / "p", [token], ORDER, key_file=place / "k.key")
    assert done.rows == {"crossings": 2}
    assert token not in pl.read_parquet(file)["person_token"].to_list()
    assert check_integrity(place / "p").damages == []


def test_crossings_that_are_to_be_packed_are_packed(place: Path) -> None:
    """What linkage writes as .csv.gz can be read again, and erased from."""
    words = ["--workspace", place / "w", "--keys", place / "k.key", "--quiet"]
    assert _run("link", *words, "--crossings", place / "w" / "x.csv.gz") == 0
    with gzip.open(place / "w" / "x.csv.gz") as packed:
        assert packed.read() == (place / "w" / OUTPUTS[1]).read_bytes()
