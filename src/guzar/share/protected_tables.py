"""Protected tables in a release: one CSV and one Parquet file each, and what was done to them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from guzar.define.tables.releases import ProtectedTable

FOLDER = "protected"
MEANINGS = {
    "confidentiality_status": "F: free, as counted. C: hidden, so that nobody can work out a small group of persons.",
}


def write_protected(folder: Path, tables: Sequence[ProtectedTable]) -> None:
    """Write each table as CSV and Parquet; rows stand in the order of the codes, which tells nothing."""
    for table in tables:
        table.frame.write_csv(folder / f"{table.name}.csv")
        table.frame.write_parquet(folder / f"{table.name}.parquet")


def describe_protected(tables: Sequence[ProtectedTable]) -> dict[str, Any]:
    """The entry of a release's record: per table its dimensions, unit and what was done; nothing where there is none."""
    if not tables:
        return {}
    described = {
        table.name: {
            "dimensions": list(table.dimensions),
            "count": table.count,
            "unit": table.unit,
            "rows": table.frame.height,
            "about": dict(table.about),
        }
        for table in sorted(tables, key=lambda one: one.name)
    }
    return {FOLDER: described}


def protected_fields(table: ProtectedTable) -> list[dict[str, Any]]:
    """The fields of a protected table for the data package."""
    codes = [
        {
            "name": name,
            "type": "string",
            "description": f"Code of {name}; the first code of the table is the total.",
            "constraints": {"required": True},
        }
        for name in table.dimensions
    ]
    kind = "integer" if table.frame.schema[table.count].is_integer() else "number"
    counted = {
        "name": table.count,
        "type": kind,
        "unit": table.unit,
        "description": "What was counted; empty where the cell is hidden.",
        "constraints": {"required": False},
    }
    status = {
        "name": "confidentiality_status",
        "type": "string",
        "description": MEANINGS["confidentiality_status"],
        "constraints": {"required": True, "enum": ["F", "C"]},
    }
    return [*codes, counted, status]
