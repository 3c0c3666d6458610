"""Writers of data: every format of an answer reads back to the same rows, in every form, and is streamed."""

import csv
import io
import json
import re
import tracemalloc
from collections import Counter
from dataclasses import replace
from functools import partial
from itertools import islice

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.share.sdmx.answers import ATTRIBUTES, DIMENSIONS, FLOW, make_answer, make_rows, sort_rows
from tests.share.sdmx.loaders import LOADERS

from guzar.share.sdmx.formats import DATA_V1, format_named
from guzar.share.sdmx.series import Series

FORMS = [
    {},
    {"flat": True},
    {"whole_key": True},
    {"at": "REF_AREA"},
    {"at": "REF_AREA", "flat": True},
    {"at": "FREQ"},
]
every_format = pytest.mark.parametrize("one", DATA_V1, ids=lambda one: one.id)


def write(one, answer) -> bytes:
    return b"".join(one.write(answer))


def read(one, message: bytes) -> list:
    """Rows in order; numbers as the format writes them, NaN and null as None, every component there."""
    rows = [dict.fromkeys((*DIMENSIONS, "OBS_VALUE", *ATTRIBUTES)) | row for row in LOADERS[one.id](message)]
    for row in rows:
        if row["OBS_VALUE"] == "NaN":
            row["OBS_VALUE"] = None
    return sort_rows(rows)


@every_format
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_every_form_reads_back_to_the_same_rows(one, form):
    rows = make_rows()
    assert read(one, write(one, make_answer(rows, **form))) == sort_rows(rows)


@every_format
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_no_rows_are_an_empty_data_set(one, form):
    assert read(one, write(one, make_answer([], **form))) == []


@every_format
@pytest.mark.parametrize("form", FORMS, ids=str)
def test_values_that_were_not_asked_for_are_left_out(one, form):
    rows = make_rows()
    message = write(one, make_answer(rows, has_values=False, **form))
    assert read(one, message) == sort_rows([row | {"OBS_VALUE": None} for row in rows])
    assert b"NaN" not in message
    assert (b"OBS_VALUE" in message) == (one.id == "json-1.0")  # which names it as what attributes belong to


@every_format
@pytest.mark.parametrize("form", [{}, {"flat": True}, {"at": "REF_AREA"}], ids=str)
def test_only_keys_of_series(one, form):
    rows = make_rows()
    left = {form.get("at", "TIME_PERIOD"), "OBS_VALUE", *(a.id for a in FLOW.observation_attributes)}
    wanted = {tuple((row | dict.fromkeys(left)).items()) for row in rows}
    found = read(one, write(one, make_answer(rows, has_observations=False, **form)))
    assert found == sort_rows([dict(row) for row in wanted])


@every_format
def test_attributes_that_were_not_asked_for_are_left_out(one):
    rows = make_rows()
    answer = make_answer(rows)
    bare = replace(
        answer,
        series=[
            Series(s.key, (), [(at, value, 0) for at, value, _ in s.observations]) for s in answer.series
        ],
        series_attributes=(),
        observation_attributes=(),
        attribute_sets=[()],
    )
    assert read(one, write(one, bare)) == sort_rows([row | dict.fromkeys(ATTRIBUTES) for row in rows])


@every_format
def test_a_structure_without_time(one):
    components = tuple(component for component in FLOW.components if component.id != "TIME_PERIOD")
    answer = make_answer(make_rows(6, periods=("2015",)), whole_key=True)
    series = [one._replace(key=one.key[:-1]) for one in answer.series]
    flow = replace(FLOW, components=components)
    timeless = replace(answer, flow=flow, series=series, key=answer.key[:-1], flat=False)
    wanted = [row | {"TIME_PERIOD": None} for row in make_rows(6, periods=("2015",))]
    assert read(one, write(one, timeless)) == sort_rows(wanted)


# Signs that XML 1.0 allows: others are replaced, which a test below says.
text = st.text(
    st.characters(
        exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff", include_characters="\t\n\r"
    ),
    min_size=1,
    max_size=8,
)
number = st.one_of(st.none(), st.floats(allow_nan=False, allow_infinity=False).map(repr))


