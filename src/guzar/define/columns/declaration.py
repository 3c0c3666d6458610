"""How a column is declared: type, unit, meaning, SDMX concept, codelist, secrecy, and the rules of its values."""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import dataframely as dy


class Secrecy(StrEnum):
    """How much a column says about a person."""

    OPEN = "open"
    INDIRECT = "identifies indirectly"
    DIRECT = "identifies directly"


ColumnFactory = Callable[..., dy.Column]

DECLARED: dict[str, ColumnFactory] = {}
NARROWED: dict[str, ColumnFactory] = {}  # the same columns where fewer codes can stand

# A date as precisely as it is known: a year, a month or a day that the calendar has (29 February in leap years only).
EDITION = (
    r"^((1[89]|20|21)[0-9]{2}(-(0[1-9]|1[0-2])"
    r"|-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|-(0[469]|11)-(0[1-9]|[12][0-9]|30)|-02-(0[1-9]|1[0-9]|2[0-8]))?"
    r"|((1[89]|20|21)(0[48]|[2468][048]|[13579][26])|2000)-02-29)$"
)


def declare_column(
    name: str,
    kind: type[dy.Column],
    meaning: str,
    *,
    unit: str = "none",
    concept: str | None = None,
    codelist: str | None = None,
    secrecy: Secrecy = Secrecy.OPEN,
    **rules: Any,
) -> ColumnFactory:
    """Declare one column; the result makes it for a table, optional there or part of its key."""

    def make(*, nullable: bool = False, primary_key: bool = False) -> dy.Column:
        metadata = {"unit": unit, "concept": concept, "codelist": codelist, "secrecy": str(secrecy)}
        return kind(
            nullable=nullable, primary_key=primary_key, description=meaning, metadata=metadata, **rules
        )

    if name in DECLARED:
        raise ValueError(f"column {name} is declared twice")
    DECLARED[name] = make
    return make


def in_whole_numbers(name: str) -> ColumnFactory:
    """A declared column of numbers where only whole numbers stand, with the same meaning; it may be empty."""

    def make(*, nullable: bool = False, primary_key: bool = False) -> dy.Column:
        declared = DECLARED[name]()
        return dy.Int64(
            nullable=nullable,
            primary_key=primary_key,
            description=declared.description,
            metadata=declared.metadata,
        )

    if name not in DECLARED:
        raise ValueError(f"column {name} is not declared")
    return make


def narrow_column(name: str, meaning: str, *, regex: str) -> ColumnFactory:
    """A declared column of text where fewer codes can stand, with its meaning there; all else stays as declared."""

    def make(*, nullable: bool = False, primary_key: bool = False) -> dy.Column:
        metadata = DECLARED[name]().metadata
        return dy.String(
            nullable=nullable, primary_key=primary_key, description=meaning, metadata=metadata, regex=regex
        )

    if name not in DECLARED or name in NARROWED:
        raise ValueError(f"column {name} is not declared, or is narrowed twice")
    NARROWED[name] = make
    return make
