"""Any spreadsheet with a mapping file: the documented example, forms of tables, mistakes in the mapping."""

import io
import re
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar import journey
from guzar.collect.delivery import Delivery
from guzar.collect.mapping import read_mapping
from guzar.collect.quarantine import sift
from guzar.collect.sources.own_table import read_own_table, separator_of
from guzar.collect.words import read_period
from guzar.define.definitions import definitions, register_definitions
from guzar.errors import DeliveryRefused, GuzarError, SettingsInvalid
from guzar.store import Workspace, open_workspace

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "own-table.md"
HEAD = """
[source]
id = "made_up"
publisher = "Office"
title = "Table"
licence = "CC BY 4.0"
address = "https://example.org"
edition = "2024-02"
"""
WHAT = """
[definition]
id = "made_up_citizens"
indicator = "made_up_citizens"
unit = "persons"
concept = "citizenship"
measure = "stock"
direction = "none"
rule = "counted on 1 January"
coverage = "all"
unknown_origins = "outside"
"""
LONG = HEAD + '[table]\ndecimal = ","\n[columns]\narea = "Страна"\nperiod = "Год"\nvalues = "Число"\n' + WHAT


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def collect(
    tmp_path: Path, content: bytes, mapping: str, name: str = "table.csv"
) -> tuple[Workspace, journey.Collected]:
    place = open_workspace(tmp_path / "work", create=True)
    told = read_mapping(mapping.encode(), "table.toml")
    return place, journey.collect_described(
        place, "own_table", Delivery(name, content), told, received="2024-03-01"
    )


def figures(place: Workspace, source: str = "made_up") -> pl.DataFrame:
    held = journey.load_observations(place)
    return held.filter(pl.col("source") == source).sort("area", "counterpart", "sex", "period")


def test_the_documented_example_is_twenty_lines_and_reads_as_the_page_says(tmp_path: Path) -> None:
    place, done = collect(tmp_path, block("csv").encode("windows-1251"), block("toml"))
    held = figures(place, "example_permits")
    men = held.filter(counterpart="UZB", sex="M", year=2023).row(0, named=True)
    assert men["value"] == 1_201_000
    assert (men["area"], men["unit"], men["definition"], men["edition"]) == (
        "RUS",
        "permits",
        "example_permits_in_force",
        "2024-02",
    )
    assert held.filter(counterpart="KGZ", sex="M", year=2022)["observation_status"].to_list() == ["not_known"]
    assert held.filter(counterpart="TJK", sex="F", year=2022)["value"].to_list() == [None]
    assert held.filter(counterpart="TJK", sex="F", year=2023)["value"].to_list() == [101_900]
    assert dict(done.reasons) == {"the mapping leaves this row out": 4}
    assert done.kept == 12
    receipt = next(place.editions("collect", "published")).receipt()
    assert receipt["publisher"] == "Пример: миграционная служба"
    assert receipt["notes_outside_the_table"] == [
        "Действующие разрешения на работу, тыс. разрешений",
        "* Включая продлённые.",
    ]


def test_the_same_again_adds_nothing_and_definitions_live_in_the_workspace(tmp_path: Path) -> None:
    text = "Страна;Год;Число\nРоссия;2023;1 234,5\n".encode("windows-1251")
    place, _ = collect(tmp_path, text, LONG)
    _, again = collect(tmp_path, text, LONG)
    assert not again.is_new
    definitions().pop("made_up_citizens")  # as in a new run
    assert figures(place)["value"].to_list() == [1234.5]
    assert definitions()["made_up_citizens"].unit == "persons"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1251"])
@pytest.mark.parametrize("separator", [";", "\t", ","])
def test_encodings_and_separators_are_recognised(tmp_path: Path, encoding: str, separator: str) -> None:
    rows = [
        ["Страна", "Год", "Число"],
        ["Российская Федерация", "2023 г.", "1\u202f234"],
        ["Киргизия", "2022", "7"],
    ]
    text = "\n".join(separator.join(row) for row in rows)
    content = text.replace("\u202f", "\u00a0").encode(encoding)
    place, done = collect(tmp_path, content, LONG)
    assert done.refused == 0
    assert figures(place).select("area", "period", "value").rows() == [
        ("KGZ", "2022", 7.0),
        ("RUS", "2023", 1234.0),
    ]


