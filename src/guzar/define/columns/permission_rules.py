"""Columns of rules of permitted stay: law as dated data, nothing about a person."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

in_force_from = declare_column(
    "in_force_from", dy.Date, "First day of entry for which a rule holds; empty where it always did."
)
in_force_to = declare_column(
    "in_force_to", dy.Date, "Last day of entry for which a rule holds; empty while it is in force."
)
permission_kind = declare_column(
    "permission_kind",
    dy.String,
    "What a rule of permitted stay limits: days_per_stay, days_in_period (any so many days in a row), "
    "days_in_calendar_year, unlimited (nothing); or prolonged_by: permits of this kind permit the stay while they are valid.",
    regex=r"^(days_per_stay|days_in_period|days_in_calendar_year|unlimited|prolonged_by)$",
)
permitted_days = declare_column(
    "permitted_days",
    dy.Int32,
    "Days of stay that are permitted; the days of entry and of exit count.",
    unit="days",
    min=1,
)
permitted_period_days = declare_column(
    "permitted_period_days",
    dy.Int32,
    "Days of the period, ending on every day of the stay, in which permitted_days count.",
    unit="days",
    min=1,
)
longest_stay_days = declare_column(
    "longest_stay_days",
    dy.Int32,
    "Days in a row after which a stay ends whatever else is left; empty where nothing says so.",
    unit="days",
    min=1,
)
legal_source = declare_column("legal_source", dy.String, "Law or treaty, with article and date.")
remarks = declare_column("remarks", dy.String, "What has to be known to use a row.")
