"""`guzar publish`: all that may leave, as one release. `guzar table` and `guzar trace`: what tables are."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.speaker import Speaker, command
from guzar.define.dictionary import ColumnEntry, declared_tables, describe_table, find_table, row_and_note
from guzar.errors import SettingsInvalid
from guzar.store import open_release, open_workspace
from guzar.trace import Branch, Step, trace_back, trace_forth

EARLIEST_ZONE = timedelta(hours=14)  # where a day begins first


def add_commands(app: typer.Typer) -> None:
    """Add the commands of the room `share`."""
    command(app, "publish", "Share")(publish)
    command(app, "table", "Define")(table)
    command(app, "trace", "Define")(trace)


def publish(
    speak: Speaker,
    out: Annotated[
        Path | None,
        typer.Option(
            help="Folder for the release; it must not exist yet, or be empty. Default: in the workspace only."
        ),
    ] = None,
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
    date: Annotated[
        str | None, typer.Option(help="Date of the release, as 2026-11-21. Default: today.")
    ] = None,
) -> None:
    """Publish all figures (SDMX, CSV, Excel) and protected tables, with licence, citation and a data package.

    A release of a workspace is from then on what its service answers from (guzar serve).

    Example: guzar publish --workspace work --out release
    """
    place = open_workspace(workspace) if workspace else None
    if place is None and out is None:
        raise SettingsInvalid(
            "A release needs a place.",
            expected="--out, --workspace or both",
            do="Name a folder with --out.",
        )
    with speak.progress("Publishing", 2 if place else 1) as step:
        day = _day(date)
        done = journey.publish_release(
            place, out, date=day, extra=journey.load_release_tables(place, as_of=day)
        )
        step()
        if place:
            held = open_release(place.release_folder(done.release))
            journey.publish_for_service(place, held, at=_moment(date))
            step()
    _say_published(speak, done, done.folder)
    speak.summary(
        {
            "release": done.release,
            "out": str(done.folder),
            "is_new": done.is_new,
            "values": done.values,
            "numbers": done.numbers,
            "dataflows": dict(done.dataflows),
            "tables": dict(done.tables),
            "publisher": done.publisher.as_record() if done.publisher else None,
            "protected": {name: asdict(cells) for name, cells in done.protected.items()},
        }
    )


def _say_published(speak: Speaker, done: journey.Published, out: Path) -> None:
    """What a release holds: rows of figures, cells of protected tables and how many of them are hidden."""
    if not done.is_new:
        speak.say("Release {release} is in {path} already; nothing added.", release=done.release, path=out)
    elif done.values:
        speak.say(
            "Release {release}: {rows} rows, {numbers} of them numbers, in {path}.",
            release=done.release,
            rows=speak.number(done.values),
            numbers=speak.number(done.numbers),
            path=out,
        )
    else:
        speak.say("Release {release} is in {path}.", release=done.release, path=out)
    if done.is_new:
        _say_publisher(speak, done)
    for name, count in {**done.dataflows, **done.tables}.items():
        speak.say("{line}", line=f"  {name}: {speak.number(count)}")
    if done.protected:
        speak.say(
            "Protected tables: {tables}; cells: {cells}, of them hidden: {hidden}.",
            tables=len(done.protected),
            cells=speak.number(sum(one.cells for one in done.protected.values())),
            hidden=speak.number(sum(one.hidden for one in done.protected.values())),
        )
    for name, held in done.protected.items():
        speak.say(
            "  {table}: {cells} cells, {hidden} of them hidden",
            table=name,
            cells=speak.number(held.cells),
            hidden=speak.number(held.hidden),
        )


def _say_publisher(speak: Speaker, done: journey.Published) -> None:
    """Under whose name it is cited; where nobody is declared, how to declare it."""
    if done.publisher is not None:
        speak.say("Published by: {name}", name=done.publisher.name(speak.language))
    else:
        speak.say(
            "It names no publisher. Add to {file}, for the next one: [publisher] with name_en and name_ru.",
            file="guzar.toml",
        )


def _moment(date: str | None) -> datetime:
    """When a release is published: now, or the beginning of the date that was asked for, so that it can be made again."""
    now = datetime.now(UTC)
    return now if date is None else min(now, datetime.fromisoformat(_day(date)).replace(tzinfo=UTC))


def _day(date: str | None) -> str:
    """The date of the release; refused where it is no date, or none that is here yet anywhere."""
    now = datetime.now(UTC)
    if date is None:
        return now.date().isoformat()
    try:
        day = datetime.strptime(date, "%Y-%m-%d").date()
    except ValueError:
        raise SettingsInvalid(
            "{date} is not a date.",
            expected="year, month and day, as 2026-11-21",
            do="Write the date with --date, or leave it out for today.",
            date=date,
        ) from None
    if day > (now + EARLIEST_ZONE).date():
        raise SettingsInvalid(
            "{date} has not come yet.",
            expected="the date on which the release is made, or an earlier one to make it again",
            do="Write the date with --date, or leave it out for today.",
            date=date,
        )
    return day.isoformat()


def table(
    speak: Speaker,
    name: Annotated[
        str | None, typer.Argument(metavar="TABLE", help="The table, as `guzar table --list` names it.")
    ] = None,
    list_tables: Annotated[bool, typer.Option("--list", help="List the tables.")] = False,
) -> None:
    """Columns of a table: unit, meaning, SDMX concept, codelist, secrecy; its key and its rules.

    Example: guzar table Observations
    """
    if list_tables or name is None:
        return _list_tables(speak)
    entry = describe_table(find_table(name))
    speak.say("{line}", line=entry.name)
    for sentence in filter(None, (entry.row, entry.note)):
        speak.say("{line}", line=speak.text(sentence))
    speak.say("Key: {key}", key=", ".join(entry.key) or "–")
    for column in entry.columns:
        _say_column(speak, column)
    if entry.rules:
        speak.say("Rules between columns:")
    for rule in entry.rules:
        speak.say("{line}", line=f"  {speak.text(rule)}")
    return speak.summary(asdict(entry))


def _list_tables(speak: Speaker) -> None:
    known = {name: row_and_note(found)[0] for name, found in declared_tables().items()}
    for name, row in known.items():
        speak.say("{line}", line=name)
        speak.say("{line}", line=f"    {speak.text(row)}")
    speak.summary({"tables": known})


# What a column holds, in words; a type that is not here is shown by its name.
TYPES = {
    "String": "text",
    "Int32": "whole number",
    "Int64": "whole number",
    "Float64": "number",
    "Date": "date",
    "Datetime": "date and time of day",
    "Bool": "yes or no",
}
RULES = ("pattern", "at least", "at most")


def _say_rule(speak: Speaker, rule: str) -> str:
    """A rule of one column, as `at least 0`, its words in the reader's language."""
    for words in RULES:
        if rule.startswith(f"{words} "):
            return speak.text(words) + rule.removeprefix(words)
    return rule


