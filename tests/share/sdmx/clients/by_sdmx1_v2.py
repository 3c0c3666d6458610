"""What sdmx1 reads from SDMX 3.0, as one JSON object: `python by_sdmx1_v2.py ADDRESS`. It sends no Accept of its own."""

import json
import sys
from typing import Any

import sdmx

FLOW, KEY = "MIGRANT_STOCKS", "*.*.KGZ,*.*.TJK"
STRUCTURE = {"Accept": "application/vnd.sdmx.structure+xml;version=3.0.0"}
DATA = {"Accept": "application/vnd.sdmx.data+xml;version=3.0.0"}
OTHERS = {
    "csv": {"Accept": "application/vnd.sdmx.data+csv;version=2.0.0"},
    "json": {"Accept": "application/vnd.sdmx.data+json;version=2.0.0"},
}
KINDS = (
    "dataflow",
    "datastructure",
    "codelist",
    "conceptscheme",
    "categoryscheme",
    "categorisation",
    "agencyscheme",
    "metadatastructure",
    "dataproviderscheme",
    "dataconsumerscheme",
    "metadataflow",
    "provisionagreement",
)
NOT_NAMED_BY_IT = ("hierarchy", "dataconstraint", "metadataproviderscheme", "metadataprovisionagreement")


def rows_of(message: Any) -> list[dict[str, str | None]]:
    """Each observation with key, value and attributes; in SDMX 3.0 those of the series stand in the key."""
    return [
        {id_: _plain(one.value) for id_, one in observation.key.values.items()}
        | {id_: _plain(one.value) for id_, one in observation.attrib.items()}
        | {"OBS_VALUE": _plain(observation.value)}
        for data_set in message.data
        for observation in data_set.obs
    ]


def _plain(value: Any) -> str | None:
    return None if value is None else str(getattr(value, "id", value))


def said(ask: Any) -> str:
    """`read`, or which error came."""
    try:
        ask()
    except Exception as error:
        return type(error).__name__
    return "read"


def main(address: str) -> dict[str, Any]:
    """Everything that the tests look at."""
    base = f"{address}/sdmx/v2"
    sdmx.add_source({"id": "GUZAR", "name": "guzar", "url": base, "versions": ["3.0.0"]})
    client = sdmx.Client("GUZAR")

    def data(headers: dict[str, str], **params: Any) -> Any:
        asked: dict[str, Any] = {"context": "dataflow", "agency_id": "GUZAR", "version": "1.0.0", "key": KEY}
        return client.data(FLOW, **asked, params=params, headers=headers, dsd=structure)

    below = {"references": "descendants"}
    flows = client.dataflow(agency_id="GUZAR", headers=STRUCTURE).dataflow
    described = client.dataflow(FLOW, agency_id="GUZAR", params=below, headers=STRUCTURE)
    structure = described.structure["FIGURES"]
    kinds = {
        kind: said(lambda kind=kind: client.get(kind, agency_id="*", headers=STRUCTURE)) for kind in KINDS
    }
    kinds |= {
        kind: said(lambda kind=kind: client.get(url=f"{base}/structure/{kind}/GUZAR", headers=STRUCTURE))
        for kind in NOT_NAMED_BY_IT
    }
    available = client.get(
        url=f"{base}/availability/dataflow/GUZAR/{FLOW}/1.0.0/*.*.KGZ/SEX", headers=STRUCTURE
    ).constraint
    [constraint] = available.values()
    [(dimension, selection)] = constraint.data_content_region[0].member.items()
    return {
        "dataflows": {id_: dict(one.name.localizations) for id_, one in flows.items()},
        "dimensions": [one.id for one in structure.dimensions.components],
        "attributes": [one.id for one in structure.attributes.components],
        "measures": [one.id for one in structure.measures.components],
        "areas": {one.id: dict(one.name.localizations) for one in described.codelist["CL_AREA"]},
        "available": {dimension.id: [str(getattr(one, "value", one)) for one in selection.values]},
        "kinds": kinds,
        "rows": rows_of(data(DATA)),
        "last": rows_of(data(DATA, lastNObservations=1)),
        "other formats": {
            name: said(lambda headers=headers: data(headers)) for name, headers in OTHERS.items()
        },
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1]), ensure_ascii=False) + "\n")
