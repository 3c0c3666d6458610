"""`guzar figures`: the figures held, with unit, definition, source, edition and evidence age."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import polars as pl
import typer
from rich.table import Table

from guzar import journey
from guzar.commands.given import require_text
from guzar.commands.speaker import Out, Speaker, command
from guzar.define.areas import areas, regions
from guzar.define.definitions import find_definition, indicator_name, indicators, require_indicator
from guzar.define.tables.figures import Observations
from guzar.define.units import UNITS
from guzar.define.written_areas import find_area, find_ends
from guzar.errors import MethodNotApplicable, SettingsInvalid
from guzar.languages.numbers import NOT_KNOWN
from guzar.store import open_workspace

COLUMNS = [
    "indicator",
    "area",
    "counterpart",
    "sex",
    "year",
    "value",
    "unit",
    "definition",
    "source",
    "edition",
    "observation_status",
    "last_observed",
    "period",
]


def add_commands(app: typer.Typer) -> None:
    """Add the command `figures`."""
    command(app, "figures", "Analyse")(figures)


def figures(
    speak: Speaker,
    indicator: Annotated[str | None, typer.Option(help="Indicator id; see --list.")] = None,
    area: Annotated[
        str | None, typer.Option(help="Area or corridor by code or name, e.g. KGZ or UZB>RUS; see --areas.")
    ] = None,
    counterpart: Annotated[str | None, typer.Option(help="Other end of the corridor.")] = None,
    year: Annotated[int | None, typer.Option(help="Reference year.")] = None,
    edition: Annotated[
        str | None,
        typer.Option(help="Date of an edition or its beginning, or all. Default: the latest of each source."),
    ] = None,
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
    out: Out = None,
    list_indicators: Annotated[bool, typer.Option("--list", help="List the indicators.")] = False,
    list_areas: Annotated[
        bool, typer.Option("--areas", help="List areas and regions in both languages.")
    ] = False,
) -> None:
    """Figures with their unit, definition, source, edition and evidence age; --edition all gives every edition.

    Example: guzar figures --indicator remittances_received_percent_gdp --area UZB --year 2022 --edition all --out f.csv
    """
    place = open_workspace(workspace) if workspace else None
    if list_indicators or list_areas:
        if list_indicators:
            _list(speak, journey.load_observations(place))
        if list_areas:
            _list_areas(speak)
        return
    if indicator is None or area is None:
        raise SettingsInvalid(
            "Figures need an indicator and an area.",
            expected="--indicator I --area A",
            do="List the indicators with: guzar figures --list, the areas with: guzar figures --areas",
        )
    require_text("--edition", edition)
    origin, area = _ends(area, counterpart)
    held = journey.load_observations(place)
    chosen = select_figures(held, indicator, area, origin, year, edition)
    told = chosen.select(COLUMNS)
    speak.write(out, told)
    if out is None:
        _name_regions(speak, origin, area)
        _say_definitions(speak, chosen)
        speak.say(LEGEND)
        speak.show(_as_table(speak, chosen))
    speak.say_written(out, told)
    speak.summary_of(out, told)


def _ends(area: str, counterpart: str | None) -> tuple[str | None, str]:
    """Counterpart and area as codes, from a corridor or from two options, but not from both."""
    origin, place = find_ends(area)
    if counterpart is None:
        return origin, place
    if origin is not None:
        raise SettingsInvalid(
            "A corridor has its counterpart already.",
            where="--area {area}, --counterpart {counterpart}",
            expected="a corridor, or an area and a counterpart",
            do="Leave out one of the two.",
            area=area,
            counterpart=counterpart,
        )
    return find_area(counterpart), place


def select_figures(
    held: pl.DataFrame,
    indicator: str,
    area: str,
    counterpart: str | None,
    year: int | None,
    edition: str | None,
) -> pl.DataFrame:
    """Rows of one indicator and area or corridor, by codes; by default the latest edition of each source."""
    indicator = require_indicator(indicator)
    rows: pl.DataFrame = journey.load_figures(Observations.cast(held), indicator, area, counterpart)
    rows = rows.filter(pl.col("year") == year) if year is not None else rows
    if edition is not None and edition != "all":
        rows = rows.filter(pl.col("edition") == journey.find_edition(rows, edition.strip()))
    elif edition != "all":
        series = ["indicator", "area", "counterpart", "sex", "period", "definition", "source"]
        rows = rows.filter(pl.col("edition") == pl.col("edition").max().over(series))
    if not rows.height:
        raise MethodNotApplicable(
            "No figure is held for {indicator}, {area}{year}.",
            expected="an area, year and edition that a source covers",
            do="Leave out --year or --edition to see what is held.",
            indicator=indicator,
            area=area,
            year=f", {year}" if year is not None else "",
        )
    return rows.select(*COLUMNS, "missing_mark").sort(
        "counterpart", "sex", "period", "source", "edition", descending=[True, True, False, False, False]
    )


def _name_regions(speak: Speaker, *ends: str | None) -> None:
    """Say whose membership list a named region follows, and of which date."""
    for end in ends:
        region = regions().get(end or "")
        if region is not None:
            speak.say(
                "{region}: {members}. Membership as published by {publisher}, {as_of}.",
                region=region.id,
                members=" ".join(region.members),
                publisher=region.publisher,
                as_of=region.as_of,
            )


def _say_definitions(speak: Speaker, rows: pl.DataFrame) -> None:
    """One line per definition, numbered where there are several: what is counted, in which unit, published by whom."""
    for number, (chosen, source) in enumerate(_definitions_of(rows), 1):
        meaning = find_definition(chosen)
        name = meaning.name_ru if speak.language == "ru" else meaning.name_en
        speak.say(
            "{number}. {name}; {unit}; {source} ({definition})",
            number=number,
            definition=chosen,
            name=name,
            unit=speak.text(UNITS[meaning.unit]) if speak.language == "ru" else meaning.unit,
            source=source,
        )


def _definitions_of(rows: pl.DataFrame) -> list[tuple[str, str]]:
    return list(rows.select("definition", "source").unique(maintain_order=True).iter_rows())


A_THOUSAND = 1_000
LEGEND = "_T: all together; seen: year of the last count behind a value; by: line above."
STATUS_WORDS = {
    "observed": "observed",
    "estimated": "estimated",
    "modelled_from_modelled": "modelled from modelled",
    "forecast": "forecast",
    "provisional": "provisional",
    "withheld": "withheld",
    "not_known": "not known",
}


def _as_table(speak: Speaker, rows: pl.DataFrame) -> Table:
    """What fits a terminal of 80 columns; values are never cut, --out writes every column and every digit."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    for name in ("from", "area", "sex", "period", "value", "edition", "status", "seen", "by"):
        # The status gives way where the line is too short: a value is never cut.
        table.add_column(
            speak.text(name), no_wrap=name != "status", justify="right" if name == "value" else "left"
        )
    numbers = {pair: number for number, pair in enumerate(_definitions_of(rows), 1)}
    for row in rows.iter_rows(named=True):
        cells = (
            row["counterpart"],
            row["area"],
            row["sex"],
            row["period"],
            (row["value"] is None and row["missing_mark"]) or speak.number(_shown(row["value"])),
            row["edition"],
            speak.text(STATUS_WORDS[row["observation_status"]]),
            row["last_observed"] or NOT_KNOWN,
        )
        table.add_row(*[str(cell) for cell in cells], str(numbers[row["definition"], row["source"]]))
    return table


