"""New crossings in the order of persons, handed out up to a person; and parts of a register, written as they fill."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from pathlib import Path
from types import TracebackType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from guzar.process.histories import DATE, EPOCH, PERSON, days_of
from guzar.process.touched_persons import Reclassified, rank_rows
from guzar.store.person_parts import PersonPart, link_part, write_part

ROWS = 1_000_000  # of a part; one that grows to twice as many is split
BEHIND = 2  # parts that may wait to be written

Person = str | int | None


class SortedBatches:
    """Batches of whole persons in their order, handed out up to a person."""

    def __init__(self, batches: Iterator[pa.Table]) -> None:
        self._batches = batches
        self._waiting: pa.Table | None = None
        self.rows = 0  # handed out so far

    def has_any(self, below: Person) -> bool:
        """Whether a person below this one still stands in the batches; any person, where it is None."""
        if self._waiting is None:
            self._waiting = next(self._batches, None)
        return self._waiting is not None and (below is None or self._waiting[PERSON][0].as_py() < below)

    def hand_out(self, below: Person) -> Iterator[pa.Table]:
        """The crossings of all persons below this one, in batches; all that are left, where it is None."""
        while self.has_any(below) and self._waiting is not None:
            batch, self._waiting = self._waiting, None
            if below is not None:
                batch, rest = split_before(batch, below)
                self._waiting = rest if rest.num_rows else None
            self.rows += batch.num_rows
            yield batch


def split_before(rows: pa.Table, person: Person) -> tuple[pa.Table, pa.Table]:
    """Rows of persons below this one, and the rest; the rows stand in the order of persons."""
    below = pc.sum(pc.less(rows[PERSON], pa.scalar(person, rows[PERSON].type))).as_py() or 0
    return rows.slice(0, below), rows.slice(below)


def split_after(rows: pa.Table, person: pa.Scalar) -> tuple[pa.Table, pa.Table]:
    """Rows of persons up to this one, and the rest; the rows stand in the order of persons."""
    so_far = pc.sum(pc.less_equal(rows[PERSON], person)).as_py() or 0
    return rows.slice(0, so_far), rows.slice(so_far)


class PartsWriter:
    """Writes the parts of a register in the order of persons, in a thread of its own; used in a `with`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._pool = ThreadPoolExecutor(1)
        self._parts: list[Future[PersonPart]] = []
        self._residence: list[pa.Table] = []
        self._left_out: list[pa.Table] = []
        self.rewritten = 0

    def __enter__(self) -> "PartsWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=error is not None)

    @property
    def count(self) -> int:
        """How many parts there are so far."""
        return len(self._parts)

    def finish(self) -> tuple[PersonPart, ...]:
        """All parts with their checksums, once they are written. Raises what went wrong while they were."""
        return tuple(part.result() for part in self._parts)

    def link(self, held: Path, part: PersonPart) -> None:
        """Take over a part of another register as it is."""
        self._submit(partial(link_part, held, part, self._folder, self.count))

    def add(self, done: Reclassified) -> None:
        """Add crossings of the next persons to the part that is being filled."""
        self._residence.append(done.residence)
        self._left_out.append(done.left_out)
        if sum(table.num_rows for table in (*self._residence, *self._left_out)) >= 2 * ROWS:
            self._split()

    def end_part(self, *, even_empty: bool = False) -> None:
        """Write what has been added since the last part; nothing where there is nothing."""
        if not self._residence:
            return
        rows, left_out = self._taken()
        if rows.num_rows or left_out.num_rows or even_empty:
            self._write(rows, left_out)

    def _split(self) -> None:
        """Write parts until what is left is smaller than two; where they end does not depend on the batches."""
        rows, left_out = self._taken()
        while rows.num_rows + left_out.num_rows >= 2 * ROWS:
            each = rank_rows([rows[PERSON], left_out[PERSON]])
            so_far = np.cumsum(np.bincount(np.concatenate(each)))
            last = int(np.searchsorted(so_far, ROWS))
            cuts = [int(np.searchsorted(ranks, last, side="right")) for ranks in each]
            self._write(rows.slice(0, cuts[0]), left_out.slice(0, cuts[1]))
            rows, left_out = rows.slice(cuts[0]), left_out.slice(cuts[1])
        self._residence, self._left_out = [rows], [left_out]

    def _taken(self) -> tuple[pa.Table, pa.Table]:
        taken = pa.concat_tables(self._residence), pa.concat_tables(self._left_out)
        self._residence, self._left_out = [], []
        return taken

    def _write(self, rows: pa.Table, left_out: pa.Table) -> None:
        part = _describe(rows, left_out, self.count)
        self._submit(partial(write_part, self._folder, part, rows, left_out))
        self.rewritten += 1

    def _submit(self, write: Callable[[], PersonPart]) -> None:
        if self.count >= BEHIND:
            self._parts[-BEHIND].result()
        self._parts.append(self._pool.submit(write))


def _describe(rows: pa.Table, left_out: pa.Table, number: int) -> PersonPart:
    both = [table for table in (rows, left_out) if table.num_rows]
    firsts = [table[PERSON][0].as_py() for table in both]
    latest = max((int(days_of(table[DATE]).max()) for table in both), default=None)
    persons = max(int(ranks.max(initial=-1)) + 1 for ranks in rank_rows([rows[PERSON], left_out[PERSON]]))
    day = None if latest is None else (EPOCH + timedelta(days=latest)).isoformat()
    return PersonPart(number, min(firsts, default=None), rows.num_rows, persons, day, left_out.num_rows)
