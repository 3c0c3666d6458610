"""The order of things: the only module that knows which room follows which.

    collect → process → analyse → protect → share → use
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from pathlib import Path

import dataframely as dy
import polars as pl

from guzar.analyse.allocations import allocate_remittances
from guzar.analyse.checks import find_source_doubts
from guzar.analyse.claimed_regions import total_claimed_regions
from guzar.analyse.corridor_totals import total_corridors
from guzar.analyse.prices import (
    average_corridor_prices,
    average_published_years,
    average_years,
    check_price_targets,
    prices_of_corridor,
    take_published_prices,
)
from guzar.analyse.regions import total_figures
from guzar.analyse.remittances import decompose_growth, decompose_revision, derive_paid_shares
from guzar.analyse.stock_figures import derive_stock_figures
from guzar.analyse.treaties import judge_treaty_standings
from guzar.collect import quarantine
from guzar.collect.code_lists import read_code_lists
from guzar.collect.delivery import Delivery, Layout, Reading, choose_layout
from guzar.collect.json_pages import fetch_deliveries, ignore_pages
from guzar.collect.addresses import shown_address
from guzar.collect.live import Policy, fetch, open_client
from guzar.collect.mapping import TableMapping, declare
from guzar.collect.receipt import write_receipt
from guzar.collect.sources import layouts, live_services
from guzar.collect.sources.own_table import read_own_table
from guzar.collect.sources.sdmx_services import query_of, read_sdmx_figures
from guzar.define import columns
from guzar.define.areas import ALL, THE_TWELVE, regions
from guzar.define.codelist import read_codelist
from guzar.define.definitions import Definition, register_definitions
from guzar.define.services import service_address
from guzar.define.sources import Source, find_source, register_source
from guzar.define.tables.checks import DeliveredCodes, SourceDoubts
from guzar.define.tables.evidence import DestinationEvidence
from guzar.define.tables.figures import Observations
from guzar.define.tables.prices import PriceQuotes
from guzar.define.tables.remittances import (
    CorridorPrices,
    PriceTargets,
    RemittanceAllocations,
    ShareDecompositions,
)
from guzar.define.tables.treaties import TreatyActions
from guzar.define.tables.treaty_standings import TreatyStandings
from guzar.errors import DeliveryRefused, MethodNotApplicable, SettingsInvalid
from guzar.process.harmonise import accept_observations, harmonise
from guzar.process.harmonise_prices import harmonise_prices
from guzar.process.harmonise_treaties import carried_treaty_actions, harmonise_treaties
from guzar.publication import Published, ReleaseTables, publish_figures
from guzar.reference import shipped_table
from guzar.store import Workspace, checksum_of
from guzar.use.claims import check_claims
from guzar.use.claims.files import add_verdicts, regions_asked, take_claims, take_regions

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

ASKED_ON = "the day on which the service was asked; the service names no date of its own"

# Readers of what a mapping file describes.
DESCRIBED: dict[str, Callable[[Delivery, TableMapping], Reading]] = {
    "own_table": read_own_table, "sdmx_services": read_sdmx_figures,
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


def collect_described(
    workspace: Workspace, source: str, delivery: Delivery, mapping: TableMapping, *,
    received: str, edition: str | None = None,
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
    told = {"declared": {"source": asdict(mapping.source), "definitions": [asdict(d) for d in mapping.definitions]},
            "mapping_sha256": checksum_of(mapping.content)}
    reading = replace(reading, details={**reading.details, **told})
    _require_same_mapping(workspace, mapping, delivery, told["mapping_sha256"])
    layout = Layout(source, mapping.source.id, "the table that the mapping file describes", bool, lambda _: reading)
    dated = _require_edition(edition or reading.edition, delivery)
    done = _store(workspace, layout, delivery, reading, dated, received, {"mapping.toml": mapping.content})
    return replace(done, unknown_words=tuple(reading.details.get("words_not_recognised", ())))


def ask_described_service(workspace: Workspace, mapping: TableMapping, policy: Policy) -> Delivery:
    """The answer of the SDMX service that a mapping file describes; `[services]` in guzar.toml may move it."""
    own = workspace.settings().get("services", {}).get(mapping.source.id)
    request = query_of(mapping, own)
    with open_client() as client:
        answer = fetch(request, client, policy, workspace.partial(shown_address(request)))
    return Delivery(f"{mapping.source.id}.sdmx", answer.content, answer.address)


def _require_same_mapping(workspace: Workspace, mapping: TableMapping, delivery: Delivery, mapping_checksum: object) -> None:
    """The same bytes under another mapping would put two readings of one table side by side."""
    checksum = checksum_of(delivery.content)[:16]
    for held in workspace.editions("collect", "published"):
        same = held.source == mapping.source.id and held.folder.name == checksum
        if same and held.receipt().get("mapping_sha256") != mapping_checksum:
            raise SettingsInvalid(
                "{name} is held already, read with another mapping.", where="{source}, edition {edition}",
                expected="one reading of one table",
                do="To read it anew, remove the folders {source}/{edition}/{checksum} below data in the workspace.",
                name=delivery.name, source=held.source, edition=held.edition, checksum=checksum,
            )


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


def live_series_count(source: str) -> int:
    """How many series a live collection asks for; 0 where the source has no service."""
    return len(live_services()[source].series()) if source in live_services() else 0


def _collect_answer(workspace: Workspace, source: str, delivery: Delivery, received: str) -> Collected:
    layout = choose_layout(layouts().get(source, []), delivery, source)
    reading = layout.read(delivery)
    if reading.edition is None:
        reading = replace(reading, edition=received, details={**reading.details, "edition_is": ASKED_ON})
    return _store(workspace, layout, delivery, reading, _require_edition(reading.edition, delivery), received)


def _held_edition(workspace: Workspace, source: str, checksum: str) -> str | None:
    """The edition under which exactly these bytes are held already."""
    held = (one for one in workspace.editions("collect", "published") if one.source == source)
    return next((one.edition for one in held if one.folder.name == checksum[:16]), None)


def _store(
    workspace: Workspace, layout: Layout, delivery: Delivery, reading: Reading, edition: str, received: str,
    beside: Mapping[str, bytes] | None = None,
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
        frames={**tables, "refused_rows": refused}, receipt=receipt, originals={delivery.name: delivery.content, **(beside or {})},
    )
    process_collected(workspace)
    return Collected(layout.source, edition, delivery.name, sum(kept.values()), refused.height, reasons, is_new is not None)


def _sift(reading: Reading, layout: Layout) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """Figures are sifted by the common rules; other as-printed tables were checked by their reader."""
    tables = dict(reading.tables)
    refused = [tables.pop("refused_rows")] if "refused_rows" in tables else []
    if "published_figures" in tables:
        form = reading.numbers
        figures, set_aside = quarantine.sift(
            tables["published_figures"], layout.source,
            decimal=form.decimal, thousands=form.thousands, missing=form.missing,
        )
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


def analyse_observations(workspace: Workspace) -> int:
    """Derive figures from the observations of a workspace and store them; returns how many editions were derived.

    What is derived depends on all editions held of a source (an older edition dates the evidence of a newer one),
    so the name of each folder is the checksum of all of them: a new delivery gives new folders.
    """
    done = 0
    for source, derive in ANALYSED.items():
        digest = _digest_of_processed(workspace, source)
        held = [one for one in workspace.editions("analyse", "observations") if one.source == source]
        processed = [one for one in workspace.editions("process", "observations") if one.source == source]
        if not processed or digest in {one.folder.name for one in held}:
            continue
        done += _store_derived(workspace, source, digest, derive(_read_observations([one.folder for one in processed])))
    return done


def _store_derived(workspace: Workspace, source: str, digest: str, tables: Mapping[str, pl.DataFrame]) -> int:
    """Every edition's rows of every table in a folder of its own; returns the number of editions."""
    editions = sorted(tables["observations"]["edition"].unique())
    for edition in editions:
        for table, rows in reversed(list(tables.items())):  # the observations last: they say that the rest is there
            part = rows.filter(pl.col("edition") == edition)
            made_from = {"made_from": f"process/observations/{source}", "inputs": digest, "rows": part.height}
            workspace.add("analyse", table, source=source, edition=edition, checksum=digest,
                          frames={table: part}, receipt=made_from)
    return len(editions)


