"""Which rows of a file of crossings are wrong: their numbers in the file, never what stands in them."""

from collections.abc import Mapping
from pathlib import Path

import duckdb

from guzar.errors import TableInvalid
from guzar.process.histories import DATE, DIRECTION, PERSON
from guzar.store.person_parts import is_register, parts_of

ENDINGS = (".csv.gz", ".csv", ".parquet")
SHOWN = 5
UNKNOWN = {
    PERSON: f"{PERSON} IS NULL",
    DATE: f"{DATE} IS NULL",
    DIRECTION: f"coalesce(CAST({DIRECTION} AS VARCHAR), '') NOT IN ('entry', 'exit')",
}


def scan_of(source: Path) -> str:
    """The file, or the register in a folder, as a table in SQL: every cell of text as text."""
    names = ", ".join(
        "'" + str(file.absolute()).replace("'", "''") + "'" for file in files_of(source)
    )  # an engine may run elsewhere
    if is_text(source):
        return f"read_csv({names}, all_varchar = true, header = true)"
    return f"read_parquet([{names}])"


def is_table(source: Path) -> bool:
    """Whether a path is one of a table: a file by the ending of its name, or a register."""
    return is_register(source) or (source.is_file() and source.name.lower().endswith(ENDINGS))


def files_of(source: Path) -> list[Path]:
    """The files that hold a table: itself, or the parts of a register in the order of persons."""
    return parts_of(source) if is_register(source) else [source]


def is_text(source: Path) -> bool:
    """Whether a table is written as text: neither one Parquet file nor a register of several."""
    return not (is_register(source) or source.name.lower().endswith(".parquet"))


def require_known_cells(engine: duckdb.DuckDBPyConnection, source: Path) -> None:
    """Refuse (TableInvalid) crossings without a person, a day or a direction, with the numbers of their rows.

    A file that cannot be read to its end has no such rows to name: it is refused for that, where it was read.
    """
    asked = ", ".join(f"count(*) FILTER ({test})" for test in UNKNOWN.values())
    query = f"SELECT {asked} FROM {scan_of(source)}"  # noqa: S608
    try:
        counts = dict(zip(UNKNOWN, engine.sql(query).fetchall()[0], strict=True))
    except duckdb.Error:
        return
    wrong = {name: UNKNOWN[name] for name, count in counts.items() if count}
    if wrong:
        raise TableInvalid(
            "Crossings without a person, a day or a direction cannot be classified.",
            where="{file}, rows by column, the heading being row 1: {places}",
            expected="person_id; crossing_date as 2025-12-31 or 2025-12-31 23:59:59; direction entry or exit",
            do="Correct these rows, or leave them out and say how many.",
            file=source.name,
            places=tell_rows(engine, source, wrong, counts),
        )


def tell_rows(
    engine: duckdb.DuckDBPyConnection, source: Path, wrong: Mapping[str, str], counts: Mapping[str, int]
) -> str:
    """The first rows of the file for which each condition holds, by its name; in brackets how many there are in all.

    Rows of text are counted with the heading as row 1, as an editor or a spreadsheet shows them; those of Parquet
    as if they stood below a heading. The engine reads the file once more for it, in its order.
    """
    engine.execute("SET preserve_insertion_order = true")
    told = []
    for name, condition in wrong.items():
        found = engine.sql(
            f"SELECT number FROM (SELECT row_number() OVER () + 1 AS number, * FROM {scan_of(source)}) "  # noqa: S608
            f"WHERE {condition} ORDER BY number LIMIT {SHOWN}"
        ).fetchall()
        more = f", … ({counts[name]})" if counts[name] > len(found) else ""
        told.append(f"{name}: {', '.join(str(row[0]) for row in found)}{more}")
    return "; ".join(told)
