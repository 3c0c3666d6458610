"""Where one run of made-up people works: the world outside, the workspace, and what is worked out beside it."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl

from guzar.store import Workspace
from guzar.store.keyring import Keyring

DAY = date(2022, 12, 31)  # a year of crossings before its year, and the 487 days of the rule after it
FIRST, LAST = date(2021, 1, 1), date(2024, 4, 30)


@dataclass(frozen=True)
class Place:
    """The made-up world, the workspace and keys, the folder of register and counts, the ISO date of the run."""

    world: Path
    folder: Path
    workspace: Workspace
    keys: Keyring
    date: str

    @property
    def register(self) -> Path:
        """The folder of linked persons and their residence."""
        return self.folder / "register"

    @property
    def counts(self) -> Path:
        """The folder of unprotected counts."""
        return self.folder / "counts"

    def held(self, table: str) -> pl.DataFrame:
        """All pseudonymous rows of a table that were collected."""
        editions = self.workspace.editions("collect", table)
        return pl.concat([pl.read_parquet(one.file(f"{table}.parquet")) for one in editions])

    def truth(self, name: str) -> pl.DataFrame:
        """A table of the truth, which lies outside the walls."""
        return pl.read_parquet(self.world / "truth" / f"{name}.parquet")
