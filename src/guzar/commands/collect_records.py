"""`guzar collect` for records about persons: their receipt, keys and mapping file, and the template."""

from __future__ import annotations

import os
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.collect.record_form import RecordForm, record_forms
from guzar.collect.record_mapping import RecordMapping, read_record_mapping
from guzar.collect.record_receipt import FORM, RecordReceipt, read_record_receipt
from guzar.collect.record_template import write_template
from guzar.commands.speaker import Speaker
from guzar.errors import DeliveryRefused, SettingsInvalid
from guzar.store import Workspace, open_workspace, write_bytes
from guzar.store.keyring import Keyring, open_keyring

ACCEPTED = (
    "delimited text, fixed width, Parquet, .xlsx, SPSS, Stata or PostgreSQL, "
    "with --keys and --receipt (docs/how-to/collect-records.md)"
)


@dataclass(frozen=True)
class GivenRecords:
    """What records about persons are given beside their files; each field is an option."""

    keys: Annotated[
        Path | None,
        typer.Option(help="For records about persons: the key file, kept outside the workspace."),
    ] = None
    receipt: Annotated[
        Path | None,
        typer.Option(help="For records about persons: the holder's receipt, with legal basis and retention."),
    ] = None
    template: Annotated[
        Path | None,
        typer.Option(help="For records about persons: write the workbook to fill in (.xlsx), and stop."),
    ] = None


def is_about_persons(source: str | None) -> bool:
    """Whether a source delivers records about persons."""
    return source in record_forms()


def write_template_file(speak: Speaker, source: str, out: Path) -> None:
    """Write the template of a source as a workbook."""
    if out.suffix.lower() != ".xlsx":
        raise SettingsInvalid(
            "The template is a workbook; {path} is named otherwise.",
            expected="a name that ends in .xlsx",
            do="Choose another name after --template.",
            path=out,
        )
    write_bytes(out, write_template(record_forms()[source], speak.language))
    speak.say("Template for {source} written to {path}; fill in the first sheet.", source=source, path=out)
    speak.summary({"template": str(out), "source": source})


def require_workspace(source: str, workspace: Path | None) -> Path:
    """The workspace; refused (SettingsInvalid) where none is named."""
    if workspace is None:
        raise SettingsInvalid(
            "Collecting records needs a workspace.",
            expected="guzar collect {source} FILE --workspace FOLDER --keys KEYS --receipt RECEIPT.toml",
            do="Name the workspace.",
            source=source,
        )
    return workspace


def collect_record_files(
    speak: Speaker,
    source: str,
    files: list[Path],
    workspace: Path,
    given: GivenRecords,
    *,
    mapping: Path | None,
    edition: str | None,
    received: str,
) -> None:
    """Take each delivery of records, and tell what became of it before the next is taken."""
    form = record_forms()[source]
    told = _read_receipt(given.receipt, source, received)
    keyring = _open_keys(given.keys, workspace, source)
    described = _read_mapping(mapping, form)
    place = open_workspace(workspace, create=True)
    results = []
    for delivery in _deliveries(place, source, files, described):
        with speak.progress("Reading records", 0) as step:
            done = journey.collect_records(
                place,
                source,
                delivery,
                described,
                told,
                keyring,
                received=received,
                edition=edition,
                moved=step,
            )
        results.append(done)
        _report(speak, done)
    speak.summary({"collected": [asdict(done) for done in results]})


def _read_receipt(receipt: Path | None, source: str, received: str) -> RecordReceipt:
    if receipt is None:
        raise DeliveryRefused(
            "Records about persons are not taken in without a receipt.",
            where="{source}",
            expected="--receipt RECEIPT.toml with holder, legal basis, purpose and retention: {form}",
            do="Ask the holder of the records for the receipt. A worked example stands in "
            "docs/how-to/collect-records.md.",
            source=source,
            form=FORM,
        )
    return read_record_receipt(_content(receipt), receipt.name, date.fromisoformat(received))


def _open_keys(keys: Path | None, workspace: Path, source: str) -> Keyring:
    if keys is None:
        raise SettingsInvalid(
            "Records about persons are not taken in without a key file.",
            where="{source}",
            expected="--keys KEYS: a key file outside the workspace",
            do="Make one with: guzar keys new KEYS",
            source=source,
        )
    return open_keyring(keys, workspace=workspace)


def _read_mapping(mapping: Path | None, form: RecordForm) -> RecordMapping:
    if mapping is None:
        return RecordMapping()
    return read_record_mapping(_content(mapping), mapping.name, form)


def _content(path: Path) -> bytes:
    if not path.is_file():
        raise SettingsInvalid(
            "There is no file {path}.",
            expected="a TOML file",
            do="Check the path and the current folder.",
            path=path,
        )
    return path.read_bytes()


def _deliveries(
    place: Workspace, source: str, files: list[Path], mapping: RecordMapping
) -> list[journey.RecordDelivery]:
    if files:
        return [journey.RecordDelivery(path.name, path) for path in files]
    return [journey.fetch_delivery(place, source, mapping, os.environ)]


def _report_names(speak: Speaker, done: journey.CollectedRecords) -> None:
    """What changed in the linking zone, though no record was added."""
    if done.sealed_again:
        speak.say(
            "  names sealed again after a purge: {count} records, until {date}; now they can be linked.",
            count=done.sealed_again,
            date=done.held_until,
        )
    elif done.held_until:
        speak.say("  names are held until {date} from now on, as the receipt says.", date=done.held_until)


def _report(speak: Speaker, done: journey.CollectedRecords) -> None:
    if not done.is_new:
        speak.say(journey.HELD_ALREADY, **asdict(done))
        _report_names(speak, done)
        return
    speak.say(
        "{file}: {kept} records kept under pseudonyms, {refused} rows set aside; {source} of {holder}, "
        "edition {edition}.",
        **asdict(done),
    )
    if done.held:
        speak.say("  held already, as they are, and not added again: {held}", held=done.held)
    if done.replaced:
        speak.say(
            "  in the place of earlier ones, corrected or under a newer key: {count}", count=done.replaced
        )
    for reason, count in done.reasons.items():
        column, told, words = reason.partition(": ")
        text = f"{column}: {speak.text(words)}" if told else speak.text(reason)
        first = done.first_rows[reason]
        rows = ", ".join(map(str, first)) + (", …" if count > len(first) else "")
        speak.say("  set aside, {count}: {reason} (row numbers: {rows})", count=count, reason=text, rows=rows)
    if done.can_be_linked is False:
        speak.warn(
            "No record of {file} has the number of a document, or a name with a date of birth: guzar link cannot tell "
            "these persons apart. If the delivery holds them, name their headings in the mapping file ([columns]).",
            file=done.file,
        )
