"""Files of migrants or populations by age → model schedules with intervals, indices of profiles, net migration by age."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from guzar.analyse.ages import profiles
from guzar.analyse.ages.fitted_schedules import AgeData, FittedSchedule, fit_schedule
from guzar.analyse.ages.net_by_age import (
    AVERAGE,
    FORWARD,
    REVERSE,
    AgedPopulation,
    births_of_sexes,
    net_by_age,
    net_of_children,
)
from guzar.analyse.ages.profiles import profile_indices, schedule_ratios
from guzar.analyse.ages.schedules import rates_of, share_by_age, un_schedule
from guzar.analyse.fitting.tables import MOST, check_cells
from guzar.errors import SettingsInvalid, TableInvalid
from guzar.journey.tables_of_numbers import read_numbers
from guzar.store import write_about

AGE, RATE, MIGRANTS, POPULATION = "age", "rate", "migrants", "population"
START, END, SURVIVAL, BIRTHS, SEX = "population_start", "population_end", "survival", "births", "sex"
GROUPS = ("area", SEX)
OLDEST = 130
FIVE = 5  # years of the groups in which children are told from women
RESULT = {
    **dict.fromkeys(GROUPS, pl.String),
    "measure": pl.String,
    "name": pl.String,
    "age": pl.Int64,
    "lower": pl.Float64,
    "value": pl.Float64,
    "upper": pl.Float64,
}


@dataclass(frozen=True)
class FittedAges:
    """`curve`: single ages with intervals; `report`: parameters and indices; per group how near the curve came."""

    curve: pl.DataFrame
    report: pl.DataFrame
    gaps: dict[str, float]
    agree: dict[str, str]


def fit_ages_of_file(file: Path, family: int) -> FittedAges:
    """The schedule of every group (area, sex) of a table age and rate, or age, migrants and population.

    Raises SettingsInvalid, TableInvalid, MethodNotApplicable.
    """
    table = read_numbers(file, [RATE, MIGRANTS, POPULATION], whole=[AGE])
    if RATE in table.columns and MIGRANTS in table.columns:
        raise TableInvalid(
            "The table has rates and migrants, and nobody says which of them count.",
            expected="age and rate, or age, migrants and population",
            do="Leave out the column rate, or the other two.",
        )
    values = [MIGRANTS, POPULATION] if MIGRANTS in table.columns else [RATE]
    keys = [name for name in GROUPS if name in table.columns]
    for value in values:
        check_cells(table, (*keys, AGE), value, least=0.0)
    _check_ages(table)
    curves, reports, gaps, agree = [], [], {}, {}
    for names, rows in _groups(table, keys):
        data = _age_data(rows)
        fit = fit_schedule(data, family)
        label = " ".join(names.values()) or "_T"
        gaps[label], agree[label] = fit.gap_percent, f"{fit.starts_that_agree}/{fit.starts}"
        curves.append(_rows(names, [("rate", "", int(a), low, v, up) for a, low, v, up in _points(fit)]))
        reports.append(_rows(names, _reported(fit, data)))
    return FittedAges(_used(pl.concat(curves), keys), _used(pl.concat(reports), keys), gaps, agree)


def net_by_age_of_files(
    file: Path, method: str, births: Path | None = None, sex_ratio: float = 1.05
) -> tuple[pl.DataFrame, float]:
    """Net migrants by age of every group of a table age, population_start, population_end, survival; and their sum.

    Births by area and sex where the file has these columns; of both sexes together they are split by the sex ratio at birth.
    Raises SettingsInvalid, TableInvalid, MethodNotApplicable.
    """
    table = read_numbers(file, [START, END, SURVIVAL], whole=[AGE])
    keys = [name for name in GROUPS if name in table.columns]
    for value in (START, END, SURVIVAL):
        check_cells(table, (*keys, AGE), value, least=0.0)
    _check_ages(table)
    _check_survival(table, keys)
    births_of_sexes(1.0, sex_ratio)  # refused also where nothing is split by it
    born = None if births is None else _births(read_numbers(births, [BIRTHS]), keys)
    made, found = {}, {}
    for names, rows in _groups(table, keys):
        _equal_widths(rows[AGE].to_numpy())
        here = None if born is None else _births_of(born, names, sex_ratio)
        start, end, survival = (rows[name].to_numpy() for name in (START, END, SURVIVAL))
        people = AgedPopulation(start, end, survival, here)
        key = tuple(names.values())
        made[key], found[key] = net_by_age(people, method), rows
    if born is None and method in (FORWARD, REVERSE, AVERAGE):
        _add_children(made, found, keys)
    parts = [
        rows.select(*keys, AGE).with_columns(pl.Series("net", made[key]).fill_nan(None))
        for key, rows in found.items()
    ]
    whole = pl.concat(parts).with_columns(pl.lit(method).alias("method"))
    return whole, float(whole["net"].sum())


def share_persons_by_age(family: str, sex: str, persons: float, oldest: int) -> pl.DataFrame:
    """age, rate, persons: a total shared out like a family of the United Nations. Raises SettingsInvalid."""
    if not 1 <= oldest <= OLDEST or not abs(persons) <= MOST:
        raise SettingsInvalid(
            "{persons} persons cannot be shared out to the age of {age}.",
            expected="a number of persons, and an oldest age from 1 to {oldest}",
            do="Correct --persons or --oldest.",
            persons=persons,
            age=oldest,
            oldest=OLDEST,
        )
    schedule, ages = un_schedule(family, sex), np.arange(oldest + 1, dtype=np.float64)
    shared = share_by_age(persons, ages, schedule)
    return pl.DataFrame({AGE: ages.astype(np.int64), RATE: rates_of(ages, schedule), "persons": shared})


def about_ages(command: str, file: Path, method: str, **more: Any) -> Mapping[str, Any]:
    """What a table by age is, and how it was made."""
    return {"made_by": f"guzar {command}", "made_from": file.name, "method": method, **more}


def about_shared_ages(family: str, sex: str, persons: float) -> Mapping[str, Any]:
    """What a table shared out by age is: an assumption, by single years of age."""
    return {
        "made_by": "guzar share-by-age",
        "family": family,
        "sex": sex,
        "persons": persons,
        "unit": "persons",
        "rate": "rate of the family at this age; persons are in proportion to it",
        "ages_are": "those of the family, not observed",
    }


def tell_ages(out: Path, about: Mapping[str, Any]) -> None:
    """Write down beside a table what it rests on."""
    write_about(out, about)


def _groups(table: pl.DataFrame, keys: Sequence[str]) -> Iterator[tuple[dict[str, str], pl.DataFrame]]:
    if not keys:
        yield {}, table.sort(AGE)
        return
    for code in table.select(keys).unique().sort(keys).iter_rows(named=True):
        same = pl.all_horizontal(pl.col(name) == value for name, value in code.items())
        yield code, table.filter(same).sort(AGE)


def _check_ages(table: pl.DataFrame) -> None:
    wrong = table.filter((pl.col(AGE) < 0) | (pl.col(AGE) > OLDEST))
    if len(wrong):
        raise TableInvalid(
            "Ages that are none: {count}; the first is {age}.",
            expected="whole years from 0 to {oldest}",
            do="Write the first age of each group.",
            count=len(wrong),
            age=wrong[AGE][0],
            oldest=OLDEST,
        )


def _check_survival(table: pl.DataFrame, keys: Sequence[str]) -> None:
    """A share that survives lies between 0 and 1: anything else is a slip of the file, not of the method."""
    wrong = table.filter((pl.col(SURVIVAL) <= 0) | (pl.col(SURVIVAL) > 1))
    if len(wrong):
        raise TableInvalid(
            "Survival ratios that are none: {count}; the first is {ratio:.4f}.",
            where="the first: {cell}",
            expected="shares above 0 and at most 1",
            do="Give the share that survives into each age group, not the deaths.",
            count=len(wrong),
            ratio=wrong[SURVIVAL][0],
            cell=" ".join(
                f"{name} {value}" for name, value in wrong.select(*keys, AGE).row(0, named=True).items()
            ),
        )


def _age_data(rows: pl.DataFrame) -> AgeData:
    """Ages with people at risk; the last group is taken to be as wide as the one before it."""
    if MIGRANTS in rows.columns:
        more = rows.filter(pl.col(MIGRANTS) > pl.col(POPULATION))
        if len(more):
            raise TableInvalid(
                "Ages with more migrants than people at risk: {count}; the first age is {age}, with {migrants:,.0f} of {population:,.0f}.",
                expected="migrants of each age among the population of this age",
                do="Check the unit of both columns (persons or thousands), or take ages together.",
                count=len(more),
                age=more[AGE][0],
                migrants=more[MIGRANTS][0],
                population=more[POPULATION][0],
            )
    first = rows[AGE].to_numpy()
    width = np.diff(first, append=first[-1] + (first[-1] - first[-2] if len(first) > 1 else 1))
    if MIGRANTS not in rows.columns:
        return AgeData(first, width, rows[RATE].to_numpy())
    persons, moved = rows[POPULATION].to_numpy(), rows[MIGRANTS].to_numpy()
    lived = persons > 0
    return AgeData(first[lived], width[lived], moved[lived] / persons[lived], persons[lived])


def _points(fit: FittedSchedule) -> Iterator[tuple[int, float, float, float]]:
    return zip(fit.ages, fit.lower.tolist(), fit.curve.tolist(), fit.upper.tolist(), strict=True)


def _reported(fit: FittedSchedule, data: AgeData) -> list[tuple[Any, ...]]:
    """Parameters with intervals; indices of the curve, and of the data where they are of single ages."""
    rows: list[tuple[Any, ...]] = [
        ("parameter", name, None, low, value, high) for name, (low, value, high) in fit.parameters.items()
    ]
    of_curve = profile_indices(fit.ages, fit.curve) | schedule_ratios(fit.values)
    rows += [("index_of_curve", name, None, None, value, None) for name, value in of_curve.items()]
    if (data.width == 1).all():
        of_data = profile_indices(data.first, data.rates)
        rows += [("index_of_data", name, None, None, value, None) for name, value in of_data.items()]
    return rows


def _rows(names: Mapping[str, str], rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    group = tuple(names.get(name) for name in GROUPS)
    return pl.DataFrame([(*group, *row) for row in rows], schema=RESULT, orient="row")


def _used(table: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    """The columns that hold something; each index with its definition."""
    empty = [name for name in (*GROUPS, "name", "age") if name not in keys and not _holds(table, name)]
    if table["name"].is_in(list(profiles.DEFINITIONS)).any():
        meaning = pl.col("name").replace_strict(profiles.DEFINITIONS, default=None, return_dtype=pl.String)
        table = table.with_columns(definition=meaning)
    return table.drop(empty)


def _holds(table: pl.DataFrame, name: str) -> bool:
    return bool((table[name].cast(pl.String).fill_null("") != "").any())


def _equal_widths(ages: np.ndarray[Any, np.dtype[np.int64]]) -> None:
    widths = set(np.diff(ages).tolist())
    if len(widths) > 1:
        raise TableInvalid(
            "Age groups are of different widths: {widths} years.",
            expected="groups as wide as the interval is long, the last one open",
            do="Add up groups until all are as wide.",
            widths=", ".join(str(each) for each in sorted(widths)),
        )


def _births(table: pl.DataFrame, keys: Sequence[str]) -> pl.DataFrame:
    own = [name for name in keys if name in table.columns]
    if own:
        check_cells(table, own, BIRTHS, least=0.0)
    elif BIRTHS not in table.columns or table.height != 1:
        raise TableInvalid(
            "The file of births has {rows} rows, and no column by which to tell them apart.",
            expected="one row of births, or columns area or sex as in the table",
            do="Add the columns, or add up the births.",
            rows=table.height,
        )
    else:
        check_cells(table.with_columns(all=pl.lit("all")), ("all",), BIRTHS, least=0.0)
    return table.select(*own, BIRTHS)


def _births_of(born: pl.DataFrame, names: Mapping[str, str], ratio: float) -> float:
    own = [name for name in names if name in born.columns]
    same = born.filter(*(pl.col(name) == names[name] for name in own))
    if same.height != 1:
        raise TableInvalid(
            "No births of {group}.",
            expected="a row of births for every area and sex of the table",
            do="Add the row, or leave the group out.",
            group=" ".join(names.values()),
        )
    births = float(same[BIRTHS][0])
    if SEX not in names or SEX in own:
        return births
    split = births_of_sexes(births, ratio)
    if names[SEX] not in split:
        raise TableInvalid(
            "Births cannot be split for the sex {sex}.",
            expected="F and M in the column sex",
            do="Write F for women and M for men, or give births by sex.",
            sex=names[SEX],
        )
    return split[names[SEX]]


def _add_children(
    made: dict[tuple[str, ...], Any], found: Mapping[tuple[str, ...], pl.DataFrame], keys: Sequence[str]
) -> None:
    """The youngest, from women of the same area, where the table has them in groups of 5 years; else they stay empty."""
    if SEX not in keys:
        return
    place = list(keys).index(SEX)
    for key, rows in found.items():
        mothers = (*key[:place], "F", *key[place + 1 :])
        ages = rows[AGE].to_list()
        if mothers in found and ages[:2] == [0, FIVE] and len(ages) > 9:
            women = found[mothers][END].to_numpy()
            made[key][:1] = net_of_children(rows[END].to_numpy()[:1], women, made[mothers])
