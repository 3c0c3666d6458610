"""Versions in queries: exact ones, lists, and the wildcards of both versions of the interface."""

import re
from collections.abc import Iterable

LATEST = frozenset({"latest", "+", "~"})
ANY = frozenset({"*", "all"})
PART = re.compile(r"(\d+)(\+?)")


def version_fits(wanted: str, version: str, held: Iterable[str]) -> bool:
    """Whether a version is one of those asked for; `held` are all versions of the same artefact.

    SDMX REST 2.x, doc/querying_versions.md: `+` the latest stable one, `~` the latest of any kind, `*` all, and `1.2+.0`
    the latest from 1.2 on within 1. `1.0` means 1.0.0, as SDMX 2.1 writes it.
    """
    return any(_one_fits(one, version, held) for one in re.split(r",", wanted) if one)


def _one_fits(wanted: str, version: str, held: Iterable[str]) -> bool:
    if wanted in ANY:
        return True
    if wanted.lower() in LATEST:
        return version == max(held, key=_numbers)
    if "+" in wanted or "*" in wanted or "~" in wanted:
        fitting = [one for one in held if _at_least(wanted, one)]
        return (
            version in fitting if "*" in wanted else bool(fitting) and version == max(fitting, key=_numbers)
        )
    return (
        _numbers(wanted) == _numbers(version)
        if re.fullmatch(r"\d+(\.\d+){0,2}", wanted)
        else wanted == version
    )


def _numbers(version: str) -> tuple[int, ...]:
    """The three numbers of a version; what is left out is 0."""
    found = [int(part) for part in re.findall(r"\d+", version.split("-", maxsplit=1)[0])][:3]
    return (*found, *([0] * (3 - len(found))))


def _at_least(wanted: str, version: str) -> bool:
    """Whether a version fits `1.2+.0`: parts before the sign are the same, from it on the version is at least that."""
    parts = wanted.replace("~", "+").split(".")
    numbers = _numbers(version)
    place = next((n for n, part in enumerate(parts) if "+" in part or "*" in part), len(parts))
    before = [int(part) for part in parts[:place] if part.isdigit()]
    floor = tuple(int(found[0]) if (found := re.findall(r"\d+", part)) else 0 for part in parts[place:])
    return list(numbers[:place]) == before and numbers[place : place + len(floor)] >= floor
