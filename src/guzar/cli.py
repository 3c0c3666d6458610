"""The command `guzar`: makes the application from the modules in `commands`, and turns errors into one message."""

import codecs
import importlib
import io
import os
import pkgutil
import sys

import typer
from typer import _click as click  # typer carries its own copy; its errors are not click's

from guzar import __version__, commands
from guzar.errors import EXIT_DONE, EXIT_USAGE, GuzarError, SettingsInvalid
from guzar.languages import LANGUAGES, preferred_language, translate

HELP = "Evidence on international migration in North and Central Asia: collect, process, analyse, protect, share, use."


def application() -> typer.Typer:
    """The whole command line, commands grouped by room."""
    app = typer.Typer(
        name="guzar",
        help=HELP,
        no_args_is_help=True,
        rich_markup_mode="markdown",
        pretty_exceptions_enable=False,
    )
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
    make_streams_speak()
    if given in ([], ["--version"]):
        sys.exit(_show_version() if given else _run(["--help"], preferred_language()))
    try:
        language = _language_of(given)
    except SettingsInvalid as error:
        sys.exit(_refuse(error.message(), error.exit_code))
    sys.exit(_run(given, language))


def _show_version() -> int:
    sys.stdout.write(f"guzar {__version__}\n")
    return EXIT_DONE


def _run(given: list[str], language: str) -> int:
    run = typer.main.get_command(application())
    _translate_help(run, language)
    try:
        code = run.main(given, prog_name="guzar", standalone_mode=False)
    except GuzarError as error:
        return _refuse(error.message(lambda text: translate(text, language)), error.exit_code)
    except typer.Abort:
        return _refuse(translate("Stopped. Nothing half-made was left behind.", language), 130)
    except click.exceptions.ClickException as error:
        return _refuse_usage(error, language)
    except OSError as error:
        return _refuse_path(error, language)
    except Exception as error:  # the last resort: a person gets a message, a developer sets GUZAR_DEBUG
        if os.environ.get("GUZAR_DEBUG"):
            raise
        return _refuse_unexpected(error, language)
    return code if isinstance(code, int) else EXIT_DONE


def _refuse(message: str, code: int) -> int:
    sys.stderr.write(f"guzar: {message}\n")
    return code


def _refuse_usage(error: click.exceptions.ClickException, language: str) -> int:
    """Wrong usage in the reader's language; a command called with nothing shows its help."""
    context = getattr(error, "ctx", None)
    if isinstance(error, click.exceptions.NoArgsIsHelpError) and context is not None:
        sys.stderr.write(context.get_help() + "\n")
        return EXIT_USAGE
    named = next(
        (str(name) for name in (getattr(error, "option_name", None), _name_of_parameter(error)) if name), ""
    )
    what = USAGE.get(type(error).__name__, "The command line is not right: {detail}")
    help_line = f"{context.command_path} --help" if context is not None else "guzar --help"
    refusal = SettingsInvalid(
        what,
        do="See how it is used: {help_line}",
        name=named,
        detail=error.format_message(),
        help_line=help_line,
    )
    return _refuse(refusal.message(lambda text: translate(text, language)), EXIT_USAGE)


# What wrong usage is called, by the name of the error.
USAGE = {
    "NoSuchOption": "There is no option {name}.",
    "MissingParameter": "{name} is missing.",
    "BadParameter": "The value of {name} cannot be used: {detail}",
}


def _name_of_parameter(error: click.exceptions.ClickException) -> str:
    parameter = getattr(error, "param", None)
    return "/".join(parameter.opts) if parameter is not None else ""


def _refuse_path(error: OSError, language: str) -> int:
    refusal = SettingsInvalid(
        "{path} cannot be read or written: {reason}.",
        expected="a file or folder that exists and may be written",
        do="Check the path, the free space and your rights there.",
        path=error.filename or "?",
        reason=(error.strerror or type(error).__name__).lower(),
    )
    return _refuse(refusal.message(lambda text: translate(text, language)), refusal.exit_code)


def _refuse_unexpected(error: Exception, language: str) -> int:
    """A fault of guzar itself. The kind of error is named, its text is not: it may quote data."""
    refusal = GuzarError(
        "A fault of guzar itself ({kind}); nothing was written under a final name.",
        do="Please report what you ran. With the variable GUZAR_DEBUG=1 the details are shown.",
        kind=type(error).__name__,
    )
    return _refuse(refusal.message(lambda text: translate(text, language)), refusal.exit_code)


def make_streams_speak() -> None:
    """Let a console that lacks a sign (cp866, ascii) show the nearest one instead of failing."""
    codecs.register_error("guzar", _nearest_sign)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="guzar")


SIGNS = {
    "—": "-",
    "–": "-",
    "−": "-",
    "«": '"',
    "»": '"',
    "“": '"',
    "”": '"',
    "’": "'",
    "…": "...",
    "→": "->",
    "←": "<-",
    "↓": "v",
    "·": ".",
    "\u00a0": " ",
    "\u202f": " ",
    "×": "x",
    "≤": "<=",
    "≥": ">=",
    "│": "|",
    "─": "-",
}


def _nearest_sign(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    missing = error.object[error.start : error.end]
    return "".join(SIGNS.get(letter, "?") for letter in missing), error.end


def _language_of(arguments: list[str]) -> str:
    asked = None
    for position, argument in enumerate(arguments):
        if argument == "--lang" and position + 1 < len(arguments):
            asked = arguments[position + 1]
        if argument.startswith("--lang="):
            asked = argument.removeprefix("--lang=")
    if asked is not None and asked not in LANGUAGES:
        raise SettingsInvalid(
            "There are no messages in the language {asked}.",
            expected="one of: en, ru",
            do="Leave out --lang, or choose one of these.",
            asked=asked,
        )
    return preferred_language(asked)


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
