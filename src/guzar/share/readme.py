"""README and LICENCE of a release, in English and Russian: what is inside, how to read it, whose it is."""

from collections.abc import Iterable, Mapping, Sequence

import dataframely as dy
import polars as pl

from guzar.define import structures
from guzar.define.definitions import definitions
from guzar.define.sources import Source, edition_label
from guzar.define.sources import sources as known_sources
from guzar.define.structures import Subject
from guzar.define.tables.releases import ProtectedTable, ReleasedFigures
from guzar.languages import translate
from guzar.languages.dates import write_date
from guzar.share.citation import TITLE
from guzar.share.sdmx.writers import subjects_in

FILES = {
    "xlsx/": "Workbooks for Excel and LibreOffice, one per subject, in English (.en) and Russian (.ru)",
    "csv/": "Tables in words, packed: in English (.en) with commas and decimal points, in Russian (.ru) with"
    " semicolons and decimal commas, as Excel of each language opens them once unpacked",
    "data/": "SDMX-CSV 2.0 in codes, for programs, one table per subject",
    "structure.xml": "The structures that describe the SDMX tables, SDMX-ML 3.0",
    "parquet/": "All figures in one table, for programs",
    "datapackage.json": "Description of every table and column, Data Package v2",
    "release.json": "Number of this release, the editions it is made from, checksum of every file",
    "LICENCE.md": "Licence and attribution of each source",
    "CITATION.txt": "How to cite; for reference managers: citation.bib, citation.ris",
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
LICENCES = (
    "The figures were published by the sources below; each is used under its publisher's licence, which also"
    " stands in the column `licence` of every row. Where it says “not stated”, no licence is named with the"
    " figures: the publisher's own terms hold, and reuse needs a look at them. Figures that ship with guzar came"
    " through public repositories; each is named with the licence that it states, which may ask for more than the"
    " publisher's. Structures, names of codes and descriptions are part of guzar (Apache-2.0)."
)
PROTECTED = (
    "Counts made from records about persons. A cell without a count (status C) is hidden, so that nobody can work out a"
    " small group; a cell with status F shows what was counted, or, where the table says so, a count with noise or rounded."
    " What was done to each table stands in release.json."
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
    language: str,
) -> str:
    """README of a release in one language, Markdown."""

    def say(text: str, **values: object) -> str:
        return translate(text, language).format(**values)

    held = subjects_in(figures)
    blocks = [
        f"# {say(TITLE)}",
        say(
            "Release {release} of {date}; {count} values.",
            release=release,
            date=write_date(date, language),
            count=_write_count(figures.height, language),
        ),
        _heading(say("What is inside")),
        _list(f"`{path}`: {say(text)}" for path, text in FILES.items()),
        _heading(say("Subjects")),
        _list(_subject_line(figures, subject, say(subject.name_en), language) for subject in held),
        _heading(say("How to read the figures")),
        _list(say(rule) for rule in RULES),
        _heading(say("Sources and editions")),
        _list(_source_lines(figures, language)),
        _heading(say("Definitions")),
        _list(_definition_lines(figures, language)),
    ]
    if held:
        blocks += [
            _heading(say("Open the figures")),
            f"- Python: `{PYTHON}`\n- R: `{IN_R.format(file=held[0].file)}`\n"
            f"- Excel: {say('open a file of the folder xlsx')}",
        ]
    if protected:
        told = (_protected_line(table, language) for table in protected)
        blocks[6:6] = [_heading(say("Protected tables")), say(PROTECTED), _list(told)]
    if tables:
        lines = (
            f"`tables/{name}.csv`: {say('{count} rows', count=_write_count(count, language))}"
            for name, count in tables.items()
        )
        blocks[6:6] = [_heading(say("Other tables")), _list(lines)]
    return "\n\n".join(blocks) + "\n"


def _protected_line(table: ProtectedTable, language: str) -> str:
    hidden = table.frame[table.count].null_count()
    return f"`protected/{table.name}.csv`: " + translate(
        "{rows} rows by {dimensions}, {hidden} of them hidden; population: {population}", language
    ).format(
        rows=_write_count(table.frame.height, language),
        dimensions=", ".join(table.dimensions),
        hidden=_write_count(hidden, language),
        population=table.about.get("population", table.name),
    )


def write_licences(figures: dy.DataFrame[ReleasedFigures]) -> str:
    """LICENCE.md: for each source its licence, its attribution and the values that it covers."""
    heads = ["# Licences", LICENCES, translate(LICENCES, "ru")]
    return "\n\n".join([*heads, *(_licence_block(figures, source) for source in _sources_in(figures))]) + "\n"


def _licence_block(figures: pl.DataFrame, source: str) -> str:
    about, rows = known_sources()[source], figures.filter(pl.col("source") == source)
    indicators = rows.group_by("indicator").len().sort("indicator")
    covers = "\n".join(f"  - {name}: {count} values" for name, count in indicators.iter_rows())
    return (
        f"## {about.name_en} / {about.name_ru}\n\n- Publisher: {about.publisher}\n- Title: {about.title}\n"
        f"- Licence: {about.licence}\n{_known_of(about)}- Attribution: {about.attribution}\n- Address: {about.address}\n"
        f"- Editions: {', '.join(edition_label(source, one) for one in _editions_of(rows))}\n"
        f"- Covers:\n{covers}"
    )


def _known_of(about: Source) -> str:
    """Where the licence is stated and through whom the shipped figures came, as far as it is known."""
    lines = {"Licence is stated": about.licence_basis, "Figures that ship came through": about.origin}
    return "".join(f"- {name}: {text}\n" for name, text in lines.items() if text)


def _heading(text: str) -> str:
    return f"## {text}"


def _list(lines: Iterable[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _write_count(count: int, language: str) -> str:
    """A number with its thousands apart: 39,881; 39 881 with no-break spaces."""
    return f"{count:,}".replace(",", "," if language == "en" else "\N{NO-BREAK SPACE}")


def _subject_line(figures: pl.DataFrame, subject: Subject, name: str, language: str) -> str:
    by_indicator = figures["indicator"].value_counts().iter_rows()
    count = sum(rows for indicator, rows in by_indicator if structures.subject_of(indicator) == subject)
    return f"{name} (`{subject.file}`): {_write_count(count, language)}"


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
