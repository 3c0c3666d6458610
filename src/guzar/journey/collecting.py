"""Collecting: a delivery, an answer of a service, or a described table becomes editions of a workspace."""

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path

import polars as pl
from dataframely.exc import SchemaError, ValidationError

from guzar.collect import quarantine
from guzar.collect.addresses import shown_address
from guzar.collect.delivery import (
    ORIGINALS,
    Delivery,
    Layout,
    Reading,
    choose_layout,
    stored_name,
    take_delivery,
)
from guzar.collect.json_pages import fetch_deliveries, ignore_pages
from guzar.collect.live import Policy, fetch, open_client
from guzar.collect.mapping import TableMapping, declare
from guzar.collect.readers_tables import open_readers_table
from guzar.collect.receipt import write_receipt
from guzar.collect.sources import layouts, live_services
from guzar.collect.sources.own_table import read_own_table
from guzar.collect.sources.sdmx_services import query_of, read_sdmx_figures
from guzar.define import columns
from guzar.define.services import service_address
from guzar.define.sources import find_source
from guzar.errors import DeliveryRefused, SettingsInvalid, TableInvalid
from guzar.journey.processing import PROCESSED, held_definitions, learn_definitions, store_processed
from guzar.store import RECEIPT, StoredEdition, Workspace, checksum_of

HELD_ALREADY = "{file}: the same bytes are held already, as {source}, edition {edition}; nothing added."
DAYS_AHEAD = 31  # an edition may be dated this far after its receipt
READERS_TABLE = "a table with one header row, as .csv, .xlsx, .xls or .parquet"
ASKED_ON = "the day on which the service was asked; the service names no date of its own"