def test_decimal_commas_are_not_guessed(tmp_path: Path) -> None:
    text = "Страна;Год;Число\nРоссия;2021;1,5\nРоссия;2022;1.234\nРоссия;2023;1 234,25\n"
    place, done = collect(tmp_path, text.encode(), LONG)
    assert figures(place)["value"].to_list() == [1.5, 1234.25]
    assert dict(done.reasons) == {"the cell is neither a number nor a known missing mark": 1}
    other, _ = collect(
        tmp_path / "points", text.encode(), LONG.replace('decimal = ","', 'decimal = ","\nthousands = "."')
    )
    assert figures(other)["value"].to_list() == [1.5, 1234.0, 1234.25]


def workbook(rows: list[list[object]], merged: list[tuple[int, int, int, int, str]]) -> bytes:
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True}) as book:
        book.add_worksheet("Титул")
        sheet = book.add_worksheet("Таблица 1")
        for i, row in enumerate(rows):
            sheet.write_row(i, 0, row)
        for first_row, first, last_row, last, text in merged:
            sheet.merge_range(first_row, first, last_row, last, text)
    return made.getvalue()


def test_a_workbook_with_merged_headers_in_two_languages(tmp_path: Path) -> None:
    rows: list[list[object]] = [
        ["Таблица 1. Граждане"],
        ["", "", "", "", "", ""],
        ["", "мужчины", "женщины", "мужчины", "женщины", ""],
        ["Узбекистан / Uzbekistan", 1500.5, 10, 1600, 11, "x"],
        ["Stateless persons", 1, 2, 3, "н/д", "x"],
        ["Примечание: оценка"],
    ]
    merged = [
        (1, 0, 2, 0, "Страна / Country"),
        (1, 1, 1, 2, "2022"),
        (1, 3, 1, 4, "2023"),
        (1, 5, 2, 5, "Знак"),
    ]
    mapping = (
        HEAD
        + """
[table]
sheet = "Таблица 1"
header_rows = [2, 3]
[columns]
counterpart = "A"
values = ["мужчины", "женщины"]
[headers]
period = 2
sex = 3
[constants]
area = "RUS"
[codes.counterpart]
"stateless persons" = "XXA"
"""
        + WHAT
    )
    place, done = collect(tmp_path, workbook(rows, merged), mapping, "table.xlsx")
    held = figures(place)
    assert done.refused == 0
    assert held.filter(counterpart="UZB").select("sex", "period", "value").rows() == [
        ("F", "2022", 10.0),
        ("F", "2023", 11.0),
        ("M", "2022", 1500.5),
        ("M", "2023", 1600.0),
    ]
    assert held.filter(counterpart="XXA", sex="F", year=2023)["missing_mark"].to_list() == ["н/д"]
    assert (
        "Примечание: оценка"
        in next(place.editions("collect", "published")).receipt()["notes_outside_the_table"]
    )


def test_merged_rows_are_filled_down_and_totals_have_no_counterpart(tmp_path: Path) -> None:
    text = "Страна;Из страны;Год;Число\nКазахстан;Всего;2023;10\n;Россия;2023;6\nАрмения;Всего;2023;3\n"
    mapping = LONG.replace('decimal = ","', 'fill_down = ["Страна"]').replace(
        "period =", 'counterpart = "Из страны"\nperiod ='
    )
    place, _ = collect(tmp_path, text.encode(), mapping)
    assert figures(place).select("area", "counterpart", "value").rows() == [
        ("ARM", "_T", 3.0),
        ("KAZ", "RUS", 6.0),
        ("KAZ", "_T", 10.0),
    ]


