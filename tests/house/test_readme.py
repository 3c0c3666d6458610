"""What README and docs promise can be done: commands parse and run, the Python block works, links resolve."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import typer
from tests.collect.sources.made_up_files import workbook

from guzar import journey
from guzar.cli import application, main
from guzar.collect.sources import layouts
from guzar.define import definitions as definition_list
from guzar.define import sources as source_list
from guzar.define.areas import areas
from guzar.define.definitions import FIELDS, Definition, register_definitions
from guzar.define.sources import Source, register_source
from guzar.errors import DeliveryRefused
from guzar.store import open_workspace

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
DOCS = sorted((ROOT / "docs").rglob("*.md"))
PAGES = [README, ROOT / "README.ru.md", *DOCS]
BLOCK = re.compile(r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\]\(([^)\s]+)\)")
INLINE = re.compile(r"`(guzar [^`]+)`")
PLACEHOLDER = re.compile(r"…|\b[A-Z]{4,}\b|\[")  # SOURCE, FILE, WORKSPACE stand for something
CODE_LINES = 20
FEWEST_WITH_COMMANDS = 5  # of the documents


def _blocks(page: Path, kinds: tuple[str, ...]) -> list[str]:
    return [body for kind, body in BLOCK.findall(page.read_text(encoding="utf-8")) if kind in kinds]


def _commands(page: Path) -> list[str]:
    lines = [line for body in _blocks(page, ("", "sh", "bat")) for line in body.splitlines()]
    return [line for line in lines if line.startswith("guzar ")]


def _refusal(line: str) -> str:
    """What is wrong with a command line, read with all its options and not run; nothing where it can be run."""
    command: Any = typer.main.get_command(application())
    words = shlex.split(line, comments=True)[1:]
    while hasattr(command, "commands"):
        if not words or words[0] not in command.commands:
            return f"{line}: no such command"
        command = command.commands[words.pop(0)]
    if "--help" in words:
        return ""
    try:
        command.make_context(line, words)
    except Exception as problem:
        return f"{line}: {problem}"
    return ""


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_command_in_a_code_block_parses(page: Path) -> None:
    """A reader may copy any line: the command, its options and what they require exist."""
    assert [refusal for line in _commands(page) if (refusal := _refusal(line))] == []


def test_a_command_that_does_not_exist_is_noticed() -> None:
    """The reading of commands in the documents can fail, and most documents hold commands."""
    assert _refusal("guzar collect --list") == ""
    assert "no such command" in _refusal("guzar collekt --list")
    assert "--frobnicate" in _refusal("guzar collect --frobnicate")
    assert len([page for page in PAGES if _commands(page)]) >= FEWEST_WITH_COMMANDS


def test_every_command_named_in_the_readme_parses() -> None:
    """Commands in the text of the README are as real as those in its blocks."""
    named = [
        code for code in INLINE.findall(README.read_text(encoding="utf-8")) if not PLACEHOLDER.search(code)
    ]
    assert "guzar collect --list" in named
    for code in named:
        if code not in ("guzar --install-completion", "guzar collect own_table"):
            assert _refusal(code) == ""


def _made_up_stock() -> str:
    """A made-up table by origin and destination in the publisher's tidy form; a layout looks at the form only."""
    countries = areas().filter(pl.col("kind") == "country")["code"].to_list()
    rows = [
        f"{year},total,{orig},{dest},{1000 + year}"
        for year in (2015, 2020)
        for dest in countries
        for orig in ("KGZ", "TJK", "UZB")
        if orig != dest
    ]
    return "\n".join(["year,sex,orig,dest,stock", *rows, ""])


