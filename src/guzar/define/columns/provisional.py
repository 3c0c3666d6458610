"""Columns of provisional months: counts of migrations by month and flow, none about a person."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

MONTH = r"^[0-9]{4}-(0[1-9]|1[0-2])$"

observed_to = declare_column(
    "observed_to",
    dy.Date,
    "Last day observed of the edition: what was seen later is not in it.",
)
month = declare_column("month", dy.String, "Month of the crossing, as 2024-03.", regex=MONTH)
migration_flow = declare_column(
    "flow",
    dy.String,
    "immigration, emigration, or net: immigration less emigration.",
    regex=r"^(immigration|emigration|net)$",
)
crossings_seen = declare_column(
    "crossings",
    dy.Int64,
    "Crossings of the month in this direction; for net, in both.",
    unit="crossings",
)
decided = declare_column(
    "decided", dy.Int64, "Migrations that the rule has decided by the edition.", unit="migrations"
)
undecided = declare_column(
    "undecided", dy.Int64, "Crossings that the rule cannot decide yet.", unit="crossings"
)
decided_share_percent = declare_column(
    "decided_share_percent", dy.Float64, "Share of the crossings that the rule has decided.", unit="percent"
)
expected = declare_column(
    "expected", dy.Float64, "Migrations expected among the undecided crossings.", unit="migrations"
)
expected_lower = declare_column(
    "expected_lower", dy.Float64, "Lower end of the 90 % interval of the expected.", unit="migrations"
)
expected_upper = declare_column(
    "expected_upper", dy.Float64, "Upper end of the 90 % interval of the expected.", unit="migrations"
)
total = declare_column("total", dy.Float64, "Decided and expected migrations together.", unit="migrations")
baseline_total = declare_column(
    "baseline_total",
    dy.Float64,
    "The same with the share that was migrations among the crossings of the month a year before, undecided at that age.",
    unit="migrations",
)
month_status = declare_column(
    "month_status",
    dy.String,
    "final: every crossing is decided; provisional: some are not; incomplete: the month was not observed to its end.",
    regex=r"^(final|provisional|incomplete)$",
)
interval_percent = declare_column(
    "interval_percent", dy.Int64, "Level of the interval from lower to upper.", unit="percent"
)
final_total = declare_column(
    "final_total", dy.Float64, "What the month has become; empty while it is not final.", unit="migrations"
)
revision = declare_column(
    "revision", dy.Float64, "The final figure less the total of the edition.", unit="migrations"
)
baseline_revision = declare_column(
    "baseline_revision", dy.Float64, "The final figure less the baseline of the edition.", unit="migrations"
)
is_covered = declare_column(
    "is_covered", dy.Bool, "Whether the final figure lies between lower and upper of the edition."
)
