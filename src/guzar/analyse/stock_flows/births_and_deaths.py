"""Births and deaths of countries → by birthplace, by the two rules that are published beside the usual ones.

Abel (2013), section 3.2. The usual rules (births are natives, deaths as people live) stand in `accounts`.
"""

import numpy as np
from numpy.typing import NDArray

from guzar.analyse.fitting.margins import fit_table
from guzar.errors import MethodNotApplicable

Numbers = NDArray[np.float64]


def share_like_residents(persons: Numbers, stocks: Numbers) -> Numbers:
    """Births (or deaths) of each country by birthplace, like those who live there: a column of the table of stocks is the rule.

    Raises MethodNotApplicable where nobody lives who could be born or die.
    """
    living = stocks.sum(axis=0)
    nobody = (persons > 0) & (living <= 0)
    if nobody.any():
        raise MethodNotApplicable(
            "Births or deaths in countries where nobody lives: {persons:,.0f}.",
            expected="stocks above 0 wherever somebody is born or dies",
            do="Check the stocks and the years of births and deaths.",
            persons=persons[nobody].sum(),
        )
    return np.asarray(stocks * persons / np.where(living > 0, living, 1.0))


def share_deaths_by_account(
    start: Numbers, deaths: Numbers, totals: Numbers, countries: tuple[str, ...]
) -> Numbers:
    """Deaths by birthplace (rows) and country, nearest to how people live, with deaths of people of each birthplace given.

    `totals` are stock + births − later stock of those born in a country, scaled by whoever asks so that they add up to all deaths.
    Raises MethodNotApplicable where such a total is below 0, as it often is.
    """
    below = np.flatnonzero(totals < 0)
    if len(below):
        at = int(below[0])
        raise MethodNotApplicable(
            "Of those born in {country}, {persons:,.0f} would have died: the account has no place for fewer than none.",
            expected="as many or fewer people of each birthplace at the second date",
            do="Share deaths like those who live in a country.",
            country=countries[at],
            persons=totals[at],
        )
    return fit_table(start, totals, deaths, (countries, countries))[0]
