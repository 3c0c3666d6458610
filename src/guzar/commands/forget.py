"""`guzar workspace forget`: erasure of a person by pseudonym."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.given import require_text
from guzar.commands.keys import name_of_user, require_records, today
from guzar.commands.speaker import Speaker
from guzar.errors import SettingsInvalid

Place = Annotated[
    Path,
    typer.Argument(metavar="WORKSPACE", help="The workspace, or the folder that guzar pseudonymise made."),
]
Person = Annotated[
    list[str] | None,
    typer.Option(
        help="Pseudonym: record_id, person_token or person_id of the tables. May be given several times; others on this "
        "machine may see it while the command runs."
    ),
]
Persons = Annotated[Path | None, typer.Option(help="File with one pseudonym a line; delete it afterwards.")]
Keys = Annotated[Path | None, typer.Option(help="Key file, where names still stand in the linking zone.")]
Also = Annotated[
    list[Path] | None,
    typer.Option(
        help="File or folder outside the workspace that was made from it: clusters, crossings, a register."
    ),
]
Reason = Annotated[str, typer.Option(help="Why, for the receipt; it names nobody.")]
LegalBasis = Annotated[str, typer.Option(help="Law and article, for the receipt.")]
By = Annotated[str | None, typer.Option(help="Who erases, for the receipt; default: your user name.")]


def forget(
    speak: Speaker,
    workspace: Place,
    person: Person = None,
    persons: Persons = None,
    keys: Keys = None,
    also: Also = None,
    reason: Reason = "",
    legal_basis: LegalBasis = "",
    by: By = None,
) -> None:
    """Erase a person from every table, register and sealed name of a workspace; search every file; leave a receipt.

    The receipt tells of nobody. Released tables stay: they hold no row about a person. Exit 6 where a pseudonym is unknown.

    Example: guzar workspace forget work --persons forget.txt --reason "Request 12 of 2026"
    """
    require_text("--by", by)
    require_records(workspace)
    asked = _read_asked(person, persons)
    order = journey.ErasureOrder(today(), by or name_of_user(), reason, legal_basis)
    with speak.progress("Erasing", 3) as step:
        done = journey.forget_persons(workspace, asked, order, key_file=keys, also=also or [], step=step)
    if done.was_finished:
        speak.say("An erasure that had been broken off was brought to its end first.")
    if done.receipt:
        _tell(speak, done, workspace)
    speak.summary(dict(vars(done)))


def _tell(speak: Speaker, done: journey.Forgotten, workspace: Path) -> None:
    speak.say("Erased. Persons: {count}; rows by table:", count=done.persons)
    for table, rows in sorted(done.rows.items()):
        speak.say("{line}", line=f"  {table}: {speak.number(rows)}")
    if done.identity_rows or done.deliveries:
        speak.say(
            "Sealed names: {rows}; sealed deliveries of their holders, which went whole: {deliveries}.",
            rows=done.identity_rows,
            deliveries=done.deliveries,
        )
    speak.say(
        "No trace of the pseudonyms is left: {files} files were searched, in their bytes, cells and packed content. "
        "The receipt: {path}",
        files=speak.number(done.files_searched),
        path=f"{workspace}/{done.receipt}",
    )
    speak.say(
        "Released tables stay as they are: they hold no row about a person. Backups and copies elsewhere still hold the "
        "person; guzar cannot reach them. A later delivery that names the person brings the person back."
    )


def _read_asked(person: list[str] | None, persons: Path | None) -> list[str]:
    """The pseudonyms given, each once; refused where there is none."""
    lines = persons.read_text(encoding="utf-8-sig", errors="replace").splitlines() if persons else []
    asked = list(dict.fromkeys(one.strip() for one in [*(person or []), *lines] if one.strip()))
    if not asked:
        raise SettingsInvalid(
            "Nobody is named.",
            expected="--person with a pseudonym, or --persons with a file of them, one a line",
            do="Give one of the two options.",
        )
    return asked
