"""What pandasdmx reads, as JSON; runs in an environment of its own: `python with_pandasdmx.py ADDRESS`."""

import json
import sys
import warnings
from typing import Any

import pandasdmx  # type: ignore[import-not-found]  # it has an environment of its own

FLOW, KEY, SINCE = "MIGRANT_STOCKS", "..KGZ+TJK.._T", {"startPeriod": "2010"}
SPECIFIC = {"Accept": "application/vnd.sdmx.structurespecificdata+xml;version=2.1"}
KINDS = (
    "dataflow",
    "datastructure",
    "codelist",
    "conceptscheme",
    "categoryscheme",
    "categorisation",
    "dataproviderscheme",
    "dataconsumerscheme",
    "provisionagreement",
    "contentconstraint",
    "hierarchicalcodelist",
    "metadatastructure",
    "metadataflow",
    "structureset",
)


def rows_of(message: Any) -> list[dict[str, str | None]]:
    """Each observation with the whole key, the value and the attributes."""
    return [
        {id_: _plain(one.value) for id_, one in observation.key.values.items()}
        | {id_: _plain(one.value) for id_, one in observation.attrib.items()}
        | {"OBS_VALUE": _plain(observation.value)}
        for data_set in message.data
        for observation in data_set.obs
    ]


def _plain(value: Any) -> str | None:
    return None if value is None else str(getattr(value, "id", value))


def can_read(client: Any, kind: str) -> bool:
    """Whether all artefacts of a kind are read; it needs the word `all` where others need nothing."""
    try:
        client.get(kind, "all", params={"references": "none"})
    except Exception:  # whatever it is, it is not read
        return False
    return True


def main(address: str) -> dict[str, Any]:
    """Everything that is looked at."""
    warnings.simplefilter("ignore")
    pandasdmx.add_source({"id": "GUZAR", "name": "guzar", "url": f"{address}/sdmx/v1"})
    client = pandasdmx.Request("GUZAR")
    described = client.dataflow(FLOW, params={"references": "descendants"})
    structure = described.structure["FIGURES"]
    flows = client.dataflow("all", params={"references": "none"}).dataflow
    return {
        "dataflows": {id_: str(one.name) for id_, one in flows.items()},
        "areas": {one.id: dict(one.name.localizations) for one in described.codelist["CL_AREA"]},
        "GenericData": rows_of(client.data(FLOW, key=KEY, params=SINCE)),
        "StructureSpecificData": rows_of(
            client.data(FLOW, key=KEY, params=SINCE, headers=SPECIFIC, dsd=structure)
        ),
        "not read": [kind for kind in KINDS if not can_read(client, kind)],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1])) + "\n")
