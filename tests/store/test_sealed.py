"""Sealed files: what goes in comes out, and one changed bit anywhere is found."""

import io
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.errors import GuzarError, SettingsInvalid, TableInvalid
from guzar.store import sealed as module
from guzar.store.keyring import PurposeKey
from guzar.store.sealed import key_of_sealed, seal, seal_stream, unseal, unseal_file

KEY = PurposeKey("2026-01-31-aaaaaaaa", "linking zone", "office", b"k" * 32)
OTHER = PurposeKey("2026-01-31-bbbbbbbb", "linking zone", "office", b"o" * 32)
SAME_ID = PurposeKey(KEY.key_id, KEY.purpose, KEY.holder, b"o" * 32)


@pytest.fixture(autouse=True)
def small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 64 bytes, so that a short content has several."""
    monkeypatch.setattr(module, "PIECE_BYTES", 64)


@pytest.mark.parametrize("size", [0, 1, 63, 64, 65, 128, 1000])
def test_what_is_sealed_can_be_opened(size: int) -> None:
    """Contents that end within, at and behind the edge of a piece."""
    content = bytes(range(256)) * 4
    sealed = seal(content[:size], KEY)
    assert unseal(sealed, KEY) == content[:size]
    assert content[:16] not in sealed or size < 16


def test_the_same_content_gives_the_same_file() -> None:
    """A repeated run leaves the same tree; another content or key shares nothing but the first line."""
    content = b"Canary Vvorkhan " * 20
    assert seal(content, KEY) == seal(content, KEY)
    header = len(seal(b"", KEY)) - 24 - 17
    changed = seal(content + b"!", KEY)
    assert changed[header : header + 24] != seal(content, KEY)[header : header + 24]
    assert changed[header + 24 : header + 80] != seal(content, KEY)[header + 24 : header + 80]


@settings(max_examples=150)
@given(st.binary(max_size=300), st.data())
def test_any_change_is_found(content: bytes, data: st.DataObject) -> None:
    """A bit changed, a piece cut off or added, two pieces exchanged: refused, never a wrong content, no traceback."""
    sealed = seal(content, KEY)
    place = data.draw(st.integers(0, len(sealed) - 1))
    kind = data.draw(st.sampled_from(["flip", "cut", "add", "exchange"]))
    changed = {
        "flip": sealed[:place] + bytes([sealed[place] ^ (1 << place % 8)]) + sealed[place + 1 :],
        "cut": sealed[:place],
        "add": sealed + sealed[place:],
        "exchange": sealed[:place]
        + sealed[place + 81 : place + 162]
        + sealed[place : place + 81]
        + sealed[place + 162 :],
    }[kind]
    if changed == sealed:
        return
    with pytest.raises(GuzarError):
        unseal(changed, KEY)


def test_a_file_cut_at_the_edge_of_a_piece_is_found() -> None:
    """Every piece that is left is whole; only the missing last one tells."""
    sealed = seal(b"x" * 256, KEY)
    with pytest.raises(TableInvalid, match="cut short"):
        unseal(sealed[: -(64 + 17)], KEY)


def test_another_key_is_refused() -> None:
    """By its id where it differs, by the proof of every piece where somebody claims the id."""
    sealed = seal(b"content", KEY)
    with pytest.raises(SettingsInvalid, match=KEY.key_id):
        unseal(sealed, OTHER)
    with pytest.raises(TableInvalid):
        unseal(sealed, SAME_ID)


@pytest.mark.parametrize(
    "content", [b"", b"PAR1", b"guzar-sealed-1\n", b"guzar-sealed-1\n[]\n", b"guzar-sealed-1\n{}\n"]
)
def test_what_is_no_sealed_file_is_refused(content: bytes) -> None:
    """A file of another kind, or only the start of one."""
    with pytest.raises(TableInvalid):
        unseal(content, KEY)


def test_a_large_file_passes_piece_by_piece(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing reads more than two pieces at a time, in either direction."""
    content = b"0123456789abcdef" * 4096
    (tmp_path / "plain").write_bytes(content)
    largest = 0

    class Watched(io.BytesIO):
        def write(self, piece: object) -> int:
            nonlocal largest
            largest = max(largest, len(bytes(piece)))  # type: ignore[call-overload]
            return super().write(piece)  # type: ignore[arg-type]

    sealed = Watched()
    seal_stream(lambda: (tmp_path / "plain").open("rb"), sealed, KEY)
    (tmp_path / "sealed").write_bytes(sealed.getvalue())
    opened = Watched()
    unseal_file(tmp_path / "sealed", opened, KEY)
    assert opened.getvalue() == content
    assert largest <= 256


def test_the_key_is_found_by_the_first_line() -> None:
    """Holder and purpose stand in clear, and what stands there is proved by every piece."""
    sealed = seal(b"content", KEY)

    class Held:
        def for_purpose(self, purpose: str, holder: str, *, key_id: str) -> PurposeKey:
            return PurposeKey(key_id, purpose, holder, KEY.secret)

    found = key_of_sealed(sealed, Held())  # type: ignore[arg-type]
    assert found == KEY
    with pytest.raises(GuzarError):
        unseal(
            sealed.replace(b"office", b"0ffice"), PurposeKey(KEY.key_id, KEY.purpose, "0ffice", KEY.secret)
        )
