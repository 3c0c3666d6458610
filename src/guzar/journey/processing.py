"""Processing and analysing: what is collected becomes observations, and observations become derived figures."""

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

import dataframely as dy
import polars as pl

from guzar.analyse.corridor_totals import total_corridors
from guzar.analyse.prices import average_published_years
from guzar.analyse.remittance_shares import derive_paid_shares
from guzar.analyse.stock_figures import derive_stock_figures
from guzar.define.definitions import Definition, register_definitions
from guzar.define.sources import Source, register_source
from guzar.define.tables.evidence import DestinationEvidence
from guzar.define.tables.figures import Observations
from guzar.process.harmonise import accept_observations, harmonise
from guzar.process.harmonise_prices import harmonise_prices
from guzar.process.harmonise_treaties import harmonise_treaties
from guzar.reference import shipped_observations, shipped_table
from guzar.store import Workspace, checksum_of

OBSERVATIONS = "observations.parquet"

# What each as-printed table becomes in the room `process`.
PROCESSED: dict[str, tuple[str, Callable[..., pl.DataFrame]]] = {
    "published_figures": ("observations", harmonise),
    "published_observations": ("observations", accept_observations),
    "published_price_quotes": ("price_quotes", harmonise_prices),
    "published_treaty_status": ("treaty_actions", harmonise_treaties),
}


# What each source's observations become in the room `analyse`: tables by name, the observations first.
ANALYSED: dict[str, Callable[[dy.DataFrame[Observations]], dict[str, pl.DataFrame]]] = {
    "un_migrant_stock": derive_stock_figures,
    "bilateral_remittances": lambda observations: {"observations": total_corridors(observations)},
    "migration_flows": lambda observations: {"observations": total_corridors(observations)},
    "refugees": lambda observations: {"observations": total_corridors(observations)},
    "remittance_prices": lambda observations: {"observations": average_published_years(observations)},
}


def learn_definitions(workspace: Workspace) -> None:
    """Make the sources and definitions that a workspace holds of its own known for the rest of this run."""
    for held in workspace.editions("collect", "published"):
        told = held.receipt().get("declared")
        if told:
            register_source(Source(**told["source"]))
            register_definitions(Definition(**one) for one in told["definitions"])


def held_definitions(workspace: Workspace) -> dict[str, Definition]:
    """The workspace's own definitions, by id."""
    told = [held.receipt().get("declared", {}) for held in workspace.editions("collect", "published")]
    return {one["id"]: Definition(**one) for part in told for one in part.get("definitions", [])}


def process_collected(workspace: Workspace) -> int:
    """Harmonise every collected edition that has not been processed yet; returns how many were."""
    done = 0
    for held in workspace.editions("collect", "published"):
        for name, (table, step) in PROCESSED.items():
            file = f"{name}.parquet"
            key = (held.source, held.edition, held.folder.name)
            if file in held.receipt().get("files", {}) and not workspace.holds("process", table, *key):
                made = step(pl.read_parquet(held.file(file)), source=held.source, edition=held.edition)
                store_processed(workspace, table, made, *key)
                done += 1
    return done


def store_processed(
    workspace: Workspace, table: str, made: pl.DataFrame, source: str, edition: str, checksum: str
) -> None:
    """Store what the delivery with this checksum became in the room `process`."""
    made_from = f"collect/published/{source}/{edition}/{checksum[:16]}"
    workspace.add(
        "process",
        table,
        source=source,
        edition=edition,
        checksum=checksum,
        frames={table: made},
        receipt={"made_from": made_from, "rows": made.height},
    )


def analyse_observations(workspace: Workspace) -> int:
    """Derive figures from the observations of a workspace and store them; returns how many editions were derived.

    What is derived depends on all editions held of a source (an older edition dates the evidence of a newer one),
    so the name of each folder is the checksum of all of them: a new delivery gives new folders.
    """
    done = 0
    for source, derive in ANALYSED.items():
        digest = _digest_of_processed(workspace, source)
        processed = _published_files(workspace, source)
        if not processed or _is_derived(workspace, source, digest):
            continue
        done += _store_derived(workspace, source, digest, derive(_read_observations(processed)))
    return done


def _is_derived(workspace: Workspace, source: str, digest: str) -> bool:
    """Whether every edition is there; a run that broke off between two of them has left the rest to be made."""
    held = [
        one
        for one in workspace.editions("analyse", "observations")
        if (one.source, one.folder.name) == (source, digest)
    ]
    expected = {edition for one in held for edition in one.receipt().get("editions", [one.edition])}
    return bool(held) and expected <= {one.edition for one in held}


