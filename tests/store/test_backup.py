"""Backup and restore: byte for byte, the same bytes each time; damaged and hostile archives are refused whole."""

import gzip
import io
import json
import os
import tarfile
import time
import zipfile
from pathlib import Path

import pytest
from tests.store.workspaces import bytes_below, make_workspace

from guzar.errors import DeliveryRefused, GuzarError, SettingsInvalid, TableInvalid
from guzar.store import open_workspace
from guzar.store.backup import RECORD, write_backup
from guzar.store.files import checksum_of
from guzar.store.restore import restore_backup

KINDS = ("b.tar.gz", "b.zip")


@pytest.fixture
def place(tmp_path: Path) -> Path:
    workspace = make_workspace(tmp_path / "w")
    assert len(workspace.secret()) == 32
    (workspace.path / "guzar.key").write_text("# Key file of guzar. Keep it outside\n[[key]]\nsecret = 1\n")
    (workspace.path / "Таблица.csv").write_text("a\n")
    return workspace.path


@pytest.mark.parametrize("name", KINDS)
def test_with_secrets_the_restored_workspace_is_the_same_byte_for_byte(place: Path, name: str) -> None:
    done = write_backup(place, place.parent / name, with_secrets=True)
    restored = restore_backup(place.parent / name, place.parent / "again")
    assert bytes_below(place.parent / "again") == bytes_below(place)
    assert (done.files, restored.files) == (len(bytes_below(place)),) * 2
    assert (done.secrets_left_out, restored.lacks_secret) == ((), False)
    if os.name == "posix":
        assert (place.parent / name).stat().st_mode & 0o077 == 0
        assert (place.parent / "again" / "noise.secret").stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("name", KINDS)
def test_secrets_stay_behind_unless_asked_for_and_are_not_made_anew_in_silence(
    place: Path, name: str
) -> None:
    done = write_backup(place, place.parent / name)
    assert done.secrets_left_out == ("guzar.key", "noise.secret")
    restored = restore_backup(place.parent / name, place.parent / "again")
    assert restored.lacks_secret
    assert not (place.parent / "again" / "guzar.key").exists()
    secret = (place / "noise.secret").read_bytes()
    assert secret not in gzip.decompress((place.parent / name).read_bytes()) if name == KINDS[0] else True
    with pytest.raises(TableInvalid, match="damaged"):
        open_workspace(place.parent / "again").secret()
    (place.parent / "again" / "noise.secret").write_bytes(secret)
    assert open_workspace(place.parent / "again").secret() == secret


@pytest.mark.parametrize("name", KINDS)
def test_the_same_workspace_gives_the_same_bytes(place: Path, name: str) -> None:
    """Whatever the time, the owner's umask or the order on disk."""
    write_backup(place, place.parent / name)
    for path in place.rglob("*"):
        os.utime(path, (time.time() - 10**6,) * 2)
    write_backup(place, place.parent / f"later-{name}")
    assert (place.parent / name).read_bytes() == (place.parent / f"later-{name}").read_bytes()
    restore_backup(place.parent / name, place.parent / "again")
    (place.parent / "again" / "noise.secret").write_bytes((place / "noise.secret").read_bytes())
    write_backup(place.parent / "again", place.parent / f"again-{name}")
    assert (place.parent / name).read_bytes() == (place.parent / f"again-{name}").read_bytes()


def test_a_damaged_workspace_and_a_link_make_no_backup(place: Path) -> None:
    (place / "elsewhere").symlink_to("/etc")
    with pytest.raises(TableInvalid, match="neither a file nor a folder"):
        write_backup(place, place.parent / "b.zip")
    (place / "elsewhere").unlink()
    next(place.rglob("*.parquet")).write_bytes(b"x")
    with pytest.raises(TableInvalid, match="damaged"):
        write_backup(place, place.parent / "b.zip")
    assert not [path for path in place.parent.iterdir() if path != place]


def test_nothing_is_written_over_or_into_the_workspace(place: Path) -> None:
    (place.parent / "b.zip").write_bytes(b"older")
    for out in (place.parent / "b.zip", place / "b.zip", place.parent / "b.rar", place / "no" / "b.zip"):
        with pytest.raises(SettingsInvalid):
            write_backup(place, out)
    write_backup(place, place.parent / "good.zip")
    with pytest.raises(SettingsInvalid, match="other files"):
        restore_backup(place.parent / "good.zip", place)
    assert (place.parent / "b.zip").read_bytes() == b"older"


def _record(files: dict[str, bytes], **changed: object) -> bytes:
    told = {name: {"bytes": len(content), "sha256": checksum_of(content)} for name, content in files.items()}
    record = {"format": 1, "workspace_format": 2, "has_all_secrets": True, "files": told}
    return json.dumps(record | changed).encode()


