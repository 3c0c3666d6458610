"""Columns of accounts of populations: periods, lines, and how each line is known."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"
period_start = declare_column("period_start", dy.String, "Day of the first population.", regex=DAY)
period_end = declare_column("period_end", dy.String, "Day of the second population.", regex=DAY)
period_basis = declare_column(
    "period_basis",
    dy.String,
    "How many of the two populations stand in a year of a published census.",
    regex=r"^(between_censuses|one_census|no_census)$",
)
account_line = declare_column(
    "account_line", dy.Int32, "Place of the line in its account.", unit="none", min=1
)
component = declare_column(
    "component",
    dy.String,
    "Line of the account: population_end = population_start + births - deaths + registered_net_migration + error_of_closure.",
    regex=r"^[a-z_]+$",
)
account_status = declare_column(
    "account_status",
    dy.String,
    "How the line is known: counted, estimated, computed from others, not held, held for some years, or not to be judged.",
    regex=r"^(counted|estimated|computed|not_held|incomplete|not_judged)$",
)
