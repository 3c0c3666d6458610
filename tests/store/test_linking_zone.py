"""The linking zone: names sealed until a date, purged with a receipt, and nothing counted before."""

import json
import os
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from guzar.errors import GuzarError, ReleaseRefused, SettingsInvalid, TableInvalid
from guzar.store import linking_zone
from guzar.store.keyring import Keyring, new_keyring, open_keyring, rotate_keyring
from guzar.store.linking_zone import (
    expired_entries,
    identity_frames,
    open_entry,
    purge,
    purge_receipts,
    put_delivery,
    put_identity,
    read_identities,
    require_purged,
    require_retention_ahead,
    set_retention,
    zone_entries,
)

FRAME = pl.DataFrame(
    {"record_id": ["t-1", "t-2"], "surname": ["Vvorkhan", "Ззорхан"], "birth_date": [date(1931, 2, 3), None]}
)
GIVEN = {"holder": "office", "retention_until": "2027-12-31"}
TODAY = "2026-11-22"


@pytest.fixture
def keyring(tmp_path: Path) -> Keyring:
    """A key file's keys; the file stands beside the workspace."""
    return new_keyring(tmp_path / "guzar.key", made_on=TODAY)


@pytest.fixture
def place(tmp_path: Path, keyring: Keyring) -> Path:
    """A workspace with identity rows and a sealed delivery."""
    put_identity(tmp_path / "w", FRAME, keyring, **GIVEN)
    put_delivery(tmp_path / "w", b"Vvorkhan;1931-02-03\n", keyring, rows=1, **GIVEN)
    return tmp_path / "w"


def _files(place: Path) -> dict[str, bytes]:
    return {p.relative_to(place).as_posix(): p.read_bytes() for p in sorted(place.rglob("*")) if p.is_file()}


def test_identity_rows_come_back_for_linking(place: Path, keyring: Keyring) -> None:
    """All frames as one; a column that one delivery lacks is missing there."""
    put_identity(place, pl.DataFrame({"record_id": ["u-1"], "document_number": ["A1"]}), keyring, **GIVEN)
    read = read_identities(place, keyring, on=TODAY)
    assert sorted(read["record_id"]) == ["t-1", "t-2", "u-1"]
    assert set(read.columns) == {*FRAME.columns, "document_number"}
    assert sum(frame.height for _, frame in identity_frames(place, keyring)) == 3


def test_no_name_stands_in_the_zone_in_clear(place: Path) -> None:
    """Neither in the sealed files nor in what is said beside them."""
    for content in _files(place).values():
        for sought in ("Vvorkhan", "Ззорхан", "1931-02-03"):
            assert sought.encode() not in content
    header = json.loads(next(place.rglob("header.json")).read_text(encoding="utf-8"))
    assert set(header) == {"entry", "kind", "holder", "rows", "retention_until", "key_id", "sha256", "proof"}


def test_the_same_rows_add_nothing(place: Path, keyring: Keyring) -> None:
    """A repeated run leaves the same bytes; a later receipt moves the retention date."""
    before = _files(place)
    put_identity(place, FRAME, keyring, **GIVEN)
    assert _files(place) == before
    put_identity(place, FRAME, keyring, holder="office", retention_until="2028-01-01")
    assert len(zone_entries(place)) == 2
    assert {entry.retention_until for entry in zone_entries(place)} == {"2027-12-31", "2028-01-01"}


def test_a_delivery_comes_back_as_it_was_sent(place: Path, keyring: Keyring) -> None:
    """From bytes, or from a file that is opened piece by piece."""
    (place / "big").write_bytes(b"row\n" * 1000)
    put_delivery(place, lambda: (place / "big").open("rb"), keyring, rows=1000, **GIVEN)
    contents = {open_entry(place, e, keyring) for e in zone_entries(place) if e.kind == "delivery"}
    assert contents == {b"Vvorkhan;1931-02-03\n", b"row\n" * 1000}


def test_an_older_key_still_opens(place: Path, keyring: Keyring, tmp_path: Path) -> None:
    """After a rotation what is held can be read; without the old key it cannot."""
    rotated = rotate_keyring(tmp_path / "guzar.key", made_on="2026-12-01")
    assert read_identities(place, rotated, on=TODAY).height == 2
    with pytest.raises(SettingsInvalid, match=keyring.key_id):
        read_identities(place, new_keyring(tmp_path / "other.key", made_on=TODAY), on=TODAY)


def test_names_beyond_their_date_are_not_read(place: Path, keyring: Keyring) -> None:
    """On the date they are, the day after they are refused, named by holder and date; a purge is always possible."""
    assert read_identities(place, keyring, on="2027-12-31").height == 2
    assert len(expired_entries(place, on="2028-01-01")) == 2
    with pytest.raises(ReleaseRefused, match="2027-12-31"):
        read_identities(place, keyring, on="2028-01-01")
    assert purge(place, on="2028-01-01", by="tester").rows == 2


def test_a_purge_deletes_all_and_says_what(place: Path, keyring: Keyring) -> None:
    """The receipt names every file with its rows and checksum, the day and who; nothing else stands."""
    held = zone_entries(place)
    receipt = purge(place, on=TODAY, by="tester")
    assert list(receipt.entries) == held
    assert (receipt.rows, receipt.purged_on, receipt.purged_by) == (2, TODAY, "tester")
    assert purge_receipts(place) == [receipt]
    assert [Path(name).name.split("-")[0] for name in _files(place)] == ["purged"]
    with pytest.raises(SettingsInvalid, match="no identity rows"):
        read_identities(place, keyring, on=TODAY)


