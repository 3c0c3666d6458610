"""What pysdmx's REST client gets and pysdmx reads, as one JSON object: `python by_pysdmx_rest.py ADDRESS`."""

import json
import sys
from typing import Any

from pysdmx.api.qb import (
    ApiVersion,
    AvailabilityFormat,
    AvailabilityQuery,
    DataContext,
    DataFormat,
    DataQuery,
    RefMetaByStructureQuery,
    RefMetaFormat,
    RestService,
    SchemaContext,
    SchemaFormat,
    SchemaQuery,
    StructureDetail,
    StructureFormat,
    StructureQuery,
    StructureReference,
    StructureType,
)
from pysdmx.io import get_datasets, read_sdmx

FLOW = "MIGRANT_STOCKS"
# Of each version of the interface: its path, and how it writes the key.
SIDES = {
    "v1": (ApiVersion.V1_5_0, "/sdmx/v1", "..KGZ+TJK.._T"),
    "v2": (ApiVersion.V2_0_0, "/sdmx/v2", "*.*.KGZ.*._T"),
}
READABLE = {
    "csv-1.0": DataFormat.SDMX_CSV_1_0_0,
    "csv-2.0": DataFormat.SDMX_CSV_2_0_0,
    "generic-2.1": DataFormat.SDMX_ML_2_1_GEN,
    "specific-2.1": DataFormat.SDMX_ML_2_1_STR,
    "ml-3.0": DataFormat.SDMX_ML_3_0,
}
FLOW_QUERY = StructureQuery(
    StructureType.DATAFLOW,
    "GUZAR",
    FLOW,
    "1.0.0",
    detail=StructureDetail.FULL,
    references=StructureReference.DESCENDANTS,
)


def rows_of(message: bytes, structure: str) -> list[dict[str, str | None]]:
    """A message of data as rows of text."""
    [found] = get_datasets(message.decode(), structure, validate=False)
    told = found.data.astype(object).where(found.data.notna(), None)
    return [
        {name: None if value is None else str(value) for name, value in row.items()}
        for row in told.to_dict("records")
    ]


def data_of(side: str, address: str) -> dict[str, Any]:
    """The same query in every format that pysdmx reads."""
    version, path, key = SIDES[side]
    told = {}
    for name, format_ in READABLE.items():
        service = RestService(address + path, version, timeout=60, data_format=format_)
        structures = RestService(
            address + path, version, timeout=60, structure_format=StructureFormat.SDMX_ML_2_1
        )
        query = DataQuery(DataContext.DATAFLOW, "GUZAR", FLOW, "1.0.0", key=key)
        told[name] = rows_of(service.data(query), structures.structure(FLOW_QUERY).decode())
    return told


def main(address: str) -> dict[str, Any]:
    """Everything that the tests look at."""
    v2 = RestService(
        f"{address}/sdmx/v2",
        ApiVersion.V2_0_0,
        timeout=60,
        structure_format=StructureFormat.SDMX_ML_3_0,
        avail_format=AvailabilityFormat.SDMX_JSON_2_0_0,
        schema_format=SchemaFormat.SDMX_JSON_2_0_0_STRUCTURE,
        refmeta_format=RefMetaFormat.SDMX_JSON_2_0_0,
    )
    available = json.loads(
        v2.availability(AvailabilityQuery(DataContext.DATAFLOW, "GUZAR", FLOW, "1.0.0", "*.*.KGZ"))
    )
    [constraint] = available["data"]["dataConstraints"]
    schema = json.loads(v2.schema(SchemaQuery(SchemaContext.DATAFLOW, "GUZAR", FLOW, "1.0.0")))
    reports = json.loads(
        v2.reference_metadata(RefMetaByStructureQuery(StructureType.DATAFLOW, "GUZAR", FLOW, "1.0.0"))
    )
    described = read_sdmx(v2.structure(FLOW_QUERY).decode(), validate=False)
    return {
        "v1": data_of("v1", address),
        "v2": data_of("v2", address),
        "described": sorted({type(one).__name__ for one in described.structures}),
        "available": {
            one["id"]: [each["value"] for each in one["values"]]
            for one in constraint["cubeRegions"][0]["keyValues"]
            if "values" in one
        },
        "counts": {one["id"]: one["title"] for one in constraint["annotations"]},
        "schema": {one["id"]: [code["id"] for code in one["codes"]] for one in schema["data"]["codelists"]},
        "reports": [one["names"] for one in reports["data"]["metadataSets"]],
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1]), ensure_ascii=False) + "\n")
