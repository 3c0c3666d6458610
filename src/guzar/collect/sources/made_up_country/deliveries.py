"""Deliveries as agencies would send them, and the truth apart: arrays of a batch become files, in bounded memory.

Crossings wait on disk, by year, until all batches are made; then each year is put in the order of time and written.
A record's number says nothing about its person: records are numbered in the order in which the office made them.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from guzar.collect.sources.made_up_country import documents as docs
from guzar.collect.sources.made_up_country.border_log import PURPOSES, WHAT
from guzar.collect.sources.made_up_country.names import Spellings
from guzar.collect.sources.made_up_country.papers import EVENTS, PERMITS
from guzar.collect.sources.made_up_country.people import COUNTRIES, NEVER, People
from guzar.collect.sources.made_up_country.streams import Flags, Ints
from guzar.collect.sources.made_up_country.waiting import CrossingStore, Truth

ROWS_AT_ONCE = 500_000
SEXES = ("M", "F")


@dataclass
class Held:
    """What all files need of persons and documents, batch after batch."""

    person: dict[str, list[Ints]] = field(default_factory=dict)
    document: dict[str, list[Ints]] = field(default_factory=dict)
    documents: int = 0
    rows: dict[str, dict[str, list[Any]]] = field(default_factory=dict)

    def add(self, people: People, documents: docs.Documents) -> int:
        """Keep a batch; returns the number of documents held before it."""
        before = self.documents
        _append(
            self.person,
            {"is_female": people.is_female, "birth_country": people.birth_country, "country": people.country},
        )
        names = {
            f"{office}_{n}": getattr(documents, office)[n]
            for office in ("russian", "coupon")
            for n in range(3)
        }
        kept = ("country", "kind", "number", "birth_day", "surname", "given_name", "patronymic")
        _append(self.document, names | {name: getattr(documents, name) for name in kept})
        self.documents += len(documents.person)
        return before

    def add_rows(self, table: str, rows: Any, first_person: int, first_document: int) -> None:
        """Keep rows of an office, with the persons' and documents' places in the whole country."""
        columns = {name: getattr(rows, name) for name in rows.__dataclass_fields__}
        columns["person"] = columns["person"] + first_person
        if "document" in columns:
            columns["document"] = columns["document"] + first_document
        _append(self.rows.setdefault(table, {}), columns)

    def settle(self) -> None:
        """Put the batches together, once all are there."""
        for table in (self.person, self.document, *self.rows.values()):
            for name, parts in table.items():
                table[name] = [np.concatenate(parts)]


def _append(table: dict[str, list[Any]], columns: Mapping[str, Any]) -> None:
    for name, values in columns.items():
        small = values.astype(np.int32) if values.dtype == np.int64 else values
        table.setdefault(name, []).append(small)


class Deliveries:
    """Writes what each office delivers, and whose record each is."""

    def __init__(self, folder: Path, held: Held, spelt: Spellings, ports: list[Any], truth: Truth) -> None:
        self.folder, self.truth, self.ports = folder, truth, ports
        self.person = {name: parts[0] for name, parts in held.person.items()}
        self.document = {name: parts[0] for name, parts in held.document.items()}
        self.rows = {table: {name: parts[0] for name, parts in r.items()} for table, r in held.rows.items()}
        self.texts, self.capitals = spelt.texts, pc.utf8_upper(spelt.texts)
        self.numbers = _document_numbers(self.document["country"], self.document["number"])

    # Crossings
    def write_crossings(self, store: CrossingStore) -> Iterator[tuple[int, int]]:
        """One file per year, in the order of time; yields the year and its crossings."""
        place = self.folder / "crossings"
        place.mkdir()
        for year in store.years():
            rows = store.of_year(year)
            for begin in range(0, len(rows), ROWS_AT_ONCE):
                some = rows[begin : begin + ROWS_AT_ONCE]
                table = self._crossings(some, f"B{year}-", begin)
                self.truth.files.write(place / f"crossings-{year}.parquet", table)
                self._tell_whose("crossings", table["record_id"], some["person"], _labels(WHAT, some["what"]))
            yield year, len(rows)

    def _crossings(self, rows: Any, prefix: str, begin: int) -> pa.Table:
        names = ("surname", "given_name", "patronymic")
        person = self._who(prefix, begin, rows["person"], rows["document"], names, self.capitals)
        return pa.table(
            person
            | {
                "document_type": _labels(docs.KINDS, self.document["kind"][rows["document"]]),
                "crossing_date": pa.array(rows["second"].astype("datetime64[s]").astype("datetime64[us]")),
                "direction": _labels(("exit", "entry"), rows["is_entry"].astype(np.int8)),
                "port": _labels(tuple(port["code"] for port in self.ports), rows["port"]),
                "mode": _labels(tuple(port["mode"] for port in self.ports), rows["port"]),
                "purpose": _labels(PURPOSES, rows["purpose"]),
                "permitted_until": _days(rows["permitted"], rows["permitted"] >= 0),
            }
        )

    # Other offices
    def permits(self) -> pl.DataFrame:
        """Permits, in the order of their first day."""
        rows = self._in_order("permits", "valid_from")
        return self._table(
            "permits",
            rows,
            "P",
            {
                "permit_type": _labels(PERMITS, rows["kind"]),
                "issued_on": _days(rows["issued"], rows["issued"] > -NEVER),
                "valid_from": _days(rows["valid_from"]),
                "valid_to": _days(rows["valid_to"]),
                "cancelled_on": _days(rows["cancelled"], rows["cancelled"] > -NEVER),
            },
            "russian",
        )

    def registrations(self) -> pl.DataFrame:
        """Coupons, in the order of their days."""
        rows = self._in_order("registrations", "day")
        return self._table(
            "registrations",
            rows,
            "R",
            {
                "registration_event": _labels(EVENTS, rows["event"]),
                "registration_type": _labels(("stay", "residence"), rows["at_residence"].astype(np.int8)),
                "event_date": _days(rows["day"]),
                "valid_to": _days(rows["valid_to"], rows["valid_to"] > -NEVER),
                "region": _regions(rows["region"]),
                "previous_residence": _labels(COUNTRIES, rows["previous"]),
            },
            "coupon",
        )

    def population_register(self) -> pl.DataFrame:
        """The register, in the order in which periods began."""
        rows = self._in_order("population_register", "resident_from")
        number = pa.array((rows["person"].astype(np.int64) + 1) * 7_368_787 % 99_999_999_977)
        return self._table(
            "population_register",
            rows,
            "N",
            {
                "personal_number": _padded(number, 12),
                "region": _regions(rows["region"]),
                "resident_from": _days(rows["resident_from"]),
                "resident_to": _days(rows["resident_to"], rows["resident_to"] < NEVER),
                "died_on": _days(rows["died"], rows["died"] < NEVER),
            },
            "russian",
        )

    def survey(self) -> pl.DataFrame:
        """Answers, in the order of interviews and households; no names."""
        rows = self._in_order("survey", "day")
        person = rows["person"]
        record_id = _record_ids("S", 0, len(person))
        self._tell_whose(
            "survey", record_id, person, _labels(("answer",), np.zeros(len(person), dtype=np.int8))
        )
        columns = {
            "record_id": record_id,
            "household_id": _joined(
                "H", _padded(pa.array(rows["household"].astype(np.int64) * 7_368_787 % 999_999_937), 9)
            ),
            "survey_weight": pa.array(rows["weight"]),
            "stratum": _joined("T", _padded(pa.array(rows["stratum"]), 2)),
            "cluster": _joined("C", _padded(pa.array(rows["cluster"]), 9)),
            "interview_date": _days(rows["day"]),
            "sex": _labels(SEXES, self.person["is_female"][person].astype(np.int8)),
            "age": pa.array(rows["age"].astype(np.int32)),
            "citizenship": _labels(COUNTRIES, self.person["country"][person]),
            "birth_place": _labels(COUNTRIES, self.person["birth_country"][person]),
            "is_absent": pa.array(rows["is_absent"]),
            "months_absent": _numbers(rows["months"]),
            "absent_in": _labels(COUNTRIES, rows["country"]),
        }
        return _as_polars(pa.table(columns))

    def _table(
        self, table: str, rows: Mapping[str, Any], prefix: str, columns: Mapping[str, Any], office: str
    ) -> pl.DataFrame:
        names = tuple(f"{office}_{n}" for n in range(3))
        who = self._who(prefix, 0, rows["person"], rows["document"], names, self.texts)
        self._tell_whose(
            table,
            who["record_id"],
            rows["person"],
            _labels(("record",), np.zeros(len(rows["person"]), dtype=np.int8)),
        )
        return _as_polars(pa.table(who | dict(columns)))

    def _who(
        self, prefix: str, begin: int, person: Ints, document: Ints, names: tuple[str, ...], texts: pa.Array
    ) -> dict[str, Any]:
        held = self.document
        spelt = {
            c: _empty_as_null(texts.take(pa.array(held[n][document])))
            for c, n in zip(_NAMES, names, strict=True)
        }
        return {
            "record_id": _record_ids(prefix, begin, len(person)),
            **spelt,
            "sex": _labels(SEXES, self.person["is_female"][person].astype(np.int8)),
            "birth_date": _days(held["birth_day"][document]),
            "birth_place": _labels(COUNTRIES, self.person["birth_country"][person]),
            "citizenship": _labels(COUNTRIES, held["country"][document]),
            "document_number": self.numbers.take(pa.array(document)),
        }

    def _in_order(self, table: str, by: str) -> dict[str, Any]:
        rows = self.rows[table]
        order = np.argsort(rows[by], kind="stable")
        return {name: values[order] for name, values in rows.items()}

    def _tell_whose(self, table: str, record_id: Any, person: Ints, what: Any) -> None:
        size = len(person)
        self.truth.add(
            "records",
            {
                "table": pa.array([table]).take(pa.array(np.zeros(size, dtype=np.int32))),
                "record_id": record_id,
                "true_person_id": pa.array(person.astype(np.int64)),
                "what": what,
            },
        )


_NAMES = ("surname", "given_name", "patronymic")


# Arrays to columns ---------------------------------------------------------------------------------
def _labels(words: tuple[str, ...], numbers: Any) -> Any:
    """Numbers as words; a negative number is a missing one."""
    index = pa.array(numbers.astype(np.int32), mask=numbers < 0)
    return pa.array(words).take(index)


def _days(days: Any, known: Flags | None = None) -> Any:
    safe = days if known is None else np.where(known, days, 0)
    return pa.array(safe.astype("datetime64[D]"), mask=None if known is None else ~known)


def _numbers(values: Any) -> Any:
    return pa.array(values.astype(np.int32), mask=values < 0)


def _padded(numbers: Any, width: int) -> Any:
    return pc.utf8_lpad(numbers.cast(pa.string()), width, "0")


def _joined(prefix: str, texts: Any) -> Any:
    return pc.binary_join_element_wise(pa.scalar(prefix), texts, "")


def _record_ids(prefix: str, begin: int, count: int) -> Any:
    return _joined(prefix, _padded(pa.array(np.arange(begin + 1, begin + count + 1)), 9))


def _regions(numbers: Any) -> Any:
    return _joined("R", _padded(pa.array(numbers), 2))


def _document_numbers(country: Ints, number: Ints) -> Any:
    letters = _labels(tuple(code[-1] for code in COUNTRIES), country)
    return pc.binary_join_element_wise(letters, _padded(pa.array(number), 8), "")


def _empty_as_null(texts: Any) -> Any:
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _as_polars(table: pa.Table) -> pl.DataFrame:
    frame = pl.from_arrow(table)
    assert isinstance(frame, pl.DataFrame)
    return frame
