"""Serving: a release of the workspace → a publication for the service, and what the service opens of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from guzar.define.own_definitions import learn_of_release
from guzar.define.tables.releases import ReleasedFigures
from guzar.errors import GuzarError, SettingsInvalid
from guzar.journey.processing import learn_definitions
from guzar.share.sdmx.answers import Words
from guzar.share.sdmx.artefacts import Artefact
from guzar.share.sdmx.available import find_available
from guzar.share.sdmx.bodies import Content
from guzar.share.sdmx.data_query import DataQuery
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.flow_facts import facts_of_flow
from guzar.share.sdmx.index_writer import FORMAT, ServedTable, write_index
from guzar.share.sdmx.made_artefacts import make_artefacts
from guzar.share.sdmx.made_dataflows import dataflows_of
from guzar.share.sdmx.names import named_codes, named_concepts
from guzar.share.sdmx.periods import days_of
from guzar.share.sdmx.reference_metadata import MetadataReport, make_metadata_report
from guzar.share.sdmx.served_tables import date_rows, serve_figures, serve_protected
from guzar.share.sdmx.service.publication import Publication, Served
from guzar.share.sdmx.serving_index import ServingIndex, open_index
from guzar.store import StoredRelease, Workspace, open_release
from guzar.store.publications import CURRENT, add_publication, publications_folder, read_publication

INDEX = "index.sqlite"
ROWS = "rows.{flow}.parquet"


@dataclass(frozen=True)
class PublishedForService:
    """A release as the service will serve it."""

    release: str
    folder: Path
    rows: int
    dataflows: tuple[str, ...]


def publish_for_service(workspace: Workspace, release: StoredRelease, *, at: datetime) -> PublishedForService:
    """Make the serving index of a release that the workspace holds, and let a running service go over to it.

    `at` is the moment of publication, with its time zone: readers who ask for what changed after a moment are answered by
    it. The same release again only becomes the one that is served.
    """
    learn_definitions(workspace)
    learn_of_release(release.record)
    published_at = at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    tables = date_rows(_tables(release), _earlier_rows(workspace), at=published_at)
    about = {"release": release.id, "date": str(release.record["date"]), "published_at": published_at}

    def fill(folder: Path) -> None:
        write_index(folder / INDEX, tables, about)
        for one in tables:
            one.rows.write_parquet(folder / ROWS.format(flow=one.flow.id))

    folder = add_publication(workspace, f"{release.id}-i{FORMAT}", fill, about)
    return PublishedForService(
        release.id, folder, sum(one.rows.height for one in tables), tuple(one.flow.id for one in tables)
    )


def _tables(release: StoredRelease) -> list[ServedTable]:
    _, protected = dataflows_of(release)
    return serve_figures(release.figures()) + serve_protected(protected)


def _artefacts(
    release: StoredRelease, index: ServingIndex, contents: Mapping[str, Content]
) -> list[Artefact]:
    """Everything that describes the data of a release."""
    flows, tables = dataflows_of(release)
    held = [flow for flow in flows if flow.id in index.flows]
    return make_artefacts(held, tables, contents=contents)


def _content(index: ServingIndex, flow: Dataflow) -> Content:
    """The codes and the days that a dataflow holds."""
    found = find_available(index, DataQuery(flow, include_history=True))
    days = (days_of(found.first)[0], days_of(found.last)[1]) if found.first and found.last else ("", "")
    return Content(found.codes, str(days[0]), str(days[1]), (found.series, found.observations))


def _words(release: StoredRelease) -> Words:
    """Names of codes and components, those of protected tables among them."""
    _, protected = dataflows_of(release)
    own = {
        codes.id: {item.id: item.names for item in codes.items}
        for one in protected
        for codes in one.codelists
    }
    concepts = {one.id: {"en": one.meaning} for table in protected for one in table.flow.components}
    return Words({**named_codes(), **own}, {**concepts, **named_concepts()})


def _reports(release: StoredRelease) -> list[MetadataReport]:
    """The reference metadata of every dataflow of figures."""
    figures, found = release.figures(), []
    for one in serve_figures(figures):
        rows = figures.filter(pl.col("indicator").is_in(one.rows["indicator"].unique().to_list()))
        if rows.height:
            facts = facts_of_flow(ReleasedFigures.cast(rows), release.record)
            found.append(make_metadata_report(one.flow, facts))
    return found


def _earlier_rows(workspace: Workspace) -> dict[str, pl.DataFrame]:
    """The dated rows of what is served now, by dataflow; none where nothing is, or where it cannot be read."""
    place = publications_folder(workspace)
    try:
        folder = place / (place / CURRENT).read_text(encoding="utf-8").strip()
        read_publication(folder)
    except (OSError, GuzarError):
        return {}
    head, _, tail = ROWS.partition("{flow}")
    files = folder.glob(ROWS.format(flow="*"))
    return {file.name.removeprefix(head).removesuffix(tail): pl.read_parquet(file) for file in files}


def open_served(workspace: Workspace, site: Path | None = None) -> Served:
    """What the service serves: the publication that `current` names, exchanged when another one is published.

    Refused (TableInvalid) where nothing is published; (SettingsInvalid) where `site` is no site.
    """
    if site is not None and not (site / "index.html").is_file():
        raise SettingsInvalid(
            "{path} is not a site.",
            expected="a folder that `guzar site` wrote",
            do="Make one with: guzar site --workspace WORKSPACE --out {path}",
            path=site,
        )
    place = publications_folder(workspace)

    def open_publication(name: str) -> Publication:
        about = read_publication(place / name)
        learn_definitions(workspace)
        release = open_release(workspace.release_folder(str(about["release"])))
        learn_of_release(release.record)
        index = open_index(place / name / INDEX)
        contents = {id_: _content(index, one.flow) for id_, one in index.flows.items()}
        return Publication(
            release=str(about["release"]),
            date=str(about["date"]),
            published_at=str(about["published_at"]),
            index=index,
            words=_words(release),
            artefacts=_artefacts(release, index, contents),
            reports=_reports(release),
            folder=release.folder,
            site=site,
            in_use={id_: one.codes for id_, one in contents.items()},
        )

    return Served(place, open_publication)
