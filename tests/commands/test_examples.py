"""Every example can be typed as it stands: in the help of both languages, in README and in the docs."""

import os
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from tests.house.test_readme import _made_up_stock

from guzar.cli import application, main
from guzar.languages import translate

ROOT = Path(__file__).parents[2]
PAGES = [*sorted(ROOT.glob("README*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
BLOCK = re.compile(
    r"^```(\w*)\n(.*?)^```", re.MULTILINE | re.DOTALL
)  # of any kind: a closing mark opens nothing
TYPED = ("", "sh", "bat")
INLINE = re.compile(r"`(guzar [^`]+)`")
IN_HELP = re.compile(r"(?:^|: )(guzar .+)$", re.MULTILINE)
PLACEHOLDER = re.compile(
    r"…|[|]|\s\[|\b[A-Z]{4,}\b|\s(?:--\w+ )?[A-Z]$|--\w+ [A-Z]\b"
)  # FILE, --out F: not meant to be typed
PROMISED = re.compile(r"#\s+(\d{1,3}(?:,\d{3})+)")  # a number that the page says will be shown
SLOW = ("demo", "site")  # the demo and the site run in tests of their own (test_bundle, test_readme)
SAVED = re.compile(r"`((?:[\w-]+/)?[\w-]+\.csv)`[^`]*\n\n```csv\n(.*?)^```", re.MULTILINE | re.DOTALL)
BROUGHT = re.compile(r".+\.(?:csv|xlsx|xls|toml|gz|parquet)")


def _help_texts(command: Any) -> Iterator[str]:
    yield command.help or ""
    for below in getattr(command, "commands", {}).values():
        yield from _help_texts(below)


def _examples() -> list[str]:
    """Every example line once, with its comment."""
    helps = list(_help_texts(typer.main.get_command(application())))
    found = [line for text in helps for say in ("en", "ru") for line in IN_HELP.findall(translate(text, say))]
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        bodies = [body for kind, body in BLOCK.findall(text) if kind in TYPED]
        lines = [line.strip() for body in bodies for line in body.splitlines()]
        found += [line for line in lines if line.startswith("guzar ")] + INLINE.findall(text)
    typed = [line for line in found if not PLACEHOLDER.search(line.partition("#")[0].strip())]
    return [line for line in dict.fromkeys(typed) if not _is_left_out(shlex.split(line, comments=True))]


def _is_left_out(words: list[str]) -> bool:
    """Slow, in need of a network, or only the name of a command in a sentence."""
    return (
        words[1] in (*SLOW, "--install-completion") or "--live" in words or _names_a_command_only(words[1:])
    )


def _names_a_command_only(words: list[str]) -> bool:
    command: Any = typer.main.get_command(application())
    for word in words:
        command = getattr(command, "commands", {}).get(word)
    return command is not None or words in (["collect", "own_table"], ["collect", "sdmx_services"])


def _needs_a_file_that_is_not_there(words: list[str]) -> bool:
    outs = {words[i + 1] for i, word in enumerate(words[:-1]) if word == "--out"}
    # A hierarchy is named with its dimension: region=regions.csv.
    named = [word.rpartition("=")[2] for word in words if BROUGHT.fullmatch(word) and word not in outs]
    named += [
        words[i + 1] for i, word in enumerate(words[:-1]) if word in ("--run", "--persons")
    ]  # a folder that a run made, a list of the reader
    asked = words[words.index("--indicator") + 1] if "--indicator" in words else ""
    figures = ("", "migrant_stock", "work_permits_in_force")
    if (
        words[0] in ("serve", "changes") and "--help" not in words
    ):  # one runs until it is stopped, the other needs two releases
        return True
    must_be_collected = "--workspace" in words and (words[0] == "survey" or asked not in figures)
    return must_be_collected or any(not Path(name).exists() for name in named)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder with what the pages tell the reader to save: a list of claims, a table with its mapping, a workspace."""
    place = tmp_path_factory.mktemp("examples")
    before = Path.cwd()
    os.chdir(place)
    how_to = ROOT / "docs" / "how-to"
    table = (how_to / "own-table.md").read_text(encoding="utf-8")
    claims = (how_to / "check-claims.md").read_text(encoding="utf-8")
    Path("permits.csv").write_bytes(_block(table, "csv").encode("windows-1251"))
    Path("permits.toml").write_text(_block(table, "toml"), encoding="utf-8")
    Path("claims.csv").write_text(_block(claims, "csv"), encoding="utf-8")
    Path("stock-2020.xlsx").write_text(_made_up_stock(), encoding="utf-8")
    Path("noise.key").write_text("0123456789abcdef" * 4, encoding="utf-8")
    counts = (how_to / "protect-a-table.md").read_text(encoding="utf-8")
    records = (how_to / "collect-records.md").read_text(encoding="utf-8")
    Path("march-receipt.toml").write_text(_block(records, "toml"), encoding="utf-8")
    moves = (how_to / "internal-moves.md").read_text(encoding="utf-8")
    flows = (how_to / "estimate-flows.md").read_text(encoding="utf-8")
    saved = [table for page in (counts, records, moves, flows) for table in SAVED.findall(page)]
    for name, table in saved:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(table, encoding="utf-8")
    for line in (
        "guzar collect own_table permits.csv --mapping permits.toml --workspace work --quiet",
        "guzar collect un_migrant_stock stock-2020.xlsx --workspace work --quiet",
    ):
        assert _exit_code(shlex.split(line)[1:]) == 0
    with Path("work", "guzar.toml").open("a", encoding="utf-8") as settings:
        declared = [body for kind, body in BLOCK.findall(counts) if kind == "toml"]
        assert declared[0].startswith("format = 2\n"), "the first line of a new workspace"
        settings.write("\n".join(body.removeprefix("format = 2\n") for body in declared))
    yield place
    os.chdir(before)


def _block(page: str, kind: str) -> str:
    found = re.search(rf"^```{kind}\n(.*?)^```", page, re.MULTILINE | re.DOTALL)
    assert found is not None
    return found[1]


def _exit_code(words: list[str]) -> int:
    with pytest.raises(SystemExit) as stopped:
        main(words)
    return int(stopped.value.code or 0)


def test_there_are_examples_to_try() -> None:
    """The patterns above find the help of all commands and the pages."""
    tried = {" ".join(shlex.split(line)[1:2]) for line in _examples()}
    assert {
        "check-sources",
        "claims",
        "collect",
        "figures",
        "prices",
        "protect",
        "attack",
        "publish",
        "remittances",
        "table",
        "trace",
    } <= tried


@pytest.mark.parametrize("line", _examples())
def test_an_example_runs(line: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit 0, something said, and the number that the page promises beside the line."""
    words = shlex.split(line, comments=True)[1:]
    if _needs_a_file_that_is_not_there(words):
        _parse(words)
        return
    if words[0] == "publish" and "--out" in words:
        words[words.index("--out") + 1] += (
            f"-{len(list(folder.iterdir()))}"  # a release is never written over
        )
    code = _exit_code(words)
    said = capsys.readouterr()
    assert code == 0, f"{line}\n{said.err}"
    assert said.out, line
    promised = PROMISED.search(line)
    assert promised is None or promised[1] in said.out, f"{line}\n{said.out}"


def _parse(words: list[str]) -> None:
    """A line that needs the reader's own file is parsed with all its options, and not run."""
    command: Any = typer.main.get_command(application())
    while hasattr(command, "commands"):
        command = command.commands[words.pop(0)]
    assert command.make_context("guzar", words) is not None
