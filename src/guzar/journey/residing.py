"""Residing: a file of crossings → stays, or residence and migrations, through an engine that brings whole persons."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from guzar.analyse.identifying_columns import refuse_unknown_code
from guzar.analyse.measures import NOT_SEEN
from guzar.engines.local import Limits, open_engine, stream_whole_persons
from guzar.engines.spark import scan_query, transform_whole_persons
from guzar.engines.whole_persons import Step, take_step
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.about_tables import about_residence, point_to, workspace_of
from guzar.journey.crossing_rows import require_known_cells
from guzar.journey.crossings_in_files import CrossingsQuery, TableWriter, place_beside, read_crossings
from guzar.process.histories import CITIZENSHIP, DATE, PERSON, SEQUENCE
from guzar.process.residence import Tally, classify_residence, made_columns
from guzar.process.residence_rule import ResidenceRule
from guzar.process.stays import VIEWS, pair_crossings_into_stays
from guzar.store import write_about

Moved = Callable[[int], None]
MEMORY, THREADS = 4_000_000_000, 2
CHECKED_AGAIN = 1_000  # persons, by --self-test; on Spark in each part
ENGINES = ("local", "spark")


@dataclass(frozen=True)
class Residing:
    """How a run over whole persons goes: memory in bytes, threads, what is told after each batch of so many rows, and
    where it runs: `local` (DuckDB) or `spark`, with the same rows."""

    memory: int = MEMORY
    threads: int = THREADS
    moved: Moved = lambda rows: None
    engine: str = "local"


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
    step = partial(classify_residence, rule=rule)
    _over_whole_persons(
        crossings,
        out,
        step,
        tally,
        made_columns(rule),
        run,
        tell=lambda: about_residence(rule, tally),
        own_citizens=rule.own_citizens,
    )
    return tally


@dataclass
class Paired:
    """How many stays (or absences) were paired, and of how many nobody recorded the beginning or the end."""

    rows: int = 0
    beginnings_not_recorded: int = 0
    ends_not_recorded: int = 0
    not_ended: int = 0  # no later crossing is seen: they may go on

    def add(self, spells: pa.Table) -> None:
        """Go on counting over one more batch of stays or absences."""
        begin, end, _, end_by = spells.column_names[1:]
        is_open = pc.equal(pc.cast(spells.column(end_by), pa.string()), NOT_SEEN)
        is_open = pc.and_(pc.is_null(spells.column(end)), is_open)
        not_ended = pc.sum(is_open).as_py() or 0
        self.rows += spells.num_rows
        self.beginnings_not_recorded += spells.column(begin).null_count
        self.not_ended += not_ended
        self.ends_not_recorded += spells.column(end).null_count - not_ended


def pair_stays(
    crossings: Path, out: Path, run: Residing | None = None, *, view: str = "destination"
) -> Paired:
    """Every stay in a file of crossings (view of the origin: every absence), with how each end is known; how many."""
    if view not in VIEWS:
        raise SettingsInvalid(
            "{view} is no view of crossings.",
            expected="--view destination or origin",
            do="Choose one of these.",
            view=view,
        )
    step = partial(pair_crossings_into_stays, view=view)
    told = {"made_by": "guzar stays", "view": view}
    paired = Paired()
    _over_whole_persons(crossings, out, step, None, (), run, tell=lambda: told, met=paired.add)
    return paired


def _over_whole_persons(
    source: Path,
    out: Path,
    step: Step,
    tally: Tally | None,
    made: Sequence[str],
    run: Residing | None,
    *,
    tell: Callable[[], Mapping[str, Any]],
    met: Callable[[pa.Table], None] = lambda done: None,
    own_citizens: str = "",
) -> None:
    run = run or Residing()
    require_engine(run.engine)
    if source.resolve() == out.resolve():
        raise SettingsInvalid(
            "{file} would be written over.",
            expected="another file for --out than the one that is read",
            do="Choose another name.",
            file=out.name,
        )
    rows = 0
    with place_beside(out) as place, open_engine(limits := limits_of(run, place)) as engine:
        query = read_crossings(engine, source)
        _require_new(query.columns, made)
        require_citizens(engine, query, own_citizens)
        order = order_of(query)
        with TableWriter(place / out.name) as writer:
            try:
                for done in transform_persons(engine, limits, query, order, step, tally, run):
                    writer.write(done)
                    met(done)
                    rows += done.num_rows
            except TableInvalid:  # a step does not know which rows of the file it was given
                require_known_cells(engine, source)
                raise
            if not rows:  # a file without crossings has a header all the same
                nobody = engine.sql(f"SELECT * FROM ({query.text}) LIMIT 0").to_arrow_table()  # noqa: S608
                writer.write(take_step(step, nobody, tally))
        write_about(out, {**tell(), **point_to(workspace_of(source), out)})
        (place / out.name).replace(out)


def order_of(query: CrossingsQuery) -> list[str]:
    """Time, the sequence, and all other columns: rows of one moment stand in an order that is not the file's."""
    order = [name for name in (DATE, SEQUENCE) if name in query.columns]
    return order + sorted(name for name in query.columns if name not in {PERSON, *order})


def limits_of(run: Residing, place: Path) -> Limits:
    """What a run may use, with a folder of its own for what spills over."""
    return Limits(run.memory, run.threads, place / "spill")


def transform_persons(
    engine: duckdb.DuckDBPyConnection,
    limits: Limits,
    query: CrossingsQuery,
    order: Sequence[str],
    step: Step,
    tally: Any | None,
    run: Residing,
) -> Iterator[pa.Table]:
    """What the step makes of whole persons, in their order: the same rows on every engine."""
    if run.engine == "spark":
        scan = scan_query(engine, query.text, is_divisible=query.is_divisible)
        for done in transform_whole_persons(limits, scan, person=PERSON, order=order, step=step, tally=tally):
            run.moved(done.num_rows)
            yield done
        return
    for batch in stream_whole_persons(engine, query.text, person=PERSON, order=order):
        yield take_step(step, batch, tally)
        run.moved(batch.num_rows)


def require_engine(engine: str) -> None:
    """Refuse an engine that guzar does not have."""
    if engine not in ENGINES:
        raise SettingsInvalid(
            "{engine} is no engine of guzar.",
            expected="--engine local or spark",
            do="Choose one of these.",
            engine=engine,
        )


def require_citizens(engine: duckdb.DuckDBPyConnection, query: CrossingsQuery, code: str) -> None:
    """Refuse a code of citizenship that no crossing has: an empty table would look like a country without citizens."""
    if not code or CITIZENSHIP not in query.columns:
        return
    every = (
        f"SELECT DISTINCT CAST({CITIZENSHIP} AS VARCHAR) FROM ({query.text}) WHERE {CITIZENSHIP} IS NOT NULL"  # noqa: S608
    )
    codes = [str(row[0]) for row in engine.sql(every).fetchall()]
    if codes and code not in codes:
        refuse_unknown_code(CITIZENSHIP, code, codes)


def _require_new(columns: Sequence[str], made: Sequence[str]) -> None:
    taken = [name for name in made if name in columns]
    if taken:
        raise TableInvalid(
            "The crossings have columns already that would be made: {columns}.",
            expected="crossings as recorded",
            do="Leave these columns out, or rename them.",
            columns=", ".join(taken),
        )