def test_several_series_in_one_table(tmp_path: Path) -> None:
    second = (
        WHAT.replace("made_up_citizens", "made_up_left")
        .replace('"none"', '"out"')
        .replace("[definition]", "[[definition]]")
    )
    mapping = (
        HEAD
        + '[columns]\narea = "Страна"\nvalues = "others"\n[headers]\nseries = 1\n[constants]\nperiod = "2023"\n'
        '[codes.series]\n"Прибыло" = "made_up_citizens"\n"Выбыло" = "made_up_left"\n'
        + WHAT.replace("[definition]", "[[definition]]")
        + second
    )
    place, _ = collect(tmp_path, "Страна;Прибыло;Выбыло\nГрузия;5;4\n".encode(), mapping)
    assert figures(place).select("definition", "value").sort("value").rows() == [
        ("made_up_left", 4.0),
        ("made_up_citizens", 5.0),
    ]


def test_words_that_no_list_holds_are_named_and_quarantined(tmp_path: Path) -> None:
    text = "Страна;Год;Число\nРоссия;2023;1\nТридевятое царство;2023;2\n"
    _, done = collect(tmp_path, text.encode(), LONG)
    assert done.unknown_words == ("Тридевятое царство",)
    assert dict(done.reasons) == {"the area is not in the list of areas": 1}


def test_two_words_for_one_area_are_not_counted_twice(tmp_path: Path) -> None:
    text = "Страна;Год;Число\nРоссия;2023;1\nРоссийская Федерация;2023;2\nГрузия;2023;3\n"
    place, done = collect(tmp_path, text.encode(), LONG)
    assert done.refused == 2
    assert figures(place)["area"].to_list() == ["GEO"]


MISTAKES = [
    (LONG.replace('area = "Страна"', 'area = "Стрaна"'), "Did you mean “Страна”"),  # a Latin letter
    (LONG.replace('values = "Число"', 'values = "Числа"'), "Did you mean “Число”"),
    (LONG.replace("[columns]", "[colums]"), "Did you mean “columns”"),
    (LONG.replace('decimal = ","', 'decimel = ","'), "Did you mean “decimal”"),
    (LONG.replace('unit = "persons"', 'unit = "person"'), "Did you mean “persons”"),
    (LONG.replace('concept = "citizenship"', 'concept = "citizen"'), "Did you mean “citizenship”"),
    (
        LONG.replace('indicator = "made_up_citizens"', 'indicator = "remittances_received_percent_gdp"'),
        "percent",
    ),
    (LONG.replace('edition = "2024-02"', 'edition = "February 2024"'), "2023-06"),
    (LONG.replace('publisher = "Office"', ""), "publisher"),
    (LONG.replace('period = "Год"', ""), "period"),
    (LONG.replace('decimal = ","', "header_rows = 0"), "header_rows"),
    (LONG.replace('decimal = ","', "header_rows = 9"), "header_rows"),
    (LONG.replace('decimal = ","', 'encoding = "windows-12511"'), "windows-1251"),
    (LONG + '[codes.area]\n"РФ" = "RUSS"\n', "Did you mean “RUS”"),
    (LONG + '[codes.sex]\n"м" = "man"\n', "male"),
    (LONG + '[constants]\nperiod = "2023"\n', "one place only"),
    (LONG.replace("[source]", "[source"), "cannot be read"),
    (HEAD.replace('id = "made_up"', 'id = "world_bank"') + LONG.removeprefix(HEAD), "another source"),
    (LONG.replace('id = "made_up_citizens"', 'id = "un_stock_by_origin"'), "another definition"),
    (HEAD + WHAT + '[columns]\narea = "Страна"\nperiod = "Год"\n', "values"),
]


