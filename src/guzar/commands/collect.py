"""`guzar collect`: take a source into a workspace, with receipt and quarantine."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.table import Table

from guzar import journey
from guzar.collect.delivery import Delivery
from guzar.collect.live import Policy
from guzar.collect.mapping import TableMapping, read_mapping
from guzar.collect.record_form import record_forms
from guzar.collect.sources import layouts, live_services
from guzar.commands.collect_records import (
    ACCEPTED,
    GivenRecords,
    collect_record_files,
    is_about_persons,
    require_workspace,
    write_template_file,
)
from guzar.commands.speaker import Speaker, command
from guzar.define.sources import find_source, sources
from guzar.errors import SettingsInvalid
from guzar.store import Workspace, open_workspace

Mapped = Annotated[
    Path | None,
    typer.Option(
        help="For own_table and sdmx_services: the file that describes table, source and definitions; for "
        "records about persons: the agency's columns, codes and dates.",
    ),
]
Series = Annotated[
    str | None,
    typer.Option(help="What the file holds, where neither it nor its name tells, e.g. births."),
]
DESCRIBED_NAMES = {"own_table": "Any table of your own", "sdmx_services": "Any SDMX service or file"}
DESCRIBED_FORMS = {
    "own_table": "any .xlsx, .xls or .csv with --mapping FILE.toml (docs/how-to/own-table.md)",
    "sdmx_services": "any SDMX-ML 2.1, SDMX-JSON or SDMX-CSV message, or SDMX service, "
    "with --mapping FILE.toml",
}


def add_commands(app: typer.Typer) -> None:
    """Add the commands of the room `collect`."""
    command(app, "collect", "Collect")(collect)


def collect(
    speak: Speaker,
    *,
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="The source, as `guzar collect --list` names it.")
    ] = None,
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="FILE", help="Files as the publisher delivers them.")
    ] = None,
    workspace: Annotated[Path | None, typer.Option(help="The workspace; made if it does not exist.")] = None,
    edition: Annotated[
        str | None, typer.Option(help="Date of publication, where the file does not tell it.")
    ] = None,
    series: Series = None,
    live: Annotated[
        bool, typer.Option("--live", help="Ask the publisher's service instead of reading files.")
    ] = False,
    mapping: Mapped = None,
    records: GivenRecords,
    list_sources: Annotated[
        bool, typer.Option("--list", help="List the sources and what each accepts.")
    ] = False,
) -> None:
    """Take a source into the workspace, with a receipt and a quarantine. The same bytes again add nothing.

    Example: guzar collect un_migrant_stock stock-2020.xlsx --workspace work

    From the publisher's service: guzar collect world_bank --live --workspace work

    Any table: guzar collect own_table permits.csv --mapping permits.toml --workspace work

    Records about persons: guzar collect borders march.csv --receipt march.toml --keys guzar.key --workspace work
    """
    if list_sources:
        _list(speak)
        return
    if source is not None and is_about_persons(source):
        _require_only_for(source, live=live, series=series)
        if records.template is not None:
            write_template_file(speak, source, records.template)
        else:
            folder = require_workspace(source, workspace)
            collect_record_files(
                speak,
                source,
                files or [],
                folder,
                records,
                mapping=mapping,
                edition=edition,
                received=today(),
            )
        return
    _require_figures(records)
    source, workspace = _require_whole_order(source, workspace, files or [], live)
    described = _read_mapping(source, mapping)
    place = open_workspace(workspace, create=True)
    if live and described is None:
        _collect_live(speak, place, source)
        return
    _collect_files(speak, place, source, described, files or [], edition=edition, series=series)


def _require_only_for(source: str, *, live: bool, series: str | None) -> None:
    """Records about persons come from their holder: no service is asked, and no series is named."""
    if live or series is not None:
        raise SettingsInvalid(
            "--live and --series are for published figures; {source} holds records about persons.",
            expected="a file, or a mapping file that names a database",
            do="Leave out --live and --series.",
            source=source,
        )


def _require_figures(records: GivenRecords) -> None:
    """Refuse --keys, --receipt and --template for a source without records about persons."""
    if records != GivenRecords():
        raise SettingsInvalid(
            "--keys, --receipt and --template are for records about persons.",
            expected="one of: {known}",
            do="Leave them out, or name one of these sources.",
            known=", ".join(sorted(record_forms())),
        )


def _require_whole_order(
    source: str | None, workspace: Path | None, files: list[Path], live: bool
) -> tuple[str, Path]:
    """Source and workspace; refused where one is missing, or where there are neither files nor --live, or both."""
    if source is not None and source not in journey.DESCRIBED:
        find_source(source, others=[*journey.DESCRIBED, *record_forms()])
    if source is None or workspace is None or bool(files) == live:
        raise SettingsInvalid(
            "Collecting needs a source, a file or --live, and a workspace.",
            expected="guzar collect SOURCE FILE --workspace FOLDER, "
            "or guzar collect SOURCE --live --workspace FOLDER",
            do="List the sources with: guzar collect --list",
        )
    return source, workspace


def _collect_files(
    speak: Speaker,
    place: Workspace,
    source: str,
    described: TableMapping | None,
    files: list[Path],
    *,
    edition: str | None,
    series: str | None,
) -> None:
    """Take each delivery, and tell what became of it before the next is taken."""
    results = []
    for delivery in _deliveries(place, source, described, files):
        if described is None:
            named = replace(delivery, series=series or "")
            done = journey.collect_delivery(place, source, named, received=today(), edition=edition)
        else:
            done = journey.collect_described(
                place, source, delivery, described, received=today(), edition=edition
            )
        results.append(done)
        _report(speak, done)
    speak.summary({"collected": [vars(done) for done in results]})


def _read_mapping(source: str, mapping: Path | None) -> TableMapping | None:
    """The mapping file where the source needs one.

    Refused where it is missing, or not meant for the source.
    """
    if source not in journey.DESCRIBED:
        if mapping is None:
            return None
        raise SettingsInvalid(
            "guzar knows the form of {source}; a mapping file is for {described}.",
            expected="no --mapping",
            do="Leave out --mapping.",
            source=source,
            described=", ".join(journey.DESCRIBED),
        )
    if mapping is None or not mapping.is_file():
        raise SettingsInvalid(
            "{source} needs a mapping file." if mapping is None else "There is no mapping file {mapping}.",
            expected="--mapping FILE.toml: what the columns hold, the source, the definition",
            do="Write one as docs/how-to/own-table.md shows.",
            source=source,
            mapping=mapping,
        )
    return read_mapping(mapping.read_bytes(), mapping.name)


def _deliveries(
    place: Workspace, source: str, described: TableMapping | None, files: list[Path]
) -> Iterator[Delivery]:
    """The files named, one after the other, or the answer of the service that the mapping file describes."""
    if not files and described is not None:
        if source != "sdmx_services":
            raise SettingsInvalid(
                "{source} has no service to ask.",
                expected="a file",
                do="Name the file after {source}.",
                source=source,
            )
        yield journey.ask_described_service(place, described, patient_policy())
    for file in files:
        yield journey.open_file_delivery(file)


def _collect_live(speak: Speaker, place: Workspace, source: str) -> None:
    """Ask the service with a progress bar, one step per series."""
    with speak.progress("Asking the service", journey.live_series_count(source)) as step:
        done = journey.collect_live(
            place,
            source,
            patient_policy(),
            received=today(),
            moved=lambda series, page, pages: step() if page == pages else None,
        )
    for taken in done.taken:
        _report(speak, taken)
    for series, words in done.refused_series.items():
        speak.say("The service does not give {series}: {words}", series=series, words=words)
    speak.summary(
        {"collected": [vars(taken) for taken in done.taken], "refused_series": dict(done.refused_series)}
    )


def patient_policy() -> Policy:
    """How patient `--live` is: real clock, real pauses, spread so that many offices do not ask at once."""
    return Policy(
        clock=time.monotonic,
        sleep=time.sleep,
        jitter=random.SystemRandom().random,
        now=lambda: datetime.now(UTC),
    )


LONGEST_NOTE, MOST_NOTES = 120, 5  # characters, and notes, that the screen shows


def _report(speak: Speaker, done: journey.Collected) -> None:
    if not done.is_new:
        speak.say(done.held_already, **vars(done))
        return
    speak.say(
        "{file}: {kept} rows kept, {refused} refused; source {source}, edition {edition}.", **vars(done)
    )
    for reason, count in done.reasons.items():
        speak.say("  refused, {count}: {reason}", count=count, reason=speak.text(reason))
    if done.notes:
        speak.say(
            "  Beside the table, kept in the receipt; what changes the meaning belongs in the mapping: {notes}",
            notes=" | ".join(note[:LONGEST_NOTE] for note in done.notes[:MOST_NOTES]),
        )
    if done.unknown_words:
        speak.say(
            "  Not recognised as areas: {words}. Give them codes under [codes.area] of the mapping, or name "
            "them under leave_out.",
            words=", ".join(done.unknown_words[:10]),
        )


def _list(speak: Speaker) -> None:
    """Each source with its name, licence, whether it has a service that guzar asks, and what files it
    accepts.
    """
    listed = [
        _describe(speak, source) for source in sorted({*layouts(), *journey.DESCRIBED, *record_forms()})
    ]
    table = Table(box=None, show_header=False, padding=(0, 2, 1, 0))
    table.add_column(no_wrap=True)
    table.add_column()
    for row in listed:
        told = speak.text("files and --live") if row["live"] else speak.text("files")
        lines = [
            row["name"],
            speak.text("licence: {licence}", licence=row["licence"]) + f" · {told}",
            *map("- {}".format, row["accepts"]),
        ]
        table.add_row(row["source"], "\n".join(lines))
    speak.show(table)
    speak.summary({"sources": listed})


def _describe(speak: Speaker, source: str) -> dict[str, Any]:
    if is_about_persons(source):
        told = speak.text("as the holder's receipt says")
        return {
            "source": source,
            "name": speak.text(record_forms()[source].title),
            "publisher": told,
            "licence": told,
            "live": False,
            "accepts": [speak.text(ACCEPTED)],
        }
    if source in journey.DESCRIBED:
        accepts = [speak.text(DESCRIBED_FORMS[source])]
        told = speak.text("as the mapping file says")
        return {
            "source": source,
            "name": speak.text(DESCRIBED_NAMES[source]),
            "publisher": told,
            "licence": told,
            "live": source == "sdmx_services",
            "accepts": accepts,
        }
    known = sources()[source]
    name = known.name_ru if speak.language == "ru" else known.name_en
    accepts = [speak.text(layout.description) for layout in layouts()[source]]
    return {
        "source": source,
        "name": name,
        "publisher": known.publisher,
        "licence": speak.text(known.licence),
        "live": source in live_services(),
        "accepts": accepts,
    }


def today() -> str:
    """Today's date, for receipts."""
    return datetime.now(UTC).date().isoformat()
