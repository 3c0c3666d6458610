"""Killed at random moments: whatever stage of a records run is killed, the next run ends in the same tree.

    python tools/measure_interruptions.py [--moments 50] [--people 400] [--seed 1] [STAGE …]

Deliveries of a made-up country go through every stage: collect, pseudonymise, link, link again beside the earlier
linkage, purge, stays, residence, a register of all months but the last, the last month added to it, count, protect,
publish. For each, the folder before the stage is copied, the stage begins in a process of its own, and
SIGKILL ends it at a moment drawn evenly over the time that the stage takes. Then three things are asked: nothing under
a final name is half-made; the same command, run again, ends well; and the folder is then, byte by byte and name by
name, temporary folders included, the one that an undisturbed run leaves. Processes are forked from one that has loaded
everything, so that a moment falls into the work and not into loading. Prints Markdown; exit 1 where a promise is broken.
"""

import argparse
import hashlib
import importlib
import os
import random
import shutil
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from markdown_tables import as_table

from guzar.cli import application, main
from guzar.store.keyring import open_keyring
from guzar.store.linking_zone import read_identities

LOADED = (
    "duckdb",
    "guzar.demonstration",
    "guzar.journey",
    "guzar.share.editions",
    "guzar.share.packages",
    "guzar.share.workbook",
    "numba",
    "polars",
    "pyarrow.compute",
    "pyarrow.parquet",
    "splink",
)
DAYS = ("2019-01-01", "2023-12-31")
LAST_BUT_ONE = "2023-11-30"  # the last month comes into the register later
ROWS = 500  # in a part of the register, so that so few people fill several
TIMED = 3  # undisturbed runs that give the time of a stage, and must all end alike
TMP, LOG = "tmp", "said.log"
RULES = """format = 1

[protect.flows]
population = "made-up persons"
dimensions = ["year", "flow", "sex"]
count = "migrations"
unit = "persons"
minimum = 3
"""


@dataclass(frozen=True)
class Stage:
    """One stage: its command, in the folder that the stages before have left."""

    name: str
    command: tuple[str, ...]
    prepare: Callable[[Path], None] = lambda folder: None


@dataclass
class Result:
    """What became of a stage under so many kills."""

    seconds: float
    files: int
    finished: int = 0  # the stage was quicker than the kill
    left: int = 0  # kills after which something lay beside its place
    broken: list[str] = field(default_factory=list)


def stages() -> tuple[Stage, ...]:
    """The stages in their order; each stands in the folder that holds `sent`, `guzar.key` and what was made so far."""
    receipt = ("--receipt", "sent/deliveries/receipts/crossings.toml")
    delivery = "sent/deliveries/crossings/crossings-2019.parquet"
    people = "people.parquet"
    observed = ("--observed-from", DAYS[0], "--observed-to", DAYS[1])
    rule = ("--threshold-days", "183", "--window-days", "365")
    held = ("--workspace", "counts", "--edition", "2024-01-01")
    return (
        Stage(
            "collect",
            ("collect", "borders", delivery, "--workspace", "work", "--keys", "guzar.key", *receipt),
        ),
        Stage(
            "pseudonymise",
            (
                "pseudonymise",
                "sent/deliveries/crossings",
                "--keys",
                "guzar.key",
                "--out",
                "records",
                *receipt,
            ),
        ),
        Stage(
            "link",
            (
                "link",
                people,
                "--out",
                "pairs.parquet",
                "--clusters",
                "persons.parquet",
                "--review",
                "review.csv",
            ),
            _gather_people,
        ),
        Stage(
            "link-earlier",
            (
                "link",
                *("--workspace", "records", "--keys", "guzar.key", "--earlier", "persons.parquet"),
                *("--clusters", "persons-again.parquet", "--changes", "changes.csv"),
                *("--out", "pairs-again.parquet", "--crossings", "crossings-again.parquet"),
            ),
        ),
        Stage("purge", ("keys", "purge-links", "--workspace", "records", "--by", "a statistician")),
        Stage("stays", ("stays", "crossings.parquet", "--out", "stays.csv.gz"), _join_persons),
        Stage(
            "residence",
            ("residence", "crossings.parquet", *observed, *rule, "--out", "residence.parquet"),
        ),
        Stage(
            "register",
            (
                *("register", "until.parquet", "--into", "register", "--rule", "6/12"),
                *("--observed-from", DAYS[0], "--observed-to", LAST_BUT_ONE),
            ),
            _split_months,
        ),
        Stage(
            "register-later",
            (
                *("register", "since.parquet", "--into", "register", "--observed-to", DAYS[1]),
                *("--out", "registered.parquet"),
            ),
        ),
        Stage(
            "count",
            ("count", "residence.parquet", "--measure", "flow", "--by", "sex", "--out", "flows.csv"),
        ),
        Stage(
            "protect",
            ("protect", "flows.csv", *held, "--out", "protected.csv", "--report", "report.html"),
            _declare_rules,
        ),
        Stage("publish", ("publish", "--workspace", "counts", "--out", "release", "--date", "2024-02-01")),
    )


