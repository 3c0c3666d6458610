"""Sealed files: authenticated encryption in pieces, so that a file of any size passes in bounded memory.

    guzar-sealed-1 <newline> {"key_id": ..., "purpose": ...} <newline> <24 bytes> <pieces of 1 MiB, each with its proof>

XChaCha20-Poly1305 in libsodium's secret stream (PyNaCl). A changed, missing, exchanged or added piece is found, so is
a changed first line. The 24 bytes that start the stream are a keyed hash of the content instead of chance: the same
content under the same key gives the same file, so that a repeated run leaves the same tree; different content never
shares a start. Raises TableInvalid for a damaged file, SettingsInvalid for a key that is not the one.
"""

import hashlib
import io
import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from nacl import bindings
from nacl.exceptions import CryptoError

from guzar.errors import SettingsInvalid, TableInvalid
from guzar.store.keyring import Keyring, PurposeKey

MAGIC = b"guzar-sealed-1\n"
PIECE_BYTES = 1 << 20
START_BYTES = bindings.crypto_secretstream_xchacha20poly1305_HEADERBYTES
PROOF_BYTES = bindings.crypto_secretstream_xchacha20poly1305_ABYTES
MORE = bindings.crypto_secretstream_xchacha20poly1305_TAG_MESSAGE
LAST = bindings.crypto_secretstream_xchacha20poly1305_TAG_FINAL
LONGEST_HEADER = 4096


def seal(content: bytes, key: PurposeKey) -> bytes:
    """The content, sealed with the key."""
    sealed = io.BytesIO()
    seal_stream(lambda: io.BytesIO(content), sealed, key)
    return sealed.getvalue()


def unseal(sealed: bytes, key: PurposeKey, *, name: str = "") -> bytes:
    """What was sealed; refused where one bit of it was changed, or under another key. `name` is for the message."""
    opened = io.BytesIO()
    _unseal_stream(io.BytesIO(sealed), opened, key, name)
    return opened.getvalue()


def seal_stream(open_source: Callable[[], BinaryIO], sealed: BinaryIO, key: PurposeKey) -> None:
    """Seal what `open_source` opens, of any size, into an open file, piece by piece; it is read twice."""
    header = _header_of(key)
    with open_source() as source:
        start = _start_of(source, key)
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    # Libsodium draws the start of a stream by chance; opening sets up the same state from a start that is given.
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, start, key.secret)
    sealed.write(header + start)
    with open_source() as source:
        for piece, is_last in _pieces(source, PIECE_BYTES):
            tag = LAST if is_last else MORE
            sealed.write(
                bindings.crypto_secretstream_xchacha20poly1305_push(state, piece, ad=header, tag=tag)
            )


def unseal_file(source: Path, target: BinaryIO, key: PurposeKey) -> None:
    """Open a sealed file of any size into an open file, piece by piece.

    What was written before damage is met is not to be used: the caller throws it away when this raises.
    """
    with source.open("rb") as sealed:
        _unseal_stream(sealed, target, key, source.name)


def key_of_sealed(sealed: bytes, keyring: Keyring, *, name: str = "") -> PurposeKey:
    """The key that opens this file: of the secret, purpose and holder that its first line names."""
    header = read_header(io.BytesIO(sealed), name)
    return keyring.for_purpose(header["purpose"], header["holder"], key_id=header["key_id"])


def read_header(sealed: BinaryIO, name: str = "") -> Mapping[str, Any]:
    """What a sealed file says in clear: the id of the key, its purpose and holder."""
    try:
        if sealed.read(len(MAGIC)) != MAGIC:
            _refuse_damaged(name)
        header = json.loads(sealed.readline(LONGEST_HEADER))
        return {part: str(header[part]) for part in ("key_id", "purpose", "holder")}
    except (ValueError, KeyError, TypeError):
        _refuse_damaged(name)


def _unseal_stream(sealed: BinaryIO, opened: BinaryIO, key: PurposeKey, name: str) -> None:
    _require_same_key(read_header(sealed, name), key, name)
    start = sealed.read(START_BYTES)
    if len(start) != START_BYTES:
        _refuse_damaged(name)
    state = bindings.crypto_secretstream_xchacha20poly1305_state()
    bindings.crypto_secretstream_xchacha20poly1305_init_pull(state, start, key.secret)
    header = _header_of(key)
    for piece, is_last in _pieces(sealed, PIECE_BYTES + PROOF_BYTES):
        try:
            content, tag = bindings.crypto_secretstream_xchacha20poly1305_pull(state, piece, ad=header)
        except (CryptoError, ValueError, RuntimeError):
            _refuse_damaged(name)
        if (tag == LAST) != is_last:
            _refuse_damaged(name)
        opened.write(content)


def _header_of(key: PurposeKey) -> bytes:
    says = {"key_id": key.key_id, "purpose": key.purpose, "holder": key.holder}
    return MAGIC + json.dumps(says).encode("ascii") + b"\n"


def _start_of(source: BinaryIO, key: PurposeKey) -> bytes:
    digest = hashlib.blake2b(digest_size=START_BYTES, key=key.secret, person=b"guzar start")
    for piece, _ in _pieces(source, PIECE_BYTES):
        digest.update(piece)
    return digest.digest()


def _pieces(source: BinaryIO, size: int) -> Iterator[tuple[bytes, bool]]:
    """Pieces of one size, the last one marked; an empty source is one empty piece."""
    piece = source.read(size)
    while True:
        following = source.read(size)
        yield piece, not following
        if not following:
            return
        piece = following


def _require_same_key(header: Mapping[str, Any], key: PurposeKey, name: str) -> None:
    if header != {"key_id": key.key_id, "purpose": key.purpose, "holder": key.holder}:
        raise SettingsInvalid(
            "A sealed file is opened with another key than it was sealed with.",
            where="{name}: sealed with the key {wanted}",
            expected="the key {wanted}, and the purpose for which the file was sealed",
            do="Use the key file that holds this key.",
            name=name or "-",
            wanted=header["key_id"],
        )


def _refuse_damaged(name: str) -> NoReturn:
    raise TableInvalid(
        "A sealed file is damaged, cut short, or was changed after it was sealed.",
        where="{name}",
        expected="the file as guzar sealed it, and the key of that day",
        do="Restore it from a backup, or take in the delivery again.",
        name=name or "-",
    ) from None
