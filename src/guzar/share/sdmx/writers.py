"""ReleasedFigures → SDMX-CSV 2.0, one file per dataflow.

The text is made column by column, so that a table of any length takes one pass. A row without a number
stays, with OBS_VALUE NaN, which SDMX 3.0 reads as missing, and the status that says why (SDMX-CSV 2.0 field
guide; SDMX code lists OBS_STATUS, CONF_STATUS and FREQ). An empty OBS_VALUE would mean "nothing is said", and
sdmx1 cannot make a table of it.
"""

import dataframely as dy
import polars as pl

from guzar.define import structures
from guzar.define.reader_rows import print_number
from guzar.define.structures import AGENCY, DECIMALS, EVIDENCE, FREQUENCIES, VERSION, Subject
from guzar.define.tables.releases import ReleasedFigures, SdmxFigures
from guzar.errors import TableInvalid

MISSING = "NaN"
ACTION = "I"  # information: the rows stand for themselves and change nothing at the reader's


def make_sdmx_figures(figures: dy.DataFrame[ReleasedFigures]) -> dy.DataFrame[SdmxFigures]:
    """The same values with frequency, SDMX period, SDMX statuses and decimals; in the order of the key."""
    statuses = {word: code for word, (_, code, _) in EVIDENCE.items()}
    confidentiality = {word: code for word, (_, _, code) in EVIDENCE.items()}
    status = pl.col("observation_status")
    made = figures.with_columns(
        frequency=frequency_of(pl.col("period")),
        time_period=time_period_of(pl.col("period")),
        observation_status_code=status.replace_strict(statuses, default=None, return_dtype=pl.String),
        confidentiality_status=status.replace_strict(confidentiality, default=None, return_dtype=pl.String),
        decimals=pl.col("unit").replace_strict(DECIMALS, default=0, return_dtype=pl.Int32),
    ).select(SdmxFigures.column_names())
    _require_known_codes(made)
    return SdmxFigures.validate(made.sort(SdmxFigures.primary_key()))


def frequency_of(period: pl.Expr) -> pl.Expr:
    """SDMX frequency: A for a year, Q for a quarter, A5 for a span of five years, _O for other spans."""
    years = period.str.slice(5, 4).cast(pl.Int32, strict=False) - period.str.slice(0, 4).cast(pl.Int32)
    span = pl.concat_str(pl.lit("A"), years)
    span = pl.when(span.is_in(list(FREQUENCIES))).then(span).otherwise(pl.lit("_O"))
    return (
        pl.when(period.str.len_chars() == 4)
        .then(pl.lit("A"))
        .when(period.str.contains("Q"))
        .then(pl.lit("Q"))
        .otherwise(span)
    )


def time_period_of(period: pl.Expr) -> pl.Expr:
    """SDMX period: years and quarters as they are; 2015-2020 is a range of five years from 1 July 2015.

    Spans come from changes between two mid-year stocks, and SDMX knows no span without a first day.
    """
    start = period.str.slice(0, 4)
    years = period.str.slice(5, 4).cast(pl.Int32, strict=False) - start.cast(pl.Int32)
    span = pl.concat_str(start, pl.lit("-07-01/P"), years, pl.lit("Y"))
    return pl.when(period.str.contains(r"^\d{4}-\d{4}$")).then(span).otherwise(period)


def subjects_in(figures: pl.DataFrame) -> list[Subject]:
    """The dataflows that have rows, in the order in which they are declared."""
    found = {structures.subject_of(indicator) for indicator in figures["indicator"].unique()}
    return [subject for subject in structures.SUBJECTS if subject in found]


def rows_of(subject: Subject, figures: pl.DataFrame) -> pl.DataFrame:
    """The rows of one dataflow."""
    wanted = [one for one in figures["indicator"].unique() if structures.subject_of(one) == subject]
    return figures.filter(pl.col("indicator").is_in(wanted))


def write_sdmx_csv(figures: dy.DataFrame[SdmxFigures], subject: Subject) -> bytes:
    """The rows of one dataflow as SDMX-CSV 2.0, UTF-8."""
    named = [pl.col(one.column).alias(one.id) for one in structures.components()]
    printed = print_number(pl.col("value")).fill_null(MISSING).alias("value")
    rows = (
        rows_of(subject, figures)
        .with_columns(printed)
        .select(
            pl.lit("dataflow").alias("STRUCTURE"),
            pl.lit(f"{AGENCY}:{subject.id}({VERSION})").alias("STRUCTURE_ID"),
            pl.lit(ACTION).alias("ACTION"),
            *named,
        )
    )
    return rows.write_csv().encode("utf-8")


def _require_known_codes(figures: pl.DataFrame) -> None:
    """Every code stands in its codelist, or the file could not be read against its own structures."""
    for component in structures.components():
        if component.codelist is None:
            continue
        known = structures.code_names(component.codelist, "en")
        unknown = figures.filter(~pl.col(component.column).is_in(list(known)).fill_null(False))[
            component.column
        ]
        if unknown.len():
            raise TableInvalid(
                "{count} figures have a code that is in no codelist.",
                where="column {column}: {found}",
                expected="codes of the list {codelist}",
                do="Add the codes to the list, or correct the figures.",
                count=unknown.len(),
                column=component.column,
                codelist=component.codelist,
                found=", ".join(str(code) for code in unknown.unique().sort().head(5)),
            )