def _tar(members: list[tuple[str, bytes | None]], kind: bytes = tarfile.SYMTYPE) -> bytes:
    """An archive of these members; one without content is a link, or what `kind` says."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz") as tar:
        for name, content in members:
            entry = tarfile.TarInfo(name)
            if content is None:
                entry.type, entry.linkname = kind, "/etc/passwd"
                tar.addfile(entry)
            else:
                entry.size = len(content)
                tar.addfile(entry, io.BytesIO(content))
    return made.getvalue()


def _zip(members: list[tuple[str, bytes | None]]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in members:
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = (0o120777 if content is None else 0o100644) << 16
            packed.writestr(entry, b"/etc/passwd" if content is None else content)
    return made.getvalue()


TOML = b"format = 2\n"
GOOD: dict[str, bytes] = {"guzar.toml": TOML}
ODD_NAMES = (
    "../out",
    "/etc/out",
    "a/../../out",
    "C:\\out",
    "a\\..\\out",
    "a//b",
    "./a",
    "con",
    "a/NUL.txt",
    "a.",
    "a\nb",
    "",
)
HOSTILE: dict[str, list[tuple[str, bytes | None]]] = {
    **{
        f"name {name!r}": [(RECORD, _record(GOOD | {name: b"x"})), ("guzar.toml", TOML), (name, b"x")]
        for name in ODD_NAMES
    },
    "not in the record": [(RECORD, _record(GOOD)), ("guzar.toml", TOML), ("../out", b"x")],
    "a link": [(RECORD, _record(GOOD | {"a": b"x"})), ("guzar.toml", TOML), ("a", None)],
    "longer than said": [(RECORD, _record(GOOD)), ("guzar.toml", TOML * 1000)],
    "shorter than said": [(RECORD, _record({"guzar.toml": TOML * 2})), ("guzar.toml", TOML)],
    "other bytes": [(RECORD, _record({"guzar.toml": b"Format = 2\n"})), ("guzar.toml", TOML)],
    "a file twice": [(RECORD, _record(GOOD)), ("guzar.toml", TOML), ("guzar.toml", TOML)],
    "two names of one file": [(RECORD, _record(GOOD | {"A": b"x", "a": b"x"})), ("guzar.toml", TOML), ("A", b"x"), ("a", b"x")],
    "a file missing": [(RECORD, _record(GOOD | {"a": b"x"})), ("guzar.toml", TOML)],
    "no record": [("guzar.toml", TOML)],
    "no settings": [(RECORD, _record({"a": b"x"})), ("a", b"x")],
    "a newer archive": [(RECORD, _record(GOOD, format=2)), ("guzar.toml", TOML)],
    "a newer workspace": [(RECORD, _record(GOOD, workspace_format=99)), ("guzar.toml", TOML)],
    "a record that is a list": [(RECORD, b"[]"), ("guzar.toml", TOML)],
    "an honest bomb": [(RECORD, json.dumps({"format": 1, "workspace_format": 2, "files": {"guzar.toml": {"bytes": 10**15, "sha256": "0" * 64}}}).encode())],
    "negative": [(RECORD, json.dumps({"format": 1, "workspace_format": 2, "files": {"guzar.toml": {"bytes": -1, "sha256": "0" * 64}}}).encode())],
    "nothing": [],
}  # fmt: skip


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.parametrize("make", [_tar, _zip], ids=["tar", "zip"])
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_archive_leaves_nothing(tmp_path: Path, name: str, make) -> None:  # type: ignore[no-untyped-def]
    place = tmp_path / "deep" / "here"
    place.mkdir(parents=True)
    (place / "bad").write_bytes(make(HOSTILE[name]))
    with pytest.raises(DeliveryRefused):
        restore_backup(place / "bad", place / "out")
    assert [path.name for path in place.iterdir()] == ["bad"]
    assert [path.name for path in tmp_path.iterdir()] == ["deep"]


@pytest.mark.parametrize("kind", [tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_devices_pipes_and_hard_links_are_refused(tmp_path: Path, kind: bytes) -> None:
    members = [(RECORD, _record(GOOD | {"a": b""})), ("guzar.toml", TOML), ("a", None)]
    (tmp_path / "bad").write_bytes(_tar(members, kind))  # type: ignore[arg-type]
    with pytest.raises(DeliveryRefused):
        restore_backup(tmp_path / "bad", tmp_path / "out")


def test_headers_that_unpack_a_thousandfold_are_refused(tmp_path: Path) -> None:
    """A bomb need not be in a file: a long name is read into memory before anybody looks at it."""
    bomb = tarfile.TarInfo("././@LongLink")
    bomb.type, bomb.size = tarfile.GNUTYPE_LONGNAME, 1 << 28
    with gzip.open(tmp_path / "bad", "wb") as packed:
        packed.write(bomb.tobuf(tarfile.GNU_FORMAT))
        for _ in range(1 << 8):
            packed.write(bytes(1 << 20))
    with pytest.raises(DeliveryRefused):
        restore_backup(tmp_path / "bad", tmp_path / "out")


@pytest.mark.parametrize("name", KINDS)
def test_an_archive_cut_anywhere_or_changed_anywhere_is_refused_or_gives_the_same(
    place: Path, name: str
) -> None:
    write_backup(place, place.parent / name, with_secrets=True)
    whole = (place.parent / name).read_bytes()
    good = bytes_below(place)
    bad = place.parent / "bad"
    for at in range(0, len(whole), max(1, len(whole) // 25)):
        changed = bytearray(whole)
        changed[at] ^= 0x55
        for number, content in enumerate((whole[:at], bytes(changed))):
            bad.write_bytes(content)
            out = place.parent / f"out-{at}-{number}"
            try:
                restore_backup(bad, out)
            except GuzarError:
                assert not out.exists()
            else:  # a sign of no meaning: the time of a member, say
                assert bytes_below(out) == good
