"""The made-up country as a folder: `deliveries/` as agencies would send them, `truth/` apart.

People are made batch by batch; every random number has a named stream, so the same seed gives the same bytes.
"""

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa

from guzar.collect.sources.made_up_country.alphabets import LANGUAGES
from guzar.collect.sources.made_up_country.border_log import draw_outages, record_crossings
from guzar.collect.sources.made_up_country.coupon_file import as_russian_file, russian_mapping
from guzar.collect.sources.made_up_country.deliveries import Deliveries, Held
from guzar.collect.sources.made_up_country.documents import NamesOf, make_documents
from guzar.collect.sources.made_up_country.life_courses import DAY, Crossings, live
from guzar.collect.sources.made_up_country.names import Spellings, spellings
from guzar.collect.sources.made_up_country.papers import find_stays, issue_permits, register_stays
from guzar.collect.sources.made_up_country.people import (
    COUNTRIES,
    NEVER,
    TYPES,
    People,
    Period,
    make_people,
    period_of,
)
from guzar.collect.sources.made_up_country.rates import Rates
from guzar.collect.sources.made_up_country.register import keep_register
from guzar.collect.sources.made_up_country.streams import Flags, Ints, Streams
from guzar.collect.sources.made_up_country.survey import interview
from guzar.collect.sources.made_up_country.true_residence import BEGINNINGS, ENDS, Residence, find_residence
from guzar.collect.sources.made_up_country.waiting import CrossingStore, ParquetFiles, Truth
from guzar.errors import SettingsInvalid
from guzar.store import replace_folder, write_bytes, write_text

PEOPLE_AT_ONCE = 50_000
MARK = "made-up-country.json"
AGENCIES = {
    "crossings": "Border service of QMA (made up)",
    "permits": "Migration service of QMA (made up)",
    "registrations": "Registration office of QMA (made up)",
    "population_register": "Population register of QMA (made up)",
    "survey": "Statistical office of QMA (made up)",
}
KEPT_FOR_YEARS = 8
Step = Callable[[], None]


@dataclass
class Made:
    """What was made, for people and programs."""

    people: int = 0
    true_crossings: int = 0
    unrecorded_crossings: int = 0
    true_immigrations: int = 0
    true_emigrations: int = 0
    records: dict[str, int] = field(default_factory=dict)


