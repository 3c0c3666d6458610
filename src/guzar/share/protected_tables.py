"""Protected tables in a release: one CSV and one Parquet file each, what was done to them, what their codes are."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guzar.define.tables.releases import ProtectedTable
from guzar.languages import translate

FOLDER = "protected"
TITLE_OF_COUNTS = "Protected tables of counts"
TITLE_OF_TABLES = "Protected tables"
RULES_FOR_AMOUNTS = frozenset({"dominance", "p_percent", "few_contributors"})
COUNTED = "What was counted, with noise or rounded; no cell is hidden."
COUNTED_OR_HIDDEN = "What was counted; empty where the cell is hidden."
HIDDEN = "C: hidden, so that nobody can work out a small group of persons; the count is empty."
STATUS, BLURRED = (
    "confidentiality_status",
    "disclosure_method",
)  # the last column: what a row says of its count
SHOWN_OR_HIDDEN = f"F: free, as counted. {HIDDEN}"
BLURRING = {
    "perturb": (
        "cell_key",
        "cell_key: the count carries noise from the key of its cell, and need not be the true one.",
    ),
    "round": (
        "rounded",
        "rounded: the count is rounded to a multiple of the base, and need not be the true one.",
    ),
}


@dataclass(frozen=True)
class CodesOfDimension:
    """The codes of one dimension: its total, its groups with the codes right below each, and its inner codes."""

    total: str
    groups: Mapping[str, tuple[str, ...]]
    inner: tuple[str, ...]


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
            "description": _codes_in_words(name, codes_of(table, name)),
            "constraints": {"required": True},
        }
        for name in table.dimensions
    ]
    kind = "integer" if table.frame.schema[table.count].is_integer() else "number"
    counted = {
        "name": table.count,
        "type": kind,
        "unit": table.unit,
        "description": COUNTED if method_of(table) in BLURRING else COUNTED_OR_HIDDEN,
        "constraints": {"required": False},
    }
    return [*codes, counted, _last_field(table)]


def _last_field(table: ProtectedTable) -> dict[str, Any]:
    """What a row says of its count: shown or hidden; in a blurred table, how it was blurred."""
    method, text = BLURRING.get(method_of(table), ("", SHOWN_OR_HIDDEN))
    return {
        "name": mark_of(table),
        "type": "string",
        "description": text,
        "constraints": {"required": True, "enum": [method] if method else ["F", "C"]},
    }


def mark_of(table: ProtectedTable) -> str:
    """The column that says whether a count is shown as counted, hidden, or blurred."""
    return BLURRED if method_of(table) in BLURRING else STATUS


def codes_of(table: ProtectedTable, dimension: str) -> CodesOfDimension:
    """Which codes of a dimension are its total, its groups and its inner codes; the first row is the total of all."""
    total, *others = table.frame[dimension].unique(maintain_order=True).to_list()
    below: dict[str, list[str]] = {}
    for tree in table.about.get("hierarchies", {}).get(dimension, []):
        for code, parent in tree:
            below.setdefault(parent or total, []).append(code)
    groups = {code: tuple(dict.fromkeys(below[code])) for code in others if code in below}
    return CodesOfDimension(total, groups, tuple(code for code in others if code not in below))


def _codes_in_words(name: str, codes: CodesOfDimension) -> str:
    groups = f"groups: {', '.join(codes.groups)}; " if codes.groups else ""
    return f"Code of {name}: {codes.total} is the total; {groups}every other code is an inner one."


def hidden_in(table: ProtectedTable) -> int:
    """How many cells of a table are hidden."""
    return int(table.frame[table.count].null_count())


def method_of(table: ProtectedTable) -> str:
    """How a table was protected: suppress, perturb or round."""
    return str(table.about.get("method", "suppress"))


def holds_amounts(table: ProtectedTable) -> bool:
    """Whether a table holds amounts with contributors, not counts."""
    return bool(RULES_FOR_AMOUNTS & set(table.about.get("rules", {})))


def population_of(table: ProtectedTable) -> str:
    """The persons that a table is about, as declared; its own name where nothing was declared."""
    return str(table.about.get("population", table.name))


def title_of_tables(tables: Sequence[ProtectedTable], language: str = "en") -> str:
    """The title of protected tables: what they are, and of whom."""
    kind = TITLE_OF_TABLES if any(map(holds_amounts, tables)) else TITLE_OF_COUNTS
    return f"{translate(kind, language)}: {'; '.join(sorted({population_of(one) for one in tables}))}"
