"""Records straight from an agency's PostgreSQL, through ADBC: one query, read only, as one snapshot.

The answer becomes a Parquet file in memory, packed batch by batch: the same bytes that a delivery in a file would have, so that
receipt, quarantine and sealing are the same. The address comes from an environment variable or from the settings of
the workspace; neither it nor any word of the database goes into a message, for both may hold a password or a name.
"""

import re
from collections.abc import Mapping
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from guzar.errors import DeliveryRefused, SettingsInvalid, SourceUnavailable

READ_ONLY = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY"
NAME = r"[A-Za-z_][A-Za-z0-9_$]*"
# Classes of SQLSTATE (PostgreSQL, appendix A) in words; the server's own words may quote a name or a value.
CLASSES = {
    "08": "the connection broke off",
    "22": "a value that the query works with does not fit",
    "25": "the query would change the database",
    "28": "the user or the password is not accepted",
    "3F": "there is no such schema",
    "40": "another change came between; try again",
    "42": "an error in the query, or a table or column that is not there",
    "53": "the server has too little memory, disk or connections",
    "54": "the query is too large for the server",
    "57": "the server stopped the query",
}
REASONS = {
    "42501": "the user has no right to read this",
    "": "the query broke off while its rows were read",
}
OTHER = "the server gives no reason that guzar knows"
MOST_BYTES = (
    4_000_000_000  # of the packed answer, which is held in memory: no name is written to a disk in clear
)


def find_address(
    described: Mapping[str, str], source: str, environment: Mapping[str, str], settings: Any
) -> str:
    """The address of the database: of the variable that the mapping file names, else `[databases]` in guzar.toml."""
    variable = described.get("address_variable", "")
    own = settings.get("databases", {})
    address = environment.get(variable, "") or str(own.get(source, "") if isinstance(own, dict) else "")
    if address:
        return address
    raise SettingsInvalid(
        "The address of the database is not known.",
        where="the variable {variable}, and [databases] {source} in guzar.toml",
        expected="an address such as postgresql://reader@host/registers",
        do="Set the variable, or add the line to guzar.toml; the password belongs into ~/.pgpass.",
        variable=variable or "-",
        source=source,
    )


def query_of(described: Mapping[str, str]) -> str:
    """The query of a mapping file; a table is asked for all of its rows."""
    if "query" in described:
        return described["query"].strip().rstrip(";")
    parts = described["table"].strip().split(".")
    if len(parts) > 2 or not all(re.fullmatch(NAME, part) for part in parts):
        raise SettingsInvalid(
            "The mapping file names a table that is no name.",
            where="[database] table",
            expected="a table, or schema.table, in Latin letters, digits and _",
            do="For anything else write a query: [database] query.",
        )
    return "SELECT * FROM " + ".".join(f'"{part}"' for part in parts)  # noqa: S608 - names, checked above


def name_of(described: Mapping[str, str], file: str) -> str:
    """What the records are called in messages and receipts: the table, or the mapping file with the query."""
    return described["table"].strip() if "table" in described else f"{file} [database] query"


def fetch_records(address: str, query: str) -> pa.Buffer:
    """The answer of the query as a Parquet file in memory; the database is asked once and cannot be changed."""
    from adbc_driver_manager import Error  # noqa: PLC0415 - only databases pay for it
    from adbc_driver_postgresql import dbapi  # noqa: PLC0415

    try:
        connection = dbapi.connect(address)
    except Error:
        raise SourceUnavailable(
            "The database did not let guzar in, or did not answer.",
            expected="a PostgreSQL server that accepts the address and the user",
            do="Check the address with: psql ADDRESS. Look into the log of the server.",
        ) from None
    with connection, connection.cursor() as cursor:
        try:
            cursor.execute(READ_ONLY)
            cursor.execute(query)
            return _as_parquet(cursor.fetch_record_batch())
        except Error as refused:
            raise _refuse_query(refused.sqlstate) from None
        except (pa.ArrowException, OSError):  # while rows stream in, the driver gives no code
            raise _refuse_query(None) from None


def _refuse_query(state: str | None) -> SettingsInvalid:
    """The refusal of a query, with the server's code and what its class means."""
    state = (state or "").strip("\0 ")
    reason = REASONS.get(state) or CLASSES.get(state[:2], OTHER)
    return SettingsInvalid(
        "The database refused the query.",
        where="[database] of the mapping file; SQLSTATE {state}: {reason}",
        expected="a table or a query that the user may read, and that changes nothing",
        do="Try the query in psql with the same user.",
        state=state or "–",
        reason=(reason,),
    )


def _as_parquet(answer: Any) -> pa.Buffer:
    packed = pa.BufferOutputStream()
    with pq.ParquetWriter(packed, answer.schema, compression="zstd") as writer:
        for batch in answer:
            writer.write_batch(batch)
            if packed.tell() > MOST_BYTES:
                raise DeliveryRefused(
                    "The database gives more records than can be taken in at once.",
                    where="[database] of the mapping file",
                    expected="at most {limit} million bytes, packed",
                    do="Ask for one period at a time with a query: [database] query.",
                    limit=MOST_BYTES // 1_000_000,
                )
    return packed.getvalue()
