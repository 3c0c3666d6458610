"""`guzar remittances`: why the share of remittances changed, and how receipts may be shared out."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from guzar import journey
from guzar.commands.given import require_text
from guzar.commands.speaker import Out, Speaker, command
from guzar.define.areas import area_name
from guzar.define.written_areas import find_area
from guzar.errors import SettingsInvalid
from guzar.store import open_workspace

PARTS = {
    "share": "share of GDP, %",
    "remittances_usd": "remittances, million US$",
    "exchange_rate": "local currency per US$",
    "real_output": "real GDP, million US$",
    "deflator": "GDP deflator",
    "unexplained": "unexplained",
}
IN_MILLIONS = ("remittances_usd", "real_output")
SHOWN_AS = {
    "measured": "measured",
    "estimated": "estimated",
    "not_held": "not held",
    "unexplained": "unexplained",
    "identity": "zero by identity",
    "total": "as published",
    "recomputed": "recomputed",
}
RULES = {
    "stocks": "by stock",
    "stocks_and_income": "stock and income",
    "sending_function": "sending function",
}
SIDES = ("received", "paid")


def add_commands(app: typer.Typer) -> None:
    """Add the commands about remittances."""
    below = typer.Typer(
        help="Remittances: what changed their share of GDP, and where they may come from.",
        no_args_is_help=True,
    )
    command(below, "decompose", "Analyse")(decompose)
    command(below, "allocate", "Analyse")(allocate)
    app.add_typer(below, name="remittances", rich_help_panel="Analyse")


def decompose(
    speak: Speaker,
    area: Annotated[str, typer.Option(help="Area, e.g. KGZ.")],
    from_year: Annotated[int, typer.Option("--from", help="First year.")],
    to_year: Annotated[int, typer.Option("--to", help="Last year; the same as the first between editions.")],
    out: Out = None,
    from_edition: Annotated[str | None, typer.Option(help="Edition at the start.")] = None,
    to_edition: Annotated[str | None, typer.Option(help="Edition at the end.")] = None,
    side: Annotated[str, typer.Option(help="received or paid.")] = "received",
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
) -> None:
    """Split the change of remittances over GDP into dollars, exchange rate, real GDP, deflator and the rest.

    Example: guzar remittances decompose --area KGZ --from 2021 --to 2022
    """
    if side not in SIDES:
        raise SettingsInvalid(
            "There is no side called {side}.",
            expected="received or paid",
            do="Choose one of the two.",
            side=side,
        )
    require_text("--from-edition", from_edition)
    require_text("--to-edition", to_edition)
    area = find_area(area)
    place = open_workspace(workspace) if workspace else None
    parts = journey.decompose_share(
        place,
        area=area,
        from_year=from_year,
        to_year=to_year,
        side=side,
        from_edition=from_edition,
        to_edition=to_edition,
    )
    speak.write(out, parts)
    _show_parts(speak, parts)
    speak.say_written(out, parts)
    log_change = dict(parts.select("part", "log_change").iter_rows())
    speak.summary_of(out, parts, change_kind=parts["change_kind"][0], log_change=log_change)


def _show_parts(speak: Speaker, parts: pl.DataFrame) -> None:
    revision = parts["change_kind"][0] == "revision"
    speak.say(
        "A revision between editions, not growth." if revision else "Growth between years of one edition."
    )
    table = Table(box=None)
    for name in ("part", "at start", "at end", "log points", "alone, %", "status"):
        table.add_column(speak.text(name), justify="left" if name in ("part", "status") else "right")
    for row in parts.iter_rows(named=True):
        change = row["log_change"]
        shown = (
            ("", "")
            if change is None
            else (
                speak.number(100 * change, 2, signed=True),
                speak.number(100 * math.expm1(change), 2, signed=True),
            )
        )
        scale = 1e6 if row["part"] in IN_MILLIONS else 1.0
        levels = [_level(speak, row[name], scale) for name in ("from_value", "to_value")]
        table.add_row(
            speak.text(PARTS[row["part"]]), *levels, *shown, speak.text(SHOWN_AS[row["part_status"]])
        )
    speak.show(table)
    speak.say("Log points add up to the change of the share; what each part does alone does not.")
    _say_sources(speak, parts)
    if (parts["part_status"] == "identity").any():
        speak.say(
            "No share is published for both ends: it was recomputed from these parts, so that a rest of zero is no finding."
        )


def _level(speak: Speaker, value: float | None, scale: float) -> str:
    """A level in the unit of its line, to one decimal where it is large and else to six digits."""
    if value is None:
        return ""
    shown = value / scale
    return speak.number(shown, 1) if abs(shown) >= 1000 else speak.number(float(f"{shown:.6g}"))


def _say_sources(speak: Speaker, parts: pl.DataFrame) -> None:
    """Where the levels come from: one line per source and pair of editions."""
    origin = ["source", "part_from_edition", "part_to_edition"]
    held = parts.filter(pl.col("part_status") != "recomputed").drop_nulls("source")
    for (source, first, last), rows in held.group_by(origin, maintain_order=True):
        named = ", ".join(speak.text(PARTS[part]) for part in rows["part"])
        editions = " → ".join(dict.fromkeys(edition for edition in (first, last) if edition))
        speak.say("{parts}: {source}, {edition}", parts=named, source=source, edition=editions)


def allocate(
    speak: Speaker,
    area: Annotated[str, typer.Option(help="Area that receives, e.g. KGZ.")],
    year: Annotated[int, typer.Option(help="Year of the receipts.")],
    out: Out = None,
    without: Annotated[
        str, typer.Option(help="Destinations to leave out, by code, separated by commas.")
    ] = "",
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
) -> None:
    """Share receipts out over countries of residence by three rules: a range, modelled from modelled figures.

    Example: guzar remittances allocate --area KGZ --year 2020
    """
    place = open_workspace(workspace) if workspace else None
    left_out = tuple(find_area(code) for code in without.split(",") if code.strip())
    rows = journey.allocate_receipts(place, area=find_area(area), year=year, without=left_out)
    speak.write(out, rows)
    if out is None:
        _show_allocations(speak, rows)
    speak.say("Modelled from modelled figures: read the three rules as a range, never as observed transfers.")
    covered = journey.measure_allocated_stock(place, rows)
    if covered is not None:
        speak.say(
            "Destinations held by name: {percent} % of the people from the area who live abroad; all receipts are "
            "shared out over these.",
            percent=speak.number(covered, 1),
        )
    speak.say_written(out, rows)
    speak.summary_of(out, rows, percent_of_stock_abroad=covered)


def _show_allocations(speak: Speaker, rows: pl.DataFrame) -> None:
    """One line per country of residence, million US dollars under each rule, the largest first."""
    wide = rows.pivot("allocation_rule", index="counterpart", values="amount_usd")
    table = Table(speak.text("from"), box=None)
    for heading in RULES.values():
        table.add_column(speak.text(heading), justify="right")
    for row in wide.sort("stocks", descending=True).iter_rows(named=True):
        name = f"{row['counterpart']} {area_name(row['counterpart'], speak.language)}"
        table.add_row(name, *[speak.number(_in_millions(row[rule]), 1) for rule in RULES])
    speak.say("Million US dollars under each rule.")
    speak.show(table)


def _in_millions(amount: float | None) -> float | None:
    return None if amount is None else amount / 1e6
