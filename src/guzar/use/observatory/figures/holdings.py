"""What a release holds, whatever it is: its indicators, and the values of one that may be ranked.

These figures need no indicator that guzar knows: a workspace with one table of its own has them too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import polars as pl

from guzar.define.areas import THE_TWELVE, regions
from guzar.define.codelist import read_codelist
from guzar.use.observatory import numbers
from guzar.use.observatory.charts.bars import Bar, bar_chart
from guzar.use.observatory.content import Figure, KeyNumber
from guzar.use.observatory.drawing import HALF
from guzar.use.observatory.figures.area_table import rows_of, sources_of
from guzar.use.observatory.published import (
    FORECAST,
    NOT_APPLICABLE,
    TOTAL,
    Published,
    Value,
    figures_of_period,
    last_common_period,
)
from guzar.use.observatory.reader_tables import place_and_sex, unit_words
from guzar.use.observatory.svg import Caption, Html, words
from guzar.use.observatory.tables import link, plain_table
from guzar.use.observatory.words import SIGN_OF, Words

MODELLED = "modelled_from_modelled"
WHOLE = [TOTAL, NOT_APPLICABLE]
NOT_RANKED = ("category", "index")  # codes and indices of different bases have no order between areas
BARS = 12


@dataclass(frozen=True)
class Ranking:
    """Values of one indicator that may stand beside each other: one definition, source and period; largest first.

    `values` are either whole areas or corridors, never both; only those of the twelve where at least two of them are
    held, and then `is_of_region`. They are of both sexes together where such values are held, else of each sex.
    """

    indicator: str
    values: Sequence[Value]
    is_of_region: bool

    @property
    def first(self) -> Value:
        """The largest value."""
        return self.values[0]


def held_indicators(published: Published) -> list[str]:
    """The indicators of the release, those with the most areas of the twelve first, then those with the most values."""
    counts = published.figures.group_by("indicator").agg(
        pl.col("area").filter(pl.col("area").is_in(THE_TWELVE)).n_unique().alias("known"), pl.len()
    )
    return counts.sort("known", "len", "indicator", descending=[True, True, False])["indicator"].to_list()


def leading_rankings(published: Published) -> list[Ranking]:
    """One ranking for each indicator that has one, in the order of `held_indicators`."""
    found = [rank(published, indicator) for indicator in held_indicators(published)]
    return [ranking for ranking in found if ranking is not None]


def rank(published: Published, indicator: str) -> Ranking | None:
    """The values of one indicator in the last period that most places share; None where nothing may be ranked."""
    rows = published.rows(indicator).filter(
        pl.col("value").is_not_null()
        & ~pl.col("observation_status").is_in([MODELLED, FORECAST])
        & ~pl.col("unit").is_in(NOT_RANKED)
        & ~pl.col("area").is_in(list(regions()))
    )
    rows = _one_series(_both_sexes(_whole_areas(rows)))
    region = rows.filter(pl.col("area").is_in(THE_TWELVE))
    is_of_region = region["area"].n_unique() > 1
    named = (region if is_of_region else rows).with_columns(place=pl.concat_str("area", "counterpart", "sex"))
    period = last_common_period(named, "place")
    if period is None:
        return None
    values = figures_of_period(named, period, "place").values()
    ordered = sorted(values, key=lambda v: (-(v.value or 0), v.area, v.counterpart, v.sex))
    return Ranking(indicator, ordered, is_of_region)


def _whole_areas(rows: pl.DataFrame) -> pl.DataFrame:
    """Whole areas where there are any, else corridors."""
    whole = rows.filter(pl.col("counterpart").is_in(WHOLE))
    return whole if whole.height else rows


def _both_sexes(rows: pl.DataFrame) -> pl.DataFrame:
    """Both sexes together where there are such values, else each sex."""
    whole = rows.filter(pl.col("sex").is_in(WHOLE))
    return whole if whole.height else rows


def _one_series(rows: pl.DataFrame) -> pl.DataFrame:
    """The definition and source with the most places."""
    sizes = rows.group_by("definition", "source").agg(
        pl.struct("area", "counterpart").n_unique().alias("places")
    )
    best = sizes.sort("places", "definition", descending=[True, False]).head(1)
    return rows.join(best.select("definition", "source"), on=["definition", "source"], how="semi")


def finding(published: Published, ranking: Ranking, say: Words) -> str:
    """What a ranking proves: the largest of how many values of one period, or the only one."""
    first, name = ranking.first, indicator_name(published, ranking.indicator, say)
    told = {"indicator": name, "value": with_unit(first, say), "place": place_and_sex(first, say)}
    if len(ranking.values) == 1:
        return say("{indicator}: {value}, {place} ({period})", period=say.period(first.period), **told)
    told |= {"count": str(len(ranking.values)), "period": say.period(first.period)}
    if ranking.is_of_region:
        return say(
            "{indicator}, {period}: the largest of {count} values for areas of the region is {value}, {place}",
            **told,
        )
    return say("{indicator}, {period}: the largest of {count} values is {value}, {place}", **told)


def indicator_name(published: Published, indicator: str, say: Words) -> str:
    """The name of an indicator; where guzar has none, the name that its definition gives it, or its id in words."""
    if indicator in _names():
        return _names()[indicator][say.lang]
    own = published.rows(indicator, newest=False)["definition"].unique().sort().to_list()
    name = say.definition(own[0]) if len(own) == 1 else indicator
    return name if name != indicator else indicator.replace("_", " ").capitalize()


@cache
def _names() -> dict[str, dict[str, str]]:
    listed = read_codelist("indicators").iter_rows(named=True)
    return {row["id"]: {"en": row["name_en"], "ru": row["name_ru"]} for row in listed}


def with_unit(value: Value, say: Words) -> str:
    """A value and its unit, short enough for a heading."""
    amount, unit = amount_and_unit(value, say)
    return f"{amount}{numbers.NO_BREAK}{unit}" if unit and unit != "%" else _short(value, say)


def _short(value: Value, say: Words) -> str:
    if value.unit == "percent":
        return say.percent(value.value)
    return numbers.dollars(value.value, say.lang)


def amount_and_unit(value: Value, say: Words) -> tuple[str, str]:
    """Number and unit apart, as key numbers set them; the unit is empty where `with_unit` writes it its own way."""
    if value.unit == "percent":
        return say.number(value.value, 1), "%"
    if value.unit == "usd":
        return numbers.dollars(value.value, say.lang), ""
    amount = say.amount(value.value)
    return amount.number, f"{amount.unit} {unit_words(value.unit, say)}".strip()


def page_of(indicator: str) -> str:
    """The page of an indicator within a language."""
    return f"data/{indicator}.html"


def ranking_figure(published: Published, ranking: Ranking, name: str, say: Words) -> Figure:
    """The values of a ranking as bars: at most twelve, the rest in the CSV."""
    heading, first = finding(published, ranking, say), ranking.first
    shown = ranking.values[:BARS]
    told = {"definition": say.definition(first.definition), "unit": unit_words(first.unit, say)}
    sub = (
        say("{definition}, {unit}. The {count} largest values", count=len(shown), **told)
        if len(ranking.values) > len(shown)
        else say("{definition}, {unit}", **told)
    )
    bars = [
        Bar(place_and_sex(v, say), v.value, with_unit(v, say), i == 0, SIGN_OF[v.observation_status])
        for i, v in enumerate(shown)
    ]
    drawing = bar_chart(Caption(name, heading, sub), bars, width=HALF)
    source, rows = sources_of(ranking.values, say), rows_of(published, ranking.values)
    return Figure(name, heading, sub, Html(drawing.__html__()), source, rows=rows, width="half")


def indicator_list(published: Published, say: Words, to_data: str = "") -> Figure:
    """Every indicator of the release, linked to its page; `to_data` is the way from the page to the folder of data."""
    heading = say("Every indicator of this release")
    head = [say("Indicator"), say("Values"), say("Areas"), say("Years"), say("Editions")]
    told = published.figures.group_by("indicator").agg(
        pl.len().alias("values"),
        pl.col("area").n_unique().alias("areas"),
        pl.col("year").min().alias("first"),
        pl.col("year").max().alias("last"),
        pl.struct("source", "edition").n_unique().alias("editions"),
    )
    named = sorted(
        (indicator_name(published, row["indicator"], say), row) for row in told.iter_rows(named=True)
    )
    rows = [
        [
            link(name, to_data + page_of(row["indicator"]).removeprefix("data/")),
            words(say.number(row["values"])),
            words(say.number(row["areas"])),
            words(numbers.years(row["first"], row["last"])),
            words(say.number(row["editions"])),
        ]
        for name, row in named
    ]
    table = plain_table(heading, head, rows, numeric={1, 2, 4})
    sub = say("Each has a page with its values, their definitions, sources and editions")
    return Figure("indicators", heading, sub, table, "", shows_table=False)


def key_number(published: Published, value: Value, say: Words) -> KeyNumber:
    """A value as one of the numbers at the top: indicator and place, amount, period, evidence, edition.

    What is counted stands in the label: beside the number there is room for thousands or millions only.
    """
    name, place = indicator_name(published, value.indicator, say), place_and_sex(value, say)
    period = say.period(value.period)
    if value.unit in ("percent", "usd"):
        number, unit = amount_and_unit(value, say)
        label = say("{indicator}: {place}", indicator=name, place=place)
    else:
        number, unit = say.amount(value.value)
        counted = unit_words(value.unit, say)
        label = say("{indicator}, {unit}: {place}", indicator=name, unit=counted, place=place)
    said = say("{unit} ({year})", unit=unit, year=period).strip()
    return KeyNumber(label, number, said, say.tail(value), say.edition(value))
