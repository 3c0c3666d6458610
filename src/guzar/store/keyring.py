"""The key file: secrets that make pseudonyms and seal names, kept outside every workspace.

In: a file that `guzar keys new` made. Out: a key for one purpose. A secret never stands in a workspace, an output or
a message; whoever holds a workspace without this file can neither open names nor try documents against pseudonyms.
Of each secret, one key per purpose is derived (BLAKE2b with the secret as its key), so that what one purpose gives
away says nothing about another, and the pseudonyms of two holders cannot be laid side by side.
"""

import hashlib
import os
import stat
import tomllib
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn

from guzar.errors import SettingsInvalid
from guzar.store.files import write_bytes

FORMAT = 1
SECRET_BYTES = 32
PURPOSES = ("pseudonym", "linking zone", "exchange")
WITH_HOLDER = ("pseudonym", "exchange")  # a key of their own for every holder or partner
OTHERS = stat.S_IRWXG | stat.S_IRWXO  # rights of the group and of everybody
MARKS = ("guzar.toml", "pseudonymised.json")  # files by which a folder is known as one that holds records


@dataclass(frozen=True)
class PurposeKey:
    """A key for one purpose, with the id of the secret that it comes from. It never shows its secret."""

    key_id: str
    purpose: str
    holder: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class MasterKey:
    """One secret of a key file, with its id and the day on which it was made."""

    key_id: str
    made_on: str
    secret: bytes = field(repr=False)


@dataclass(frozen=True)
class Keyring:
    """The secrets of a key file, oldest first; the newest makes what is new, the older ones open what is old."""

    keys: tuple[MasterKey, ...]

    @property
    def key_id(self) -> str:
        """The id of the newest secret."""
        return self.keys[-1].key_id

    def for_purpose(self, purpose: str, holder: str = "", *, key_id: str | None = None) -> PurposeKey:
        """The key for a purpose (and holder), from the newest secret or from the one named.

        Raises SettingsInvalid where this file has no secret of that id, or a purpose needs a holder.
        """
        if purpose not in PURPOSES:
            raise ValueError(f"no such purpose: {purpose}")
        _require_holder(purpose, holder)
        master = self._find(key_id or self.key_id)
        words = f"{purpose}\x1f{holder}".encode()
        secret = hashlib.blake2b(words, digest_size=SECRET_BYTES, key=master.secret, person=b"guzar purpose")
        return PurposeKey(master.key_id, purpose, holder, secret.digest())

    def _find(self, key_id: str) -> MasterKey:
        for key in self.keys:
            if key.key_id == key_id:
                return key
        raise SettingsInvalid(
            "The key file has no key {key_id}.",
            expected="the key file with which this was sealed, old keys kept",
            do="Use that key file, or the latest copy of it; guzar keys rotate keeps old keys.",
            key_id=key_id,
        )


def new_keyring(path: Path, *, made_on: str, entropy: bytes | None = None) -> Keyring:
    """Make a key file with one secret, readable by its owner alone; refused where a file stands already."""
    _require_outside(path)
    if not path.parent.is_dir():
        _refuse_no_folder(path)
    keyring = Keyring((_make_key(made_on, entropy),))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise SettingsInvalid(
            "{path} exists already; a key file is never written over.",
            expected="a file that does not exist yet",
            do="Choose another name, or add a key to this file with: guzar keys rotate {path}",
            path=path,
        ) from None
    with os.fdopen(handle, "wb") as file:
        file.write(_as_text(keyring).encode("utf-8"))
    return keyring


def rotate_keyring(path: Path, *, made_on: str, entropy: bytes | None = None) -> Keyring:
    """Add a secret to a key file; older ones stay, to open what they sealed."""
    held = open_keyring(path)
    keyring = Keyring((*held.keys, _make_key(made_on, entropy)))
    before = os.umask(0o077)  # the file that takes its place is as private as it was
    try:
        write_bytes(path, _as_text(keyring).encode("utf-8"))
    finally:
        os.umask(before)
    return keyring


