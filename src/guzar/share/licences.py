"""LICENCE of a release, in English and Russian: of each source its licence, its attribution and the values that it covers."""

from collections.abc import Iterator, Sequence

import dataframely as dy
import polars as pl

from guzar.define.sources import Source, edition_label
from guzar.define.sources import sources as known_sources
from guzar.define.tables.releases import ProtectedTable, ReleasedFigures
from guzar.languages import translate
from guzar.share.protected_words import write_count, write_licence_of_tables

LICENCE_NAMES = {"en": "LICENCE.md", "ru": "LICENCE.ru.md"}
TITLE, VALUES = "Licences", "{count} values"
LICENCES = (
    "The figures were published by the sources below; each is used under its publisher's licence, which also"
    " stands in the column `licence` of every row. Where it says “not stated”, no licence is named with the"
    " figures: the publisher's own terms hold, and reuse needs a look at them. Figures that ship with guzar came"
    " through public repositories; each is named with the licence that it states, which may ask for more than the"
    " publisher's. Structures, names of codes and descriptions are part of guzar (Apache-2.0)."
)


def write_licences(
    figures: dy.DataFrame[ReleasedFigures], protected: Sequence[ProtectedTable] = (), *, language: str
) -> str:
    """Licence, attribution and values of each source; and of protected tables who decides. Markdown, in one language."""
    blocks = [f"# {translate(TITLE, language)}"]
    if figures.height:
        sources = figures["source"].unique().sort().to_list()
        blocks.append(translate(LICENCES, language))
        blocks += [_block(figures.filter(pl.col("source") == one), one, language) for one in sources]
    return "\n\n".join([*blocks, *write_licence_of_tables(protected, language)]) + "\n"


def _block(rows: pl.DataFrame, source: str, language: str) -> str:
    about = known_sources()[source]
    name = about.name_ru if language == "ru" else about.name_en
    editions = ", ".join(
        edition_label(source, one, language) for one in rows["edition"].unique().sort().to_list()
    )
    lines = [f"- {label}: {text}" for label, text in _told(about, editions, language)]
    covers = rows.group_by("indicator").len().sort("indicator")
    values = translate(VALUES, language)
    listed = [
        f"  - {one}: {values.format(count=write_count(count, language))}" for one, count in covers.iter_rows()
    ]
    return "\n".join([f"## {name}\n", *lines, f"- {translate('Covers', language)}:", *listed])


def _told(about: Source, editions: str, language: str) -> Iterator[tuple[str, str]]:
    """What is told of a source, by its label; nothing that is not known. Names and attributions stay as they are."""
    told = {
        "Publisher": about.publisher,
        "Title": about.title,
        "Licence": translate(about.licence, language),
        "Licence is stated": translate(about.licence_basis, language) if about.licence_basis else "",
        "Figures that ship came through": about.origin,
        "Attribution": about.attribution,
        "Address": about.address,
        "Editions held": editions,
    }
    for label, text in told.items():
        if text:
            yield translate(label, language), text