# Readers of what a mapping file describes.
DESCRIBED: dict[str, Callable[[Delivery, TableMapping], Reading]] = {
    "own_table": read_own_table,
    "sdmx_services": read_sdmx_figures,
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
    unknown_words: tuple[str, ...] = ()  # words of an own table that no list of areas holds
    notes: tuple[str, ...] = ()  # what stands outside an own table: its title, its footnotes

    @property
    def held_already(self) -> str:
        """The sentence for bytes that are held already, as a template: it names the edition that holds them."""
        return "" if self.is_new else HELD_ALREADY


@dataclass(frozen=True)
class CollectedLive:
    """What became of a live collection: the deliveries taken, and the series that the service refused."""

    taken: list[Collected]
    refused_series: Mapping[str, str]


def collect_delivery(
    workspace: Workspace, source: str, delivery: Delivery, *, received: str, edition: str | None = None
) -> Collected:
    """Take one delivery into the workspace: read, sift, store with receipt and quarantine, harmonise.

    The same bytes again add nothing. A crash in the middle leaves the workspace as it was.
    """
    find_source(source)
    layout = choose_layout(layouts().get(source, []), delivery, source)
    reading = layout.read(delivery)
    dated = _require_edition(_agreed_edition(edition, reading.edition, delivery), delivery)
    return _store(workspace, layout, delivery, reading, dated, received)


def collect_live(
    workspace: Workspace,
    source: str,
    policy: Policy,
    *,
    received: str,
    moved: Callable[[str, int, int], None] = ignore_pages,
) -> CollectedLive:
    """Ask a publisher's service for everything that guzar defines, and take the answer into the workspace.

    A service that does not say when it was updated gives the edition of the day on which it was asked. Raises
    SourceUnavailable within the policy's time; the workspace then stays as it was.
    """
    find_source(source)
    if source not in live_services():
        raise SettingsInvalid(
            "guzar knows no service of the source {source}.",
            expected="one of: {known}",
            do="Fetch the file with a browser and collect it: guzar collect {source} FILE.",
            source=source,
            known=", ".join(sorted(live_services())),
        )
    address = service_address(source, workspace.settings())
    with open_client() as client:
        given = fetch_deliveries(
            live_services()[source], address, client, policy, partial=workspace.partial, moved=moved
        )
    taken = [_collect_answer(workspace, source, delivery, received) for delivery in given.deliveries]
    return CollectedLive(taken, given.refused)


def collect_described(
    workspace: Workspace,
    source: str,
    delivery: Delivery,
    mapping: TableMapping,
    *,
    received: str,
    edition: str | None = None,
) -> Collected:
    """Take a table or SDMX message that a mapping file describes into the workspace.

    The mapping's source and definitions become part of the workspace: the receipt holds them, the mapping file is
    stored beside the delivery. A mistake in the mapping is SettingsInvalid, and nothing is stored.
    """
    learn_definitions(workspace)
    declare(mapping, held_definitions(workspace))
    reading = DESCRIBED[source](delivery, mapping)
    if delivery.address and reading.edition is None:
        reading = replace(reading, edition=received, details={**reading.details, "edition_is": ASKED_ON})
    told = {
        "declared": {
            "source": asdict(mapping.source),
            "definitions": [asdict(d) for d in mapping.definitions],
        },
        "mapping_sha256": checksum_of(mapping.content),
    }
    reading = replace(reading, details={**reading.details, **told})
    _require_same_mapping(workspace, mapping, delivery, told["mapping_sha256"])
    layout = Layout(
        source, mapping.source.id, "the table that the mapping file describes", bool, lambda _: reading
    )
    dated = _require_edition(edition or reading.edition, delivery)
    _require_published(dated, received, delivery)
    done = _store(workspace, layout, delivery, reading, dated, received, {"mapping.toml": mapping.content})
    unknown = tuple(reading.details.get("words_not_recognised", ()))
    return replace(done, unknown_words=unknown, notes=tuple(reading.notes))


def ask_described_service(workspace: Workspace, mapping: TableMapping, policy: Policy) -> Delivery:
    """The answer of the SDMX service that a mapping file describes; `[services]` in guzar.toml may move it."""
    own = workspace.settings().get("services", {}).get(mapping.source.id)
    request = query_of(mapping, own)
    with open_client() as client:
        answer = fetch(request, client, policy, workspace.partial(shown_address(request)))
    return Delivery(f"{mapping.source.id}.sdmx", answer.content, answer.address)


def live_series_count(source: str) -> int:
    """How many series a live collection asks for; 0 where the source has no service."""
    return len(live_services()[source].series()) if source in live_services() else 0


def open_file_delivery(path: Path) -> Delivery:
    """The bytes of a file, ready to be collected."""
    return take_delivery(path)


def read_readers_table(path: Path, required: Collection[str], known: Collection[str]) -> pl.DataFrame:
    """A table that a reader wrote, in any form that `own_table` reads too, with the names that guzar told.

    Raises SettingsInvalid where there is no such file, TableInvalid where it is no table.
    """
    if not path.is_file():
        raise SettingsInvalid(
            "There is no file {path}.",
            expected="a table as .csv, .csv.gz, .xlsx, .xls or .parquet",
            do="Check the path and the current folder.",
            path=path,
        )
    try:
        return open_readers_table(take_delivery(path), required, known)
    except DeliveryRefused as error:
        # The reader of this message wrote the table: it has no publisher to fetch it from.
        advice = (
            error.do
            if error.do.startswith(("Open", "Look"))
            else "Open the table, save it again in one of these forms, and repeat."
        )
        raise TableInvalid(
            error.what, where=error.where, expected=READERS_TABLE, do=advice, **error.values
        ) from None


def originals_of(held: StoredEdition) -> list[Path]:
    """The files of an edition as they were received; workspaces of older versions hold them beside the tables."""
    places = (held.folder / ORIGINALS, held.folder)
    found = [file for place in places if place.is_dir() for file in sorted(place.iterdir()) if file.is_file()]
    names = [file.relative_to(held.folder).as_posix() for file in found]
    return [held.file(name) for name in names if name != RECEIPT]


def _require_edition(edition: str | None, delivery: Delivery) -> str:
    """The date of publication; refused where neither the delivery nor the operator tells it as a date."""
    if edition and re.fullmatch(columns.EDITION, edition):
        return edition
    raise SettingsInvalid(
        "“{edition}” is not a date of publication."
        if edition
        else "{name} does not say when it was published.",
        where="{name}",
        expected="the date of publication: 2023, 2023-06 or 2023-06-30",
        do="Name it with --edition, for example --edition 2023-06.",
        name=delivery.name,
        edition=edition,
    )


def _agreed_edition(named: str | None, told: str | None, delivery: Delivery) -> str | None:
    """The edition that the operator names, else the one that the file tells; refused where they are not one date.

    A shorter or longer form (2025 for 2025-06) is the same date.
    """
    if not named or not told or f"{named}-".startswith(f"{told}-") or told.startswith(f"{named}-"):
        return named or told
    raise TableInvalid(
        "{name} tells its own edition, {told}; --edition says {named}.",
        where="{name}",
        expected="the edition that the file tells",
        do="Leave out --edition, or check that this is the file you mean.",
        name=delivery.name,
        told=told,
        named=named,
    )


def _require_published(edition: str, received: str, delivery: Delivery) -> None:
    """An own table cannot have been published after it was received; a month is left for announced dates."""
    begins = date.fromisoformat(f"{edition}-01-01"[:10])
    if begins > date.fromisoformat(received) + timedelta(days=DAYS_AHEAD):
        raise SettingsInvalid(
            "The date of publication {edition} lies in the future.",
            where="{name}",
            expected="a date no later than {days} days after the day of receipt, {received}",
            do="Correct the edition in the mapping file or after --edition.",
            name=delivery.name,
            edition=edition,
            days=DAYS_AHEAD,
            received=received,
        )


def _collect_answer(workspace: Workspace, source: str, delivery: Delivery, received: str) -> Collected:
    layout = choose_layout(layouts().get(source, []), delivery, source)
    reading = layout.read(delivery)
    if reading.edition is None:
        reading = replace(reading, edition=received, details={**reading.details, "edition_is": ASKED_ON})
    return _store(workspace, layout, delivery, reading, _require_edition(reading.edition, delivery), received)


def _require_same_mapping(
    workspace: Workspace, mapping: TableMapping, delivery: Delivery, mapping_checksum: object
) -> None:
    """The same bytes under another mapping would put two readings of one table side by side."""
    checksum = checksum_of(delivery.content)[:16]
    for held in workspace.editions("collect", "published"):
        same = held.source == mapping.source.id and held.folder.name == checksum
        if same and held.receipt().get("mapping_sha256") != mapping_checksum:
            raise SettingsInvalid(
                "{name} is held already, read with another mapping.",
                where="{source}, edition {edition}",
                expected="one reading of one table",
                do="To read it anew, remove the folders {source}/{edition}/{checksum} below data in the workspace.",
                name=delivery.name,
                source=held.source,
                edition=held.edition,
                checksum=checksum,
            )


def _store(
    workspace: Workspace,
    layout: Layout,
    delivery: Delivery,
    reading: Reading,
    edition: str,
    received: str,
    beside: Mapping[str, bytes] | None = None,
) -> Collected:
    checksum = checksum_of(delivery.content)
    tables, refused = _sift(reading, layout)
    kept = {name: table.height for name, table in tables.items()}
    reasons = {str(reason): count for reason, count in refused["reason"].value_counts(sort=True).iter_rows()}
    if not sum(kept.values()):
        raise DeliveryRefused(
            "No row of {name} could be kept.",
            where="{name}: {count} rows refused, most because {reason}",
            expected="rows of {layout}",
            do="Compare the file with the publisher's own.",
            name=delivery.name,
            count=refused.height,
            layout=layout.description,
            reason=next(iter(reasons), "there are none"),
        )
    receipt = write_receipt(
        delivery,
        reading,
        source=layout.source,
        layout=layout.id,
        edition=edition,
        received=received,
        rows=kept,
        refused=reasons,
    )
    held = _held_edition(workspace, layout.source, checksum)
    if held is not None:
        return Collected(
            layout.source, held, delivery.name, sum(kept.values()), refused.height, reasons, False
        )
    processed = _process(tables, layout.source, edition, delivery)
    is_new = workspace.add(
        "collect",
        "published",
        source=layout.source,
        edition=edition,
        checksum=checksum,
        frames={**tables, "refused_rows": refused},
        receipt=receipt,
        originals={f"{ORIGINALS}/{stored_name(delivery.name)}": delivery.content, **(beside or {})},
    )
    for table, made in processed.items():
        store_processed(workspace, table, made, layout.source, edition, checksum)
    return Collected(
        layout.source, edition, delivery.name, sum(kept.values()), refused.height, reasons, is_new is not None
    )


def _process(
    tables: Mapping[str, pl.DataFrame], source: str, edition: str, delivery: Delivery
) -> dict[str, pl.DataFrame]:
    """Process the tables before anything is stored: what cannot become observations is refused whole.

    A stored edition is processed again whenever it is found unprocessed, so one that breaks would break for ever.
    """
    made = {}
    for name, (table, step) in PROCESSED.items():
        if name not in tables:
            continue
        try:
            made[table] = step(tables[name], source=source, edition=edition)
        except (SchemaError, ValidationError, pl.exceptions.PolarsError) as problem:
            raise DeliveryRefused(
                "{name} cannot become figures of one form; nothing of it is stored.",
                where="{name}",
                expected="one value for every area, counterpart, sex and period of a series",
                do="Compare the file, and the mapping if there is one, with the publisher's own table.",
                name=delivery.name,
            ) from problem
    return made


def _held_edition(workspace: Workspace, source: str, checksum: str) -> str | None:
    """The edition under which exactly these bytes are held already."""
    held = (one for one in workspace.editions("collect", "published") if one.source == source)
    return next((one.edition for one in held if one.folder.name == checksum[:16]), None)


def _sift(reading: Reading, layout: Layout) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Figures are sifted by the common rules; other as-printed tables were checked by their reader."""
    tables = dict(reading.tables)
    refused = [tables.pop("refused_rows")] if "refused_rows" in tables else []
    if "published_figures" in tables:
        form = reading.numbers
        figures, set_aside = quarantine.sift(
            tables["published_figures"],
            layout.source,
            decimal=form.decimal,
            thousands=form.thousands,
            missing=form.missing,
        )
        tables["published_figures"] = figures
        refused.append(set_aside)
    empty = pl.DataFrame(schema={"place": pl.String, "reason": pl.String, "row_content": pl.String})
    return tables, pl.concat([empty, *refused])
