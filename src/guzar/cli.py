"""The command `guzar`: makes the application from the modules in `commands`, and turns errors into one message."""

import importlib
import os
import pkgutil
import sys

import typer
from typer import _click as click  # typer carries its own copy; its errors are not click's

from guzar import commands
from guzar.errors import EXIT_USAGE, GuzarError
from guzar.languages import preferred_language, translate

HELP = "Evidence on international migration in North and Central Asia: collect, process, analyse, protect, share, use."


def application() -> typer.Typer:
    """The whole command line, commands grouped by room."""
    app = typer.Typer(name="guzar", help=HELP, no_args_is_help=True, rich_markup_mode="markdown",
                      pretty_exceptions_enable=False)
    for module in sorted(pkgutil.iter_modules(commands.__path__), key=lambda m: m.name):
        add = getattr(importlib.import_module(f"guzar.commands.{module.name}"), "add_commands", None)
        if add is not None:
            add(app)
    app.callback()(_say_nothing)
    return app


def _say_nothing() -> None:
    """Evidence on international migration in North and Central Asia."""


def main(arguments: list[str] | None = None) -> None:
    """Run `guzar`; every refusal is one message on stderr and a non-zero exit, never a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    language = _language_of(given)
    run = typer.main.get_command(application())
    _translate_help(run, language)
    try:
        code = run.main(given, prog_name="guzar", standalone_mode=False)
    except GuzarError as error:
        code = _refuse(error.message(lambda text: translate(text, language)), error.exit_code)
    except typer.Abort:
        code = _refuse(translate("Stopped. Nothing half-made was left behind.", language), 130)
    except click.exceptions.ClickException as error:
        code = _refuse(error.format_message(), EXIT_USAGE)
    sys.exit(code if isinstance(code, int) else 0)


def _refuse(message: str, code: int) -> int:
    sys.stderr.write(f"guzar: {message}\n")
    return code


def _language_of(arguments: list[str]) -> str:
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            return preferred_language(arguments[position + 1])
        if argument.startswith("--lang="):
            return preferred_language(argument.removeprefix("--lang="))
    return preferred_language()


def _translate_help(command: click.core.Command, language: str) -> None:
    """Put the help of a command and all below it into the reader's language."""
    if language == "en" or os.environ.get("_GUZAR_COMPLETE"):
        return
    command.help = translate(command.help or "", language)
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = translate(parameter.help, language)  # type: ignore[attr-defined]
    for below in getattr(command, "commands", {}).values():
        _translate_help(below, language)
