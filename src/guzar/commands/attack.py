"""`guzar attack`: what can be derived from a release."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated, Any

import typer

from guzar import journey
from guzar.commands.given_tables import (
    Dimensions,
    Hierarchies,
    fitted,
    read_hierarchy_options,
    require_names,
    require_other_files,
)
from guzar.commands.speaker import Out, Speaker
from guzar.errors import ReleaseRefused, SettingsInvalid

MINIMUM, PROTECTION = 5, 5.0


def attack(
    speak: Speaker,
    release: Annotated[
        Path,
        typer.Argument(metavar="RELEASE", help="A release: every combination of codes, hidden counts empty."),
    ],
    dimensions: Dimensions = None,
    count: Annotated[str, typer.Option(help="Column of the counts.")] = "persons",
    protection: Annotated[
        float,
        typer.Option(
            help="Least width of an interval, in the unit of the column, for amounts too (protect takes per cent "
            "there); a hidden inner cell below it is refused."
        ),
    ] = PROTECTION,
    minimum: Annotated[
        int, typer.Option(help="Least group that may be seen to change between two releases.")
    ] = MINIMUM,
    hierarchy: Hierarchies = None,
    earlier: Annotated[Path | None, typer.Option(help="Another release of the same persons.")] = None,
    out: Out = None,
) -> None:
    """Work out every hidden cell as closely as any reader can; exit 4 where one is closer than its protection.

    Example: guzar attack release.csv --dimensions region,sex --count persons --earlier last.csv --out intervals.csv
    """
    _require_sense(protection, minimum)
    require_other_files([release, *([earlier] if earlier else [])], [out])
    with speak.progress("Attacking", 0) as step:
        found = journey.attack_files(
            release,
            dimensions=require_names(dimensions),
            count=count,
            minimum=minimum,
            hierarchies=read_hierarchy_options(hierarchy),
            earlier=earlier,
            step=step,
        )
    listed = found.listed()
    speak.write(out, listed)
    if out is None:
        speak.show(fitted(speak, listed, is_estimated=False))
    facts = _tell(speak, found, protection, earlier)
    speak.say_written(out, listed)
    speak.summary_of(out, listed, **facts)
    _require_safe(release, earlier, facts, protection, found.named_changes())


def _tell(
    speak: Speaker, found: journey.Attacked, protection: float, earlier: Path | None
) -> dict[str, int | bool]:
    """How many cells are known too closely, and what is seen to have changed; the same as facts for a program."""
    facts = {
        "cells_hidden": found.cells.height,
        "known_exactly": found.exactly(),
        "inner_cells_too_close": found.closer_than(protection, inner=True),
        "margins_too_close": found.closer_than(protection, inner=False),
        "small_changes": found.small_changes,
        "is_correction": found.is_correction,
    }
    speak.say(
        "{cells_hidden} hidden cells attacked; {known_exactly} known exactly, {inner_cells_too_close} inner cells and "
        "{margins_too_close} margins closer than {protection}.",
        **facts,
        protection=speak.number(protection),
    )
    if found.changed.height:
        speak.say(
            "Small changes since {earlier} are seen in: {cells}",
            earlier=earlier.name if earlier else "",
            cells=found.named_changes(),
        )
    return facts


def _require_sense(protection: float, minimum: int) -> None:
    """Refuse (SettingsInvalid) a width that every interval has, or none: the attack would say nothing."""
    if not 0 < protection < math.inf or minimum < 1:
        raise SettingsInvalid(
            "The attack cannot use --protection {protection:g} and --minimum {minimum}.",
            expected="a protection greater than 0 and not endless, a minimum of 1 or more",
            do="Correct these options, or leave them out.",
            protection=protection,
            minimum=minimum,
        )


EARLIER_FIRST = (
    "Protect the counts again beside the earlier release: guzar protect COUNTS --earlier {earlier}. If hidden cells stay too "
    "close, ask for more: --protection {protection} (for amounts in per cent of the amount)."
)
MORE_PROTECTION = (
    "Protect the counts again: guzar protect COUNTS --protection {protection}, beside earlier releases with "
    "--earlier. For amounts protect takes --protection in per cent of the amount."
)


def _require_safe(
    release: Path, earlier: Path | None, facts: dict[str, Any], protection: float, changed: str
) -> None:
    """Refuse (ReleaseRefused) a release of which an inner cell or a small change is seen too closely."""
    if not (facts["inner_cells_too_close"] or facts["small_changes"]):
        return
    raise ReleaseRefused(
        "{release} gives hidden cells away. Inner cells that can be derived too closely: {inner}; small changes seen: {small}.",
        where="small changes in: {changed}" if changed else "",
        expected="no hidden inner cell whose interval is narrower than {protection}, and no small change to be seen",
        do=EARLIER_FIRST if changed else MORE_PROTECTION,
        release=release.name,
        earlier=earlier.name if earlier else "",
        changed=changed,
        inner=facts["inner_cells_too_close"],
        small=facts["small_changes"],
        protection=f"{protection:g}",
    )
