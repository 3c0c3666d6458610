"""Columns of what changed between two releases: the label, and how the row stood before."""

import dataframely as dy

from guzar.define.columns.declaration import EDITION, declare_column

change = declare_column(
    "change",
    dy.String,
    "What happened: revision (other value), status (same value, other kind of number), addition (new series or period),"
    " break (other definition or unit), removal (no longer there).",
    regex=r"^(revision|status|addition|break|removal)$",
)
value_before = declare_column(
    "value_before",
    dy.Float64,
    "The value in the earlier release, in the unit that it had there; empty where there was none.",
    unit="see unit_before",
)
unit_before = declare_column(
    "unit_before",
    dy.String,
    "Unit of the value in the earlier release; empty where the row is new.",
    codelist="CL_UNIT",
    regex=r"^[a-z][a-z0-9_]*$",
)
definition_before = declare_column(
    "definition_before",
    dy.String,
    "Definition in the earlier release; empty where the row is new.",
    codelist="CL_DEFINITION",
    regex=r"^[a-z][a-z0-9_]*$",
)
edition_before = declare_column(
    "edition_before",
    dy.String,
    "Edition that the value of the earlier release stands in; empty where the row is new.",
    regex=EDITION,
)
observation_status_before = declare_column(
    "observation_status_before",
    dy.String,
    "Kind of number in the earlier release; empty where the row is new.",
    codelist="CL_EVIDENCE",
    regex=r"^[a-z][a-z_]*$",
)
