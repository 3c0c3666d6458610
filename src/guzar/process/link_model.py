"""What is compared between two identities, by which levels, and which pairs are compared at all: settings for Splink.

Each level begins with a first guess of how often it is true of two records of one person (m); training replaces it.
How often it is true of two different persons (u) is counted on a sample. Women often change their surname, so the
surname of two women is a comparison of its own, with its own m. Nothing is compared across birth years, except where
the document is the same or the year may be mistyped by one: Central Asian names are too few.
"""

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

NEAR = 0.9  # Jaro-Winkler similarity of folded names from which a difference may be a slip of the pen
# Two persons hold one document number: too rare for a sample to show, so it is set and not trained.
SAME_DOCUMENT_BY_CHANCE = 1e-7
SIMILAR = (
    "jaro_winkler_similarity"  # of DuckDB; on Spark a function that asks DuckDB (engines/spark_similarity.py)
)

Level = dict[str, Any]
Comparison = dict[str, Any]  # as Splink takes it; the description names the column that must be known


def comparison_settings(held: Collection[str]) -> list[Comparison]:
    """Comparisons for the columns that are held: the same text for every engine."""
    return [
        *_surnames(held),
        *_name(held, "given", (0.80, 0.09, 0.06, 0.05)),
        *_name(held, "father", (0.78, 0.09, 0.06, 0.07)),
        *_birth_date(held),
        *_same(held, "sex", 0.99),
        *_origin(held),
        *_document(held),
    ]


def blocking_rules(held: Collection[str]) -> list[dict[str, str]]:
    """Which pairs are compared: those that share birth date or year and a name, or a document."""
    rules = [
        ("document_number",),
        ("birth_date", "surname_skeleton"),
        ("birth_date", "given_skeleton"),
        ("birth_year", "surname_skeleton", "given_skeleton"),
    ]
    made = [_equal(rule) for rule in rules if set(rule) <= set(held)]
    mistyped = ("surname_skeleton", "given_skeleton", "birth_month", "birth_day")
    if set(mistyped) <= set(held):
        made.append(_equal(mistyped) + " AND abs(l.birth_year - r.birth_year) = 1")
    return [{"blocking_rule": rule} for rule in made]


