"""A release of protected tables alone, and one beside figures: every text says what is there, and nothing else."""

import json
import re
from itertools import pairwise
from pathlib import Path

import frictionless
import polars as pl
import pytest

from guzar.define.tables.releases import ProtectedTable, ReleasedFigures
from guzar.languages import translate
from guzar.protect.amounts import AmountRules
from guzar.protect.release import release_public_figures
from guzar.protect.release_blurred import NoiseRules, perturb_counts, round_counts
from guzar.protect.release_counts import suppress_amounts, suppress_small_cells
from guzar.protect.rules import CountRules
from guzar.share.editions import name_release, write_release
from guzar.share.protected_tables import codes_of, hidden_in, protected_fields, title_of_tables
from guzar.share.protected_words import MOST_NAMED, write_protected_section
from guzar.store import open_release

pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
DATE = "2026-11-21"
REGIONS = [["north", "upland"], ["east", "upland"], ["south", "lowland"], ["west", "lowland"], ["upland", "_T"], ["lowland", "_T"]]  # fmt: skip
TREE = pl.DataFrame(REGIONS, schema=["code", "parent"], orient="row")
COUNTS = pl.DataFrame(
    {
        "region": ["north", "north", "east", "east", "south", "south", "west", "west"],
        "sex": ["F", "M"] * 4,
        "persons": [3, 41, 62, 58, 17, 2, 88, 95],
    }
)
GIVEN = {"dimensions": ["region", "sex"], "count": "persons"}


def declared(table: ProtectedTable, **more: object) -> ProtectedTable:
    """A table as a workspace holds it: with its population and its edition."""
    about = {**table.about, "population": "residents of Everland", "edition": "2026-01-15", **more}
    return ProtectedTable(table.name, table.dimensions, table.count, table.unit, table.frame, about)


@pytest.fixture(scope="module")
def table() -> ProtectedTable:
    made = suppress_small_cells(
        {"by_sex": COUNTS}, **GIVEN, rules=CountRules(), hierarchies={"region": [TREE]}
    )
    return declared(made.tables[0], hierarchies={"region": [REGIONS]})


def write(folder: Path, figures: pl.DataFrame, tables: list[ProtectedTable]) -> Path:
    given = {"date": DATE, "made_from": [], "protected": tables}
    write_release(folder, figures, {}, release=name_release(figures, {}, **given), **given)
    return folder


@pytest.fixture(scope="module")
def alone(table, observations, tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("alone"), release_public_figures(observations.clear()), [table])


@pytest.fixture(scope="module")
def mixed(table, figures, tmp_path_factory) -> Path:
    return write(tmp_path_factory.mktemp("mixed"), figures, [table])


def texts(folder: Path) -> dict[str, str]:
    names = (
        "README.md",
        "README.ru.md",
        "LICENCE.md",
        "LICENCE.ru.md",
        "CITATION.txt",
        "citation.bib",
        "citation.ris",
    )
    return {name: (folder / name).read_text(encoding="utf-8") for name in (*names, "datapackage.json")}


def test_a_release_of_tables_alone_speaks_of_no_figures(alone: Path) -> None:
    for name, text in texts(alone).items():
        assert not re.search(r"[Pp]ublished figures|опубликован\w+ показател|0 values|значений: 0", text), (
            name
        )
        assert not re.search(r"guzar developers|Разработчики guzar|North and Central Asia", text), name


@pytest.mark.parametrize("name", ["README.md", "README.ru.md", "LICENCE.md", "LICENCE.ru.md"])
def test_no_section_is_empty(name: str, alone: Path, mixed: Path) -> None:
    for folder in (alone, mixed):
        blocks = (folder / name).read_text(encoding="utf-8").strip().split("\n\n")
        assert all(block.strip() for block in blocks)
        assert not blocks[-1].startswith("#")
        for block, following in pairwise(blocks):
            deeper = following.startswith("#") and following.index(" ") > block.index(" ")
            assert not block.startswith("#") or not following.startswith("#") or deeper, block


@pytest.mark.parametrize("name", ["README.md", "README.ru.md"])
def test_a_readme_names_files_that_are_there(name: str, alone: Path, mixed: Path) -> None:
    for folder in (alone, mixed):
        listed = (folder / name).read_text(encoding="utf-8").split("\n\n")[3]
        found = re.findall(r"^- `([^`]+)`:", listed, re.MULTILINE)
        assert found
        assert all((folder / path).exists() for path in found)
        held = {path.name for path in folder.iterdir() if path.is_dir() or path.suffix == ".xml"}
        assert held <= {path.rstrip("/") for path in found}


