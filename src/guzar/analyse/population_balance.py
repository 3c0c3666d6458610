"""Populations, births, deaths and registered migration → the account of a population, and its error of closure.

P₁ − P₀ = births − deaths + registered net migration + error of closure. What registers miss is in the error, and so are the
errors of both enumerations and of births and deaths: the account tells how large they are together, not which is which.
Without registered migration the account cannot close: what is left is net migration and all errors in one number.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import hypot

POPULATION_START, POPULATION_END, BIRTHS, DEATHS = "population_start", "population_end", "births", "deaths"
REGISTERED_NET, ERROR, RESIDUAL_NET = "registered_net_migration", "error_of_closure", "residual_net_migration"
ESTIMATED_NET, ERROR_PER_YEAR, ERROR_PERCENT = (
    "estimated_net_migration",
    "error_of_closure_per_year",
    "error_of_closure_percent",
)
COUNTED, ESTIMATED, COMPUTED, NOT_HELD, INCOMPLETE, NOT_JUDGED = (
    "counted",
    "estimated",
    "computed",
    "not_held",
    "incomplete",
    "not_judged",
)
BETWEEN, ONE, NEITHER = "between_censuses", "one_census", "no_census"
PERSONS, PERCENT = "persons", "percent"


@dataclass(frozen=True)
class Enumeration:
    """A population on a day, and whether a census was taken in its year."""

    day: date
    persons: float
    source: str
    edition: str = ""
    is_census: bool = False
    status: str = COUNTED
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Yearly:
    """Events of calendar years by one source: births, deaths, or net migration."""

    by_year: Mapping[int, float]
    source: str
    edition: str = ""
    status: str = COUNTED


@dataclass(frozen=True)
class AccountLine:
    """One line of an account; without a value where nothing is held or nothing can be told."""

    component: str
    value: float | None
    unit: str = PERSONS
    source: str = ""
    edition: str = ""
    status: str = COMPUTED
    lower: float | None = None
    upper: float | None = None


@dataclass(frozen=True)
class Account:
    """The account between two enumerations."""

    start: date
    end: date
    basis: str
    lines: tuple[AccountLine, ...]
    missing_years: tuple[int, ...] = ()  # of registered net migration

    def value(self, component: str) -> float | None:
        """The value of the first line of this component."""
        return next((line.value for line in self.lines if line.component == component), None)


def balance(
    populations: Sequence[Enumeration],
    births: Yearly,
    deaths: Yearly,
    registered: Yearly | None = None,
    estimates: Sequence[Yearly] = (),
) -> list[Account]:
    """One account for each pair of neighbouring enumerations, oldest first; events of a year fall evenly on its days.

    Periods for which births or deaths of a year are not held are left out. `estimates` are net migration by sources that
    estimate it; they stand beside the account and are no part of it.
    """
    ordered = sorted(populations, key=lambda each: each.day)
    found = [
        _account(first, second, births, deaths, registered, estimates) for first, second in pairwise(ordered)
    ]
    return [account for account in found if account is not None]


def shares_of_years(start: date, end: date) -> dict[int, float]:
    """Of each calendar year the share of its days from the first day to before the last."""
    shares = {}
    for year in range(start.year, end.year + 1):
        first, last = max(start, date(year, 1, 1)), min(end, date(year + 1, 1, 1))
        if last > first:
            shares[year] = (last - first).days / (date(year + 1, 1, 1) - date(year, 1, 1)).days
    return shares


def _account(
    first: Enumeration,
    second: Enumeration,
    births: Yearly,
    deaths: Yearly,
    registered: Yearly | None,
    estimates: Sequence[Yearly],
) -> Account | None:
    shares = shares_of_years(first.day, second.day)
    born, died = _sum(births, shares), _sum(deaths, shares)
    if born is None or died is None:
        return None
    residual = second.persons - first.persons - born + died
    missing = tuple(sorted(set(shares) - set(registered.by_year))) if registered else ()
    lines = (
        _enumerated(POPULATION_START, first),
        _enumerated(POPULATION_END, second),
        AccountLine(BIRTHS, born, source=births.source, edition=births.edition, status=births.status),
        AccountLine(DEATHS, died, source=deaths.source, edition=deaths.edition, status=deaths.status),
        *_closure(first, second, residual, registered, shares),
        *(
            AccountLine(ESTIMATED_NET, total, source=each.source, edition=each.edition, status=each.status)
            for each in estimates
            if (total := _sum(each, shares)) is not None
        ),
    )
    basis = (NEITHER, ONE, BETWEEN)[first.is_census + second.is_census]
    return Account(first.day, second.day, basis, lines, missing)


def _sum(events: Yearly, shares: Mapping[int, float]) -> float | None:
    if not set(shares) <= set(events.by_year):
        return None
    return sum(share * events.by_year[year] for year, share in shares.items())


def _enumerated(component: str, each: Enumeration) -> AccountLine:
    return AccountLine(
        component, each.persons, PERSONS, each.source, each.edition, each.status, each.lower, each.upper
    )


def _closure(
    first: Enumeration,
    second: Enumeration,
    residual: float,
    registered: Yearly | None,
    shares: Mapping[int, float],
) -> list[AccountLine]:
    """What is left after births and deaths, what registers have of it, and what they do not."""
    below, above = _width(first, second)
    left = _with_interval(AccountLine(RESIDUAL_NET, residual), below, above)
    net = _sum(registered, shares) if registered else None
    if net is None or registered is None:
        status = INCOMPLETE if registered else NOT_HELD
        units = {ERROR: PERSONS, ERROR_PER_YEAR: PERSONS, ERROR_PERCENT: PERCENT}
        judged = [AccountLine(name, None, unit, status=NOT_JUDGED) for name, unit in units.items()]
        source = registered.source if registered else ""
        return [AccountLine(REGISTERED_NET, None, source=source, status=status), left, *judged]
    error, years = residual - net, sum(shares.values())
    per_cent = 100 / ((first.persons + second.persons) / 2)
    made = [
        (AccountLine(ERROR, error), 1.0),
        (AccountLine(ERROR_PER_YEAR, error / years), 1 / years),
        (AccountLine(ERROR_PERCENT, error * per_cent, PERCENT), per_cent),
    ]
    return [
        AccountLine(
            REGISTERED_NET,
            net,
            source=registered.source,
            edition=registered.edition,
            status=registered.status,
        ),
        left,
        *(
            _with_interval(line, *(None if w is None else w * scale for w in (below, above)))
            for line, scale in made
        ),
    ]


def _width(first: Enumeration, second: Enumeration) -> tuple[float | None, float | None]:
    """How far the ends of the growth lie below and above it; None where neither enumeration has an interval.

    The errors of the two enumerations are taken as independent. One without an interval adds nothing.
    """
    if first.lower is None and second.lower is None:
        return None, None
    (first_down, first_up), (second_down, second_up) = _ends(first), _ends(second)
    return hypot(first_up, second_down), hypot(first_down, second_up)


def _ends(each: Enumeration) -> tuple[float, float]:
    """How far the ends of a population lie below and above it."""
    if each.lower is None or each.upper is None:
        return 0.0, 0.0
    return each.persons - each.lower, each.upper - each.persons


def _with_interval(line: AccountLine, below: float | None, above: float | None) -> AccountLine:
    if line.value is None or below is None or above is None:
        return line
    return AccountLine(
        line.component,
        line.value,
        line.unit,
        line.source,
        line.edition,
        line.status,
        line.value - below,
        line.value + above,
    )
