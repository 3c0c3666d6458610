"""The command `guzar`: makes the application from the modules in `commands`, and turns errors into one message."""

import codecs
import errno
import importlib
import io
import os
import pkgutil
import sys
from typing import Annotated

import typer
from typer import _click as click  # typer carries its own copy; its errors are not click's

from guzar import __version__, commands
from guzar.commands.help_words import put_help_into_words
from guzar.commands.speaker import Json, Language, Quiet
from guzar.commands.usage import explain_usage, language_asked, place_shared_options
from guzar.errors import EXIT_DONE, EXIT_USAGE, GuzarError, SettingsInvalid
from guzar.languages import preferred_language, translate
from guzar.store import own_temporary_folder

EXIT_STOPPED = 130
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
    app.callback()(_take_shared_options)
    return app


def _show_version(asked: bool) -> None:
    if asked:
        sys.stdout.write(f"guzar {__version__}\n")
        raise typer.Exit


def _take_shared_options(
    lang: Language = None,
    quiet: Quiet = False,
    as_json: Json = False,
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and stop."),
    ] = False,
) -> None:
    """Shown in the help; the first three are placed behind the command before it is parsed."""


def main(arguments: list[str] | None = None) -> None:
    """Run `guzar`; every refusal is one message on stderr and a non-zero exit, never a traceback."""
    given = sys.argv[1:] if arguments is None else arguments
    make_streams_speak()
    try:
        language = preferred_language(language_asked(given))
    except SettingsInvalid as error:
        sys.exit(_refuse(error, preferred_language()))
    with own_temporary_folder():
        code = _run_to_its_end(given, language)
    sys.exit(code)


def _run_to_its_end(given: list[str], language: str) -> int:
    """Run, and say the last word; a reader who closes the pipe (`| head`) has seen enough, which is no fault."""
    try:
        code = _run(given, language)
        sys.stdout.flush()
    except BrokenPipeError:
        _speak_to_nobody()
        return EXIT_DONE
    except SystemExit as stop:  # what click and rich make of a closed pipe
        if not isinstance(stop.__context__, BrokenPipeError):
            raise
        _speak_to_nobody()
        return EXIT_DONE
    return code


def _speak_to_nobody() -> None:
    """Send what is left to nowhere, so that the interpreter does not try the closed pipe again at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
    os.close(nowhere)


def _run(given: list[str], language: str) -> int:
    run = typer.main.get_command(application())
    if not os.environ.get("_GUZAR_COMPLETE"):
        put_help_into_words(run, language)
    try:
        code = run.main(
            place_shared_options(given, run) or ["--help"], prog_name="guzar", standalone_mode=False
        )
    except click.exceptions.NoArgsIsHelpError:
        return EXIT_USAGE  # a command called with nothing has shown its help
    except typer.Abort:
        return _refuse(GuzarError("Stopped. Nothing half-made was left behind."), language, EXIT_STOPPED)
    except BrokenPipeError:
        raise
    except Exception as error:
        return _refuse(_as_refusal(error), language)
    return code if isinstance(code, int) else EXIT_DONE


def _as_refusal(error: Exception) -> GuzarError:
    """Any error as a refusal; one that nobody foresaw is raised again where a developer sets GUZAR_DEBUG."""
    if isinstance(error, GuzarError):
        return error
    if isinstance(error, click.exceptions.ClickException):
        return explain_usage(error)
    if isinstance(error, OSError):
        return _explain_path(error)
    if os.environ.get("GUZAR_DEBUG"):
        raise error
    return _explain_fault(error)


def _refuse(error: GuzarError, language: str, code: int | None = None) -> int:
    sys.stderr.write(f"guzar: {error.message(lambda text: translate(text, language))}\n")
    return error.exit_code if code is None else code


# What the system says, in words that can be translated.
REASONS = {
    errno.ENOENT: "there is no such file or folder",
    errno.EEXIST: "it exists already",
    errno.EISDIR: "it is a folder and not a file",
    errno.ENOTDIR: "a part of the path is no folder",
    errno.EACCES: "you have no right to it",
    errno.EPERM: "you have no right to it",
    errno.EROFS: "nothing can be written there",
    errno.ENOSPC: "no space is left",
    errno.ENAMETOOLONG: "the name is too long",
}


def _explain_path(error: OSError) -> SettingsInvalid:
    return SettingsInvalid(
        "{path} cannot be read or written: {reason}.",
        expected="a file or folder that exists and may be written",
        do="Check the path, the free space and your rights there.",
        path=error.filename or "?",
        reason=(REASONS.get(error.errno or 0, "the system refused"),),
    )


def _explain_fault(error: Exception) -> GuzarError:
    """A fault of guzar itself. The kind of error is named, its text is not: it may quote data."""
    return GuzarError(
        "A fault of guzar itself ({kind}); nothing was written under a final name.",
        do="Please report what you ran. With the variable GUZAR_DEBUG=1 the details are shown.",
        kind=type(error).__name__,
    )


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
