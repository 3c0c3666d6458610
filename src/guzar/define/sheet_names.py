"""What the sheet of an indicator is called in a workbook: a reviewed short name, never a word cut in two."""

from collections.abc import Collection
from functools import cache

from guzar.define.codelist import read_codelist
from guzar.define.structures import code_names

LONGEST = 31  # characters that Excel allows
FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


def sheet_name(indicator: str, language: str, taken: Collection[str] = ()) -> str:
    """The name of an indicator's sheet in one language, with a number where it is taken.

    A name that was not reviewed loses its last words, as many as it takes to fit.
    """
    full = _reviewed(language).get(indicator) or code_names("CL_INDICATOR", language)[indicator]
    used = {name.casefold() for name in taken}  # Excel takes “Births” and “births” for one name
    endings = ("", *(f" ({number})" for number in range(2, len(used) + 3)))
    names = (_fit(full, LONGEST - len(ending)) + ending for ending in endings)
    return next(name for name in names if name.casefold() not in used)


@cache
def _reviewed(language: str) -> dict[str, str]:
    rows = read_codelist("sheet_names").iter_rows(named=True)
    return {row["id"]: row[f"name_{language}"] for row in rows}


def _fit(name: str, longest: int) -> str:
    """The first words of a name; one word that is too long for itself is cut, there is no other way."""
    words = name.translate(FORBIDDEN).split()
    while len(words) > 1 and len(" ".join(words)) > longest:
        words.pop()
    return " ".join(words)[:longest].strip(" ,;-('")
