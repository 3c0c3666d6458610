"""Columns of treaties: dated actions, and what is known of a treaty on a date."""

import dataframely as dy

from guzar.define.columns.declaration import declare_column

# Actions on treaties -------------------------------------------------------------------------------
treaty = declare_column(
    "treaty", dy.String, "Treaty, by its id.", codelist="CL_TREATY", regex=r"^[A-Z][A-Z0-9_]*$"
)
reported_treaty = declare_column("reported_treaty", dy.String, "Treaty as the extract names it.")
reported_column = declare_column(
    "reported_column", dy.String, "Column of the extract: signature, action or status."
)
reported_entry = declare_column(
    "reported_entry", dy.String, "Entry exactly as printed; empty where the cell is empty."
)
treaty_action = declare_column(
    "treaty_action",
    dy.String,
    "What the area did: signed, ratified, acceded, became a party (which way is not said), or no action seen as of "
    "the date of the extract, which is not the same as never.",
    codelist="CL_TREATY_ACTION",
    regex=r"^(signed|ratified|acceded|became_party|no_action_seen)$",
)
action_date = declare_column(
    "action_date",
    dy.String,
    "Date or year of the action, as precisely as the extract gives it.",
    regex=r"^\d{4}(-\d{2}-\d{2})?$",
)
as_of = declare_column(
    "as_of",
    dy.String,
    "Date that the extract describes; empty where not known.",
    regex=r"^\d{4}-\d{2}-\d{2}$",
)

# Status of treaties --------------------------------------------------------------------------------
treaty_standing = declare_column(
    "treaty_standing",
    dy.String,
    "Party, signed only, no action seen as of the date of the extract, or unknown: never simply no.",
    regex=r"^(party|signed_only|no_action_seen|unknown)$",
)
standing_since = declare_column(
    "standing_since", dy.String, "Date or year of the action that the standing rests on."
)
evidence_as_of = declare_column(
    "evidence_as_of", dy.String, "Date of the latest extract that says something of this cell."
)
evidence_age_years = declare_column(
    "evidence_age_years",
    dy.Int32,
    "Whole years from that extract to the date asked for.",
    unit="years",
    min=0,
)
is_old = declare_column(
    "is_old", dy.Bool, "Whether the latest extract is older than the age that counts as fresh."
)
conflict = declare_column(
    "conflict", dy.String, "What two extracts say differently about the cell; empty where they agree."
)
