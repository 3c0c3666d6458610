"""Columns of remittances: shares, why they change, and how receipts are shared out."""

import dataframely as dy

from guzar.define.columns.declaration import EDITION, declare_column

# Remittances ---------------------------------------------------------------------------------------
transfer_side = declare_column(
    "transfer_side",
    dy.String,
    "Which side of the transfers is measured: received by the area, or paid from it.",
    regex=r"^(received|paid)$",
)
amount_usd = declare_column("amount_usd", dy.Float64, "Remittances: the numerator of the share.", unit="usd")
amount_source = declare_column("amount_source", dy.String, "Publication that the numerator was taken from.")
amount_edition = declare_column("amount_edition", dy.String, "Edition of the numerator.")
output_usd = declare_column(
    "output_usd", dy.Float64, "Gross domestic product: the denominator of the share.", unit="usd"
)
output_source = declare_column("output_source", dy.String, "Publication that the denominator was taken from.")
output_edition = declare_column("output_edition", dy.String, "Edition of the denominator.")
recomputed_percent = declare_column(
    "recomputed_percent",
    dy.Float64,
    "Share of gross domestic product, numerator over denominator.",
    unit="percent",
)
published_percent = declare_column(
    "published_percent",
    dy.Float64,
    "Share of gross domestic product as its publisher prints it.",
    unit="percent",
)
share_edition = declare_column("share_edition", dy.String, "Edition of the published share.")
relative_gap = declare_column(
    "relative_gap",
    dy.Float64,
    "Published share over recomputed share, minus one; 0.01 is one hundredth.",
)
from_year = declare_column(
    "from_year", dy.Int32, "Year that the change starts from.", unit="year", min=1800, max=2200
)
to_year = declare_column(
    "to_year", dy.Int32, "Year that the change ends in.", unit="year", min=1800, max=2200
)
from_edition = declare_column("from_edition", dy.String, "Edition that the change starts from.")
to_edition = declare_column("to_edition", dy.String, "Edition that the change ends in.")
change_kind = declare_column(
    "change_kind",
    dy.String,
    "Growth between years, or a revision between editions: never the one for the other.",
    regex=r"^(growth|revision)$",
)
part = declare_column("part", dy.String, "Part of the change of the share, or the change itself (share).")
from_value = declare_column("from_value", dy.Float64, "Level of the part at the start.", unit="see part")
to_value = declare_column("to_value", dy.Float64, "Level of the part at the end.", unit="see part")
log_change = declare_column(
    "log_change",
    dy.Float64,
    "Contribution to the change of the share in natural logarithms; contributions add up, percentages do not.",
)
part_from_edition = declare_column(
    "part_from_edition",
    dy.String,
    "Edition that the level of the part at the start was taken from.",
    regex=EDITION,
)
part_to_edition = declare_column(
    "part_to_edition",
    dy.String,
    "Edition that the level of the part at the end was taken from.",
    regex=EDITION,
)
part_status = declare_column(
    "part_status",
    dy.String,
    "What the part rests on: measured (both levels observed), estimated (a level is an estimate), not_held;"
    " for the change itself total (as published) or recomputed (amount over product); for the rest unexplained,"
    " or identity where it is zero because the share was recomputed from the same series.",
    regex=r"^(measured|estimated|not_held|unexplained|identity|total|recomputed)$",
)

# Allocations ---------------------------------------------------------------------------------------
allocation_rule = declare_column(
    "allocation_rule",
    dy.String,
    "How receipts are shared out over countries of residence (Ratha and Shaw 2007).",
    regex=r"^(stocks|stocks_and_income|sending_function)$",
)
allocated_share = declare_column(
    "allocated_share",
    dy.Float64,
    "Part of the receipts that the rule gives to the counterpart (0 to 1).",
    min=0,
    max=1,
)
