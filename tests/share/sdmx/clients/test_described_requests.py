"""Requests that schemathesis makes from /openapi.json, right and wrong ones: a documented status, and no fault of the service."""

from collections import Counter
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.generation import GenerationMode

EACH = 22
"""Requests for each operation and mode."""
# Parts of paths that lead somewhere: text made from a pattern alone would hardly ever pass the first word.
KNOWN = {
    "flow": ["MIGRANT_STOCKS", "GUZAR,REMITTANCES", "GUZAR,POPULATION,1.0.0", "all", "GUZAR,NOWHERE,latest"],
    "key": ["all", "*", "..KGZ", "*.*.KGZ", "A.migrant_stock.KGZ+TJK", "*.*.KGZ.*._T", "......", "A.*.X.Y.Z.1.2.3.4"],
    "provider": ["all", "WORLD_BANK", "GUZAR,WORLD_BANK", "GUZAR", "*", "un_migrant_stock"],
    "context": ["dataflow", "datastructure", "provisionagreement"],
    "agency": ["GUZAR", "*", "all", "SDMX", "GUZAR,SDMX"],
    "id": ["MIGRANT_STOCKS", "POPULATION", "FIGURES", "CL_AREA", "*", "PA_WORLD_BANK_ECONOMY", "MIGRANT_STOCKS_SIMS", "SIMS"],
    "version": ["1.0.0", "+", "~", "*", "latest", "1.0", "1.0+.0", "all", "2.0.0", "x"],
    "kind": ["dataflow", "codelist", "*", "structure", "contentconstraint", "dataconstraint", "provisionagreement", "process"],
    "component": ["all", "*", "SEX", "TIME_PERIOD", "REF_AREA,SEX", "NOTHING"],
}  # fmt: skip
FILTERS = [
    {"c[REF_AREA]": "KGZ,TJK"},
    {"c[TIME_PERIOD]": "ge:2015+le:2020"},
    {"c[OBS_VALUE]": "gt:100"},
    {"c[SEX]": "xx:_T"},
    {"c[NOTHING]": "1"},
]
ACCEPT = [
    "*/*",
    "application/json",
    "text/csv",
    "application/xml;q=0.5",
    "application/vnd.sdmx.data+json;version=1+.0",
    ";;",
]
MODES = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]


@st.composite
def requests_of(draw: Any, operation: Any, mode: GenerationMode) -> Any:
    """A request as schemathesis makes it; two of three have known words in the path, some a filter and a header."""
    case = draw(operation.as_strategy(generation_mode=mode))
    for name in case.path_parameters or {}:
        if draw(st.integers(0, 2)):
            case.path_parameters[name] = draw(st.sampled_from(KNOWN[name]))
    if "data" in operation.path and draw(st.booleans()):
        query = case.query if isinstance(case.query, dict) else {}
        case.query = {**query, **draw(st.sampled_from(FILTERS))}
    if draw(st.booleans()):
        case.headers = {**(case.headers or {}), "Accept": draw(st.sampled_from(ACCEPT))}
    return case


@pytest.fixture(scope="module")
def described(released):
    return schemathesis.openapi.from_url(f"{released.address}/openapi.json")


@pytest.mark.filterwarnings("ignore")  # schemathesis tells what of its own will change
@pytest.mark.parametrize("mode", MODES, ids=lambda mode: mode.value)
def test_every_described_request_gets_a_documented_answer(released, described, mode):
    statuses: Counter[int] = Counter()
    documented = {int(code) for code in described.raw_schema["paths"]["/health"]["get"]["responses"]}
    for found in described.get_all_operations():
        operation = found.ok()
        if mode is GenerationMode.NEGATIVE and "{" not in operation.path:
            continue  # nothing in it can be wrong

        @settings(
            max_examples=EACH,
            deadline=None,
            derandomize=True,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=requests_of(operation, mode))
        def ask(case):
            answer = case.call()
            if answer.status_code != 501:
                case.validate_response(answer, checks=[not_a_server_error])
            assert answer.status_code in documented, case.as_curl_command()
            statuses[answer.status_code] += 1

        ask()
    assert released.server.health()["status"] == "ok"
    assert {200, 400, 404} <= set(statuses), statuses
    assert statuses.total() > 200
