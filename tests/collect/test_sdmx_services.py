"""SDMX services and files with a mapping file: SDMX-ML that pysdmx writes, SDMX-CSV, a service on loopback."""

from pathlib import Path

import polars as pl
import pytest
from tests.collect.loopback import data, hurried, patient, publisher, stall, status

from guzar import journey
from guzar.collect.delivery import Delivery
from guzar.collect.mapping import read_mapping
from guzar.collect.sources.sdmx_services import is_message, query_of, read_message
from guzar.errors import DeliveryRefused, SettingsInvalid, SourceUnavailable
from guzar.store import Workspace, open_workspace

MAPPING = """
[source]
id = "made_up_sdmx"
publisher = "Agency"
title = "Made-up flows"
licence = "CC BY 4.0"
address = "https://example.org"
[service]
address = "https://example.org/rest"
dataflow = "AGENCY,DF_FLOWS,1.0"
key = "A.."
parameters = { startPeriod = "2020" }
[columns]
area = "REF_AREA"
counterpart = "CITIZENSHIP"
sex = "SEX"
period = "TIME_PERIOD"
[where]
MEASURE = "B11"
[codes.counterpart]
"W" = "_T"
[definition]
id = "made_up_inflows"
indicator = "made_up_inflows"
unit = "persons"
concept = "citizenship"
measure = "flow"
direction = "in"
rule = "as the country registers"
coverage = "foreign citizens"
unknown_origins = "inside"
"""
ROWS = {
    "REF_AREA": ["KGZ", "KGZ", "TJK", "TJK"],
    "CITIZENSHIP": ["W", "RUS", "W", "W"],
    "MEASURE": ["B11", "B11", "B11", "B14"],
    "SEX": ["_T", "F", "_T", "_T"],
    "TIME_PERIOD": ["2020", "2020", "2021", "2021"],
    "OBS_VALUE": ["12.5", "3", "1000", "9"],
    "OBS_STATUS": ["A", "E", "P", "A"],
}
CSV = "\n".join(
    ",".join(line) for line in [list(ROWS), *map(list, zip(*ROWS.values(), strict=True))]
).encode()
EXPECTED = [
    ("KGZ", "RUS", "F", "2020", 3.0, "estimated"),
    ("KGZ", "_T", "_T", "2020", 12.5, "observed"),
    ("TJK", "_T", "_T", "2021", 1000.0, "provisional"),
]


def sdmx_ml(form: str, tmp_path: Path) -> bytes:
    import pandas as pd
    from pysdmx.io import write_sdmx
    from pysdmx.io.format import Format
    from pysdmx.io.pd import PandasDataset
    from pysdmx.model import Component, Components, Concept, DataType, Role, Schema

    roles = {"OBS_VALUE": Role.MEASURE, "OBS_STATUS": Role.ATTRIBUTE}
    parts = [
        Component(
            name,
            name != "OBS_STATUS",
            roles.get(name, Role.DIMENSION),
            Concept(name, dtype=DataType.STRING),
            attachment_level="O" if name == "OBS_STATUS" else None,
        )
        for name in ROWS
    ]
    structure = Schema("datastructure", "AGENCY", "DSD_FLOWS", Components(parts), "1.0", [])
    out = tmp_path / "message.xml"
    write_sdmx(
        PandasDataset(structure=structure, data=pd.DataFrame(ROWS)), Format[form], output_path=str(out)
    )
    return out.read_bytes()


def collect(tmp_path: Path, content: bytes, mapping: str = MAPPING) -> tuple[Workspace, journey.Collected]:
    place = open_workspace(tmp_path / "work", create=True)
    told = read_mapping(mapping.encode(), "flows.toml")
    return place, journey.collect_described(
        place, "sdmx_services", Delivery("message", content), told, received="2026-03-01", edition="2026-02"
    )


def figures(place: Workspace) -> list[tuple[object, ...]]:
    held = journey.load_observations(place).sort("area", "counterpart", "period")
    return held.select("area", "counterpart", "sex", "period", "value", "observation_status").rows()


@pytest.mark.parametrize("form", ["DATA_SDMX_ML_2_1_GEN", "DATA_SDMX_ML_2_1_STR", "csv"])
def test_every_form_gives_the_same_figures(tmp_path: Path, form: str) -> None:
    content = CSV if form == "csv" else sdmx_ml(form, tmp_path)
    place, done = collect(tmp_path, content)
    assert figures(place) == EXPECTED
    assert (done.kept, done.refused) == (3, 0)
    assert next(place.editions("collect", "published")).receipt()["rows_not_selected"] == 1


def test_labels_beside_codes_are_cut_off() -> None:
    text = "DATAFLOW,REF_AREA: Area,SEX: Sex,OBS_VALUE\nA:B(1.0),KGZ: Kyrgyzstan,_T: Total,5\n"
    table = read_message(Delivery("m.csv", text.encode()))
    assert table.columns == ["DATAFLOW", "REF_AREA", "SEX", "OBS_VALUE"]
    assert table.row(0) == ("A:B(1.0)", "KGZ", "_T", "5")