def test_a_readme_says_what_a_reader_of_a_table_must_know(alone: Path, table: ProtectedTable) -> None:
    text = (alone / "README.md").read_text(encoding="utf-8")
    hidden = hidden_in(table)
    assert 0 < hidden < table.frame.height == 21
    for told in (
        "# Protected tables of counts: residents of Everland",
        f"Protected tables: 1; cells: 21, of them hidden: {hidden}.",
        "What was counted: column `persons`; unit: Persons",
        "Population: residents of Everland",
        "Edition: 15 January 2026",
        "counts below 5 are hidden",
        "total: `_T`; groups: `lowland` (`south`, `west`), `upland` (`north`, `east`); inner codes: `east`, `north`",
        "status C in the column `confidentiality_status`",
        "not to be read as any number",
    ):
        assert told in text, told
    # That a hidden cell holds somebody is more than the adversary of the attack knows.
    assert not re.search("not a zero|from 1 to", text)
    russian = (alone / "README.ru.md").read_text(encoding="utf-8")
    assert "Издание: 15 января 2026 г." in russian
    assert "нельзя читать как какое-либо число" in russian
    assert not re.search("не ноль|от 1 до", russian)
    assert not re.search(r"\b(hidden|cells|counted|inner)\b", russian)


def test_codes_are_told_apart_by_the_hierarchies(table: ProtectedTable) -> None:
    codes = codes_of(table, "region")
    assert (codes.total, set(codes.inner)) == ("_T", {"north", "east", "south", "west"})
    assert codes.groups == {"lowland": ("south", "west"), "upland": ("north", "east")}
    assert codes_of(table, "sex").groups == {}
    told = {field["name"]: field["description"] for field in protected_fields(table)}
    assert (
        told["region"]
        == "Code of region: _T is the total; groups: lowland, upland; every other code is an inner one."
    )


def test_a_hierarchy_with_its_own_top_names_its_own_total() -> None:
    tree = [["north", "all"], ["east", "all"], ["south", "all"], ["west", "all"], ["all", None]]
    frame = pl.DataFrame(tree, schema=["code", "parent"], orient="row")
    [made] = suppress_small_cells(
        {"t": COUNTS}, **GIVEN, rules=CountRules(), hierarchies={"region": [frame]}
    ).tables
    codes = codes_of(declared(made, hierarchies={"region": [tree]}), "region")
    assert (codes.total, len(codes.inner), codes.groups) == ("all", 4, {})


