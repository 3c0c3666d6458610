"""A release is cited under the name of who publishes it, and under nobody's where nobody is declared."""

import json
import re
import zipfile
from pathlib import Path

import pytest

from guzar.define.publishers import Publisher
from guzar.share.editions import name_release, write_release

OFFICE = Publisher(
    "Statistical Committee {50 %}", "Статистический комитет", "https://stat.example", "data@stat.example"
)
GIVEN = {"date": "2026-11-21", "made_from": [{"file": "a.xlsx", "sha256": "0"}]}


def written(figures, folder: Path, publisher: Publisher | None) -> Path:
    folder.mkdir()
    named = name_release(figures, {}, **GIVEN, publisher=publisher)
    write_release(folder, figures, {}, release=named, **GIVEN, publisher=publisher)
    return folder


@pytest.fixture(scope="module")
def by_an_office(figures, tmp_path_factory) -> Path:
    return written(figures, tmp_path_factory.mktemp("publisher") / "office", OFFICE)


@pytest.fixture(scope="module")
def by_nobody(figures, tmp_path_factory) -> Path:
    return written(figures, tmp_path_factory.mktemp("publisher") / "nobody", None)


def read(folder: Path, name: str) -> str:
    return (folder / name).read_text(encoding="utf-8")


def test_every_form_of_citation_names_the_office(by_an_office: Path) -> None:
    cited = read(by_an_office, "CITATION.txt")
    assert cited.startswith("Statistical Committee {50 %}. (2026). Published figures")
    assert "/ Статистический комитет. — 2026." in cited
    assert r"author = {{Statistical Committee \{50 \%\}}}," in read(by_an_office, "citation.bib")
    assert "AU  - Statistical Committee {50 %}\n" in read(by_an_office, "citation.ris")
    assert json.loads(read(by_an_office, "release.json"))["publisher"] == OFFICE.as_record()


def test_catalogues_and_texts_name_the_office(by_an_office: Path) -> None:
    catalogue = json.loads(read(by_an_office, "catalogue.jsonld"))
    assert catalogue["dct:publisher"]["foaf:name"][1] == {"@value": OFFICE.name_ru, "@language": "ru"}
    assert catalogue["dct:publisher"]["foaf:mbox"] == {"@id": "mailto:data@stat.example"}
    [creator] = {
        one["creator"]["name"] for one in json.loads(read(by_an_office, "dataset.jsonld"))["dataset"]
    }
    assert creator == OFFICE.name_en
    [contributor] = json.loads(read(by_an_office, "datapackage.json"))["contributors"]
    assert contributor == {
        "title": OFFICE.name_en,
        "path": OFFICE.address,
        "email": OFFICE.contact,
        "roles": ["wrangler", "publisher"],
    }
    assert "Published by: Statistical Committee {50 %}. https://stat.example. data@stat.example" in read(
        by_an_office, "README.md"
    )
    assert "Издатель: Статистический комитет" in read(by_an_office, "README.ru.md")


def test_a_pack_names_the_office(by_an_office: Path) -> None:
    for pack in (by_an_office / "packs").glob("*.zip"):
        with zipfile.ZipFile(pack) as opened:
            [name] = [one for one in opened.namelist() if one.endswith("CITATION.txt")]
            assert opened.read(name).decode().startswith(OFFICE.name_en)


def test_where_nobody_is_declared_guzar_is_not_put_in_their_place(by_nobody: Path) -> None:
    for file in by_nobody.iterdir():
        if file.suffix in (".txt", ".bib", ".ris", ".md", ".json", ".jsonld"):
            assert not re.search("guzar developers|Разработчики guzar", read(by_nobody, file.name)), file.name
    assert "Put the name of the institution that publishes this release" in read(by_nobody, "CITATION.txt")
    assert "author" not in read(by_nobody, "citation.bib")
    catalogue = json.loads(read(by_nobody, "catalogue.jsonld"))
    assert catalogue["dct:publisher"]["foaf:name"][0]["@value"] == "publisher not stated"


def test_another_publisher_is_another_release(by_an_office: Path, by_nobody: Path) -> None:
    names = {json.loads(read(folder, "release.json"))["release"] for folder in (by_an_office, by_nobody)}
    assert len(names) == 2