def _run(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as stopped:
        main(shlex.split(line, comments=True)[1:])
    said = capsys.readouterr()
    assert stopped.value.code == 0, f"{line}\n{said.err}"
    return said.out


def test_the_commands_of_the_readme_run_without_a_network(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What the README shows under “What it does”, line by line, in an empty folder."""
    monkeypatch.chdir(tmp_path)
    Path("stock-2020.xlsx").write_text(_made_up_stock(), encoding="utf-8")
    Path("claims.csv").write_text(
        "id,area,indicator,year,value,unit\n1,UZB,remittances_received_percent_gdp,2022,20.6,percent\n",
        encoding="utf-8",
    )
    lines = _commands(README)
    assert len(lines) >= 5
    for line in lines:
        assert _run(line, capsys), line
    revised = pl.read_csv("uzb.csv")
    assert {20.63, 17.22} <= set(revised["value"])
    assert pl.read_csv("verdicts.csv")["verdict"].to_list() == ["agrees_with_edition"]
    assert Path("release/structure.xml").is_file()
    assert "<html" in Path("site/index.html").read_text(encoding="utf-8")


def test_the_claims_template_can_be_checked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The template of the how-to page is a valid list of claims and gives the verdicts that the page prints."""
    monkeypatch.chdir(tmp_path)
    page = ROOT / "docs" / "how-to" / "check-claims.md"
    [template] = _blocks(page, ("csv",))
    Path("claims.csv").write_text(template, encoding="utf-8")
    _run("guzar claims check claims.csv --out verdicts.csv", capsys)
    counted = dict(pl.read_csv("verdicts.csv")["verdict"].value_counts().iter_rows())
    told = re.findall(r"^ (\w+) +(\d) ", page.read_text(encoding="utf-8"), re.MULTILINE)
    assert counted == {verdict: int(count) for verdict, count in told}


@pytest.fixture
def my_office() -> Iterator[None]:
    """A source and a definition that are known for the length of a test."""
    about = dict.fromkeys(FIELDS, "") | {
        "id": "my_arrivals",
        "indicator": "my_arrivals",
        "source": "my_office",
        "series": "arrivals",
        "unit": "persons",
        "scale": "1",
        "concept": "residence",
        "measure": "flow",
        "direction": "in",
        "unknown_origins": "inside",
        "status": "observed",
        "evidence": "reference_year",
    }
    register_source(Source("my_office", "My office", "", "My office", "Arrivals", "see publisher", "", ""))
    register_definitions([Definition(**about)])
    yield
    source_list.sources.cache_clear()
    definition_list.definitions.cache_clear()
    definition_list.indicators.cache_clear()


def _readme_reader() -> dict[str, Any]:
    """The module that the README prints, executed."""
    [module] = [body for body in _blocks(README, ("python",)) if "LAYOUTS" in body]
    made: dict[str, Any] = {}
    exec(compile(module, "README.md", "exec"), made)
    return made


def test_a_source_takes_twenty_lines() -> None:
    """The heading promises twenty lines of code."""
    [module] = [body for body in _blocks(README, ("python",)) if "LAYOUTS" in body]
    assert "## Add a source in 20 lines" in README.read_text(encoding="utf-8")
    assert len([line for line in module.splitlines() if line.strip()]) <= CODE_LINES


@pytest.mark.usefixtures("my_office")
def test_the_source_of_the_readme_works(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A made-up workbook read by the README's module: observations, a missing mark, a refused row."""
    monkeypatch.setitem(layouts(), "my_office", list(_readme_reader()["LAYOUTS"]))
    place = open_workspace(tmp_path / "work", create=True)
    book = workbook(
        {
            "Arrivals": [
                ["Arrivals, persons"],
                ["Country", 2023, 2024],
                ["Kyrgyzstan", 120, 131],
                ["Türkiye", "..", 7],
                ["Atlantis", 1, 2],
            ]
        },
        "arrivals.xlsx",
    )
    done = journey.collect_delivery(place, "my_office", book, received="2026-11-21")
    assert (done.edition, done.kept, done.refused) == ("2025-02", 4, 2)
    assert dict(done.reasons) == {"the area is not in the list of areas": 2}
    held = journey.load_observations(place).sort("area", "period")
    assert held.select("area", "period", "value", "observation_status", "last_observed").rows() == [
        ("KGZ", "2023", 120.0, "observed", 2023),
        ("KGZ", "2024", 131.0, "observed", 2024),
        ("TUR", "2023", None, "not_known", None),
        ("TUR", "2024", 7.0, "observed", 2024),
    ]
    assert set(held["unit"]) == {"persons"}


@pytest.mark.usefixtures("my_office")
def test_the_source_of_the_readme_refuses_another_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A workbook without the column gets one clear refusal, and nothing is stored."""
    monkeypatch.setitem(layouts(), "my_office", list(_readme_reader()["LAYOUTS"]))
    place = open_workspace(tmp_path / "work", create=True)
    book = workbook({"Arrivals": [["Country", 2023], ["Kyrgyzstan", 120]]}, "arrivals.xlsx")
    with pytest.raises(DeliveryRefused, match="missing: 2024"):
        journey.collect_delivery(place, "my_office", book, received="2026-11-21")
    assert not (tmp_path / "work" / "data").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_relative_link_resolves(page: Path) -> None:
    """A link inside the repository leads to a file or folder that is there, and to a heading that it has."""
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        if "://" in target or target.startswith("mailto:"):
            continue
        path, _, heading = target.partition("#")
        place = page.parent / path if path else page
        assert place.exists(), f"{page.name}: {target}"
        if heading:
            assert heading in _headings(place), f"{page.name}: {target}"


def _headings(page: Path) -> set[str]:
    titles = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}


def test_every_method_has_a_page_in_the_index() -> None:
    """Every page of methods is linked from the index of methods."""
    folder = ROOT / "docs" / "methods"
    linked = set(LINK.findall((folder / "README.md").read_text(encoding="utf-8")))
    assert {page.name for page in folder.glob("*.md")} - {"README.md"} <= linked


def test_every_how_to_page_is_linked() -> None:
    """A how-to page that nothing links to is never found."""
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
    }
    pages = list((ROOT / "docs" / "how-to").glob("*.md"))
    assert len(pages) > 1
    assert [page.name for page in pages if page.resolve() not in linked] == []


def test_two_commands_and_ci_runs_the_one_for_tests() -> None:
    """The README names `make demo` and `make test`, the Makefile has every target named, and CI runs `make test`."""
    text = README.read_text(encoding="utf-8")
    named = set(
        re.findall(
            r"\bmake ([a-z]+)\b", "\n".join([*_blocks(README, ("",)), *re.findall(r"`([^`]+)`", text)])
        )
    )
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {"demo", "test"} <= named <= targets
    commands = [
        line
        for line in (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
        if not line.startswith("#")
    ]
    assert commands[-1] == "make test"