def test_the_reading_lines_work_as_they_stand(alone: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = (alone / "README.md").read_text(encoding="utf-8")
    [line] = re.findall(r"Python: `import polars; polars\.(.+?)`", text)
    monkeypatch.chdir(alone)
    assert eval(f"pl.{line}").equals(pl.read_csv("protected/by_sex.csv"))
    assert 'colClasses = c("region" = "character", "sex" = "character"' in text


@pytest.mark.parametrize("language", ["en", "ru"])
def test_each_method_is_said_in_words(language: str) -> None:
    rows = pl.DataFrame(
        {"region": ["a", "b"] * 3, "sender": list("uvwxyz"), "usd": [900.0, 400, 30, 80, 70, 60]}
    )
    amounts = suppress_amounts(
        rows,
        name="t",
        dimensions=["region"],
        amount="usd",
        contributor="sender",
        rules=AmountRules(p_percent=1),
    )
    made = {
        "at most 5": perturb_counts({"t": COUNTS}, **GIVEN, noise=NoiseRules(), secret=b"x" * 32),
        "multiples of 3": round_counts({"t": COUNTS}, **GIVEN, base=3),
        "counts below 3": suppress_small_cells(
            {"t": COUNTS}, **GIVEN, rules=CountRules(minimum=3, zeros=True)
        ),
        "rules refuse cells": suppress_small_cells({"t": COUNTS}, **GIVEN, rules=CountRules(minimum=1)),
        "give away a contributor": amounts,
    }
    said = {told: "\n".join(write_protected_section(one.tables, language)) for told, one in made.items()}
    if language == "en":
        assert all(told in text for told, text in said.items())
    else:
        lines = {text.split("Защита: ")[1].split("\n")[0] for text in said.values()}
        assert len(lines) == len(made)
        assert not any(re.search("[a-z]{3}|{", line) for line in lines)
    for told in ("at most 5", "multiples of 3"):
        assert translate("Edition: {edition}", language).split(":")[0] + ":" not in said[told], (
            "no edition was declared"
        )
        assert "confidentiality_status`" not in said[told].split("## ")[2], "nothing is hidden there"
    assert title_of_tables(amounts.tables) == "Protected tables: t"


def test_long_lists_of_codes_are_cut_and_say_so() -> None:
    many = pl.DataFrame({"region": [f"r{number:02}" for number in range(MOST_NAMED + 5)], "persons": 50})
    made = suppress_small_cells({"t": many}, dimensions=["region"], count="persons", rules=CountRules())
    text = "\n".join(write_protected_section(made.tables, "en"))
    assert "`r11` and 5 more" in text
    assert "r12" not in text


def test_the_licence_is_left_to_whoever_publishes(alone: Path, mixed: Path) -> None:
    for folder in (alone, mixed):
        told = texts(folder)
        assert "guzar cannot know it and states none" in told["LICENCE.md"]
        assert "`protected/by_sex`" in told["LICENCE.md"]
        assert "licenses" not in json.loads(told["datapackage.json"])
    assert "CC BY" not in "".join(texts(alone).values())


def test_citations_begin_with_the_title_and_name_table_and_edition(alone: Path) -> None:
    told, release = texts(alone), open_release(alone).id
    title = "Protected tables of counts: residents of Everland"
    assert told["CITATION.txt"].startswith(f"{title} (Release {release}) [Data set]. (2026).\n")
    line = "by_sex: persons by region, sex; population: residents of Everland; edition: 15 January 2026."
    assert f"- {line}\n" in told["CITATION.txt"]
    assert "издание: 15 января 2026 г.\n" in told["CITATION.txt"]
    assert told["citation.bib"].startswith(f"@misc{{{release},\n  title = {{{{{title}}}}}")
    assert told["citation.bib"].count("{") == told["citation.bib"].count("}")
    assert f"N1  - {line}" in told["citation.ris"]
    assert "AU  -" not in told["citation.ris"]


def test_figures_and_tables_together_are_each_cited_and_licensed_apart(mixed: Path) -> None:
    told, release = texts(mixed), open_release(mixed).id
    assert told["README.md"].startswith(
        "# Published figures on international migration in North and Central Asia. Prot"
    )
    for heading in (
        "Subjects",
        "Protected tables",
        "How to read the figures",
        "Definitions",
        "Open the figures",
    ):
        assert f"\n## {heading}\n" in told["README.md"]
    english, russian = told["CITATION.txt"].split("\n\n\n")
    for text in (english, russian):
        assert text.count(release) == 2
    assert re.findall(r"@misc\{(.+),", told["citation.bib"]) == [release, f"{release}-protected"]
    assert told["citation.ris"].count("TY  - DATA") == told["citation.ris"].count("ER  - ") == 2
    package = json.loads(told["datapackage.json"])
    for resource in package["resources"]:
        is_figure = not resource["path"].startswith("protected/")
        assert ("licenses" in resource, "sources" in resource) == (is_figure, is_figure)


def test_frictionless_accepts_both(alone: Path, mixed: Path) -> None:
    for folder in (alone, mixed):
        report = frictionless.Package(str(folder / "datapackage.json")).validate()
        assert report.valid, report.flatten(["rowNumber", "fieldName", "message"])[:5]
        assert "protected/by_sex.csv" in [task.place for task in report.tasks]


def test_a_release_of_tables_alone_reads_back(alone: Path, mixed: Path, figures) -> None:
    held = open_release(alone)
    assert held.figures().height == 0
    assert held.figures().columns == ReleasedFigures.column_names()
    assert held.damaged_files() == []
    assert open_release(mixed).figures().height == figures.height


def test_blurred_tables_are_not_called_free_as_counted() -> None:
    made = {
        "cell_key": perturb_counts({"t": COUNTS}, **GIVEN, noise=NoiseRules(), secret=b"x" * 32),
        "rounded": round_counts({"t": COUNTS}, **GIVEN, base=3),
    }
    for name, one in made.items():
        last = protected_fields(one.tables[0])[-1]
        assert last["name"] == "disclosure_method" == one.tables[0].frame.columns[-1]
        assert (
            last["constraints"]["enum"]
            == [name]
            == one.tables[0].frame["disclosure_method"].unique().to_list()
        )
        text = "\n".join(write_protected_section(one.tables, "en"))
        assert '"disclosure_method" = "character"' in text
