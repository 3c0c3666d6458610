"""`guzar remittances`: why the share of remittances changed, and how receipts may be shared out."""

import math
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from guzar import journey
from guzar.commands.given import require_text
from guzar.commands.speaker import Speaker, command
from guzar.define.written_areas import find_area
from guzar.errors import SettingsInvalid
from guzar.store import open_workspace, write_table

PARTS = {
    "share": "share of GDP",
    "remittances_usd": "remittances in US dollars",
    "exchange_rate": "exchange rate, local currency per US dollar",
    "real_output": "real GDP",
    "deflator": "GDP deflator",
    "unexplained": "unexplained",
}
SHOWN_AS = {
    "measured": "measured",
    "estimated": "estimated",
    "not_held": "not held",
    "unexplained": "unexplained",
    "identity": "zero by identity",
    "total": "as published",
    "recomputed": "recomputed",
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
    out: Annotated[Path, typer.Option(help="Output table: .csv, .csv.gz or .parquet.")],
    from_edition: Annotated[str | None, typer.Option(help="Edition at the start.")] = None,
    to_edition: Annotated[str | None, typer.Option(help="Edition at the end.")] = None,
    side: Annotated[str, typer.Option(help="received or paid.")] = "received",
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
) -> None:
    """Split the change of remittances over GDP into dollars, exchange rate, real GDP, deflator and the rest.

    Example: guzar remittances decompose --area KGZ --from 2021 --to 2022 --out parts.csv
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
    write_table(out, parts)
    _show_parts(speak, parts)
    speak.say("{count} rows written to {path}.", count=parts.height, path=out)
    speak.summary(
        {
            "change_kind": parts["change_kind"][0],
            "out": str(out),
            "log_change": dict(parts.select("part", "log_change").iter_rows()),
        }
    )


def _show_parts(speak: Speaker, parts: pl.DataFrame) -> None:
    revision = parts["change_kind"][0] == "revision"
    speak.say(
        "A revision between editions, not growth." if revision else "Growth between years of one edition."
    )
    table = Table(
        speak.text("part"),
        speak.text("at start"),
        speak.text("at end"),
        speak.text("log points, add up"),
        speak.text("alone, %, do not add up"),
        speak.text("status"),
        box=None,
    )
    for row in parts.iter_rows(named=True):
        change = row["log_change"]
        shown = ("", "") if change is None else (_signed(100 * change), _signed(100 * math.expm1(change)))
        levels = ["" if row[name] is None else f"{row[name]:,.6g}" for name in ("from_value", "to_value")]
        table.add_row(
            speak.text(PARTS[row["part"]]), *levels, *shown, speak.text(SHOWN_AS[row["part_status"]])
        )
    speak.show(table)
    _say_sources(speak, parts)
    if (parts["part_status"] == "identity").any():
        speak.say(
            "No share is published for both ends: it was recomputed from these parts, so that a rest of zero is no finding."
        )


def _say_sources(speak: Speaker, parts: pl.DataFrame) -> None:
    """Where the levels come from: one line per source and pair of editions."""
    origin = ["source", "part_from_edition", "part_to_edition"]
    held = parts.filter(pl.col("part_status") != "recomputed").drop_nulls("source")
    for (source, first, last), rows in held.group_by(origin, maintain_order=True):
        named = ", ".join(speak.text(PARTS[part]) for part in rows["part"])
        editions = " → ".join(dict.fromkeys(edition for edition in (first, last) if edition))
        speak.say("{parts}: {source}, {edition}", parts=named, source=source, edition=editions)


def _signed(number: float) -> str:
    """Two decimals with a sign; zero has none."""
    return "0.00" if abs(number) < 0.005 else f"{number:+.2f}"


def allocate(
    speak: Speaker,
    area: Annotated[str, typer.Option(help="Area that receives, e.g. KGZ.")],
    year: Annotated[int, typer.Option(help="Year of the receipts.")],
    out: Annotated[Path, typer.Option(help="Output table: .csv, .csv.gz or .parquet.")],
    without: Annotated[
        str, typer.Option(help="Destinations to leave out, by code, separated by commas.")
    ] = "",
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
) -> None:
    """Share receipts out over countries of residence by three rules: a range, modelled from modelled figures.

    Example: guzar remittances allocate --area KGZ --year 2020 --out range.csv
    """
    place = open_workspace(workspace) if workspace else None
    left_out = tuple(find_area(code) for code in without.split(",") if code.strip())
    rows = journey.allocate_receipts(place, area=find_area(area), year=year, without=left_out)
    write_table(out, rows)
    speak.say("Modelled from modelled figures: read the three rules as a range, never as observed transfers.")
    speak.say("{count} rows written to {path}.", count=rows.height, path=out)
    speak.summary({"rows": rows.height, "out": str(out)})
