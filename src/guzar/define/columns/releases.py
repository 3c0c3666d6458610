"""Columns of what leaves: release paths, and what SDMX names besides."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

release_path = declare_column(
    "release_path",
    dy.String,
    "How the value may leave: public already, or protected by a disclosure rule.",
    regex=r"^(public_already|protected)$",
)
frequency = declare_column(
    "frequency",
    dy.String,
    "Length of the reference period.",
    concept="FREQ",
    codelist="CL_FREQ",
    regex=r"^(A|Q|A\d+|_O)$",
)
time_period = declare_column(
    "time_period",
    dy.String,
    "Reference period as SDMX writes it; a span of years runs from 1 July to 1 July, as 2015-07-01/P5Y.",
    concept="TIME_PERIOD",
    regex=r"^\d{4}(-Q[1-4]|-07-01/P\d+Y)?$",
)
observation_status_code = declare_column(
    "observation_status_code",
    dy.String,
    "What kind of number this is, in the code that all SDMX readers know.",
    concept="OBS_STATUS",
    codelist="CL_OBS_STATUS",
    regex=r"^[A-Z]$",
)
confidentiality_status = declare_column(
    "confidentiality_status",
    dy.String,
    "Whether the value is free for publication or withheld by its source.",
    concept="CONF_STATUS",
    codelist="CL_CONF_STATUS",
    regex=r"^[A-Z]$",
)
disclosure_method = declare_column(
    "disclosure_method",
    dy.String,
    "Why a count is not the true one: noise from cell keys, or controlled rounding.",
    regex=r"^(cell_key|rounded)$",
)
decimals = declare_column(
    "decimals",
    dy.Int32,
    "Decimals with which values of this unit are shown.",
    concept="DECIMALS",
    min=0,
    max=9,
)
