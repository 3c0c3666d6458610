"""UN DESA World Population Prospects, revisions of 2019, 2022 and 2024: tables of areas by year.

In: tab-separated tables with one column per year or period (births, deaths, net migration; population by sex and
five-year age), the derived table of rates (Parquet or CSV), and net migration in persons rounded to thousands.
Out: PublishedFigures. The revision is told by the years that a table holds; a year after the last one that the
revision estimates is a projection. Births and deaths, men and women look alike inside: there the name of the file
or the person who delivers it must say what it holds.
Source: United Nations, DESA, Population Division, World Population Prospects.
"""

import re

import polars as pl

from guzar.collect.delivery import Delivery, Layout, Reading
from guzar.collect.grid import ROW
from guzar.collect.headers import first_row, is_text, require_rows
from guzar.collect.tables import PARQUET, open_parquet, open_table, open_text_table
from guzar.errors import DeliveryRefused

SOURCE = "world_population"
LAST_ESTIMATED = {"2019": 2020, "2022": 2021, "2024": 2023}  # later years of a revision are projections
PROJECTION = "projection"
WORLD = "900"
FEWEST_AREAS = 235  # every revision lists 235 areas and the world, and regions besides
SAID_BY = {  # words in a file's name, or given with --series, that tell what the file itself does not
    "births": "births",
    "deaths": "deaths",
    "net_migration": "net_migration",
    "migration": "net_migration",
    "population_female": "population_female",
    "population_male": "population_male",
    "female": "population_female",
    "male": "population_male",
}
FIVE_YEARS = ["country_code", "name"]
AGES = ["country_code", "name", "age"]
ANNUAL = ["country_code", "country"]
LAST_OBSERVED = "last.observed"
AGE_GROUPS = {f"{age}-{age + 4}" for age in range(0, 100, 5)} | {"100+"}
NAMES_SINCE_2019 = {"North Macedonia", "Eswatini"}  # tell the revision of 2019 from that of 2017
RATES = ["revision", "country_code", "year"]
RATE_SERIES = {
    "births_thousand": "births",
    "deaths_thousand": "deaths",
    "births_per_1000": "births_per_1000",
    "deaths_per_1000": "deaths_per_1000",
    "growth_rate_percent": "growth_rate_percent",
    "population_change_thousand": "population_change",
    "net_migration_per_1000": "net_migration_per_1000",
    "natural_change_per_1000": "natural_change_per_1000",
    "population_thousand_derived": "population_derived",
}
ROUNDED = ["Year", "Country ISO", "Net Number of Migrants"]


def read_annual(delivery: Delivery) -> Reading:
    """Births, deaths or net migration: one row per area, one column per year, thousand persons."""
    table = _open(delivery)
    years = [name for name in table.columns if re.fullmatch(r"\d{4}", name)]
    revision = _annual_revision(years, table, delivery)
    _require_steps(years, 1, delivery)
    series = _annual_series(table, years, delivery)
    details = {}
    if LAST_OBSERVED in table.columns:
        stated = ", ".join(sorted(table[LAST_OBSERVED].unique()))
        details["last.observed"] = (
            f"{stated}: the last year that the revision estimates, the same for every area"
        )
    return _reading(_unpivot(table, years, ANNUAL, series, revision), revision, details)


def read_five_years(delivery: Delivery) -> Reading:
    """Net migration over five years: one row per area, one column per period, thousand persons."""
    table = _open(delivery)
    periods = [name for name in table.columns if re.fullmatch(r"\d{4}-\d{4}", name)]
    if not set(table["name"]) >= NAMES_SINCE_2019 or not periods or periods[-1] != "2095-2100":
        raise _unknown_revision(delivery, periods[-1] if periods else "-")
    _require_steps([period[:4] for period in periods], 5, delivery)
    return _reading(_unpivot(table, periods, FIVE_YEARS, "net_migration_5y", "2019"), "2019", {})


