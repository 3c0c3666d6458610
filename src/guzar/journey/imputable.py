"""Crossings in a file → a log of whole persons from which lost exits can be estimated, from any engine; or why none can be made."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

import numpy as np

from guzar.engines.local import open_engine
from guzar.errors import MethodNotApplicable, SettingsInvalid, TableInvalid
from guzar.journey.crossing_rows import require_known_cells
from guzar.journey.crossings_in_files import read_crossings
from guzar.journey.deaths_told import RatesRead, require_known_citizenship
from guzar.journey.permission_rules import (
    Permitted,
    require_citizenship,
)
from guzar.journey.residing import (
    Residing,
    limits_of,
    order_of,
    require_citizens,
    require_engine,
    transform_persons,
)
from guzar.process.histories import CITIZENSHIP, EPOCH
from guzar.process.missing_exits.crossing_log import CrossingLog, gather_log
from guzar.process.missing_exits.shortened_crossings import Shortened, shorten_crossings
from guzar.process.residence_kernel import NO
from guzar.process.residence_rule import ResidenceRule

NO_RULES = Permitted()
LEAST_DRAWS = 5


def require_observed(log: CrossingLog, met: Shortened, rule: ResidenceRule) -> None:
    """Refuse (TableInvalid) crossings of which none lies in the observed days."""
    if not len(log.day):
        raise TableInvalid(
            "No crossing lies in the observed days, from {first} to {last}; crossings met: {crossings}.",
            expected="crossings on these days",
            do="Correct --observed-from and --observed-to, or give the crossings of these days.",
            first=rule.first_day.isoformat(),
            last=rule.last_day.isoformat(),
            crossings=met.crossings,
        )


def require_open(log: CrossingLog, open_borders: Sequence[str]) -> None:
    """Refuse (SettingsInvalid) a border named as one without records of which exits are recorded."""
    left = np.bincount(log.port[log.is_entry == NO], minlength=len(log.ports))
    named = {code.casefold() for code in open_borders}
    kept = [code for code, exits in zip(log.ports, left, strict=True) if exits and code.casefold() in named]
    if kept:
        raise SettingsInvalid(
            "--open-borders names ports whose exits are recorded in the crossings: {codes}.",
            expected="codes of borders that keep no records; a port that records some of its exits is estimated",
            do="Leave these codes out of --open-borders.",
            codes=", ".join(kept),
        )


def require_draws(draws: int) -> None:
    """Refuse so few draws that they make no interval (SettingsInvalid)."""
    if draws < LEAST_DRAWS:
        raise SettingsInvalid(
            "{draws} draws make no interval.",
            expected="{least} draws or more",
            do="Correct --draws.",
            draws=draws,
            least=LEAST_DRAWS,
        )


def nobody_left(source: Path, citizenships: Sequence[str]) -> TableInvalid:
    """The refusal of a file in which nobody's first crossing is on documents of these countries."""
    return TableInvalid(
        "Nobody's first crossing is on documents of {codes}.",
        where="{file}, column citizenship",
        expected="codes as they stand in this column",
        do="Correct --citizenship.",
        codes=", ".join(citizenships),
        file=source.name,
    )


def read_log(
    source: Path,
    place: Path,
    rule: ResidenceRule,
    run: Residing,
    citizenships: frozenset[str],
    permitted: Permitted = NO_RULES,
    dying: RatesRead | None = None,
) -> tuple[CrossingLog, Shortened]:
    """The crossings of whole persons, shortened, from any engine; the same log from each."""
    require_engine(run.engine)
    met, limits = Shortened(), limits_of(run, place)
    step = partial(shorten_crossings, citizenships=citizenships, permits=permitted.permits)
    with open_engine(limits) as engine:
        query = read_crossings(engine, source)
        require_citizenship(CITIZENSHIP in query.columns, permitted.rules)
        rates = None if dying is None else dying.rates
        require_known_citizenship(CITIZENSHIP in query.columns, rates)
        for code in sorted(citizenships):
            require_citizens(engine, query, code)
        try:
            parts = transform_persons(engine, limits, query, order_of(query), step, met, run)
            first, last = (rule.first_day - EPOCH).days, (rule.last_day - EPOCH).days
            log = gather_log(parts, first, last, permitted.rules, rates)
        except TableInvalid:
            require_known_cells(engine, source)
            raise
    if not met.crossings and not met.others:
        raise MethodNotApplicable(
            "The crossings hold no row: nothing can be estimated from them.",
            where="{file}",
            expected="crossings of persons from {first} to {last}",
            do="Check the file, or ask for it again.",
            file=source.name,
            first=rule.first_day,
            last=rule.last_day,
        )
    return log, met
