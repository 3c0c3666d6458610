"""What a person typed: options for every command may stand before or after it; wrong usage is one message.

The command parser's own words are English and never shown: its errors are told by kind, with the nearest name.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from typer import _click as click  # typer carries its own copy; its errors are not click's

from guzar.define.nearest import did_you_mean
from guzar.errors import SettingsInvalid
from guzar.languages import LANGUAGES

LANGUAGE = "--lang"
FLAGS = ("--quiet", "--json")
SEE = "See how it is used: {help_line}"


def language_asked(arguments: Sequence[str]) -> str | None:
    """The language after --lang, wherever it stands; refused where guzar does not speak it."""
    asked = None
    for position, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == LANGUAGE and position + 1 < len(arguments):
            asked = arguments[position + 1]
        if argument.startswith(f"{LANGUAGE}="):
            asked = argument.removeprefix(f"{LANGUAGE}=")
    if asked is not None and asked.casefold() not in LANGUAGES:
        raise SettingsInvalid(
            "There are no messages in the language {asked}.",
            expected="one of: en, ru",
            do="Leave out --lang, or choose one of these.",
            asked=asked,
        )
    return asked


def place_shared_options(arguments: Sequence[str], command: Any) -> list[str]:
    """The arguments with --lang, --quiet and --json behind the command, where a person wrote them before it.

    Raises SettingsInvalid, with the nearest name, for a command that does not exist.
    """
    early: list[str] = []
    path: list[str] = []
    rest = list(arguments)
    while rest and hasattr(command, "commands"):
        word = rest[0]
        width = _width_of_shared_option(word)
        if width:
            if len(rest) < width:
                raise _needs_value(word, " ".join(["guzar", *path]))
            early, rest = [*early, *rest[:width]], rest[width:]
        elif word.startswith("-"):
            return [*path, *_without_shared_options(rest)]  # --help, --version: there is no command to speak
        else:
            command = _find_command(word, command.commands, path)
            path.append(rest.pop(0))
    return [*path, *rest] if hasattr(command, "commands") else [*path, *early, *rest]


def _without_shared_options(words: Sequence[str]) -> list[str]:
    kept, rest = list[str](), list(words)
    while rest:
        width = _width_of_shared_option(rest[0])
        kept += [] if width else rest[:1]
        rest = rest[width or 1 :]
    return kept


def _width_of_shared_option(word: str) -> int:
    """How many arguments a shared option takes with its value; 0 for anything else."""
    if word == LANGUAGE:
        return 2
    return int(word in FLAGS or word.startswith(f"{LANGUAGE}="))


def _find_command(word: str, known: Mapping[str, Any], path: Sequence[str]) -> Any:
    if word in known:
        return known[word]
    near = did_you_mean(word, known)
    raise SettingsInvalid(
        "There is no command called {name}. Did you mean {near}?"
        if near
        else "There is no command called {name}.",
        expected="one of: {known}",
        do=SEE,
        name=word,
        near=near,
        known=", ".join(sorted(known)),
        help_line=" ".join(["guzar", *path, "--help"]),
    )


def explain_usage(error: click.exceptions.ClickException) -> SettingsInvalid:
    """A usage error of the command parser as guzar's own refusal; nothing of the parser's text is quoted."""
    context = getattr(error, "ctx", None)
    called = context.command_path if context is not None else "guzar"
    if isinstance(error, click.exceptions.NoSuchOption):
        return _no_such_option(error, called)
    if isinstance(error, click.exceptions.MissingParameter):
        return _missing(error, called)
    if isinstance(error, click.exceptions.BadParameter):
        return _wrong_value(error, called)
    if isinstance(error, click.exceptions.BadOptionUsage):
        return _wrong_option(error, called)
    return _other(error, called)


def _no_such_option(error: click.exceptions.NoSuchOption, called: str) -> SettingsInvalid:
    near = ", ".join(sorted(error.possibilities or ()))
    return SettingsInvalid(
        "There is no option {name}. Did you mean {near}?" if near else "There is no option {name}.",
        do=SEE,
        name=error.option_name,
        near=near,
        help_line=f"{called} --help",
    )


def _missing(error: click.exceptions.BadParameter, called: str) -> SettingsInvalid:
    return SettingsInvalid(
        "{name} is missing.", do=SEE, name=_name_of(error.param), help_line=f"{called} --help"
    )


# What an option or argument takes, by the type that its function declares.
WANTED = {int: "a whole number", float: "a number", bool: "nothing after it"}
FROM_TO = {int: "a whole number from {least} to {most}", float: "a number from {least} to {most}"}
AT_LEAST = {int: "a whole number, at least {least}", float: "a number, at least {least}"}


def _wrong_value(error: click.exceptions.BadParameter, called: str) -> SettingsInvalid:
    kind = getattr(getattr(error.param, "type_descriptor", None), "annotation", str)
    least, most = (getattr(error.param, name, None) for name in ("min", "max"))
    wanted = WANTED.get(kind, "a value that the help describes")
    if least is not None:
        wanted = (FROM_TO if most is not None else AT_LEAST).get(kind, wanted)
    return SettingsInvalid(
        "The value of {name} cannot be used.",
        expected=wanted,
        do=SEE,
        name=_name_of(error.param),
        least=least,
        most=most,
        help_line=f"{called} --help",
    )


def _wrong_option(error: click.exceptions.BadOptionUsage, called: str) -> SettingsInvalid:
    parameters = error.ctx.command.params if error.ctx is not None else []
    is_flag = any(getattr(p, "is_flag", False) for p in parameters if error.option_name in p.opts)
    if not is_flag and "does not take" not in error.message:
        return _needs_value(error.option_name, called)
    return SettingsInvalid(
        "{name} takes no value.", do=SEE, name=error.option_name, help_line=f"{called} --help"
    )


def _needs_value(option: str, called: str) -> SettingsInvalid:
    return SettingsInvalid(
        "{name} needs a value after it.", do=SEE, name=option, help_line=f"{called} --help"
    )


def _other(error: click.exceptions.ClickException, called: str) -> SettingsInvalid:
    extra = re.search(r"unexpected extra arguments?(?:\(s\))? \((.*)\)", error.message)
    return SettingsInvalid(
        "The command takes fewer words; these are too many: {extra}"
        if extra
        else "The command line is not right.",
        do=SEE,
        extra=extra[1] if extra else "",
        help_line=f"{called} --help",
    )


def _name_of(parameter: Any) -> str:
    """An option by what is typed, an argument by its name in the help."""
    if parameter is None:
        return ""
    is_option = any(name.startswith("-") for name in parameter.opts)
    return "/".join(parameter.opts) if is_option else str(parameter.display_name_raw)
