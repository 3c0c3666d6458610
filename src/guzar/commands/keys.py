"""`guzar keys`: the key file that makes pseudonyms and seals names, and the purge of names."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from getpass import getuser
from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.given import require_text
from guzar.commands.speaker import Speaker, command
from guzar.errors import ReleaseRefused, SettingsInvalid, TableInvalid
from guzar.store.keyring import MARKS, Keyring, new_keyring, rotate_keyring
from guzar.store.leak_scan import Scan
from guzar.store.linking_zone import ZONE, expired_entries, purge

File = Annotated[Path, typer.Argument(metavar="FILE", help="Key file, outside every workspace.")]
NOBODY = "unknown"  # on a system that does not say who runs a program


def add_commands(app: typer.Typer) -> None:
    """Add the commands about keys."""
    keys = typer.Typer(
        help="Keys for pseudonyms and sealed names, and the purge of names.", no_args_is_help=True
    )
    command(keys, "new", "Process")(new)
    command(keys, "rotate", "Process")(rotate)
    command(keys, "purge-links", "Process")(purge_links)
    command(keys, "check-leaks", "Process")(check_leaks)
    app.add_typer(keys, name="keys", rich_help_panel="Process")


def new(speak: Speaker, file: File) -> None:
    """Make a key file, which only you may read. Without it, names can never be opened again.

    Example: guzar keys new guzar.key
    """
    keyring = new_keyring(file, made_on=today())
    speak.say("Key {key_id} made in {path}.", key_id=keyring.key_id, path=file)
    speak.say(
        "Keep a copy of the file in another safe place, never beside the records: who has both can open names."
    )
    speak.summary(_told(keyring, file))


def rotate(speak: Speaker, file: File) -> None:
    """Add a key to a key file: it makes what is new from now on; the older ones stay, to open what they sealed.

    Example: guzar keys rotate guzar.key
    """
    keyring = rotate_keyring(file, made_on=today())
    speak.say("Key {key_id} added to {path}.", key_id=keyring.key_id, path=file)
    speak.say(
        "Records taken in from now on get other pseudonyms than earlier ones. To follow persons across this day, take "
        "in the earlier deliveries again, or link them by names before the purge."
    )
    speak.summary(_told(keyring, file))


def purge_links(
    speak: Speaker,
    workspace: Annotated[Path, typer.Option(help="Workspace, or the folder that guzar pseudonymise made.")],
    by: Annotated[
        str | None, typer.Option(help="Who purges, for the receipt; default: your user name.")
    ] = None,
) -> None:
    """Delete all sealed names of a workspace, and leave a receipt; nothing is counted before. Link the records first.

    Example: guzar keys purge-links --workspace work
    """
    require_text("--by", by)
    require_records(workspace)
    late = expired_entries(workspace, on=today())
    if late:
        speak.warn(
            "Sealed files held beyond their retention date: {count}, the earliest until {date}.",
            count=len(late),
            date=min(entry.retention_until for entry in late),
        )
    receipt = purge(workspace, on=today(), by=by or name_of_user())
    speak.say(
        "Purged. Sealed files: {count}; identity rows: {rows}. The receipt stands in {path}.",
        count=len(receipt.entries),
        rows=receipt.rows,
        path=f"{workspace}/{ZONE}",
    )
    speak.say("Purge the backups of this workspace too; guzar cannot reach them.")
    speak.summary(asdict(receipt))


def check_leaks(
    speak: Speaker,
    delivery: Annotated[
        Path,
        typer.Argument(
            metavar="DELIVERY", help="The delivery as it came: a file or a folder, template columns."
        ),
    ],
    run: Annotated[
        Path, typer.Option(help="Folder with everything that a run left: outputs, logs, receipts.")
    ],
) -> None:
    """Search the files of a run for names, documents and birth dates of a delivery; exit 4 where one is found.

    Exit 3 where a file cannot be searched.

    Example: guzar keys check-leaks crossings.parquet --run pseudonymous
    """
    scan = journey.find_leaks(delivery, run)
    _tell_scan(speak, scan)
    speak.summary(asdict(scan))
    _require_no_leak(scan)
    _require_all_searched(scan)
    speak.say("No identifying value of the delivery stands in {path}.", path=run)


def _tell_scan(speak: Speaker, scan: Scan) -> None:
    """Every file with what it holds or why it stayed closed; never a value."""
    for leak in scan.leaks:
        column, _, how = leak.kind.partition(", ")
        kind = f"{column}, {speak.text(how)}" if how else column
        told = {"file": leak.file, "values": leak.values, "kind": kind}
        if leak.columns:
            columns = ", ".join(leak.columns)
            speak.warn(
                "{file}, column {columns}: {kind}, different values: {values}.", columns=columns, **told
            )
        else:
            speak.warn("{file}: {kind}, different values: {values}.", **told)
    for closed in scan.not_searched:
        speak.warn("{file} was not searched: {reason}.", file=closed.file, reason=speak.text(closed.reason))


def _require_no_leak(scan: Scan) -> None:
    files = sorted({leak.file for leak in scan.leaks})
    if files:
        raise ReleaseRefused(
            "Identifying values of the delivery stand in {count} files of the run.",
            where="{files}",
            expected="no name, number of a document or full date of birth outside the linking zone",
            do="Check first: look into each file, in the column that is named; a short name may be an ordinary word "
            "there. If it does name a person, remove the file, and report to the developers of guzar which command "
            "wrote it.",
            count=len(files),
            files="; ".join(files[:5]),
        )


def _require_all_searched(scan: Scan) -> None:
    files = sorted({closed.file for closed in scan.not_searched})
    if files:
        raise TableInvalid(
            "Files of the run could not be searched: {count}. In the others no identifying value was found.",
            where="{files}",
            expected="files that are whole, not encrypted, and packed as .gz, .bz2, .xz, .zst, .lz4 or .zip, if at all",
            do="Unpack these files, or remove them, and run the command again.",
            count=len(files),
            files="; ".join(files[:5]),
        )


def require_records(workspace: Path) -> None:
    """Refuse (SettingsInvalid) a folder in which no linking zone can be."""
    if any((workspace / mark).is_file() for mark in MARKS):
        return
    raise SettingsInvalid(
        "{path} is neither a workspace nor a folder made by guzar pseudonymise.",
        expected="a folder with a file guzar.toml or pseudonymised.json",
        do="Check that it is the right folder.",
        path=workspace,
    )


def name_of_user() -> str:
    """Who runs this, as the system says."""
    try:
        return getuser()
    except (KeyError, OSError):
        return NOBODY


def today() -> str:
    """The day on which this runs."""
    return datetime.now(UTC).date().isoformat()


def _told(keyring: Keyring, file: Path) -> dict[str, object]:
    return {"path": str(file), "key_id": keyring.key_id, "keys": [key.key_id for key in keyring.keys]}
