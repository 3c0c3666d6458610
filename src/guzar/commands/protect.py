"""`guzar protect`: counts about persons, made fit to leave. With it the other commands of the room."""

from __future__ import annotations

import getpass
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.attack import attack
from guzar.commands.given_rules import GivenRules
from guzar.commands.given_tables import fitted, require_other_files
from guzar.commands.protection_told import tell_protected
from guzar.commands.sample import sample
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import SettingsInvalid
from guzar.store import Workspace, checksum_of, open_workspace, write_json, write_text


def add_commands(app: typer.Typer) -> None:
    """Add the commands of the room `protect`, in the order in which they are needed."""
    command(app, "protect", "Protect")(protect)
    command(app, "attack", "Protect")(attack)
    command(app, "sample", "Protect")(sample)


def protect(
    speak: Speaker,
    counts: Annotated[
        list[Path],
        typer.Argument(metavar="COUNTS", help="Counts of inner cells; several files are linked tables."),
    ],
    *,
    rules: GivenRules,
    key_file: Annotated[Path | None, typer.Option(help="File with a secret for the noise.")] = None,
    seed: Annotated[
        int | None, typer.Option(help="Seed for noise of a trial run; never for a release.")
    ] = None,
    earlier: Annotated[
        Path | None,
        typer.Option(help="Release of the same persons made before; nothing may come out of both."),
    ] = None,
    workspace: Annotated[
        Path | None, typer.Option(help="Workspace whose guzar.toml declares the rules; holds the result.")
    ] = None,
    edition: Annotated[
        str | None, typer.Option(help="Date of the counts, as 2026-11-21. Default: today. With --workspace.")
    ] = None,
    out: Out = None,
    report: Annotated[
        Path | None, typer.Option(help="Report for the disclosure officer: .html or .json.")
    ] = None,
) -> None:
    """Hide, blur or round counts so that nobody can work out a small group; attacked before they leave.

    Example: guzar protect residents.csv --dimensions region,sex --count persons --out release.csv --report report.html
    """
    _require_report_name(report)
    _require_folders([out, report])
    require_other_files(counts, [out, report])
    place = _open(workspace) if workspace else None
    _require_workspace_for_edition(place, edition)
    dated = _date(edition)
    task = rules.choose_task(place, counts)
    secret = _secret(speak, task, place, key_file, seed)
    with speak.progress("Protecting", 0) as step:
        done = journey.run_task(
            task,
            earlier=_earlier(task, place, earlier),
            secret=secret,
            is_report_full=report is not None or place is not None,
            step=step,
        )
    table = journey.as_one_table(done, task.rules.dimensions)
    speak.write(out, table)
    checksums = {journey.name_of_table(file): checksum_of(file.read_bytes()) for file in counts}
    _write_report(report, done, checksums, speak.language)
    new = _hold(place, task, done, dated, checksums)
    tell_protected(speak, done.report.facts)
    if place is not None:
        _tell_held(speak, place, task, dated, new)
    elif out is None:
        speak.show(fitted(speak, table, is_estimated=False))
    speak.say_written(out, table)
    speak.summary_of(out, table, report=dict(done.report.facts))


def _open(path: Path) -> Workspace:
    """The workspace; where there is none, refused (SettingsInvalid) with the way to one that holds only counts."""
    if not (path / "guzar.toml").exists():
        raise SettingsInvalid(
            "{path} is not a guzar workspace.",
            expected="a folder with a file guzar.toml",
            do="Make the folder, and in it a file guzar.toml with the first line: format = 2. Below it declare the rules of "
            "each table, as [protect.TABLE]; docs/how-to/protect-a-table.md shows how.",
            path=path,
        )
    return open_workspace(path)


def _tell_held(
    speak: Speaker, place: Workspace, task: journey.ProtectionTask, edition: str, new: Sequence[str]
) -> None:
    """Which tables the workspace holds now, and which of the same persons stand at an older edition: publishing takes
    the newest of each."""
    speak.say(
        "Held in the workspace, edition {edition}: {tables}.",
        edition=edition,
        tables=", ".join(new) or speak.text("nothing new"),
    )
    older = journey.held_at_older_editions(place, task, edition)
    if older:
        speak.warn(
            "Other tables of the same persons are held at an older edition: {tables}. If their counts have changed, "
            "guzar publish refuses them together; protect them for edition {edition} too, in one run.",
            tables=", ".join(f"{name} ({held})" for name, held in older.items()),
            edition=edition,
        )


