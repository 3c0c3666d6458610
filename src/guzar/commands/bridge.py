"""`guzar bridge`: two agencies' numbers for one corridor, as a waterfall of definitions with an unexplained rest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table

from guzar import journey
from guzar.commands.given_tables import require_other_files, require_table_name
from guzar.commands.speaker import Out, Speaker, command
from guzar.languages.numbers import NOT_KNOWN

SHOWN = 5  # corridors on a screen; the file holds all
DECIMALS = 2
UNIT_WORDS = {
    "persons": "persons",
    "acts": "acts",
    "entries": "entries",
    "registrations": "registrations",
    "permits": "permits",
}
BASIS_WORDS = {"birth": "birth", "citizenship": "citizenship", "residence": "previous residence"}
STEP_WORDS = {
    "unit": "counted: {first} → {second}",
    "minimum_stay_months": "stay of {first} → {second} months",
    "origin_basis": "by {first} → {second}",
    "reference_date": "date {first} → {second}",
    "coverage": "coverage {first} → {second}",
}
UNEXPLAINED, UNEXPLAINED_WORD = "unexplained", {"unexplained": "unexplained"}
STATUS_WORDS = {"no_factor_known": "no factor known", "not_stated": "not said"}


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `analyse` that compares two agencies' numbers."""
    command(app, "bridge", "Analyse")(bridge)


def bridge(
    speak: Speaker,
    first: Annotated[
        Path,
        typer.Option(
            "--from",
            help="Table: origin, destination, year, source, persons (or value and unit), and what is counted: measure, "
            "minimum_stay_months, origin_basis, reference_date, coverage.",
        ),
    ],
    second: Annotated[Path, typer.Option("--to", help="The other agency's table, with the same columns.")],
    *,
    factors: Annotated[
        Path | None,
        typer.Option(help="Factors that you know: step, factor, lower, upper, source; by corridor if named."),
    ] = None,
    out: Out = None,
) -> None:
    """Say why two agencies' numbers for one corridor differ: step by step, by what each counts, and what nobody explains.

    Example: guzar bridge --from register.csv --to survey.csv --factors factors.csv --out bridge.csv
    """
    require_other_files([first, second, *([factors] if factors else [])], [out])
    require_table_name(out)
    made = journey.bridge_files(first, second, factors)
    speak.write(out, made.table)
    corridor = ["origin", "destination", "year"]
    shown = made.table.join(
        made.table.select(corridor).unique(maintain_order=True).head(SHOWN),
        on=corridor,
        maintain_order="left",
    )
    for rows in shown.partition_by(corridor, maintain_order=True):
        _show(speak, rows)
    if made.corridors > SHOWN:
        speak.say("Corridors and years that are not shown: {count}.", count=made.corridors - SHOWN)
    _warn(speak, made)
    speak.say_written(out, made.table)
    speak.summary_of(
        out,
        made.table,
        corridors=made.corridors,
        unexplained=_unexplained(made.table),
        only_in_from=made.only_first,
        only_in_to=made.only_second,
        factors_not_needed=made.factors_not_needed,
    )


def _warn(speak: Speaker, made: journey.Bridges) -> None:
    """What was given and took no part."""
    alone = [*made.only_first, *made.only_second]
    if alone:
        speak.warn("In one table only, and not bridged: {names}.", names=", ".join(alone[:SHOWN]))
    if made.factors_not_needed:
        speak.warn(
            "Factors given and not needed by any definition: {steps}.",
            steps=", ".join(made.factors_not_needed),
        )


def _unexplained(table: pl.DataFrame) -> list[dict[str, Any]]:
    columns = ["origin", "destination", "year", "factor", "lower", "upper"]
    return table.filter(pl.col("step") == "unexplained").select(columns).to_dicts()


def _show(speak: Speaker, rows: pl.DataFrame) -> None:
    """The waterfall of one corridor, so that it can be read aloud from top to bottom."""
    first, rest = rows.row(0, named=True), rows.row(-1, named=True)
    speak.say(
        "{origin} → {destination}, {year}: {source} counts {value} ({unit})",
        origin=first["origin"],
        destination=first["destination"],
        year=first["year"],
        source=first["source_from"],
        value=_amount(speak, first["value_before"]),
        unit=_unit(speak, first["unit_before"]),
    )
    sources = list(dict.fromkeys(rows["source"].drop_nulls()))
    table = Table(box=None, padding=(0, 1, 0, 2), show_header=False)
    table.add_column()
    for _ in range(3):
        table.add_column(justify="right", no_wrap=True)
    table.add_column()
    for row in rows.iter_rows(named=True):
        table.add_row(*_cells(speak, row, sources))
    speak.show(table)
    speak.say(
        "{source} counts {value} ({unit})",
        source=rest["source_to"],
        value=_amount(speak, rest["value_after"]),
        unit=_unit(speak, rest["unit_after"]),
    )
    speak.say("In brackets the 5 % and 95 % points.")
    _say_rest(speak, rows, rest)
    for number, source in enumerate(sources, 1):
        speak.say("{line}", line=f"[{number}] {source}")


def _cells(speak: Speaker, row: dict[str, Any], sources: list[str]) -> tuple[str, ...]:
    label = _label(speak, row)
    if row["factor"] is None:
        return label, "", "", "", speak.text(STATUS_WORDS[row["status"]])
    factor = f"× {speak.number(row['factor'], DECIMALS)}"
    interval = f"({speak.number(row['lower'], DECIMALS)}–{speak.number(row['upper'], DECIMALS)})"
    after = f"= {_amount(speak, row['value_after'])}"
    mark = f"\\[{sources.index(row['source']) + 1}]" if row["source"] in sources else ""
    return label, factor, interval, after, mark


def _label(speak: Speaker, row: dict[str, Any]) -> str:
    """A step in words: stay of 3 → 9 months."""
    if row["step"] == UNEXPLAINED:
        return speak.text(UNEXPLAINED_WORD[UNEXPLAINED])
    kind = _kind(row["step"])
    first, second = (_end(speak, kind, row[name]) for name in ("definition_from", "definition_to"))
    return speak.text(STEP_WORDS[kind], first=first, second=second)


def _kind(step: str) -> str:
    if step.startswith("duration_"):
        return "minimum_stay_months"
    if step in STEP_WORDS:
        return step
    return "unit" if step.partition("_to_")[0] in UNIT_WORDS else "origin_basis"


def _end(speak: Speaker, kind: str, end: str | None) -> str:
    words = {"unit": UNIT_WORDS, "origin_basis": BASIS_WORDS}.get(kind, {})
    return NOT_KNOWN if end is None else speak.text(words[end]) if end in words else end


def _say_rest(speak: Speaker, rows: pl.DataFrame, rest: dict[str, Any]) -> None:
    """What the last factor means, and what is in it."""
    if rest["lower"] <= 1 <= rest["upper"]:
        speak.say("The interval of what is unexplained holds 1: the steps may explain all of the difference.")
    else:
        speak.say(
            "Unexplained: after these steps the second number is {percent} % of what the first would be.",
            percent=speak.number(100 * rest["factor"], 0),
        )
    hidden = [_label(speak, row) for row in rows.iter_rows(named=True) if row["factor"] is None]
    if hidden:
        speak.say("Also in it, for want of a factor: {steps}.", steps="; ".join(hidden))


def _amount(speak: Speaker, value: float) -> str:
    return speak.number(value, 0)


def _unit(speak: Speaker, unit: str | None) -> str:
    return NOT_KNOWN if unit is None else speak.text(UNIT_WORDS[unit])