def read_ages(delivery: Delivery) -> Reading:
    """Population of one sex: one row per area and five-year age group, one column per year, thousand persons."""
    table = _open(delivery)
    years = [name for name in table.columns if re.fullmatch(r"\d{4}", name)]
    if not years or years[-1] != "2020":
        raise _unknown_revision(delivery, years[-1] if years else "-")
    _require_steps(years, 5, delivery)
    if set(table["age"]) != AGE_GROUPS:
        raise DeliveryRefused(
            "{name} does not hold every age group.",
            where="{name}, column age",
            expected="the age groups 0-4 to 95-99 and 100+",
            do="Fetch the file again, unchanged, from the publisher.",
            name=delivery.name,
        )
    series = _said_series(delivery, ("population_male", "population_female"))
    sex = series.removeprefix("population_")
    long = _unpivot(table, years, AGES, "population_by_age", "2019").with_columns(
        reported_sex=pl.lit(sex),
        reported_part=pl.col("age"),
        parts_printed=pl.lit(len(AGE_GROUPS), pl.Int32),
        place=pl.format("{}, age {}", "place", "age"),
    )
    return _reading(long.drop("age"), "2019", {"series": series})


def read_rates(delivery: Delivery) -> Reading:
    """The derived table: revision × area × year with births, deaths, rates and derived population."""
    table = open_table(delivery).with_row_index(ROW, offset=1)
    require_rows(table["country_code"].n_unique(), FEWEST_AREAS, delivery)
    held = [name for name in RATE_SERIES if name in table.columns]
    texts = table.with_columns(pl.col(*RATES, *held).cast(pl.String))
    long = texts.unpivot(held, index=[ROW, *RATES], variable_name="column", value_name="reported_value")
    numeric = [
        pl.col(name).cast(pl.Float64)
        if table[name].dtype.is_numeric()
        else pl.lit(None, pl.Float64).alias(name)
        for name in held
    ]
    numbers = table.select(ROW, *numeric).unpivot(held, index=ROW)["value"]
    candidates = long.select(
        series=pl.col("column").replace_strict(RATE_SERIES),
        reported_area="country_code",
        reported_sex=pl.lit("total"),
        reported_period="year",
        reported_edition="revision",
        reported_value="reported_value",
        value=numbers,
        place=pl.format("row {}, column {}", ROW, "column"),
    )
    return _reading(candidates, str(texts["revision"].max()), {})


def read_rounded(delivery: Delivery) -> Reading:
    """Net migration in persons, rounded to thousands: one row per country and year."""
    table = open_text_table(delivery).with_row_index(ROW, offset=2)
    require_rows(table["Country ISO"].n_unique(), FEWEST_AREAS - 5, delivery)
    year = pl.col("Year").str.strip_suffix(".0")
    last = table.select(year.max()).item()
    if last != "2024":
        raise _unknown_revision(delivery, str(last))
    candidates = table.select(
        series=pl.lit("net_migration_rounded"),
        reported_area="Country ISO",
        reported_sex=pl.lit("total"),
        reported_period=year,
        reported_value="Net Number of Migrants",
        reported_status=_projection(year, "2024"),
        place=pl.format("row {}", ROW),
    )
    return _reading(candidates, "2024", {})


def _open(delivery: Delivery) -> pl.DataFrame:
    """The tab-separated table; refused where it holds too few areas or no world."""
    table = open_text_table(delivery, separator="\t")
    require_rows(table["country_code"].n_unique(), FEWEST_AREAS, delivery)
    if WORLD not in set(table["country_code"]):
        raise DeliveryRefused(
            "{name} does not hold the world.",
            where="{name}, column country_code",
            expected="a row with the code 900",
            do="Fetch the file again, whole and unchanged, from the publisher.",
            name=delivery.name,
        )
    return table


def _unpivot(
    table: pl.DataFrame, periods: list[str], keep: list[str], series: str, revision: str
) -> pl.DataFrame:
    numbered = table.with_row_index(ROW, offset=2)
    long = numbered.unpivot(
        periods, index=[ROW, *keep], variable_name="reported_period", value_name="reported_value"
    )
    return long.select(
        *(["age"] if "age" in keep else []),
        "reported_period",
        "reported_value",
        series=pl.lit(series),
        reported_area="country_code",
        reported_sex=pl.lit("total"),
        reported_status=_projection(pl.col("reported_period"), revision),
        place=pl.format("row {}, column {}", ROW, "reported_period"),
    )


def _projection(period: pl.Expr, revision: str) -> pl.Expr:
    """The mark of a period that ends after the last year that the revision estimates."""
    end = period.str.slice(-4).str.to_integer(strict=False)
    return pl.when(end > LAST_ESTIMATED[revision]).then(pl.lit(PROJECTION))


def _reading(candidates: pl.DataFrame, revision: str, details: dict[str, str]) -> Reading:
    return Reading(revision, {"published_figures": candidates}, details=details)


