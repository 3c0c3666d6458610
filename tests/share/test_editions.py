"""Releases: named by their content, complete, honest about every file."""

import gzip
import json
import zipfile
from dataclasses import replace

import polars as pl
import pytest

from guzar.define.areas import area_name
from guzar.define.definitions import definitions
from guzar.define.publishers import guzar_itself
from guzar.define.reader_rows import HEADINGS
from guzar.define.sources import sources
from guzar.define.tables.releases import ReleasedFigures
from guzar.errors import ReleaseRefused
from guzar.languages import translate
from guzar.share.citation import cite_bibtex
from guzar.share.editions import name_release, write_release
from guzar.store import checksum_of, open_release

DATE = "2026-11-21"
MADE_FROM = [{"file": "a.xlsx", "sha256": "0"}]
LAYOUT = {
    "CITATION.txt",
    "LICENCE.md",
    "LICENCE.ru.md",
    "README.md",
    "README.ru.md",
    "citation.bib",
    "citation.ris",
    "catalogue.jsonld",
    "datapackage.json",
    "dataset.jsonld",
    "release.json",
    "structure.xml",
    "csv/migrant_stocks.en.csv.gz",
    "csv/migrant_stocks.ru.csv.gz",
    "csv/population.en.csv.gz",
    "csv/population.ru.csv.gz",
    "data/migrant_stocks.csv",
    "data/population.csv",
    "parquet/figures.parquet",
    "parquet/remarks.parquet",
    "tables/remarks.csv",
    "xlsx/migrant_stocks.en.xlsx",
    "xlsx/migrant_stocks.ru.xlsx",
    "xlsx/population.en.xlsx",
    "xlsx/population.ru.xlsx",
}

PACKS = {"packs/migrant_stocks.zip", "packs/population.zip"}  # repeat the others: in no record, in no archive


def files_in(folder) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_the_layout_of_a_release(release):
    assert files_in(release) == LAYOUT | PACKS | {f"{open_release(release).id}.zip"}


def test_the_id_follows_the_content_and_the_date(figures, extra):
    named = name_release(figures, extra, date=DATE, made_from=MADE_FROM)
    assert named.startswith("guzar-2026-11-21-")
    assert name_release(figures.reverse(), extra, date=DATE, made_from=MADE_FROM) == named
    assert (
        name_release(figures.with_columns(pl.col("value") + 1), extra, date=DATE, made_from=MADE_FROM)
        != named
    )
    assert name_release(figures, {}, date=DATE, made_from=MADE_FROM) != named
    assert name_release(figures, extra, date="2026-11-22", made_from=MADE_FROM)[-8:] == named[-8:]
    other_files = [{"file": "b.xlsx", "sha256": "1"}]
    assert name_release(figures, extra, date=DATE, made_from=other_files) != named


def test_a_release_reads_back_whole(release, figures, extra):
    held = open_release(release)
    assert held.figures().equals(figures.sort(ReleasedFigures.primary_key()))
    assert held.table("remarks").equals(extra["remarks"].frame)
    assert held.table("never_made") is None
    assert held.damaged_files() == []


def test_the_record_tells_editions_rows_and_checksums(release, figures):
    record = json.loads((release / "release.json").read_text())
    assert record["values"] == figures.height == sum(one["values"] for one in record["editions"])
    assert record["dataflows"]["population"] == figures["indicator"].str.starts_with("population").sum()
    assert record["editions"][0]["label"] == "2019 revision"
    assert record["made_from"] == [{"file": "a.xlsx", "sha256": "0"}]
    assert set(record["files"]) == LAYOUT - {"release.json"}
    assert all(
        checksum_of((release / name).read_bytes()) == digest for name, digest in record["files"].items()
    )


def test_a_damaged_file_is_named(release, figures, extra, tmp_path):
    write_release(tmp_path, figures, extra, release="guzar-x", date=DATE, made_from=[])
    (tmp_path / "csv" / "population.ru.csv.gz").write_text("broken")
    (tmp_path / "LICENCE.md").unlink()
    assert sorted(open_release(tmp_path).damaged_files()) == ["LICENCE.md", "csv/population.ru.csv.gz"]


