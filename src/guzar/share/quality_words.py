"""Codes that steps write down beside tables, in words for a quality report: statuses, tests, methods, units.

A code without words is printed as it is. Each word is English and is translated where the report is written.
"""

from collections.abc import Callable, Mapping
from typing import Any

Translate = Callable[[str], str]

STATUSES = {
    "observed": "observed, nothing estimated",
    "identified_under_A1": "known if A1 holds",
    "bounded": "bounds only",
    "not_observed": "not observed",
    "withheld": "withheld",
    "identified_by_reference": "level known from a trusted source",
    "identified_by_stated_bias": "level known from stated biases",
    "identified_if_biases_balance": "level known only if the biases of the sources balance",
    "one_source": "one source only",
    "final": "final",
    "provisional": "provisional",
    "incomplete": "month not observed to its end",
}
TESTS = {
    "strata": "losses by port of entry, citizenship and mode",
    "time": "losses over time",
    "length": "losses by the time until the next entry",
    "entries": "losses of entries by port of exit, citizenship and mode",
    "outages": "outages of ports",
    "first_exits": "persons under two numbers",
    "port_months": "number of months of ports",
    "few_cycles": "number of returns that tell of exits",
    "few_entries": "number of returns that tell of entries",
    "one_sided_ports": "ports recorded in one direction only",
    "outside_counts": "outside counts",
}
LOST = {
    "midpoint": "the time between was split half-way",
    "drop": "persons with lost crossings were left out",
    "refuse": "none were allowed",
    "impute": "estimated from the crossings",
}
PROTECTION = {"suppress": "cells hidden", "perturb": "random noise", "round": "rounding"}
METHODS = {"two-lists": "two lists and their overlap", "multiplier": "a count by a share"}
STATISTICAL_UNITS = {
    "persons": "person",
    "migrations": "migration (a change of residence with a crossing)",
    "movements": "crossing, counted as one kind of movement",
    "stays": "stay in the country",
    "absences": "absence from the country",
    "returns": "return from an absence",
    "crossings": "crossing",
    "registrations": "registration",
    "permits": "permit",
}
CONCEPTS = {
    "outcome": "what people did (outcome)",
    "recorded": "what was recorded",
    "declared": "what people declared",
    "un_1998": "UN recommendations of 1998",
    "un_2021": "UN framework of 2021",
}
MEASURES = {
    "stock": "number of residents",
    "flow": "number of migrations",
    "movements": "number of crossings by kind of movement",
    "stays": "number of stays",
    "absences": "number of absences",
    "returns": "number of returns",
    "circular": "number of persons by repeated absences",
    "crossings": "number of crossings",
    "registrations": "number of registrations",
    "permits": "number of permits",
    "immigrations": "immigrations",
    "emigrations": "emigrations",
    "net_migration": "net migration",
    "residents_seen_in_crossings": "residents seen in crossings",
    "stock_end_of_year": "population at the end of the year",
    "stays_beyond_recorded_permission": "stays beyond the permission that is known",
}
BY_FACT = {
    "failed": TESTS,
    "missing": LOST,
    "protection_method": PROTECTION,
    "method": METHODS,
    "concept": CONCEPTS,
    "migration_concept": CONCEPTS,
    "measure": MEASURES,
    "statistical_unit": STATISTICAL_UNITS,
    "variance": {
        "linearised, ultimate clusters with replacement": "linearised, ultimate clusters with replacement"
    },
}


def in_words(facts: Mapping[str, Any], say: Translate) -> dict[str, Any]:
    """The facts with words in the place of codes that have any."""
    told = dict(facts)
    for name, words in BY_FACT.items():
        if name in told:
            told[name] = _word(told[name], words, say)
    if isinstance(told.get("statuses"), Mapping):
        told["statuses"] = {_word(code, STATUSES, say): count for code, count in told["statuses"].items()}
    return told


def _word(value: Any, words: Mapping[str, str], say: Translate) -> Any:
    if isinstance(value, list | tuple):
        return [_word(one, words, say) for one in value]
    return say(words[value]) if isinstance(value, str) and value in words else value
