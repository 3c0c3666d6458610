"""Words of tables and mapping files: compared as people type them, recognised as areas, sexes, totals and
periods.

Names of areas are recognised in English and Russian, with footnote signs, and in cells that hold two
languages.
"""

import re
from collections.abc import Iterable, Sequence

import polars as pl

from guzar.define.areas import fold_spelling, spellings

SEX_WORDS = {
    "мужчины": "male",
    "мужской": "male",
    "муж": "male",
    "муж.": "male",
    "м": "male",
    "men": "male",
    "males": "male",
    "женщины": "female",
    "женский": "female",
    "жен": "female",
    "жен.": "female",
    "ж": "female",
    "women": "female",
    "females": "female",
    "оба пола": "both",
    "всего": "both",
    "итого": "both",
    "total": "both",
}
TOTAL_WORDS = ("всего", "итого", "все страны", "total", "all countries", "all", "world", "мир", "_t")


def fold(word: str) -> str:
    """A word without case and doubled blanks, for comparing what people typed."""
    return " ".join(word.replace("\u00a0", " ").replace("\u202f", " ").split()).casefold()


def is_area(word: str) -> bool:
    """Whether guzar knows this spelling of an area, in English or Russian."""
    return bool(recognise_areas([word]))


def recognise_areas(words: Iterable[str]) -> dict[str, str]:
    """The codes of those words that are known spellings of areas."""
    asked = pl.DataFrame({"word": list(words)}, schema={"word": pl.String}).with_columns(
        spelling=fold_spelling(pl.col("word"))
    )
    return dict(asked.join(spellings(), on="spelling").select("word", "code").iter_rows())


def read_period(word: str) -> str:
    """A period without the word for year: `2023 год`, `2023 г.` and `2023.0` are 2023."""
    year = re.fullmatch(r"(\d{4})(\.0)?\s*(г\.?|год|года|year)?", word.strip().casefold())
    span = re.fullmatch(r"(\d{4})\s*[-–—]\s*(\d{4})\s*(гг\.?|годы)?", word.strip().casefold())
    return year[1] if year else f"{span[1]}-{span[2]}" if span else word.strip()


def code_areas(words: Sequence[str]) -> dict[str, str]:
    """Codes of the words that are areas: as they stand, without footnote signs, or one of two languages in a
    cell.
    """
    tries = {
        word: [word, re.sub(r"[\s\d*)¹²³⁴]+$", "", word), *re.split(r"\s*[/\n|]\s*", word)] for word in words
    }
    known = recognise_areas({one for some in tries.values() for one in some if one})
    return {
        word: next(known[one] for one in some if one in known)
        for word, some in tries.items()
        if known.keys() & set(some)
    }
