"""Pseudonyms: what is dropped, what is kept, and what nobody can work out without the key."""

from datetime import date, datetime

import dataframely as dy
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from guzar.define.columns import DECLARED, Secrecy
from guzar.define.tables.records import (
    CrossingRecords,
    PermitRecords,
    PopulationRegisterRecords,
    RegistrationRecords,
    SurveyAnswers,
)
from guzar.errors import TableInvalid
from guzar.process.document_numbers import normalise_documents
from guzar.process.misplaced_identity import find_misplaced
from guzar.process.pseudonymise import (
    PSEUDONYMOUS,
    mark_contents,
    number_records,
    require_pseudonymous,
    split_identity,
)
from guzar.store.keyring import PurposeKey

KEY = PurposeKey("k1", "pseudonym", "border_service", b"1" * 32)
OTHER = PurposeKey("k2", "pseudonym", "border_service", b"2" * 32)
ANYTHING = {
    "sex": "F",
    "birth_date": date(1931, 2, 3),
    "citizenship": "QMB",
    "birth_place": "QMB",
    "birth_year": 1931,
    "crossing_date": datetime(2024, 3, 1, 14, 30),
    "direction": "entry",
    "port": "P1",
    "mode": "road",
    "document_type": "passport",
    "purpose": "work",
    "permit_type": "work",
    "registration_event": "arrival",
    "registration_type": "stay",
    "previous_residence": "QMB",
    "is_absent": False,
    "age": 40,
    "absent_in": None,
}


def _value(name: str, column: dy.Column, row: int) -> object:
    if name in ANYTHING:
        return ANYTHING[name]
    if column.dtype == pl.Date:
        return date(2024, 1, 1)
    return f"{name}-{row:05}" if column.dtype == pl.String else 3


def _rows(table: type[dy.Schema], rows: int = 5, **changed: object) -> pl.DataFrame:
    """Made-up rows of a table of deliveries."""
    content = {
        name: [changed.get(name, _value(name, column, row)) for row in range(rows)]
        for name, column in table.columns().items()
    }
    return table.validate(pl.DataFrame(content, schema=table.create_empty().schema))


def _crossings(numbers: list[str | None], citizenship: list[str | None] | None = None) -> pl.DataFrame:
    frame = _rows(CrossingRecords, len(numbers))
    codes = citizenship or ["QMB"] * len(numbers)
    return frame.with_columns(
        document_number=pl.Series(numbers, dtype=pl.String), citizenship=pl.Series(codes, dtype=pl.String)
    )


def _tokens(frame: pl.DataFrame, key: PurposeKey = KEY) -> list[str | None]:
    """Tokens in the order of the delivery, told apart by the surname that each row has alone."""
    kept, identity = split_identity(frame, key)
    named = kept.join(identity.select("record_id", "surname"), on="record_id", validate="1:1")
    return frame.select("surname").join(named, on="surname", maintain_order="left")["person_token"].to_list()


@pytest.mark.parametrize("table", list(PSEUDONYMOUS), ids=lambda table: table.__name__)
def test_no_column_that_names_a_person_is_left(table: type[dy.Schema]) -> None:
    """Of every table of deliveries: the result is the table declared for it, with no direct identifier in it."""
    kept, identity = split_identity(_rows(table), KEY)
    PSEUDONYMOUS[table].validate(kept.select(PSEUDONYMOUS[table].column_names()))
    assert set(kept.columns) == set(PSEUDONYMOUS[table].column_names())
    direct = [n for n in table.columns() if DECLARED[n]().metadata["secrecy"] == Secrecy.DIRECT]  # type: ignore[index]
    assert not set(direct) & set(kept.columns)
    assert set(direct) <= set(identity.columns)
    assert identity.height == (kept.height if direct else 0)


def test_every_table_of_deliveries_has_a_pseudonymous_one() -> None:
    """A new table of records cannot be forgotten: what holds a direct identifier must be on the left side."""
    from guzar.define.tables import records

    tables = [t for t in vars(records).values() if isinstance(t, type) and issubclass(t, dy.Schema)]
    tables = [t for t in tables if t is not dy.Schema and not t.__name__.startswith("_")]
    named = [t for t in tables if any(_is_direct(name) for name in t.columns())]
    assert {CrossingRecords, PermitRecords, RegistrationRecords, PopulationRegisterRecords} == set(named)
    assert set(named) <= set(PSEUDONYMOUS)
    assert not [t for t in PSEUDONYMOUS.values() if any(_is_direct(name) for name in t.columns())]


def _is_direct(name: str) -> bool:
    return bool(DECLARED[name]().metadata["secrecy"] == Secrecy.DIRECT)  # type: ignore[index]


def test_both_sides_meet_by_the_new_number() -> None:
    """Every row is on both sides once, under a number that the delivery never held."""
    frame = _rows(CrossingRecords, 200)
    kept, identity = split_identity(frame, KEY)
    assert kept["record_id"].n_unique() == 200
    assert kept["record_id"].to_list() == identity["record_id"].to_list()
    assert not set(kept["record_id"]) & set(frame["record_id"])
    assert sorted(identity["surname"]) == sorted(frame["surname"])


