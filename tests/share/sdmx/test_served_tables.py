"""Protected tables are served as they left: hidden cells without a value, codes as SDMX allows them."""

import polars as pl
from tests.share.sdmx.conftest import PUBLISHED_AT

from guzar.define.tables.releases import ProtectedTable
from guzar.share.sdmx.answers import Words, make_answer
from guzar.share.sdmx.data_paths import read_v2_data
from guzar.share.sdmx.index_writer import write_index
from guzar.share.sdmx.made_dataflows import TableFlow, table_dataflows
from guzar.share.sdmx.served_tables import date_rows, serve_protected
from guzar.share.sdmx.serving_index import open_index


def test_a_protected_table_is_served_row_by_row(table_flow: TableFlow, tmp_path) -> None:
    write_index(tmp_path / "index", date_rows(serve_protected([table_flow]), {}, at=PUBLISHED_AT), {})
    index = open_index(tmp_path / "index")
    answer = make_answer(
        index,
        read_v2_data(index.flows["ARRIVALS"].flow, "", {}),
        Words({}, {}),
        most=99,
        prepared=PUBLISHED_AT,
    )
    assert answer is not None
    status = [one.id for one in answer.observation_attributes].index("CONF_STATUS")
    found = {
        (*series.key, at): (value, answer.attribute_sets[number][status])
        for series in answer.series
        for at, value, number in series.observations
    }
    assert found == {
        ("_T", "_T", "_T", "2024"): ("120", "F"),
        ("_T", "F", "_T", "2025"): ("44", "F"),
        ("KGZ", "_T", "rail", "2024"): ("", "C"),
        ("KGZ", "F", "air", "2025"): ("30", "F"),
        ("XQZ", "_T", "rail", "2025"): ("15", "F"),
    }


def test_codes_that_sdmx_does_not_allow_have_ids(tmp_path) -> None:
    frame = pl.DataFrame(
        {
            "age_group": ["65+", "0-14"],
            "region": ["Issyk Kul", "Osh"],
            "persons": [7, 8],
            "confidentiality_status": ["F", "F"],
        }
    )
    table = ProtectedTable(
        "ages", ("age_group", "region"), "persons", "persons", frame, {"population": "people"}
    )
    (flow,) = table_dataflows([table])
    (served,) = serve_protected([flow])
    assert served.rows["age_group"].to_list() == ["65_OR_MORE", "0-14"]
    named = {item.id for codes in flow.codelists for item in codes.items}
    assert {"65_OR_MORE", "0-14", "Issyk_Kul", "Osh"} <= named