def _require_report_name(report: Path | None) -> None:
    if report is not None and report.suffix not in (".html", ".json"):
        raise SettingsInvalid(
            "A report cannot be written to {path}.",
            expected="a name that ends in .html or .json",
            do="Choose another name for --report.",
            path=report,
        )


def _require_folders(written: Sequence[Path | None]) -> None:
    """Refuse a place that cannot be written to before any work is done, and before another file is written."""
    for path in written:
        if path is not None and path != STDOUT and not path.parent.is_dir():
            raise SettingsInvalid(
                "There is no folder {folder}.",
                expected="a file in a folder that exists",
                do="Make the folder, or choose another path.",
                folder=path.parent,
            )


def _require_workspace_for_edition(place: Workspace | None, edition: str | None) -> None:
    if place is None and edition is not None:
        raise SettingsInvalid(
            "--edition is for a workspace.",
            expected="--workspace with --edition",
            do="Leave out --edition, or name a workspace.",
        )


def _secret(
    speak: Speaker,
    task: journey.ProtectionTask,
    place: Workspace | None,
    key_file: Path | None,
    seed: int | None,
) -> bytes | None:
    """The secret behind the noise: from a file, the workspace, a seed for trials, or new for this run."""
    if task.rules.method != "perturb":
        return None
    if key_file is not None:
        content = key_file.read_bytes()
        if len(content) < 16:
            raise SettingsInvalid(
                "{file} is too short for a secret.",
                expected="at least 16 random bytes",
                do="Make one, for example: openssl rand 32 > {file}",
                file=key_file.name,
            )
        return content
    if place is not None:
        return place.secret()
    if seed is not None:
        return f"trial {seed}".encode()
    if not task.has_keys:
        speak.warn(
            "The noise is of this run only: a second run differs, and publishing both would undo it. Use --workspace or "
            "--key-file for a release."
        )
    return journey.make_secret()


def _earlier(
    task: journey.ProtectionTask, place: Workspace | None, file: Path | None
) -> Mapping[str, journey.ReleasedTable]:
    """Tables of the same persons that were released before: those of a file, and those of the workspace."""
    own = journey.earlier_in_file(file, task) if file is not None else {}
    held = journey.earlier_in_workspace(place, task) if place is not None else {}
    return {**held, **own}


def _write_report(
    path: Path | None, done: journey.Protected, checksums: Mapping[str, str], language: str
) -> None:
    if path is None:
        return
    made = {"who": _who(), "date": _today(), "input": ", ".join(each[:16] for each in checksums.values())}
    if path.suffix == ".json":
        write_json(path, {**made, **done.report.facts, "hidden_cells": done.report.hidden_cells.to_dicts()})
    else:
        write_text(path, journey.write_report_page(done.report, language=language, made=made))


def _hold(
    place: Workspace | None,
    task: journey.ProtectionTask,
    done: journey.Protected,
    edition: str,
    checksums: Mapping[str, str],
) -> list[str]:
    if place is None:
        return []
    return journey.hold_protected(
        place,
        done,
        task,
        edition=edition,
        made_from=checksums,
        who=_who(),
        when=_today(),  # no seconds: a run again on the same day leaves the same tree
    )


def _who() -> str:
    """Who runs this, for the audit log of the workspace."""
    try:
        return getpass.getuser()
    except OSError:
        return "unknown"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _date(text: str | None) -> str:
    """The edition as a date; today where none is given, refused (SettingsInvalid) far in the future."""
    if text is None:
        return _today()
    try:
        given = date.fromisoformat(text)
    except ValueError:
        raise SettingsInvalid(
            "{date} is no date.",
            expected="a date as 2026-11-21",
            do="Correct --edition.",
            date=text,
        ) from None
    if given > date.fromisoformat(_today()) + timedelta(days=journey.DAYS_AHEAD):
        raise SettingsInvalid(
            "The edition {edition} lies in the future.",
            where="--edition",
            expected="the date of the counts, at most {days} days after today, {today}",
            do="Correct --edition: an edition that is held cannot be followed by an older one.",
            edition=given.isoformat(),
            days=journey.DAYS_AHEAD,
            today=_today(),
        )
    return given.isoformat()