def training_rules(held: Collection[str]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """Blocks in which the m are learnt, and of which comparisons: names on one birth date, birth dates under one name."""
    names = tuple(f"{name}_skeleton" for name in ("surname", "given", "father") if f"{name}_skeleton" in held)
    told_by_birth_date = (
        *("surname", "surname_of_women", "surname_of_others", "given", "father"),
        *("same_sex", "origin", "same_citizenship", "same_birth_place", "document"),
    )
    rules = [(("birth_date",), told_by_birth_date), (names, ("birth", "document"))]
    return [rule for rule in rules if rule[0] and "birth_date" in held and set(rule[0]) <= set(held)]


def certain_columns(held: Collection[str]) -> list[str]:
    """Columns that, all equal, make two records one person nearly always; they tell how many pairs to expect."""
    strong = ("birth_date", "surname_skeleton", "given_skeleton")
    return [column for column in strong if column in held] if "birth_date" in held else ["document_number"]


def highest_level(comparison: Mapping[str, Any]) -> pl.Expr:
    """Which level (its place in the list) an identity reaches beside a copy of itself; 0 where a value is missing."""
    column, output = comparison["comparison_description"], comparison["output_column_name"]
    place, is_known = pl.lit(1), pl.col(column).is_not_null()
    if output == "birth":
        place = pl.when("is_common_date").then(2).otherwise(1)
    if output == "origin":
        place = pl.when(is_known).then(1).otherwise(2)
        is_known |= pl.col("birth_place").is_not_null()
    if output in ("surname_of_women", "surname_of_others"):
        is_woman = pl.col("sex").eq("F").fill_null(False)
        is_known &= is_woman if output == "surname_of_women" else ~is_woman
    return pl.when(is_known).then(place).otherwise(0)


def _surnames(held: Collection[str]) -> list[Comparison]:
    if "surname_key" not in held:
        return []
    if "sex" not in held:
        return [_surname("surname", "FALSE", (0.72, 0.06, 0.10, 0.05, 0.07))]
    both_women = "coalesce(sex_l = 'F' AND sex_r = 'F', FALSE)"
    return [
        _surname("surname_of_women", f"NOT {both_women}", (0.62, 0.06, 0.09, 0.05, 0.18)),
        _surname("surname_of_others", both_women, (0.74, 0.07, 0.10, 0.05, 0.04)),
    ]


def _surname(output: str, left_out: str, m: tuple[float, ...]) -> Comparison:
    same = "surname_key_l = surname_key_r"
    levels = [
        _level(
            f"{same} AND surname_suffix_class_l = surname_suffix_class_r", m[0], by_frequency_of="surname_key"
        ),
        _level(same, m[1], by_frequency_of="surname_key"),
        _level("surname_skeleton_l = surname_skeleton_r", m[2]),
        _level(f"{SIMILAR}(surname_key_l, surname_key_r) >= {NEAR}", m[3]),
        _level("ELSE", m[4]),
    ]
    missing = f"surname_key_l IS NULL OR surname_key_r IS NULL OR {left_out}"
    return _comparison(output, "surname_key", missing, levels)


def _name(held: Collection[str], name: str, m: tuple[float, ...]) -> list[Comparison]:
    key, skeleton = f"{name}_key", f"{name}_skeleton"
    if key not in held:
        return []
    levels = [
        _level(f"{key}_l = {key}_r", m[0], by_frequency_of=key),
        _level(f"{skeleton}_l = {skeleton}_r", m[1]),
        _level(f"{SIMILAR}({key}_l, {key}_r) >= {NEAR}", m[2]),
        _level("ELSE", m[3]),
    ]
    return [_comparison(name, key, _missing(key), levels)]


def _birth_date(held: Collection[str]) -> list[Comparison]:
    if "birth_date" not in held:
        return []
    same_year = "birth_year_l = birth_year_r"
    first_of_january = "(birth_month_{0} = 1 AND birth_day_{0} = 1)"
    one_is = f"({first_of_january.format('l')} OR {first_of_january.format('r')})"
    levels = [
        _level("birth_date_l = birth_date_r AND NOT is_common_date_l", 0.90),
        _level("birth_date_l = birth_date_r", 0.03),
        _level(f"{same_year} AND birth_month_l = birth_day_r AND birth_day_l = birth_month_r", 0.01),
        _level(f"{same_year} AND {one_is}", 0.02),
        _level(
            "birth_month_l = birth_month_r AND birth_day_l = birth_day_r AND abs(birth_year_l - birth_year_r) = 1",
            0.01,
        ),
        _level(f"{same_year} AND (birth_month_l = birth_month_r OR birth_day_l = birth_day_r)", 0.02),
        _level(same_year, 0.007),
        _level("ELSE", 0.003),
    ]
    return [_comparison("birth", "birth_date", _missing("birth_date"), levels)]


def _same(held: Collection[str], column: str, m: float) -> list[Comparison]:
    if column not in held:
        return []
    levels = [_level(f"{column}_l = {column}_r", m), _level("ELSE", 1 - m)]
    return [_comparison(f"same_{column}", column, _missing(column), levels)]


def _origin(held: Collection[str]) -> list[Comparison]:
    """Citizenship and country of birth together: most people have both from one country, so two agreements are no more
    than one."""
    if not {"citizenship", "birth_place"} <= set(held):
        return [*_same(held, "citizenship", 0.97), *_same(held, "birth_place", 0.95)]
    citizenship = "coalesce(citizenship_l = citizenship_r, FALSE)"
    birth_place = "coalesce(birth_place_l = birth_place_r, FALSE)"
    levels = [
        _level(f"{citizenship} AND coalesce(birth_place_l = birth_place_r, TRUE)", 0.95),
        _level(f"{citizenship} OR {birth_place}", 0.04),
        _level("ELSE", 0.01),
    ]
    missing = f"({_missing('citizenship')}) AND ({_missing('birth_place')})"
    return [_comparison("origin", "citizenship", missing, levels)]


def _document(held: Collection[str]) -> list[Comparison]:
    if "document_number" not in held:
        return []
    same, other = _level("document_number_l = document_number_r", 0.5), _level("ELSE", 0.5)
    levels = [
        same | {"u_probability": SAME_DOCUMENT_BY_CHANCE},
        other | {"u_probability": 1 - SAME_DOCUMENT_BY_CHANCE},
    ]
    return [_comparison("document", "document_number", _missing("document_number"), levels)]


def _comparison(output: str, column: str, missing: str, levels: list[Level]) -> Comparison:
    absent: Level = {"sql_condition": missing, "label_for_charts": "not compared", "is_null_level": True}
    return {
        "output_column_name": output,
        "comparison_description": column,
        "comparison_levels": [absent, *levels],
    }


def _level(condition: str, m: float, by_frequency_of: str | None = None) -> Level:
    made: Level = {"sql_condition": condition, "label_for_charts": condition, "m_probability": m}
    if by_frequency_of:
        made["tf_adjustment_column"] = by_frequency_of
        made["tf_minimum_u_value"] = 1e-5
        made["disable_tf_exact_match_detection"] = True  # the u of this level, which is not all equal keys
    return made


def _missing(column: str) -> str:
    return f"{column}_l IS NULL OR {column}_r IS NULL"


def _equal(columns: Collection[str]) -> str:
    return " AND ".join(f"l.{column} = r.{column}" for column in columns)