def _shown(value: float | None) -> float | None:
    """A value as the terminal shows it: thousands and more in whole numbers, for a fraction of a dollar says nothing there."""
    return float(round(value)) if value is not None and abs(value) >= A_THOUSAND else value


def _list(speak: Speaker, held: pl.DataFrame) -> None:
    """Every indicator of which figures are held: id, name, unit, number of areas and regions, years."""
    counted = held.group_by("indicator").agg(
        areas=pl.col("area").n_unique(), first_year=pl.col("year").min(), last_year=pl.col("year").max()
    )
    extents = {row.pop("indicator"): row for row in counted.iter_rows(named=True)}
    known = {
        one: {"name": indicator_name(one, speak.language), "unit": unit, **extents[one]}
        for one, unit in sorted(indicators().items())
        if one in extents
    }
    for one, about in known.items():
        speak.say("{line}", line=one)
        speak.say("{line}", line=f"    {' · '.join(_facts(speak, about))}")
    if len(known) < len(indicators()):
        speak.say(
            "Nothing is held of {count} more indicators that guzar defines.",
            count=len(indicators()) - len(known),
        )
    speak.summary({"indicators": known})


def _facts(speak: Speaker, about: dict[str, Any]) -> list[str]:
    """What is told of an indicator on one line."""
    years = "–".join(dict.fromkeys(str(about[end]) for end in ("first_year", "last_year")))
    areas_held = speak.count("{count} area or region", "{count} areas or regions", about["areas"])
    return [about["name"], speak.text(UNITS[about["unit"]]), areas_held, years]


def _list_areas(speak: Speaker) -> None:
    """Regions with their members, then every area, in English and Russian."""
    table = Table(speak.text("code"), "English", "Русский", box=None)
    for region in regions().values():
        table.add_row(region.id, f"{region.name_en}: {' '.join(region.members)}", region.name_ru)
    named = areas().select("code", "name_en", "name_ru")
    for code, english, russian in named.iter_rows():
        table.add_row(code, english, russian or "")
    speak.show(table)
    speak.summary(
        {
            "regions": {region.id: list(region.members) for region in regions().values()},
            "areas": {code: {"en": english, "ru": russian} for code, english, russian in named.iter_rows()},
        }
    )
