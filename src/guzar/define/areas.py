"""Areas and regions: codes, names, and the spellings met in published files.

Codes are ISO 3166 alpha-3; codes of stateless persons, refugees, unspecified origins and former countries are
kept apart and never folded into "other". A region is a membership list with a publisher and a date.
"""

from dataclasses import dataclass
from functools import cache

import polars as pl

from guzar.define.codelist import read_codelist
from guzar.errors import SettingsInvalid

THE_TWELVE = ("ARM", "AZE", "BLR", "GEO", "KAZ", "KGZ", "RUS", "TJK", "TKM", "TUR", "UKR", "UZB")
REST_OF_WORLD = "ROW"
WORLD = "WLD"
ALL = "_T"
NOT_APPLICABLE = "_Z"


@dataclass(frozen=True)
class Region:
    """A membership list: the same name by two publishers, or at two dates, is two regions."""

    id: str
    name_en: str
    name_ru: str
    publisher: str
    as_of: str
    members: tuple[str, ...]
    address: str


@cache
def areas() -> pl.DataFrame:
    """All areas: `code`, `alpha2`, `m49`, `kind` (country, territory, former, unknown, aggregate), `name_en`,
    `name_ru`."""
    return read_codelist("areas")


@cache
def spellings() -> pl.DataFrame:
    """Every spelling met in a published file: `spelling` (folded), `code`. One spelling has one code."""
    return spelling_lists().select("spelling", "code").unique("spelling", keep="first").sort("spelling")


def spelling_lists() -> pl.DataFrame:
    """The lists behind `spellings`, one row per spelling and list: `spelling` (folded), `code`, `taken_from`.

    Lists: alpha-3 codes, alpha-2 codes of today's areas, M49 numbers with and without leading zeros, names in
    English and Russian, and the spellings met in published files.
    """
    held = areas()
    today = held.filter(pl.col("kind").is_in(["country", "territory"]))
    lists = {
        "code": held.select("code", spelling="code"),
        "alpha2": today.select("code", spelling="alpha2"),
        "m49": held.select("code", spelling="m49"),
        "m49 with zeros": held.select("code", spelling=pl.col("m49").str.zfill(3)),
        "name_en": held.select("code", spelling="name_en"),
        "name_ru": held.select("code", spelling="name_ru"),
        "area_spellings": read_codelist("area_spellings").select("code", "spelling"),
    }
    named = [rows.with_columns(taken_from=pl.lit(name)) for name, rows in lists.items()]
    return pl.concat(named).drop_nulls("spelling").with_columns(fold_spelling(pl.col("spelling")))


def fold_spelling(text: pl.Expr) -> pl.Expr:
    """A spelling without case, accents, dots for blanks, brackets, footnote stars and doubled blanks."""
    plain = text.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.to_lowercase()
    plain = plain.str.replace_all("&", " and ", literal=True)
    plain = plain.str.replace_all(r"[*.,:/()\-–_'’ʻ`´\s]+", " ").str.strip_chars()
    return plain.str.replace(r"^st ", "saint ").str.replace(" st ", " saint ", literal=True)


@cache
def made_up_areas() -> pl.DataFrame:
    """The countries of `guzar simulate`: `code`, `name_en`, `name_ru`. They stand apart, so that no list, map or code
    list of real areas ever holds one."""
    return read_codelist("made_up_areas")


def area_name(code: str, language: str = "en") -> str:
    """The reviewed short name of an area or region in English or Russian; the code where none is held."""
    names = _names(language)
    return names.get(code, code)


@cache
def _names(language: str) -> dict[str, str]:
    column = "name_ru" if language == "ru" else "name_en"
    named = pl.concat([areas().select("code", "name_en", "name_ru"), made_up_areas()])
    known = {row["code"]: row[column] or row["name_en"] for row in named.iter_rows(named=True)}
    return known | {r.id: (r.name_ru if language == "ru" else r.name_en) for r in regions().values()}


@cache
def regions() -> dict[str, Region]:
    """Named regions with their members, publisher and date."""
    rows = read_codelist("regions").fill_null("").iter_rows(named=True)
    return {row["id"]: Region(**{**row, "members": tuple(row["members"].split())}) for row in rows}


def members(area: str) -> tuple[str, ...]:
    """The areas that make up `area`: a region's members, or the area itself."""
    if area in regions():
        return regions()[area].members
    if area in set(areas()["code"]):
        return (area,)
    raise SettingsInvalid(
        "There is no area or region called {area}.",
        expected="an ISO 3166 alpha-3 code such as KGZ, or a region: {regions}",
        do="List areas and regions with: guzar figures --areas",
        area=area,
        regions=", ".join(sorted(regions())),
    )