def open_keyring(path: Path, *, workspace: Path | None = None, has_sealed: bool = False) -> Keyring:
    """The key file at `path`; refused inside a workspace, where others may read it, or where it is damaged.

    `has_sealed` says that it must open what was sealed before, so that a new one would not do.
    """
    _require_outside(path, workspace)
    if not path.is_file():
        raise SettingsInvalid(
            "There is no key file {path}.",
            expected="the key file with which the names were sealed"
            if has_sealed
            else "a file made by guzar keys new",
            do="Check the path, or take the key file from its second safe place: a new one opens nothing that is sealed already."
            if has_sealed
            else "Check the path, or make a key file with: guzar keys new {path}",
            path=path,
        )
    _require_private(path)
    return _read(path)


def _require_outside(path: Path, workspace: Path | None = None) -> None:
    """A key beside what it locks protects nothing: whoever copies the folder has both."""
    place = path.resolve()
    within = [folder for folder in place.parents if any((folder / mark).exists() for mark in MARKS)]
    if workspace is not None and place.is_relative_to(workspace.resolve()):
        within.append(workspace)
    if within:
        raise SettingsInvalid(
            "The key file stands inside a folder that holds records: {folder}.",
            expected="a key file outside every workspace, best on a medium of its own",
            do="Move the key file elsewhere, and name its new place.",
            folder=within[0].name,
        )


def _require_private(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & OTHERS:
        raise SettingsInvalid(
            "Others than its owner may read or change the key file {path}.",
            expected="a file that its owner alone may read",
            do="Take away the rights of others with: chmod 600 {path}",
            path=path,
        )


def _require_holder(purpose: str, holder: str) -> None:
    if purpose in WITH_HOLDER and not holder.strip():
        raise SettingsInvalid(
            "A key for the purpose {purpose} belongs to one holder of data, and none is named.",
            expected="the name of the agency that holds the records, as its receipt has it",
            do="Name the holder in the receipt.",
            purpose=(purpose,),
        )


def _refuse_no_folder(path: Path) -> NoReturn:
    raise SettingsInvalid(
        "There is no folder {folder}.",
        expected="a file in a folder that exists",
        do="Make the folder, or choose another path.",
        folder=path.parent,
    )


def _make_key(made_on: str, entropy: bytes | None) -> MasterKey:
    secret = entropy or os.urandom(SECRET_BYTES)
    return MasterKey(_id_of(secret, made_on), made_on, secret)


def _id_of(secret: bytes, made_on: str) -> str:
    """An id that the secret itself proves, so that a damaged line is seen; it does not give the secret away."""
    print_of_it = hashlib.blake2b(b"id", digest_size=4, key=secret, person=b"guzar key id").hexdigest()
    return f"{made_on}-{print_of_it}"


def _as_text(keyring: Keyring) -> str:
    lines = [
        "# Key file of guzar. Keep it outside every workspace and every backup of one; who has it can open names.",
        f"format = {FORMAT}",
    ]
    for key in keyring.keys:
        lines += ["", "[[key]]", f'id = "{key.key_id}"', f'made_on = "{key.made_on}"']
        lines += [f'secret = "{key.secret.hex()}"']
    return "\n".join(lines) + "\n"


def _read(path: Path) -> Keyring:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
        keys = tuple(
            MasterKey(str(one["id"]), str(one["made_on"]), bytes.fromhex(one["secret"]))
            for one in content["key"]
        )
        is_whole = content["format"] == FORMAT and bool(keys) and all(map(_is_whole, keys))
    except (ValueError, KeyError, TypeError):
        is_whole = False
    if not is_whole:
        raise SettingsInvalid(
            "The key file {path} is damaged, or is no key file of this guzar.",
            expected="a file made by guzar keys new, unchanged",
            do="Take a copy of it; a key that is lost cannot be made again.",
            path=path,
        )
    return Keyring(keys)


def _is_whole(key: MasterKey) -> bool:
    return len(key.secret) == SECRET_BYTES and key.key_id == _id_of(key.secret, key.made_on)
