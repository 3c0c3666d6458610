"""English texts of the structures: names of schemes, of concepts, of themes; Russian comes from the catalogue."""

from guzar.languages import LANGUAGES, translate
from guzar.share.sdmx.dataflows import Names

PUBLISHER = "guzar, evidence on international migration in North and Central Asia"
DATA_STRUCTURE_NAME = "Published figures on migration, with source, definition and edition"
CONCEPT_SCHEME_NAME = "Concepts of guzar"
TABLE_CONCEPTS_NAME = "Concepts of protected tables"

CONCEPT_NAMES = {
    "FREQ": "Frequency",
    "INDICATOR": "Indicator",
    "REF_AREA": "Reference area",
    "COUNTERPART_AREA": "Counterpart area",
    "SEX": "Sex",
    "DEFINITION": "Definition",
    "SOURCE": "Source",
    "EDITION": "Edition",
    "TIME_PERIOD": "Time period",
    "OBS_VALUE": "Value",
    "UNIT_MEASURE": "Unit",
    "DECIMALS": "Decimals",
    "OBS_STATUS": "Observation status",
    "EVIDENCE": "Kind of number",
    "CONF_STATUS": "Confidentiality status",
    "LAST_OBSERVED": "Last observed",
    "MISSING_MARK": "Missing mark",
    "LICENCE": "Licence",
}
DISCLOSURE_METHODS = {
    "cell_key": "Noise from the key of the cell",
    "rounded": "Rounded to a multiple of the base",
}
ACTUAL_CONTENT = "What is held: {flow}"
PROVIDERS_NAME = "Publishers of the sources"
METADATA_PROVIDERS_NAME = "Who reports on the data"
RECORD_HOLDERS = "Holders of the records that protected tables are made from"
CONSUMERS_NAME = "Readers"
EVERYONE = "Everyone: nothing here needs a key"
ORGANISATION_UNITS_NAME = "Who acts"
THEMES_NAME = "Themes"
AREAS_BY_REGION = "Regions and their areas"
SIMS_CONCEPTS_NAME = "Concepts of quality reports (SIMS)"
SIMS_STRUCTURE_NAME = "Quality report (SIMS)"
SIMS_FLOW_NAME = "Quality reports of dataflows"
UNITS_OF_WORK = {
    "DATA_HOLDER": "Holder of the data",
    "DATA_STEWARD": "Data steward",
    "ANALYST": "Analyst",
    "DISCLOSURE_OFFICER": "Disclosure officer",
    "OPERATOR": "Operator",
}
THEMES = {
    "PEOPLE_ELSEWHERE": "People who live elsewhere",
    "FLOWS": "Moves between countries",
    "MONEY": "Money",
    "PROTECTION": "Refuge and displacement",
    "POPULATION": "Population",
    "RECORDS": "Counts from records, protected",
    "OTHER": "Other themes",
}


def in_both(text: str) -> Names:
    """An English text with its Russian translation."""
    return {language: translate(text, language) for language in LANGUAGES}
