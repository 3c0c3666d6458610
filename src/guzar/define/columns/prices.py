"""Columns of prices of transfers: averages, and the targets of SDG 10.c.1."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

# Prices of transfers -------------------------------------------------------------------------------
amount_sent_usd = declare_column(
    "amount_sent_usd", dy.Int32, "Amount sent that the price refers to.", unit="usd"
)
average_kind = declare_column(
    "average_kind",
    dy.String,
    "Which average: simple (all services), smart (three cheapest qualifying services), published.",
    regex=r"^(simple|smart|published)$",
)
average_cost_percent = declare_column(
    "average_cost_percent",
    dy.Float64,
    "Price of a transfer, fee and exchange-rate margin, of the amount sent.",
    unit="percent",
)
services = declare_column(
    "services", dy.Int32, "Number of services that the average rests on.", unit="services", min=0
)
services_offered = declare_column(
    "services_offered",
    dy.Int32,
    "Number of services quoted in the corridor.",
    unit="services",
    min=0,
)
quarters = declare_column(
    "quarters", dy.Int32, "Number of quarters that the year's mean rests on.", unit="quarters", min=0
)
is_fee_only = declare_column(
    "is_fee_only",
    dy.Bool,
    "Whether every quote from the sending country records a margin of exactly 0: a rule of recording, not a price.",
)
why_no_value = declare_column("why_no_value", dy.String, "Why there is no value, as one sentence.")

# Targets -------------------------------------------------------------------------------------------
target = declare_column(
    "target", dy.String, "Part of SDG 10.c.1 that is tested.", regex=r"^(corridor|all_services)$"
)
limit_percent = declare_column(
    "limit_percent", dy.Float64, "Price that the target sets as its limit.", unit="percent"
)
is_met = declare_column(
    "is_met", dy.Bool, "Whether the target is met; empty where there is no price to test."
)
