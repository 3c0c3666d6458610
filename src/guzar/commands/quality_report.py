"""`guzar quality-report`: a quality report of a table by the concepts of the ESS, from what is known and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.given_tables import require_other_files
from guzar.commands.speaker import Speaker, command


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `share` that reports on quality."""
    command(app, "quality-report", "Share")(quality_report)


def quality_report(
    speak: Speaker,
    table: Annotated[
        Path, typer.Argument(metavar="TABLE", help="A table that guzar made; what stands beside it is read.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The report: .html, .md or .json.")],
    stated: Annotated[
        Path | None,
        typer.Option(
            help="What the office states itself (.toml, .json), by code: contact, mandate, release policy."
        ),
    ] = None,
    protection: Annotated[
        Path | None, typer.Option(help="Report of guzar protect (.json) on this table.")
    ] = None,
    receipt: Annotated[
        Path | None, typer.Option(help="Receipt of the records (.toml): holder and legal basis.")
    ] = None,
) -> None:
    """Report on the quality of a table by the concepts of SIMS 2.0. What nobody wrote down is printed as not stated.

    Example: guzar quality-report absent.csv --stated office.toml --out quality.html
    """
    beside = journey.files_beside(table)
    require_other_files([table, *beside, *(each for each in (stated, protection, receipt) if each)], [out])
    report = journey.report_quality(
        table, protection=protection, receipt=receipt, stated=stated, language=speak.language
    )
    journey.write_quality_report(report, table, out, speak.language)
    own = [line for line in report if not line.is_group]
    silent = [line.code for line in own if not line.texts]
    speak.say(
        "Concepts with a text: {told} of {all}; not stated: {silent}.",
        told=len(own) - len(silent),
        all=len(own),
        silent=", ".join(silent) or "-",
    )
    speak.say("Written to {path}.", path=out)
    speak.summary({"out": str(out), "concepts": len(own), "not_stated": silent})
