"""`guzar simulate`: a made-up country whose truth is known, to try and to measure everything else on."""

import secrets
from pathlib import Path
from typing import Annotated

import typer

from guzar.collect.sources.made_up_country import (
    Made,
    batches_of,
    make_country,
    names_of_worlds,
    read_rates,
)
from guzar.commands.given import read_day
from guzar.commands.speaker import Speaker, command


def add_commands(app: typer.Typer) -> None:
    """Add the command of the made-up country."""
    command(app, "simulate", "Collect")(simulate)


def simulate(
    speak: Speaker,
    people: Annotated[int, typer.Option(help="How many people live in the made-up world.")],
    first: Annotated[str, typer.Option("--from", help="First day of the deliveries, e.g. 2019-01-01.")],
    last: Annotated[str, typer.Option("--to", help="Last day of the deliveries, e.g. 2024-12-31.")],
    out: Annotated[
        Path,
        typer.Option(help="Folder to make, with the files of the agencies and, apart from them, the truth."),
    ],
    seed: Annotated[
        int | None, typer.Option(help="Number from which everything is drawn: same seed, same bytes.", min=0)
    ] = None,
    world: Annotated[
        str,
        typer.Option(help="ordinary, faithful (nothing is missed or misspelt) or leaky (many lost exits)."),
    ] = "ordinary",
    rates: Annotated[
        Path | None,
        typer.Option(
            help="File with the rates that shall differ from those that ship, in the form of rates.toml."
        ),
    ] = None,
) -> None:
    """Make a country up: deliveries of five agencies as they would come, and the truth apart. No country is meant.

    Example: guzar simulate --people 2000 --from 2019-01-01 --to 2024-12-31 --seed 7 --out made-up
    """
    days = read_day("--from", first), read_day("--to", last)
    chosen = read_rates(world, rates)
    number = secrets.randbelow(2**31) if seed is None else seed
    with speak.progress("Making people and what agencies see of them", batches_of(people) + 1) as step:
        made = make_country(people, *days, number, chosen, out, step)
    _tell(speak, made, out, number)
    speak.summary(
        {**vars(made), "seed": number, "world": world, "out": str(out), "worlds": names_of_worlds()}
    )


def _tell(speak: Speaker, made: Made, out: Path, seed: int) -> None:
    """How many people, crossings and records were made, and where they lie."""
    speak.say(
        "Made up: {people} people; {crossings} true crossings, of which {unrecorded} left no record; "
        "{immigrations} immigrations and {emigrations} emigrations by the rule of 12 of 16 months.",
        people=made.people,
        crossings=made.true_crossings,
        unrecorded=made.unrecorded_crossings,
        immigrations=made.true_immigrations,
        emigrations=made.true_emigrations,
    )
    speak.say(
        "Records delivered: crossings {crossings}, permits {permits}, registrations {registrations}, "
        "population register {population_register}, survey {survey}.",
        **made.records,
    )
    speak.say(
        "Deliveries: {deliveries}. The truth, apart: {truth}. Seed: {seed}.",
        deliveries=out / "deliveries",
        truth=out / "truth",
        seed=seed,
    )
