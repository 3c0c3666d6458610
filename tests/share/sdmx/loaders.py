"""Messages back to rows: small loaders of the tests' own, which share nothing with the writers."""

import csv
import io
import json
from collections.abc import Callable

from lxml import etree

Row = dict[str, str | None]


def load_csv(message: bytes) -> list[Row]:
    """SDMX-CSV with ids; columns that tell the structure are left out."""
    rows = csv.DictReader(io.StringIO(message.decode(), newline=""), strict=True)
    return [
        {name: text for name, text in row.items() if name.upper() == name and name not in TOLD}
        for row in rows
    ]


TOLD = {"DATAFLOW", "STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION", "SERIES_KEY", "OBS_KEY"}


def load_generic(message: bytes) -> list[Row]:
    """GenericData, series or flat."""
    root = etree.fromstring(message)
    at = root.find(".//{*}Header/{*}Structure").get("dimensionAtObservation")
    rows: list[Row] = []
    for one in root.iterfind(".//{*}DataSet/*"):
        own = _values(one, "SeriesKey") | _values(one, "ObsKey") | _values(one, "Attributes")
        seen = one.findall("{*}Obs") if one.tag.endswith("}Series") else [one]
        rows += [own | _generic_observation(each, at) for each in seen] or [own]
    return rows


def _values(element: etree._Element, part: str) -> Row:
    return {each.get("id"): each.get("value") for each in element.iterfind(f"{{*}}{part}/{{*}}Value")}


def _generic_observation(element: etree._Element, at: str) -> Row:
    told = _values(element, "Attributes")
    for part, name in (("ObsDimension", at), ("ObsValue", "OBS_VALUE")):
        found = element.find(f"{{*}}{part}")
        told |= {name: found.get("value")} if found is not None else {}
    return told


def load_specific(message: bytes) -> list[Row]:
    """StructureSpecificData of 2.1 or 3.0, series or flat."""
    rows: list[Row] = []
    for one in etree.fromstring(message).find("{*}DataSet"):
        seen = one.findall("Obs") if one.tag == "Series" else [one]
        rows += [dict(one.attrib) | dict(each.attrib) for each in seen] or [dict(one.attrib)]
    return rows


def load_json_1(message: bytes) -> list[Row]:
    """SDMX-JSON 1.0."""
    data = json.loads(message)["data"]
    return _load_json(data["structure"], data["dataSets"][0], ["OBS_VALUE"])


def load_json_2(message: bytes) -> list[Row]:
    """SDMX-JSON 2.0."""
    data = json.loads(message)["data"]
    [structure] = data["structures"]
    measures = [one["id"] for one in structure["measures"]["observation"]]
    return _load_json(structure, data["dataSets"][structure["dataSets"][0]], measures)


def _load_json(structure: dict, data_set: dict, measures: list[str]) -> list[Row]:
    dimensions, attributes = structure["dimensions"], structure["attributes"]
    rows: list[Row] = []

    def observations(told: dict, own: Row) -> list[Row]:
        return [
            own
            | _look_up(dimensions["observation"], key.split(":"))
            | {id_: None if one is None else repr(one) for id_, one in zip(measures, values, strict=False)}
            | _look_up(attributes["observation"], values[len(measures) :])
            for key, values in told.items()
        ]

    for key, series in data_set.get("series", {}).items():
        own = _look_up(dimensions["series"], key.split(":"))
        own |= _look_up(attributes["series"], series["attributes"])
        rows += observations(series["observations"], own) or [own]
    return rows + observations(data_set.get("observations", {}), {})


def _look_up(components: list[dict], places: list) -> Row:
    assert len(components) == len(places)
    return {
        one["id"]: _text(one["values"][int(place)]) for one, place in zip(components, places, strict=True)
    }


def _text(value: dict | None) -> str | None:
    return None if value is None else value.get("value", value.get("id", value["name"]))


LOADERS: dict[str, Callable[[bytes], list[Row]]] = {
    "generic-2.1": load_generic,
    "specific-2.1": load_specific,
    "ml-3.0": load_specific,
    "json-1.0": load_json_1,
    "json-2.0": load_json_2,
    "csv-1.0": load_csv,
    "csv-2.0": load_csv,
}