def measure(stage: Stage, start: Path, place: Path, moments: int, seed: str) -> tuple[Result, Path]:
    """Kill a stage so many times; also the folder of an undisturbed run, from which the next stage begins."""
    whole = place / "undisturbed"
    seconds = []
    for number in range(TIMED if moments else 1):
        folder = whole if number == 0 else place / "again"
        _copy(start, folder)
        seconds.append(_run(stage, folder))
        if number and list(_differences(_tree(whole), _tree(folder))):
            raise SystemExit(f"{stage.name}: two undisturbed runs differ: {_first(whole, folder)}")
    before, expected = _tree(start), _tree(whole)
    result = Result(statistics.median(seconds), len(expected.keys() - before.keys()))
    chance = random.Random(f"{seed} {stage.name}")
    for _ in range(moments):
        moment = chance.uniform(0, result.seconds)
        folder = place / "killed"
        _copy(start, folder)
        result.finished += _run_until(stage, folder, moment)
        killed = _tree(folder)
        result.left += bool(killed.keys() - expected.keys() - before.keys())
        told = f"after {moment:.3f} s"
        result.broken += [f"{told}: {name} is half-made" for name in _half_made(killed, before, expected)]
        try:
            _run(stage, folder)
        except SystemExit as failure:
            result.broken.append(f"{told}: {failure}")
            continue
        result.broken += [f"{told}: {told_apart}" for told_apart in _differences(expected, _tree(folder))]
    return result, whole


def _half_made(
    killed: Mapping[str, str], before: Mapping[str, str], expected: Mapping[str, str]
) -> Iterator[str]:
    """Final names under which, after the kill, stands neither what stood there before nor what shall stand there."""
    for name in sorted(killed.keys() & (expected.keys() | before.keys())):
        if killed[name] not in (before.get(name), expected.get(name)):
            yield name


def _differences(expected: Mapping[str, str], found: Mapping[str, str]) -> Iterator[str]:
    """Names that are missing, left over or of another content."""
    for name in sorted(expected.keys() | found.keys()):
        if name not in found:
            yield f"{name} is missing"
        elif name not in expected:
            yield f"{name} is left over"
        elif expected[name] != found[name]:
            yield f"{name} differs"


def _first(one: Path, other: Path) -> str:
    return next(_differences(_tree(one), _tree(other)))


def _tree(folder: Path) -> dict[str, str]:
    """Every file and folder by name, hidden ones and temporary ones too, with the checksum of its content."""
    found = {}
    for path in folder.rglob("*"):
        name = path.relative_to(folder).as_posix()
        found[name] = "folder" if path.is_dir() else hashlib.sha256(path.read_bytes()).hexdigest()
    return found


