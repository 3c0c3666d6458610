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


def in_both(text: str) -> Names:
    """An English text with its Russian translation."""
    return {language: translate(text, language) for language in LANGUAGES}
