"""The order of things: the only module that knows which room follows which.

    collect → process → analyse → protect → share → use
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import dataframely as dy
import polars as pl

from guzar.collect import quarantine
from guzar.collect.delivery import Delivery, Layout, Reading, choose_layout
from guzar.collect.json_pages import fetch_deliveries, ignore_pages
from guzar.collect.live import Policy, open_client
from guzar.collect.receipt import write_receipt
from guzar.collect.sources import layouts, live_services
from guzar.define import columns
from guzar.define.services import service_address
from guzar.define.sources import find_source
from guzar.define.tables.figures import Observations
from guzar.errors import DeliveryRefused, SettingsInvalid
from guzar.process.harmonise import harmonise
from guzar.store import Workspace, checksum_of

# What each as-printed table becomes in the room `process`.
PROCESSED: dict[str, tuple[str, Callable[..., pl.DataFrame]]] = {
    "published_figures": ("observations", harmonise),
}


@dataclass(frozen=True)
class Collected:
    """What became of one delivery."""

    source: str
    edition: str
    file: str
    kept: int
    refused: int
    reasons: Mapping[str, int]
    is_new: bool


def collect_delivery(
    workspace: Workspace, source: str, delivery: Delivery, *, received: str, edition: str | None = None
) -> Collected:
    """Take one delivery into the workspace: read, sift, store with receipt and quarantine, harmonise.

    The same bytes again add nothing. A crash in the middle leaves the workspace as it was.
    """
    find_source(source)
    layout = choose_layout(layouts().get(source, []), delivery, source)
    reading = layout.read(delivery)
    dated = _require_edition(edition or reading.edition, delivery)
    return _store(workspace, layout, delivery, reading, dated, received)


def _require_edition(edition: str | None, delivery: Delivery) -> str:
    """The date of publication; refused where neither the delivery nor the operator tells it as a date."""
    if edition and re.fullmatch(columns.EDITION, edition):
        return edition
    raise SettingsInvalid(
        "“{edition}” is not a date of publication." if edition else "{name} does not say when it was published.",
        where="{name}", expected="the date of publication: 2023, 2023-06 or 2023-06-30",
        do="Name it with --edition, for example --edition 2023-06.", name=delivery.name, edition=edition,
    )


@dataclass(frozen=True)
class CollectedLive:
    """What became of a live collection: the deliveries taken, and the series that the service refused."""

    taken: list[Collected]
    refused_series: Mapping[str, str]


def collect_live(
    workspace: Workspace, source: str, policy: Policy, *, received: str,
    moved: Callable[[str, int, int], None] = ignore_pages,
) -> CollectedLive:
    """Ask a publisher's service for everything that guzar defines, and take the answer into the workspace.

    A service that does not say when it was updated gives the edition of the day on which it was asked. Raises
    SourceUnavailable within the policy's time; the workspace then stays as it was.
    """
    find_source(source)
    if source not in live_services():
        raise SettingsInvalid(
            "guzar knows no service of the source {source}.", expected="one of: {known}",
            do="Fetch the file with a browser and collect it: guzar collect {source} FILE.",
            source=source, known=", ".join(sorted(live_services())),
        )
    address = service_address(source, workspace.settings())
    with open_client() as client:
        given = fetch_deliveries(
            live_services()[source], address, client, policy, partial=workspace.partial, moved=moved
        )
    taken = [_collect_answer(workspace, source, delivery, received) for delivery in given.deliveries]
    return CollectedLive(taken, given.refused)


def _collect_answer(workspace: Workspace, source: str, delivery: Delivery, received: str) -> Collected:
    layout = choose_layout(layouts().get(source, []), delivery, source)
    reading = layout.read(delivery)
    if reading.edition is None:
        said = {"edition_is": "the day on which the service was asked; the service names no date of its own"}
        reading = replace(reading, edition=received, details={**reading.details, **said})
    return _store(workspace, layout, delivery, reading, _require_edition(reading.edition, delivery), received)


def _held_edition(workspace: Workspace, source: str, checksum: str) -> str | None:
    """The edition under which exactly these bytes are held already."""
    held = (one for one in workspace.editions("collect", "published") if one.source == source)
    return next((one.edition for one in held if one.folder.name == checksum[:16]), None)


def _store(
    workspace: Workspace, layout: Layout, delivery: Delivery, reading: Reading, edition: str, received: str
) -> Collected:
    checksum = checksum_of(delivery.content)
    tables, refused = _sift(reading, layout)
    kept = {name: table.height for name, table in tables.items()}
    reasons = {str(reason): count for reason, count in refused["reason"].value_counts(sort=True).iter_rows()}
    if not sum(kept.values()):
        raise DeliveryRefused(
            "No row of {name} could be kept.", where="{name}: {count} rows refused, most because {reason}",
            expected="rows of {layout}", do="Compare the file with the publisher's own.",
            name=delivery.name, count=refused.height, layout=layout.description,
            reason=next(iter(reasons), "there are none"),
        )
    receipt = write_receipt(delivery, reading, source=layout.source, layout=layout.id, edition=edition,
                            received=received, rows=kept, refused=reasons)
    held = _held_edition(workspace, layout.source, checksum)
    if held is not None:
        return Collected(layout.source, held, delivery.name, sum(kept.values()), refused.height, reasons, False)
    is_new = workspace.add(
        "collect", "published", source=layout.source, edition=edition, checksum=checksum,
        frames={**tables, "refused_rows": refused}, receipt=receipt, originals={delivery.name: delivery.content},
    )
    process_collected(workspace)
    return Collected(layout.source, edition, delivery.name, sum(kept.values()), refused.height, reasons, is_new is not None)


def _sift(reading: Reading, layout: Layout) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Figures are sifted by the common rules; other as-printed tables were checked by their reader."""
    tables = dict(reading.tables)
    refused = [tables.pop("refused_rows")] if "refused_rows" in tables else []
    if "published_figures" in tables:
        figures, set_aside = quarantine.sift(tables["published_figures"], layout.source)
        tables["published_figures"] = figures
        refused.append(set_aside)
    empty = pl.DataFrame(schema={"place": pl.String, "reason": pl.String, "row_content": pl.String})
    return tables, pl.concat([empty, *refused])


