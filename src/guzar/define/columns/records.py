"""Columns of records about persons: who, crossed where and when, permitted or registered until when.

What names a person stands in the linking zone alone. What narrows a person down (year of birth, citizenship, port)
may be counted, and what is counted leaves only through the room `protect`.
"""

import dataframely as dy

from guzar.define.columns.declaration import Secrecy, declare_column

AREA_CODE = r"^[A-Z]{3}$"
KEYED_HASH = r"^[0-9a-f]{32}$"

# Who -----------------------------------------------------------------------------------------------
record_id = declare_column(
    "record_id",
    dy.String,
    "Number of the record, given when it was taken in; it says nothing about the person.",
    secrecy=Secrecy.INDIRECT,
)
person_id = declare_column(
    "person_id",
    dy.Int64,
    "Number of a linked person, kept by guzar link --earlier, else new; means nothing outside the workspace.",
    secrecy=Secrecy.INDIRECT,
    min=0,
)
surname = declare_column(
    "surname", dy.String, "Surname as the document or system spells it.", secrecy=Secrecy.DIRECT
)
given_name = declare_column(
    "given_name", dy.String, "Given name as the document or system spells it.", secrecy=Secrecy.DIRECT
)
patronymic = declare_column(
    "patronymic", dy.String, "Patronymic as the document or system spells it.", secrecy=Secrecy.DIRECT
)
birth_date = declare_column("birth_date", dy.Date, "Date of birth.", secrecy=Secrecy.DIRECT)
birth_place = declare_column(
    "birth_place",
    dy.String,
    "Country of birth, by code; a place within a country is cut off at the door.",
    codelist="CL_AREA",
    secrecy=Secrecy.INDIRECT,
)
birth_year = declare_column(
    "birth_year", dy.Int32, "Year of birth.", unit="year", secrecy=Secrecy.INDIRECT, min=1880, max=2200
)
citizenship = declare_column(
    "citizenship",
    dy.String,
    "Country of citizenship, by code; of several, the one of the document shown.",
    codelist="CL_AREA",
    secrecy=Secrecy.INDIRECT,
    regex=AREA_CODE,
)
document_number = declare_column(
    "document_number", dy.String, "Number of the passport or card shown.", secrecy=Secrecy.DIRECT
)
document_type = declare_column(
    "document_type",
    dy.String,
    "Kind of document shown: passport, internal_passport, id_card, diplomatic, crew, travel_document, other.",
    regex=r"^(passport|internal_passport|id_card|diplomatic|crew|travel_document|other)$",
)
person_token = declare_column(
    "person_token",
    dy.String,
    "Keyed hash of the document; personal data, though no name. The key stands outside the workspace.",
    secrecy=Secrecy.INDIRECT,
    regex=KEYED_HASH,
)

# Crossings -----------------------------------------------------------------------------------------
crossing_date = declare_column(
    "crossing_date",
    dy.Datetime,
    "When the border was crossed, in the time of the post.",
    secrecy=Secrecy.INDIRECT,
)
direction = declare_column(
    "direction", dy.String, "Whether the person came in or went out.", regex=r"^(entry|exit)$"
)
sequence = declare_column("sequence", dy.Int32, "Order of the crossings of one person on one day.", min=0)
port = declare_column(
    "port", dy.String, "Border post, by the code of the border service.", secrecy=Secrecy.INDIRECT
)
mode = declare_column(
    "mode", dy.String, "Way of travelling.", regex=r"^(air|rail|road|river|sea|foot|unknown)$"
)
purpose = declare_column(
    "purpose",
    dy.String,
    "Purpose that was declared: work, study, family, visit, transit, trade, residence, other.",
    regex=r"^(work|study|family|visit|transit|trade|residence|other|unknown)$",
)
permitted_until = declare_column(
    "permitted_until", dy.Date, "Last day of the stay that was permitted at entry.", secrecy=Secrecy.INDIRECT
)
resident_at_start_given = declare_column(
    "resident_at_start_given",
    dy.Bool,
    "Whether another source says that the person lived here on the first day; empty where none says.",
    secrecy=Secrecy.INDIRECT,
)

# Permits and registrations -------------------------------------------------------------------------
permit_type = declare_column(
    "permit_type",
    dy.String,
    "Kind of permit: patent, work, study, temporary_residence, permanent_residence, family, visa, other.",
    regex=r"^(patent|work|study|temporary_residence|permanent_residence|family|visa|other)$",
)
issued_on = declare_column(
    "issued_on", dy.Date, "Day on which the permit was issued.", secrecy=Secrecy.INDIRECT
)
valid_from = declare_column("valid_from", dy.Date, "First day of validity.", secrecy=Secrecy.INDIRECT)
valid_to = declare_column("valid_to", dy.Date, "Last day of validity.", secrecy=Secrecy.INDIRECT)
cancelled_on = declare_column(
    "cancelled_on", dy.Date, "Day on which the permit was cancelled.", secrecy=Secrecy.INDIRECT
)
registration_event = declare_column(
    "registration_event",
    dy.String,
    "What the coupon records: arrival, departure, renewal, or expiry that the system books as a departure by itself.",
    regex=r"^(arrival|departure|renewal|automatic_departure)$",
)
registration_type = declare_column(
    "registration_type", dy.String, "Registration at residence or at stay.", regex=r"^(residence|stay)$"
)
event_date = declare_column(
    "event_date", dy.Date, "Day of the event that is registered.", secrecy=Secrecy.INDIRECT
)
region = declare_column(
    "region",
    dy.String,
    "Region within the country, by the code of the statistical office.",
    secrecy=Secrecy.INDIRECT,
)
previous_residence = declare_column(
    "previous_residence",
    dy.String,
    "Country of the residence before, by code.",
    codelist="CL_AREA",
    regex=AREA_CODE,
)

# Population register -------------------------------------------------------------------------------
personal_number = declare_column(
    "personal_number", dy.String, "Personal number of the population register.", secrecy=Secrecy.DIRECT
)
resident_from = declare_column(
    "resident_from",
    dy.Date,
    "First day of residence in the register; of those resident from birth, under a pseudonym, the last day of that year.",
    secrecy=Secrecy.INDIRECT,
)
resident_to = declare_column(
    "resident_to",
    dy.Date,
    "Last day of residence in the register; empty while it lasts.",
    secrecy=Secrecy.INDIRECT,
)
died_on = declare_column("died_on", dy.Date, "Day of death.", secrecy=Secrecy.INDIRECT)

# Survey --------------------------------------------------------------------------------------------
household_id = declare_column(
    "household_id", dy.String, "Number of the household in the sample.", secrecy=Secrecy.INDIRECT
)
survey_weight = declare_column(
    "survey_weight", dy.Float64, "How many persons the answer stands for.", unit="persons", min=0
)
stratum = declare_column("stratum", dy.String, "Stratum of the sample.")
cluster = declare_column("cluster", dy.String, "Primary sampling unit.", secrecy=Secrecy.INDIRECT)
age = declare_column(
    "age", dy.Int32, "Completed years of age.", unit="years", secrecy=Secrecy.INDIRECT, min=0, max=120
)
is_absent = declare_column("is_absent", dy.Bool, "Whether a member of the household is abroad.")
months_absent = declare_column(
    "months_absent", dy.Int32, "Completed months abroad.", unit="months", secrecy=Secrecy.INDIRECT, min=0
)
absent_in = declare_column(
    "absent_in",
    dy.String,
    "Country in which the absent member is, by code.",
    codelist="CL_AREA",
    regex=AREA_CODE,
)
interview_date = declare_column("interview_date", dy.Date, "Day of the interview.")
