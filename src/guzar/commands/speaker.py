"""How commands speak: language, summary as text or JSON, quiet, progress bars. Shared by every command."""

import functools
import inspect
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Annotated, Any, TextIO, get_type_hints

import polars as pl
import typer
from rich.console import Console
from rich.progress import Progress

from guzar.errors import SettingsInvalid
from guzar.languages import preferred_language, translate, translate_count
from guzar.languages.numbers import write_number
from guzar.store import write_table

Quiet = Annotated[bool, typer.Option("--quiet", help="Print nothing but refusals.")]
Json = Annotated[bool, typer.Option("--json", help="Print the summary as JSON on stdout.")]
Language = Annotated[str | None, typer.Option("--lang", help="Language of messages: en or ru.")]
OPTIONS = {"quiet": Quiet, "as_json": Json, "lang": Language}
Out = Annotated[
    Path | None,
    typer.Option(help="Output table: .csv, .csv.gz or .parquet; - for CSV on stdout. Default: shown."),
]
STDOUT = Path("-")


@dataclass
class Speaker:
    """Speaks to the person at the terminal, or to the program behind a pipe."""

    language: str = field(default_factory=preferred_language)
    quiet: bool = False
    as_json: bool = False
    is_stdout_taken: bool = False  # by a table: messages then go to stderr

    def text(self, message: str, **values: object) -> str:
        """A message in the reader's language, with its values."""
        return translate(message, self.language).format(**values)

    def count(self, one: str, many: str, count: int, **values: object) -> str:
        """A counted phrase in the reader's language."""
        return translate_count(one, many, count, self.language).format(count=count, **values)

    def number(self, value: float | None, decimals: int | None = None, *, signed: bool = False) -> str:
        """A number as the reader's language writes it; two dots where it is not known."""
        return write_number(value, self.language, decimals, signed=signed)

    def say(self, message: str, **values: object) -> None:
        """One line for a person; nothing with --quiet or --json."""
        if not self.quiet and not self.as_json:
            self._stream().write(self.text(message, **values) + "\n")

    def warn(self, message: str, **values: object) -> None:
        """One line of warning on stderr; nothing with --quiet."""
        if not self.quiet:
            sys.stderr.write(self.text(message, **values) + "\n")

    def show(self, renderable: Any) -> None:
        """A table or other rich drawing for a person; nothing with --quiet or --json."""
        if not self.quiet and not self.as_json:
            Console(file=self._stream()).print(renderable)

    def _stream(self) -> TextIO:
        return sys.stderr if self.is_stdout_taken else sys.stdout

    def write(self, out: Path | None, table: pl.DataFrame) -> None:
        """The table as a file, or as CSV on stdout where `out` is `-`; nothing where a person only wants to look."""
        if out == STDOUT and self.as_json:
            raise SettingsInvalid(
                "--json and a table written to - both ask for stdout.",
                expected="one of the two",
                do="Leave out --json, or name a file instead of -.",
            )
        if out == STDOUT:
            self.is_stdout_taken = True
            sys.stdout.write(table.write_csv())
        elif out is not None:
            write_table(out, table)

    def say_written(self, out: Path | None, table: pl.DataFrame) -> None:
        """How many rows went where; nothing where no file was asked for."""
        if out not in (None, STDOUT):
            self.say("{count} rows written to {path}.", count=table.height, path=out)

    def summary_of(self, out: Path | None, table: pl.DataFrame, **more: Any) -> None:
        """The result for a program: the number of rows, the file, or the rows themselves where there is none."""
        rows = {} if out is not None else {"table": table.to_dicts()}
        self.summary({"rows": table.height, "out": str(out) if out else None, **more, **rows})

    def summary(self, content: dict[str, Any]) -> None:
        """The result for a program: JSON on stdout with --json, else nothing."""
        if self.as_json:
            sys.stdout.write(json.dumps(content, ensure_ascii=False, default=str) + "\n")

    @contextmanager
    def progress(self, message: str, total: int) -> Iterator[Callable[[], None]]:
        """A progress bar on a terminal, none in a pipe; yields a function that moves it one step on."""
        console = Console(stderr=True)
        with Progress(console=console, transient=True, disable=self.quiet or not console.is_terminal) as bar:
            task = bar.add_task(
                self.text(message), total=total or None
            )  # None: it moves, nobody knows how far
            yield lambda: bar.advance(task)

    @contextmanager
    def stages(self) -> Iterator[Callable[[str], None]]:
        """Yields a function that is told which stage of long work begins: shown in place on a terminal, a line each in a pipe.

        The lines go to stderr, so that a log tells how far the work is; nothing with --quiet.
        """
        console = Console(stderr=True)
        if self.quiet or not console.is_terminal:
            yield lambda text: self.warn("{line}", line=f"{self.text(text)} …")
            return
        with console.status("", spinner="line") as status:
            yield lambda text: status.update(self.text(text))


def command(app: typer.Typer, name: str, room: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command of `app`, listed under `room`, with --quiet, --json and --lang.

    The function's first parameter is its Speaker; the rest are its own options. A parameter that is a dataclass stands
    for options: one for each of its fields, which all have defaults.
    """

    def register(function: Callable[..., None]) -> Callable[..., None]:
        signature = inspect.signature(function, eval_str=True)
        own = list(signature.parameters.values())[1:]
        shared = [
            inspect.Parameter(
                n, inspect.Parameter.KEYWORD_ONLY, default=None if n == "lang" else False, annotation=a
            )
            for n, a in OPTIONS.items()
        ]
        taken: dict[str, Any] = {p.name: p.annotation for p in own if is_dataclass(p.annotation)}
        own = [option for p in own for option in _options_of(p)]

        @functools.wraps(function)
        def run(
            *, quiet: bool = False, as_json: bool = False, lang: str | None = None, **options: Any
        ) -> None:
            given = {
                name: kind(**{each.name: options.pop(each.name) for each in fields(kind)})
                for name, kind in taken.items()
            }
            # also by what is said before the table is written
            is_taken = STDOUT in [value for value in options.values() if isinstance(value, Path)]
            function(Speaker(preferred_language(lang), quiet, as_json, is_taken), **options, **given)

        run.__signature__ = signature.replace(parameters=[*own, *shared])  # type: ignore[attr-defined]
        run.__annotations__ = {p.name: p.annotation for p in [*own, *shared]}
        app.command(
            name,
            rich_help_panel=room,
            no_args_is_help=bool(own and own[0].default is inspect.Parameter.empty),
        )(run)
        return function

    return register


def _options_of(parameter: inspect.Parameter) -> list[inspect.Parameter]:
    """A parameter as an option of its command; one that is a dataclass as the options that its fields are."""
    kind = parameter.annotation
    if not is_dataclass(kind):
        return [parameter.replace(kind=inspect.Parameter.KEYWORD_ONLY)]
    hints = get_type_hints(kind, include_extras=True)
    return [
        inspect.Parameter(
            each.name, inspect.Parameter.KEYWORD_ONLY, default=each.default, annotation=hints[each.name]
        )
        for each in fields(kind)
    ]
