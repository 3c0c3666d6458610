"""What can be taken away: the files of the release, each with its size and what it is for."""

from __future__ import annotations

from pathlib import Path

from guzar.define.code_lines import OF_SERVICE, lines_for_service
from guzar.define.structures import SUBJECTS, subject_of
from guzar.use.observatory.content import Figure
from guzar.use.observatory.published import Published
from guzar.use.observatory.release_files import offered_name, offered_size
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.tables import link, plain_table
from guzar.use.observatory.words import Words

# Below the language folder of the site lies a page; the release lies beside the language folders.
FROM_PAGE = "../../data/latest/"
KINDS = (
    ("*.zip", "Everything in one file", "Zip"),
    ("packs/*.zip", "Zips of one subject: data, README, licence, citation, code", "Zip"),
    ("data/*.csv", "Figures for SDMX tools", "SDMX-CSV 2.0"),
    ("structure.xml", "Structures: concepts, code lists, data structures", "SDMX-ML 3.0"),
    ("csv/*.en.csv.gz", "Figures in words, in English", "CSV"),
    ("csv/*.ru.csv.gz", "Figures in words, in Russian", "CSV"),
    ("xlsx/*.en.xlsx", "Workbooks in English", "XLSX"),
    ("xlsx/*.ru.xlsx", "Workbooks in Russian", "XLSX"),
    ("parquet/*.parquet", "All columns and types kept", "Parquet"),
    ("tables/*.csv", "Tables beside the figures: treaties, claims, verdicts", "CSV"),
    ("datapackage.json", "Description of the CSV files for programs", "Data Package v2"),
    ("*.jsonld", "Entry for catalogues and search engines: DCAT-AP, schema.org", "JSON-LD"),
    ("README*.md", "What is in the release", "Text"),
    ("LICENCE*.md", "Licences by source", "Text"),
    ("[Cc][Ii][Tt][Aa][Tt][Ii][Oo][Nn].*", "How to cite: text, BibTeX, RIS", "Text"),
)
# In each language the files of that language; Russian ones have semicolons and decimal commas.
READ_CSV = {"en": "read.csv", "ru": "read.csv2"}
TOOLS = (
    ("Excel, LibreOffice", "xlsx/migrant_stocks.{lang}.xlsx"),
    ("R", 'figures <- {read_csv}("csv/migrant_stocks.{lang}.csv.gz", fileEncoding = "UTF-8-BOM")'),
    ("Python", 'figures = pandas.read_parquet("parquet/figures.parquet")'),
    (
        "Stata",
        'import delimited "data/migrant_stocks.csv", varnames(1) case(preserve) encoding("utf-8") clear',
    ),
    (
        "Excel, Power Query",
        '= Table.PromoteHeaders(Csv.Document(File.Contents("C:\\FOLDER\\data\\migrant_stocks.csv"), [Delimiter = ",", Encoding = 65001]))',
    ),
    ("SDMX (sdmx1)", 'structures = sdmx.read_sdmx("structure.xml")'),
)


def downloads(published: Published, say: Words) -> Figure | None:
    """The files of the release by kind, linked where they lie beside the pages."""
    folder = published.folder
    if folder is None:
        return None
    found = [(sorted(folder.glob(pattern)), say(what), say(kind)) for pattern, what, kind in KINDS]
    rows = [
        [words(what), words(kind), _links(files, folder), words(_size(files, folder, say))]
        for files, what, kind in found
        if files
    ]
    heading = say("Release {release}", release=published.release)
    table = plain_table(heading, [say("What"), say("Form"), say("Files"), say("Size")], rows, numeric={3})
    return Figure(
        "files",
        heading,
        say("The files lie beside these pages: they open without a network"),
        table,
        "",
        shows_table=False,
    )


def _links(files: list[Path], folder: Path) -> Html:
    offered = [offered_name(file.relative_to(folder).as_posix()) for file in files]
    items = [tag("li", link(path.rpartition("/")[2], FROM_PAGE + path)) for path in offered]
    return tag("ul", *items, class_="files")


def _size(files: list[Path], folder: Path, say: Words) -> str:
    size = sum(offered_size(file, folder) for file in files)
    if size >= 1_000_000:
        return say("{size} MB", size=say.number(size / 1e6, 1))
    return say("{size} kB", size=say.number(max(size / 1e3, 1), 0))


def how_to_use(published: Published, say: Words) -> Figure:
    """One line per tool, to be run in the unpacked folder of the release."""
    lines = [(tool, line.format(lang=say.lang, read_csv=READ_CSV[say.lang])) for tool, line in TOOLS]
    rows = [[words(tool), tag("code", words(_existing(line, published.folder)))] for tool, line in lines]
    heading = say("One line to begin with")
    sub = say("Run in the folder of the unpacked release; any subject can stand in place of this one")
    note = say(
        "Codes are ISO 3166 alpha-3, missing values are empty, and each row names its definition, source and edition. Filter one edition before comparing years."
    )
    return Figure(
        "tools", heading, sub, plain_table(heading, [say("Tool"), say("Line")], rows), note, shows_table=False
    )


def how_to_ask(published: Published, say: Words) -> Figure | None:
    """One line per tool that asks a service for a whole dataflow of this release."""
    if not published.figures.height:
        return None
    held = sorted({subject_of(one).id for one in published.figures["indicator"].unique()})
    subject = next(
        one for one in SUBJECTS if one.id == ("MIGRANT_STOCKS" if "MIGRANT_STOCKS" in held else held[0])
    )
    rows = [[words(one.tool), tag("code", words(one.line))] for one in lines_for_service(subject)]
    heading = say("One line to ask a service")
    sub = say(
        "Put the address of your service in place of https://ADDRESS; another subject can stand in place of this one"
    )
    table = plain_table(heading, [say("Tool"), say("Line")], rows)
    return Figure("service-lines", heading, sub, table, say(OF_SERVICE), shows_table=False)


def _existing(line: str, folder: Path | None) -> str:
    """The example names a subject of this very release."""
    if folder is None or (folder / "data" / "migrant_stocks.csv").exists():
        return line
    subjects = sorted(file.stem for file in (folder / "data").glob("*.csv"))
    return line.replace("migrant_stocks", subjects[0]) if subjects else line
