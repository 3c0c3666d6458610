"""Which kinds of values a typed file of records may hold: one plain value per cell, and times of the post.

A list in a cell is no cell. A moment with a time zone is the same instant everywhere, but the post wrote down its own
clock: whether 18:30 in UTC was the evening of that day or of the day before, only the holder can say.
"""

from collections.abc import Iterable

import pyarrow as pa

from guzar.errors import DeliveryRefused

PLAIN = (
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view),
    *(pa.types.is_integer, pa.types.is_floating, pa.types.is_decimal, pa.types.is_boolean),
    *(pa.types.is_date, pa.types.is_timestamp, pa.types.is_null),
)


def require_plain_columns(schema: pa.Schema, columns: Iterable[str], name: str) -> None:
    """Refuse (DeliveryRefused) a file in which one of the columns holds lists, bytes, or moments with a time zone."""
    kinds = {column: schema.field(column).type for column in columns}
    nested = [column for column, kind in kinds.items() if not _is_plain(kind)]
    if nested:
        raise DeliveryRefused(
            "Columns of {name} hold something else than one plain value per cell: {columns}.",
            where="{name}",
            expected="text, numbers, dates, times, or true and false",
            do="Ask the holder for these columns as text, one value per cell.",
            name=name,
            columns=", ".join(nested),
        )
    zoned = [column for column, kind in kinds.items() if pa.types.is_timestamp(kind) and kind.tz]
    if zoned:
        raise DeliveryRefused(
            "Columns of {name} hold moments with a time zone, and not the time of the post: {columns}.",
            where="{name}",
            expected="times as the clock of the post showed them, without a zone",
            do="Ask the holder for local times without a zone (in PostgreSQL: crossing_date AT TIME ZONE '…' in the query).",
            name=name,
            columns=", ".join(zoned),
        )


def _is_plain(kind: pa.DataType) -> bool:
    value = kind.value_type if pa.types.is_dictionary(kind) else kind
    return any(test(value) for test in PLAIN)
