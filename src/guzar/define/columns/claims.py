"""Columns of claims: what a document prints, and what the figures held say about it."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

claim_row = declare_column("claim_row", dy.Int64, "Position of the claim in its file, from 0.", min=0)
claim_id = declare_column("claim_id", dy.String, "The reader's own id of the claim, kept as text (file: id).")
claimed_area = declare_column(
    "claimed_area", dy.String, "Area, region or corridor A>B as the claim writes it (file: area)."
)
claimed_indicator = declare_column(
    "claimed_indicator", dy.String, "Indicator as the claim names it (file: indicator)."
)
claimed_year = declare_column(
    "claimed_year", dy.String, "Reference year as the claim writes it (file: year)."
)
claimed_value = declare_column(
    "claimed_value", dy.String, "The number exactly as the document prints it (file: value)."
)
claimed_unit = declare_column("claimed_unit", dy.String, "Unit as the claim writes it (file: unit).")
qualifier = declare_column("qualifier", dy.String, "How the number is hedged: about, over, almost, forecast.")
cited_source = declare_column(
    "cited_source", dy.String, "What the document cites for the number, as written."
)
free_columns = declare_column(
    "free_columns",
    dy.String,
    "The reader's own further columns of the row, as a JSON object.",
)
verdict = declare_column(
    "verdict",
    dy.String,
    "What the figures held say about the claim.",
    codelist="CL_VERDICT",
    regex=r"^(agrees|agrees_with_edition|swapped_with|different_definition|forecast_not_outcome|cited_source_differs"
    r"|contradicted|inconsistent|unit_unclear|not_checkable)$",
)
strength = declare_column(
    "strength",
    dy.String,
    "Of an exchange: full where both values then agree, half where one does.",
    regex=r"^(full|half)$",
)
best_value = declare_column(
    "best_value",
    dy.Float64,
    "The figure of the edition cited, else of the latest edition for the year.",
    unit="see best_unit",
)
best_unit = declare_column("best_unit", dy.String, "Unit of the best figure.", codelist="CL_UNIT")
best_source = declare_column(
    "best_source", dy.String, "Publication of the best figure, by its id.", codelist="CL_SOURCE"
)
best_edition = declare_column("best_edition", dy.String, "Edition of the best figure.")
other_claim = declare_column(
    "other_claim", dy.String, "The other claim of an exchange or a contradiction, by its id."
)
verdict_explanation = declare_column(
    "verdict_explanation",
    dy.String,
    "Why, with numbers, sources and dates, in the reader's language (file: explanation).",
)
verdict_explanation_ru = declare_column(
    "verdict_explanation_ru", dy.String, "The same explanation in Russian."
)
publisher_response = declare_column(
    "publisher_response", dy.String, "What the publisher answers; empty, for the reader to fill."
)