@st.composite
def strange_rows(draw):
    keys = draw(st.lists(st.tuples(*[text] * len(DIMENSIONS)), unique=True, max_size=6))
    own: dict = {}  # attributes of a series are the same in all its rows
    rows = []
    for key in keys:
        row = dict(zip(DIMENSIONS, key, strict=True)) | {"OBS_VALUE": draw(number)}
        row |= {id_: draw(st.none() | text) for id_ in ATTRIBUTES}
        same = own.setdefault(key[:-1], {a.id: row[a.id] for a in FLOW.series_attributes})
        rows.append(row | same)
    return rows


@every_format
@given(rows=strange_rows(), form=st.sampled_from([{}, {"flat": True}, {"whole_key": True}]))
def test_any_text_and_any_number_reads_back(one, rows, form):
    assert read(one, write(one, make_answer(rows, **form))) == sort_rows(rows)


@pytest.mark.parametrize("name", ["generic-2.1", "specific-2.1", "ml-3.0"])
def test_signs_that_xml_forbids_are_replaced(name):
    one = format_named(name, DATA_V1)
    rows = [row | {"LICENCE": "a\x00b\x1fc\ud800d\uffffe"} for row in make_rows(3)]
    assert {row["LICENCE"] for row in read(one, write(one, make_answer(rows)))} == {
        "a\ufffdb\ufffdc\ufffdd\ufffde"
    }


@pytest.mark.parametrize("name", ["csv-2.0", "json-1.0", "json-2.0"])
def test_half_a_surrogate_pair_is_replaced(name):
    one = format_named(name, DATA_V1)
    rows = [row | {"LICENCE": "a\ud800"} for row in make_rows(3)]
    assert {row["LICENCE"] for row in read(one, write(one, make_answer(rows)))} == {"a?"}


def test_labels_both_tell_code_and_name_in_one_cell():
    for name in ("csv-1.0", "csv-2.0"):
        text_ = write(
            format_named(name, DATA_V1), make_answer(make_rows(1), labels="both", languages=("ru",))
        )
        [row] = csv.DictReader(io.StringIO(text_.decode(), newline=""))
        assert row["REF_AREA: Reference area"] == "KGZ: Кыргызстан"
        assert row["COUNTERPART_AREA: Counterpart area"] == "X0"  # no name is known
        assert row["TIME_PERIOD: Time period"] == "2015"
        assert row["OBS_VALUE: Value"] == "0.25"
        assert "GUZAR:MIGRANT_STOCKS(1.0.0): Мигранты" in row.values()


def test_labels_name_add_a_column_of_names():
    message = write(
        format_named("csv-2.0", DATA_V1), make_answer(make_rows(2), labels="name", languages=("ru",))
    )
    head, *rows = csv.reader(io.StringIO(message.decode(), newline=""))
    assert head[:4] == ["STRUCTURE", "STRUCTURE_ID", "STRUCTURE_NAME", "ACTION"]
    assert all(len(row) == len(head) for row in rows)
    for id_, name, value, told in (
        ("REF_AREA", "Reference area", "KGZ", "Кыргызстан"),
        ("OBS_VALUE", "Value", "0.25", ""),
        ("OBS_STATUS", "Observation status", "A", ""),
        ("MISSING_MARK", "Missing mark", "", ""),
        ("LICENCE", "Licence", 'CC BY, "4.0" & <so on>', ""),
    ):
        place = head.index(id_)
        assert (head[place + 1], rows[0][place], rows[0][place + 1]) == (name, value, told)


@pytest.mark.parametrize("labels", ["id", "both", "name"])
def test_every_row_has_every_column_whatever_was_asked(labels):
    for about in ({"has_values": False}, {"has_observations": False}, {"keys": ("both",)}, {"flat": True}):
        message = write(format_named("csv-2.0", DATA_V1), make_answer(make_rows(), labels=labels, **about))
        rows = list(csv.reader(io.StringIO(message.decode(), newline="")))
        assert len({len(row) for row in rows}) == 1


