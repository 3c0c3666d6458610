"""Persons by birthplace and age, and death rates by age → how much likelier to die those born somewhere are than all who live there.

μ_pj = (Σ_a S_pja m_ja / Σ_a S_pja) / (Σ_pa S_pja m_ja / Σ_pa S_pja), with S persons born in p living in j at age a, m the death
rate of j at that age. It holds what age alone explains; that migrants of an age are healthier or poorer is not in it.
Deaths of a country are then shared as d_pj = d_j · S_pj μ_pj / Σ_p S_pj μ_pj.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from guzar.analyse.fitting.tables import check_cells
from guzar.analyse.stock_flows.tables import BIRTH, LIVING, PERSONS
from guzar.errors import TableInvalid

RELATIVE = "relative_mortality"
AGE, RATE = "age_group", "death_rate"
Numbers = NDArray[np.float64]


def compare_mortality(persons: pl.DataFrame, rates: pl.DataFrame) -> pl.DataFrame:
    """birth_country, residence_country, relative_mortality: 1 where those born there would die like all inhabitants.

    `persons`: birth_country, residence_country, age_group, persons, natives among them; `rates`: residence_country, age_group,
    death_rate (deaths per person and year, or any other unit). Raises TableInvalid, also for an age group without a rate.
    Where nobody lives, or nobody would die, there is no row.
    """
    check_cells(persons, (BIRTH, LIVING, AGE))
    check_cells(rates, (LIVING, AGE), RATE, least=0.0)
    both = persons.join(rates.select(LIVING, AGE, RATE), on=[LIVING, AGE], how="left")
    _require_rates(both)
    deaths = (pl.col(PERSONS) * pl.col(RATE)).sum()
    of_birthplace = both.group_by(BIRTH, LIVING).agg(own=deaths / pl.col(PERSONS).sum())
    of_all = both.group_by(LIVING).agg(every=deaths / pl.col(PERSONS).sum())
    made = of_birthplace.join(of_all, on=LIVING).with_columns(
        (pl.col("own") / pl.col("every")).alias(RELATIVE)
    )
    is_known = pl.col(RELATIVE).is_finite() & (pl.col(RELATIVE) > 0)
    return made.filter(is_known).select(BIRTH, LIVING, RELATIVE).sort(LIVING, BIRTH)


def _require_rates(both: pl.DataFrame) -> None:
    without = both.filter(pl.col(RATE).is_null()).select(LIVING, AGE).unique().sort(LIVING, AGE)
    if len(without):
        raise TableInvalid(
            "Age groups without a death rate: {count}.",
            where="the first: {cell}",
            expected="a rate for every age group of every country of residence",
            do="Add the rates, or use the same age groups in both tables.",
            count=len(without),
            cell=", ".join(without.row(0)),
        )


def read_mortality(table: pl.DataFrame, names: tuple[str, ...]) -> Numbers:
    """Relative mortality by place of birth (rows) and residence (columns); 1 where the table tells none.

    Only ratios among those who live in one country count. Raises TableInvalid; 0 is refused, as nobody lives for ever, and so is
    a table of which no row fits.
    """
    check_cells(table, (BIRTH, LIVING), RELATIVE, least=0.0)
    none = table.filter(pl.col(RELATIVE) <= 0)
    if len(none):
        raise TableInvalid(
            "Relative mortality of 0: {cell}.",
            expected="numbers above 0, as 1.4 for a death rate 40 % higher than that of the others",
            do="Correct the number, or leave out the row.",
            cell=", ".join(none.select(BIRTH, LIVING).row(0)),
        )
    place = {name: at for at, name in enumerate(names)}
    if not len(table.filter(pl.col(BIRTH).is_in(names) & pl.col(LIVING).is_in(names))):
        raise TableInvalid(
            "No row of relative mortality is of two countries of both other tables.",
            expected="the same names or codes of countries in all three",
            do="Compare the columns birth_country, residence_country and country.",
        )
    found = np.ones((len(names), len(names)))
    for birth, living, each in table.select(BIRTH, LIVING, RELATIVE).iter_rows():
        if birth in place and living in place:
            found[place[birth], place[living]] = each
    return found