def test_nothing_is_counted_before_the_purge(place: Path, keyring: Keyring, tmp_path: Path) -> None:
    """Names, or no receipt: refused; a purge lets through; a later delivery with names closes again."""
    with pytest.raises(ReleaseRefused, match="Names still stand"):
        require_purged(place)
    (tmp_path / "empty").mkdir()
    with pytest.raises(ReleaseRefused, match="no receipt"):
        require_purged(tmp_path / "empty")
    purge(place, on=TODAY, by="tester")
    require_purged(place)
    put_identity(place, FRAME, keyring, **GIVEN)
    with pytest.raises(ReleaseRefused, match="Names still stand"):
        require_purged(place)


def test_a_second_purge_of_nothing_changes_nothing(place: Path) -> None:
    """A re-run ends in the same tree."""
    purge(place, on=TODAY, by="tester")
    before = _files(place)
    purge(place, on="2030-01-01", by="another")
    assert _files(place) == before


@pytest.mark.parametrize("after", [0, 1])
def test_a_purge_that_breaks_off_is_brought_to_its_end(
    place: Path, after: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed before or between two files, the next purge deletes the rest, and its receipt names all of them."""
    undisturbed = place.with_name("undisturbed")
    shutil.copytree(place, undisturbed)
    expected = purge(undisturbed, on=TODAY, by="tester")
    gone: list[Path] = []

    def stop(folder: Path, **options: object) -> None:
        if len(gone) == after:
            raise KeyboardInterrupt
        gone.append(folder)
        real(folder)

    real = shutil.rmtree
    monkeypatch.setattr(linking_zone.shutil, "rmtree", stop)
    with pytest.raises(KeyboardInterrupt):
        purge(place, on=TODAY, by="tester")
    monkeypatch.setattr(linking_zone.shutil, "rmtree", real)
    with pytest.raises(ReleaseRefused):
        require_purged(place)
    assert purge(place, on="2026-11-23", by="another") == expected
    assert _files(place) == _files(undisturbed)


@pytest.mark.parametrize("kind", ["header", "sealed", "missing", "foreign"])
def test_a_damaged_zone_is_refused_and_can_be_purged(place: Path, keyring: Keyring, kind: str) -> None:
    """A damaged entry is no traceback, does not count as purged, and goes with the rest."""
    folder = (place / "linking") / next(e.entry for e in zone_entries(place) if e.kind == "identity")
    sealed = folder / "identity.sealed"
    if kind == "header":
        (folder / "header.json").write_text("{", encoding="utf-8")
    elif kind == "sealed":
        sealed.write_bytes(sealed.read_bytes()[:-3])
    elif kind == "missing":
        sealed.unlink()
    else:
        os.replace(folder, folder.with_name("elsewhere"))
    with pytest.raises(TableInvalid):
        read_identities(place, keyring, on=TODAY)
    with pytest.raises(GuzarError):
        require_purged(place)
    assert len(purge(place, on=TODAY, by="tester").entries) == 2
    require_purged(place)


@pytest.mark.parametrize(
    ("part", "said"),
    [
        ("retention_until", "2099-01-01"),
        ("retention_until", "soon"),
        ("retention_until", ""),
        ("holder", "another office"),
        ("rows", 1),
        ("proof", ""),
        ("proof", None),
    ],
)
def test_a_header_that_was_changed_opens_nothing(
    place: Path, keyring: Keyring, part: str, said: object
) -> None:
    """With a text editor nobody puts off the day of the purge; without a proof (an earlier guzar) neither."""
    folder = (place / "linking") / next(e.entry for e in zone_entries(place) if e.kind == "identity")
    header = json.loads((folder / "header.json").read_text(encoding="utf-8")) | {part: said}
    header = {name: value for name, value in header.items() if value is not None}
    (folder / "header.json").write_text(json.dumps(header), encoding="utf-8")
    with pytest.raises(TableInvalid):
        read_identities(place, keyring, on=TODAY)
    with pytest.raises(TableInvalid):
        [frame for _, frame in identity_frames(place, keyring)]
    assert len(purge(place, on=TODAY, by="tester").entries) == 2


def test_a_newer_receipt_moves_the_retention_date(place: Path, keyring: Keyring) -> None:
    """Of the entries that it names, and of no other; the header is proven again."""
    entry = next(e for e in zone_entries(place) if e.kind == "identity")
    set_retention(place, [entry.entry], keyring, retention_until="2028-06-30")
    assert read_identities(place, keyring, on="2028-06-30").height == 2
    assert sorted(e.retention_until for e in zone_entries(place)) == ["2027-12-31", "2028-06-30"]


def test_a_record_that_came_again_is_read_once(place: Path, keyring: Keyring) -> None:
    """As the later entry has it; without an order each record still stands there once."""
    again = FRAME.with_columns(surname=pl.lit("Vvorkhan-Zzif"))
    later = put_identity(place, again, keyring, **GIVEN)
    assert later is not None
    read = read_identities(place, keyring, on=TODAY, order={later.entry: 2})
    assert (read.height, set(read["surname"])) == (2, {"Vvorkhan-Zzif"})
    assert read_identities(place, keyring, on=TODAY).height == 2


@pytest.mark.parametrize("day", ["2026-11-21", "soon", "", "2026-13-01"])
def test_a_retention_date_lies_ahead(day: str) -> None:
    """No date, or one that has passed, is no permission to hold names."""
    require_retention_ahead(TODAY, on=TODAY)
    with pytest.raises(SettingsInvalid, match="retention"):
        require_retention_ahead(day, on=TODAY)


def test_the_key_file_beside_the_workspace_opens_it(place: Path, tmp_path: Path) -> None:
    """The whole way with the file on disk."""
    assert read_identities(place, open_keyring(tmp_path / "guzar.key", workspace=place), on=TODAY).height == 2
