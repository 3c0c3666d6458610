"""Columns of the register: stays, and residence by the rule of V of W days."""

import dataframely as dy

from guzar.define.columns.declaration import Secrecy, declare_column

KNOWN_BY = r"^(crossing|next_entry|previous_exit|next_exit|previous_entry|not_seen)$"

entered_on = declare_column(
    "entered_on", dy.Date, "Day of the entry that began a stay.", secrecy=Secrecy.INDIRECT
)
left_on = declare_column("left_on", dy.Date, "Day of the exit that ended a stay.", secrecy=Secrecy.INDIRECT)
entry_known_by = declare_column(
    "entry_known_by",
    dy.String,
    "How the entry is known: crossing (recorded), previous_exit (only the exit before tells that it was lost), "
    "not_seen (before the first day).",
    regex=KNOWN_BY,
)
exit_known_by = declare_column(
    "exit_known_by",
    dy.String,
    "How the exit is known: crossing (recorded), next_entry (only the entry after tells that it was lost), "
    "not_seen (none until the last day).",
    regex=KNOWN_BY,
)
returned_on = declare_column(
    "returned_on", dy.Date, "Day of the entry that ended an absence.", secrecy=Secrecy.INDIRECT
)
return_known_by = declare_column(
    "return_known_by",
    dy.String,
    "How the return is known: crossing (recorded), next_exit (only the exit after tells that it was lost), not_seen (none "
    "until the last day).",
    regex=KNOWN_BY,
)
in_window = declare_column(
    "in_window", dy.Bool, "Whether the crossing lies between the first and the last day observed."
)
days_observed = declare_column(
    "days_observed",
    dy.Int32,
    "Days observed after the crossing, at most the window of the rule.",
    unit="days",
    secrecy=Secrecy.INDIRECT,
    min=0,
)
days_in_country = declare_column(
    "days_in_country",
    dy.Int32,
    "Days of those observed that the person was in the country.",
    unit="days",
    secrecy=Secrecy.INDIRECT,
    min=0,
)
RESIDENCE = r"^(resident|non_resident)$"
residence_before = declare_column(
    "residence_before",
    dy.String,
    "Residence before the crossing; empty where it cannot be decided.",
    secrecy=Secrecy.INDIRECT,
    regex=RESIDENCE,
)
residence_after = declare_column(
    "residence_after",
    dy.String,
    "Residence after the crossing; empty where it cannot be decided yet.",
    secrecy=Secrecy.INDIRECT,
    regex=RESIDENCE,
)
is_migration = declare_column(
    "is_migration",
    dy.Bool,
    "Whether residence changed with the crossing; empty where both answers are still possible.",
    secrecy=Secrecy.INDIRECT,
)