@pytest.mark.parametrize(
    "form", [{}, {"at": "REF_AREA"}, {"whole_key": True}, {"has_values": False}], ids=str
)
def test_keys_of_series_and_observations(form):
    one = format_named("csv-2.0", DATA_V1)
    rows = make_rows()
    message = write(one, make_answer(rows, keys=("both",), **form)).decode()
    for row in csv.DictReader(io.StringIO(message, newline="")):
        assert row["OBS_KEY"] == ".".join(row[id_] for id_ in DIMENSIONS)
        left = "" if form.get("whole_key") else form.get("at", "TIME_PERIOD")
        assert row["SERIES_KEY"] == ".".join(row[id_] for id_ in DIMENSIONS if id_ != left)
    assert read(one, message.encode()) == read(one, write(one, make_answer(rows, **form)))
    only = write(one, make_answer(rows, keys=("series",))).decode()
    assert only.startswith("STRUCTURE,STRUCTURE_ID,ACTION,SERIES_KEY,FREQ,")


def test_json_tells_names_in_the_languages_asked():
    one = format_named("json-2.0", DATA_V1)
    for languages, name in ((("ru", "en"), "Кыргызстан"), (("en",), None), (("kk",), None)):
        [structure] = json.loads(write(one, make_answer(make_rows(2), languages=languages)))["data"][
            "structures"
        ]
        [area] = next(d for d in structure["dimensions"]["series"] if d["id"] == "REF_AREA")["values"]
        assert area["name"] == (name or "Kyrgyzstan, \"KG\"\nand <more> & 'more'")
        assert set(area["names"]) == (set(languages) if languages != ("kk",) else {"en"})
        assert structure["name"] in FLOW.names.values()


def test_periods_start_and_end():
    one = format_named("json-2.0", DATA_V1)
    periods = (
        "2015",
        "2014-Q2",
        "2014-Q4",
        "2015-07-01/P5Y",
        "2015-01-01/P1Y",
        "2019-03-01/P1Y",
        "2015-05-15/P2Y",
        "x",
    )
    [structure] = json.loads(write(one, make_answer(make_rows(8, periods=periods))))["data"]["structures"]
    told = {
        v["value"]: (v.get("start"), v.get("end"))
        for v in structure["dimensions"]["observation"][0]["values"]
    }
    assert {period: (start or "")[:10] + " " + (end or "")[:10] for period, (start, end) in told.items()} == {
        "2015": "2015-01-01 2015-12-31",
        "2014-Q2": "2014-04-01 2014-06-30",
        "2014-Q4": "2014-10-01 2014-12-31",
        "2015-07-01/P5Y": "2015-07-01 2020-06-30",
        "2015-01-01/P1Y": "2015-01-01 2015-12-31",
        "2019-03-01/P1Y": "2019-03-01 2020-02-29",
        "2015-05-15/P2Y": "2015-05-15 2017-05-14",
        "x": " ",
    }


def many_series(count, met):
    """Series with few different codes; `met` counts those that are made."""
    for place in range(count):
        met["series"] += 1
        key = ("A", "stock", "KGZ", f"X{place % 200}", "_T", "d", "s", str(2000 + place // 200))
        yield Series(key, ("persons", "0", None), [("2015", f"{place}", place % 2)])


@every_format
@pytest.mark.parametrize("flat", [False, True])
def test_the_first_chunk_comes_long_before_the_last_series(one, flat):
    met = Counter()
    answer = replace(make_answer(make_rows(6), flat=flat), series=many_series(200_000, met))
    chunks = one.write(answer)
    assert 10_000 < len(next(chunks)) < 50_000
    assert met["series"] < 5_000
    sizes = [len(chunk) for chunk in islice(chunks, 5)]
    assert sizes == sorted(sizes, key=lambda size: min(size, 256 * 1024))  # they grow, to about 256 kB
    assert 256 * 1024 <= sizes[-1] < 600_000
    assert met["series"] < 50_000


@every_format
def test_memory_does_not_grow_with_the_rows(one):
    answer = replace(make_answer(make_rows(6)), series=many_series(20_000, Counter()))
    tracemalloc.start()
    try:
        size = sum(map(len, one.write(answer)))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 1_200_000
    assert size > peak


@every_format
def test_the_same_answer_gives_the_same_bytes(one):
    make = partial(make_answer, make_rows())
    assert write(one, make()) == write(one, make())


def test_a_message_id_is_made_valid():
    message = write(format_named("generic-2.1", DATA_V1), make_answer([], message="a b/ё"))
    assert re.search(rb"<message:ID>a_b__</message:ID>", message)
