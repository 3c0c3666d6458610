"""Who lives: households, citizenship, language, sex, birth, death, names. One batch of people at a time."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from guzar.collect.sources.made_up_country.alphabets import LANGUAGES
from guzar.collect.sources.made_up_country.names import ENDINGS, PATRONYMICS, name_stock
from guzar.collect.sources.made_up_country.rates import Rates
from guzar.collect.sources.made_up_country.streams import Flags, Floats, Ints, Streams, pick_by_row

COUNTRIES = ("QMA", "QMB", "QMC", "QMD", "QME", "QMF", "QMG")
HOME = 0  # the place of QMA among them
TYPES = (
    "stays", "resident", "emigrant", "returnee", "commuter", "shuttle_trader", "seasonal_worker", "settled_migrant",
    "student", "transit", "visitor",
)  # fmt: skip
NEVER = 10**6  # a day that does not come
DAYS_OF_YEAR = 365.25
ADULT = 18


@dataclass(frozen=True)
class Period:
    """Days since 1970-01-01: first and last day of the deliveries, and of the lives behind them."""

    first: int
    last: int
    life_first: int
    life_last: int

    @property
    def middle(self) -> int:
        """The day in the middle of the deliveries."""
        return (self.first + self.last) // 2


@dataclass
class People:
    """A batch of people, one place in every array each; days count from 1970-01-01."""

    first_id: int
    household: Ints
    leader: Ints  # place of the person whose moves one follows; one's own place for most
    country: Ints
    language: Ints
    is_female: Flags
    born: Ints
    died: Ints
    birth_country: Ints
    region: Ints
    kind: Ints  # of TYPES
    stem: Ints
    ending: Ints
    given: Ints
    father: Ints
    patronymic: Ints
    new_stem: Ints  # after marriage or decree
    new_ending: Ints
    renamed: Ints
    naturalised: Ints  # filled when it is known who settles

    def __len__(self) -> int:
        return len(self.household)


def days_since_1970(day: date) -> int:
    """A date as days since 1970-01-01."""
    return day.toordinal() - date(1970, 1, 1).toordinal()


def period_of(first: date, last: date, rates: Rates) -> Period:
    """The period of the deliveries and of the lives around it."""
    a, b = days_since_1970(first), days_since_1970(last)
    return Period(a, b, a - int(rates["time"]["history_days"]), b + int(rates["time"]["hindsight_days"]))


def make_people(first_id: int, count: int, period: Period, rates: Rates, streams: Streams) -> People:
    """`count` people in whole households (the last one may be cut)."""
    household, place = _households(count, rates, streams)
    head = np.arange(count) - place
    country = streams.choose("country", _shares(rates, "countries"), count)[head]
    language = _languages(country, rates, streams)[head]
    is_female = _sexes(place, rates, streams)
    born = _births(place, head, period, rates, streams)
    kind, leader = _kinds(country, born, is_female, place, head, period, rates, streams)
    stem, ending = _surnames(language, head, rates, streams)
    given, father = _given_names(language, is_female, place, head, rates, streams)
    people = People(
        first_id=first_id,
        household=first_id + household,
        leader=leader,
        country=country,
        language=language,
        is_female=is_female,
        born=born,
        died=_deaths(born, period, rates, streams),
        birth_country=_birth_countries(country, streams),
        region=np.asarray(1 + streams.of("region").integers(0, rates["households"]["regions"], count))[head],
        kind=kind,
        stem=stem,
        ending=ending,
        given=given,
        father=father,
        patronymic=_by_language(
            rates["names"]["patronymics"], PATRONYMICS, language, streams.numbers("patronymic", count)
        ),
        new_stem=stem,
        new_ending=ending,
        renamed=np.full(count, NEVER),
        naturalised=np.full(count, NEVER),
    )
    _rename(people, period, rates, streams)
    return people


def _shares(rates: Rates, table: str) -> dict[str, float]:
    return {name: rates[table][name]["share"] for name in COUNTRIES}


def _households(count: int, rates: Rates, streams: Streams) -> tuple[Ints, Ints]:
    """The household of each person (the place of its head) and the place within it."""
    sizes = 1 + streams.choose("household size", rates["households"]["sizes"], count)
    starts = np.cumsum(sizes) - sizes
    starts = starts[starts < count]
    household = np.zeros(count, dtype=np.int64)
    household[starts] = starts
    household = np.maximum.accumulate(household)
    return household, np.arange(count) - household


def _languages(country: Ints, rates: Rates, streams: Streams) -> Ints:
    weights = np.array(
        [[rates["countries"][c]["languages"].get(name, 0.0) for name in LANGUAGES] for c in COUNTRIES]
    )
    return pick_by_row(weights, country, streams.numbers("language", len(country)))


def _sexes(place: Ints, rates: Rates, streams: Streams) -> Flags:
    """The head is a woman by the share of the rates; the second person is of the other sex; children by chance."""
    female = streams.happens("sex", rates["households"]["female_adult_share"], len(place))
    return np.asarray(np.where(place == 1, ~np.roll(female, 1), female))


def _births(place: Ints, head: Ints, period: Period, rates: Rates, streams: Streams) -> Ints:
    oldest = rates["households"]["oldest_age"]
    uniform = streams.numbers("age", len(place))
    years = ADULT + 2 + (oldest - ADULT - 2) * uniform**1.7  # on the last day; heads and those who live alone
    partner = years[head] + np.where(place == 1, 8 * uniform - 5, 0)
    child = np.maximum(years[head] - 20 - 14 * uniform, 0.2)
    age = np.where(place == 0, years, np.where(place == 1, np.maximum(partner, ADULT), child))
    return np.asarray(period.last - (age * DAYS_OF_YEAR).astype(np.int64))


def _kinds(
    country: Ints,
    born: Ints,
    is_female: Flags,
    place: Ints,
    head: Ints,
    period: Period,
    rates: Rates,
    streams: Streams,
) -> tuple[Ints, Ints]:
    """What each person does, and whom a family follows."""
    weights = np.array([[rates["types"]["shares"][c].get(name, 0.0) for name in TYPES] for c in COUNTRIES])
    kind = pick_by_row(weights, country, streams.numbers("kind", len(country)))
    heads = _instead(kind, country, born, is_female, period, rates, streams)
    moves = np.isin(heads[head], [TYPES.index(name) for name in ("settled_migrant", "returnee", "emigrant")])
    together = streams.happens("moves together", rates["households"]["moves_together_share"], len(country))[
        head
    ]
    follows = (place > 0) & moves & together
    is_child = (period.middle - born) < ADULT * DAYS_OF_YEAR
    kind = np.where(
        is_child & ~follows, np.where(country == HOME, _number("resident"), _number("stays")), kind
    )
    kind = np.where(follows, heads[head], np.where(is_child, kind, heads))
    return kind, np.where(follows, head, np.arange(len(country)))


def _instead(
    kind: Ints, country: Ints, born: Ints, is_female: Flags, period: Period, rates: Rates, streams: Streams
) -> Ints:
    """Work and study have their ages, and fewer women do some of the work: the others stay at home."""
    told = rates["types"]
    age = (period.middle - born) / DAYS_OF_YEAR
    works = np.isin(kind, [_number(name) for name in told["work"]])
    too_old = (works & (age > told["oldest_worker"])) | (
        (kind == _number("student")) & (age > told["oldest_student"])
    )
    woman = works & is_female & streams.happens("women at home", told["women_who_stay_instead"], len(kind))
    return np.where((too_old | woman) & (country != HOME), _number("stays"), kind)


def _number(kind: str) -> int:
    return TYPES.index(kind)


def _deaths(born: Ints, period: Period, rates: Rates, streams: Streams) -> Ints:
    by_age = {int(age): rate for age, rate in rates["households"]["deaths_per_year"].items()}
    age = (period.middle - born) / DAYS_OF_YEAR
    per_year = np.array(list(by_age.values()))[np.searchsorted(list(by_age), age, side="right") - 1]
    years = -np.log1p(-streams.numbers("death", len(born))) / np.maximum(per_year, 1e-12)
    begin = np.maximum(period.life_first, born) + 1
    died = begin + np.minimum(years * DAYS_OF_YEAR, NEVER).astype(np.int64)
    return np.where(died > period.life_last, NEVER, died)


def _birth_countries(country: Ints, streams: Streams) -> Ints:
    elsewhere = streams.happens("born elsewhere", 0.06, len(country))
    other = np.asarray(streams.of("birth country").integers(0, len(COUNTRIES), len(country)))
    return np.where(elsewhere, other, country)


def _common(sizes: Floats, uniform: Floats, inequality: float) -> Ints:
    """Numbers of names, the first the commonest; 0 = all alike."""
    return np.asarray((sizes * uniform ** (1 + inequality)).astype(np.int64))


def _stock_sizes() -> Floats:
    stocks = [name_stock(language) for language in LANGUAGES]
    return np.array([[len(s.given[0]), len(s.given[1]), len(s.surnames)] for s in stocks], dtype=np.float64)


def _surnames(language: Ints, head: Ints, rates: Rates, streams: Streams) -> tuple[Ints, Ints]:
    count = len(language)
    inequality = rates["names"]["common_names"]
    stem = _common(_stock_sizes()[language, 2], streams.numbers("surname", count), inequality)
    ending = _by_language(
        rates["names"]["surname_endings"], ENDINGS, language, streams.numbers("ending", count)
    )
    own = streams.happens("own surname", 0.25, count)  # of spouses and of those who live with others
    keep = (head == np.arange(count)) | own
    return np.where(keep, stem, stem[head]), np.where(keep, ending, ending[head])


def _by_language(table: Rates, choices: tuple[str, ...], language: Ints, uniform: Floats) -> Ints:
    weights = np.array([[table[name].get(choice, 0.0) for choice in choices] for name in LANGUAGES])
    return pick_by_row(weights, language, uniform)


def _given_names(
    language: Ints, is_female: Flags, place: Ints, head: Ints, rates: Rates, streams: Streams
) -> tuple[Ints, Ints]:
    """Given names, and fathers' names: of children the head's, where the head is a man."""
    count = len(language)
    inequality = rates["names"]["common_names"]
    sizes = _stock_sizes()[language]
    own = np.where(is_female, sizes[:, 1], sizes[:, 0])
    given = _common(own, streams.numbers("given name", count), inequality)
    father = _common(sizes[:, 0], streams.numbers("father", count), inequality)
    is_child = (place > 1) & ~is_female[head]
    return given, np.where(is_child, given[head], father)


def _rename(people: People, period: Period, rates: Rates, streams: Streams) -> None:
    """A new surname at marriage, or by decree; `renamed` is the day."""
    names = rates["names"]
    count = len(people)
    years = (period.last - period.first) / DAYS_OF_YEAR
    age = (period.middle - people.born) / DAYS_OF_YEAR
    marries = streams.happens("marries", min(1.0, names["marries_per_year"] * years), count)
    takes = streams.happens("takes surname", names["women_who_take_a_surname"], count)
    bride = people.is_female & (age > ADULT) & (age < 30) & marries & takes
    day = period.first + (streams.numbers("wedding", count) * (period.last - period.first)).astype(np.int64)
    groom = _common(
        _stock_sizes()[people.language, 2], streams.numbers("groom", count), names["common_names"]
    )
    people.new_stem = np.where(bride, groom, people.stem)
    people.renamed = np.where(bride, day, people.renamed)
    decreed = np.isin(people.country, [COUNTRIES.index(c) for c in names["decree_countries"]])
    decreed &= (people.ending == ENDINGS.index("ov")) & ~bride
    decreed &= people.language == LANGUAGES.index("tajik")
    decreed &= streams.happens("follows decree", names["follows_decree_share"], count)
    since = period.first + int(names["decree_year_of_period"] * (period.last - period.first))
    at = since + (streams.numbers("day after decree", count) * 900).astype(np.int64)
    people.new_ending = np.where(decreed, ENDINGS.index("zoda"), people.ending)
    people.renamed = np.where(decreed, at, people.renamed)
