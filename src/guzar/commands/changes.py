"""`guzar changes`: what changed from one release to another: revisions, additions, breaks and removals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

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
SINGLE = {
    "revision": "revision",
    "status": "other kind of number",
    "break": "break",
    "removal": "removal",
    "addition": "addition",
}  # in the order in which they are shown: what changed under a reader's feet comes first
SHOWN = 20
NAMED = ("indicator", "area", "counterpart", "sex", "period")
# What a row of each kind has before and after, apart from its value.
BESIDE = {"status": "observation_status", "break": "definition"}


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

    Without --out the first 20 differences are shown; --out FILE writes all of them, --out - prints them as CSV.

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
    if out is None:
        _show_first(speak, found.changes)
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


def _show_first(speak: Speaker, table: pl.DataFrame) -> None:
    """The first differences, one a line: what it is, which value, before and now."""
    order = pl.col("change").replace_strict(
        {one: place for place, one in enumerate(SINGLE)}, return_dtype=pl.Int8
    )
    for row in table.sort(order, maintain_order=True).head(SHOWN).iter_rows(named=True):
        speak.say("{line}", line=f"  {_told(speak, row)}")
    if table.height > SHOWN:
        speak.say(
            "And {count} more. All of them: --out changes.csv, or --out - for CSV on stdout.",
            count=speak.number(table.height - SHOWN),
        )


def _told(speak: Speaker, row: dict[str, Any]) -> str:
    """One difference in a line. An edition or definition that changed is told as before → now; so is the value."""
    change = row["change"]
    edition = _pair(row["edition_before"], row["edition"]) if change != "removal" else row["edition"]
    where = ", ".join([*(row[one] for one in NAMED), f"{row['source']} {edition}"])
    before = None if change == "addition" else f"{speak.number(row['value_before'])} {row['unit_before']}"
    now = None if change == "removal" else f"{speak.number(row['value'])} {row['unit']}"
    told = f"{speak.text(SINGLE[change])}: {where}: {_pair(before, now)}"
    beside = BESIDE.get(change)
    return f"{told} ({_pair(row[f'{beside}_before'], row[beside])})" if beside else told


def _pair(before: str | None, now: str | None) -> str:
    """Both where they differ, once where they are the same or one is missing; – where there is nothing now."""
    if now is None:
        return f"{before} → –"
    return now if before in (None, now) else f"{before} → {now}"


def count_changes(table: pl.DataFrame) -> dict[str, int]:
    """How many rows each label has; labels without rows too."""
    held = dict(table["change"].value_counts().iter_rows())
    return {change: int(held.get(change, 0)) for change in WORDS}
