"""The columns of a register: those of its first file, of the same kinds in every file that is added."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import duckdb

from guzar.errors import TableInvalid
from guzar.journey.crossings_in_files import CrossingsQuery

PLAIN = r"[A-Z][A-Z0-9_ ]*(\(\d+(, ?\d+)?\))?"  # kinds of one value: neither lists nor structures, which have no order


def columns_of(
    engine: duckdb.DuckDBPyConnection, query: CrossingsQuery, made: Sequence[str]
) -> dict[str, str]:
    """The columns of a file of crossings with their kinds. Raises TableInvalid for columns that guzar makes itself, and
    for lists and the like."""
    taken = [name for name in made if name in query.columns]
    if taken:
        raise TableInvalid(
            "The crossings have columns already that would be made: {columns}.",
            expected="crossings as recorded",
            do="Leave these columns out, or rename them.",
            columns=", ".join(taken),
        )
    kinds = {str(row[0]): str(row[1]) for row in engine.sql(f"DESCRIBE {query.text}").fetchall()}
    nested = [name for name, kind in kinds.items() if not re.fullmatch(PLAIN, kind)]
    if nested:
        raise TableInvalid(
            "Columns of a register hold one value in each row; these hold lists: {columns}.",
            expected="text, numbers, days, answers",
            do="Leave these columns out, or split them.",
            columns=", ".join(nested),
        )
    return kinds


def read_as_held(
    engine: duckdb.DuckDBPyConnection,
    source: Path,
    query: CrossingsQuery,
    kinds: Mapping[str, str],
    held: Mapping[str, str],
) -> CrossingsQuery:
    """The query that reads a file as the register holds its crossings: the same columns in the same order and kinds.

    Raises TableInvalid where columns are missing or new, or where a value would not stay what it is.
    """
    _require_same_columns(source, kinds, held)
    differing = [name for name in held if kinds[name] != held[name]]
    _require_kept(engine, source, query, {name: (kinds[name], held[name]) for name in differing})
    shown = [_cast(name, held[name]) if name in differing else _quoted(name) for name in held]
    return replace(query, text=f"SELECT {', '.join(shown)} FROM ({query.text})", columns=tuple(held))  # noqa: S608


def _require_same_columns(source: Path, kinds: Mapping[str, str], held: Mapping[str, str]) -> None:
    missing = [name for name in held if name not in kinds]
    new = [name for name in kinds if name not in held]
    if missing or new:
        raise TableInvalid(
            "{file} has other columns than the register: missing {missing}; new {new}.",
            expected="{held}",
            do="Give the file the columns of the register, or make a register anew from all files.",
            file=source.name,
            missing=", ".join(missing) or "–",
            new=", ".join(new) or "–",
            held=", ".join(held),
        )


def _require_kept(
    engine: duckdb.DuckDBPyConnection,
    source: Path,
    query: CrossingsQuery,
    differing: Mapping[str, tuple[str, str]],
) -> None:
    """Refuse kinds into which a value cannot be put and taken out again as it was."""
    if not differing:
        return
    asked = ", ".join(
        f"count(*) FILTER (TRY_CAST(TRY_CAST({_quoted(name)} AS {held}) AS {own}) IS DISTINCT FROM {_quoted(name)})"
        for name, (own, held) in differing.items()
    )
    counts = engine.sql(f"SELECT {asked} FROM ({query.text})").fetchall()[0]  # noqa: S608
    wrong = [name for name, count in zip(differing, counts, strict=True) if count]
    if wrong:
        raise TableInvalid(
            "Columns of {file} hold values of another kind than the register: {columns}.",
            expected="{kinds}",
            do="Write these columns as in the files before, or make a register anew from all files.",
            file=source.name,
            columns=", ".join(wrong),
            kinds="; ".join(f"{name} {differing[name][1]}" for name in wrong),
        )


def _cast(name: str, kind: str) -> str:
    return f"CAST({_quoted(name)} AS {kind}) AS {_quoted(name)}"


def _quoted(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
