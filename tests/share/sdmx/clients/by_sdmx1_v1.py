"""What sdmx1 reads from SDMX 2.1, as one JSON object: `python by_sdmx1_v1.py ADDRESS`, where it is asked as a user would."""

import json
import sys
from typing import Any

import sdmx

FLOW, AREAS, SINCE = "MIGRANT_STOCKS", "KGZ+TJK", "2010"
SPECIFIC = {"Accept": "application/vnd.sdmx.structurespecificdata+xml;version=2.1"}
HISTORY = {"includeHistory": True}
KINDS = (
    "dataflow",
    "datastructure",
    "codelist",
    "conceptscheme",
    "categoryscheme",
    "categorisation",
    "dataproviderscheme",
    "dataconsumerscheme",
    "contentconstraint",
    "actualconstraint",
    "hierarchicalcodelist",
    "metadatastructure",
    "metadataflow",
    "provisionagreement",
    "structureset",
    "organisationunitscheme",
)


def rows_of(message: Any) -> list[dict[str, str | None]]:
    """Each observation with the whole key, the value and the attributes, those of its series among them."""
    return [
        {id_: _plain(one.value) for id_, one in observation.key.values.items()}
        | {id_: _plain(one.value) for id_, one in observation.attrib.items()}
        | {"OBS_VALUE": _plain(observation.value)}
        for data_set in message.data
        for observation in data_set.obs
    ]


def _plain(value: Any) -> str | None:
    return None if value is None else str(getattr(value, "id", value))


def codes_of(held: Any) -> dict[str, list[str]]:
    """The codes of a region, whether they came as text or as objects."""
    region = held.data_content_region[0]
    return {
        dimension.id: [str(getattr(one, "value", one)) for one in selection.values]
        for dimension, selection in region.member.items()
        if dimension.id != "TIME_PERIOD"
    }


def kind_read(client: Any, kind: str) -> str:
    """`read`, or which error came."""
    try:
        client.get(kind)
    except Exception as error:
        return type(error).__name__
    return "read"


def main(address: str) -> dict[str, Any]:
    """Everything that the tests look at."""
    sdmx.add_source({"id": "GUZAR", "name": "guzar", "url": f"{address}/sdmx/v1"})
    client = sdmx.Client("GUZAR")
    flows = client.dataflow().dataflow
    described = client.dataflow(FLOW)
    structure = described.structure["FIGURES"]
    held = client.get("contentconstraint").constraint[f"CR_{FLOW}"]
    available = client.get(url=f"{address}/sdmx/v1/availableconstraint/{FLOW}/..{AREAS}").constraint
    key, since = {"REF_AREA": AREAS, "SEX": "_T"}, {"startPeriod": SINCE}
    return {
        "dataflows": {id_: dict(one.name.localizations) for id_, one in flows.items()},
        "dimensions": [one.id for one in structure.dimensions.components],
        "attributes": [one.id for one in structure.attributes.components],
        "measures": [one.id for one in structure.measures.components],
        "areas": {one.id: dict(one.name.localizations) for one in described.codelist["CL_AREA"]},
        "held": codes_of(held),
        "available": codes_of(next(iter(available.values()))),
        "counts": {one.id: one.title for one in next(iter(available.values())).annotations},
        "kinds": {kind: kind_read(client, kind) for kind in KINDS},
        "generic": rows_of(client.data(FLOW, key=key, params=since)),
        "specific": rows_of(client.data(FLOW, key=key, params=since, headers=SPECIFIC)),
        "history": rows_of(client.data(FLOW, key={"REF_AREA": "KGZ", "SEX": "_T"}, params=HISTORY)),
        "last": rows_of(client.data(FLOW, key=key, params={"lastNObservations": 1})),
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1]), ensure_ascii=False) + "\n")
