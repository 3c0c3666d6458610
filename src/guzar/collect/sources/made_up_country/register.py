"""The population register of QMA: residents enter it late, and those who leave stay in it for long, or for ever."""

from dataclasses import dataclass

import numpy as np

from guzar.collect.sources.made_up_country.documents import Documents
from guzar.collect.sources.made_up_country.people import NEVER, People, Period
from guzar.collect.sources.made_up_country.rates import Rates
from guzar.collect.sources.made_up_country.streams import Flags, Ints, Streams
from guzar.collect.sources.made_up_country.true_residence import BEGINNINGS, ENDS, Residence


@dataclass
class RegisterRows:
    """One place per period of residence in the register."""

    person: Ints
    document: Ints
    region: Ints
    resident_from: Ints
    resident_to: Ints  # NEVER while it lasts there
    died: Ints  # NEVER where no death is noted


def keep_register(
    people: People, residence: Residence, documents: Documents, period: Period, rates: Rates, streams: Streams
) -> RegisterRows:
    """The register as it stands on the last day."""
    told = rates["population_register"]
    count = len(residence.person)
    draw = streams.of("register")
    late = draw.exponential(max(told["enters_after_days"], 1e-9), count).astype(np.int64)
    came = residence.began_by == BEGINNINGS.index("immigration")
    begin = residence.begin + np.where(came, late, 0)
    begin = np.where(
        residence.began_by == BEGINNINGS.index("start"), _long_ago(people, residence, period, draw), begin
    )
    lag = draw.exponential(max(told["deregisters_after_days"], 1e-9), count).astype(np.int64)
    leaves = (residence.ended_by == ENDS.index("emigration")) & streams.happens(
        "deregisters", told["deregisters_share"], count
    )
    end = np.where(leaves, np.maximum(residence.end + lag, begin), NEVER)
    died = _deaths(people, residence, rates, streams)
    enters = streams.happens("enters register", told["enters_share"], count) | ~came
    keep = enters & (begin <= np.where(end < NEVER, end, period.last)) & (begin <= died)
    end = np.where(died < end, died, end)
    end, died = (np.where(days > period.last, NEVER, days) for days in (end, died))
    person = residence.person
    rows = RegisterRows(person, documents.valid_on(person, begin), people.region[person], begin, end, died)
    return RegisterRows(*(getattr(rows, name)[keep] for name in RegisterRows.__dataclass_fields__))


def _long_ago(people: People, residence: Residence, period: Period, draw: np.random.Generator) -> Ints:
    """Since when those of the first day are in the register: birth, or some year before."""
    years = (draw.random(len(residence.person)) * 6000).astype(np.int64)
    return np.asarray(np.maximum(people.born[residence.person], period.first - 1 - years))


def _deaths(people: People, residence: Residence, rates: Rates, streams: Streams) -> Ints:
    """Deaths that the register knows: nearly all at home, few abroad."""
    told = rates["population_register"]
    here = residence.ended_by == ENDS.index("death")
    share = np.where(here, told["death_noted_share"], told["death_abroad_noted_share"])
    noted: Flags = streams.numbers("death noted", len(residence.person)) < share
    return np.where(noted, people.died[residence.person], NEVER)
