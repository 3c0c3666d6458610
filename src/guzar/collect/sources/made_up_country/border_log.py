"""What the border service of QMA records of the true crossings, and what it records that did not happen so."""

from dataclasses import dataclass

import numpy as np

from guzar.collect.sources.made_up_country.documents import KINDS, Documents
from guzar.collect.sources.made_up_country.life_courses import DAY, HOUR, Crossings, Refusals
from guzar.collect.sources.made_up_country.people import COUNTRIES, DAYS_OF_YEAR, TYPES, People, Period
from guzar.collect.sources.made_up_country.rates import Rates
from guzar.collect.sources.made_up_country.streams import Flags, Floats, Ints, Streams

WHAT = ("crossing", "duplicate", "refused_entry", "exit_after_refusal")
PURPOSES = ("work", "study", "family", "visit", "transit", "trade", "residence", "other")
NONE = -1


@dataclass
class BorderLog:
    """Records of the border service, in the order of persons; places are those of the batch."""

    person: Ints
    document: Ints
    second: Ints
    is_entry: Flags
    port: Ints
    purpose: Ints  # of PURPOSES; NONE where nobody asks
    permitted_until: Ints  # day; NONE without a limit
    what: Ints  # of WHAT: truth, never delivered


@dataclass(frozen=True)
class Outages:
    """Days on which the system of a port is down; the same for every batch."""

    down: Flags  # ports × days
    first: int

    def at(self, port: Ints, day: Ints) -> Flags:
        """Whether the port is down on that day."""
        return np.asarray(self.down[port, (day - self.first).clip(0, self.down.shape[1] - 1)])


def draw_outages(period: Period, rates: Rates, streams: Streams) -> Outages:
    """When each port is down."""
    days = period.life_last - period.life_first + 1
    border = rates["border"]
    draw = streams.of("outages")
    down = np.zeros((len(rates["ports"]), days), dtype=np.bool_)
    for port in range(len(rates["ports"])):
        number = draw.poisson(border["outages_per_port_and_year"] * days / DAYS_OF_YEAR)
        begins = draw.integers(0, days, number)
        lengths = 1 + draw.poisson(max(border["outage_mean_days"] - 1, 0), number)
        for begin, length in zip(begins.tolist(), lengths.tolist(), strict=True):
            down[port, begin : begin + length] = True
    return Outages(down, period.life_first)


def record_crossings(
    people: People,
    crossings: Crossings,
    refusals: Refusals,
    documents: Documents,
    outages: Outages,
    period: Period,
    rates: Rates,
    streams: Streams,
) -> tuple[BorderLog, Flags]:
    """The log of the period, and which of the true crossings left a record."""
    day = crossings.second // DAY
    within = np.flatnonzero((day >= period.first) & (day <= period.last))
    seen_document = _documents_used(people, crossings, documents, within, rates, streams)
    seen = _is_seen(crossings, documents.kind[seen_document], within, outages, rates, streams)
    recorded = np.zeros(len(crossings), dtype=np.bool_)
    recorded[within[seen]] = True
    rows = within[seen]
    log = _as_log(people, crossings.take(rows), seen_document[seen], documents, rates, streams)
    log = _join(log, _refused(people, refusals, documents, period, rates, streams))
    return _repeat_scans(log, rates, streams), recorded


