"""Seals: the very content of a table that passed the door is remembered, so that nothing else is taken for it.

A type can be forged by a cast; content cannot. `protect` seals what it lets out, `share` asks whether what it is handed
is sealed. A table that was changed after it passed is not sealed any more.
"""

import hashlib

import polars as pl

_SEALED: set[str] = set()


def seal_frame(frame: pl.DataFrame) -> None:
    """Remember that exactly this table may leave. Only the room `protect` may call this; a test says so."""
    _SEALED.add(_fingerprint(frame))


def is_sealed(frame: pl.DataFrame) -> bool:
    """Whether exactly this table (names, types, rows) passed the door in this process."""
    return _fingerprint(frame) in _SEALED


def _fingerprint(frame: pl.DataFrame) -> str:
    """Names, types and all rows, in whatever order they stand."""
    content = hashlib.sha256(repr(list(frame.schema.items())).encode())
    content.update(frame.hash_rows(seed=1).sort().to_numpy().tobytes())
    return content.hexdigest()