def _digest_of_processed(workspace: Workspace, source: str) -> str:
    """One checksum of everything held of a source, as the name of what is derived from it."""
    inputs = [f"{one.edition}/{one.folder.name}" for one in workspace.editions("process", "observations") if one.source == source]
    return checksum_of("\n".join(inputs).encode("utf-8"))[:16]


def _read_observations(folders: list[Path]) -> dy.DataFrame[Observations]:
    held = pl.scan_parquet([folder / "observations.parquet" for folder in folders])
    # Every part was validated when it was stored.
    return Observations.cast(held.unique(Observations.primary_key(), keep="first", maintain_order=True).collect())


def load_observations(workspace: Workspace | None) -> dy.DataFrame[Observations]:
    """All observations of a workspace, published and derived, every edition; else the shipped figures."""
    from guzar.reference import shipped_observations  # noqa: PLC0415 - only when there is no workspace

    if workspace is None:
        return shipped_observations()
    learn_definitions(workspace)
    process_collected(workspace)
    analyse_observations(workspace)
    current = {source: _digest_of_processed(workspace, source) for source in ANALYSED}
    derived = [one.folder for one in workspace.editions("analyse", "observations") if one.folder.name == current.get(one.source)]
    published = [one.folder for one in workspace.editions("process", "observations")]
    # Derived rows come first: a corridor marked as modelled stands in for the same corridor as published.
    if not published:
        return Observations.create_empty()
    held = _read_observations([*derived, *published])
    # The share of remittances paid joins two sources, so that it belongs to the workspace and not to one of them.
    return Observations.cast(pl.concat([held, derive_paid_shares(held)]).unique(Observations.primary_key(), keep="first", maintain_order=True))


