"""What a release holds, whatever it is: its indicators, and the values of one that may be ranked.

These figures need no indicator that guzar knows: a workspace with one table of its own has them too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

import polars as pl

from guzar.define.areas import THE_TWELVE, regions
from guzar.define.codelist import read_codelist
from guzar.define.structures import code_names
from guzar.use.observatory import numbers
from guzar.use.observatory.charts.bars import Bar, bar_chart
from guzar.use.observatory.content import Figure, KeyNumber
from guzar.use.observatory.drawing import HALF
from guzar.use.observatory.figures.area_table import rows_of, sources_of
from guzar.use.observatory.figures.money import fee_only_among, is_fee_only
from guzar.use.observatory.published import (
    ENOUGH,
    FORECAST,
    NOT_APPLICABLE,
    TOTAL,
    Published,
    Value,
    figures_of_period,
    last_common_period,
)
from guzar.use.observatory.reader_tables import COUNTED, place_and_sex, unit_words
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
    held, and then `is_of_region`. They are of both sexes together where such values are held; where only women and men
    are counted apart, of both added (`is_added`); else of one sex. Women of one area and men of another are no ranking.
    """

    indicator: str
    values: Sequence[Value]
    is_of_region: bool
    is_added: bool = False

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
    rows = _whole_areas(rows)
    region, is_of_region = _of_region(rows)
    held = region if is_of_region else rows
    rows = _one_series(_one_sex(held))
    named = rows.with_columns(place=pl.concat_str("area", "counterpart", "sex"))
    period = last_common_period(named, "place")
    if period is None:
        return None
    values = figures_of_period(named, period, "place").values()
    ordered = sorted(values, key=lambda v: (-(v.value or 0), v.area, v.counterpart, v.sex))
    is_added = TOTAL in rows["sex"] and not held["sex"].is_in(WHOLE).any()
    return Ranking(indicator, ordered, is_of_region, is_added)


def _of_region(rows: pl.DataFrame) -> tuple[pl.DataFrame, bool]:
    """What belongs to the region, a corridor by either end; and whether more than one of the twelve is among it."""
    ends = [pl.col(name).is_in(THE_TWELVE) for name in ("area", "counterpart")]
    named = [rows.filter(end)[name] for end, name in zip(ends, ("area", "counterpart"), strict=True)]
    return rows.filter(ends[0] | ends[1]), pl.concat(named).n_unique() > 1


def _whole_areas(rows: pl.DataFrame) -> pl.DataFrame:
    """Whole areas where there are any, else corridors."""
    whole = rows.filter(pl.col("counterpart").is_in(WHOLE))
    return whole if whole.height else rows


def _one_sex(rows: pl.DataFrame) -> pl.DataFrame:
    """Both sexes together where there are such values or both were counted, else the sex with the most places."""
    whole = rows.filter(pl.col("sex").is_in(WHOLE))
    if whole.height or not rows.height:
        return whole
    added = _added(rows)
    if added.height:
        return added
    sizes = rows.group_by("sex").agg(pl.struct("area", "counterpart").n_unique().alias("places"))
    most = sizes.sort("places", "sex", descending=[True, False])["sex"].first()
    return rows.filter(pl.col("sex") == most)


def _added(rows: pl.DataFrame) -> pl.DataFrame:
    """Women, men and those of unknown sex, added where women and men of one place and edition are both counted."""
    key = ["indicator", "area", "counterpart", "period", "year", "unit", "definition", "source", "edition"]
    counted = rows.filter(pl.col("unit").is_in(COUNTED) & (pl.col("observation_status") != FORECAST))
    both = counted.filter(pl.col("sex").is_in(["F", "M"]).sum().over(key) == len(("F", "M")))
    alike = both.filter(pl.col("observation_status").n_unique().over(key) == 1)
    added = alike.group_by(key, maintain_order=True).agg(
        pl.col("value").sum(),
        pl.col("observation_status").first(),
        pl.col("last_observed").min(),
        pl.col("missing_mark").first(),
        pl.lit(TOTAL).alias("sex"),
    )
    return added.select(rows.columns) if set(rows.columns) == set(added.columns) else added


