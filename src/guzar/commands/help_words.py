"""The help in the reader's language: what typer prints around guzar's own texts is put into words here.

typer has no translations of its own: titles are constants of its module, the line of usage and the names of types
are fixed in English. Each is set for one run, on the commands of that run, in English as in Russian.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from typer import rich_utils

from guzar.languages import translate

ROOMS = ("Define", "Collect", "Process", "Analyse", "Protect", "Share", "Use")
TYPES = {str: "text", int: "number", float: "number", Path: "path", list[Path]: "paths", list[str]: "text"}
HELP = "Show this help and stop."


def put_help_into_words(command: Any, language: str) -> None:
    """Put the help of a command and of all below it into the reader's language, rooms in the order of the house."""
    _set_titles(language)
    _put_into_words(command, lambda text: translate(text, language))
    command.commands = dict(sorted(command.commands.items(), key=lambda pair: _place(pair[1])))


def _set_titles(language: str) -> None:
    rich_utils.ARGUMENTS_PANEL_TITLE = translate("Arguments", language)
    rich_utils.OPTIONS_PANEL_TITLE = translate("Options", language)
    rich_utils.COMMANDS_PANEL_TITLE = translate("Commands", language)
    rich_utils.REQUIRED_LONG_STRING = translate("[required]", language)
    rich_utils.DEFAULT_STRING = translate("[default: {}]", language)


def _put_into_words(command: Any, say: Callable[[str], str]) -> None:
    command.room = command.rich_help_panel
    command.help = say(command.help or "")
    command.rich_help_panel = (
        say(command.rich_help_panel) if isinstance(command.rich_help_panel, str) else None
    )
    command.options_metavar = say("[OPTIONS]")
    in_english = command.get_usage
    command.get_usage = lambda context: in_english(context).replace("Usage: ", say("Usage: "), 1)
    for parameter in _parameters(command):
        _put_parameter_into_words(parameter, say)
    if hasattr(command, "commands"):
        command.subcommand_metavar = say("COMMAND [ARGUMENTS]...")
        for below in command.commands.values():
            _put_into_words(below, say)


def _parameters(command: Any) -> list[Any]:
    """What a command takes, the option --help that typer adds among it."""
    from typer import Context  # noqa: PLC0415

    help_option = command.get_help_option(Context(command))
    help_option.help = HELP
    return [*command.params, help_option]


def _put_parameter_into_words(parameter: Any, say: Callable[[str], str]) -> None:
    if parameter.help:
        parameter.help = say(parameter.help)
    if parameter.metavar:
        parameter.metavar = say(parameter.metavar)
    kind = TYPES.get(parameter.type_descriptor.annotation)
    shown = f"<{say(kind)}>" if kind else None  # a switch takes nothing
    parameter.display_type_rich = lambda ctx: shown


def _place(command: Any) -> int:
    """Where the room of a command stands in the house."""
    return ROOMS.index(command.room) if command.room in ROOMS else len(ROOMS)
