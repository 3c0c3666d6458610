"""The rates of the made-up country: one file, `rates.toml`, and worlds that change some of them."""

import copy
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

from guzar.define.nearest import nearest
from guzar.errors import SettingsInvalid

Rates = dict[str, Any]


def read_rates(world: str = "ordinary", changes: Path | None = None) -> Rates:
    """All rates of a world; `changes` is a file of the same form with only the rates that differ.

    Raises SettingsInvalid for a world that is not described, or a rate that does not exist.
    """
    shipped = copy.deepcopy(_shipped())
    worlds = shipped.pop("worlds")
    if world not in worlds:
        raise SettingsInvalid(
            "No world is called {world}.",
            expected="one of: {worlds}",
            do="Choose one of them with --world, or change rates with --rates FILE.",
            world=world,
            worlds=", ".join(worlds),
        )
    changed = _change(shipped, worlds[world], "")
    return changed if changes is None else _change(changed, _read_changes(changes), "")


def change_rates(rates: Rates, changes: Mapping[str, Any]) -> Rates:
    """The same rates, but for those named in `changes`, which has the same form."""
    return _change(copy.deepcopy(rates), changes, "")


def names_of_worlds() -> list[str]:
    """The worlds that the file describes."""
    return list(_shipped()["worlds"])


@cache
def _shipped() -> Rates:
    place = resources.files("guzar.collect.sources.made_up_country").joinpath("rates.toml")
    return tomllib.loads(place.read_text(encoding="utf-8"))


def _read_changes(path: Path) -> Rates:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise SettingsInvalid(
            "{path} cannot be read as TOML: {problem}.",
            expected="rates in the form of rates.toml",
            do="Correct the file.",
            path=path,
            problem=str(problem),
        ) from problem


def _change(rates: Rates, changes: Mapping[str, Any], place: str) -> Rates:
    for name, value in changes.items():
        if name not in rates or isinstance(rates[name], dict) != isinstance(value, Mapping):
            raise SettingsInvalid(
                "No rate is called {name}.",
                expected="a rate of rates.toml: here {known}",
                do="Correct the name; the rates that ship are described in rates.toml.",
                name=f"{place}{name}",
                known=", ".join(nearest(name, rates) or list(rates)[:8]),
            )
        if isinstance(value, Mapping) and not _is_choice(value, rates[name]):
            _change(rates[name], value, f"{place}{name}.")
        else:
            rates[name] = dict(value) if isinstance(value, Mapping) else value
    return rates


def _is_choice(new: Mapping[str, Any], old: Mapping[str, Any]) -> bool:
    """Whether the shares of a list of choices are given anew, as a whole."""
    return _are_shares(old) and _are_shares(new) and set(new) <= set(old)


def _are_shares(table: Mapping[str, Any]) -> bool:
    numbers = [
        value for value in table.values() if isinstance(value, int | float) and not isinstance(value, bool)
    ]
    return len(numbers) == len(table) > 0 and abs(sum(numbers) - 1) < 1e-9
