"""Areas and corridors as people write them: text → code, one reading for every command.

A code in any case (`kgz`, `KG`, `417`), an English or Russian name and every spelling met in a published file are
accepted, and so are named regions. Nothing is guessed: what is near is named and the text refused.
"""

import re
from difflib import get_close_matches
from functools import cache

import polars as pl

from guzar.define.areas import ALL, NOT_APPLICABLE, area_name, fold_spelling, regions, spellings
from guzar.errors import SettingsInvalid

CORRIDOR_SIGN = re.compile(r"->|=>|>|→")
OTHER_SIGN = re.compile(r"\s*[-–—/_:,;]\s*|\s+(?:to|в)\s+|\s+")  # how corridors are written elsewhere
OPEN_ENDS = (ALL, NOT_APPLICABLE)
LIST = "List areas and regions with: guzar figures --areas"


def find_area(text: str) -> str:
    """The code of the area or region written as code or name; `_T` and `_Z` stand for themselves.

    Raises SettingsInvalid for an empty text, a corridor, and anything unknown, with the nearest names.
    """
    if not text.strip():
        raise SettingsInvalid(
            "An area is asked for, and none is given.",
            expected="a code such as KGZ, or a name",
            do=LIST,
        )
    if text.strip().upper() in OPEN_ENDS:
        return text.strip().upper()
    known = known_area(text)
    if known is not None:
        return known
    corridor = corridor_meant(text)
    if corridor:
        raise _not_a_corridor(text, corridor)
    near = _near(_fold(text))
    raise SettingsInvalid(
        "There is no area or region called {area}. Did you mean {near}?"
        if near
        else "There is no area or region called {area}.",
        expected="an ISO 3166 alpha-3 code such as KGZ, a name in English or Russian, or a region: {regions}",
        do=LIST,
        area=text.strip(),
        near=near,
        regions=", ".join(sorted(regions())),
    )


def known_area(text: str) -> str | None:
    """The code of the area or region written as code or name, or None where guzar knows no such spelling."""
    return _codes().get(_fold(text))


def find_ends(text: str) -> tuple[str | None, str]:
    """The two ends of a corridor `A>B`, blanks allowed, as (A, B); an area alone as (None, area)."""
    ends = CORRIDOR_SIGN.split(text)
    if len(ends) > 2:
        raise _not_a_corridor(text)
    return (find_area(ends[0]) if len(ends) == 2 else None), find_area(ends[-1])


def find_corridor(text: str) -> str:
    """The corridor as `A>B` in codes; raises SettingsInvalid where the text names no two areas."""
    ends = CORRIDOR_SIGN.split(text)
    if len(ends) != 2 or not all(end.strip() for end in ends):
        raise _not_a_corridor(text, corridor_meant(text))
    return ">".join(find_area(end) for end in ends)


def _not_a_corridor(text: str, meant: str = "") -> SettingsInvalid:
    return SettingsInvalid(
        "“{corridor}” is not a corridor. Did you mean {meant}?"
        if meant
        else "“{corridor}” is not a corridor.",
        expected="two areas as in RUS>TJK: sent from the first, received in the second",
        do="Write the corridor in quotation marks, because > means something to the terminal.",
        corridor=text.strip(),
        meant=meant,
    )


def corridor_meant(text: str) -> str:
    """The corridor that a text with another sign between two areas (`UZB-RUS`, `UZB/RUS`) may mean, or nothing."""
    for cut in OTHER_SIGN.finditer(text):
        ends = [known_area(end) for end in (text[: cut.start()], text[cut.end() :]) if end.strip()]
        if len(ends) == 2 and all(ends):
            return ">".join(str(end) for end in ends)
    return ""


@cache
def _codes() -> dict[str, str]:
    """Code by folded spelling; ids and names of regions come before areas."""
    named = {spelling: code for spelling, code in spellings().iter_rows() if code is not None}
    for region in regions().values():
        named |= {_fold(written): region.id for written in (region.id, region.name_en, region.name_ru)}
    return named


@cache
def _fold(text: str) -> str:
    return str(pl.select(fold_spelling(pl.lit(text))).item())


def _near(folded: str) -> str:
    """Up to three areas whose spelling is near, as `KGZ (Kyrgyzstan)`, in the script that was written; or nothing."""
    language = "ru" if re.search("[а-я]", folded) else "en"
    found = get_close_matches(folded, _codes(), n=9, cutoff=0.6)
    codes = list(dict.fromkeys(_codes()[spelling] for spelling in found))[:3]
    return ", ".join(f"{code} ({area_name(code, language)})" for code in codes)
