"""Stocks, births and deaths → two tables of the same persons, at the first and at the second date: those who survive from one to
the other. Every adjustment is kept, so that the account balances row by row.

Abel (2013), section 3; Abel and Cohen (2019), supplementary methods. Scaling is proportional and exact: nothing is rounded, and
no remainder is put anywhere at random.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from guzar.analyse.fitting.feasible import find_obstacle
from guzar.analyse.fitting.margins import fit_table
from guzar.errors import MethodNotApplicable, Phrase

Numbers = NDArray[np.float64]
Fit = Callable[[Numbers, Numbers, Numbers, tuple[Sequence[str], Sequence[str]]], tuple[Numbers, float]]
AFTER, BEFORE = "after", "before"
DATES = ("stocks of the first date", "stocks of the second date")
MOST_NAMED = 8


@dataclass(frozen=True)
class Stocks:
    """Persons by place of birth (rows) and residence (columns) at both dates; births and deaths between them by country.

    `mortality`, of the same shape, is how much likelier each cell is to die than others who live in the same country; without it
    all are alike.
    """

    countries: tuple[str, ...]
    start: Numbers
    end: Numbers
    births: Numbers
    deaths: Numbers
    mortality: Numbers | None = None


@dataclass(frozen=True)
class Account:
    """Those who survive from the first date to the second: by birth and residence at each, with equal totals by birth.

    start + adjust_start − deaths − leave = before, and end + adjust_end − births − enter = after, cell by cell. `leave` and
    `enter` are 0 in a closed world; adjustments are all that was changed for the two to agree.
    """

    countries: tuple[str, ...]
    before: Numbers
    after: Numbers
    births: Numbers
    deaths: Numbers
    adjust_start: Numbers
    adjust_end: Numbers
    leave: Numbers
    enter: Numbers
    notes: dict[str, float] = field(default_factory=dict)


def close_account(
    stocks: Stocks, balance: str = AFTER, fits: tuple[Fit, Fit] = (fit_table, fit_table)
) -> Account:
    """A world that nobody enters or leaves: birthplaces have the mean of both totals, by the least change of each table.

    `balance` says when births and deaths are made to agree with the growth of the stocks: `after` or `before` they are deducted.
    `fits` fit the tables of the first and of the second date to their totals.
    """
    start, end = (_without_negative_natives(table, stocks.countries) for table in (stocks.start, stocks.end))
    if balance == BEFORE:
        missing = stocks.births.sum() - stocks.deaths.sum() - (end.sum() - start.sum())
        start, end = _scale_natives(start, -missing / 2), _scale_natives(end, missing / 2)
    deaths, births = share_deaths(start, stocks), share_births(end, stocks)
    alive, living = start - deaths, end - births
    if balance == AFTER:
        missing = living.sum() - alive.sum()
        alive, living = _scale_natives(alive, missing / 2), _scale_natives(living, -missing / 2)
    target = (alive.sum(axis=1) + living.sum(axis=1)) / 2
    (before, error_before), (after, error_after) = (
        _fit_named(fit, table, target, stocks.countries, where)
        for fit, table, where in zip(fits, (alive, living), DATES, strict=True)
    )
    nobody = np.zeros_like(start)
    return Account(
        stocks.countries,
        before,
        after,
        births,
        deaths,
        before + deaths - stocks.start,
        after + births - stocks.end,
        nobody,
        nobody,
        {"error_before": error_before, "error_after": error_after, "out_of_balance": float(missing)},
    )


def _fit_named(
    fit: Fit, table: Numbers, target: Numbers, countries: tuple[str, ...], where: str
) -> tuple[Numbers, float]:
    """The table with its totals; where no table has them, the country at fault is named, and what is there beside what should be."""
    whole = table.sum(axis=0)
    try:
        return fit(table, target, whole, (countries, countries))
    except MethodNotApplicable:
        found = find_obstacle(table, target, whole)
        if found is None:
            raise
        named = [countries[at] for at in found.places]
        raise MethodNotApplicable(
            "Those born in {countries} cannot be balanced: {wanted:,.0f} should be alive, and all inhabitants of the countries in which "
            "any of them live are {room:,.0f}."
            if found.are_rows
            else "Those who live in {countries} cannot be balanced: they are {wanted:,.0f}, and all who were born where any of them was "
            "born are {room:,.0f}.",
            where=where,
            expected="countries that have inhabitants, and people born there, at both dates",
            do="Take such a country together with the one that it was part of, or leave it out of both tables.",
            countries=", ".join([*named[:MOST_NAMED], *(["…"] if len(named) > MOST_NAMED else [])]),
            wanted=found.wanted,
            room=found.room,
        ) from None


def open_account(stocks: Stocks) -> Account:
    """A world that people enter and leave: of each birthplace those too many leave, those too few enter, as the rest live."""
    start, end = (_without_negative_natives(table, stocks.countries) for table in (stocks.start, stocks.end))
    deaths, births = share_deaths(start, stocks), share_births(end, stocks)
    alive, living = start - deaths, end - births
    more = alive.sum(axis=1) - living.sum(axis=1)
    leave = alive * _share(np.maximum(more, 0), alive.sum(axis=1))[:, None]
    enter = living * _share(np.maximum(-more, 0), living.sum(axis=1))[:, None]
    return Account(
        stocks.countries,
        alive - leave,
        living - enter,
        births,
        deaths,
        start - stocks.start,
        end - stocks.end,
        leave,
        enter,
    )


def share_deaths(start: Numbers, stocks: Stocks) -> Numbers:
    """Deaths of each country by birthplace, like those who live there at the first date, by their relative mortality if it is known."""
    living = start.sum(axis=0)
    _refuse(
        stocks.deaths > living,
        stocks,
        "More people die than live there; persons too many: {countries}.",
        stocks.deaths - living,
    )
    at_risk = start if stocks.mortality is None else start * stocks.mortality
    deaths = np.asarray(at_risk * _share(stocks.deaths, at_risk.sum(axis=0)))
    too_many = np.maximum(deaths - start, 0.0).max(axis=0)
    _refuse(
        too_many > 1e-9 * np.maximum(1.0, living),  # rounding of a sum is nobody's death
        stocks,
        "By their relative mortality more people of a birthplace die than live there; persons too many: {countries}.",
        too_many,
    )
    return np.minimum(deaths, start)


def share_births(end: Numbers, stocks: Stocks) -> Numbers:
    """Births of each country, of people born there; where more than these live there, like all who do."""
    living = end.sum(axis=0)
    _refuse(
        stocks.births > living,
        stocks,
        "More people are born than live there; persons too many: {countries}.",
        stocks.births - living,
    )
    of_natives = np.diag(stocks.births)
    too_many = stocks.births > np.diag(end)
    return np.where(too_many[None, :], end * _share(stocks.births, living), of_natives)


def _share(part: Numbers, whole: Numbers) -> Numbers:
    """Shares; 0 of nothing."""
    return np.asarray(part / np.where(whole > 0, whole, 1.0))


def _refuse(is_wrong: NDArray[np.bool_], stocks: Stocks, what: str, by: Numbers) -> None:
    if not is_wrong.any():
        return
    named = tuple(
        Phrase("{country} ({persons:,.0f})", {"country": stocks.countries[at], "persons": float(by[at])})
        for at in np.flatnonzero(is_wrong)
    )
    raise MethodNotApplicable(
        what,
        expected="births and deaths between the two dates, in the unit of the stocks",
        do="Check the unit (persons or thousands) and the years of births and deaths.",
        countries=named,
    )


def _without_negative_natives(table: Numbers, countries: tuple[str, ...]) -> Numbers:
    """Where more people born abroad are listed than live there, they are scaled to those who do."""
    negative = np.diag(table) < 0
    if not negative.any():
        return table
    whole = table.sum(axis=0)
    positive = np.maximum(table, 0)
    impossible = negative & ((whole < 0) | (positive.sum(axis=0) <= 0))
    if impossible.any():
        at = int(np.flatnonzero(impossible)[0])
        raise MethodNotApplicable(
            "{country} has {persons:,.0f} inhabitants, those born there taken together with those born abroad.",
            expected="0 or more",
            do="Correct the population or the stocks of this country.",
            country=countries[at],
            persons=whole[at],
        )
    return np.where(negative[None, :], positive * _share(whole, positive.sum(axis=0)), table)


def _scale_natives(table: Numbers, more: float) -> Numbers:
    """So many persons more on the diagonal, in proportion."""
    natives = np.diag(table)
    whole = natives.sum()
    if whole + more < 0 or whole <= 0:
        raise MethodNotApplicable(
            "Births, deaths and stocks disagree by {persons:,.0f} persons, more than there are natives.",
            expected="the growth of all stocks together to be near births less deaths",
            do="Check the unit (persons or thousands) and the years of births and deaths.",
            persons=2 * abs(more),
        )
    return table + np.diag(natives * (more / whole))