def load_figures(
    observations: dy.DataFrame[Observations], indicator: str, area: str, counterpart: str | None = None
) -> dy.DataFrame[Observations]:
    """All values of one indicator for an area, region or corridor; added up from members where no total is held.

    Raises MethodNotApplicable where the indicator of a region is no sum (shares, rates, prices).
    """
    held = observations.filter((pl.col("indicator") == indicator) & (pl.col("area") == area))
    held = held.filter(pl.col("counterpart") == counterpart) if counterpart else held
    has_region = area in regions() or counterpart in regions()
    if held.height or not has_region:
        return Observations.cast(held)
    return total_figures(observations, indicator, area, None if counterpart == ALL else counterpart)


def judge_claims(
    table: pl.DataFrame, name: str, workspace: Workspace | None, own_regions: pl.DataFrame | None = None, *,
    regions_name: str = "regions", language: str = "en", step_done: Callable[[], None] | None = None,
) -> pl.DataFrame:
    """A reader's table of claims with a verdict beside every row; regions are totalled where claims name them.

    Raises TableInvalid where a required column is missing or a region of the reader cannot be used.
    """
    named = regions() if own_regions is None else take_regions(own_regions, regions_name, regions())
    claims = take_claims(table, name)
    held = load_observations(workspace)
    asked, corridors = regions_asked(claims, named)
    totals = total_claimed_regions(held, asked, corridors)
    everything = Observations.cast(pl.concat([held, totals]))
    return add_verdicts(table, check_claims(claims, everything, named, language=language, step_done=step_done))


def load_destination_evidence(workspace: Workspace | None) -> dy.DataFrame[DestinationEvidence]:
    """The verdicts on frozen origin mixes behind the observations of a workspace; the shipped ones where it has none."""
    if workspace is None:
        return shipped_table("destination_evidence", DestinationEvidence)
    analyse_observations(workspace)
    current = {source: _digest_of_processed(workspace, source) for source in ANALYSED}
    held = [one.folder for one in workspace.editions("analyse", "destination_evidence") if one.folder.name == current.get(one.source)]
    parts = [pl.read_parquet(folder / "destination_evidence.parquet") for folder in held]
    return DestinationEvidence.validate(pl.concat(parts)) if parts else load_destination_evidence(None)


def check_sources(workspace: Workspace | None) -> dy.DataFrame[SourceDoubts]:
    """Doubts that the general tests raise about everything held: published figures and delivered code lists."""
    held = load_observations(workspace)
    if workspace is None:
        return find_source_doubts(held)
    lists = [
        read_code_lists(open_file_delivery(file), source=one.source, edition=one.edition)
        for one in workspace.editions("collect", "published") for file in sorted(one.folder.iterdir())
        if file.suffix.lower() in (".xls", ".xlsx")
    ]
    codes = pl.concat([DeliveredCodes.create_empty(), *lists]).unique(DeliveredCodes.primary_key(), maintain_order=True)
    return find_source_doubts(held, DeliveredCodes.validate(codes))


