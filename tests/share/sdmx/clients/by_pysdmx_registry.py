"""What pysdmx's registry client reads (SDMX-JSON 2.0), as one JSON object: `python by_pysdmx_registry.py ADDRESS`."""

import json
import sys
from collections.abc import Callable
from typing import Any

from pysdmx.api.fmr import RegistryClient
from pysdmx.errors import PysdmxError

FLOW = "MIGRANT_STOCKS"


def components_of(schema: Any) -> dict[str, list[str]]:
    """The codes of each component that has a list; of the others, nothing."""
    return {one.id: [code.id for code in one.enumeration or ()] for one in schema.components}


def how(ask: Callable[[], Any]) -> str:
    """`read`, or which error came."""
    try:
        found = ask()
    except PysdmxError as error:
        return type(error).__name__
    return "read" if found else "nothing"


def calls_of(client: RegistryClient) -> dict[str, Callable[[], Any]]:
    """One call of every method."""
    return {
        "agencies": lambda: client.get_agencies("SDMX"),
        "categories": lambda: client.get_categories("GUZAR", "THEMES"),
        "categorisation": lambda: client.get_categorisation("GUZAR", f"CAT_{FLOW}", "+"),
        "code map": lambda: client.get_code_map("GUZAR", "CM_AREA_ISO2"),
        "codes": lambda: client.get_codes("GUZAR", "CL_AREA"),
        "concepts": lambda: client.get_concepts("GUZAR", "CS_GUZAR"),
        "data constraint": lambda: client.get_data_constraint("GUZAR", f"CR_{FLOW}"),
        "data structures": lambda: client.get_data_structures("GUZAR"),
        "dataflow details": lambda: client.get_dataflow_details("GUZAR", FLOW),
        "dataflows": lambda: client.get_dataflows("GUZAR"),
        "hierarchy": lambda: client.get_hierarchy("GUZAR", "REGIONS"),
        "mapping": lambda: client.get_mapping("GUZAR", "SM_OECD_MIG"),
        "metadata providers": lambda: client.get_metadata_providers("GUZAR", True),
        "metadata provision agreement": lambda: client.get_metadata_provision_agreement(
            "GUZAR", "PA_GUZAR_SIMS", "+"
        ),
        "metadata structures": lambda: client.get_metadata_structures("GUZAR"),
        "metadataflows": lambda: client.get_metadataflows("GUZAR"),
        "providers": lambda: client.get_providers("GUZAR", True),
        "provision agreement": lambda: client.get_provision_agreement("GUZAR", f"PA_WORLD_BANK_{FLOW}", "+"),
        "report": lambda: client.get_report("GUZAR", f"{FLOW}_SIMS"),
        "reports": lambda: client.get_reports("dataflow", "GUZAR", FLOW),
        "schema of a dataflow": lambda: client.get_schema("dataflow", "GUZAR", FLOW, "1.0.0"),
        "schema of a data structure": lambda: client.get_schema("datastructure", "GUZAR", "FIGURES", "1.0.0"),
        "schema of an agreement": lambda: client.get_schema(
            "provisionagreement", "GUZAR", f"PA_WORLD_BANK_{FLOW}", "1.0.0"
        ),
        "VTL transformations": lambda: client.get_vtl_transformation_scheme("GUZAR", "ANY"),
    }


def main(address: str) -> dict[str, Any]:
    """Everything that the tests look at."""
    client = RegistryClient(f"{address}/sdmx/v2")
    calls = calls_of(client)
    details = calls["dataflow details"]()
    [structure] = calls["data structures"]()
    held = calls["data constraint"]()
    agreed = calls["schema of an agreement"]()
    report = calls["report"]()
    mapping = calls["mapping"]()
    parts = structure.components
    return {
        "calls": {name: how(call) for name, call in calls.items()},
        "dataflows": {one.id: one.name for one in calls["dataflows"]()},
        "dimensions": [one.id for one in parts.dimensions],
        "attributes": [one.id for one in parts.attributes],
        "measures": [one.id for one in parts.measures],
        "areas": {one.id: one.name for one in calls["codes"]().codes},
        "schema": components_of(calls["schema of a dataflow"]()),
        "agreed": components_of(agreed),
        "held": {
            one.id: [each.value for each in one.values] for one in held.cube_region.key_values if one.values
        },
        "counts": [details.series_count, details.obs_count, held.series_count, held.obs_count],
        "providers": sorted(one.id for one in details.providers),
        "report": [report.name, [one.id for one in report.attributes]],
        "metadata provider": [
            [one.id, [flow.id for flow in one.dataflows]] for one in calls["metadata providers"]()
        ],
        "mapped": [mapping.source, mapping.target, len(mapping.maps)],
        "iso2": {one.source: one.target for one in calls["code map"]().maps if one.source in ("KGZ", "TJK")},
        "regions": {one.id: sorted(each.id for each in one.codes) for one in calls["hierarchy"]().codes},
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1]), ensure_ascii=False) + "\n")