def _say_column(speak: Speaker, column: ColumnEntry) -> None:
    """Two lines: name, type and what is declared about it; then its meaning."""
    facts = [
        speak.text(TYPES.get(column.type, column.type)),
        speak.text("key") if column.is_key else "",
        speak.text("may be empty") if column.may_be_empty else "",
        speak.text("unit {unit}", unit=speak.text(column.unit)) if column.unit != "none" else "",
        speak.text("concept {concept}", concept=column.concept) if column.concept else "",
        speak.text("codelist {codelist}", codelist=column.codelist) if column.codelist else "",
        speak.text(column.secrecy),
        *(_say_rule(speak, rule) for rule in column.rules),
    ]
    speak.say("{line}", line=f"  {column.name}: {' · '.join(filter(None, facts))}")
    speak.say("{line}", line=f"      {speak.text(column.meaning)}")


def trace(
    speak: Speaker,
    name: Annotated[
        str, typer.Argument(metavar="TABLE", help="The table, as `guzar table --list` names it.")
    ],
) -> None:
    """Where a table comes from and goes to, read from the signatures of all steps.

    Example: guzar trace Observations
    """
    known = find_table(name).__name__
    back, forth = trace_back(known), trace_forth(known)
    speak.say("{name} comes from", name=known)
    _say_branch(speak, back, "←")
    speak.say("{name} goes to", name=known)
    _say_branch(speak, forth, "→")
    speak.summary({"table": known, "comes_from": asdict(back)["steps"], "goes_to": asdict(forth)["steps"]})


def _say_branch(speak: Speaker, branch: Branch, arrow: str, indent: str = "  ") -> None:
    """The steps of a branch, one a line, each followed by the branches beyond it that are not open yet."""
    if not branch.steps:
        speak.say("{line}", line=indent + speak.text("(no step)"))
    for origin in branch.steps:
        far = origin.step.takes if arrow == "←" else origin.step.makes
        tables = ", ".join(far) or speak.text(_edge(origin.step, arrow))
        speak.say(
            "{indent}{step}{tables}",
            indent=indent,
            step=origin.step.name,
            tables=f" {arrow} {tables}" if tables else "",
        )
        for beyond in origin.beyond:
            if beyond.steps:
                speak.say("{line}", line=f"{indent}    {beyond.table}")
                _say_branch(speak, beyond, arrow, indent + "      ")


def _edge(step: Step, arrow: str) -> str:
    """What lies beyond a step without a table there: a delivery before `collect`, files after `share`."""
    if arrow == "←":
        return "a delivery" if step.room == "collect" else ""
    return "files and pages" if step.room in ("share", "use") else ""
