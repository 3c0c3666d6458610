"""Columns of figures: what is counted, when, the value, and where it comes from."""

import dataframely as dy

from guzar.define.columns.declaration import EDITION, declare_column, narrow_column

# What is counted -----------------------------------------------------------------------------------
indicator = declare_column(
    "indicator",
    dy.String,
    "What is measured, by its fixed id (commands: `guzar figures --list`).",
    concept="INDICATOR",
    codelist="CL_INDICATOR",
    regex=r"^[a-z][a-z0-9_]*$",
)
definition = declare_column(
    "definition",
    dy.String,
    "How it is measured: unit counted, concept (birth, citizenship, residence), rule and coverage.",
    concept="DEFINITION",
    codelist="CL_DEFINITION",
    regex=r"^[a-z][a-z0-9_]*$",
)
area = declare_column(
    "area",
    dy.String,
    "Area that the value is about: where people live, money or a flow arrives.",
    concept="REF_AREA",
    codelist="CL_AREA",
    regex=r"^[A-Z][A-Z0-9_]{2,15}$|^_Z$",
)
counterpart = declare_column(
    "counterpart",
    dy.String,
    "Other end of the corridor: where people were born, money or a flow comes from; _T all, _Z not applicable.",
    concept="COUNTERPART_AREA",
    codelist="CL_AREA",
    regex=r"^[A-Z][A-Z0-9_]{2,15}$|^_T$|^_Z$",
)
sex = declare_column(
    "sex",
    dy.String,
    "Sex as recorded: F, M, _T both, _Z not applicable, U unknown.",
    concept="SEX",
    codelist="CL_SEX",
    regex=r"^(F|M|_T|_Z|U|N)$",
)
sex_of_person = narrow_column("sex", "Sex as recorded: F, M, U unknown.", regex=r"^(F|M|U)$")

# When ----------------------------------------------------------------------------------------------
period = declare_column(
    "period",
    dy.String,
    "Reference period as a year, a quarter (2014-Q2) or a span of years (2015-2020).",
    concept="TIME_PERIOD",
    regex=r"^[0-9]{4}(-[0-9]{4}|-Q[1-4])?$",
)
year = declare_column(
    "year",
    dy.Int32,
    "First year of the reference period.",
    unit="year",
    min=1800,
    max=2200,
)
edition = declare_column(
    "edition",
    dy.String,
    "Date on which the publisher put this edition out, as precisely as it is known.",
    concept="EDITION",
    regex=EDITION,
)
last_observed = declare_column(
    "last_observed",
    dy.Int32,
    "Year of the last true observation behind the value (census, register, report); empty where not known.",
    unit="year",
    concept="LAST_OBSERVED",
    min=1800,
    max=2200,
)

# The value -----------------------------------------------------------------------------------------
value = declare_column(
    "value", dy.Float64, "The value, in the row's unit.", unit="see unit", concept="OBS_VALUE"
)
unit = declare_column(
    "unit",
    dy.String,
    "Unit of the value.",
    concept="UNIT_MEASURE",
    codelist="CL_UNIT",
    regex=r"^[a-z][a-z0-9_]*$",
)
observation_status = declare_column(
    "observation_status",
    dy.String,
    "What kind of number this is: observed, estimated, modelled and so on.",
    concept="EVIDENCE",
    codelist="CL_EVIDENCE",
    regex=r"^[a-z][a-z_]*$",
)
missing_mark = declare_column(
    "missing_mark",
    dy.String,
    "The mark that the publisher printed instead of a number, as printed.",
    concept="MISSING_MARK",
)

# Where it comes from -------------------------------------------------------------------------------
source = declare_column(
    "source",
    dy.String,
    "Publication that the value was taken from, by its id.",
    concept="SOURCE",
    codelist="CL_SOURCE",
    regex=r"^[a-z][a-z0-9_]*$",
)
licence = declare_column(
    "licence",
    dy.String,
    "Licence under which the publisher shares the value.",
    concept="LICENCE",
)
place = declare_column("place", dy.String, "Where in the delivered file the row stands: sheet, row, column.")
