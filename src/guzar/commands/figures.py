"""`guzar figures`: the figures held, with unit, definition, source, edition and evidence age."""

from pathlib import Path
from typing import Annotated

import polars as pl
import typer
from rich.table import Table

from guzar import journey
from guzar.commands.speaker import Speaker, command
from guzar.define.areas import members, regions
from guzar.define.definitions import find_definition, indicators
from guzar.define.tables.figures import Observations
from guzar.errors import MethodNotApplicable, SettingsInvalid
from guzar.store import open_workspace, write_table

COLUMNS = ["indicator", "area", "counterpart", "sex", "year", "value", "unit", "definition", "source", "edition",
           "observation_status", "last_observed", "period"]


def add_commands(app: typer.Typer) -> None:
    """Add the command `figures`."""
    command(app, "figures", "Analyse")(figures)


def figures(
    speak: Speaker,
    indicator: Annotated[str | None, typer.Option(help="Indicator id; see --list.")] = None,
    area: Annotated[str | None, typer.Option(help="Area or corridor, e.g. KGZ or UZB>RUS.")] = None,
    counterpart: Annotated[str | None, typer.Option(help="Other end of the corridor.")] = None,
    year: Annotated[int | None, typer.Option(help="Reference year.")] = None,
    edition: Annotated[str | None, typer.Option(help="Date of an edition, or all. Default: the latest of each source.")] = None,
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
    out: Annotated[Path | None, typer.Option(help="Output table: .csv, .csv.gz or .parquet.")] = None,
    list_indicators: Annotated[bool, typer.Option("--list", help="List the indicators.")] = False,
) -> None:
    """Figures with their unit, definition, source, edition and evidence age; --edition all gives every edition.

    Example: guzar figures --indicator remittances_received_percent_gdp --area UZB --year 2022 --edition all --out f.csv
    """
    if list_indicators:
        _list(speak)
        return
    if indicator is None or area is None:
        raise SettingsInvalid("Figures need an indicator and an area.", expected="--indicator I --area A",
                              do="List the indicators with: guzar figures --list")
    held = journey.load_observations(open_workspace(workspace) if workspace else None)
    chosen = select_figures(held, indicator, area, counterpart, year, edition)
    if out:
        write_table(out, chosen.select(COLUMNS))
        speak.say("{count} rows written to {path}.", count=chosen.height, path=out)
    else:
        _name_region(speak, area)
        _say_definitions(speak, chosen)
        speak.show(_as_table(speak, chosen))
    speak.summary({"rows": chosen.height, "out": str(out) if out else None})


def select_figures(
    held: pl.DataFrame, indicator: str, area: str, counterpart: str | None, year: int | None, edition: str | None
) -> pl.DataFrame:
    """Rows of one indicator and area or corridor; by default the latest edition of each source."""
    if indicator not in indicators():
        raise SettingsInvalid("There is no indicator called {indicator}.", expected="an id from the list",
                              do="List the indicators with: guzar figures --list", indicator=indicator)
    if ">" in area:
        counterpart, area = (end.strip() for end in area.split(">", 1))
    for end in filter(None, (area, counterpart)):
        if end not in ("_T", "_Z"):
            members(end)
    rows: pl.DataFrame = journey.load_figures(Observations.cast(held), indicator, area, counterpart)
    rows = rows.filter(pl.col("year") == year) if year else rows
    if edition and edition != "all":
        rows = rows.filter(pl.col("edition") == edition)
    elif edition != "all":
        series = ["indicator", "area", "counterpart", "sex", "period", "definition", "source"]
        rows = rows.filter(pl.col("edition") == pl.col("edition").max().over(series))
    if not rows.height:
        raise MethodNotApplicable("No figure is held for {indicator}, {area}{year}.", expected="an area, year and edition that a source covers",
                                  do="Leave out --year or --edition to see what is held.", indicator=indicator, area=area, year=f", {year}" if year else "")
    return rows.select(*COLUMNS, "missing_mark").sort("counterpart", "sex", "period", "source", "edition", descending=[True, True, False, False, False])


def _name_region(speak: Speaker, area: str) -> None:
    """Say whose membership list a named region follows, and of which date."""
    for end in area.split(">"):
        region = regions().get(end.strip())
        if region is not None:
            speak.say("{region}: {members}. Membership as published by {publisher}, {as_of}.", region=region.id,
                      members=" ".join(region.members), publisher=region.publisher, as_of=region.as_of)


def _say_definitions(speak: Speaker, rows: pl.DataFrame) -> None:
    """One line per definition, numbered where there are several: what is counted, in which unit, published by whom."""
    for number, (chosen, source) in enumerate(_definitions_of(rows), 1):
        meaning = find_definition(chosen)
        name = meaning.name_ru if speak.language == "ru" else meaning.name_en
        speak.say("{number}. {name}; {unit}; {source} ({definition})", number=number, definition=chosen, name=name,
                  unit=meaning.unit, source=source)


def _definitions_of(rows: pl.DataFrame) -> list[tuple[str, str]]:
    return list(rows.select("definition", "source").unique(maintain_order=True).iter_rows())


STATUS_WORDS = {
    "observed": "observed", "estimated": "estimated", "modelled_from_modelled": "modelled twice",
    "forecast": "forecast", "provisional": "provisional", "withheld": "withheld", "not_known": "not known",
}


def _as_table(speak: Speaker, rows: pl.DataFrame) -> Table:
    """What fits a terminal of 80 columns; values are never cut, --out writes every column."""
    table = Table(box=None, padding=(0, 1, 0, 0))
    for name in ("from", "area", "sex", "period", "value", "edition", "status", "seen", "by"):
        table.add_column(speak.text(name), no_wrap=True, justify="right" if name == "value" else "left")
    numbers = {pair: number for number, pair in enumerate(_definitions_of(rows), 1)}
    for row in rows.iter_rows(named=True):
        value = row["missing_mark"] if row["value"] is None else _written(row["value"])
        cells = (row["counterpart"], row["area"], row["sex"], row["period"], value, row["edition"],
                 speak.text(STATUS_WORDS[row["observation_status"]]), row["last_observed"] or "··")
        table.add_row(*[str(cell) for cell in cells], str(numbers[row["definition"], row["source"]]))
    return table


def _written(value: float) -> str:
    """A value with all its digits: whole numbers of any size, others to ten digits."""
    return f"{value:,.0f}" if value.is_integer() else f"{value:,.10g}"


def _list(speak: Speaker) -> None:
    table = Table("indicator", "unit", box=None)
    for name, unit in sorted(indicators().items()):
        table.add_row(name, unit)
    speak.show(table)
    speak.summary({"indicators": indicators()})
