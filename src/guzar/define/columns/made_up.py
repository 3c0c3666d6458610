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
made_up_input = declare_column(
    "made_up_input",
    dy.String,
    "Whose records tell it: population_register, crossings or survey; combined, all of them in this year; combined_years, with one "
    "bias of each source over all years; two_lists, what follows "
    "from two lists and their overlap.",
    regex=r"^(population_register|crossings|survey|combined|combined_years|two_lists)$",
)
estimate_status = declare_column(
    "estimate_status",
    dy.String,
    "What a number rests on: as_given (what one source says), identified_by_reference, identified_by_stated_bias, "
    "identified_if_biases_balance, one_source, bounded (a range only), withheld (too few persons).",
    regex=r"^(as_given|identified_by_reference|identified_by_stated_bias|identified_if_biases_balance|one_source|bounded|withheld)$",
)
estimate_reason = declare_column(
    "estimate_reason",
    dy.String,
    "Why there is no number, or no upper end; else empty.",
    regex=r"^[a-z_]*$",
)
concept_code = declare_column(
    "concept_code", dy.String, "Code of a concept of SIMS 2.0.", regex=r"^S\.[0-9]+(\.[0-9]+)*$"
)
text_en = declare_column(
    "text_en", dy.String, "What is said under the concept, in English; empty where nothing is known."
)
text_ru = declare_column(
    "text_ru", dy.String, "What is said under the concept, in Russian; empty where nothing is known."
)
