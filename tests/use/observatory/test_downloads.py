"""What readers take away from the site: figures in the words and the form of their language, the release packed."""

import csv
import gzip
import io
import re
import zipfile
from pathlib import Path

import polars as pl
from tests.use.observatory.sites import MakePages, made_up_release

from guzar.languages import translate
from guzar.use.observatory.content import Figure, Page
from guzar.use.observatory.figure_csv import COLUMNS, heading_of, write_figure_csv, write_figure_files
from guzar.use.observatory.published import Published, to_value
from guzar.use.observatory.reader_tables import reader_table
from guzar.use.observatory.release_files import offer_release, offered_name, offered_size
from guzar.use.observatory.shared_pictures import share_repeated_pictures
from guzar.use.observatory.signs import Status, sign
from guzar.use.observatory.svg import Html
from guzar.use.observatory.table_signs import sign_class, tail_class, tail_lengths, write_table_signs
from guzar.use.observatory.words import Words

EN, RU = Words("en"), Words("ru")


def read(content: bytes, separator: str) -> list[dict[str, str]]:
    """A written CSV as a spreadsheet program reads it: the mark first, then rows by heading."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=separator))


def test_a_figure_is_written_in_the_words_and_the_form_of_its_language() -> None:
    rows = made_up_release().figures.filter(pl.col("unit") == "percent").head(5)
    assert rows["value"].drop_nulls().len()
    english, russian = (write_figure_csv(rows, language) for language in ("en", "ru"))
    for content, separator, mark in ((english, ",", "."), (russian, ";", ",")):
        language = "en" if separator == "," else "ru"
        told = read(content, separator)
        assert len(told) == rows.height
        values = [row[translate("Value", language)].replace(mark, ".") for row in told]
        assert [float(value) if value else None for value in values] == rows["value"].to_list()
        assert len(told[0]) == len(COLUMNS)
    assert {row["Территория"] for row in read(russian, ";")} == {RU.area(code) for code in rows["area"]}
    assert {row["Код территории"] for row in read(russian, ";")} == set(rows["area"])


def test_a_value_without_a_number_is_an_empty_cell_with_its_status() -> None:
    rows = made_up_release().figures.filter(pl.col("value").is_null())
    told = read(write_figure_csv(rows, "ru"), ";")
    assert told
    assert {row["Значение"] for row in told} == {""}
    assert "" not in {row["Вид числа"] for row in told}


def test_rows_of_other_tables_have_headings_and_answers_in_words() -> None:
    """A table beside the figures: heads from its columns, areas by name, decimal commas, yes and no."""
    rows = pl.DataFrame(
        {
            "area": ["KGZ", None],
            "from_year": [2015, 2020],
            "common_factor": [0.9995, None],
            "is_frozen": [True, False],
        }
    )
    told = read(write_figure_csv(rows, "ru"), ";")
    assert told[0] == {
        "Территория": "Кыргызстан",
        "С года": "2015",
        "Общий множитель": "0,9995",
        "Состав повторён": "да",
    }
    assert told[1]["Состав повторён"] == "нет"


def test_every_column_of_a_figure_has_a_russian_heading(shipped_pages: MakePages) -> None:
    columns = {
        name
        for page in shipped_pages("en")
        for figure in page.figures
        if figure.rows is not None and "release_path" not in figure.rows.columns
        for name in figure.rows.columns
    }
    assert [name for name in sorted(columns) if heading_of(name, "ru") == heading_of(name, "en")] == []


def test_pages_that_show_the_same_rows_share_one_file(tmp_path: Path) -> None:
    rows = made_up_release().figures.head(3)

    def page(path: str, held: pl.DataFrame | None) -> Page:
        from guzar.use.observatory.content import Section

        figure = Figure("stock", "Heading", "", Html(""), "", held)
        return Page(path, "", "Title", "Finding", "", sections=[Section("People", [figure])])

    held: dict[bytes, str] = {}
    first = write_figure_files(page("areas/KGZ.html", rows), "en", tmp_path, held)
    again = write_figure_files(page("corridors/KGZ-RUS.html", rows), "en", tmp_path, held)
    other = write_figure_files(page("corridors/RUS-KGZ.html", rows.head(1)), "en", tmp_path, held)
    assert first == again == {"stock": "areas-KGZ-stock.csv"}
    assert other == {"stock": "corridors-RUS-KGZ-stock.csv"}
    assert write_figure_files(page("index.html", None), "en", tmp_path, held) == {}
    assert {file.name for file in tmp_path.iterdir()} == {*first.values(), *other.values()}


def test_the_release_is_offered_whole_with_its_coded_tables_packed(
    shipped: Published, tmp_path: Path
) -> None:
    folder = shipped.folder
    assert folder is not None
    offer_release(shipped, tmp_path)
    for file in (path for path in folder.rglob("*") if path.is_file()):
        name = file.relative_to(folder).as_posix()
        offered = tmp_path / offered_name(name)
        content = offered.read_bytes()
        assert offered_size(file, folder) == len(content)
        if file.suffix == ".jsonld":  # names the coded tables as they are offered
            named = content.decode("utf-8").replace('.csv.gz"', '.csv"')
            assert named == file.read_text("utf-8").replace('.csv.gz"', '.csv"')
            continue
        assert (gzip.decompress(content) if name.startswith("data/") else content) == file.read_bytes()
    [archive] = tmp_path.glob("*.zip")
    with zipfile.ZipFile(archive) as packed:
        assert any(name.endswith("data/migrant_stocks.csv") for name in packed.namelist())
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) < 18_000_000


def test_nothing_is_offered_where_no_release_lies(tmp_path: Path) -> None:
    offer_release(made_up_release(), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_repeated_signs_are_drawn_once_and_still_there() -> None:
    """Every sign stays in its place and size; what is shown once is left alone; nothing else changes."""
    twice, once = sign(Status.ESTIMATED), sign(Status.BREAK)
    page = share_repeated_pictures(
        f"<html><body class='x'><p>{twice}a</p><p>{twice}b</p>{once}</body></html>"
    )
    assert page.count("<use ") == 2
    assert once in page
    names = re.findall(r'href="#([^"]+)"', page)
    assert len(set(names)) == 1
    assert page.count(f'id="{names[0]}"') == 1
    assert page.count('width="14" height="14"') == 3
    drawing = re.sub(r"^<svg[^>]*>|</svg>$", "", twice)
    assert page.count(drawing) == 1
    assert page.index(drawing) < page.index("<p>")
    assert share_repeated_pictures(f"<body>{once}</body>") == f"<body>{once}</body>"


def test_every_cell_of_a_table_has_a_sign_that_is_drawn(tmp_path: Path) -> None:
    published = made_up_release()
    write_table_signs(published, tmp_path)
    rules = dict(
        re.findall(
            r"\.(has-[\w-]+)::before \{\s*content: url\(([^)]+)\)", (tmp_path / "signs.css").read_text()
        )
    )
    assert all((tmp_path / name).read_text().startswith("<svg xmlns=") for name in rules.values())
    values = [to_value(row) for row in published.figures.iter_rows(named=True)]
    assert {name(value) for value in values for name in (sign_class, tail_class)} <= set(rules)
    assert len(tail_lengths(published)) == len(set(tail_lengths(published)))


def test_a_table_says_once_what_its_rows_share() -> None:
    """Editions that agree stand in one row; a value that one edition changed stands in two."""
    figures = made_up_release().figures
    of_one = (pl.col("definition") == "un_stock_by_origin") & (pl.col("area") == "KGZ")
    rows = figures.filter(of_one).sort("counterpart", "sex", "period", "edition")
    table = reader_table(rows, EN)
    shown = "".join(row for part in table.parts for row in part.rows)
    alike = rows.group_by(pl.exclude("edition")).len().height
    assert shown.count("<tr>") == alike < rows.height
    assert "2019 revision; 2020 revision" in shown
    assert all("UN DESA" in part.name for part in table.parts)
