"""What stands under one figure for those who take it away: its dataflows, and how to cite that very figure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import polars as pl

from guzar.define.reader_rows import held_editions
from guzar.define.sources import edition_label, sources
from guzar.define.structures import Subject, subject_of
from guzar.use.observatory.content import Figure, Page
from guzar.use.observatory.numbers import quoted
from guzar.use.observatory.published import Published
from guzar.use.observatory.release_files import offered_name
from guzar.use.observatory.words import Words

STRUCTURE = "structure.xml"
# Rows with these columns are released figures; claims, quotes and treaties are in no dataflow.
OF_FIGURES = {"indicator", "counterpart", "observation_status"}


@dataclass(frozen=True)
class Dataflow:
    """One dataflow behind a figure: its name, and where its SDMX-CSV lies seen from the page."""

    name: str
    href: str


@dataclass(frozen=True)
class Provenance:
    """The dataflows of a figure, their structure, its citation and its address within the site."""

    dataflows: Sequence[Dataflow]
    structure: str
    citation: str
    permalink: str


def provenance(published: Published, page: Page, figure: Figure, say: Words) -> Provenance:
    """How to find and cite one figure. Files are offered where the release lies beside the pages."""
    rows = figure.rows
    release = page.to_root + "../data/latest/"
    has_files = published.folder is not None
    address = f"{say.lang}/{page.path}#{figure.id}"
    return Provenance(
        [_dataflow(subject, release, say) for subject in _subjects(rows)] if has_files else [],
        release + STRUCTURE if has_files else "",
        _citation(published, page, figure, say),
        address,
    )


def _subjects(rows: pl.DataFrame | None) -> list[Subject]:
    if rows is None or not set(rows.columns) >= OF_FIGURES:
        return []
    found = {subject_of(indicator) for indicator in rows["indicator"].drop_nulls().unique()}
    return sorted(found, key=lambda subject: subject.id)


def _dataflow(subject: Subject, release: str, say: Words) -> Dataflow:
    return Dataflow(say(subject.name_en), release + offered_name(f"data/{subject.file}.csv"))


def _citation(published: Published, page: Page, figure: Figure, say: Words) -> str:
    """The figure by name, the editions it was drawn from, and the release with its date."""
    editions = editions_named(figure.rows, say)
    return say(
        "{heading} ({page}). Source: {editions}. {whose}, release {release} of {date}.",
        heading=quoted(figure.heading, say.lang),
        page=page.title,
        editions=editions or say("see the source line"),
        whose=published.published_by(say.lang),
        release=published.release,
        date=published.date,
    )


def editions_named(rows: pl.DataFrame | None, say: Words) -> str:
    """Every source with its editions, oldest first: WDI, 2023-05-10, 2026-06-11."""
    if rows is None or not {"source", "edition"} <= set(rows.columns):
        return ""
    told = []
    for source, editions in groupby(held_editions(rows), key=lambda held: held[0]):
        known = sources()[source]
        name = known.name_ru if say.lang == "ru" else known.name_en
        labels = [edition_label(known.id, edition, say.lang) for _, edition in editions]
        told.append(f"{name}, {', '.join(labels)}")
    return "; ".join(told)