def test_deletions_and_other_multipliers_are_refused_with_a_reason(tmp_path: Path) -> None:
    head = "ACTION,REF_AREA,CITIZENSHIP,MEASURE,SEX,TIME_PERIOD,OBS_VALUE,UNIT_MULT\n"
    text = head + "I,KGZ,W,B11,_T,2020,1,0\nD,KGZ,W,B11,_T,2021,,0\nI,KGZ,W,B11,_T,2022,7,3\n"
    _, done = collect(tmp_path, text.encode())
    assert done.kept == 1
    assert dict(done.reasons) == {
        "the row takes an earlier value back": 1,
        "the unit multiplier of the row is not the scale of the definition": 1,
    }


@pytest.mark.parametrize(
    "content", [b"", b"<html></html>", b"<broken", b"{}", b"a,b\n1,2\n", CSV[:20], b"\xff\xfe\x00"]
)
def test_what_is_no_message_is_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(DeliveryRefused):
        collect(tmp_path, content)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('"REF_AREA"', '"REF_ARAE"', "Did you mean “REF_AREA”"),
        ('MEASURE = "B11"', 'MEASURES = "B11"', "Did you mean “MEASURE”"),
    ],
)
def test_a_wrong_dimension_is_one_clear_message(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(SettingsInvalid, match=says):
        collect(tmp_path, CSV, MAPPING.replace(old, new))


def test_an_unknown_service_and_a_missing_dataflow_are_named() -> None:
    wrong_id = MAPPING.replace('address = "https://example.org/rest"', 'id = "OEDC"')
    with pytest.raises(SettingsInvalid, match="OECD"):
        query_of(read_mapping(wrong_id.encode(), "flows.toml"))
    with pytest.raises(SettingsInvalid, match="dataflow"):
        query_of(read_mapping(MAPPING.replace('dataflow = "AGENCY,DF_FLOWS,1.0"', "").encode(), "flows.toml"))


def test_the_query_follows_the_standard() -> None:
    told = read_mapping(MAPPING.encode(), "flows.toml")
    request = query_of(told)
    assert request.address == "https://example.org/rest/data/AGENCY,DF_FLOWS,1.0/A.."
    assert request.query == {"startPeriod": "2020"}
    third = MAPPING.replace('key = "A.."', 'key = "A.*.*"\nversion = "3.0"\nprovider = "AGENCY"').replace(
        "AGENCY,DF_FLOWS,1.0", "DF_FLOWS"
    )
    assert "/data/" in query_of(read_mapping(third.encode(), "flows.toml")).address
    assert query_of(read_mapping(third.encode(), "flows.toml")).address.endswith("/A.*.*")


def test_a_service_on_loopback_gives_figures(tmp_path: Path) -> None:
    body = sdmx_ml("DATA_SDMX_ML_2_1_STR", tmp_path)
    with publisher(status(503), data(body, Content_Type="application/xml")) as server:
        place = open_workspace(tmp_path / "work", create=True)
        (place.path / "guzar.toml").write_text(
            f'format = 1\n[services]\nmade_up_sdmx = "{server.address}/rest"\n', encoding="utf-8"
        )
        told = read_mapping(MAPPING.encode(), "flows.toml")
        answer = journey.ask_described_service(place, told, patient())
        done = journey.collect_described(place, "sdmx_services", answer, told, received="2026-03-01")
    assert server.asked[-1] == "/rest/data/AGENCY,DF_FLOWS,1.0/A..?startPeriod=2020"
    assert done.edition == "2026-03-01"
    assert figures(place) == EXPECTED
    receipt = next(place.editions("collect", "published")).receipt()
    assert receipt["address"].endswith("/A..?startPeriod=2020")
    assert "day on which the service was asked" in receipt["edition_is"]


@pytest.mark.parametrize("act", [stall(b"<"), status(500), data(b"<html>sorry</html>"), data(b"")])
def test_a_service_that_fails_is_unavailable_in_time(tmp_path: Path, act: object) -> None:
    place = open_workspace(tmp_path / "work", create=True)
    told = read_mapping(MAPPING.encode(), "flows.toml")
    with publisher(act) as server:  # type: ignore[arg-type]
        (place.path / "guzar.toml").write_text(
            f'[services]\nmade_up_sdmx = "{server.address}"\n', encoding="utf-8"
        )
        with pytest.raises(SourceUnavailable):
            journey.ask_described_service(place, told, hurried(total_seconds=0.8))


def test_what_looks_like_a_message() -> None:
    assert is_message(CSV)
    assert is_message(b'<?xml version="1.0"?><mes:StructureSpecificData xmlns:mes="x">')
    assert not is_message(b"<html><body>GenericData moved</body></html>")
    assert not is_message(b"")


def test_the_documented_mapping_reads_the_oecd_export(tmp_path: Path, shared: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "how-to" / "sdmx-service.md"
    mapping = page.read_text(encoding="utf-8").split("```toml\n")[1].split("```")[0]
    content = (shared / "data" / "flows-published" / "oecd-imd-inflows-sdmx.csv").read_bytes()
    place, done = collect(tmp_path, content, mapping)
    held = journey.load_observations(place)
    assert done.kept + done.refused == 393
    assert held["area"].n_unique() == 37
    assert held.filter(area="GRC", year=2014)["value"].to_list() == [29510]
    assert held.filter(area="NOR", year=2018)["value"].to_list() == [44406]
    assert set(held["counterpart"]) == {"_T"}
    assert held.filter(pl.col("value") < 0).height == 0
