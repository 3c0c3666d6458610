"""`guzar workspace`: integrity, upgrade, backup and restore of a workspace."""

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from guzar.commands.forget import forget
from guzar.commands.keys import require_records
from guzar.commands.speaker import Speaker, command
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.store.backup import Backup, write_backup
from guzar.store.erasures import finish_erasure
from guzar.store.integrity import Integrity, check_integrity
from guzar.store.released import write_released
from guzar.store.restore import Restored, restore_backup
from guzar.store.upgrade import accept_losses, upgrade_workspace
from guzar.store.workspace import FORMAT, OLDEST_FORMAT, SETTINGS, Workspace, require_known_format

Place = Annotated[Path, typer.Argument(metavar="WORKSPACE", help="The workspace: a folder with guzar.toml.")]
SHOWN = 20


def add_commands(app: typer.Typer) -> None:
    """Add the commands about the workspace as a whole."""
    below = typer.Typer(
        help="The workspace as a whole: integrity, upgrade, backup and restore, erasure of a person.",
        no_args_is_help=True,
    )
    for name, function in (
        ("check", check),
        ("upgrade", upgrade),
        ("export", export),
        ("restore", restore),
        ("forget", forget),
    ):
        command(below, name, "Share")(function)
    app.add_typer(below, name="workspace", rich_help_panel="Share")


def check(
    speak: Speaker,
    workspace: Place,
    accept_losses: Annotated[
        bool,
        typer.Option(
            "--accept-losses",
            help="Note what is lost for good, or was changed by hand, as it stands now: it is told no more.",
        ),
    ] = False,
) -> None:
    """Compare every file with the checksum that guzar wrote of it; name what killed runs left and what nobody knows.

    Nothing is changed. Exit 3 where anything is damaged.

    Example: guzar workspace check work
    """
    require_records(workspace)
    _require_format(workspace)
    if accept_losses:
        _accept(speak, workspace)
    with speak.progress("Looking at every file", 1) as step:
        found = check_integrity(workspace)
        step()
    _tell_counts(speak, found)
    _tell_oddities(speak, found)
    damages = [asdict(damage) for damage in found.damages]
    speak.summary({**vars(found), "damages": damages, "newest_format": FORMAT, "is_whole": not found.damages})
    _require_whole(found, workspace)
    speak.say("Everything is as it was written.")


def _accept(speak: Speaker, workspace: Path) -> None:
    for name in accept_losses(workspace):
        speak.warn("Noted as it stands now: {place}", place=name)


def _tell_counts(speak: Speaker, found: Integrity) -> None:
    speak.say(
        "Files: {files}, {bytes} bytes. Format: {format}.",
        files=speak.number(found.files),
        bytes=speak.number(found.bytes),
        format=found.format or "–",
    )
    for name, count in sorted(found.counts.items()):
        if count:
            speak.say("{line}", line=f"  {speak.text(name)}: {speak.number(count)}")


def _tell_oddities(speak: Speaker, found: Integrity) -> None:
    """What is no damage, and still to be known."""
    if found.format == OLDEST_FORMAT:
        speak.warn(
            "The workspace has format {format}, in which guzar cannot see that a whole edition was lost. Bring it to the newest "
            "format with: guzar workspace upgrade WORKSPACE",
            format=found.format,
        )
    if found.lacks_secret:
        speak.warn(
            "The secret of the noise is not in this backup. Put noise.secret back before anything is protected by noise."
        )
    lists = {
        "Left by runs that were killed; the next run takes it away: {names}": found.leftovers,
        "Not noted in the ledger; guzar workspace upgrade notes it: {names}": found.not_noted,
        "Files that guzar did not write here, or does not know: {names}": found.unknown,
    }
    for text, names in lists.items():
        if names:
            more = f" (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
            speak.warn(text, names="; ".join(names[:SHOWN]) + more)
    for damage in found.damages:
        speak.warn("{path}: {what}", path=damage.path, what=speak.text(damage.what))


def _require_whole(found: Integrity, workspace: Path) -> None:
    if found.damages:
        raise TableInvalid(
            "The workspace {path} is damaged: {count} files or folders are not as they were written.",
            where="{damages}",
            expected="every file with the checksum that guzar wrote of it",
            do="Restore the workspace from a backup (guzar workspace restore), or mend it as docs/how-to/operate.md says.",
            path=workspace,
            count=len(found.damages),
            damages="; ".join(damage.path for damage in found.damages[:5]),
        )


