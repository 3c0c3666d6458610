"""Files that one linkage writes: together or none, so that no clusters lie about whose linkage was refused.

Each is written beside its place, with what is known of it; when all are whole they are moved to their places.
"""

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import polars as pl

from guzar.journey.crossings_in_files import place_beside
from guzar.store import write_about, write_table
from guzar.store.about import ENDING


class Outputs:
    """Where files stand until all are whole."""

    def __init__(self, stack: ExitStack) -> None:
        self._stack = stack
        self._waiting: list[tuple[Path, Path]] = []

    def beside(self, out: Path, about: Mapping[str, Any] | None = None) -> Path:
        """Where to write the file that is to become `out`, in a folder of its own; SettingsInvalid where none can be.

        about: what is to be written down beside it.
        """
        file = self._stack.enter_context(place_beside(out)) / out.name
        if about is not None:
            write_about(file, about)
            self._waiting.append((_about_of(file), _about_of(out)))
        self._waiting.append((file, out))
        return file

    def write(self, out: Path, table: pl.DataFrame, about: Mapping[str, Any] | None = None) -> None:
        """A table that is to become `out`."""
        write_table(self.beside(out, about), table)

    def place(self) -> None:
        """Move every file to its place, what is known of a table before the table."""
        for file, out in self._waiting:
            os.replace(file, out)


@contextmanager
def written_together() -> Iterator[Outputs]:
    """Files that are moved to their places when this ends; none of them where it ends with an error."""
    with ExitStack() as stack:
        outputs = Outputs(stack)
        yield outputs
        outputs.place()


def _about_of(table: Path) -> Path:
    return table.with_name(table.name + ENDING)