def test_the_zip_holds_the_same_files_below_one_folder(release):
    named = open_release(release).id
    with zipfile.ZipFile(release / f"{named}.zip") as packed:
        assert set(packed.namelist()) == {f"{named}/{name}" for name in LAYOUT}
        assert packed.read(f"{named}/README.md") == (release / "README.md").read_bytes()
        assert {entry.date_time for entry in packed.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_the_same_figures_give_the_same_bytes(release, figures, extra, tmp_path):
    made_from = MADE_FROM
    write_release(
        tmp_path,
        figures.reverse(),
        extra,
        release=open_release(release).id,
        date=DATE,
        made_from=made_from,
        publisher=guzar_itself(),
    )
    assert {name: (tmp_path / name).read_bytes() for name in files_in(tmp_path)} == {
        name: (release / name).read_bytes() for name in files_in(release)
    }


def test_figures_that_did_not_pass_the_door_are_refused_at_run_time(observations, figures, tmp_path):
    with pytest.raises(ReleaseRefused, match="licence, release_path"):
        write_release(tmp_path, observations, {}, release="guzar-x", date=DATE, made_from=[])
    forged = figures.with_columns(release_path=pl.lit("trust me"))
    with pytest.raises(ReleaseRefused, match="ReleasedFigures"):
        name_release(forged, {}, date=DATE, made_from=MADE_FROM)
    assert files_in(tmp_path) == set()


def test_nothing_to_release_is_said_so(figures):
    with pytest.raises(ReleaseRefused, match="no figures"):
        name_release(figures.clear(), {}, date=DATE, made_from=MADE_FROM)


def test_readme_and_licence_name_every_source_edition_and_definition(release):
    for name in ("README.md", "README.ru.md"):
        text = (release / name).read_text()
        assert "un_stock_by_origin" in text
        assert "CC BY 3.0 IGO" in text
    assert "2020 revision" in (release / "README.md").read_text()
    assert "пересмотр 2020 г." in (release / "README.ru.md").read_text()
    licences = (release / "LICENCE.md").read_text()
    assert "Attribution: United Nations, Department of Economic and Social Affairs" in licences
    assert "migrant_stock: 30 values" in licences
    russian = (release / "LICENCE.ru.md").read_text()
    assert russian.startswith("# Лицензии\n")
    assert "Указание источника: United Nations, Department of Economic and Social Affairs" in russian
    assert "migrant_stock: значений: 30" in russian
    assert "Licence:" not in russian


def test_every_rule_of_a_definition_has_a_russian_translation():
    rules = {one.rule for one in definitions().values()}
    assert [rule for rule in rules if translate(rule, "ru") == rule] == []


def test_citations_in_three_forms(release):
    named = open_release(release).id
    assert "(2026). Published figures on international migration" in (release / "CITATION.txt").read_text()
    assert (release / "citation.bib").read_text().startswith(f"@misc{{{named},")
    ris = (release / "citation.ris").read_bytes().decode().split("\r\n")
    assert ris[0] == "TY  - DATA"
    assert ris[-2] == "ER  - "


def test_a_citation_names_editions_once_and_speaks_russian(release):
    text = (release / "CITATION.txt").read_text()
    english, russian = text.split("\n\n\n")
    assert "Editions: 2019 revision; 2020 revision." in english
    assert english.count("CC BY 3.0 IGO") == 1
    assert "Издания: пересмотр 2019 г.; пересмотр 2020 г." in russian
    assert "[Электронный ресурс]" in russian


def test_bibtex_is_whole(release):
    """Braces match, every field ends, the signs of TeX are written out; the month is BibTeX's own word."""
    entry = (release / "citation.bib").read_text()
    assert entry.count("{") == entry.count("}")
    assert "month = nov,\n" in entry
    assert "{North and Central Asia}" in entry
    source = replace(next(iter(sources().values())), attribution="A & B {50 %} #1_~x^2\\")
    made = cite_bibtex("guzar-x", DATE, [source], publisher=None)
    assert r"A \& B \{50 \%\} \#1\_\textasciitilde{}x\textasciicircum{}2\textbackslash{}" in made


def test_labelled_tables_open_in_excel_of_their_language(release, figures):
    """A byte-order mark, the separator, the decimal mark and the words of each language; the same values in both."""
    for language, separator, mark, area in (("en", ",", ".", "Kyrgyzstan"), ("ru", ";", ",", "Кыргызстан")):
        packed = (release / "csv" / f"migrant_stocks.{language}.csv.gz").read_bytes()
        written = gzip.decompress(packed)
        assert written.startswith(b"\xef\xbb\xbf")
        rows = pl.read_csv(written, separator=separator, decimal_comma=mark == ",")
        assert rows.columns == [translate(heading, language) for heading in HEADINGS.values()]
        assert set(rows[translate("Area", language)]) == {area, area_name("NAM", language)}
        wanted = figures.filter(pl.col("indicator").str.starts_with("migrant_stock"))["value"]
        found = rows[translate("Value", language)]
        assert found.drop_nulls().sort().to_list() == wanted.drop_nulls().sort().to_list()
        assert gzip.compress(written, 6, mtime=0) == packed
