"""`guzar protect`: counts about persons, made fit to leave. `guzar attack`: what can be derived from a release."""

import getpass
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Annotated, Any, NoReturn

import polars as pl
import typer

from guzar import journey
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import ReleaseRefused, SettingsInvalid
from guzar.store import Workspace, checksum_of, open_workspace, write_json, write_text

MINIMUM, PROTECTION = 5, 5.0
Dimensions = Annotated[
    str | None, typer.Option(help="Columns that hold codes, with commas between, e.g. region,sex.")
]
Hierarchy = Annotated[
    list[str] | None,
    typer.Option(help="DIM=FILE: groups of a dimension's codes, columns code and parent. May be repeated."),
]


def add_commands(app: typer.Typer) -> None:
    """Add the commands of the room `protect`."""
    command(app, "protect", "Protect")(protect)
    command(app, "attack", "Protect")(attack)
    command(app, "sample", "Protect")(sample)


def protect(
    speak: Speaker,
    counts: Annotated[
        list[Path],
        typer.Argument(metavar="COUNTS", help="Counts of inner cells; several files are linked tables."),
    ],
    dimensions: Dimensions = None,
    count: Annotated[
        str | None, typer.Option(help="Column of the counts or amounts. Default: persons.")
    ] = None,
    minimum: Annotated[int | None, typer.Option(help="Least count that may be shown. Default: 5.")] = None,
    rule: Annotated[
        list[str] | None,
        typer.Option(
            help="zeros, full-cells, filled, sensitive, no-insiders; for amounts dominance:2,75, p-percent:10, "
            "few-contributors:3. May be repeated."
        ),
    ] = None,
    protection: Annotated[
        float | None,
        typer.Option(
            help="Least width of the interval that anyone can derive for a hidden cell (default 5; for amounts in "
            "per cent, default 10); base for rounding."
        ),
    ] = None,
    hierarchy: Hierarchy = None,
    method: Annotated[str | None, typer.Option(help="suppress, perturb or round. Default: suppress.")] = None,
    contributor: Annotated[
        str | None, typer.Option(help="Column of who contributed an amount; each row is then a contribution.")
    ] = None,
    noise: Annotated[
        str | None, typer.Option(help="Noise: greatest, variance, results never shown up to. Default: 5,3,2.")
    ] = None,
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
    _require_other_files(counts, [out, report])
    place = open_workspace(workspace) if workspace else None
    own = {
        "--dimensions": dimensions,
        "--count": count,
        "--minimum": minimum,
        "--rule": rule,
        "--protection": protection,
        "--hierarchy": hierarchy,
        "--method": method,
        "--contributor": contributor,
        "--noise": noise,
    }
    _require_one_place_for_rules(own, place, edition)
    if place is not None:
        task = journey.declared_task(place, counts)
    else:
        task = journey.described_task(
            counts,
            dimensions=_split(dimensions),
            count=count or "persons",
            minimum=minimum,
            protection=protection,
            rules=rule or [],
            method=method or "suppress",
            contributor=contributor,
            noise=noise,
            hierarchies=_pairs(hierarchy or []),
        )
    secret = _secret(speak, task, place, key_file, seed)
    with _busy(speak, "Protecting") as step:
        done = journey.run_task(
            task,
            earlier=_earlier(task, place, earlier),
            secret=secret,
            is_report_full=report is not None or place is not None,
            step=step,
        )
    table = journey.as_one_table(done, task.rules.dimensions)
    speak.write(out, table)
    made = {
        "who": _who(),
        "date": _today(),
        "input": ", ".join(checksum_of(file.read_bytes())[:16] for file in counts),
    }
    if report is not None:
        _write_report(report, done, made, speak.language)
    new = _hold(place, task, done, edition, counts)
    _tell(speak, done.report.facts)
    if place is not None:
        speak.say("Held in the workspace: {tables}.", tables=", ".join(new) or speak.text("nothing new"))
    if out is None and place is None:
        speak.show(_as_text(table))
    speak.say_written(out, table)
    speak.summary_of(out, table, report=dict(done.report.facts))


def attack(
    speak: Speaker,
    release: Annotated[
        Path,
        typer.Argument(metavar="RELEASE", help="A release: every combination of codes, hidden counts empty."),
    ],
    dimensions: Dimensions = None,
    count: Annotated[str, typer.Option(help="Column of the counts.")] = "persons",
    protection: Annotated[
        float, typer.Option(help="Least width of an interval; a hidden inner cell below it is refused.")
    ] = PROTECTION,
    minimum: Annotated[
        int, typer.Option(help="Least group that may be seen to change between two releases.")
    ] = MINIMUM,
    hierarchy: Hierarchy = None,
    earlier: Annotated[Path | None, typer.Option(help="Another release of the same persons.")] = None,
    out: Out = None,
) -> None:
    """Work out every hidden cell as closely as any reader can; exit 4 where one is closer than its protection.

    Example: guzar attack release.csv --dimensions region,sex --count persons --earlier last.csv --out intervals.csv
    """
    _require_other_files([release, *([earlier] if earlier else [])], [out])
    with _busy(speak, "Attacking") as step:
        found = journey.attack_files(
            release,
            dimensions=_split(dimensions),
            count=count,
            minimum=minimum,
            hierarchies=_pairs(hierarchy or []),
            earlier=earlier,
            step=step,
        )
    speak.write(out, found.cells)
    inner = found.closer_than(protection, inner=True)
    facts = {
        "cells_hidden": found.cells.height,
        "known_exactly": found.exactly(),
        "inner_cells_too_close": inner,
        "margins_too_close": found.closer_than(protection, inner=False),
        "small_changes": found.small_changes,
        "is_correction": found.is_correction,
    }
    if out is None:
        speak.show(_as_text(found.cells))
    speak.say(
        "{cells_hidden} hidden cells attacked; {known_exactly} known exactly, {inner_cells_too_close} inner cells and "
        "{margins_too_close} margins closer than {protection}.",
        **facts,
        protection=speak.number(protection),
    )
    speak.say_written(out, found.cells)
    speak.summary_of(out, found.cells, **facts)
    if inner or found.small_changes:
        _refuse(release, inner, protection, found.small_changes)


def sample(
    speak: Speaker,
    records: Annotated[
        Path,
        typer.Argument(
            metavar="RECORDS", help="Records about persons, one row each, only the columns named."
        ),
    ],
    quasi_identifiers: Annotated[
        str | None,
        typer.Option(
            help="What others may know of a person, most important first, e.g. sex,age_group,citizenship."
        ),
    ] = None,
    k: Annotated[int, typer.Option("--k", help="Fewest records that share a combination.")] = 3,
    sensitive: Annotated[
        str | None, typer.Option(help="What nobody may learn of a person, e.g. status,reason.")
    ] = None,
    different: Annotated[
        int, typer.Option("--l", help="Fewest different values of a sensitive column in a combination.")
    ] = 1,
    workspace: Annotated[
        Path | None, typer.Option(help="Workspace whose guzar.toml declares the rules, in place of options.")
    ] = None,
    out: Out = None,
) -> None:
    """Make a sample of records for researchers: nobody alone in a combination; least important columns blanked first.

    Example: guzar sample records.csv --quasi-identifiers sex,age_group --k 3 --sensitive status --l 2 --out sample.csv
    """
    place = open_workspace(workspace) if workspace else None
    rules = None
    if place is None:
        rules = journey.SampleRules(tuple(_split(quasi_identifiers)), k, tuple(_names(sensitive)), different)
    elif quasi_identifiers or sensitive or (k, different) != (3, 1):
        _refuse_two_places("--quasi-identifiers, --k, --sensitive, --l")
    _require_other_files([records], [out])
    done = journey.protect_records(records, rules, place)
    speak.write(out, done.records)
    facts = {
        "records": done.records.height,
        "risky": done.risky_before,
        "blanked": sum(done.blanked.values()),
        "left_out": done.left_out,
        "smallest": done.smallest_group,
    }
    if out is None:
        speak.show(_as_text(done.records))
    speak.say(
        "Records: {records}; risky before: {risky}; values blanked: {blanked}; records left out: {left_out}; every "
        "combination is shared by at least {smallest}.",
        **facts,
    )
    speak.say_written(out, done.records)
    speak.summary_of(out, done.records, **facts, blanked_by_column=done.blanked)


def _refuse(release: Path, inner: int, protection: float, small: int) -> None:
    raise ReleaseRefused(
        "{release} gives hidden cells away: {inner} inner cells can be derived too closely, {small} small changes seen.",
        expected="no hidden inner cell whose interval is narrower than {protection}, and no small change to be seen",
        do="Protect the counts again: guzar protect COUNTS --protection {protection}, beside earlier releases with "
        "--earlier.",
        release=release.name,
        inner=inner,
        small=small,
        protection=f"{protection:g}",
    )


def _require_one_place_for_rules(
    own: Mapping[str, Any], place: Workspace | None, edition: str | None
) -> None:
    """Rules are declared in the workspace or given on the command line, never both."""
    given = [name for name, value in own.items() if value not in (None, [])]
    if place is not None and given:
        _refuse_two_places(", ".join(given))
    if place is None and edition is not None:
        raise SettingsInvalid(
            "--edition is for a workspace.",
            expected="--workspace with --edition",
            do="Leave out --edition, or name a workspace.",
        )


def _refuse_two_places(options: str) -> NoReturn:
    raise SettingsInvalid(
        "The rules of a workspace's tables stand in its guzar.toml; {options} cannot change them.",
        expected="--workspace, or rules on the command line",
        do="Change the rules in guzar.toml, or leave out --workspace.",
        options=options,
    )


def _names(text: str | None) -> list[str]:
    return [name.strip() for name in (text or "").split(",") if name.strip()]


def _split(dimensions: str | None) -> list[str]:
    names = _names(dimensions)
    if not names:
        raise SettingsInvalid(
            "No columns with codes are named.",
            expected="--dimensions (or --quasi-identifiers) with the columns that hold codes",
            do="Name them with commas between, for example --dimensions region,sex",
        )
    return names


def _pairs(hierarchies: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Hierarchy files by dimension, from texts like region=regions.csv."""
    found: dict[str, tuple[str, ...]] = {}
    for text in hierarchies:
        name, sign, file = text.partition("=")
        if not (name.strip() and sign and file.strip()):
            raise SettingsInvalid(
                "The hierarchy {text} cannot be read.",
                expected="DIM=FILE, for example region=regions.csv",
                do="Name the dimension and the file.",
                text=text,
            )
        found[name.strip()] = (*found.get(name.strip(), ()), file.strip())
    return found


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


def _write_report(path: Path, done: journey.Protected, made: Mapping[str, str], language: str) -> None:
    if path.suffix == ".json":
        write_json(path, {**made, **done.report.facts, "hidden_cells": done.report.hidden_cells.to_dicts()})
    else:
        write_text(path, journey.write_report_page(done.report, language=language, made=made))


def _require_other_files(read: Sequence[Path], written: Sequence[Path | None]) -> None:
    """Refuse to write over what is read, or twice to one file."""
    places = [path.resolve() for path in written if path is not None]
    taken = [
        path.name for path in places if path in {each.resolve() for each in read} or places.count(path) > 1
    ]
    if taken:
        raise SettingsInvalid(
            "{file} would be written over.",
            expected="other files for --out and --report than those that are read",
            do="Choose another name.",
            file=taken[0],
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


def _require_report_name(report: Path | None) -> None:
    if report is not None and report.suffix not in (".html", ".json"):
        raise SettingsInvalid(
            "A report cannot be written to {path}.",
            expected="a name that ends in .html or .json",
            do="Choose another name for --report.",
            path=report,
        )


def _hold(
    place: Workspace | None,
    task: journey.ProtectionTask,
    done: journey.Protected,
    edition: str | None,
    counts: Sequence[Path],
) -> list[str]:
    if place is None:
        return []
    return journey.hold_protected(
        place,
        done,
        task,
        edition=_date(edition),
        made_from={journey.name_of_table(file): checksum_of(file.read_bytes()) for file in counts},
        who=_who(),
        when=datetime.now(UTC).isoformat(timespec="seconds"),
    )


def _tell(speak: Speaker, facts: Mapping[str, Any]) -> None:
    """What was done, in two or three lines."""
    cells = sum(table["cells"] for table in facts["tables"])
    if facts["method"] == "suppress":
        _tell_suppressed(speak, facts)
    elif facts["method"] == "perturb":
        speak.say(
            "Noise in {moved} of {cells} cells, at most {greatest}; totals are not the sums of their parts.",
            moved=facts["noise"]["cells_moved"],
            cells=cells,
            greatest=facts["noise"]["greatest"],
        )
    else:
        speak.say(
            "{cells} cells rounded to multiples of {base}; all sums hold, {further} cells went one multiple further.",
            cells=cells,
            base=facts["base"],
            further=facts["gone_further"],
        )


def _tell_suppressed(speak: Speaker, facts: Mapping[str, Any]) -> None:
    cost, hidden, attacked = facts["cost"], facts["hidden"], facts["attack"]
    if not cost["cells_hidden"]:
        speak.say("No cell of {cells} has to be hidden.", cells=cost["cells"])
        return
    others = hidden["to_protect_others"], hidden["hidden_earlier"]
    speak.say(
        "{hidden} of {cells} cells hidden: {by_rule} by a rule, {to_protect} to protect them.",
        hidden=cost["cells_hidden"],
        cells=cost["cells"],
        by_rule=cost["cells_hidden"] - sum(others),
        to_protect=others[0],
    )
    if others[1]:
        speak.say("Hidden before, and so hidden now: {earlier}.", earlier=others[1])
    if "naive" not in facts:
        speak.say("Attacked: no hidden cell is closer than its protection. --report tells more.")
        return
    narrowest = attacked["narrowest"]
    speak.say(
        "Attacked: {tight} hidden cells closer than their protection; width of the narrowest interval: {narrowest}. "
        "With the rule's cells alone hidden, {naive} of {primary} would be closer.",
        tight=attacked["tighter_than_protection"],
        narrowest=speak.number(narrowest) if narrowest is not None else speak.text("no bound"),
        naive=facts["naive"]["tighter_than_protection"],
        primary=facts["naive"]["cells_hidden"],
    )


def _as_text(table: pl.DataFrame) -> str:
    with pl.Config(tbl_rows=40, tbl_hide_dataframe_shape=True, tbl_hide_column_data_types=True):
        return str(table)


@contextmanager
def _busy(speak: Speaker, message: str) -> Iterator[Callable[[], None]]:
    """A sign of life on a terminal: how many steps there will be is not known beforehand."""
    with speak.progress(message, 0) as step:
        yield step


def _who() -> str:
    """Who runs this, for the audit log of the workspace."""
    try:
        return getpass.getuser()
    except OSError:
        return "unknown"


def _today() -> str:
    return datetime.now(UTC).date().isoformat()


def _date(text: str | None) -> str:
    if text is None:
        return _today()
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise SettingsInvalid(
            "{date} is no date.",
            expected="a date as 2026-11-21",
            do="Correct --edition.",
            date=text,
        ) from None
