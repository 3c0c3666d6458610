"""README of a release, in English and Russian: what is inside, how to read it, whose it is."""

from collections.abc import Iterable, Mapping, Sequence

import dataframely as dy
import polars as pl

from guzar.define import structures
from guzar.define.definitions import definitions
from guzar.define.publishers import Publisher
from guzar.define.sources import edition_label
from guzar.define.sources import sources as known_sources
from guzar.define.tables.releases import ProtectedTable, ReleasedFigures
from guzar.languages import translate
from guzar.languages.dates import write_date
from guzar.share.citation import write_title
from guzar.share.protected_words import (
    sum_up,
    write_count,
    write_protected_section,
)
from guzar.share.sdmx.writers import subjects_in

FILES = {
    "xlsx/": "Workbooks for Excel and LibreOffice, one per subject, in English (.en) and Russian (.ru)",
    "csv/": "Tables in words, packed: in English (.en) with commas and decimal points, in Russian (.ru) with"
    " semicolons and decimal commas, as Excel of each language opens them once unpacked",
    "data/": "SDMX-CSV 2.0 in codes, for programs, one table per subject",
    "structure.xml": "The structures that describe the SDMX tables, SDMX-ML 3.0",
    "parquet/": "All figures in one table, for programs",
    "packs/": "Zips of one subject with data, README, licence, citation and lines of code; beside the archive of the"
    " whole release, not inside it",
    "datapackage.json": "Description of every table and column, Data Package v2",
    "catalogue.jsonld": "Entry for catalogues of data: DCAT-AP; for search engines: dataset.jsonld (schema.org)",
    "release.json": "Number of this release, the editions it is made from, checksum of every file",
    "LICENCE.md": "Licence and attribution of each source; in Russian: LICENCE.ru.md",
    "CITATION.txt": "How to cite; for reference managers: citation.bib, citation.ris",
}
OF_PROTECTED = {"protected/": "Protected tables, each as CSV and as Parquet"}
OF_ANY_RELEASE = ("datapackage.json", "release.json", "CITATION.txt")
OF_TABLES = {
    "LICENCE.md": "Who decides under which licence the tables may be used; in Russian: LICENCE.ru.md"
}
RULES = (
    "A value has a reference period and an edition. A later edition adds rows and overwrites none: a changed"
    " value between two editions is a revision, never growth.",
    "A row without a number is not a zero. Its status says whether the value is not known or withheld by the"
    " source.",
    "“Modelled from modelled” means that the input of an estimate is itself an estimate: a total shared out over"
    " an older mix of origins, or receipts shared out by estimated stocks.",
    "“Last observed” is the year of the last census, register or report behind a value; empty where guzar"
    " does not know it.",
    "Values of different definitions are not to be added or compared: look at the definition first.",
)
PYTHON = 'import polars; polars.read_parquet("parquet/figures.parquet")'
IN_R = 'read.csv("data/{file}.csv", na.strings = c("", "NaN"))'


def write_readme(
    figures: dy.DataFrame[ReleasedFigures],
    tables: Mapping[str, int],
    protected: Sequence[ProtectedTable] = (),
    *,
    release: str,
    date: str,
    publisher: Publisher | None,
    language: str,
) -> str:
    """README of a release in one language, Markdown."""

    def say(text: str, **values: object) -> str:
        return translate(text, language).format(**values)

    inside = _files_inside(bool(figures.height), bool(protected))
    blocks = [
        f"# {write_title(bool(figures.height), protected, language)}",
        _opening(figures.height, protected, release=release, date=date, language=language),
        *_published_by(publisher, language),
        _heading(say("What is inside")),
        _list(f"`{path}`: {say(text)}" for path, text in inside.items()),
    ]
    if figures.height:
        blocks += [_heading(say("Subjects")), _list(_subject_lines(figures, language))]
    if tables:
        lines = (
            f"`tables/{name}.csv`: {say('{count} rows', count=write_count(count, language))}"
            for name, count in tables.items()
        )
        blocks += [_heading(say("Other tables")), _list(lines)]
    if protected:
        blocks += write_protected_section(protected, language)
    if figures.height:
        blocks += _about_figures(figures, language)
    return "\n\n".join(blocks) + "\n"


