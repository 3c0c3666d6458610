"""Every column of guzar, declared once: type, unit, meaning, SDMX concept, codelist, secrecy.

A table takes a column by calling its name (`columns.area(primary_key=True)`). Checks, the SDMX structure, the
data dictionary, made-up rows for tests and `guzar table` come from here and from nowhere else.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import dataframely as dy


class Secrecy(StrEnum):
    """How much a column says about a person."""

    OPEN = "open"
    INDIRECT = "identifies indirectly"
    DIRECT = "identifies directly"


ColumnFactory = Callable[..., dy.Column]

DECLARED: dict[str, ColumnFactory] = {}


def _declare(
    name: str,
    kind: type[dy.Column],
    meaning: str,
    *,
    unit: str = "none",
    concept: str | None = None,
    codelist: str | None = None,
    secrecy: Secrecy = Secrecy.OPEN,
    **rules: Any,
) -> ColumnFactory:
    """Declare one column; the result makes it for a table, optional there or part of its key."""

    def make(*, nullable: bool = False, primary_key: bool = False) -> dy.Column:
        metadata = {"unit": unit, "concept": concept, "codelist": codelist, "secrecy": str(secrecy)}
        return kind(
            nullable=nullable, primary_key=primary_key, description=meaning, metadata=metadata, **rules
        )

    if name in DECLARED:
        raise ValueError(f"column {name} is declared twice")
    DECLARED[name] = make
    return make


# What is counted ---------------------------------------------------------------------------------------------
indicator = _declare(
    "indicator", dy.String, "What is measured, by its fixed id (commands: `guzar figures --list`).",
    concept="INDICATOR", codelist="CL_INDICATOR", regex=r"^[a-z][a-z0-9_]*$",
)
definition = _declare(
    "definition", dy.String,
    "How it is measured: unit counted, concept (birth, citizenship, residence), rule and coverage.",
    concept="DEFINITION", codelist="CL_DEFINITION", regex=r"^[a-z][a-z0-9_]*$",
)
area = _declare(
    "area", dy.String, "Area that the value is about: where people live, money or a flow arrives.",
    concept="REF_AREA", codelist="CL_AREA", regex=r"^[A-Z][A-Z0-9]{2,15}$|^_Z$",
)
counterpart = _declare(
    "counterpart", dy.String,
    "Other end of the corridor: where people were born, money or a flow comes from; _T all, _Z not applicable.",
    concept="COUNTERPART_AREA", codelist="CL_AREA", regex=r"^[A-Z][A-Z0-9]{2,15}$|^_T$|^_Z$",
)
sex = _declare(
    "sex", dy.String, "Sex as recorded: F, M, _T both, _Z not applicable, U unknown.",
    concept="SEX", codelist="CL_SEX", regex=r"^(F|M|_T|_Z|U|N)$",
)

# When --------------------------------------------------------------------------------------------------------
period = _declare(
    "period", dy.String, "Reference period as a year, a quarter (2014-Q2) or a span of years (2015-2020).",
    concept="TIME_PERIOD", regex=r"^\d{4}(-\d{4}|-Q[1-4])?$",
)
year = _declare(
    "year", dy.Int32, "First year of the reference period.", unit="year", min=1800, max=2200,
)
edition = _declare(
    "edition", dy.String, "Date on which the publisher put this edition out, as precisely as it is known.",
    concept="EDITION", regex=r"^\d{4}(-\d{2}(-\d{2})?)?$",
)
last_observed = _declare(
    "last_observed", dy.Int32,
    "Year of the last true observation behind the value (census, register, report); empty where not known.",
    unit="year", concept="LAST_OBSERVED", min=1800, max=2200,
)

# The value ---------------------------------------------------------------------------------------------------
value = _declare("value", dy.Float64, "The value, in the row's unit.", unit="see unit", concept="OBS_VALUE")
unit = _declare(
    "unit", dy.String, "Unit of the value.", concept="UNIT_MEASURE", codelist="CL_UNIT", regex=r"^[a-z][a-z0-9_]*$",
)
observation_status = _declare(
    "observation_status", dy.String, "What kind of number this is: observed, estimated, modelled and so on.",
    concept="OBS_STATUS", codelist="CL_EVIDENCE", regex=r"^[a-z][a-z_]*$",
)
missing_mark = _declare(
    "missing_mark", dy.String, "The mark that the publisher printed instead of a number, as printed.",
    concept="MISSING_MARK",
)

# Where it comes from -----------------------------------------------------------------------------------------
source = _declare(
    "source", dy.String, "Publication that the value was taken from, by its id.",
    concept="SOURCE", codelist="CL_SOURCE", regex=r"^[a-z][a-z0-9_]*$",
)
licence = _declare("licence", dy.String, "Licence under which the publisher shares the value.")
place = _declare("place", dy.String, "Where in the delivered file the row stands: sheet, row, column.")

# As printed (collect) ----------------------------------------------------------------------------------------
series = _declare("series", dy.String, "The publisher's own name or code of the series.")
reported_area = _declare("reported_area", dy.String, "Area as the publisher writes it.")
reported_counterpart = _declare("reported_counterpart", dy.String, "Other end of the corridor, as written.")
reported_sex = _declare("reported_sex", dy.String, "Sex as the publisher writes it.")
reported_period = _declare("reported_period", dy.String, "Period as the publisher writes it.")
reported_value = _declare("reported_value", dy.String, "Value exactly as printed, before any scaling.")
row_content = _declare("row_content", dy.String, "The refused row as it was delivered (published figures only).")
reason = _declare("reason", dy.String, "Why the row was refused, as one sentence.")
