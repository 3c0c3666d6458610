"""ReleasedFigures of one subject → a zip with everything to work with it: data, README, licence, citation, code.

A pack repeats what the release holds elsewhere; it is made for one subject so that a reader fetches one small file.
"""

import gzip
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

import dataframely as dy
import polars as pl

from guzar.define.about_figures import definition_lines, source_lines
from guzar.define.code_lines import OF_SERVICE, CodeLine, lines_for_files, lines_for_service
from guzar.define.publishers import Publisher
from guzar.define.sources import sources as known_sources
from guzar.define.spreadsheet import FIXED_TIME
from guzar.define.structures import Subject
from guzar.define.tables.releases import ReleasedFigures
from guzar.languages import translate
from guzar.languages.dates import write_date
from guzar.share.citation import cite_bibtex, cite_in_words, cite_ris
from guzar.share.labels import ENDING, LANGUAGES
from guzar.share.licences import LICENCE_NAMES, write_licences
from guzar.share.protected_words import write_count
from guzar.share.readme import RULES
from guzar.share.sdmx.writers import rows_of, subjects_in

FOLDER = "packs"
README_NAMES = {"en": "README.md", "ru": "README.ru.md"}
INSIDE = {
    "{subject}.csv": "SDMX-CSV 2.0 in codes, for programs",
    "{subject}.parquet": "The same figures with their types, for programs",
    "{subject}.en.csv": "The figures in words, in English: commas, decimal points",
    "{subject}.ru.csv": "The figures in words, in Russian: semicolons, decimal commas",
    "LICENCE.md": "Licence and attribution of each source; in Russian: LICENCE.ru.md",
    "CITATION.txt": "How to cite (APA); for reference managers: citation.bib (BibTeX), citation.ris (RIS)",
}


def write_packs(
    folder: Path,
    figures: dy.DataFrame[ReleasedFigures],
    *,
    release: str,
    date: str,
    publisher: Publisher | None,
) -> None:
    """Put a pack of each subject into `folder/packs`, from the files that the release in `folder` has already."""
    (folder / FOLDER).mkdir()
    for subject in subjects_in(figures):
        content = make_pack(folder, figures, subject, release=release, date=date, publisher=publisher)
        (folder / FOLDER / f"{subject.file}.zip").write_bytes(content)


def make_pack(
    folder: Path,
    figures: dy.DataFrame[ReleasedFigures],
    subject: Subject,
    *,
    release: str,
    date: str,
    publisher: Publisher | None,
) -> bytes:
    """The zip of one subject, below one folder inside; times fixed, so that the same release gives the same bytes."""
    chosen = ReleasedFigures.validate(rows_of(subject, figures).sort(ReleasedFigures.primary_key()))
    parquet = io.BytesIO()
    chosen.write_parquet(parquet)
    parts = {
        f"{subject.file}.csv": (folder / "data" / f"{subject.file}.csv").read_bytes(),
        f"{subject.file}.parquet": parquet.getvalue(),
        **{
            f"{subject.file}.{one}.csv": gzip.decompress(
                (folder / "csv" / f"{subject.file}.{one}.{ENDING}").read_bytes()
            )
            for one in LANGUAGES
        },
        **{
            name: text.encode("utf-8")
            for name, text in _texts(chosen, subject, release, date, publisher).items()
        },
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(parts.items()):
            entry = zipfile.ZipInfo(f"{release}-{subject.file}/{name}", FIXED_TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, compresslevel=6)
    return packed.getvalue()


def _texts(
    figures: dy.DataFrame[ReleasedFigures],
    subject: Subject,
    release: str,
    date: str,
    publisher: Publisher | None,
) -> Mapping[str, str]:
    """README in both languages, licences and citations, of this subject alone."""
    sources = [known_sources()[one] for one in figures["source"].unique().sort()]
    editions = {one: _editions_of(figures, one.id) for one in sources}
    return {
        **{
            README_NAMES[one]: write_pack_readme(figures, subject, release=release, date=date, language=one)
            for one in LANGUAGES
        },
        **{LICENCE_NAMES[one]: write_licences(figures, language=one) for one in LANGUAGES},
        "CITATION.txt": cite_in_words(release, date, editions, publisher=publisher),
        "citation.bib": cite_bibtex(release, date, sources, publisher=publisher),
        "citation.ris": cite_ris(release, date, sources, publisher=publisher),
    }


def write_pack_readme(
    figures: pl.DataFrame, subject: Subject, *, release: str, date: str, language: str
) -> str:
    """README of a pack, Markdown: what is inside, how to read and open it, whose it is, what it means."""

    def say(text: str, **values: object) -> str:
        return translate(text, language).format(**values)

    inside = [f"`{name.format(subject=subject.file)}`: {say(text)}" for name, text in INSIDE.items()]
    opening = say(
        "Release {release} of {date}; {count} values.",
        release=release,
        date=write_date(date, language),
        count=write_count(figures.height, language),
    )
    sections = {
        "What is inside": inside,
        "How to read the figures": [say(rule) for rule in RULES],
        "Open the figures": _code(lines_for_files(subject.file)),
        "Ask a service for the figures": [*_code(lines_for_service(subject)), say(OF_SERVICE)],
        "Sources and editions": [text for _, text in source_lines(figures, language)],
        "Definitions": [text for _, text in definition_lines(figures, language)],
    }
    blocks = [f"# {say(subject.name_en)}", opening]
    for heading, lines in sections.items():
        blocks += [f"## {say(heading)}", "\n".join(f"- {line}" for line in lines)]
    return "\n\n".join(blocks) + "\n"


def _code(lines: list[CodeLine]) -> list[str]:
    return [f"{one.tool}: `{one.line}`" for one in lines]


def _editions_of(figures: pl.DataFrame, source: str) -> list[str]:
    return figures.filter(pl.col("source") == source)["edition"].unique().sort().to_list()