def _annual_revision(years: list[str], table: pl.DataFrame, delivery: Delivery) -> str:
    """The revision by the last year: 2021, or 2100 without a last observed year, is 2022; 2023 is 2024."""
    last = years[-1] if years else "-"
    if last in ("2021", "2100") and LAST_OBSERVED not in table.columns:
        return "2022"
    if last == "2023":
        return "2024"
    raise _unknown_revision(delivery, last)


def _annual_series(table: pl.DataFrame, years: list[str], delivery: Delivery) -> str:
    """Net migration of the world is nought in every year, births and deaths never are; these two look alike."""
    world = table.filter(pl.col("country_code") == WORLD).select(years).row(0)
    is_net = all(re.fullmatch(r"-?0+(\.0+)?", cell or "") for cell in world)
    return _said_series(delivery, ("net_migration",) if is_net else ("births", "deaths"), told=is_net)


def _said_series(delivery: Delivery, possible: tuple[str, ...], *, told: bool = False) -> str:
    """The series that the deliverer or the file's name says; refused where neither does or both contradict the file.

    `told`: the file itself tells the one possible series, so that nothing needs to be said.
    """
    words = delivery.series or re.sub(r"[^a-z]+", "_", delivery.name.lower())
    said = [series for word, series in SAID_BY.items() if re.search(rf"(?<![a-z]){word}(?![a-z])", words)][:1]
    if said and said[0] in possible:
        return said[0]
    if told and not delivery.series:
        return possible[0]
    raise DeliveryRefused(
        "{name} does not say what it holds.",
        where="{name}, said: {said}; the numbers fit: {possible}",
        expected="the name of the file, or --series, says one of: {possible}",
        do="Say it with --series, for example --series {first}",
        name=delivery.name,
        said=", ".join(said) or "-",
        possible=", ".join(possible),
        first=possible[0],
    )


def _require_steps(starts: list[str], step: int, delivery: Delivery) -> None:
    """Refuse columns that leave out a year or period: a column is missing or was moved."""
    years = [int(start) for start in starts]
    if years != list(range(1950, 1950 + step * len(years), step)):
        raise DeliveryRefused(
            "{name} has a gap, a repetition or a wrong order in its columns of years.",
            where="{name}, columns {first} to {last}",
            expected="one column for every year, in order",
            do="Fetch the file again, unchanged, from the publisher.",
            name=delivery.name,
            first=years[0],
            last=years[-1],
        )


def _unknown_revision(delivery: Delivery, last: str) -> DeliveryRefused:
    return DeliveryRefused(
        "{name} is of no revision of World Population Prospects that guzar knows.",
        where="{name}, last column {last}",
        expected="the revision of 2019, 2022 or 2024, whole",
        do="Fetch the file again, whole and unchanged, from the publisher.",
        name=delivery.name,
        last=last,
    )


def _labels(delivery: Delivery) -> list[str]:
    """The labels of the first line of a tab-separated text."""
    return (
        delivery.content[:20_000].decode("latin-1").partition("\n")[0].rstrip("\r").split("\t")
        if is_text(delivery)
        else []
    )


def _is_annual(delivery: Delivery) -> bool:
    return _labels(delivery)[:2] == ANNUAL


def _is_five_years(delivery: Delivery) -> bool:
    labels = _labels(delivery)
    return labels[:2] == FIVE_YEARS and labels[2:3] != ["age"]


def _is_ages(delivery: Delivery) -> bool:
    return _labels(delivery)[:3] == AGES


def _is_rates(delivery: Delivery) -> bool:
    columns = open_parquet(delivery).columns if delivery.content[:4] == PARQUET else first_row(delivery)
    return set(RATES) <= set(columns) and set(RATE_SERIES) <= set(columns)


def _is_rounded(delivery: Delivery) -> bool:
    return set(ROUNDED) <= set(first_row(delivery))


LAYOUTS = (
    Layout(
        "annual",
        SOURCE,
        "tab-separated table with country_code, country and one column per year",
        _is_annual,
        read_annual,
    ),
    Layout(
        "five_years",
        SOURCE,
        "tab-separated table with country_code, name and one column per five years",
        _is_five_years,
        read_five_years,
    ),
    Layout(
        "ages",
        SOURCE,
        "tab-separated table with country_code, name, age and one column per year",
        _is_ages,
        read_ages,
    ),
    Layout(
        "rates",
        SOURCE,
        "table with revision, country_code, year and the columns of rates",
        _is_rates,
        read_rates,
    ),
    Layout(
        "rounded", SOURCE, "table with Year, Country ISO, Net Number of Migrants", _is_rounded, read_rounded
    ),
)
