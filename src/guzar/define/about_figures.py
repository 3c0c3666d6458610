"""What must stand beside figures when they travel: their sources with editions and licences, their definitions."""

import polars as pl

from guzar.define.definitions import definitions
from guzar.define.sources import edition_label
from guzar.define.sources import sources as known_sources
from guzar.define.structures import code_names
from guzar.languages import translate

Line = tuple[str, str]  # a label and its text


def source_lines(figures: pl.DataFrame, language: str) -> list[Line]:
    """Each source of some figures: its editions, what it asks for, its licence and its address."""
    held = figures.select("source", "edition").drop_nulls()
    grouped = held.group_by("source").agg(pl.col("edition").unique().sort()).sort("source")
    lines = []
    for source, editions in grouped.iter_rows():
        about = known_sources()[source]
        labels = "; ".join(edition_label(source, one, language) for one in editions)
        name = code_names("CL_SOURCE", language)[source]
        licence = f"{translate('Licence', language)}: {translate(about.licence, language)}"
        words = f"{name}: {labels}. {about.attribution}. {licence}. {about.address}".replace("..", ".")
        lines.append((translate("Source", language), words))
    return lines


def definition_lines(figures: pl.DataFrame, language: str) -> list[Line]:
    """Each definition of some figures: its name, its rule and its note."""
    lines = []
    for one in figures["definition"].drop_nulls().unique().sort():
        about = definitions()[one]
        name, note = (about.name_ru, about.note_ru) if language == "ru" else (about.name_en, about.note_en)
        rule = f"{translate('Rule', language)}: {translate(about.rule, language)}"
        words = f"{name} ({one}). {rule}. {note}"
        lines.append((translate("Definition", language), words.strip()))
    return lines
