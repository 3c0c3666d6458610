"""Treaties: which of the instruments on migrants, refugees and their rights bind which area, and when someone looked."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.define.sources import edition_label, sources
from guzar.use.observatory.content import Figure, Page, Section
from guzar.use.observatory.figures import treaty_matrix
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

NAV = "themes/index.html"
TABLE = "treaty_standings"


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of treaties, where their standings are released."""
    standings = published.tables.get(TABLE)
    if standings is not None and standings.height:
        yield _page(standings, say)


def _page(standings: pl.DataFrame, say: Words) -> Page:
    title = say("Treaties")
    return Page(
        path="themes/treaties.html",
        nav=NAV,
        title=title,
        finding=_finding(standings, say),
        standfirst=say(
            "A party stays a party until a source says otherwise. “No action seen” is worth something only as of the date of its source. A cell that no source covers is not known; it is never shown as a no."
        ),
        crumbs=[(say("Region"), "index.html"), (say("Themes"), NAV), (title, "")],
        sections=[
            section for section in (_matrix(standings, say), _conflicts(standings, say)) if section.figures
        ],
    )


def _count(standings: pl.DataFrame, standing: str) -> int:
    return standings.filter(pl.col("treaty_standing") == standing).height


def _finding(standings: pl.DataFrame, say: Words) -> str:
    instruments, areas = standings["treaty"].n_unique(), standings["area"].n_unique()
    known = standings.height - _count(standings, treaty_matrix.UNKNOWN)
    return say(
        "{instruments} instruments, {areas} areas: {known} of {cells} answers are known, and {party} of them are “party”",
        instruments=instruments,
        areas=areas,
        known=known,
        cells=standings.height,
        party=_count(standings, treaty_matrix.PARTY),
    )


def _matrix(standings: pl.DataFrame, say: Words) -> Section:
    areas = [area for area in sorted(THE_TWELVE, key=say.area) if area in set(standings["area"])]
    heading = say("Who is bound by what")
    sub = say(
        "The year of becoming a party, or of the signature, under each sign; “seen” is the date of the extract that shows nothing more"
    )
    known = Figure(
        "matrix",
        heading,
        sub,
        treaty_matrix.matrix(standings, areas, heading, say),
        _sources(standings, say),
        rows=standings,
        shows_table=False,
        warning=_old(standings, say),
    )
    key = Figure(
        "standings", say("Four answers"), "", treaty_matrix.key_of_standings(say), "", shows_table=False
    )
    return Section(say("Instruments and areas"), [key, known])


def _old(standings: pl.DataFrame, say: Words) -> tuple[str, str] | None:
    old = standings.filter(
        pl.col("is_old").fill_null(False) & (pl.col("treaty_standing") != treaty_matrix.PARTY)
    )
    if not old.height:
        return None
    text = say.count(
        "{count} answer without a party rests on an extract more than five years old: later steps are not in it.",
        "{count} answers without a party rest on extracts more than five years old: later steps are not in them.",
        old.height,
    )
    return say("Old extracts."), text


def _sources(standings: pl.DataFrame, say: Words) -> str:
    """Each source with the dates of the extracts that answers rest on."""
    held = (
        standings.drop_nulls("source")
        .group_by("source")
        .agg(pl.col("evidence_as_of").drop_nulls().unique().sort())
        .sort("source")
    )
    parts = []
    for source, dates in held.iter_rows():
        known = sources().get(source)
        name = (known.name_ru if say.lang == "ru" else known.name_en) if known else source
        said = [edition_label(source, date, say.lang).split(", ")[-1] for date in dates if len(date) > 4]
        parts.append(f"{name}: {'; '.join(said)}" if said else name)
    return say("{sources}. Extracts differ in which instruments they cover.", sources=". ".join(parts))


def _conflicts(standings: pl.DataFrame, say: Words) -> Section:
    label = say("Where two extracts contradict each other")
    body = treaty_matrix.conflicts(standings, label, say)
    rows = standings.filter(pl.col("conflict").is_not_null())
    figures = (
        [
            Figure(
                "conflicts",
                label,
                say("Both are shown; neither is chosen silently"),
                body,
                "",
                rows=rows,
                shows_table=False,
            )
        ]
        if body
        else []
    )
    return Section(say("Doubtful answers"), figures)