def process_collected(workspace: Workspace) -> int:
    """Harmonise every collected edition that has not been processed yet; returns how many were."""
    done = 0
    for held in workspace.editions("collect", "published"):
        for name, (table, step) in PROCESSED.items():
            collected = held.folder / f"{name}.parquet"
            checksum = held.folder.name
            if not collected.exists() or workspace.holds("process", table, held.source, held.edition, checksum):
                continue
            made = step(pl.read_parquet(collected), source=held.source, edition=held.edition)
            made_from = {"made_from": f"collect/published/{held.source}/{held.edition}/{checksum}", "rows": made.height}
            workspace.add("process", table, source=held.source, edition=held.edition, checksum=checksum,
                          frames={table: made}, receipt=made_from)
            done += 1
    return done


def load_observations(workspace: Workspace | None) -> dy.DataFrame[Observations]:
    """All observations of a workspace, every edition; the shipped figures where no workspace is given."""
    from guzar.reference import shipped_observations  # noqa: PLC0415 - only when there is no workspace

    if workspace is None:
        return shipped_observations()
    process_collected(workspace)
    held = workspace.read("process", "observations")
    if held is None:
        return Observations.create_empty()
    return Observations.validate(held.unique(Observations.primary_key(), keep="first", maintain_order=True).collect())


def open_file_delivery(path: Path) -> Delivery:
    """The bytes of a file, ready to be collected."""
    from guzar.collect.delivery import take_delivery  # noqa: PLC0415

    return take_delivery(path)
