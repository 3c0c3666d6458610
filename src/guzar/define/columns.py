"""Every column of guzar, declared once: type, unit, meaning, SDMX concept, codelist, secrecy.

A table takes a column by calling its name (`columns.area(primary_key=True)`). Checks, the SDMX structure, the
data dictionary, made-up rows for tests and `guzar table` come from here and from nowhere else.
"""

from collections.abc import Callable
from enum import StrEnum
from typing import Any

import dataframely as dy


class Secrecy(StrEnum):
    """How much a column says about a person."""

    OPEN = "open"
    INDIRECT = "identifies indirectly"
    DIRECT = "identifies directly"


ColumnFactory = Callable[..., dy.Column]

DECLARED: dict[str, ColumnFactory] = {}

# A date as precisely as it is known: a year, a month or a day that the calendar has (29 February in leap years only).
EDITION = (
    r"^((1[89]|20|21)[0-9]{2}(-(0[1-9]|1[0-2])"
    r"|-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|-(0[469]|11)-(0[1-9]|[12][0-9]|30)|-02-(0[1-9]|1[0-9]|2[0-8]))?"
    r"|((1[89]|20|21)(0[48]|[2468][048]|[13579][26])|2000)-02-29)$"
)


def _declare(
    name: str,
    kind: type[dy.Column],
    meaning: str,
    *,
    unit: str = "none",
    concept: str | None = None,
    codelist: str | None = None,
    secrecy: Secrecy = Secrecy.OPEN,
    **rules: Any,
) -> ColumnFactory:
    """Declare one column; the result makes it for a table, optional there or part of its key."""

    def make(*, nullable: bool = False, primary_key: bool = False) -> dy.Column:
        metadata = {"unit": unit, "concept": concept, "codelist": codelist, "secrecy": str(secrecy)}
        return kind(
            nullable=nullable, primary_key=primary_key, description=meaning, metadata=metadata, **rules
        )

    if name in DECLARED:
        raise ValueError(f"column {name} is declared twice")
    DECLARED[name] = make
    return make


# What is counted ---------------------------------------------------------------------------------------------
indicator = _declare(
    "indicator",
    dy.String,
    "What is measured, by its fixed id (commands: `guzar figures --list`).",
    concept="INDICATOR",
    codelist="CL_INDICATOR",
    regex=r"^[a-z][a-z0-9_]*$",
)
definition = _declare(
    "definition",
    dy.String,
    "How it is measured: unit counted, concept (birth, citizenship, residence), rule and coverage.",
    concept="DEFINITION",
    codelist="CL_DEFINITION",
    regex=r"^[a-z][a-z0-9_]*$",
)
area = _declare(
    "area",
    dy.String,
    "Area that the value is about: where people live, money or a flow arrives.",
    concept="REF_AREA",
    codelist="CL_AREA",
    regex=r"^[A-Z][A-Z0-9_]{2,15}$|^_Z$",
)
counterpart = _declare(
    "counterpart",
    dy.String,
    "Other end of the corridor: where people were born, money or a flow comes from; _T all, _Z not applicable.",
    concept="COUNTERPART_AREA",
    codelist="CL_AREA",
    regex=r"^[A-Z][A-Z0-9_]{2,15}$|^_T$|^_Z$",
)
sex = _declare(
    "sex",
    dy.String,
    "Sex as recorded: F, M, _T both, _Z not applicable, U unknown.",
    concept="SEX",
    codelist="CL_SEX",
    regex=r"^(F|M|_T|_Z|U|N)$",
)

# When --------------------------------------------------------------------------------------------------------
period = _declare(
    "period",
    dy.String,
    "Reference period as a year, a quarter (2014-Q2) or a span of years (2015-2020).",
    concept="TIME_PERIOD",
    regex=r"^[0-9]{4}(-[0-9]{4}|-Q[1-4])?$",
)
year = _declare(
    "year",
    dy.Int32,
    "First year of the reference period.",
    unit="year",
    min=1800,
    max=2200,
)
edition = _declare(
    "edition",
    dy.String,
    "Date on which the publisher put this edition out, as precisely as it is known.",
    concept="EDITION",
    regex=EDITION,
)
last_observed = _declare(
    "last_observed",
    dy.Int32,
    "Year of the last true observation behind the value (census, register, report); empty where not known.",
    unit="year",
    concept="LAST_OBSERVED",
    min=1800,
    max=2200,
)

