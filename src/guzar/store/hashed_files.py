"""A file that is hashed while it is written: its checksum needs no second reading."""

import hashlib
from typing import BinaryIO


class HashedFile:
    """An open file, written from its beginning to its end, and the SHA-256 of what has been written."""

    def __init__(self, opened: BinaryIO) -> None:
        self._opened = opened
        self._hash = hashlib.sha256()
        self.closed = False  # asked for by those who write to it

    def write(self, content: bytes) -> int:
        """Write the next bytes; how many."""
        self._hash.update(content)
        return self._opened.write(content)

    def flush(self) -> None:
        """Hand over to the system what has been written."""
        self._opened.flush()

    def close(self) -> None:
        """Nothing follows; the file is closed by who opened it."""
        self.closed = True

    @property
    def checksum(self) -> str:
        """The SHA-256 of what has been written so far."""
        return self._hash.hexdigest()
