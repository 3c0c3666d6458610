"""Rules for tables of counts on the command line: the options of `guzar protect`, and the task that they describe."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.given_tables import (
    Dimensions,
    Hierarchies,
    read_hierarchy_options,
    refuse_two_places,
    require_names,
)
from guzar.store import Workspace

Count = Annotated[str | None, typer.Option(help="Column of the counts or amounts. Default: persons.")]
Minimum = Annotated[int | None, typer.Option(help="Least count that may be shown. Default: 5.")]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        help="zeros, full-cells, filled, sensitive, no-insiders; for amounts dominance:2,75, p-percent:10, "
        "few-contributors:3. May be repeated."
    ),
]
Protection = Annotated[
    float | None,
    typer.Option(
        help="Least width of the interval that anyone can derive for a hidden cell (default 5; for amounts in "
        "per cent, default 10); base for rounding."
    ),
]
Method = Annotated[str | None, typer.Option(help="suppress, perturb or round. Default: suppress.")]
Contributor = Annotated[
    str | None, typer.Option(help="Column of who contributed an amount; each row is then a contribution.")
]
Noise = Annotated[
    str | None, typer.Option(help="Noise: greatest, variance, results never shown up to. Default: 5,3,2.")
]

Unit = Annotated[
    str | None,
    typer.Option(
        help="Unit of the counts or amounts, as the report names it. Default: the name of their column."
    ),
]


@dataclass(frozen=True)
class GivenRules:
    """Rules as they are given; each field is an option, and none where the option is left out."""

    dimensions: Dimensions = None
    count: Count = None
    minimum: Minimum = None
    rule: Rules = None
    protection: Protection = None
    hierarchy: Hierarchies = None
    method: Method = None
    contributor: Contributor = None
    noise: Noise = None
    unit: Unit = None

    def choose_task(self, place: Workspace | None, counts: Sequence[Path]) -> journey.ProtectionTask:
        """The task by the rules that a workspace declares, or by these; refused (SettingsInvalid) where both are."""
        if place is None:
            return self._describe(counts)
        given = [f"--{field.name}" for field in fields(self) if getattr(self, field.name) not in (None, [])]
        if given:
            refuse_two_places(", ".join(given))
        return journey.declared_task(place, counts)

    def _describe(self, counts: Sequence[Path]) -> journey.ProtectionTask:
        return journey.described_task(
            counts,
            dimensions=require_names(self.dimensions),
            count=self.count or "persons",
            minimum=self.minimum,
            protection=self.protection,
            rules=self.rule or [],
            method=self.method or "suppress",
            contributor=self.contributor,
            noise=self.noise,
            unit=self.unit,
            hierarchies=read_hierarchy_options(self.hierarchy),
        )