# The value ---------------------------------------------------------------------------------------------------
value = _declare("value", dy.Float64, "The value, in the row's unit.", unit="see unit", concept="OBS_VALUE")
unit = _declare(
    "unit",
    dy.String,
    "Unit of the value.",
    concept="UNIT_MEASURE",
    codelist="CL_UNIT",
    regex=r"^[a-z][a-z0-9_]*$",
)
observation_status = _declare(
    "observation_status",
    dy.String,
    "What kind of number this is: observed, estimated, modelled and so on.",
    concept="EVIDENCE",
    codelist="CL_EVIDENCE",
    regex=r"^[a-z][a-z_]*$",
)
missing_mark = _declare(
    "missing_mark",
    dy.String,
    "The mark that the publisher printed instead of a number, as printed.",
    concept="MISSING_MARK",
)

# Where it comes from -----------------------------------------------------------------------------------------
source = _declare(
    "source",
    dy.String,
    "Publication that the value was taken from, by its id.",
    concept="SOURCE",
    codelist="CL_SOURCE",
    regex=r"^[a-z][a-z0-9_]*$",
)
licence = _declare(
    "licence",
    dy.String,
    "Licence under which the publisher shares the value.",
    concept="LICENCE",
)
place = _declare("place", dy.String, "Where in the delivered file the row stands: sheet, row, column.")

# Leaving (protect, share) ------------------------------------------------------------------------------------
release_path = _declare(
    "release_path",
    dy.String,
    "How the value may leave: public already, or protected by a disclosure rule.",
    regex=r"^(public_already|protected)$",
)
frequency = _declare(
    "frequency",
    dy.String,
    "Length of the reference period.",
    concept="FREQ",
    codelist="CL_FREQ",
    regex=r"^(A|Q|A\d+|_O)$",
)
time_period = _declare(
    "time_period",
    dy.String,
    "Reference period as SDMX writes it; a span of years runs from 1 July to 1 July, as 2015-07-01/P5Y.",
    concept="TIME_PERIOD",
    regex=r"^\d{4}(-Q[1-4]|-07-01/P\d+Y)?$",
)
observation_status_code = _declare(
    "observation_status_code",
    dy.String,
    "What kind of number this is, in the code that all SDMX readers know.",
    concept="OBS_STATUS",
    codelist="CL_OBS_STATUS",
    regex=r"^[A-Z]$",
)
confidentiality_status = _declare(
    "confidentiality_status",
    dy.String,
    "Whether the value is free for publication or withheld by its source.",
    concept="CONF_STATUS",
    codelist="CL_CONF_STATUS",
    regex=r"^[A-Z]$",
)
decimals = _declare(
    "decimals",
    dy.Int32,
    "Decimals with which values of this unit are shown.",
    concept="DECIMALS",
    min=0,
    max=9,
)

# As printed (collect) ----------------------------------------------------------------------------------------
series = _declare("series", dy.String, "The publisher's own name or code of the series.")
reported_area = _declare("reported_area", dy.String, "Area as the publisher writes it.")
reported_counterpart = _declare("reported_counterpart", dy.String, "Other end of the corridor, as written.")
reported_sex = _declare("reported_sex", dy.String, "Sex as the publisher writes it.")
reported_period = _declare("reported_period", dy.String, "Period as the publisher writes it.")
reported_edition = _declare(
    "reported_edition",
    dy.String,
    "Date of publication of the row, where one file carries several editions.",
    regex=EDITION,
)
reported_part = _declare(
    "reported_part",
    dy.String,
    "Part of a total that the publisher prints (an age group, a kind of procedure); empty where it prints the total.",
)
parts_printed = _declare(
    "parts_printed",
    dy.Int32,
    "Number of parts that the delivery prints for this total.",
    unit="parts",
    min=1,
)
reported_last_observed = _declare(
    "reported_last_observed",
    dy.Int32,
    "Year of the last true observation, where the publisher states it.",
    unit="year",
    min=1800,
    max=2200,
)
reported_status = _declare(
    "reported_status", dy.String, "The publisher's own mark of what kind of number it is."
)
reported_value = _declare("reported_value", dy.String, "Value exactly as printed, before any scaling.")
row_content = _declare(
    "row_content", dy.String, "The refused row as it was delivered (published figures only)."
)
reason = _declare("reason", dy.String, "Why the row was refused, as one sentence.")

