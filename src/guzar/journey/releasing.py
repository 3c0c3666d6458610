"""Releasing: everything that may leave, through the door, as one release."""

from datetime import date
from pathlib import Path

import dataframely as dy
import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.define.tables.checks import SourceDoubts
from guzar.define.tables.claims import CheckedClaims
from guzar.define.tables.evidence import DestinationEvidence
from guzar.define.tables.remittances import CorridorPrices, ShareDecompositions
from guzar.define.tables.treaty_standings import TreatyStandings
from guzar.journey.asking import (
    check_shipped_claims,
    load_quoted_prices,
    load_share_decompositions,
    load_source_doubts,
    load_treaty_standings,
)
from guzar.journey.processing import load_destination_evidence, load_observations
from guzar.journey.publication import Published, ReleaseTables, publish_figures
from guzar.store import Workspace


def load_release_tables(workspace: Workspace | None, *, as_of: str | None = None) -> ReleaseTables:
    """The tables beside the figures that a release carries, by name; those without rows are left out.

    Standings of treaties are worked out as of a date (ISO 8601), and left out where none is given.
    """
    tables: dict[str, tuple[type[dy.Schema], pl.DataFrame]] = {
        "source_doubts": (SourceDoubts, load_source_doubts(workspace))
    }
    tables["checked_claims"] = (CheckedClaims, check_shipped_claims(workspace))
    tables["destination_evidence"] = (DestinationEvidence, load_destination_evidence(workspace))
    tables["share_decompositions"] = (ShareDecompositions, load_share_decompositions(workspace))
    tables["corridor_prices"] = (CorridorPrices, load_quoted_prices(workspace))
    if as_of is not None:
        standings = load_treaty_standings(workspace, THE_TWELVE, as_of=date.fromisoformat(as_of))
        tables["treaty_standings"] = (TreatyStandings, standings)
    return {name: (table, frame) for name, (table, frame) in tables.items() if frame.height}


def publish_release(
    workspace: Workspace | None, out: Path, *, date: str, extra: ReleaseTables | None = None
) -> Published:
    """Release all figures, every edition, as a folder in the workspace and a copy in `out`.

    `extra` are tables beside the figures, by name, each with its declaration.
    """
    return publish_figures(load_observations(workspace), workspace, out, date=date, extra=extra or {})
