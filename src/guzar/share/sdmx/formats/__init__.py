"""Formats of data and of structures, what each face of the service offers, and short names for addresses.

`format=` in the query string is a convenience for people (a link in a page, Power Query, a browser's address bar);
machines use the header Accept. Short names, on either face:

    csv, csvdata            SDMX-CSV, 1.0 on /sdmx/v1 and 2.0 on /sdmx/v2
    csvfile                 the same, with code and name in each cell
    json, jsondata, sdmx-json   SDMX-JSON, 1.0 on /sdmx/v1 and 2.0 on /sdmx/v2
    genericdata             SDMX-ML 2.1 generic
    structurespecificdata   SDMX-ML 2.1 structure-specific, 3.0 on /sdmx/v2
    xml, sdmx-ml            the face's own SDMX-ML: 2.1 generic, 3.0
    csv-1.0, csv-2.0, json-1.0, json-2.0, ml-3.0   one format in one version
"""

from collections.abc import Sequence
from dataclasses import replace

from guzar.share.sdmx.formats.csv_1 import write_csv_1
from guzar.share.sdmx.formats.csv_2 import write_csv_2
from guzar.share.sdmx.formats.generic_21 import write_generic_21
from guzar.share.sdmx.formats.json_1 import write_json_1
from guzar.share.sdmx.formats.json_2 import write_json_2
from guzar.share.sdmx.formats.ml_30 import write_ml_30
from guzar.share.sdmx.formats.negotiation import Format, negotiate
from guzar.share.sdmx.formats.specific_21 import write_specific_21

__all__ = [
    "DATA_V1",
    "DATA_V2",
    "FORMATS",
    "STRUCTURES_V1",
    "STRUCTURES_V2",
    "Format",
    "format_named",
    "negotiate",
]

MEDIA = "application/vnd.sdmx."

GENERIC_21 = Format("generic-2.1", f"{MEDIA}genericdata+xml", "2.1", "xml", write_generic_21)
SPECIFIC_21 = Format("specific-2.1", f"{MEDIA}structurespecificdata+xml", "2.1", "xml", write_specific_21)
ML_30 = Format("ml-3.0", f"{MEDIA}data+xml", "3.0.0", "xml", write_ml_30)
JSON_1 = Format("json-1.0", f"{MEDIA}data+json", "1.0.0", "json", write_json_1)
JSON_2 = Format("json-2.0", f"{MEDIA}data+json", "2.0.0", "json", write_json_2)
CSV_1 = Format("csv-1.0", f"{MEDIA}data+csv", "1.0.0", "csv", write_csv_1)
CSV_2 = Format("csv-2.0", f"{MEDIA}data+csv", "2.0.0", "csv", write_csv_2)
STRUCTURE_ML_21 = Format("structure-ml-2.1", f"{MEDIA}structure+xml", "2.1", "xml")
STRUCTURE_ML_30 = Format("structure-ml-3.0", f"{MEDIA}structure+xml", "3.0.0", "xml")
STRUCTURE_JSON_1 = Format("structure-json-1.0", f"{MEDIA}structure+json", "1.0", "json")
STRUCTURE_JSON_2 = Format("structure-json-2.0", f"{MEDIA}structure+json", "2.0.0", "json")

# What each face offers, the default first. Both offer every format; the generation of the face comes first, so
# that a reader who names no version gets that of the face.
DATA_V1 = (GENERIC_21, SPECIFIC_21, JSON_1, CSV_1, ML_30, JSON_2, CSV_2)
DATA_V2 = (JSON_2, ML_30, CSV_2, JSON_1, CSV_1, SPECIFIC_21, GENERIC_21)
STRUCTURES_V1 = (STRUCTURE_ML_21, STRUCTURE_JSON_1, STRUCTURE_ML_30, STRUCTURE_JSON_2)
STRUCTURES_V2 = (STRUCTURE_JSON_2, STRUCTURE_ML_30, STRUCTURE_JSON_1, STRUCTURE_ML_21)

FORMATS = {(one.media, one.version): one for one in (*DATA_V1, *STRUCTURES_V1)}

_SYNTAXES = {"csv": "csv", "csvdata": "csv", "json": "json", "jsondata": "json", "sdmx-json": "json"}
_SYNTAXES |= {"xml": "xml", "sdmx-ml": "xml"}


def format_named(name: str, offered: Sequence[Format]) -> Format | None:
    """The format of a short name, of those that a face offers; None where the name is not known."""
    told = name.strip().lower()
    if told == "csvfile":
        plain = format_named("csv", offered)
        return replace(plain, labels="both") if plain else None
    if told == "genericdata":
        return next((one for one in offered if one is GENERIC_21), None)
    if told == "structurespecificdata":
        return next((one for one in offered if one in (SPECIFIC_21, ML_30)), None)
    syntax = _SYNTAXES.get(told)
    return next((one for one in offered if one.id == told or one.syntax == syntax), None)