@pytest.mark.parametrize(("mapping", "says"), MISTAKES, ids=[says for _, says in MISTAKES])
def test_a_mistake_in_the_mapping_is_one_clear_message_and_stores_nothing(
    tmp_path: Path, mapping: str, says: str
) -> None:
    with pytest.raises(SettingsInvalid) as refusal:
        collect(tmp_path, "Страна;Год;Число\nРоссия;2023;1\n".encode(), mapping)
    assert says in str(refusal.value)
    assert "table.toml" in str(refusal.value) or "another" in str(refusal.value)
    assert not (tmp_path / "work" / "data").exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00\x01\x02", "Страна;Год;Число\n".encode(), b'"broken;quote\n', b"PK\x03\x04 no workbook"],
    ids=["empty", "bytes", "header only", "broken quote", "damaged workbook"],
)
def test_damaged_tables_are_refused(tmp_path: Path, content: bytes) -> None:
    with pytest.raises(GuzarError) as refusal:
        collect(tmp_path, content, LONG)
    assert isinstance(refusal.value, DeliveryRefused | SettingsInvalid)
    assert not (tmp_path / "work" / "data").exists()


def test_another_mapping_for_the_same_bytes_is_refused(tmp_path: Path) -> None:
    text = "Страна;Год;Число\nРоссия;2023;1\n".encode()
    collect(tmp_path, text, LONG)
    with pytest.raises(SettingsInvalid, match="another mapping"):
        collect(tmp_path, text, LONG.replace('decimal = ","', 'decimal = "."'))


def test_a_definition_held_otherwise_is_refused(tmp_path: Path) -> None:
    collect(tmp_path, "Страна;Год;Число\nРоссия;2023;1\n".encode(), LONG)
    with pytest.raises(SettingsInvalid, match="concept: citizenship / birth"):
        collect(
            tmp_path, "Страна;Год;Число\nРоссия;2024;1\n".encode(), LONG.replace('"citizenship"', '"birth"')
        )


@pytest.mark.parametrize(
    ("printed", "read"),
    [
        ("2023", "2023"),
        ("2023 год", "2023"),
        ("2023 г.", "2023"),
        ("2023.0", "2023"),
        ("2015–2020 гг.", "2015-2020"),
        ("на 1 января 2024", "на 1 января 2024"),
    ],
)
def test_periods(printed: str, read: str) -> None:
    assert read_period(printed) == read


def test_the_separator_is_the_one_that_cuts_evenly() -> None:
    assert separator_of("a;b;c\n1,5;2,5;3\n4,25;5,5;6\n") == ";"
    assert separator_of("title, with comma\na\tb\n1\t2\n") == "\t"


def test_mapping_and_table_are_stored_side_by_side(tmp_path: Path) -> None:
    place, _ = collect(tmp_path, "Страна;Год;Число\nРоссия;2023;1\n".encode(), LONG)
    folder = next(place.editions("collect", "published")).folder
    assert (folder / "mapping.toml").read_text(encoding="utf-8") == LONG
    assert (folder / "original" / "table.csv").exists()
    assert read_own_table(
        Delivery("t", (folder / "original" / "table.csv").read_bytes()), read_mapping(LONG.encode(), "m")
    ).tables


def printed(cents: int, blank: str) -> str:
    """A number as a Russian office prints it: blanks between thousands, a decimal comma."""
    return f"{cents / 100:,.2f}".replace(",", blank).replace(".", ",")


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.integers(0, 10**12), min_size=1, max_size=12),
    st.sampled_from(["\u00a0", " ", ""]),
    st.sampled_from(["windows-1251", "utf-8-sig", "utf-16"]),
)
def test_every_number_comes_back_as_it_was_printed(cents: list[int], blank: str, encoding: str) -> None:
    rows = [f"Россия;{1900 + i};{printed(one, blank)}" for i, one in enumerate(cents)]
    content = "\n".join(["Страна;Год;Число", *rows]).encode(encoding)
    mapping = read_mapping(LONG.encode(), "m.toml")
    register_definitions(mapping.definitions)
    read = read_own_table(Delivery("t.csv", content), mapping)
    kept, refused = sift(read.tables["published_figures"], "made_up", decimal=read.numbers.decimal)
    assert refused.height == 0
    assert kept["value"].to_list() == [one / 100 for one in cents]
