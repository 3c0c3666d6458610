"""`guzar changes`: what changed from one release to another: revisions, additions, breaks and removals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from guzar import journey
from guzar.commands.given import require_text
from guzar.commands.speaker import Out, Speaker, command
from guzar.store import open_workspace

WORDS = {
    "revision": "revisions: {count}",
    "status": "other kinds of number: {count}",
    "addition": "additions: {count}",
    "break": "breaks: {count}",
    "removal": "removals: {count}",
}


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `share` that compares releases."""
    command(app, "changes", "Share")(changes)


def changes(
    speak: Speaker,
    earlier: Annotated[
        str, typer.Option("--from", help="The earlier release: its folder, or its id in the workspace.")
    ],
    later: Annotated[
        str, typer.Option("--to", help="The later release: its folder, or its id in the workspace.")
    ],
    *,
    workspace: Annotated[Path | None, typer.Option(help="Workspace that holds the releases.")] = None,
    out: Out = None,
) -> None:
    """What changed between two releases, value by value: revision, addition, break, removal.

    Example: guzar changes --from release --to release-new --out changes.csv
    """
    require_text("--from", earlier)
    require_text("--to", later)
    place = open_workspace(workspace) if workspace else None
    found = journey.compare_named_releases(earlier, later, place)
    speak.write(out, found.changes)
    speak.say(
        "From release {earlier} to release {later}: {count} values differ.",
        earlier=found.earlier.id,
        later=found.later.id,
        count=speak.number(found.changes.height),
    )
    counts = count_changes(found.changes)
    for change, words in WORDS.items():
        if counts[change]:
            speak.say("{line}", line="  " + speak.text(words, count=speak.number(counts[change])))
    if found.tables:
        speak.say("Other tables that differ: {tables}", tables=", ".join(found.tables))
    speak.say_written(out, found.changes)
    speak.summary_of(
        out,
        found.changes,
        earlier=found.earlier.id,
        later=found.later.id,
        changes=counts,
        tables=list(found.tables),
    )


def count_changes(table: pl.DataFrame) -> dict[str, int]:
    """How many rows each label has; labels without rows too."""
    held = dict(table["change"].value_counts().iter_rows())
    return {change: int(held.get(change, 0)) for change in WORDS}
