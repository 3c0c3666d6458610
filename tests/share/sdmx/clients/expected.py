"""What a client should have read: rows and codes by plain SQL over the released Parquet, names from the declarations."""

from collections.abc import Iterable, Mapping
from typing import Any

from tests.share.sdmx.plain_queries import KEY, SHOWN, Asked, plain_rows
from tests.share.sdmx.service.running import Released

from guzar.define import structures
from guzar.define.structures import ATTRIBUTE, DIMENSION, MEASURE

FLOW = "MIGRANT_STOCKS"
TWO = ("KGZ", "TJK")
Rows = list[tuple[Any, ...]]


def rows_wanted(released: Released, **asked: Any) -> Rows:
    """Rows of plain SQL for a query about migrant stocks."""
    return plain_rows(released.rows, Asked(released.indicators[FLOW], **asked))


def rows_read(rows: Iterable[Mapping[str, Any]]) -> Rows:
    """Rows that a client read, in the form of those of plain SQL; what is not there is None."""
    told = (tuple(_text(row.get(one)) for one in SHOWN) for row in rows)
    return sorted(((*row[:-2], _number(row[-2]), row[-1]) for row in told), key=repr)


def _text(value: Any) -> str | None:
    return None if value is None or value == "" or value != value else str(value)  # noqa: PLR0124 - a NaN


def _number(text: str | None) -> float | None:
    return None if text in (None, "NaN", "nan") else float(text)


def codes_wanted(rows: Rows) -> dict[str, list[str]]:
    """The codes of each dimension in rows."""
    return {one: sorted({row[place] for row in rows}) for place, one in enumerate(KEY)}


def counts_wanted(rows: Rows) -> tuple[int, int]:
    """The numbers of series and of observations in rows."""
    return len({row[: len(KEY)] for row in rows}), len(rows)


def parts_declared() -> dict[str, list[str]]:
    """Dimensions, attributes and measures of the data structure."""
    roles = {"dimensions": DIMENSION, "attributes": ATTRIBUTE, "measures": MEASURE}
    return {
        name: [one.id for one in structures.components() if one.role == role] for name, role in roles.items()
    }


def names_declared() -> dict[str, dict[str, str]]:
    """Areas and their names in both languages."""
    return {one.id: {"en": one.name_en, "ru": one.name_ru} for one in structures.codelists()["CL_AREA"].codes}


def flows_declared(released: Released) -> dict[str, str]:
    """The dataflows that have rows, and their English names."""
    return {one.id: one.name_en for one in structures.SUBJECTS if one.id in released.indicators}
