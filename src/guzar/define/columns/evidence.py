"""Columns about what lies behind figures: doubts, origins, revisions, regions."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

# Doubts about sources ------------------------------------------------------------------------------
check = declare_column(
    "check",
    dy.String,
    "General test that raised the doubt.",
    codelist="CL_CHECK",
    regex=r"^[a-z][a-z_]*$",
)
areas_in_doubt = declare_column("areas_in_doubt", dy.String, "Areas concerned, by code, separated by blanks.")
value_found = declare_column("value_found", dy.String, "What the publication holds.")
value_expected = declare_column(
    "value_expected", dy.String, "What the other publication or the rule would lead one to expect."
)
other_source = declare_column(
    "other_source", dy.String, "Publication that the value was held against, by its id."
)
other_edition = declare_column(
    "other_edition", dy.String, "Edition of the publication that the value was held against."
)
expected_by_chance = declare_column(
    "expected_by_chance",
    dy.Float64,
    "How many such coincidences the same test would find among the same values in random order.",
    min=0,
)
explanation = declare_column(
    "explanation", dy.String, "The doubt as a sentence, with names in braces for its values."
)
explanation_values = declare_column(
    "explanation_values", dy.String, "The values of the sentence, as a JSON object."
)

# Codes ---------------------------------------------------------------------------------------------
reported_code = declare_column(
    "reported_code", dy.String, "Code that a publisher's list puts beside a name, as printed."
)

# What lies behind a destination's origins ----------------------------------------------------------
origins_tested = declare_column(
    "origins_tested", dy.Int32, "Number of larger origins compared.", unit="origins", min=0
)
common_factor = declare_column(
    "common_factor",
    dy.Float64,
    "Median over the larger origins of the later count divided by the earlier one.",
    unit="ratio",
    min=0,
)
largest_deviation = declare_column(
    "largest_deviation",
    dy.Float64,
    "Largest distance of a larger origin from the common factor, as a share of the count that the factor expects.",
    unit="share",
    min=0,
)
is_frozen = declare_column(
    "is_frozen",
    dy.Bool,
    "Whether all larger origins moved by one common factor: nothing about origins was observed; empty = too few origins.",
)

# Changes and revisions -----------------------------------------------------------------------------
from_period = declare_column("from_period", dy.String, "Reference period that a change starts in.")
to_period = declare_column("to_period", dy.String, "Reference period that a change ends in.")
earlier_value = declare_column(
    "earlier_value", dy.Float64, "Value of the earlier period or edition.", unit="see unit"
)
later_value = declare_column(
    "later_value", dy.Float64, "Value of the later period or edition.", unit="see unit"
)
difference = declare_column("difference", dy.Float64, "Later value minus earlier value.", unit="see unit")
difference_percent = declare_column(
    "difference_percent",
    dy.Float64,
    "Difference as a per cent of the earlier value; empty where that is zero.",
    unit="percent",
)

# Regions -------------------------------------------------------------------------------------------
region_publisher = declare_column(
    "region_publisher", dy.String, "Who publishes the membership list of the region."
)
region_as_of = declare_column("region_as_of", dy.String, "Date of the membership list of the region.")
region_members = declare_column(
    "region_members", dy.String, "Members of the region, by code, separated by blanks."
)
