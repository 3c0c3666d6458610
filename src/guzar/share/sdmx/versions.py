"""Versions asked for: `1.0.0`, `*`, `+` (the latest stable), `~` (the latest), and both within a version, as `1.2+.0`."""

import re
from collections.abc import Iterable

from guzar.share.sdmx.refusals import QueryRefused

ALL = "*"
_PART = r"[0-9]{1,9}"  # longer ones are no versions, and Python does not read them as numbers
_ASKED = re.compile(
    rf"[*+~]|{_PART}(\.{_PART})*(\.\*)?(-[0-9A-Za-z.-]+)?|({_PART}[+~]?|[+~])(\.({_PART}[+~]?|[+~]))*"
)


def choose_versions(asked: str, held: Iterable[str]) -> set[str]:
    """Of the versions held of one artefact, those that are asked for in a list with commas."""
    versions = list(held)
    return {found for one in asked.split(",") for found in _choose(one, versions)}


def require_version(asked: str) -> None:
    """Refuse what is no version and no wildcard."""
    for one in asked.split(","):
        if not _ASKED.fullmatch(one) or one.count("+") + one.count("~") > 1:
            raise QueryRefused(400, "There is no version called {version}.", version=one)


def _choose(asked: str, held: list[str]) -> list[str]:
    if asked == ALL:
        return held
    if asked.endswith(".*"):
        return [one for one in held if one.startswith(asked.removesuffix("*"))]
    mark = next((one for one in "+~" if one in asked), "")
    if not mark:
        return [one for one in held if one in (asked, f"{asked}.0")]  # 1.0 is 1.0.0
    low, high = _bounds(asked, mark)
    fit = [one for one in held if low <= _numbers(one) < high and (mark == "~" or _is_stable(one))]
    return sorted(fit, key=lambda one: (_numbers(one), _is_stable(one), one))[-1:]


def _bounds(asked: str, mark: str) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The lowest version that fits, and the lowest above that does not: `1.2+.0` is 1.2.0 to below 2."""
    parts = asked.split(".")
    place = next(number for number, part in enumerate(parts) if mark in part)
    low = tuple(int(part.strip("+~") or 0) for part in parts)
    above = (*low[: place - 1], low[place - 1] + 1) if place else (float("inf"),)
    return low + (0,) * (3 - len(low)), above


def _numbers(version: str) -> tuple[int, ...]:
    found = tuple(int(one) for one in re.findall(r"\d+", version.split("-", maxsplit=1)[0]))
    return found + (0,) * (3 - len(found))


def _is_stable(version: str) -> bool:
    return "-" not in version


def version_fits(asked: str, version: str, held: Iterable[str]) -> bool:
    """Whether a version is one of those asked for, in the words of either interface; `held` are all of the artefact."""
    words = {"latest": "+", "all": ALL, "": "+"}
    told = ",".join(words.get(one.lower(), one) for one in asked.split(","))
    require_version(told)
    return version in choose_versions(told, held)