def test_the_new_number_and_the_place_tell_nothing() -> None:
    """Neither follows the order of the delivery; another key gives another order, the same key the same one."""
    frame = _rows(CrossingRecords, 500)
    _, first = split_identity(frame, KEY)
    _, other = split_identity(frame, OTHER)
    assert first["surname"].to_list() != frame["surname"].to_list()
    assert first["surname"].to_list() != other["surname"].to_list()
    assert first.equals(split_identity(frame, KEY)[1])
    placed = first.with_row_index("new").join(frame.with_row_index("old"), on="surname")
    assert abs(placed.select(pl.corr("new", "old")).item()) < 0.2


def test_a_record_is_known_again_by_its_number_and_changed_by_its_content() -> None:
    """The agency's number gives the same new one in every delivery of one kind; another key or series another one."""
    frame = _rows(CrossingRecords, 50)
    changed = frame.with_columns(
        port=pl.when(pl.col("surname") == "surname-00007").then(pl.lit("P2")).otherwise("port")
    )
    assert number_records(frame, KEY).equals(number_records(changed, KEY))
    assert set(split_identity(frame, KEY)[0]["record_id"]) == set(number_records(frame, KEY))
    same = mark_contents(frame, KEY) == mark_contents(changed, KEY)
    assert same.to_list() == [row != 7 for row in range(50)]
    others = [number_records(frame, OTHER), number_records(frame, KEY, "2025")]
    others.append(number_records(_rows(PermitRecords, 50).with_columns(frame["record_id"]), KEY))
    assert all(set(other).isdisjoint(number_records(frame, KEY)) for other in others)
    assert set(mark_contents(frame, OTHER)).isdisjoint(mark_contents(frame, KEY))


@pytest.mark.parametrize(
    "port",
    [
        "Rahmonova Gulnora",
        "RAHMONOVA",
        "рахмонова",
        "GulnoraRahmonova",
        "post 3 (rahmonova)",
        "A 7777777",
        "№ a7777777.",
        "7777777",
        "31.01.1990",
        "31/1/1990",
        "b. 1990-01-31",
        "31011990",
        "31.01.90",
    ],
)
def test_what_names_a_person_is_found_however_it_is_written(port: str) -> None:
    """In capitals, in Latin letters, with blanks, with more around it: of its own row, and of that row alone."""
    frame = _rows(CrossingRecords, 3, birth_date=date(1990, 1, 31)).with_columns(
        surname=pl.Series(["Rahmonova", "Toraev", None]),
        given_name=pl.Series(["Gulnora", "Al", None]),
        document_number=pl.Series(["A7777777", "B1", None]),
        port=pl.Series([port, "P1", "Nizhny Pyanj 12"]),
    )
    assert find_misplaced(frame)["port"].to_list() == [True, False, False]


@pytest.mark.parametrize(
    ("people", "crossings", "found"), [(1, 1, [0]), (2, 2, [0, 2]), (2, 3, []), (0, 1, [])]
)
def test_names_of_others_are_found_where_no_port_is_called_so(
    people: int, crossings: int, found: list[int]
) -> None:
    """Row 1 has the name of the persons of the last rows as its port; one that more cross at than are called so is a port."""
    rows = 8
    surnames = [f"Surname{chr(97 + row)}" for row in range(rows - people)] + ["Сейитбеков"] * people
    ports = ["Torugart"] * rows
    for row in range(crossings):
        ports[2 * row] = "Seyitbekov"
    misplaced = find_misplaced(pl.DataFrame({"surname": surnames, "port": ports}))
    told = misplaced.get("port", pl.Series([False] * rows))
    assert told.arg_true().to_list() == found


def test_a_port_whose_number_a_clerk_took_for_a_document_stays_a_port() -> None:
    """Most often met as a port: it is one. The row that shows its own entry as a document is found all the same."""
    frame = _rows(CrossingRecords, 9, port="10401001")
    document = pl.when(pl.int_range(pl.len()) == 4).then(pl.lit("10401001")).otherwise("document_number")
    found = find_misplaced(frame.with_columns(document.alias("document_number")))
    assert found["port"].to_list() == [row == 4 for row in range(9)]


def test_one_document_is_one_token_whatever_way_it_is_typed() -> None:
    """Blanks, dashes, capitals, full-width digits and Cyrillic look-alikes do not make another person."""
    written = ["AA1234567", "аа 1234567", "AА-1234567", "ＡＡ１２３４５６７", " aa.123.45 67"]
    assert len(set(_tokens(_crossings([*written])))) == 1
    assert len(set(_tokens(_crossings(["AA1234567", "AA1234568", "AB1234567"])))) == 3


