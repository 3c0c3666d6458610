"""`guzar indices`: how much people move in a system of areas, how unevenly, how one-sidedly, how far."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from guzar import journey
from guzar.commands.given_tables import fitted, require_other_files, require_table_name
from guzar.commands.speaker import Out, Speaker, command

WHOLE = "_T"
ROUNDING = 1e-12  # of an index; less is shown as 0


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `analyse` that makes indices."""
    command(app, "indices", "Analyse")(indices)


def indices(
    speak: Speaker,
    flows: Annotated[Path, typer.Argument(metavar="FLOWS", help="Table: origin, destination, persons.")],
    *,
    population: Annotated[Path, typer.Option(help="Table: area, population; of every area.")],
    distance: Annotated[
        Path | None, typer.Option(help="Table: origin, destination, distance_km; of every ordered pair.")
    ] = None,
    sums: Annotated[
        Path | None,
        typer.Option(
            help="Table to write: who left and who came to each area, both together, and the difference."
        ),
    ] = None,
    out: Out = None,
) -> None:
    """Describe a system of moves by its indices: intensity, effectiveness, inequality, distance; each with its definition.

    Example: guzar indices flows.csv --population population.csv --out indices.csv
    """
    require_other_files([flows, population, *([] if distance is None else [distance])], [out, sums])
    require_table_name(out)
    require_table_name(sums)
    made = journey.indices_of_files(flows, population, distance)
    speak.write(out, made.table)
    speak.write(sums, made.sums)
    if out is None:
        shown = pl.when(pl.col("value").abs() < ROUNDING).then(0.0).otherwise(pl.col("value")).alias("value")
        speak.show(fitted(speak, made.table.filter(pl.col("area") == WHOLE).select("index", shown)))
        speak.say("--out writes each index with its definition, and the indices of single areas.")
    speak.say(
        "{areas} areas, {moves} moves between them; pairs that no row names count as 0: {pairs}.",
        areas=speak.number(made.areas),
        moves=speak.number(made.moves, 0),
        pairs=speak.number(made.pairs_without_row),
    )
    speak.say_written(out, made.table)
    speak.summary_of(
        out, made.table, areas=made.areas, moves=made.moves, pairs_without_row=made.pairs_without_row
    )
