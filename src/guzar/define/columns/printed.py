"""Columns of figures as their publisher prints them: words, numbers and marks, nothing recoded."""

import dataframely as dy

from guzar.define.columns.declaration import EDITION, declare_column

series = declare_column("series", dy.String, "The publisher's own name or code of the series.")
reported_area = declare_column("reported_area", dy.String, "Area as the publisher writes it.")
reported_counterpart = declare_column(
    "reported_counterpart", dy.String, "Other end of the corridor, as written."
)
reported_sex = declare_column("reported_sex", dy.String, "Sex as the publisher writes it.")
reported_period = declare_column("reported_period", dy.String, "Period as the publisher writes it.")
reported_edition = declare_column(
    "reported_edition",
    dy.String,
    "Date of publication of the row, where one file carries several editions.",
    regex=EDITION,
)
reported_part = declare_column(
    "reported_part",
    dy.String,
    "Part of a total that the publisher prints (an age group, a kind of procedure); empty where it prints the total.",
)
parts_printed = declare_column(
    "parts_printed",
    dy.Int32,
    "Number of parts that the delivery prints for this total.",
    unit="parts",
    min=1,
)
reported_last_observed = declare_column(
    "reported_last_observed",
    dy.Int32,
    "Year of the last true observation, where the publisher states it.",
    unit="year",
    min=1800,
    max=2200,
)
reported_status = declare_column(
    "reported_status", dy.String, "The publisher's own mark of what kind of number it is."
)
reported_value = declare_column("reported_value", dy.String, "Value exactly as printed, before any scaling.")
row_content = declare_column(
    "row_content", dy.String, "The refused row as it was delivered (published figures only)."
)
reason = declare_column("reason", dy.String, "Why the row was refused, as one sentence.")