# Price quotes ------------------------------------------------------------------------------------------------
quote_id = _declare("quote_id", dy.String, "The publisher's number of a price quote.")
firm = _declare("firm", dy.String, "Firm that offers the transfer, as the publisher names it.")
firm_type = _declare(
    "firm_type", dy.String, "Kind of firm: bank, money transfer operator, post office and so on."
)
product = _declare(
    "product", dy.String, "What is offered: from cash, an account or a card to cash or an account."
)
sending_location = _declare(
    "sending_location", dy.String, "Where the sender pays in: branch, telephone, online."
)
pick_up_method = _declare("pick_up_method", dy.String, "How the receiver is paid.")
coverage = _declare("coverage", dy.String, "How much of the receiving country the service reaches.")
speed = _declare("speed", dy.String, "Time until the money can be had, as the publisher prints it.")
longest_wait_hours = _declare(
    "longest_wait_hours",
    dy.Int32,
    "Upper end of the time until the money can be had; days are days of 24 hours; empty where not known or open.",
    unit="hours",
    min=0,
)
is_transparent = _declare(
    "is_transparent",
    dy.Bool,
    "Whether the firm shows the exchange rate before the sender pays.",
)
reported_transparent = _declare(
    "reported_transparent", dy.String, "Whether the firm is transparent, as printed."
)
survey_date = _declare("survey_date", dy.Date, "Day on which the price was asked.")
reported_survey_date = _declare(
    "reported_survey_date", dy.String, "Day on which the price was asked, as printed."
)
# Two amounts are quoted, about 200 and about 500 US dollars; local amounts are in units of `currency_…`.
amount_local_200, amount_local_500 = (
    _declare(
        f"amount_local_{usd}",
        dy.Float64,
        f"Amount sent, about {usd} US dollars, in the sender's currency.",
        unit="see currency",
        min=0,
    )
    for usd in (200, 500)
)
amount_usd_200, amount_usd_500 = (
    _declare(
        f"amount_usd_{usd}",
        dy.Float64,
        f"Amount sent as the publisher denominates it, about {usd}.",
        unit="usd",
        min=0,
    )
    for usd in (200, 500)
)
currency_200, currency_500 = (
    _declare(f"currency_{usd}", dy.String, f"Currency of the quote for about {usd} US dollars.")
    for usd in (200, 500)
)
fee_local_200, fee_local_500 = (
    _declare(
        f"fee_local_{usd}", dy.Float64, f"Fee for sending about {usd} US dollars.", unit="see currency", min=0
    )
    for usd in (200, 500)
)
exchange_rate_200, exchange_rate_500 = (
    _declare(
        f"exchange_rate_{usd}",
        dy.Float64,
        f"Exchange rate offered for about {usd} US dollars.",
        unit="receiver's currency per unit of sender's",
        min=0,
    )
    for usd in (200, 500)
)
margin_percent_200, margin_percent_500 = (
    _declare(
        f"margin_percent_{usd}",
        dy.Float64,
        f"Exchange-rate margin for about {usd} US dollars; negative where the rate is a promotion.",
        unit="percent",
    )
    for usd in (200, 500)
)
total_cost_percent_200, total_cost_percent_500 = (
    _declare(
        f"total_cost_percent_{usd}",
        dy.Float64,
        f"Fee and margin for sending about {usd} US dollars, of the amount sent.",
        unit="percent",
    )
    for usd in (200, 500)
)
interbank_rate = _declare(
    "interbank_rate",
    dy.Float64,
    "Exchange rate between banks that the margin is measured against.",
    unit="receiver's currency per unit of sender's",
    min=0,
)

