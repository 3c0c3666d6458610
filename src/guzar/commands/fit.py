"""`guzar fit-margins`, `guzar fit-net`: the table nearest to a given one that has the totals that it must have."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer

from guzar import journey
from guzar.commands.given_tables import fitted, require_other_files, require_table_name
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import SettingsInvalid

SHOWN = 12
MOST_NAMED = 8  # codes in one line
MILLIONTH = 1e-6  # of a person; less than this is rounding


def add_commands(app: typer.Typer) -> None:
    """Add the commands of the room `analyse` that fit tables."""
    command(app, "fit-margins", "Analyse")(fit_margins)
    command(app, "fit-net", "Analyse")(fit_net)


def fit_margins(
    speak: Speaker,
    *,
    table: Annotated[
        Path | None,
        typer.Argument(
            metavar="TABLE",
            help="Columns of codes, and persons; a cell of 0, or left out, stays 0. Without a table every cell is as likely.",
        ),
    ] = None,
    margin: Annotated[
        list[str],
        typer.Option(
            help="Totals of some columns, as origin=rows.csv or origin,sex=both.csv; the file has these columns and persons."
        ),
    ],
    no_diagonal: Annotated[
        bool, typer.Option("--no-diagonal", help="Nobody moves from an area to itself.")
    ] = False,
    out: Out = None,
) -> None:
    """Fit a table to totals of some of its columns, and change it as little as possible. Totals that disagree are refused.

    Example: guzar fit-margins flows.csv --margin origin=departures.csv --margin destination=arrivals.csv --out fitted.csv
    """
    margins = [_read_margin(each) for each in margin]
    require_other_files([*([] if table is None else [table]), *(file for _, file in margins)], [out])
    require_table_name(out)
    made, fit = journey.fit_margins_of_files(table, margins, no_diagonal=no_diagonal)
    if table is None:
        speak.say(
            "Only totals were observed: the cells show what independence would make of them, not who moved where."
        )
    for name, (codes, persons) in fit.emptied.items():
        speak.warn(
            "Codes of {margin} that its totals do not name: {codes}. Their cells were made 0, {persons} persons in all.",
            margin=name,
            codes=", ".join([*codes[:MOST_NAMED], *(["…"] if len(codes) > MOST_NAMED else [])]),
            persons=speak.number(persons, 0),
        )
    given = {",".join(names): file.name for names, file in margins}
    about = journey.about_fitted("fit-margins", table, given, fit)
    _write(speak, made, out, about)


def fit_net(
    speak: Speaker,
    table: Annotated[Path, typer.Argument(metavar="TABLE", help="Columns origin, destination, persons.")],
    net: Annotated[Path, typer.Option(help="Table area, net: arrivals less departures, in persons.")],
    total: Annotated[float | None, typer.Option(help="All moves together; free if not given.")] = None,
    nearness: Annotated[
        str, typer.Option(help="Nearest by: entropy (shares of cells), absolute or squares (of changes).")
    ] = "entropy",
    out: Out = None,
) -> None:
    """Fit a table of moves to net totals of areas, and change it as little as possible. Cells of 0 stay 0.

    Example: guzar fit-net flows.csv --net net.csv --out fitted.csv
    """
    require_other_files([table, net], [out])
    require_table_name(out)
    made, fit = journey.fit_net_of_files(table, net, total, nearness)
    given = {"area": net.name} | ({} if total is None else {"all": str(total)})
    _write(speak, made, out, journey.about_fitted("fit-net", table, given, fit, nearness))


def _read_margin(given: str) -> tuple[tuple[str, ...], Path]:
    """origin,sex=totals.csv → columns and file."""
    names, separator, file = given.partition("=")
    columns = tuple(name.strip() for name in names.split(",") if name.strip())
    if not separator or not columns or not file.strip():
        raise SettingsInvalid(
            "--margin {given} is not understood.",
            expected="columns, an equals sign and a file, as origin=rows.csv or origin,sex=both.csv",
            do="Write it like this.",
            given=given,
        )
    return columns, Path(file.strip())


def _write(speak: Speaker, made: pl.DataFrame, out: Path | None, about: dict[str, Any]) -> None:
    if out not in (None, STDOUT):
        journey.tell_fitted(out, about)
    speak.write(out, made)
    if out is None:
        speak.show(fitted(speak, made.sort("persons", descending=True).head(SHOWN)))
    error = max(about["largest_errors_persons"].values(), default=0.0)
    speak.say(
        "{cells} cells, {persons} persons together; every total is met to a millionth of a person."
        if error < MILLIONTH
        else "{cells} cells, {persons} persons together; no total is off by more than {error} persons.",
        cells=speak.number(made.height),
        persons=speak.number(float(made["persons"].sum()), 0),
        error=speak.number(error, 6),
    )
    speak.say_written(out, made)
    speak.summary_of(out, made, **about)
