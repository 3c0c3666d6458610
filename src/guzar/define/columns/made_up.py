"""Columns of what the demonstration tells about its made-up people: totals of the whole country, none about a person."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

journey_step = declare_column(
    "journey_step",
    dy.String,
    "Step of the records journey, from collected to protected.",
    regex=r"^[a-z][a-z_]*$",
)
counted = declare_column(
    "counted", dy.String, "What a step counted, e.g. records_refused.", regex=r"^[a-z][a-z_]*$"
)
amount = declare_column("amount", dy.Int64, "How many there are.", unit="see counted", min=0)
made_up_measure = declare_column(
    "made_up_measure", dy.String, "What was worked out from made-up records.", regex=r"^[a-z][a-z_]*$"
)
from_records = declare_column(
    "from_records",
    dy.Float64,
    "Value worked out from the records that agencies delivered; empty where it is hidden.",
    unit="see unit",
)
in_truth = declare_column(
    "in_truth", dy.Float64, "Value that is true, which only a made-up country can tell.", unit="see unit"
)
error_percent = declare_column(
    "error_percent",
    dy.Float64,
    "Value from records minus the true one, as a per cent of the true one; empty where that is zero.",
    unit="percent",
)
made_up_source = declare_column(
    "made_up_source",
    dy.String,
    "Whose records tell it: crossings, registrations, permits or survey.",
    regex=r"^(crossings|registrations|permits|survey)$",
)
made_up_concept = declare_column(
    "made_up_concept",
    dy.String,
    "outcome: what people did by their crossings; declared: what was told to an office, or issued by it; reported: what "
    "households said.",
    regex=r"^(outcome|declared|reported)$",
)
made_up_citizens = declare_column(
    "made_up_citizens",
    dy.String,
    "Who is counted: _T everybody; else persons whose first crossing is on documents of these made-up countries, split by "
    "spaces.",
    regex=r"^(_T|[A-Z]{3}( [A-Z]{3})*)$",
)
