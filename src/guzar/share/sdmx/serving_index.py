"""The serving index of a release, opened for reading: its dataflows, its sets of attributes, a connection per thread."""

import json
import sqlite3
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from guzar.define.structures import Component
from guzar.errors import TableInvalid
from guzar.share.sdmx.dataflows import Dataflow
from guzar.share.sdmx.index_writer import FORMAT
from guzar.share.sdmx.series import DataAnswer

Attributes = tuple[str | None, ...]


@dataclass(frozen=True)
class ServedFlow:
    """One dataflow of an index: its number there, and its sets of attributes in the order of their numbers."""

    number: int
    flow: Dataflow
    sets: Sequence[Attributes]  # values of the attributes of an observation
    released: Sequence[str]  # when the release came out in which rows with this set first stood so
    series_sets: Sequence[Attributes]  # values of the attributes that follow from a dimension
    series: int  # how many there are; their ids are 0, 1, 2, … in the order of their keys
    observations: int  # of all series
    latest: int  # of them, those of the latest edition that has their key and period
    longest: int  # observations of the longest series
    columns: Mapping[str, str]  # of the dimensions, in a question for series
    question: (
        str  # for series, up to its conditions: the codes of the key, then what is stored of the observations
    )
    telling: frozenset[str]  # the two dimensions with most codes: who names both asks for few series


@dataclass
class ServingIndex:
    """An index open for reading; every thread has a connection of its own."""

    path: Path
    about: dict[str, Any]
    flows: dict[str, ServedFlow]
    forms: dict[tuple[object, ...], DataAnswer] = field(default_factory=dict, repr=False)  # by `make_answer`
    asked: dict[tuple[str, str, str], Dataflow] = field(
        default_factory=dict, repr=False
    )  # by agency, id, version asked
    _held: threading.local = field(default_factory=threading.local, repr=False)

    def connection(self) -> sqlite3.Connection:
        """This thread's connection."""
        held: sqlite3.Connection | None = getattr(self._held, "connection", None)
        if held is None:
            held = self._held.connection = _connect(self.path)
        return held


def open_index(path: Path) -> ServingIndex:
    """The index in a file; refused (TableInvalid) where it is damaged or of another format."""
    try:
        connection = _connect(path)
        about = {
            name: json.loads(value) for name, value in connection.execute("SELECT name, value FROM about")
        }
        if about.get("format") != FORMAT:
            raise sqlite3.DatabaseError("format")
        described = connection.execute("SELECT number, described FROM flows ORDER BY number").fetchall()
        flows = [_open_flow(connection, number, json.loads(text)) for number, text in described]
    except (sqlite3.Error, OSError, ValueError, KeyError, TypeError) as error:
        raise TableInvalid(
            "The serving index cannot be read.",
            where="{file}: {fault}",
            expected="an index that `guzar publish` of this version wrote",
            do="Publish again: guzar publish --workspace WORKSPACE",
            file=path.name,
            fault=type(error).__name__,
        ) from None
    return ServingIndex(path, about, {one.flow.id: one for one in flows})


def _connect(path: Path) -> sqlite3.Connection:
    """A connection that can only read; the file is never changed once it stands in its place."""
    if not path.is_file():
        raise FileNotFoundError(path.name)
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    connection = sqlite3.connect(address, uri=True, check_same_thread=False, cached_statements=256)
    connection.execute("PRAGMA query_only=ON")
    return connection


def _open_flow(connection: sqlite3.Connection, number: int, described: dict[str, Any]) -> ServedFlow:
    parts = tuple(Component(**one) for one in described.pop("components"))
    flow = Dataflow(**described, components=parts)
    rows = connection.execute(f"SELECT * FROM sets_{number} ORDER BY number").fetchall()  # noqa: S608 - a number
    shared = connection.execute(f"SELECT * FROM series_sets_{number} ORDER BY number").fetchall()  # noqa: S608
    series, whole, latest, longest = connection.execute(
        "SELECT count(*), coalesce(sum(observations), 0), coalesce(sum(latest), 0), coalesce(max(observations), 0) "  # noqa: S608
        f"FROM series_{number}"
    ).fetchone()
    return ServedFlow(
        number,
        flow,
        [row[1:-1] for row in rows],
        [row[-1] for row in rows],
        [row[1:] for row in shared],
        series,
        whole,
        latest,
        longest,
        {one.id: f"s.d{place}" for place, one in enumerate(flow.dimensions)},
        f"SELECT {''.join(f's.d{place}, ' for place in range(len(flow.dimensions)))}s.attributes, at, vals, sets, o.latest "  # noqa: S608
        f"FROM series_{number} s JOIN observations_{number} o ON o.id = s.id WHERE ",
        frozenset(flow.dimensions[place].id for place in _leading(connection, number)[:2]),
    )


def _leading(connection: sqlite3.Connection, number: int) -> list[int]:
    """Places of the dimensions in the key, the one with most codes first: the order of the index over the whole key."""
    columns = connection.execute(f"PRAGMA index_info(whole_{number})").fetchall()
    return [int(str(name).removeprefix("d")) for _, _, name in columns]
