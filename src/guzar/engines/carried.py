"""Columns of Arrow ↔ columns that Spark can carry and sort, in the same order and back to the bit.

Spark has no unsigned numbers, no nanoseconds and no time of day in every version: these travel as whole numbers, which
sort in the same way. Columns travel under numbers for names, so that no name can be misread.
"""

from collections.abc import Mapping

import pyarrow as pa
import pyarrow.compute as pc

from guzar.errors import TableInvalid

AS_THEY_ARE: Mapping[pa.DataType, str] = {
    pa.bool_(): "boolean",
    pa.int8(): "tinyint",
    pa.int16(): "smallint",
    pa.int32(): "int",
    pa.int64(): "bigint",
    pa.float32(): "float",
    pa.float64(): "double",
    pa.string(): "string",
    pa.binary(): "binary",
    pa.date32(): "date",
}
WIDENED: Mapping[pa.DataType, pa.DataType] = {
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.uint64(): pa.decimal128(20, 0),
    pa.large_string(): pa.string(),
    pa.large_binary(): pa.binary(),
    pa.time32("s"): pa.int32(),
    pa.time32("ms"): pa.int32(),
    pa.time64("us"): pa.int64(),
    pa.time64("ns"): pa.int64(),
}


def carried_name(position: int) -> str:
    """The name under which the column at a position travels."""
    return f"column_{position}"


def carried_schema(schema: pa.Schema) -> pa.Schema:
    """The columns as they travel. Raises TableInvalid for columns that hold lists, structures or spans of time."""
    refused = [field.name for field in schema if _carried_type(field.type) is None]
    if refused:
        raise TableInvalid(
            "Spark cannot carry these columns: {columns}.",
            expected="columns of numbers, text, dates, times or answers",
            do="Leave these columns out, or use --engine local.",
            columns=", ".join(refused),
        )
    return pa.schema(
        [pa.field(carried_name(at), _carried_type(field.type)) for at, field in enumerate(schema)]
    )


def spark_columns(carried: pa.Schema) -> str:
    """Columns that travel, as Spark declares them."""
    return ", ".join(f"{field.name} {_spark_type(field.type)}" for field in carried)


def cast_columns(batch: pa.RecordBatch, schema: pa.Schema) -> pa.RecordBatch:
    """The same columns in the same places under the names and types of a schema; no value is changed."""
    columns = [pc.cast(column, field.type) for column, field in zip(batch.columns, schema, strict=True)]
    return pa.RecordBatch.from_arrays(columns, schema=schema)


def _carried_type(kind: pa.DataType) -> pa.DataType | None:
    if kind in AS_THEY_ARE or pa.types.is_decimal128(kind):
        return kind
    return pa.int64() if pa.types.is_timestamp(kind) else WIDENED.get(kind)


def _spark_type(kind: pa.DataType) -> str:
    return AS_THEY_ARE.get(kind) or f"decimal({kind.precision},{kind.scale})"
