"""Passports and cards: each person's documents in time, and the spelling that each of them fixes.

A document spells a name once; every scan of it reads the same letters. A careless office errs in several fields of one
document, so errors go together, as they do in life.
"""

from dataclasses import dataclass

import numpy as np

from guzar.collect.sources.made_up_country.alphabets import LANGUAGES, PRACTICES
from guzar.collect.sources.made_up_country.names import (
    Spellings,
    given_number,
    name_stock,
    patronymic_number,
    surname_number,
)
from guzar.collect.sources.made_up_country.people import (
    COUNTRIES,
    DAYS_OF_YEAR,
    HOME,
    NEVER,
    TYPES,
    People,
    Period,
)
from guzar.collect.sources.made_up_country.rates import Rates
from guzar.collect.sources.made_up_country.streams import Flags, Ints, Streams, pick, pick_by_row

KINDS = ("passport", "internal_passport", "id_card", "diplomatic", "crew", "travel_document")
IN_RUSSIAN = ("internal_passport", "id_card")  # no Latin letters on them
SLOTS = 5  # documents that follow each other: the first, two renewals, a new surname, a new citizenship
OFFICES = 3  # spell on their own: border (the document itself), permits, registrations


@dataclass
class Documents:
    """One place per document of the batch."""

    person: Ints
    issued: Ints  # day; long before the period for the first one
    country: Ints  # whose citizenship it shows
    kind: Ints
    number: Ints
    birth_day: Ints  # as the document says
    surname: Ints  # texts, as printed on the document
    given_name: Ints
    patronymic: Ints
    russian: tuple[Ints, Ints, Ints]  # surname, given name, patronymic as the permit office writes them
    coupon: tuple[Ints, Ints, Ints]  # and as the registration office does
    first_of: Ints  # first document of each person
    number_of: Ints  # how many follow each other
    second_of: Ints  # a second valid document of a person, or -1

    def valid_on(self, person: Ints, day: Ints) -> Ints:
        """The document that a person uses on a day: the latest that was issued."""
        place = self.first_of[person]
        last = place + self.number_of[person] - 1
        chosen = place.copy()
        for step in range(1, SLOTS):
            later = np.minimum(place + step, last)
            chosen = np.where((place + step <= last) & (self.issued[later] <= day), later, chosen)
        return np.asarray(chosen)


def make_documents(
    people: People, period: Period, first_number: int, spelt: Spellings, rates: Rates, streams: Streams
) -> Documents:
    """Every document of a batch, and how three offices spell its holder."""
    person, issued, is_second, first_of, number_of, second_of = _issue(people, period, rates, streams)
    country, kind = _countries_and_kinds(people, person, issued, is_second, rates, streams)
    is_new = issued >= people.renamed[person]
    careless = streams.happens("careless office", rates["documents"]["careless_share"], len(person))
    in_russian = np.isin(kind, [KINDS.index(k) for k in IN_RUSSIAN])
    names = NamesOf(people, person, is_new, spelt, rates)
    printed = names.spell(np.where(in_russian, 1, 0), careless, streams, "document")
    return Documents(
        person=person,
        issued=issued,
        country=country,
        kind=kind,
        number=_numbers(len(person), first_number, streams),
        birth_day=_birth_days(people.born[person], careless, rates, streams),
        surname=printed[0],
        given_name=printed[1],
        patronymic=printed[2],
        russian=names.spell(np.ones(len(person), dtype=np.int64), careless, streams, "permit office"),
        coupon=names.spell(np.ones(len(person), dtype=np.int64), careless, streams, "registration office"),
        first_of=first_of,
        number_of=number_of,
        second_of=second_of,
    )


def _issue(
    people: People, period: Period, rates: Rates, streams: Streams
) -> tuple[Ints, Ints, Flags, Ints, Ints, Ints]:
    """Days of issue, person by person; a second document stands last."""
    count = len(people)
    years = np.array([int(y) for y in rates["documents"]["valid_years"]])[
        streams.choose("validity", rates["documents"]["valid_years"], count)
    ]
    frequent = np.isin(people.kind, [TYPES.index("commuter"), TYPES.index("shuttle_trader")])
    years = np.where(frequent, rates["documents"]["frequent_traveller_years"], years)
    renewal = period.life_first + (streams.numbers("renewal", count) * years * DAYS_OF_YEAR).astype(np.int64)
    second = streams.happens("second document", rates["documents"]["second_document_share"], count)
    days = np.stack(
        [
            np.full(count, -NEVER),
            renewal,
            renewal + (years * DAYS_OF_YEAR).astype(np.int64),
            np.where(people.renamed < NEVER, people.renamed + 30, NEVER),
            people.naturalised,
        ],
        axis=1,
    )
    days = np.sort(np.where(days > period.life_last, NEVER, days), axis=1)
    number = (days < NEVER).sum(axis=1)
    all_days = np.concatenate([days, np.where(second, -NEVER, NEVER)[:, None]], axis=1)
    keep = all_days < NEVER
    per_person = keep.sum(axis=1)
    first_of = np.cumsum(per_person) - per_person
    person = np.repeat(np.arange(count), per_person)
    is_second = np.zeros(len(person), dtype=np.bool_)
    is_second[(first_of + number)[second]] = True
    return person, all_days[keep], is_second, first_of, number, np.where(second, first_of + number, -1)


