"""`guzar pseudonymise`: a delivery about persons, split into pseudonymous records and sealed names."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.keys import today
from guzar.commands.speaker import Speaker, command


def add_commands(app: typer.Typer) -> None:
    """Add the command about pseudonyms."""
    command(app, "pseudonymise", "Process")(pseudonymise)


def pseudonymise(
    speak: Speaker,
    delivery: Annotated[
        Path,
        typer.Argument(
            metavar="DELIVERY",
            help="A file, or a folder of files, in the columns of the templates: .csv, .csv.gz or .parquet.",
        ),
    ],
    keys: Annotated[Path, typer.Option(help="Key file, made by guzar keys new.")],
    out: Annotated[Path, typer.Option(help="Folder for the records and the sealed names.")],
    receipt: Annotated[
        Path | None,
        typer.Option(help="Receipt of the holder; default: the one that lies beside the records."),
    ] = None,
) -> None:
    """Split a delivery about persons: records under pseudonyms, and names sealed in a linking zone until a fixed date.

    Example: guzar pseudonymise crossings.parquet --keys guzar.key --out pseudonymous
    """
    with speak.progress("Splitting names from records", len(journey.find_files(delivery))) as step:
        done = journey.pseudonymise_delivery(delivery, keys, out, receipt_file=receipt, on=today(), step=step)
    _tell(speak, done)
    speak.summary(
        {
            "out": str(out),
            "holder": done.holder,
            "rows": dict(done.rows),
            "left_out": dict(done.left_out),
            "columns_not_read": done.columns_not_read,
            "without_document": done.without_token,
            "identity_rows": done.identity_rows,
            "retention_until": done.retention_until,
            "key_id": done.key_id,
        }
    )


def _tell(speak: Speaker, done: journey.Pseudonymised) -> None:
    """Rows by table, what was sealed, and what was left out."""
    for table, rows in sorted(done.rows.items()):
        speak.say("Records under pseudonyms in {table}: {rows}.", table=table, rows=rows)
    speak.say(
        "Identity rows sealed with the key {key_id}: {rows}, to be purged by {date}.",
        key_id=done.key_id,
        rows=done.identity_rows,
        date=done.retention_until,
    )
    for column, rows in sorted(done.left_out.items()):
        speak.warn(
            "Rows left out because they do not fit the column {column}: {rows}.", rows=rows, column=column
        )
    if done.columns_not_read:
        speak.warn(
            "Columns that the templates do not have, and that were not read: {count}.",
            count=done.columns_not_read,
        )
    if done.without_token:
        speak.say(
            "Records without a usable document, and so without a pseudonym (names alone can link them): {rows}.",
            rows=done.without_token,
        )