def upgrade(
    speak: Speaker,
    workspace: Place,
    backup: Annotated[
        Path | None,
        typer.Option(
            help="Backup that is made first, .tar.gz or .zip. Default: beside the workspace, named by its old format."
        ),
    ] = None,
    no_backup: Annotated[bool, typer.Option("--no-backup", help="Make no backup first.")] = False,
) -> None:
    """Bring a workspace to the newest format, whole or not at all, after a backup. Releases stay byte for byte.

    Example: guzar workspace upgrade work
    """
    require_settings(workspace)
    if backup is not None and no_backup:
        raise SettingsInvalid(
            "--backup and --no-backup contradict each other.",
            expected="one of the two, or neither",
            do="Leave one of them out.",
        )
    place = workspace.resolve()
    first = backup or place.with_name(f"{place.name}-format-{OLDEST_FORMAT}.tar.gz")
    with speak.progress("Upgrading", 1) as step:
        finish_erasure(place)
        done = upgrade_workspace(place, None if no_backup else first)
        step()
    if done.before == done.after:
        speak.say("The workspace has the newest format, {format}, already.", format=done.after)
        if done.noted:
            speak.say("Noted in the ledger: {count}.", count=done.noted)
    else:
        speak.say(
            "From format {before} to format {after}. Noted in the ledger: {count}.",
            before=done.before,
            after=done.after,
            count=done.noted,
        )
    if done.backup is not None:
        _tell_backup(speak, done.backup)
    speak.summary(asdict(done))


def export(
    speak: Speaker,
    workspace: Place,
    out: Annotated[
        Path | None,
        typer.Option(
            help="The backup, .tar.gz or .zip. Default: <workspace>-<day>.tar.gz beside the workspace."
        ),
    ] = None,
    with_secrets: Annotated[
        bool,
        typer.Option(
            "--with-secrets", help="Put in the secret of the noise too, and key files if there are any."
        ),
    ] = False,
    released: Annotated[
        bool,
        typer.Option("--released", help="Only what was released, for a machine that serves it to everybody."),
    ] = False,
) -> None:
    """Make a backup: every file of a workspace as one archive. It holds personal data where the workspace does.

    Sealed names stay sealed. Secrets are left out unless they are asked for. With --released it holds releases and what the
    service serves of them, and nothing else: no records, no audit logs, no rules of protection, no addresses of databases.

    Example: guzar workspace export work --released --out released.tar.gz
    """
    require_records(workspace)
    _require_format(workspace)
    place = workspace.resolve()
    day = datetime.now(UTC).date().isoformat()
    name = f"{place.name}-released-{day}.tar.gz" if released else f"{place.name}-{day}.tar.gz"
    with speak.progress("Making a backup", 1) as step:
        if released:
            done = write_released(workspace, out or place.with_name(name))
        else:
            done = write_backup(workspace, out or place.with_name(name), with_secrets=with_secrets)
        step()
    _tell_backup(speak, done)
    speak.summary(asdict(done))


def _tell_backup(speak: Speaker, done: Backup) -> None:
    speak.say(
        "Backup {path}: {files} files, {bytes} bytes before packing.",
        path=done.out,
        files=speak.number(done.files),
        bytes=speak.number(done.bytes),
    )
    if done.sealed_files:
        speak.say(
            "Sealed files in it: {count}. They open with the key file only, which is not in it: keep both apart.",
            count=done.sealed_files,
        )
    if done.secrets_left_out:
        speak.warn(
            "Left out: {names}. Keep a copy elsewhere, or make the backup with --with-secrets: without it, tables that "
            "are protected by noise get other noise, and the same table twice shows what the noise hides.",
            names=", ".join(done.secrets_left_out),
        )


def restore(
    speak: Speaker,
    backup: Annotated[Path, typer.Argument(metavar="BACKUP", help="What guzar workspace export wrote.")],
    out: Annotated[Path, typer.Option(help="Folder for the workspace; it must not exist yet, or be empty.")],
) -> None:
    """Restore a workspace from a backup, byte for byte, after a look at every file of the archive.

    Example: guzar workspace restore backup.tar.gz --out restored
    """
    with speak.progress("Restoring", 1) as step:
        done = restore_backup(backup, out)
        step()
    speak.say(
        "Restored in {path}: {files} files, {bytes} bytes, all as they were written.",
        path=out,
        files=speak.number(done.files),
        bytes=speak.number(done.bytes),
    )
    _tell_what_is_to_do(speak, done)
    speak.summary(
        {
            "out": str(out),
            "files": done.files,
            "bytes": done.bytes,
            "format": done.found.format,
            "lacks_secret": done.lacks_secret,
        }
    )


def _tell_what_is_to_do(speak: Speaker, done: Restored) -> None:
    if done.lacks_secret:
        speak.warn(
            "The secret of the noise is not in this backup. Put noise.secret back before anything is protected by noise."
        )
    if done.holds_persons:
        speak.warn(
            "Persons who were erased after this backup was made stand in it again: erase them once more with guzar "
            "workspace forget."
        )


def require_settings(workspace: Path) -> None:
    """Refuse (SettingsInvalid) a folder that is no workspace."""
    if not (workspace / SETTINGS).is_file():
        raise SettingsInvalid(
            "{path} is not a guzar workspace.",
            expected="a folder with a file guzar.toml",
            do="Check that it is the right folder.",
            path=workspace,
        )


def _require_format(workspace: Path) -> None:
    if (workspace / SETTINGS).is_file():
        require_known_format(Workspace(workspace))