def test_a_number_of_two_countries_is_two_documents() -> None:
    """And a number without a country, or no number at all, is no document."""
    numbers = ["A1", "A1", "A1", None, "-", "нет", "0000", ""]
    codes = ["QMB", "QMC", None, "QMB", "QMB", "QMB", "QMB", "QMB"]
    tokens = _tokens(_crossings([*numbers], [*codes]))
    assert tokens[0] != tokens[1]
    assert None not in tokens[:2]
    assert tokens[2:] == [None] * 6


def test_a_token_hangs_on_the_key() -> None:
    """Another key or holder gives other tokens, in many rows as in few; none is a plain hash of the document."""
    few = _tokens(_crossings(["A1", "A2", "A3"]))
    many = _tokens(_crossings(["A1", "A2", "A3"] + ["A1"] * 30))
    assert many[:3] == few
    assert many[3:] == few[:1] * 30
    assert not set(few) & set(_tokens(_crossings(["A1", "A2", "A3"]), OTHER))


@given(st.text(max_size=20))
def test_normalising_twice_changes_nothing(text: str) -> None:
    """The form that is hashed is its own form, and holds letters and digits alone."""
    once = pl.select(normalise_documents(pl.lit(text, dtype=pl.String))).item()
    if once is not None:
        assert pl.select(normalise_documents(pl.lit(once))).item() == once
        assert once.isalnum() or any(ord(sign) > 127 for sign in once)


def test_a_place_of_birth_is_a_country_or_nothing() -> None:
    """A village of forty people names a person; the linking zone keeps it for comparison."""
    kept, identity = split_identity(_rows(CrossingRecords, 2, birth_place="Vvorkhan-kishlak"), KEY)
    assert kept["birth_place"].null_count() == 2
    assert set(identity["birth_place"]) == {"Vvorkhan-kishlak"}
    assert set(split_identity(_rows(CrossingRecords, 2), KEY)[0]["birth_place"]) == {"QMB"}


def test_a_date_of_birth_becomes_a_year() -> None:
    """And stays missing where it is."""
    frame = _rows(CrossingRecords, 2).with_columns(birth_date=pl.Series([date(1931, 12, 31), None]))
    kept, _ = split_identity(frame, KEY)
    assert sorted(kept["birth_year"].to_list(), key=str) == [1931, None]
    assert kept.schema["birth_year"] == pl.Int32


def test_residence_from_birth_does_not_show_the_date() -> None:
    """The last day of the year of birth stands there, or the day of leaving in that year; other days stay."""
    born = date(1990, 5, 17)
    frame = _rows(PopulationRegisterRecords, 3, birth_date=born, died_on=None).with_columns(
        resident_from=pl.Series([born, born, date(2001, 2, 3)]),
        resident_to=pl.Series([None, date(1990, 8, 9), None], dtype=pl.Date),
    )
    kept, _ = split_identity(frame, KEY)
    assert set(kept["resident_from"]) == {date(1990, 12, 31), date(1990, 8, 9), date(2001, 2, 3)}


def test_a_column_that_nobody_declared_is_refused() -> None:
    """A column «Notes» may hold anything; neither its name nor its content is quoted."""
    with pytest.raises(TableInvalid) as refused:
        split_identity(_rows(CrossingRecords).with_columns(vvorkhan=pl.lit("Ззорхан")), KEY)
    assert "vvorkhan" not in refused.value.message()


@pytest.mark.parametrize("moved", ["document_number", "surname", "patronymic"])
def test_a_document_or_name_in_another_column_is_refused(moved: str) -> None:
    """A mapping that puts them into the column of ports does not pass the door; whose rows they are can be asked."""
    frame = _rows(CrossingRecords)
    frame = frame.with_columns(
        port=pl.when(pl.col("surname") == "surname-00003").then(pl.col(moved)).otherwise("port")
    )
    with pytest.raises(TableInvalid, match="port") as refused:
        split_identity(frame, KEY)
    assert f"{moved}-00003" not in refused.value.message()
    misplaced = find_misplaced(frame)
    assert list(misplaced) == ["port"]
    assert frame.filter(misplaced["port"])["surname"].to_list() == ["surname-00003"]


def test_a_careless_document_does_not_make_every_port_a_document() -> None:
    """Somebody typed the number of the port, or three letters, as a document: the ports stay ports."""
    frame = _rows(CrossingRecords).with_columns(document_number=pl.col("port"))
    assert find_misplaced(frame) == {}
    assert split_identity(frame, KEY)[0].height == frame.height


def test_a_table_with_names_is_not_pseudonymous() -> None:
    """The check that every later step can ask for."""
    kept, identity = split_identity(_rows(PermitRecords), KEY)
    require_pseudonymous(kept)
    with pytest.raises(TableInvalid, match="surname"):
        require_pseudonymous(identity)


def test_an_empty_delivery_has_two_empty_sides() -> None:
    """No row, no number, no failure."""
    kept, identity = split_identity(_rows(CrossingRecords, 0), KEY)
    assert (kept.height, identity.height) == (0, 0)
    assert set(kept.columns) == set(PSEUDONYMOUS[CrossingRecords].column_names())
    assert split_identity(_rows(SurveyAnswers), KEY)[1].height == 0
