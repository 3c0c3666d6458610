"""`guzar claims check`: numbers that documents print, held against the figures held."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from guzar import journey
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import SettingsInvalid
from guzar.store import open_workspace

SHOWN = 5  # repeated ids named in one line

MEANING = {
    "agrees": "the best figure held agrees",
    "agrees_with_edition": "another edition held agrees",
    "swapped_with": "looks exchanged with another claim",
    "different_definition": "fits another series: different concepts, no contradiction",
    "forecast_not_outcome": "a forecast, shown beside the outcome",
    "cited_source_differs": "the source cited holds another value",
    "contradicted": "outside every edition held",
    "inconsistent": "the document contradicts itself",
    "unit_unclear": "the unit is missing, double or impossible",
    "not_checkable": "no figure held can decide it",
}


def add_commands(app: typer.Typer) -> None:
    """Add the commands about claims."""
    claims = typer.Typer(
        help="Numbers that documents print, held against the figures held.", no_args_is_help=True
    )
    command(claims, "check", "Use")(check)
    app.add_typer(claims, name="claims", rich_help_panel="Use")


def check(
    speak: Speaker,
    claims: Annotated[
        Path,
        typer.Argument(
            metavar="CLAIMS",
            help="Claims as .csv, .xlsx, .xls or .parquet: id, area, indicator, year, value, unit and any further "
            "columns.",
        ),
    ],
    out: Out = None,
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
    regions: Annotated[
        Path | None, typer.Option(help="Regions of your own: id, members (codes apart by blanks).")
    ] = None,
) -> None:
    """Check claims against every edition held: one verdict each, with the figure, its source and the reason.

    Example: guzar claims check claims.csv --out verdicts.csv
    """
    _refuse_overwriting(out, claims, regions)
    table = journey.read_claims(claims)
    own = journey.read_claimed_regions(regions) if regions else None
    place = open_workspace(workspace) if workspace else None
    with speak.progress("Checking claims", max(table.height, 1)) as step:
        checked = journey.judge_claims(
            table,
            claims.name,
            place,
            own,
            regions_name=regions.name if regions else "",
            language=speak.language,
            step_done=step,
        )
    speak.write(out, checked)
    again = _repeated_ids(table)
    _warn_of_repeated_ids(speak, again)
    if out is None:
        _show_verdicts(speak, checked)
    counts = Counter(checked["verdict"].to_list())
    _show_counts(speak, counts)
    if out not in (None, STDOUT):
        speak.say("{count} claims checked; verdicts written to {path}.", count=checked.height, path=out)
    found = {"claims": checked.height, "verdicts": {v: counts[v] for v in MEANING if counts[v]}}
    speak.summary_of(out, checked, **found, **({"repeated_ids": again} if again else {}))


def _refuse_overwriting(out: Path | None, claims: Path, regions: Path | None) -> None:
    """The verdicts never take the place of what they were made from."""
    for given in (claims, regions):
        if out and given and given.exists() and out.exists() and out.samefile(given):
            raise SettingsInvalid(
                "The output would overwrite the input {path}.",
                where="--out",
                expected="another file than the input",
                do="Choose another name for --out.",
                path=given,
            )


def _repeated_ids(table: pl.DataFrame) -> list[str]:
    """The ids that stand in more than one row, in the order of the table; empty cells are no ids."""
    ids = table["id"].cast(pl.String).str.strip_chars()
    return [one for one in ids.filter(ids.is_duplicated()).unique(maintain_order=True) if one]


def _warn_of_repeated_ids(speak: Speaker, again: list[str]) -> None:
    if not again or speak.quiet:
        return
    named = ", ".join(again[:SHOWN]) + (", …" if len(again) > SHOWN else "")
    warning = speak.text(
        "Ids that stand in several rows: {ids}. Where one claim refers to another, its row is named too.",
        ids=named,
    )
    sys.stderr.write(f"{warning}\n")


def _show_verdicts(speak: Speaker, checked: pl.DataFrame) -> None:
    """Each claim with its verdict and the reason, where no file was asked for."""
    for row in checked.iter_rows(named=True):
        meaning = speak.text(MEANING[row["verdict"]])
        speak.say("{id}: {verdict}, {meaning}", id=row["id"] or "–", verdict=row["verdict"], meaning=meaning)
        speak.say("    {reason}", reason=row["explanation"])


def _show_counts(speak: Speaker, counts: Mapping[str, int]) -> None:
    table = Table(speak.text("verdict"), speak.text("claims"), speak.text("meaning"), box=None)
    for verdict, meaning in MEANING.items():
        if counts[verdict]:
            table.add_row(verdict, str(counts[verdict]), speak.text(meaning))
    speak.show(table)
