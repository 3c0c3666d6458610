"""`guzar demo`: the whole house on the data that ship. `guzar site`: the observatory as plain files."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from guzar import journey
from guzar.commands.given import require_text
from guzar.commands.made_up_told import tell_made_up
from guzar.commands.speaker import Speaker, command
from guzar.store import open_workspace

if TYPE_CHECKING:
    from guzar.demonstration import Summary


def add_commands(app: typer.Typer) -> None:
    """Add the commands of the room `use` that make pages."""
    command(app, "demo", "Use")(demo)
    command(app, "site", "Use")(site)


def demo(
    speak: Speaker,
    out: Annotated[Path, typer.Option(help="Folder for the workspace, the release and the site.")] = Path(
        "demo"
    ),
    people: Annotated[
        int, typer.Option(help="Made-up people whose records go through the house; 0 leaves them out.", min=0)
    ] = 200_000,
    seed: Annotated[int, typer.Option(help="Number from which the made-up people are drawn.", min=0)] = 1,
) -> None:
    """The whole house: real figures that ship, and records of made-up people; collected, checked, protected, published.

    Example: guzar demo --out demo
    """
    from guzar.demonstration import run_demonstration  # noqa: PLC0415 - other commands do without pages

    with speak.stages() as step:
        summary = run_demonstration(
            out, date=_today(), language=speak.language, step=step, people=people, seed=seed
        )
    _report(speak, summary)
    speak.summary(asdict(summary))


def _report(speak: Speaker, done: Summary) -> None:
    speak.say(
        "Collected: {collected_files} files, {rows_kept} rows kept, {rows_refused} refused.", **asdict(done)
    )
    speak.say(
        "Held: {observations} observations in {editions} editions; {derived} of them derived by guzar.",
        **asdict(done),
    )
    speak.say("Claims checked: {claims}.", claims=done.claims)
    for verdict, count in done.claims_by_verdict.items():
        speak.say("  {verdict}: {count}", verdict=verdict, count=count)
    speak.say(
        "Published: release {release}, {rows} rows, {numbers} of them numbers.",
        release=done.release,
        rows=speak.number(done.values_published),
        numbers=speak.number(done.numbers_published),
    )
    if done.made_up is not None:
        tell_made_up(speak, done.made_up)
    speak.say(
        "Site: {pages} pages in {site}. Open {site}/index.html, or serve it: python -m http.server --directory {site} 8000",
        pages=done.pages,
        site=done.site,
    )


def site(
    speak: Speaker,
    out: Annotated[
        Path,
        typer.Option(help="Folder for the site; what stands there is replaced when the new one is whole."),
    ],
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
    release: Annotated[
        str | None,
        typer.Option(
            help="Release that the pages show: its folder, or its id in the workspace. Default: the workspace as it is today."
        ),
    ] = None,
) -> None:
    """The observatory as plain files in English and Russian, made from a release of the workspace.

    For a site beside a service, name the release that is served; the service says which.

    Example: guzar site --workspace work --out site
    """
    from guzar.demonstration import require_site_folder, write_observatory  # noqa: PLC0415 - as above

    place = open_workspace(workspace) if workspace else None
    require_text("--release", release)
    require_site_folder(out)
    with TemporaryDirectory() as folder:
        shown = Path(folder) / "release"
        if release is not None:
            shown = journey.find_release(release, place).folder
        else:
            journey.publish_release(
                place, shown, date=_today(), extra=journey.load_release_tables(place, as_of=_today())
            )
        with speak.progress("Writing pages", 300) as step:
            pages = write_observatory(shown, out, step=step, workspace=place)
    speak.say("{count} pages in {path}; open {path}/index.html", count=pages, path=out)
    speak.summary({"pages": pages, "out": str(out)})


def _today() -> str:
    return datetime.now(UTC).date().isoformat()
