"""The zip of one subject: whole, the same bytes every time, and its lines for Python run as they stand."""

import io
import zipfile

import pandas
import polars as pl
import pytest

from guzar.define.code_lines import lines_for_files, lines_for_service
from guzar.define.publishers import guzar_itself
from guzar.define.structures import subject_of
from guzar.share.subject_packs import make_pack

STOCKS = subject_of("migrant_stock")


@pytest.fixture
def pack(release, figures) -> bytes:
    return make_pack(
        release, figures, STOCKS, release=release_id(release), date="2026-11-21", publisher=guzar_itself()
    )


def release_id(release) -> str:
    return next(release.glob("guzar-*.zip")).stem


def test_a_release_has_a_pack_of_each_subject(release, pack):
    assert {file.name for file in (release / "packs").iterdir()} == {
        "migrant_stocks.zip",
        "population.zip",
    }
    assert (release / "packs" / "migrant_stocks.zip").read_bytes() == pack


def test_a_pack_holds_data_texts_and_citations(release, pack):
    with zipfile.ZipFile(io.BytesIO(pack)) as parts:
        inside = {name.partition("/")[2] for name in parts.namelist()}
        russian = parts.read(f"{release_id(release)}-migrant_stocks/README.ru.md").decode()
    assert inside == {
        "migrant_stocks.csv",
        "migrant_stocks.parquet",
        "migrant_stocks.en.csv",
        "migrant_stocks.ru.csv",
        "README.md",
        "README.ru.md",
        "LICENCE.md",
        "LICENCE.ru.md",
        "CITATION.txt",
        "citation.bib",
        "citation.ris",
    }
    assert "## Что внутри" in russian
    for line in [*lines_for_files("migrant_stocks"), *lines_for_service(STOCKS)]:
        assert line.line in russian
    assert "includeHistory=true" in russian
    assert "Служба даёт" in russian


def test_the_lines_for_python_run_in_the_unpacked_folder(pack, tmp_path, monkeypatch, figures):
    with zipfile.ZipFile(io.BytesIO(pack)) as parts:
        parts.extractall(tmp_path)
    monkeypatch.chdir(next(tmp_path.iterdir()))
    wanted = figures.filter(pl.col("indicator").str.starts_with("migrant_stock")).height
    python = [one.line for one in lines_for_files("migrant_stocks") if one.tool.startswith("Python")]
    assert len(python) == 2
    for line in python:
        held: dict = {}
        exec(line, held)
        assert len(held["figures"]) == wanted
    # The same file and the same arguments as the lines for R, Stata and Power Query name.
    assert len(pandas.read_csv("migrant_stocks.csv", encoding="utf-8", na_values=["", "NaN"])) == wanted