def _one_series(rows: pl.DataFrame) -> pl.DataFrame:
    """Of the definitions and sources with the most places the one of the newest common period, then edition."""
    place = pl.concat_str("area", "counterpart")
    sizes = [
        (part["place"].n_unique(), last_common_period(part, "place") or "", part["edition"].max(), *series)
        for series, part in rows.with_columns(place=place)
        .partition_by("definition", "source", as_dict=True)
        .items()
    ]
    large = [size for size in sizes if size[0] >= ENOUGH * max(size[0] for size in sizes)]
    chosen = max(
        sorted(large, key=lambda size: size[3:]), key=lambda size: (size[1], size[2], size[0]), default=None
    )
    if chosen is None:
        return rows
    best = pl.DataFrame({"definition": [chosen[3]], "source": [chosen[4]]})
    return rows.join(best.select("definition", "source"), on=["definition", "source"], how="semi")


def _released(ranking: Ranking) -> list[Value]:
    """The values as released: those of each sex where they were added."""
    if not ranking.is_added:
        return list(ranking.values)
    return [replace(value, sex=sex) for value in ranking.values for sex in ("F", "M", "U")]


def finding(published: Published, ranking: Ranking, say: Words) -> str:
    """What a ranking proves: the largest of how many values of one period, or the only one."""
    first, name = ranking.first, indicator_name(published, ranking.indicator, say)
    told = {"indicator": name, "value": with_unit(first, say), "place": place_and_sex(first, say)}
    if len(ranking.values) == 1:
        return say("{indicator}: {value}, {place} ({period})", period=say.period(first.period), **told)
    told |= {"count": str(len(ranking.values)), "period": say.period(first.period)}
    if ranking.is_of_region and first.counterpart not in WHOLE:
        return say(
            "{indicator}, {period}: the largest of {count} values for corridors to or from the region is {value}, {place}",
            **told,
        )
    if ranking.is_of_region:
        return say(
            "{indicator}, {period}: the largest of {count} values for areas of the region is {value}, {place}",
            **told,
        )
    return say("{indicator}, {period}: the largest of {count} values is {value}, {place}", **told)


def indicator_name(published: Published, indicator: str, say: Words) -> str:
    """The name that the lists have for an indicator, else that of its own definition, else its id in words."""
    if indicator in _names():
        return _names()[indicator][say.lang]
    own = published.rows(indicator, newest=False)["definition"].unique().sort().to_list()
    name = (
        say.definition(own[0])
        if len(own) == 1
        else code_names("CL_INDICATOR", say.lang).get(indicator, indicator)
    )
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
        return say.share(value.value), "%"
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
    if ranking.is_added:
        sub += ". " + say("Women and men were counted apart and are added here")
    source, rows = sources_of(ranking.values, say), rows_of(published, _released(ranking))
    return Figure(
        name,
        heading,
        sub,
        Html(drawing.__html__()),
        source,
        rows=rows,
        width="half",
        warning=fee_only_among(published, ranking.values[: len(shown)], say),
    )


def indicator_list(published: Published, say: Words, to_data: str = "") -> Figure:
    """Every indicator of the release, linked to its page; `to_data` is the way from the page to the folder of data."""
    heading = say("Every indicator of this release")
    head = [say("Indicator"), say("Rows"), say("Numbers"), say("Areas"), say("Years"), say("Editions")]
    told = published.figures.group_by("indicator").agg(
        pl.len().alias("rows"),
        pl.col("value").count().alias("numbers"),
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
            words(say.number(row["rows"])),
            words(say.number(row["numbers"])),
            words(say.number(row["areas"])),
            words(numbers.years(row["first"], row["last"])),
            words(say.number(row["editions"])),
        ]
        for name, row in named
    ]
    table = plain_table(heading, head, rows, numeric={1, 2, 3, 5})
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
        told = "{indicator}, fee only: {place}" if is_fee_only(value) else "{indicator}: {place}"
        label = say(told, indicator=name, place=place)
    else:
        number, unit = say.amount(value.value)
        counted = unit_words(value.unit, say)
        label = say("{indicator}, {unit}: {place}", indicator=name, unit=counted, place=place)
    said = say("{unit} ({year})", unit=unit, year=period).strip()
    return KeyNumber(label, number, said, say.tail(value), say.edition(value))
