"""Releasing: everything that may leave, through the door, as one release."""

from datetime import date
from pathlib import Path

import dataframely as dy
import polars as pl

from guzar.collect.sources.shipped_figures import SOURCE as SHIPPED
from guzar.define.areas import THE_TWELVE
from guzar.define.publishers import Publisher, declared_publisher, guzar_itself
from guzar.define.tables.accounts import PopulationAccounts
from guzar.define.tables.bridges import DefinitionBridges
from guzar.define.tables.checks import SourceDoubts
from guzar.define.tables.claims import CheckedClaims
from guzar.define.tables.evidence import DestinationEvidence
from guzar.define.tables.flow_accounts import FlowAccounts
from guzar.define.tables.remittances import CorridorPrices, ShareDecompositions
from guzar.define.tables.treaty_standings import TreatyStandings
from guzar.journey.asking import (
    check_shipped_claims,
    check_sources,
    load_quoted_prices,
    load_share_decompositions,
    load_source_doubts,
    load_treaty_standings,
)
from guzar.journey.balancing import balance_twelve
from guzar.journey.bridging_held import bridge_held
from guzar.journey.held_tables import let_out_held
from guzar.journey.processing import load_destination_evidence, load_observations
from guzar.journey.publication import Published, ReleaseTables, publish_figures
from guzar.reference import shipped_table
from guzar.store import Workspace


def load_release_tables(workspace: Workspace | None, *, as_of: str | None = None) -> ReleaseTables:
    """The tables beside the figures that a release carries, by name; those without rows are left out.

    A release carries only what its workspace holds. What ships with guzar (checked claims, doubts found in whole
    files, averages of price quotes, extracts of treaties, evidence about destinations, the account of flows) enters only where the shipped
    figures are held, as in the demonstration. Standings of treaties are worked out as of a date (ISO 8601), and left
    out where none is given.
    """
    ships = workspace is None or holds_shipped_figures(workspace)
    tables = _shipped_and_own(workspace) if ships else _own_alone(workspace)
    if as_of is not None and (ships or _holds(workspace, "process", "treaty_actions")):
        standings = load_treaty_standings(workspace, THE_TWELVE, as_of=date.fromisoformat(as_of))
        tables["treaty_standings"] = (TreatyStandings, standings)
    return {name: (table, frame) for name, (table, frame) in tables.items() if frame.height}


def holds_shipped_figures(workspace: Workspace) -> bool:
    """Whether the reference figures that ship with guzar were collected into a workspace."""
    return any(held.source == SHIPPED for held in workspace.editions("collect", "published"))


def who_publishes(workspace: Workspace | None) -> Publisher | None:
    """Who answers for a release: whom guzar.toml declares; guzar itself where every figure shipped with it; else nobody.

    Raises SettingsInvalid where the declaration cannot be right.
    """
    if workspace is None:
        return guzar_itself()
    declared = declared_publisher(workspace.settings())
    sources = {held.source for held in workspace.editions("collect", "published")}
    return declared or (guzar_itself() if sources == {SHIPPED} else None)


def _holds(workspace: Workspace | None, room: str, table: str) -> bool:
    return workspace is not None and any(workspace.editions(room, table))


def _shipped_and_own(workspace: Workspace | None) -> dict[str, tuple[type[dy.Schema], pl.DataFrame]]:
    """What is worked out from the figures held, and what ships beside the shipped figures."""
    return {
        "source_doubts": (SourceDoubts, load_source_doubts(workspace)),
        "checked_claims": (CheckedClaims, check_shipped_claims(workspace)),
        "destination_evidence": (DestinationEvidence, load_destination_evidence(workspace)),
        "share_decompositions": (ShareDecompositions, load_share_decompositions(workspace)),
        "population_accounts": (PopulationAccounts, balance_twelve(workspace)),
        "definition_bridges": (DefinitionBridges, bridge_held(workspace)),
        "corridor_prices": (CorridorPrices, load_quoted_prices(workspace)),
        "flow_accounts": (FlowAccounts, shipped_table("flow_accounts", FlowAccounts)),
    }


def _own_alone(workspace: Workspace | None) -> dict[str, tuple[type[dy.Schema], pl.DataFrame]]:
    """What is worked out from the figures of a workspace, and nothing else."""
    tables: dict[str, tuple[type[dy.Schema], pl.DataFrame]] = {
        "source_doubts": (SourceDoubts, check_sources(workspace)),
        "share_decompositions": (ShareDecompositions, load_share_decompositions(workspace)),
        "population_accounts": (PopulationAccounts, balance_twelve(workspace)),
        "definition_bridges": (DefinitionBridges, bridge_held(workspace)),
    }
    if _holds(workspace, "analyse", "destination_evidence"):
        tables["destination_evidence"] = (DestinationEvidence, load_destination_evidence(workspace))
    if _holds(workspace, "process", "price_quotes"):
        tables["corridor_prices"] = (CorridorPrices, load_quoted_prices(workspace))
    return tables


def publish_release(
    workspace: Workspace | None, out: Path | None, *, date: str, extra: ReleaseTables | None = None
) -> Published:
    """Release all figures, every edition, and all protected tables, as a folder in the workspace and a copy in `out`, if one is named.

    `extra` are tables beside the figures, by name, each with its declaration. Protected tables are attacked together,
    beside all that was released before (ReleaseRefused where a hidden cell can be worked out).
    """
    publisher = who_publishes(workspace)  # first: a wrong line is told before the work begins
    protected, audit = let_out_held(workspace)
    return publish_figures(
        load_observations(workspace),
        workspace,
        out,
        date=date,
        extra=extra or {},
        protected=protected,
        audit=audit,
        publisher=publisher,
    )
