"""Columns of bridges between two publishers' numbers: both numbers, what each counts, and the factor of each step."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

bridge_line = declare_column("bridge_line", dy.Int32, "Place of the step in its bridge.", min=1)
bridge_step = declare_column(
    "bridge_step",
    dy.String,
    "Step between two definitions; the last, unexplained, is the rest that no step explains.",
    regex=r"^[a-z0-9_.]+$",
)
factor_status = declare_column(
    "factor_status",
    dy.String,
    "Where the factor is from: given, published, an own series, the residual; or not known, or a definition not stated.",
    regex=r"^(given|published|own_series|residual|no_factor_known|not_stated)$",
)
bridge_factor = declare_column(
    "bridge_factor", dy.Float64, "What the number before the step is multiplied by.", unit="ratio", min=0
)
definition_from = declare_column("definition_from", dy.String, "What the first publisher says of this step.")
definition_to = declare_column("definition_to", dy.String, "What the second publisher says of this step.")
series_from = declare_column("series_from", dy.String, "Definition of the first number, by its id.")
series_to = declare_column("series_to", dy.String, "Definition of the second number, by its id.")
source_from = declare_column("source_from", dy.String, "Publication of the first number, by its id.")
source_to = declare_column("source_to", dy.String, "Publication of the second number, by its id.")
edition_from = declare_column("edition_from", dy.String, "Edition of the first number.")
edition_to = declare_column("edition_to", dy.String, "Edition of the second number.")
status_from = declare_column("status_from", dy.String, "Observation status of the first number.")
status_to = declare_column("status_to", dy.String, "Observation status of the second number.")
number_from = declare_column("number_from", dy.Float64, "The first number.", unit="persons", min=0)
number_to = declare_column("number_to", dy.Float64, "The second number.", unit="persons", min=0)