def _countries_and_kinds(
    people: People, person: Ints, issued: Ints, is_second: Flags, rates: Rates, streams: Streams
) -> tuple[Ints, Ints]:
    """Citizenship shown and kind; a second document is of another state, or another kind of the same."""
    country = np.where(issued >= people.naturalised[person], HOME, people.country[person])
    other_state = is_second & streams.happens("second citizenship", 0.5, len(person))
    country = np.where(other_state, np.where(country == HOME, 4, HOME), country)
    weights = np.array([[rates["documents"]["kinds"][c].get(k, 0.0) for k in KINDS] for c in COUNTRIES])
    usual = pick_by_row(weights, country, streams.numbers("usual kind", len(people))[person])
    return country, np.where(is_second & ~other_state, np.where(usual == 0, 2, 0), usual)


def _numbers(count: int, first: int, streams: Streams) -> Ints:
    """Numbers that do not tell the order of persons, and of which no two are the same in any batch."""
    shuffled = streams.of("document numbers").permutation(count)
    return np.asarray((first + shuffled) * 7_368_787 % 99_999_989)


def _birth_days(born: Ints, careless: Flags, rates: Rates, streams: Streams) -> Ints:
    """Birth dates as printed: a few with day and month exchanged, on 1 January, or a year off."""
    table = rates["documents"]
    share = np.where(careless, table["birth_date_wrong_when_careless"], table["birth_date_wrong_otherwise"])
    wrong = np.flatnonzero(streams.numbers("birth date wrong", len(born)) < share)
    errors = table["birth_date_errors"]
    how = pick(
        np.array(list(errors.values()), dtype=np.float64), streams.numbers("birth date error", len(wrong))
    )
    printed = born.copy()
    printed[wrong] = [_misprint(int(born[i]), list(errors)[int(h)]) for i, h in zip(wrong, how, strict=True)]
    return printed


def _misprint(day: int, error: str) -> int:
    date = np.datetime64(day, "D").astype(object)
    if error == "day_and_month_exchanged" and date.day <= 12:
        date = date.replace(month=date.day, day=date.month)
    elif error == "first_of_january":
        date = date.replace(month=1, day=1)
    else:
        date = date.replace(year=date.year + (1 if date.day % 2 else -1), day=min(date.day, 28))
    return int(np.datetime64(date, "D").astype(int))


class NamesOf:
    """The names of the holders of documents, ready to be spelt."""

    def __init__(self, people: People, person: Ints, is_new: Flags, spelt: Spellings, rates: Rates) -> None:
        self.language, self.spelt, self.rates = people.language[person], spelt, rates["documents"]
        female = people.is_female[person].astype(np.int64)
        stem = np.where(is_new, people.new_stem[person], people.stem[person])
        ending = np.where(is_new, people.new_ending[person], people.ending[person])
        men = np.array([len(name_stock(language).given[0]) for language in LANGUAGES])[self.language]
        self.numbers = {
            "surname": surname_number(stem, ending, female),
            "given_name": given_number(people.given[person], female, men),
            "patronymic": patronymic_number(people.father[person], people.patronymic[person], female),
        }

    def national(self) -> tuple[Ints, Ints, Ints]:
        """Texts as one writes oneself, in national Cyrillic."""
        none = np.zeros(len(self.language), dtype=np.int64)
        found = [
            self.spelt.of("national", k, self.language, number, none, none)
            for k, number in self.numbers.items()
        ]
        return found[0], found[1], found[2]

    def spell(self, system: Ints, careless: Flags, streams: Streams, office: str) -> tuple[Ints, Ints, Ints]:
        """Texts of surname, given name and patronymic: one practice per document, slips per field."""
        usual = self.rates["usual_spelling_share"]
        weights = np.array([usual] + [(1 - usual) / (PRACTICES - 1)] * (PRACTICES - 1))
        practice = pick(weights, streams.numbers(f"practice of {office}", len(careless)))
        share = np.where(careless, self.rates["slip_when_careless"], self.rates["slip_otherwise"])
        found = []
        for kind, number in self.numbers.items():
            draw = streams.numbers(f"slip of {office} in {kind}", len(careless))
            slip = np.where(draw < share, 1 + (draw * 1e6).astype(np.int64) % 2, 0)
            latin = self.spelt.of("latin", kind, self.language, number, practice, slip)
            russian = self.spelt.of("russian", kind, self.language, number, practice, slip)
            found.append(np.where(system == 0, latin, russian))
        return found[0], found[1], found[2]