def load_observations(workspace: Workspace | None) -> dy.DataFrame[Observations]:
    """All observations of a workspace, published and derived, every edition; else the shipped figures."""
    if workspace is None:
        return shipped_observations()
    try:
        return _load_held(workspace)
    except (pl.exceptions.PolarsError, OSError, ValueError, KeyError):
        workspace.require_whole()  # a damaged file is the likely cause, and then it is named
        raise


def _load_held(workspace: Workspace) -> dy.DataFrame[Observations]:
    learn_definitions(workspace)
    process_collected(workspace)
    analyse_observations(workspace)
    published = _published_files(workspace)
    if not published:
        return Observations.create_empty()
    current = {source: _digest_of_processed(workspace, source) for source in ANALYSED}
    derived = [
        one.file(OBSERVATIONS)
        for one in workspace.editions("analyse", "observations")
        if one.folder.name == current.get(one.source)
    ]
    # Derived rows come first: a corridor marked as modelled stands in for the same corridor as published.
    return _put_together(tuple(_stamp(file) for file in [*derived, *published]))


def _stamp(file: Path) -> tuple[Path, int, int]:
    """A file with its size and time of writing: what is put together from the same files need not be again."""
    seen = file.stat()
    return file, seen.st_size, seen.st_mtime_ns


@lru_cache(maxsize=1)  # a release asks for everything held six times over
def _put_together(stamped: tuple[tuple[Path, int, int], ...]) -> dy.DataFrame[Observations]:
    held = _read_observations([file for file, _, _ in stamped])
    # The share of remittances paid joins two sources, so that it belongs to the workspace and not to one of them.
    paid = derive_paid_shares(held)
    already = held.filter(pl.col("definition").is_in(paid["definition"].unique().implode()))
    return Observations.cast(pl.concat([held, paid.join(already, on=Observations.primary_key(), how="anti")]))


def _published_files(workspace: Workspace, source: str | None = None) -> list[Path]:
    """Files of processed observations, oldest edition first; of one edition the delivery received last first.

    The first row of a key is the one that counts: a file that its publisher put out again replaces, inside its
    edition, the one received before.
    """
    received = {
        (one.source, one.edition, one.folder.name): str(one.receipt().get("received", ""))
        for one in workspace.editions("collect", "published")
    }
    held = [
        one for one in workspace.editions("process", "observations") if source is None or one.source == source
    ]
    held.sort(key=lambda one: received.get((one.source, one.edition, one.folder.name), ""), reverse=True)
    return [one.file(OBSERVATIONS) for one in sorted(held, key=lambda one: (one.edition, one.source))]


def load_destination_evidence(workspace: Workspace | None) -> dy.DataFrame[DestinationEvidence]:
    """The verdicts on frozen origin mixes behind the observations of a workspace; the shipped ones where it has none."""
    if workspace is None:
        return shipped_table("destination_evidence", DestinationEvidence)
    analyse_observations(workspace)
    current = {source: _digest_of_processed(workspace, source) for source in ANALYSED}
    held = [
        one.file("destination_evidence.parquet")
        for one in workspace.editions("analyse", "destination_evidence")
        if one.folder.name == current.get(one.source)
    ]
    parts = [pl.read_parquet(file) for file in held]
    return DestinationEvidence.validate(pl.concat(parts)) if parts else load_destination_evidence(None)


def _store_derived(workspace: Workspace, source: str, digest: str, tables: Mapping[str, pl.DataFrame]) -> int:
    """Every edition's rows of every table in a folder of its own; returns the number of editions."""
    editions = sorted(tables["observations"]["edition"].unique())
    for edition in editions:
        for table, rows in reversed(
            list(tables.items())
        ):  # the observations last: they say that the rest is there
            part = rows.filter(pl.col("edition") == edition)
            made_from = {
                "made_from": f"process/observations/{source}",
                "inputs": digest,
                "rows": part.height,
                "editions": editions,
            }
            workspace.add(
                "analyse",
                table,
                source=source,
                edition=edition,
                checksum=digest,
                frames={table: part},
                receipt=made_from,
            )
    return len(editions)


def _digest_of_processed(workspace: Workspace, source: str) -> str:
    """One checksum of everything held of a source, as the name of what is derived from it."""
    inputs = [
        f"{one.edition}/{one.folder.name}"
        for one in workspace.editions("process", "observations")
        if one.source == source
    ]
    return checksum_of("\n".join(inputs).encode("utf-8"))[:16]


def _read_observations(files: list[Path]) -> dy.DataFrame[Observations]:
    held = pl.scan_parquet(files)
    # Every part was validated when it was stored.
    return Observations.cast(
        held.unique(Observations.primary_key(), keep="first", maintain_order=True).collect()
    )
