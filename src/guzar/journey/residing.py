"""Residing: a file of crossings → stays, or residence and migrations, through an engine that brings whole persons."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa

from guzar.engines.local import Limits, open_engine, stream_whole_persons
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.crossings_in_files import TableWriter, place_beside, read_crossings
from guzar.process.residence import DATE, MADE, PERSON, SEQUENCE, ResidenceRule, Tally, classify_residence
from guzar.process.stays import STAYS_MADE, pair_crossings_into_stays

Step = Callable[[pa.Table], pa.Table]
Moved = Callable[[int], None]
MEMORY, THREADS = 4_000_000_000, 2
CHECKED_AGAIN = 1_000  # persons, by --self-test


@dataclass(frozen=True)
class Residing:
    """How a run over whole persons goes: memory in bytes, threads, and what is told after each batch of so many rows."""

    memory: int = MEMORY
    threads: int = THREADS
    moved: Moved = lambda rows: None


def reside(
    crossings: Path,
    out: Path,
    rule: ResidenceRule,
    run: Residing | None = None,
    *,
    self_test: bool = False,
) -> Tally:
    """Residence before and after every crossing of a file, in person and time order; what was met on the way.

    In and out: .csv, .csv.gz or .parquet. The output appears whole or not at all. With `self_test` the first persons
    are classified by the plain rule as well, and the run is refused where it differs.
    """
    rule.require_applicable()
    if self_test:
        rule = replace(rule, persons_checked_again=CHECKED_AGAIN)
    tally = Tally()
    _over_whole_persons(crossings, out, lambda batch: classify_residence(batch, rule, tally), MADE, run)
    return tally


def pair_stays(crossings: Path, out: Path, run: Residing | None = None) -> int:
    """Every stay in a file of crossings, with how each end is known; returns how many."""
    return _over_whole_persons(crossings, out, pair_crossings_into_stays, STAYS_MADE, run)


def _over_whole_persons(
    source: Path, out: Path, step: Step, made: Sequence[str], run: Residing | None
) -> int:
    run = run or Residing()
    if source.resolve() == out.resolve():
        raise SettingsInvalid(
            "{file} would be written over.",
            expected="another file for --out than the one that is read",
            do="Choose another name.",
            file=out.name,
        )
    rows = 0
    with place_beside(out) as place, open_engine(Limits(run.memory, run.threads, place / "spill")) as engine:
        query = read_crossings(engine, source)
        _require_new(query.columns, made)
        order = [name for name in (DATE, SEQUENCE) if name in query.columns]
        # Rows of one moment stand in an order that does not depend on that of the file.
        order += sorted(name for name in query.columns if name not in {PERSON, *order})
        with TableWriter(place / out.name) as writer:
            for batch in stream_whole_persons(engine, query.text, person=PERSON, order=order):
                done = step(batch)
                writer.write(done)
                rows += done.num_rows
                run.moved(batch.num_rows)
            if not rows:  # a file without crossings has a header all the same
                writer.write(step(engine.sql(f"SELECT * FROM ({query.text}) LIMIT 0").to_arrow_table()))  # noqa: S608
        (place / out.name).replace(out)
    return rows


def _require_new(columns: Sequence[str], made: Sequence[str]) -> None:
    taken = [name for name in made if name in columns]
    if taken:
        raise TableInvalid(
            "The crossings have columns already that would be made: {columns}.",
            expected="crossings as recorded",
            do="Leave these columns out, or rename them.",
            columns=", ".join(taken),
        )