# Remittances (analyse) ---------------------------------------------------------------------------------------
transfer_side = _declare(
    "transfer_side",
    dy.String,
    "Which side of the transfers is measured: received by the area, or paid from it.",
    regex=r"^(received|paid)$",
)
amount_usd = _declare("amount_usd", dy.Float64, "Remittances: the numerator of the share.", unit="usd")
amount_source = _declare("amount_source", dy.String, "Publication that the numerator was taken from.")
amount_edition = _declare("amount_edition", dy.String, "Edition of the numerator.")
output_usd = _declare(
    "output_usd", dy.Float64, "Gross domestic product: the denominator of the share.", unit="usd"
)
output_source = _declare("output_source", dy.String, "Publication that the denominator was taken from.")
output_edition = _declare("output_edition", dy.String, "Edition of the denominator.")
recomputed_percent = _declare(
    "recomputed_percent",
    dy.Float64,
    "Share of gross domestic product, numerator over denominator.",
    unit="percent",
)
published_percent = _declare(
    "published_percent",
    dy.Float64,
    "Share of gross domestic product as its publisher prints it.",
    unit="percent",
)
share_edition = _declare("share_edition", dy.String, "Edition of the published share.")
relative_gap = _declare(
    "relative_gap",
    dy.Float64,
    "Published share over recomputed share, minus one; 0.01 is one hundredth.",
)
from_year = _declare(
    "from_year", dy.Int32, "Year that the change starts from.", unit="year", min=1800, max=2200
)
to_year = _declare("to_year", dy.Int32, "Year that the change ends in.", unit="year", min=1800, max=2200)
from_edition = _declare("from_edition", dy.String, "Edition that the change starts from.")
to_edition = _declare("to_edition", dy.String, "Edition that the change ends in.")
change_kind = _declare(
    "change_kind",
    dy.String,
    "Growth between years, or a revision between editions: never the one for the other.",
    regex=r"^(growth|revision)$",
)
part = _declare("part", dy.String, "Part of the change of the share, or the change itself (share).")
from_value = _declare("from_value", dy.Float64, "Level of the part at the start.", unit="see part")
to_value = _declare("to_value", dy.Float64, "Level of the part at the end.", unit="see part")
log_change = _declare(
    "log_change",
    dy.Float64,
    "Contribution to the change of the share in natural logarithms; contributions add up, percentages do not.",
)
part_from_edition = _declare(
    "part_from_edition",
    dy.String,
    "Edition that the level of the part at the start was taken from.",
    regex=EDITION,
)
part_to_edition = _declare(
    "part_to_edition",
    dy.String,
    "Edition that the level of the part at the end was taken from.",
    regex=EDITION,
)
part_status = _declare(
    "part_status",
    dy.String,
    "What the part rests on: measured (both levels observed), estimated (a level is an estimate), not_held;"
    " for the change itself total (as published) or recomputed (amount over product); for the rest unexplained,"
    " or identity where it is zero because the share was recomputed from the same series.",
    regex=r"^(measured|estimated|not_held|unexplained|identity|total|recomputed)$",
)

# Prices of transfers (analyse) -------------------------------------------------------------------------------
amount_sent_usd = _declare("amount_sent_usd", dy.Int32, "Amount sent that the price refers to.", unit="usd")
average_kind = _declare(
    "average_kind",
    dy.String,
    "Which average: simple (all services), smart (three cheapest qualifying services), published.",
    regex=r"^(simple|smart|published)$",
)
average_cost_percent = _declare(
    "average_cost_percent",
    dy.Float64,
    "Price of a transfer, fee and exchange-rate margin, of the amount sent.",
    unit="percent",
)
services = _declare(
    "services", dy.Int32, "Number of services that the average rests on.", unit="services", min=0
)
services_offered = _declare(
    "services_offered",
    dy.Int32,
    "Number of services quoted in the corridor.",
    unit="services",
    min=0,
)
quarters = _declare(
    "quarters", dy.Int32, "Number of quarters that the year's mean rests on.", unit="quarters", min=0
)
is_fee_only = _declare(
    "is_fee_only",
    dy.Bool,
    "Whether every quote from the sending country records a margin of exactly 0: a rule of recording, not a price.",
)
why_no_value = _declare("why_no_value", dy.String, "Why there is no value, as one sentence.")

# Allocations (analyse) ---------------------------------------------------------------------------------------
allocation_rule = _declare(
    "allocation_rule",
    dy.String,
    "How receipts are shared out over countries of residence (Ratha and Shaw 2007).",
    regex=r"^(stocks|stocks_and_income|sending_function)$",
)
allocated_share = _declare(
    "allocated_share",
    dy.Float64,
    "Part of the receipts that the rule gives to the counterpart (0 to 1).",
    min=0,
    max=1,
)

