"""What pysdmx's connector finds and reads, asked in its SQL: `python by_pysdmx_connector.py ADDRESS` prints JSON."""

import json
import sys
import warnings
from typing import Any

from pysdmx.api.dc.rest import SdmxConnector

FLOW = "urn:sdmx:org.sdmx.infomodel.datastructure.Dataflow=GUZAR:MIGRANT_STOCKS(1.0.0)"
QUERIES = {
    "equal": "REF_AREA = 'KGZ' AND SEX = '_T'",
    "listed": "REF_AREA IN ('KGZ', 'TJK') AND SEX <> '_T' AND TIME_PERIOD >= '2015'",
    "between": "REF_AREA = 'UZB' AND TIME_PERIOD >= '1995' AND TIME_PERIOD <= '2010'",
    "of evidence": "REF_AREA = 'KAZ' AND EVIDENCE = 'modelled_from_modelled'",
}


def main(address: str) -> dict[str, Any]:
    """Everything that the tests look at."""
    warnings.simplefilter("ignore")  # it calls itself experimental
    connector = SdmxConnector(f"{address}/sdmx/v2", timeout=60)
    whole = connector.dataflow(FLOW)
    part = connector.dataflow(FLOW, "REF_AREA = 'KGZ'")
    return {
        "dataflows": {one.id: one.name for one in connector.dataflows()},
        "found": [one.id for one in connector.dataflows("remittance")],
        "counts": [whole.series_count, whole.obs_count, part.series_count, part.obs_count],
        "codes": {
            one.id: [code.id for code in one.enumeration]
            for one in part.structure.components.dimensions
            if one.enumeration
        },
        "rows": {name: list(connector.data(FLOW, query)) for name, query in QUERIES.items()},
    }


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(sys.argv[1]), ensure_ascii=False) + "\n")
