"""How a doubt about a source is written down: one row, one courteous sentence, its values apart.

A doubt is a question to the publisher. It changes no value; it says what was found, what was expected, and from
which other publication, so that both sides can look at the same cells.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dataframely as dy
import polars as pl

from guzar.define.definitions import definitions
from guzar.define.tables.checks import SourceDoubts

# A fault that repeats in more cells of one series than this is written down once, with its count.
MOST_ROWS_PER_SERIES = 20


def write_doubt(
    check: str,
    *,
    source: str,
    edition: str,
    areas: Iterable[str],
    found: str,
    explanation: str,
    expected: str | None = None,
    **rest: Any,
) -> dict[str, Any]:
    """One doubt as a row of SourceDoubts; `rest` holds the optional columns and, as `values`, the sentence's own."""
    named = " ".join(dict.fromkeys(areas))
    values = {
        "source": source,
        "edition": edition,
        "areas": named,
        "found": found,
        "expected": expected or "",
    }
    values |= {
        name: rest.get(name) or "" for name in ("period", "indicator", "other_source", "other_edition")
    }
    values |= rest.pop("values", {})
    return {
        "check": check,
        "source": source,
        "edition": edition,
        "areas_in_doubt": named,
        "value_found": found,
        "value_expected": expected,
        "explanation": explanation,
        "explanation_values": json.dumps(values, ensure_ascii=False, sort_keys=True),
        **rest,
    }


def doubt_cell(
    row: Mapping[str, Any],
    check: str,
    *,
    found: str,
    explanation: str,
    expected: str | None = None,
    areas: Iterable[str] | None = None,
    values: Mapping[str, Any] | None = None,
    doubted: str = "",
    other: str | None = None,
) -> dict[str, Any]:
    """A doubt about one cell: source, edition, indicator, definition and period are the row's own.

    `doubted` and `other` end the names of the columns in which a pair of publications keeps the one in doubt and
    the one beside it (`""` and `"_other"`, or the other way round).
    """
    beside = (
        {}
        if other is None
        else {"other_source": row[f"source{other}"], "other_edition": row[f"edition{other}"]}
    )
    return write_doubt(
        check,
        source=row[f"source{doubted}"],
        edition=row[f"edition{doubted}"],
        areas=name_place(row) if areas is None else areas,
        found=found,
        expected=expected,
        explanation=explanation,
        indicator=row["indicator"],
        definition=row[f"definition{doubted}"],
        period=row["period"],
        values=dict(values or {}),
        **beside,
    )


def name_place(row: Mapping[str, Any]) -> list[str]:
    """The area of a row, or its corridor where both ends are named."""
    return [row["area"]] if row["counterpart"] in ("_T", "_Z") else [f"{row['counterpart']}>{row['area']}"]


def gather_doubts(rows: Sequence[Mapping[str, Any]]) -> dy.DataFrame[SourceDoubts]:
    """Doubts as a table, in a stable order."""
    names = SourceDoubts.column_names()
    schema = {name: pl.Float64 if name == "expected_by_chance" else pl.String for name in names}
    complete = [{name: row.get(name) for name in names} for row in rows]
    frame = pl.DataFrame(complete, schema=schema).unique(maintain_order=True)
    return SourceDoubts.validate(
        frame.sort(
            "check", "source", "edition", "period", "areas_in_doubt", "explanation_values", nulls_last=True
        )
    )


def explain(doubt: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The sentence of a doubt in English, still with its `{names}`, and the values that belong into it."""
    return str(doubt["explanation"]), dict(json.loads(doubt["explanation_values"]))


def show_number(value: float | None) -> str:
    """A value as it goes into a doubt: as many digits as it holds, no exponent, no thousands sign."""
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() else f"{value:.6f}".rstrip("0").rstrip(".")


def printed_quantum(values: pl.Series, definition: str) -> float:
    """One unit of the last digit that a series prints, in the indicator's unit; 0 where it prints full precision."""
    scale = float(definitions()[definition].scale) if definition in definitions() else 1.0
    printed = values.drop_nulls().unique().to_numpy() / scale
    for digits in range(5):
        if (abs(printed * 10**digits - (printed * 10**digits).round()) < 1e-6).all():
            return float(scale / 10**digits)
    return 0.0