# Doubts about sources (analyse) ------------------------------------------------------------------------------
check = _declare(
    "check",
    dy.String,
    "General test that raised the doubt.",
    codelist="CL_CHECK",
    regex=r"^[a-z][a-z_]*$",
)
areas_in_doubt = _declare("areas_in_doubt", dy.String, "Areas concerned, by code, separated by blanks.")
value_found = _declare("value_found", dy.String, "What the publication holds.")
value_expected = _declare(
    "value_expected", dy.String, "What the other publication or the rule would lead one to expect."
)
other_source = _declare("other_source", dy.String, "Publication that the value was held against, by its id.")
other_edition = _declare(
    "other_edition", dy.String, "Edition of the publication that the value was held against."
)
expected_by_chance = _declare(
    "expected_by_chance",
    dy.Float64,
    "How many such coincidences the same test would find among the same values in random order.",
    min=0,
)
explanation = _declare(
    "explanation", dy.String, "The doubt as a sentence, with names in braces for its values."
)
explanation_values = _declare(
    "explanation_values", dy.String, "The values of the sentence, as a JSON object."
)

# Actions on treaties (collect, process) ----------------------------------------------------------------------
treaty = _declare("treaty", dy.String, "Treaty, by its id.", codelist="CL_TREATY", regex=r"^[A-Z][A-Z0-9_]*$")
reported_treaty = _declare("reported_treaty", dy.String, "Treaty as the extract names it.")
reported_column = _declare(
    "reported_column", dy.String, "Column of the extract: signature, action or status."
)
reported_entry = _declare(
    "reported_entry", dy.String, "Entry exactly as printed; empty where the cell is empty."
)
treaty_action = _declare(
    "treaty_action",
    dy.String,
    "What the area did: signed, ratified, acceded, became a party (which way is not said), or no action seen as of "
    "the date of the extract, which is not the same as never.",
    codelist="CL_TREATY_ACTION",
    regex=r"^(signed|ratified|acceded|became_party|no_action_seen)$",
)
action_date = _declare(
    "action_date",
    dy.String,
    "Date or year of the action, as precisely as the extract gives it.",
    regex=r"^\d{4}(-\d{2}-\d{2})?$",
)
as_of = _declare(
    "as_of",
    dy.String,
    "Date that the extract describes; empty where not known.",
    regex=r"^\d{4}-\d{2}-\d{2}$",
)

# Status of treaties (analyse) --------------------------------------------------------------------------------
treaty_standing = _declare(
    "treaty_standing",
    dy.String,
    "Party, signed only, no action seen as of the date of the extract, or unknown: never simply no.",
    regex=r"^(party|signed_only|no_action_seen|unknown)$",
)
standing_since = _declare(
    "standing_since", dy.String, "Date or year of the action that the standing rests on."
)
evidence_as_of = _declare(
    "evidence_as_of", dy.String, "Date of the latest extract that says something of this cell."
)
evidence_age_years = _declare(
    "evidence_age_years",
    dy.Int32,
    "Whole years from that extract to the date asked for.",
    unit="years",
    min=0,
)
is_old = _declare("is_old", dy.Bool, "Whether the latest extract is older than the age that counts as fresh.")
conflict = _declare(
    "conflict", dy.String, "What two extracts say differently about the cell; empty where they agree."
)
reported_code = _declare(
    "reported_code", dy.String, "Code that a publisher's list puts beside a name, as printed."
)

# What lies behind a destination's origins (analyse) -------------------------------------------------------------
origins_tested = _declare(
    "origins_tested", dy.Int32, "Number of larger origins compared.", unit="origins", min=0
)
common_factor = _declare(
    "common_factor",
    dy.Float64,
    "Median over the larger origins of the later count divided by the earlier one.",
    unit="ratio",
    min=0,
)
largest_deviation = _declare(
    "largest_deviation",
    dy.Float64,
    "Largest distance of a larger origin from the common factor, as a share of the count that the factor expects.",
    unit="share",
    min=0,
)
is_frozen = _declare(
    "is_frozen",
    dy.Bool,
    "Whether all larger origins moved by one common factor: nothing about origins was observed; empty = too few origins.",
)

