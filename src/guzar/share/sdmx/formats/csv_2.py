"""SDMX-CSV 2.0: structure, its id and the action, keys where asked, then the components.

Labels: id; both (code and name in one cell); name (a column of names beside each component). Keys: SERIES_KEY,
OBS_KEY or both. Without keys a row costs least.
"""

from collections.abc import Iterator

from guzar.share.sdmx.formats.columns import name_of
from guzar.share.sdmx.formats.csv_rows import OBSERVATION_KEY, SERIES_KEY, flow_cell, quote, write_rows
from guzar.share.sdmx.series import DataAnswer

ACTION = "I"  # information: the rows stand for themselves and change nothing at the reader's
KEYS = {"series": (SERIES_KEY,), "obs": (OBSERVATION_KEY,), "both": (SERIES_KEY, OBSERVATION_KEY)}


def write_csv_2(answer: DataAnswer) -> Iterator[bytes]:
    """Rows in UTF-8."""
    heads, cells = ["STRUCTURE", "STRUCTURE_ID"], ["dataflow", flow_cell(answer)]
    if answer.labels == "name":
        heads.append("STRUCTURE_NAME")
        cells.append(quote(name_of(answer.flow.names, answer.languages, answer.flow.id)))
    asked = {column for one in answer.keys for column in KEYS.get(one, ())}
    keys = [column for column in KEYS["both"] if column in asked]
    return write_rows(answer, [*heads, "ACTION"], [*cells, ACTION], keys)