def _documents_used(
    people: People, crossings: Crossings, documents: Documents, rows: Ints, rates: Rates, streams: Streams
) -> Ints:
    person = crossings.person[rows]
    usual = documents.valid_on(person, crossings.second[rows] // DAY)
    second = documents.second_of[person]
    use = streams.happens("uses second document", rates["documents"]["second_document_use"], len(rows))
    return np.where((second >= 0) & use, second, usual)


def _is_seen(
    crossings: Crossings, kind: Ints, rows: Ints, outages: Outages, rates: Rates, streams: Streams
) -> Flags:
    """Lost more often at exit, at some ports, on days when the system is down, and with a card than with a passport."""
    border, ports = rates["border"], rates["ports"]
    port, is_entry = crossings.port[rows], crossings.is_entry[rows]
    missed = (
        np.array([[p["missed_exit"], p["missed_entry"]] for p in ports], dtype=np.float64)
        * border["missed_factor"]
    )
    share: Floats = missed[port, is_entry.astype(np.int64)]
    without_passport = np.isin(kind, [KINDS.index("internal_passport"), KINDS.index("id_card")])
    share = np.where(without_passport, share * border["missed_more_without_passport"], share)
    share = np.where(outages.at(port, crossings.second[rows] // DAY), border["missed_in_outage"], share)
    checked = np.array([p.get("recorded", True) or border["open_borders_recorded"] for p in ports])
    return np.asarray((streams.numbers("seen", len(rows)) >= share) & checked[port])


def _as_log(
    people: People, crossings: Crossings, document: Ints, documents: Documents, rates: Rates, streams: Streams
) -> BorderLog:
    border = rates["border"]
    count = len(crossings)
    wrong = streams.happens("wrong direction", border["wrong_direction_share"], count)
    is_entry = crossings.is_entry ^ wrong
    off = np.flatnonzero(streams.happens("clock error", border["clock_error_share"], count))
    second = crossings.second.copy()
    hours = border["clock_error_hours"] * (2 * streams.numbers("clock off by", len(off)) - 1)
    second[off] += (hours * HOUR).astype(np.int64)
    purpose, permitted = _said_and_permitted(
        people, crossings, is_entry, documents.country[document], rates, streams
    )
    what = np.zeros(count, dtype=np.int64)
    return BorderLog(crossings.person, document, second, is_entry, crossings.port, purpose, permitted, what)


def _said_and_permitted(
    people: People, crossings: Crossings, is_entry: Flags, citizenship: Ints, rates: Rates, streams: Streams
) -> tuple[Ints, Ints]:
    """Purpose and last day allowed, asked and stamped at the entry of foreigners only."""
    table = rates["types"]["purposes"]
    by_kind = np.array([PURPOSES.index(table[name]) for name in TYPES])
    said = by_kind[people.kind[crossings.person]]
    otherwise = streams.happens("says visit", table["said_otherwise_share"], len(crossings))
    said = np.where(otherwise, PURPOSES.index("visit"), said)
    foreign = is_entry & (citizenship != COUNTRIES.index("QMA"))
    limited = np.array([rates["countries"][c]["regime"] in {"patent", "visa", "free"} for c in COUNTRIES])
    until = crossings.second // DAY + rates["law"]["stay_without_permit"] - 1
    return np.where(foreign, said, NONE), np.where(foreign & limited[citizenship], until, NONE)


def _refused(
    people: People, refusals: Refusals, documents: Documents, period: Period, rates: Rates, streams: Streams
) -> BorderLog:
    """A refused person is noted as entered, and not always as left again."""
    day = refusals.second // DAY
    noted = (day >= period.first) & (day <= period.last) & bool(rates["border"]["refusals_noted"])
    noted &= np.array([p.get("recorded", True) for p in rates["ports"]])[refusals.port]
    noted &= (people.born[refusals.person] < day) & (people.died[refusals.person] > day)
    person, second, port = refusals.person[noted], refusals.second[noted], refusals.port[noted]
    document = documents.valid_on(person, second // DAY)
    count = len(person)
    entries = BorderLog(
        person,
        document,
        second,
        np.ones(count, dtype=np.bool_),
        port,
        np.full(count, PURPOSES.index("visit")),
        np.full(count, NONE),
        np.full(count, WHAT.index("refused_entry")),
    )
    out = streams.happens("exit noted", rates["border"]["exit_noted_after_refusal"], count)
    exits = _take(entries, out)
    exits.second = exits.second + 2 * HOUR
    exits.is_entry = np.zeros(len(exits.person), dtype=np.bool_)
    exits.purpose = np.full(len(exits.person), NONE)
    exits.what = np.full(len(exits.person), WHAT.index("exit_after_refusal"))
    return _join(entries, exits)


def _repeat_scans(log: BorderLog, rates: Rates, streams: Streams) -> BorderLog:
    """The same document scanned again within half an hour."""
    again = _take(log, streams.happens("duplicate", rates["border"]["duplicate_share"], len(log.person)))
    again.second = (
        again.second + 30 + (streams.numbers("minutes between", len(again.person)) * 1500).astype(np.int64)
    )
    again.what = np.full(len(again.person), WHAT.index("duplicate"))
    return _join(log, again)


def _take(log: BorderLog, which: Flags) -> BorderLog:
    return BorderLog(*(getattr(log, name)[which] for name in BorderLog.__dataclass_fields__))


def _join(one: BorderLog, other: BorderLog) -> BorderLog:
    return BorderLog(
        *(np.concatenate([getattr(one, n), getattr(other, n)]) for n in BorderLog.__dataclass_fields__)
    )