# Changes and revisions (analyse) -------------------------------------------------------------------------------
from_period = _declare("from_period", dy.String, "Reference period that a change starts in.")
to_period = _declare("to_period", dy.String, "Reference period that a change ends in.")
earlier_value = _declare(
    "earlier_value", dy.Float64, "Value of the earlier period or edition.", unit="see unit"
)
later_value = _declare("later_value", dy.Float64, "Value of the later period or edition.", unit="see unit")
difference = _declare("difference", dy.Float64, "Later value minus earlier value.", unit="see unit")
difference_percent = _declare(
    "difference_percent",
    dy.Float64,
    "Difference as a per cent of the earlier value; empty where that is zero.",
    unit="percent",
)

# Regions (analyse) ---------------------------------------------------------------------------------------------
region_publisher = _declare("region_publisher", dy.String, "Who publishes the membership list of the region.")
region_as_of = _declare("region_as_of", dy.String, "Date of the membership list of the region.")
region_members = _declare("region_members", dy.String, "Members of the region, by code, separated by blanks.")
target = _declare(
    "target", dy.String, "Part of SDG 10.c.1 that is tested.", regex=r"^(corridor|all_services)$"
)
limit_percent = _declare(
    "limit_percent", dy.Float64, "Price that the target sets as its limit.", unit="percent"
)
is_met = _declare("is_met", dy.Bool, "Whether the target is met; empty where there is no price to test.")

# Claims (use) ----------------------------------------------------------------------------------------------------
claim_row = _declare("claim_row", dy.Int64, "Position of the claim in its file, from 0.", min=0)
claim_id = _declare("claim_id", dy.String, "The reader's own id of the claim, kept as text (file: id).")
claimed_area = _declare(
    "claimed_area", dy.String, "Area, region or corridor A>B as the claim writes it (file: area)."
)
claimed_indicator = _declare(
    "claimed_indicator", dy.String, "Indicator as the claim names it (file: indicator)."
)
claimed_year = _declare("claimed_year", dy.String, "Reference year as the claim writes it (file: year).")
claimed_value = _declare(
    "claimed_value", dy.String, "The number exactly as the document prints it (file: value)."
)
claimed_unit = _declare("claimed_unit", dy.String, "Unit as the claim writes it (file: unit).")
qualifier = _declare("qualifier", dy.String, "How the number is hedged: about, over, almost, forecast.")
cited_source = _declare("cited_source", dy.String, "What the document cites for the number, as written.")
free_columns = _declare(
    "free_columns",
    dy.String,
    "The reader's own further columns of the row, as a JSON object.",
)
verdict = _declare(
    "verdict",
    dy.String,
    "What the figures held say about the claim.",
    codelist="CL_VERDICT",
    regex=r"^(agrees|agrees_with_edition|swapped_with|different_definition|forecast_not_outcome|cited_source_differs"
    r"|contradicted|inconsistent|unit_unclear|not_checkable)$",
)
strength = _declare(
    "strength",
    dy.String,
    "Of an exchange: full where both values then agree, half where one does.",
    regex=r"^(full|half)$",
)
best_value = _declare(
    "best_value",
    dy.Float64,
    "The figure of the edition cited, else of the latest edition for the year.",
    unit="see best_unit",
)
best_unit = _declare("best_unit", dy.String, "Unit of the best figure.", codelist="CL_UNIT")
best_source = _declare(
    "best_source", dy.String, "Publication of the best figure, by its id.", codelist="CL_SOURCE"
)
best_edition = _declare("best_edition", dy.String, "Edition of the best figure.")
other_claim = _declare(
    "other_claim", dy.String, "The other claim of an exchange or a contradiction, by its id."
)
verdict_explanation = _declare(
    "verdict_explanation",
    dy.String,
    "Why, with numbers, sources and dates, in the reader's language (file: explanation).",
)
verdict_explanation_ru = _declare("verdict_explanation_ru", dy.String, "The same explanation in Russian.")
publisher_response = _declare(
    "publisher_response", dy.String, "What the publisher answers; empty, for the reader to fill."
)
