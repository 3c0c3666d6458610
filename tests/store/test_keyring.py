"""The key file: outside every workspace, private, never written over, older keys kept."""

import os
from pathlib import Path

import pytest

from guzar.errors import SettingsInvalid
from guzar.store import open_workspace
from guzar.store.keyring import Keyring, new_keyring, open_keyring, rotate_keyring

DAY = "2026-01-31"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A key file with one key."""
    new_keyring(tmp_path / "guzar.key", made_on=DAY)
    return tmp_path / "guzar.key"


def test_a_key_file_is_read_as_it_was_made(file: Path) -> None:
    """Ids, days and secrets survive the file; two key files never share a secret."""
    keyring = open_keyring(file)
    assert [key.made_on for key in keyring.keys] == [DAY]
    assert keyring.key_id.startswith(DAY)
    other = new_keyring(file.with_name("other.key"), made_on=DAY)
    assert other.for_purpose("exchange", "a").secret != keyring.for_purpose("exchange", "a").secret


@pytest.mark.skipif(os.name != "posix", reason="rights of files are those of POSIX")
@pytest.mark.parametrize("rights", [0o644, 0o640, 0o602, 0o666])
def test_a_key_that_others_may_read_is_refused(file: Path, rights: int) -> None:
    """A fresh key file is its owner's alone; with one right for anybody else it is refused."""
    assert file.stat().st_mode & 0o777 == 0o600
    file.chmod(rights)
    with pytest.raises(SettingsInvalid, match="chmod 600"):
        open_keyring(file)


def test_a_key_inside_a_workspace_is_neither_made_nor_read(file: Path, tmp_path: Path) -> None:
    """Also deep inside, through a link, and in the folder that is about to be written."""
    workspace = open_workspace(tmp_path / "w", create=True).path
    (workspace / "deep").mkdir()
    with pytest.raises(SettingsInvalid, match="outside every workspace"):
        new_keyring(workspace / "deep" / "guzar.key", made_on=DAY)
    assert not list((workspace / "deep").iterdir())
    inside = workspace / "deep" / "guzar.key"
    inside.write_bytes(file.read_bytes())
    inside.chmod(0o600)
    (tmp_path / "link.key").symlink_to(inside)
    for place in (inside, tmp_path / "link.key"):
        with pytest.raises(SettingsInvalid, match="outside every workspace"):
            open_keyring(place)
    with pytest.raises(SettingsInvalid, match="outside every workspace"):
        open_keyring(file, workspace=tmp_path)


def test_a_key_file_is_never_written_over(file: Path) -> None:
    """Who writes over a key loses every name that it sealed."""
    before = file.read_bytes()
    with pytest.raises(SettingsInvalid, match="never written over"):
        new_keyring(file, made_on=DAY)
    assert file.read_bytes() == before


def test_rotation_keeps_the_older_keys(file: Path) -> None:
    """The newest key makes what is new; an older one is still there under its id, and the file stays private."""
    first = open_keyring(file)
    second = rotate_keyring(file, made_on="2027-01-31")
    held = open_keyring(file)
    assert held == second
    assert held.key_id != first.key_id
    assert held.for_purpose("linking zone", key_id=first.key_id) == first.for_purpose("linking zone")
    assert held.for_purpose("linking zone") != first.for_purpose("linking zone")
    if os.name == "posix":
        assert file.stat().st_mode & 0o777 == 0o600


def test_every_purpose_and_holder_has_a_key_of_its_own(file: Path) -> None:
    """Pseudonyms of two holders cannot be laid side by side, and no key opens what another sealed."""
    keyring = open_keyring(file)
    asked = [
        ("pseudonym", "a"),
        ("pseudonym", "b"),
        ("linking zone", ""),
        ("exchange", "a"),
        ("exchange", "b"),
    ]
    secrets = {keyring.for_purpose(purpose, holder).secret for purpose, holder in asked}
    assert len(secrets) == len(asked)
    assert keyring.keys[0].secret not in secrets
    with pytest.raises(SettingsInvalid, match="holder"):
        keyring.for_purpose("pseudonym", " ")


def test_a_secret_never_shows(file: Path) -> None:
    """Printed in a log or a traceback, a key shows its id and nothing of its secret."""
    keyring = open_keyring(file)
    shown = repr(keyring) + repr(keyring.for_purpose("linking zone")) + str(keyring.keys[0])
    assert keyring.key_id in shown
    for key in (keyring.keys[0], keyring.for_purpose("linking zone")):
        assert key.secret.hex() not in shown
        assert repr(key.secret) not in shown


@pytest.mark.parametrize("change", ["cut", "digit", "empty", "binary", "other"])
def test_a_damaged_key_file_is_refused(file: Path, change: str) -> None:
    """One digit of a secret is enough: a wrong key would make other pseudonyms in silence."""
    text = file.read_text(encoding="utf-8")
    place = text.index('secret = "') + 12
    digit = "0" if text[place] != "0" else "1"
    changed = {
        "cut": text[:-9].encode(),
        "digit": (text[:place] + digit + text[place + 1 :]).encode(),
        "empty": b"",
        "binary": os.urandom(200),
        "other": b"format = 1\n[[key]]\nid = 3\nmade_on = 4\nsecret = 5\n",
    }
    file.write_bytes(changed[change])
    with pytest.raises(SettingsInvalid, match="damaged") as refused:
        open_keyring(file)
    assert text[place : place + 20] not in refused.value.message()


def test_an_unknown_key_is_named_by_its_id(file: Path) -> None:
    """Who opens an old file with a new key file learns which key is wanted."""
    with pytest.raises(SettingsInvalid, match="2020-01-01-00000000"):
        open_keyring(file).for_purpose("linking zone", key_id="2020-01-01-00000000")
    assert isinstance(open_keyring(file), Keyring)