def _copy(start: Path, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(start, folder)
    (folder / TMP).mkdir(exist_ok=True)


def _run(stage: Stage, folder: Path) -> float:
    """Run a stage to its end; the seconds that it took. Raises SystemExit where it does not end well."""
    process = _begin(stage, folder)
    began = time.monotonic()
    _, status = os.waitpid(process, 0)
    seconds = time.monotonic() - began
    if status:
        said = _log_of(folder).read_text(encoding="utf-8", errors="replace").strip()
        raise SystemExit(f"{stage.name} ended with {os.waitstatus_to_exitcode(status)}: {said[-300:]}")
    return seconds


def _run_until(stage: Stage, folder: Path, moment: float) -> bool:
    """Run a stage and kill it at a moment; whether it had ended before."""
    process = _begin(stage, folder)
    time.sleep(moment)
    ended, _ = os.waitpid(process, os.WNOHANG)
    if not ended:
        os.kill(process, signal.SIGKILL)
        os.waitpid(process, 0)
    return bool(ended)


def _begin(stage: Stage, folder: Path) -> int:
    """Fork a process that does one stage in a folder; returns when it is about to begin."""
    ready, tell = os.pipe()
    process = os.fork()
    if process:
        os.close(tell)
        os.read(ready, 1)
        os.close(ready)
        return process
    code = 1
    try:
        os.chdir(folder)
        os.environ["TMPDIR"] = str(folder / TMP)
        tempfile.tempdir = str(folder / TMP)
        log = os.open(_log_of(folder), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(log, 1)
        os.dup2(log, 2)
        os.write(tell, b".")
        main([*stage.command, "--quiet"])
    except SystemExit as stop:
        code = int(stop.code or 0)
    finally:
        os._exit(code)


def _log_of(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}-{LOG}")


def _in_child(work: Callable[[], None]) -> None:
    """Do something in a process of its own: this one may not start the threads of a library before it forks."""
    process = os.fork()
    if not process:
        code = 1
        try:
            work()
            code = 0
        finally:
            os._exit(code)
    if os.waitpid(process, 0)[1]:
        raise SystemExit("the folder for a stage could not be prepared")


def _gather_people(folder: Path) -> None:
    """The identity rows as one table, opened from the linking zone."""
    zone, keys = folder / "records", open_keyring(folder / "guzar.key", workspace=folder / "records")
    people = read_identities(zone, keys, on=datetime.now(UTC).date().isoformat())
    people.write_parquet(folder / "people.parquet")


def _join_persons(folder: Path) -> None:
    """Crossings under the person that linkage found; nobody's name goes on from here."""
    import polars as pl  # noqa: PLC0415 - in a process of its own

    rows = pl.read_parquet(folder / "records/records/crossings/*.parquet")
    persons = pl.read_parquet(folder / "persons.parquet").select("record_id", "person_id")
    kept = [
        name
        for name in ("person_id", "crossing_date", "direction", "sex")
        if name in {*rows.columns, "person_id"}
    ]
    rows.join(persons, on="record_id").select(kept).write_parquet(folder / "crossings.parquet")


def _split_months(folder: Path) -> None:
    """The crossings of the last month in a file of their own."""
    import polars as pl  # noqa: PLC0415 - in a process of its own

    rows = pl.read_parquet(folder / "crossings.parquet")
    is_before = pl.col("crossing_date").dt.date() <= date.fromisoformat(LAST_BUT_ONE)
    rows.filter(is_before).write_parquet(folder / "until.parquet")
    rows.filter(~is_before).write_parquet(folder / "since.parquet")


def _declare_rules(folder: Path) -> None:
    (folder / "counts").mkdir()
    (folder / "counts" / "guzar.toml").write_text(RULES, encoding="utf-8")


def _send(folder: Path, people: int, seed: int) -> None:
    """Deliveries of a made-up country, and a key."""
    days = ("--from", DAYS[0], "--to", DAYS[1])
    for words in (
        ("simulate", "--people", str(people), *days, "--seed", str(seed), "--out", "sent"),
        ("keys", "new", "guzar.key"),
    ):
        _run(Stage(words[0], words), folder)


def run(moments: int, people: int, seed: int, wanted: Sequence[str]) -> int:
    """Measure every stage, or those named; prints a table and what was broken; 1 where something was."""
    application()
    for name in LOADED:
        importlib.import_module(name)
    importlib.import_module("guzar.journey.register_parts").ROWS = ROWS  # type: ignore[attr-defined]
    results: dict[str, Result] = {}
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        start = Path(folder) / "sent"
        start.mkdir()
        (start / TMP).mkdir()
        _send(start, people, seed)
        for stage in stages():
            _in_child(lambda stage=stage, start=start: stage.prepare(start))  # type: ignore[misc]
            place = Path(folder) / stage.name
            place.mkdir()
            asked = moments if not wanted or stage.name in wanted else 0
            results[stage.name], start = measure(stage, start, place, asked, str(seed))
            print(f"{stage.name}: {asked} kills", file=sys.stderr)
    _tell({name: result for name, result in results.items() if not wanted or name in wanted}, moments)
    print(f"\n{people:,} made-up people, seed {seed}; {(time.monotonic() - began) / 60:.1f} minutes.")
    return int(any(result.broken for result in results.values()))


def _tell(results: Mapping[str, Result], moments: int) -> None:
    header = (
        *("stage", "seconds undisturbed", "files and folders made", "kills", "ended before the kill"),
        *("left something beside", "promises broken"),
    )
    rows = [
        (name, f"{one.seconds:.2f}", one.files, moments, one.finished, one.left, len(one.broken))
        for name, one in results.items()
    ]
    print(as_table(header, rows, numbers=header[1:]))
    kills = moments * len(results)
    broken = [(name, told) for name, one in results.items() for told in one.broken]
    print(f"\n{kills} kills, {len(broken)} promises broken, on {datetime.now(UTC).date()}.")
    for name, told in broken:
        print(f"\n- {name}, {told}")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Kill every stage at random moments, and run it again.")
    parser.add_argument("stage", nargs="*", choices=[[], *(stage.name for stage in stages())], default=[])
    parser.add_argument("--moments", type=int, default=50)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    asked = _arguments()
    sys.exit(run(asked.moments, asked.people, asked.seed, asked.stage))