def _opening(
    values: int, protected: Sequence[ProtectedTable], *, release: str, date: str, language: str
) -> str:
    """Number and date of the release, and how much it holds."""
    told = "Release {release} of {date}; {count} values." if values else "Release {release} of {date}."
    sentences = [
        translate(told, language).format(
            release=release, date=write_date(date, language), count=write_count(values, language)
        )
    ]
    if protected:
        sentences.append(sum_up(protected, language))
    return " ".join(sentences)


def _published_by(publisher: Publisher | None, language: str) -> list[str]:
    """One paragraph on who answers for the release and where to ask; none where nobody is declared."""
    if publisher is None:
        return []
    told = [translate("Published by: {name}", language).format(name=publisher.name(language))]
    return [". ".join([*told, *(one for one in (publisher.address, publisher.contact) if one)])]


def _files_inside(has_figures: bool, has_protected: bool) -> dict[str, str]:
    """The files of a release with what they hold; none that it does not have."""
    figures = FILES if has_figures else {name: FILES[name] for name in OF_ANY_RELEASE} | OF_TABLES
    return {**(OF_PROTECTED if has_protected else {}), **figures}


def _about_figures(figures: dy.DataFrame[ReleasedFigures], language: str) -> list[str]:
    """Blocks on published figures: how to read them, whose they are, what they mean, how to open them."""
    first = subjects_in(figures)[0].file
    return [
        _heading(translate("How to read the figures", language)),
        _list(translate(rule, language) for rule in RULES),
        _heading(translate("Sources and editions", language)),
        _list(_source_lines(figures, language)),
        _heading(translate("Definitions", language)),
        _list(_definition_lines(figures, language)),
        _heading(translate("Open the figures", language)),
        f"- Python: `{PYTHON}`\n- R: `{IN_R.format(file=first)}`\n"
        f"- Excel: {translate('open a file of the folder xlsx', language)}",
    ]


def _heading(text: str) -> str:
    return f"## {text}"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _subject_lines(figures: dy.DataFrame[ReleasedFigures], language: str) -> list[str]:
    """Each subject of the release with its file and its number of values."""
    by_indicator = dict(figures["indicator"].value_counts().iter_rows())
    lines = []
    for subject in subjects_in(figures):
        count = sum(rows for one, rows in by_indicator.items() if structures.subject_of(one) == subject)
        name = translate(subject.name_en, language)
        lines.append(f"{name} (`{subject.file}`): {write_count(count, language)}")
    return lines


def _source_lines(figures: pl.DataFrame, language: str) -> list[str]:
    lines = []
    for source in _sources_in(figures):
        about, rows = known_sources()[source], figures.filter(pl.col("source") == source)
        name = about.name_ru if language == "ru" else about.name_en
        labels = "; ".join(edition_label(source, one, language) for one in _editions_of(rows))
        licence = f"{translate('Licence', language)}: {translate(about.licence, language)}"
        lines.append(f"{name}: {labels}. {licence}. {about.address}".replace("..", "."))
    return lines


def _definition_lines(figures: pl.DataFrame, language: str) -> list[str]:
    lines = []
    for about in (definitions()[one] for one in figures["definition"].unique().sort()):
        name, note = (about.name_ru, about.note_ru) if language == "ru" else (about.name_en, about.note_en)
        rule = f"{translate('Rule', language)}: {translate(about.rule, language)}"
        lines.append(f"`{about.id}`: {name}. {rule}. {note}".strip())
    return lines


def _sources_in(figures: pl.DataFrame) -> list[str]:
    return figures["source"].unique().sort().to_list()


def _editions_of(rows: pl.DataFrame) -> list[str]:
    return rows["edition"].unique().sort().to_list()