def batches_of(people: int) -> int:
    """In how many batches so many people are made."""
    return -(-people // PEOPLE_AT_ONCE)


def make_country(
    people: int, first: date, last: date, seed: int, rates: Rates, out: Path, step: Step = lambda: None
) -> Made:
    """Make the country's deliveries and truth as the folder `out`, whole or not at all.

    `step` is called once per batch of people and once at the end. Raises SettingsInvalid for a period or a number of
    people that gives nothing to simulate.
    """
    _require_possible(people, first, last)
    made = Made(people=people)

    def fill(folder: Path) -> None:
        _Country(folder, period_of(first, last, rates), rates, seed, made).make(people, step)
        _write_receipts(folder / "deliveries" / "receipts", last)

    replace_folder(out, fill, mark=MARK)
    return made


def _require_possible(people: int, first: date, last: date) -> None:
    if people < 1 or last < first:
        raise SettingsInvalid(
            "There is nothing to simulate: {people} people from {first} to {last}.",
            expected="one person or more, and a last day that is not before the first",
            do="Correct --people, --from or --to.",
            people=people,
            first=first,
            last=last,
        )


class _Country:
    """One run: batches in, files out."""

    def __init__(self, folder: Path, period: Period, rates: Rates, seed: int, made: Made) -> None:
        self.folder, self.period, self.rates, self.seed, self.made = folder, period, rates, seed, made
        self.spelt = spellings()
        self.held = Held()
        self.store = CrossingStore(folder / "waiting")
        self.files = ParquetFiles()
        self.truth = Truth(folder / "truth", self.files)
        self.outages = draw_outages(period, rates, Streams(seed))
        (folder / "deliveries").mkdir()

    def make(self, people: int, step: Step) -> None:
        try:
            for batch in range(batches_of(people)):
                first_id = batch * PEOPLE_AT_ONCE
                self._batch(batch, first_id, min(PEOPLE_AT_ONCE, people - first_id))
                step()
            self.held.settle()
            self._deliver()
        finally:
            self.files.close()
        shutil.rmtree(self.folder / "waiting")
        step()

    def _batch(self, number: int, first_id: int, count: int) -> None:
        """One batch of lives, and what every office sees of them."""
        period, rates, streams = self.period, self.rates, Streams(self.seed, number + 1)
        people = make_people(first_id, count, period, rates, streams)
        life, crossings, refusals = live(people, period, rates, streams)
        residence = find_residence(people, life, crossings, period, rates)
        documents = make_documents(people, period, self.held.documents, self.spelt, rates, streams)
        before = self.held.add(people, documents)
        log, recorded = record_crossings(
            people, crossings, refusals, documents, self.outages, period, rates, streams
        )
        self.store.add(number, log, first_id, before)
        stays = find_stays(people, life, crossings, period)
        permits = issue_permits(people, stays, documents, period, rates, streams)
        coupons = register_stays(people, stays, documents, period, rates, streams)
        register = keep_register(people, residence, documents, period, rates, streams)
        answers = interview(people, life, crossings, period, rates, streams)
        for table, rows in (
            ("permits", permits),
            ("registrations", coupons),
            ("population_register", register),
        ):
            self.held.add_rows(table, rows, first_id, before)
        self.held.add_rows("survey", answers, first_id, before)
        self._tell_truth(people, residence, crossings, recorded)

    def _tell_truth(
        self, people: People, residence: Residence, crossings: Crossings, recorded: Flags
    ) -> None:
        self.truth.add("persons", _persons(people, self.spelt, self.period, self.rates))
        self.truth.add("residence", _residence(people, residence))
        self.truth.add("migrations", _migrations(people, residence))
        day = crossings.second // DAY
        within = (day >= self.period.first) & (day <= self.period.last)
        ports = [port["code"] for port in self.rates["ports"]]
        self.truth.add("crossings", _crossings(people, crossings.take(within), recorded[within], ports))
        self.made.true_crossings += int(within.sum())
        self.made.unrecorded_crossings += int((within & ~recorded).sum())
        self.made.true_immigrations += int(residence.is_arrival.sum())
        self.made.true_emigrations += int((~residence.is_arrival).sum())

    def _deliver(self) -> None:
        place = self.folder / "deliveries"
        office = Deliveries(place, self.held, self.spelt, self.rates["ports"], self.truth)
        count = self.made.records
        count["crossings"] = sum(rows for _, rows in office.write_crossings(self.store))
        for table in ("permits", "registrations", "population_register", "survey"):
            frame = getattr(office, table)()
            (place / table).mkdir()
            count[table] = frame.height
            if table == "registrations":
                write_bytes(place / table / "registrations.csv", as_russian_file(frame))
                write_text(place / table / "mapping.toml", russian_mapping())
            elif table == "population_register":
                frame.write_parquet(place / table / f"{table}.parquet")
            else:
                frame.write_csv(place / table / f"{table}.csv")


# The truth -----------------------------------------------------------------------------------------
def _persons(people: People, spelt: Spellings, period: Period, rates: Rates) -> dict[str, object]:
    died = people.died <= period.last
    naturalised = people.naturalised <= period.last
    renamed = people.renamed <= period.last
    everybody = np.arange(len(people))
    first_names = NamesOf(people, everybody, np.zeros(len(people), dtype=np.bool_), spelt, rates).national()
    surname, given_name, patronymic = (spelt.texts.take(pa.array(texts)) for texts in first_names)
    return {
        "true_person_id": pa.array(people.first_id + np.arange(len(people))),
        "household_id": pa.array(people.household),
        "traveller_type": _words(TYPES, people.kind),
        "sex": _words(("M", "F"), people.is_female.astype(np.int64)),
        "birth_date": _dates(people.born),
        "death_date": _dates(people.died, died),
        "birth_place": _words(COUNTRIES, people.birth_country),
        "citizenship": _words(COUNTRIES, people.country),
        "naturalised_on": _dates(people.naturalised, naturalised),
        "language": _words(LANGUAGES, people.language),
        "surname": surname,
        "given_name": given_name,
        "patronymic": patronymic,
        "renamed_on": _dates(people.renamed, renamed),
    }


def _residence(people: People, residence: Residence) -> dict[str, object]:
    return {
        "true_person_id": pa.array(people.first_id + residence.person),
        "resident_from": _dates(residence.begin),
        "resident_to": _dates(residence.end, residence.end < NEVER),
        "began_by": _words(BEGINNINGS, residence.began_by),
        "ended_by": _words(ENDS, residence.ended_by),
    }


def _migrations(people: People, residence: Residence) -> dict[str, object]:
    return {
        "true_person_id": pa.array(people.first_id + residence.migrant),
        "migration_date": _dates(residence.migrated),
        "direction": _words(("out", "in"), residence.is_arrival.astype(np.int64)),
    }


def _crossings(people: People, crossings: Crossings, recorded: Flags, ports: list[str]) -> dict[str, object]:
    return {
        "true_person_id": pa.array(people.first_id + crossings.person),
        "crossing_date": pa.array(crossings.second.astype("datetime64[s]").astype("datetime64[us]")),
        "direction": _words(("exit", "entry"), crossings.is_entry.astype(np.int64)),
        "port": _words(tuple(ports), crossings.port),
        "is_recorded": pa.array(recorded),
    }


def _words(words: tuple[str, ...], numbers: Ints) -> pa.Array:
    return pa.array(words).take(pa.array(numbers))


def _dates(days: Ints, known: Flags | None = None) -> pa.Array:
    safe = days if known is None else np.where(known, days, 0)
    return pa.array(safe.astype("datetime64[D]"), mask=None if known is None else ~known)


def _write_receipts(folder: Path, last: date) -> None:
    """The five lines that `guzar collect` asks of every holder of records about persons."""
    folder.mkdir()
    until = date(last.year + KEPT_FOR_YEARS, 12, 31)
    for table, holder in AGENCIES.items():
        write_text(
            folder / f"{table}.toml",
            f'holder = "{holder}"\n'
            'legal_basis = "Statistics Act of QMA, section 7 (made up)"\n'
            'purpose = "statistics"\n'
            f"retention_until = {until.isoformat()}\n",
        )
