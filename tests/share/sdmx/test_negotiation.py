"""Which format a reader gets, from Accept or from `format=`."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.share.sdmx.formats import (
    DATA_V1,
    DATA_V2,
    FORMATS,
    STRUCTURES_V1,
    STRUCTURES_V2,
    format_named,
    negotiate,
)
from guzar.share.sdmx.formats.negotiation import version_fits

SDMX = "application/vnd.sdmx."
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    ("accept", "v1", "v2"),
    [
        (None, "generic-2.1", "json-2.0"),
        ("", "generic-2.1", "json-2.0"),
        ("*/*", "generic-2.1", "json-2.0"),
        ("application/*", "generic-2.1", "json-2.0"),
        ("text/*", "generic-2.1", "json-2.0"),
        (BROWSER, "generic-2.1", "json-2.0"),
        ("text/html", "generic-2.1", "json-2.0"),
        ("application/xml", "generic-2.1", "ml-3.0"),
        ("text/xml", "generic-2.1", "ml-3.0"),
        ("application/json", "json-1.0", "json-2.0"),
        ("text/csv", "csv-1.0", "csv-2.0"),
        (f"{SDMX}data+csv", "csv-1.0", "csv-2.0"),
        (f"{SDMX}data+csv;version=2.0.0", "csv-2.0", "csv-2.0"),
        (f"{SDMX}data+csv; version=1.0.0", "csv-1.0", "csv-1.0"),
        (f"{SDMX}data+json;version=1.0.0-wd", "json-1.0", "json-1.0"),
        (f"{SDMX}data+json;version=2.0+.0", "json-2.0", "json-2.0"),
        (f"{SDMX}data+json;version=1+.0.0", "json-1.0", "json-2.0"),
        (f"{SDMX}data+json;version=9.0.0", None, None),
        (f'{SDMX}data+xml;version="3.0.0"', "ml-3.0", "ml-3.0"),
        (f"{SDMX}genericdata+xml;version=2.1", "generic-2.1", "generic-2.1"),
        (f"{SDMX}structurespecificdata+xml;version=2.1", "specific-2.1", "specific-2.1"),
        (f"{SDMX}StructureSpecificData+XML", "specific-2.1", "specific-2.1"),
        (f"{SDMX}generictimeseriesdata+xml;version=2.1", None, None),
        ("image/png", None, None),
        ("application/json;q=0.5, text/csv;q=0.9", "csv-1.0", "csv-2.0"),
        (f"*/*, {SDMX}data+csv;version=2.0.0", "csv-2.0", "csv-2.0"),  # the more exact range first
        (f"{SDMX}data+csv;version=9.0, application/json;q=0.1", "json-1.0", "json-2.0"),
        (f"{SDMX}data+json;q=0, application/json", None, None),
        (f"{SDMX}genericdata+xml;q=0, {SDMX}data+json;version=2.0.0;q=0, */*", "specific-2.1", "ml-3.0"),
        ("*/*;q=0", None, None),
        (f"text/html, {SDMX}data+csv;version=1.0.0;q=0.1", "csv-1.0", "csv-1.0"),
        ("nonsense", "generic-2.1", "json-2.0"),
        ("application/json;q=perhaps", "json-1.0", "json-2.0"),
    ],
)
def test_accept(accept, v1, v2):
    found = [negotiate(accept, offered, offered[0]) for offered in (DATA_V1, DATA_V2)]
    assert [one.id if one else None for one in found] == [v1, v2]


@pytest.mark.parametrize(
    ("accept", "v1", "v2"),
    [
        (None, "structure-ml-2.1", "structure-json-2.0"),
        (f"{SDMX}structure+xml;version=2.1", "structure-ml-2.1", "structure-ml-2.1"),
        (f"{SDMX}structure+xml;version=3.0.0", "structure-ml-3.0", "structure-ml-3.0"),
        (f"{SDMX}structure+json;version=1.0", "structure-json-1.0", "structure-json-1.0"),
        (f"{SDMX}structure+json;version=1.0.0", "structure-json-1.0", "structure-json-1.0"),
        (f"{SDMX}structure+json;version=2.0.0", "structure-json-2.0", "structure-json-2.0"),
        ("application/xml", "structure-ml-2.1", "structure-ml-3.0"),
        ("text/csv", None, None),
    ],
)
def test_accept_of_structures(accept, v1, v2):
    found = [negotiate(accept, offered, offered[0]) for offered in (STRUCTURES_V1, STRUCTURES_V2)]
    assert [one.id if one else None for one in found] == [v1, v2]


def test_parameters_of_csv_and_the_content_type_that_tells_them():
    accept = f"{SDMX}data+csv;version=2.0.0;labels=name;keys=both;timeFormat=normalized"
    found = negotiate(accept, DATA_V2, DATA_V2[0])
    assert (found.labels, found.keys, found.time_format) == ("name", ("both",), "normalized")
    assert found.content_type == f"{SDMX}data+csv;version=2.0.0;labels=name;keys=both"
    assert found.write is FORMATS[f"{SDMX}data+csv", "2.0.0"].write
    old = negotiate(f"{SDMX}data+csv;version=1.0.0;labels=name;keys=both", DATA_V1, DATA_V1[0])
    assert (old.labels, old.keys) == ("id", ())
    assert old.content_type == f"{SDMX}data+csv;version=1.0.0"
    assert negotiate(f"{SDMX}data+json;labels=both", DATA_V1, DATA_V1[0]).labels == "id"
    assert negotiate("text/csv;labels=aloud;keys=some", DATA_V2, DATA_V2[0]).labels == "id"


@pytest.mark.parametrize(
    ("asked", "version", "fits"),
    [
        ("2.0.0", "2.0.0", True),
        ("2.0", "2.0.0", True),
        ("2", "2.0.0", True),
        ("2.1.0", "2.0.0", False),
        ("2.0+.0", "2.0.0", True),
        ("2.0+.0", "2.1.0", True),
        ("2.1+.0", "2.0.0", False),
        ("2.0+.0", "3.0.0", False),
        ("1.0.0+", "1.0.3", True),
        ("1.0.0+", "1.1.0", False),
        ("1+.0.0", "2.0.0", True),
        ("2.0 .0", "2.1.0", True),  # a plus sign that an address made a blank
        ("*", "2.1", True),
        ("2.1", "2.1", True),
        ("two", "2.1", False),
    ],
)
def test_ranges_of_versions(asked, version, fits):
    assert version_fits(asked, version) is fits


@pytest.mark.parametrize(
    ("name", "v1", "v2"),
    [
        ("csv", "csv-1.0", "csv-2.0"),
        ("csvfile", "csv-1.0", "csv-2.0"),
        ("jsondata", "json-1.0", "json-2.0"),
        ("SDMX-JSON", "json-1.0", "json-2.0"),
        ("genericdata", "generic-2.1", "generic-2.1"),
        ("structurespecificdata", "specific-2.1", "ml-3.0"),
        ("xml", "generic-2.1", "ml-3.0"),
        ("csv-2.0", "csv-2.0", "csv-2.0"),
        ("parchment", None, None),
    ],
)
def test_short_names(name, v1, v2):
    found = [format_named(name, offered) for offered in (DATA_V1, DATA_V2)]
    assert [one.id if one else None for one in found] == [v1, v2]


def test_csvfile_has_labels():
    assert format_named("csvfile", DATA_V2).labels == "both"


def test_every_offer_is_in_the_table_and_names_itself():
    for offered in (DATA_V1, DATA_V2, STRUCTURES_V1, STRUCTURES_V2):
        for one in offered:
            assert FORMATS[one.media, one.version] is one
            assert negotiate(one.content_type, offered, offered[0]) == one
    assert set(DATA_V1) == set(DATA_V2)


@given(st.text(max_size=60) | st.text(alphabet='*/;=,q.0159 "avn+', max_size=60))
def test_any_header_has_an_answer(accept):
    found = negotiate(accept, DATA_V2, DATA_V2[0])
    assert found is None or found.media in {one.media for one in DATA_V2}
