"""ReleasedFigures → the same rows for people: every code beside its name in English and in Russian."""

import dataframely as dy
import polars as pl

from guzar.define.sources import edition_label
from guzar.define.structures import Subject, code_names
from guzar.define.tables.releases import ReleasedFigures
from guzar.share.sdmx.writers import print_number, rows_of

LANGUAGES = ("en", "ru")


def coded_columns() -> dict[str, str]:
    """Columns whose values are codes, with their codelist."""
    declared = {
        name: (column.metadata or {}).get("codelist") for name, column in ReleasedFigures.columns().items()
    }
    return {name: str(codelist) for name, codelist in declared.items() if codelist}


def label_figures(figures: pl.DataFrame) -> pl.DataFrame:
    """Every column; after each coded column and the edition, its names as `<column>_en` and `<column>_ru`."""
    coded = coded_columns()
    expressions: list[pl.Expr] = []
    for name in figures.columns:
        expressions.append(pl.col(name))
        if name in coded:
            expressions.extend(name_of(name, language) for language in LANGUAGES)
        if name == "edition":
            expressions.extend(edition_names(figures, language) for language in LANGUAGES)
    return figures.select(expressions)


def name_of(column: str, language: str) -> pl.Expr:
    """The name of each code of a column in one language, as a column `<column>_<language>`."""
    names = code_names(coded_columns()[column], language)
    return pl.col(column).replace_strict(names, default=pl.col(column)).alias(f"{column}_{language}")


def edition_names(figures: pl.DataFrame, language: str) -> pl.Expr:
    """What each edition is called in one language, as a column `edition_<language>`."""
    held = figures.select("source", "edition").unique().rows()
    names = {f"{source} {edition}": edition_label(source, edition, language) for source, edition in held}
    both = pl.concat_str("source", "edition", separator=" ")
    return both.replace_strict(names, return_dtype=pl.String).alias(f"edition_{language}")


def write_labelled_csv(figures: dy.DataFrame[ReleasedFigures], subject: Subject) -> bytes:
    """The labelled rows of one subject as CSV in UTF-8, whole numbers without a decimal point."""
    labelled = label_figures(rows_of(subject, figures))
    return labelled.with_columns(print_number(pl.col("value")).alias("value")).write_csv().encode("utf-8")
