"""Every command can be asked for help, shows an example, and refuses in one message."""

import subprocess
import sys

import pytest
import typer
from typer.testing import CliRunner

from guzar.cli import application, main


def _commands() -> list[tuple[str, ...]]:
    found: list[tuple[str, ...]] = []

    def walk(command: object, path: tuple[str, ...]) -> None:
        below = getattr(command, "commands", None)
        if below is None:
            found.append(path)
        else:
            for name, inner in below.items():
                walk(inner, (*path, name))

    walk(typer.main.get_command(application()), ())
    return found


@pytest.mark.parametrize("path", _commands(), ids=" ".join)
def test_every_command_has_help_with_an_example(path: tuple[str, ...]) -> None:
    """Help says what the command does and shows one way to call it."""
    shown = CliRunner(env={"COLUMNS": "200", "TERM": "dumb"}).invoke(application(), [*path, "--help"])
    assert shown.exit_code == 0
    assert "Example" in shown.output
    for option in ("--quiet", "--json", "--lang"):
        assert option in shown.output


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["collect", "nonsense", "x", "--workspace", "y"], ["figures", "--nonsense"]]
)
def test_wrong_usage_is_one_message_and_exit_2(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """A wrong command, source or option ends with exit 2 and a message without traceback."""
    with pytest.raises(SystemExit) as stopped:
        main(arguments)
    said = capsys.readouterr()
    assert stopped.value.code == 2
    assert said.err.startswith("guzar: ")
    assert "Traceback" not in said.err


def test_python_m_guzar_works_like_guzar() -> None:
    """`python -m guzar` is the same command."""
    shown = subprocess.run(
        [sys.executable, "-m", "guzar", "--help"], capture_output=True, text=True, check=True
    )
    assert "migration" in shown.stdout


def test_help_and_versions_load_no_room() -> None:
    """They answer at once on a slow machine: what a command works with is loaded when it runs."""
    asked = "import sys\nfrom guzar.cli import main\ntry:\n    main(['--version'])\nfinally:\n    print(*sys.modules)"
    told = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    heavy = {"numba", "pandas", "duckdb", "scipy", "guzar.process.link", "guzar.demonstration"}
    assert not heavy & set(told.stdout.split())