def decompose_share(
    workspace: Workspace | None, *, area: str, from_year: int, to_year: int, side: str = "received",
    from_edition: str | None = None, to_edition: str | None = None,
) -> dy.DataFrame[ShareDecompositions]:
    """Why the share of remittances changed: between years of one edition, or between editions of one year."""
    held = load_observations(workspace)
    if from_edition and to_edition and from_edition != to_edition:
        if from_year != to_year:
            raise MethodNotApplicable(
                "A change of year and of edition at once is neither growth nor a revision.",
                where="{first} to {second}, editions {old} and {new}",
                expected="two years of one edition, or two editions of one year",
                do="Change one of the two.", first=from_year, second=to_year, old=from_edition, new=to_edition,
            )
        return decompose_revision(held, area=area, year=from_year, from_edition=from_edition, to_edition=to_edition, side=side)
    return decompose_growth(held, area=area, from_year=from_year, to_year=to_year, edition=from_edition or to_edition, side=side)


def load_price_quotes(workspace: Workspace | None) -> dy.DataFrame[PriceQuotes]:
    """All price quotes held; none ship with guzar, but the averages made from them do."""
    held = workspace.read("process", "price_quotes") if workspace else None
    return PriceQuotes.create_empty() if held is None else PriceQuotes.validate(held.collect())


def load_corridor_prices(workspace: Workspace | None, corridor: str) -> dy.DataFrame[CorridorPrices]:
    """Prices of one corridor by quarter and year: worked out from quotes where held, and as published."""
    quotes = load_price_quotes(workspace)
    averages = average_corridor_prices(quotes) if quotes.height else shipped_table("corridor_prices", CorridorPrices)
    quarters = pl.concat([averages, take_published_prices(load_observations(workspace))])
    chosen = prices_of_corridor(CorridorPrices.validate(quarters), corridor)
    return CorridorPrices.validate(pl.concat([chosen, average_years(chosen)]).sort(CorridorPrices.primary_key()))


def load_price_targets(workspace: Workspace | None) -> dy.DataFrame[PriceTargets]:
    """SDG 10.c.1 for every corridor and quarter with quotes, and for all services together."""
    quotes = load_price_quotes(workspace)
    return check_price_targets(quotes) if quotes.height else shipped_table("price_targets", PriceTargets)


def allocate_receipts(
    workspace: Workspace | None, *, area: str, year: int, without: tuple[str, ...] = ()
) -> dy.DataFrame[RemittanceAllocations]:
    """What an area receives, shared out over countries of residence by the three rules of Ratha and Shaw."""
    return allocate_remittances(load_observations(workspace), area=area, year=year, without=without)


def load_treaty_standings(workspace: Workspace | None, areas: Sequence[str], *, as_of: date) -> dy.DataFrame[TreatyStandings]:
    """The standing of every treaty for the areas named, as of a date, with the age of what is known."""
    held = workspace.read("process", "treaty_actions") if workspace else None
    extracts = shipped_table("treaties", TreatyActions) if held is None else held.collect()
    actions = [extracts, carried_treaty_actions()]
    listed = read_codelist("treaties")["treaty"]
    return judge_treaty_standings(TreatyActions.validate(pl.concat(actions)), treaties=listed, areas=areas, as_of=as_of)


def open_file_delivery(path: Path) -> Delivery:
    """The bytes of a file, ready to be collected."""
    from guzar.collect.delivery import take_delivery  # noqa: PLC0415

    return take_delivery(path)


def load_release_tables(workspace: Workspace | None, *, as_of: str | None = None) -> ReleaseTables:
    """The tables beside the figures that a release carries, by name; those without rows are left out.

    Standings of treaties are worked out as of a date (ISO 8601), and left out where none is given.
    """
    tables: dict[str, tuple[type[dy.Schema], pl.DataFrame]] = {"source_doubts": (SourceDoubts, check_sources(workspace))}
    tables["destination_evidence"] = (DestinationEvidence, load_destination_evidence(workspace))
    if as_of is not None:
        standings = load_treaty_standings(workspace, THE_TWELVE, as_of=date.fromisoformat(as_of))
        tables["treaty_standings"] = (TreatyStandings, standings)
    return {name: (table, frame) for name, (table, frame) in tables.items() if frame.height}


def publish_release(workspace: Workspace | None, out: Path, *, date: str, extra: ReleaseTables | None = None) -> Published:
    """Release all figures, every edition, as a folder in the workspace and a copy in `out`.

    `extra` are tables beside the figures, by name, each with its declaration.
    """
    return publish_figures(load_observations(workspace), workspace, out, date=date, extra=extra or {})
