"""A register that grows: files of crossings, month by month → residence by person, decided again where it can change.

The result is that of `guzar residence` over all files together. New crossings are sorted; what is held is in order
already, and is merged with them part by part (process/touched_persons.py).
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from guzar.engines.local import open_engine, stream_whole_persons
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.about_tables import about_residence, point_to, workspace_of
from guzar.journey.crossing_rows import require_known_cells
from guzar.journey.crossings_in_files import CrossingsQuery, TableWriter, place_beside, read_crossings
from guzar.journey.register_facts import Known, as_manifest, read_known, rule_for
from guzar.journey.register_parts import PartsWriter, SortedBatches, split_after
from guzar.journey.registered_columns import columns_of, read_as_held
from guzar.journey.residing import Residing, limits_of, order_of
from guzar.process.histories import PERSON
from guzar.process.residence import Tally, classify_residence, made_columns
from guzar.process.residence_rule import ResidenceRule
from guzar.process.touched_persons import Crossings, Reclassified, classify_touched
from guzar.store import folder_beside, replace_folder, write_about
from guzar.store.beside import held as hold
from guzar.store.beside import sweep_beside
from guzar.store.person_parts import (
    MANIFEST,
    PersonPart,
    damaged,
    is_register,
    parts_of,
    read_manifest,
    read_part,
    write_manifest,
)


@dataclass
class Registered:
    """What adding a file did: rows added; persons touched, of all; parts written again, of all; rows passed on."""

    tally: Tally
    rule: ResidenceRule
    is_new: bool = False
    was_held: bool = False  # the file: its rows are not added twice
    rows_added: int = 0
    rows_held_already: int = 0  # of the file: left out, because they stand in the register
    persons: int = 0
    persons_touched: int = 0
    parts: int = 0
    parts_rewritten: int = 0
    rows_passed_on: int = 0

    @property
    def changed_nothing(self) -> bool:
        """Whether the register stayed as it was."""
        return not self.parts


@dataclass(frozen=True)
class _Held:
    """A register as it stands before a file is added; nothing of it where it is new."""

    folder: Path
    known: Known | None

    @property
    def rule(self) -> ResidenceRule | None:
        return None if self.known is None else self.known.rule

    @property
    def parts(self) -> list[PersonPart]:
        """The parts with crossings: a register made of none has one all the same."""
        parts = () if self.known is None else self.known.parts
        return [part for part in parts if part.first_person is not None]

    @property
    def files(self) -> list[dict[str, Any]]:
        return [] if self.known is None else list(self.known.files)

    def columns(self, kinds: Mapping[str, str]) -> Mapping[str, str]:
        """The columns with their kinds: those of the first file with crossings."""
        names = kinds if self.known is None else self.known.columns
        return {name: kind if self.parts else kinds.get(name, kind) for name, kind in names.items()}


def count_held_parts(into: Path) -> int:
    """How many parts a register has; 0 where there is none yet."""
    return len(read_manifest(into).parts) if is_register(into) else 0


def register_crossings(
    crossings: Path,
    into: Path,
    last_day: date,
    asked: Mapping[str, Any],
    run: Residing | None = None,
    *,
    out: Path | None = None,
) -> Registered:
    """Add a file of crossings to the register in a folder, made where there is none; `out`: the whole as one file too.

    `asked` holds what was asked of the rule, by the names of ResidenceRule and Readings: of a new register `first_day` at
    least, of one that is held nothing else than its own. A file that is in already adds no rows again; of another one the
    rows that are held are left out. The folder appears whole or not at all. Raises what `reside` raises; SettingsInvalid
    for another rule, an earlier last day, a folder of something else, or one to which another run adds; TableInvalid for
    a register that is damaged, and for a file of which more than half is held.
    """
    into = into.resolve()
    _require_outside(out, into)
    with _alone(into):
        held = _open(into)
        rule = rule_for(held.rule, asked, last_day)
        done = _add_file(crossings, held, rule, run or Residing())
    if out is not None:
        _write_whole(into, out, rule, done.tally)
    return done


def _add_file(crossings: Path, held: _Held, rule: ResidenceRule, run: Residing) -> Registered:
    with folder_beside(held.folder) as place, open_engine(limits_of(run, place)) as engine:
        query = read_crossings(engine, crossings)
        kinds = columns_of(engine, query, made_columns(rule))
        columns = held.columns(kinds)
        query = read_as_held(engine, crossings, query, kinds, columns)
        workspace = _workspace_for(held.folder, crossings)
        digest = _digest_of(crossings)
        tally = Tally() if held.known is None else held.known.tally
        was_held = digest in [file["sha256"] for file in held.files]
        done = Registered(tally, rule, is_new=held.rule is None, was_held=was_held)
        if done.was_held and held.rule is not None and rule.last_day == held.rule.last_day:
            return done
        require_known_cells(engine, crossings)

        def fill(folder: Path) -> None:
            text = f"{query.text} LIMIT 0" if done.was_held else query.text
            parts = _fill_parts(folder, engine, replace(query, text=text), held, rule, run, done)
            _require_mostly_new(crossings, done)
            files = held.files
            if not done.was_held:
                files.append(_describe_file(crossings, digest, done))
            write_manifest(folder, as_manifest(Known(rule, columns, files, tally, parts)))
            write_about(folder, {**about_residence(rule, tally), **point_to(workspace, held.folder)})

        replace_folder(held.folder, fill, mark=MANIFEST)
    return done


def _describe_file(crossings: Path, digest: str, done: Registered) -> dict[str, Any]:
    return {
        "name": crossings.name,
        "sha256": digest,
        "rows": done.rows_added,
        "rows_held_already": done.rows_held_already,
        "observed_to": done.rule.last_day.isoformat(),
    }


def _require_mostly_new(crossings: Path, done: Registered) -> None:
    """Refuse a file of which more than half is held: it is one that is in already, in another form or order."""
    if done.rows_held_already > done.rows_added:
        raise TableInvalid(
            "More than half of the rows stand in the register already: {held} of {rows}.",
            where="{file}",
            expected="crossings that are not yet in; at most half of the rows may repeat such as are held",
            do="If the file is in already, leave it out. Else give only what is new, as guzar link --earlier --new-only writes it.",
            held=done.rows_held_already,
            rows=done.rows_held_already + done.rows_added,
            file=crossings.name,
        )


def _fill_parts(
    folder: Path,
    engine: duckdb.DuckDBPyConnection,
    query: CrossingsQuery,
    held: _Held,
    rule: ResidenceRule,
    run: Residing,
    done: Registered,
) -> tuple[PersonPart, ...]:
    """The parts of the new register: those in which nobody is touched are taken over, the others written anew."""
    order = order_of(query)
    nothing = engine.sql(f"SELECT * FROM ({query.text}) LIMIT 0").to_arrow_table()  # noqa: S608
    nobody = Crossings(classify_residence(nothing, rule, Tally()), nothing, nothing)
    step = partial(classify_touched, order=order, rule=rule, before=held.rule, tally=done.tally)
    new = SortedBatches(stream_whole_persons(engine, query.text, person=PERSON, order=order))
    with PartsWriter(folder) as writer:
        following = [*(part.first_person for part in held.parts[1:]), None]
        for part, below in zip(held.parts, following, strict=False):
            if new.has_any(below) or _is_open(part, held.rule, rule):
                pieces = _merged(*_read(held.folder, part, nobody), new.hand_out(below), nobody)
                _write_anew(writer, map(step, pieces), done)
            else:
                _take_over(writer, held.folder, part, done)
            run.moved(part.rows)
        _write_anew(writer, (step(replace(nobody, new=batch)) for batch in _told(new, run)), done)
        if not writer.count:
            _write_anew(writer, [step(nobody)], done, even_empty=True)
        parts = writer.finish()
    done.rows_added, done.parts, done.parts_rewritten = (
        new.rows - done.rows_held_already,
        len(parts),
        writer.rewritten,
    )
    return parts


def _told(new: SortedBatches, run: Residing) -> Iterator[pa.Table]:
    """What no held part takes: the crossings of a new register."""
    for batch in new.hand_out(None):
        yield batch
        run.moved(batch.num_rows)


def _take_over(writer: PartsWriter, folder: Path, part: PersonPart, done: Registered) -> None:
    writer.link(folder, part)
    done.persons += part.persons
    done.rows_passed_on += part.rows


def _write_anew(
    writer: PartsWriter, pieces: Iterable[Reclassified], done: Registered, *, even_empty: bool = False
) -> None:
    for again in pieces:
        done.persons += again.persons
        done.persons_touched += again.persons_touched
        done.rows_passed_on += again.rows_passed_on
        done.rows_held_already += again.rows_repeated
        writer.add(again)
    writer.end_part(even_empty=even_empty)


def _read(folder: Path, part: PersonPart, nobody: Crossings) -> tuple[pa.Table, pa.Table]:
    """A part, refused where its columns are not those of the register."""
    held, left_out = read_part(folder, part)
    left_out = nobody.left_out if left_out is None else left_out
    if held.column_names != nobody.held.column_names or left_out.column_names != nobody.new.column_names:
        raise damaged(folder, part.file)
    return held, left_out


def _merged(
    held: pa.Table, left_out: pa.Table, batches: Iterator[pa.Table], nobody: Crossings
) -> Iterator[Crossings]:
    """A held part and new crossings of its persons, in pieces that hold whole persons."""
    batch = next(batches, nobody.new)
    for following in batches:
        last = batch[PERSON][-1]
        (held_now, held), (left_out_now, left_out) = split_after(held, last), split_after(left_out, last)
        yield Crossings(held_now, left_out_now, batch)
        batch = following
    yield Crossings(held, left_out, batch)


def _is_open(part: PersonPart, before: ResidenceRule | None, rule: ResidenceRule) -> bool:
    """Whether somebody in a part crossed so late that the days gone by since may change what was decided."""
    if before is None or rule.last_day <= before.last_day or part.latest_crossing is None:
        return False
    return date.fromisoformat(part.latest_crossing) > before.last_day - timedelta(days=before.window_days)


def _write_whole(into: Path, out: Path, rule: ResidenceRule, tally: Tally) -> None:
    """The register as one file, as `guzar residence` writes it."""
    with place_beside(out) as place:
        with TableWriter(place / out.name) as writer:
            for file in parts_of(into):
                writer.write(pq.read_table(file))
        write_about(out, {**about_residence(rule, tally), **point_to(workspace_of(into), out)})
        (place / out.name).replace(out)


def _open(into: Path) -> _Held:
    """What is held; refused where the folder holds something else."""
    if not is_register(into):
        if into.exists() and not (into.is_dir() and not any(into.iterdir())):
            raise SettingsInvalid(
                "{folder} holds something else than a register.",
                expected="a folder that does not exist yet, is empty, or was made by guzar register",
                do="Choose another folder with --into.",
                folder=into.name,
            )
        return _Held(into, None)
    return _Held(into, read_known(into))


def _workspace_for(into: Path, crossings: Path) -> Path | None:
    """The workspace from which the records come: one for the whole register, whose names are purged before counting."""
    held = workspace_of(into) if is_register(into) else None
    new = workspace_of(crossings)
    if held is not None and new is not None and held.resolve() != new.resolve():
        raise SettingsInvalid(
            "{file} comes from another workspace than the register.",
            expected="crossings of one workspace: before counting, its names are purged",
            do="Add crossings of the same workspace, or make another register.",
            file=crossings.name,
        )
    return held or new


def _digest_of(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


@contextmanager
def _alone(into: Path) -> Iterator[None]:
    """Nobody else adds to the register meanwhile; what a killed run left is put right first."""
    sweep_beside(into)
    if is_new := not into.exists():
        into.mkdir(parents=True)  # so that it can be held
    try:
        with hold(into) as is_own:
            if not is_own:
                raise SettingsInvalid(
                    "Another run adds to {folder}.",
                    expected="one run at a time",
                    do="Wait until it has ended.",
                    folder=into.name,
                )
            yield
    finally:
        if is_new:
            with suppress(OSError):  # it holds a register now
                into.rmdir()


def _require_outside(out: Path | None, into: Path) -> None:
    if out is not None and into in out.resolve().parents:
        raise SettingsInvalid(
            "{path} would stand in the register.",
            expected="--out outside of the folder of --into",
            do="Choose another place.",
            path=out,
        )
