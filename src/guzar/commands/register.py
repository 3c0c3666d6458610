"""`guzar register`: crossings month by month into a register of residence, decided again where it can change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.amounts import read_memory
from guzar.commands.given import read_day
from guzar.commands.given_residence import GivenResidence, read_missing
from guzar.commands.residence import tell_residence
from guzar.commands.speaker import Speaker, command


def add_commands(app: typer.Typer) -> None:
    """Add the command of registers that grow."""
    command(app, "register", "Process")(register)


def register(
    speak: Speaker,
    crossings: Annotated[
        Path,
        typer.Argument(
            metavar="CROSSINGS",
            help="person_id, crossing_date, direction (entry, exit): those not yet in, of whatever month.",
        ),
    ],
    *,
    into: Annotated[Path, typer.Option(help="Folder of the register; made where there is none.")],
    observed_to: Annotated[str, typer.Option(help="Last day observed; it may move on, not back.")],
    observed_from: Annotated[
        str | None, typer.Option(help="First day observed, as 2019-01-01; of a new register.")
    ] = None,
    given: GivenResidence,
    missing: Annotated[
        str | None,
        typer.Option(
            help="Two crossings in one direction in a row, of a new register: midpoint (if not given), drop, refuse."
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="The whole as one table too: .csv, .csv.gz or .parquet.")
    ] = None,
    memory: Annotated[str, typer.Option(help="Memory that may be used, as 4GB or 500MB.")] = "4GB",
) -> None:
    """Add crossings to a register, as guzar residence over all files would, without sorting what is held; for guzar count.

    The first run fixes the rule, its readings and the view; later ones take them from the folder, and refuse others.

    Example: guzar register crossings-2024-01.csv --into register --observed-from 2019-01-01 --observed-to 2024-01-31
    """
    last_day = read_day("--observed-to", observed_to)
    asked = given.asked()
    if observed_from is not None:
        asked["first_day"] = read_day("--observed-from", observed_from)
    if missing is not None:
        asked["missing"] = read_missing(missing)
    with speak.progress("Adding", journey.count_held_parts(into)) as step:
        run = journey.Residing(read_memory(memory), moved=lambda rows: step())
        done = journey.register_crossings(crossings, into, last_day, asked, run, out=out)
    _tell(speak, done, into, out)


def _tell(speak: Speaker, done: journey.Registered, into: Path, out: Path | None) -> None:
    """What was added, who was touched, what was written again; what the register holds now."""
    if done.changed_nothing:
        speak.say("The file is in already, up to this day: nothing changed.")
    else:
        if done.was_held:
            speak.say("The file is in already: its rows are not added again.")
        speak.say(
            "Rows added: {added}; persons decided again: {touched} of {persons} ({share} %); parts written: {written} of "
            "{parts}; rows passed on as they were: {passed}.",
            added=done.rows_added,
            touched=done.persons_touched,
            persons=done.persons,
            share=speak.number(100 * done.persons_touched / max(1, done.persons), 1),
            written=done.parts_rewritten,
            parts=done.parts,
            passed=done.rows_passed_on,
        )
        if done.rows_held_already:
            speak.say("Rows held already, left out: {count}.", count=done.rows_held_already)
    tell_residence(speak, done.tally, done.rule)
    if out is not None:
        speak.say("{count} rows written to {path}.", count=done.tally.crossings, path=out)
    told = {name: value for name, value in vars(done).items() if name not in ("tally", "rule")}
    speak.summary({**told, **vars(done.tally), "into": str(into), "out": str(out) if out else None})
