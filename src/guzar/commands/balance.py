"""`guzar balance`: the account of a population between enumerations, and how much migration the registers miss."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from guzar import journey
from guzar.commands.given_tables import require_other_files, require_table_name
from guzar.commands.speaker import Out, Speaker, command
from guzar.define.areas import area_name
from guzar.define.written_areas import find_area
from guzar.languages.numbers import NOT_KNOWN
from guzar.store import open_workspace

COMPONENT_WORDS = {
    "population_start": "Population at the start",
    "births": "+ births",
    "deaths": "- deaths",
    "registered_net_migration": "+ registered net migration",
    "error_of_closure": "+ error of closure",
    "population_end": "= population at the end",
    "residual_net_migration": "Left after births and deaths",
}
BASIS_WORDS = {
    "between_censuses": "between two censuses",
    "one_census": "a census at one end only",
    "no_census": "no census at either end",
}


@dataclass(frozen=True)
class Own:
    """Tables of a statistical office that go before the figures held."""

    population: Annotated[
        Path | None,
        typer.Option(help="Own censuses: area, reference_date, persons, source; lower and upper if known."),
    ] = None
    vital: Annotated[
        Path | None, typer.Option(help="Own births and deaths: area, year, births, deaths, source.")
    ] = None
    registered: Annotated[
        Path | None,
        typer.Option(
            help="Registered migration: area, year, net_migration (or immigrations, emigrations), source."
        ),
    ] = None


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `analyse` that makes accounts of populations."""
    command(app, "balance", "Analyse")(balance)


def balance(
    speak: Speaker,
    *,
    area: Annotated[str, typer.Option(help="Area by code or name, e.g. KGZ.")],
    own: Own,
    workspace: Annotated[Path | None, typer.Option(help="Workspace; default: the figures that ship.")] = None,
    out: Out = None,
) -> None:
    """Account for a population between censuses: births, deaths, registered migration, and what the registers miss.

    Example: guzar balance --area KGZ --out balance.csv
    """
    files = [each for each in (own.population, own.vital, own.registered) if each is not None]
    require_other_files(files, [out])
    require_table_name(out)
    code = find_area(area)
    tables = journey.OwnTables(own.population, own.vital, own.registered)
    made = journey.balance_area(code, open_workspace(workspace) if workspace else None, tables)
    speak.write(out, made.table)
    speak.say("{area}", area=area_name(code, speak.language))
    for account in made.accounts:
        _show(speak, account)
    _say_limits(speak, made)
    speak.say_written(out, made.table)
    speak.summary_of(out, made.table, area=code, accounts=len(made.accounts))


def _say_limits(speak: Speaker, made: journey.Balance) -> None:
    """What the accounts cannot tell, and what would have to be collected."""
    lines = [line for account in made.accounts for line in account.lines]
    if any(line.component == "population_end" and line.status == "estimated" for line in lines):
        speak.say(
            "The populations are estimates that their publisher made to agree with its own net migration, not counts: what is "
            "left repeats that net migration. Give census counts with --population."
        )
    if any(account.value("error_of_closure") is None for account in made.accounts):
        speak.say(
            "Registered net migration is not among the figures held: collect the registered arrivals and departures of each "
            "calendar year and give them with --registered. Until then nobody can tell what registers miss."
        )
    else:
        speak.say(
            "The error of closure holds what registers miss, and the errors of both enumerations and of births and deaths: the "
            "account cannot tell them apart."
        )


def _show(speak: Speaker, account: journey.Account) -> None:
    """One account from top to bottom, then what it means in words."""
    speak.say(
        "{start} – {end}, {basis}, persons:",
        start=account.start,
        end=account.end,
        basis=speak.text(BASIS_WORDS[account.basis]),
    )
    table = Table(box=None, padding=(0, 1, 0, 2), show_header=False)
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    table.add_column()
    lines = {line.component: line for line in account.lines}
    for component, words in COMPONENT_WORDS.items():
        line = lines[component]
        table.add_row(speak.text(words), _number(speak, line.value), _source(speak, line))
    for line in account.lines:
        if line.component == "estimated_net_migration":
            told = speak.text("Net migration as estimated")
            table.add_row(told, _number(speak, line.value), _source(speak, line))
    speak.show(table)
    _say_closure(speak, account)


def _say_closure(speak: Speaker, account: journey.Account) -> None:
    error, per_year, percent = (
        account.value(name)
        for name in ("error_of_closure", "error_of_closure_per_year", "error_of_closure_percent")
    )
    if error is None or per_year is None or percent is None:
        if account.missing_years:
            years = ", ".join(map(str, account.missing_years))
            speak.say("Registered net migration is not given for: {years}.", years=years)
        speak.say("Registered net migration of the whole period is not held: closure cannot be judged.")
        return
    if abs(error) < 1:
        speak.say("The account closes: births, deaths and registers explain all of the growth.")
        return
    speak.say(
        "By this account registers miss {persons} more arrivals than departures: {per_year} a year, {percent} % of the population."
        if error > 0
        else "By this account registers miss {persons} more departures than arrivals: {per_year} a year, {percent} % of the population.",
        persons=_number(speak, abs(error)),
        per_year=_number(speak, abs(per_year)),
        percent=speak.number(abs(percent), 2),
    )


def _source(speak: Speaker, line: journey.AccountLine) -> str:
    """Who says so, of which edition; the interval where there is one."""
    interval = (
        f"({_number(speak, line.lower)} – {_number(speak, line.upper)})" if line.lower is not None else ""
    )
    return " ".join(part for part in (line.source, line.edition, interval) if part)


def _number(speak: Speaker, value: float | None) -> str:
    return NOT_KNOWN if value is None else speak.number(value, 0)
