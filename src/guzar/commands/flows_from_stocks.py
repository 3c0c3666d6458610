"""`guzar flows-from-stocks`: migrant stocks at two dates → moves between countries, with the account of every adjustment."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from guzar import journey
from guzar.commands.given_tables import fitted, require_other_files, require_report_name, require_table_name
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import SettingsInvalid

LARGEST = 12  # flows shown
AFTER = "after"  # of --balance, where none is given
DRAWS = 200  # 5 % and 95 % points then have ten draws beyond them
SHOWN = ("sex", "origin", "destination", "type", "persons", "lower", "upper")  # on a terminal; files hold all
MOST_NAMED = 15  # countries in one line
APART = 0.10  # of persons: a median of all moves further off is told
LEAST_TOLD = 0.5  # persons; less is rounding, and no adjustment
DEMANDING = 0.05  # of all moves: adjustments above it are told as a warning


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `analyse` that makes flows from stocks."""
    command(app, "flows-from-stocks", "Analyse")(flows_from_stocks)


def flows_from_stocks(
    speak: Speaker,
    *,
    stocks: Annotated[
        Path,
        typer.Option(
            help="Table: birth_country, residence_country, year, persons (and sex); those born in the country on the diagonal, "
            "or left out. Where known: data_type (census, register or modelled) of a residence in a year; last_observed and "
            "observation_status of a cell."
        ),
    ],
    demography: Annotated[
        Path,
        typer.Option(
            help="Table: country, births, deaths, population_start, population_end (and sex), between the two dates."
        ),
    ],
    start: Annotated[int, typer.Option(help="Year of the first stocks.")],
    end: Annotated[int, typer.Option(help="Year of the second stocks.")],
    method: Annotated[
        str,
        typer.Option(
            help="difference-drop, difference-reverse, rates, rogers-von-rabenau, open, minimum, independence, pseudo-bayes."
        ),
    ],
    mortality: Annotated[
        Path | None,
        typer.Option(
            help="Table: birth_country, residence_country, relative_mortality (and sex): how much likelier to die than others who live "
            "there; 1 where it has no row. Without it all die alike."
        ),
    ] = None,
    total: Annotated[float | None, typer.Option(help="With rates: how many persons move in all.")] = None,
    balance: Annotated[
        str | None,
        typer.Option(
            help="With minimum, independence, pseudo-bayes: births and deaths are made to agree with the stocks after, or before, "
            "they are deducted; after if not given."
        ),
    ] = None,
    by_type: Annotated[
        bool,
        typer.Option("--by-type", help="Tell moves from the country of birth, back to it, and others apart."),
    ] = False,
    draws: Annotated[
        int,
        typer.Option(
            help="Draws of the errors of stocks, births, deaths, populations and weight, for intervals; 0: the plain value only."
        ),
    ] = DRAWS,
    seed: Annotated[int, typer.Option(help="Seed of the draws.", min=0)] = 1,
    out: Out = None,
    report: Annotated[
        Path | None,
        typer.Option(
            help="The account by country, every adjustment in it, and whether origins moved or one old mix was carried forward: .csv, "
            ".csv.gz, .parquet or .json."
        ),
    ] = None,
) -> None:
    """Make moves between countries from migrant stocks at two dates. Transitions of survivors, not single moves.

    Example: guzar flows-from-stocks --stocks stocks.csv --demography demography.csv --start 2015 --end 2020 --method pseudo-bayes \
--out flows.csv
    """
    read = [stocks, demography, *([] if mortality is None else [mortality])]
    require_other_files(read, [out, report])
    require_table_name(out)
    require_report_name(report)
    _require_closed(method, balance)
    asked = journey.FlowQuestion(start, end, method, total, balance or AFTER, by_type, draws, seed)
    done = journey.flows_from_files(stocks, demography, asked, mortality)
    about = journey.about_flows(done, asked, stocks, demography, mortality)
    if out not in (None, STDOUT):
        journey.tell_flows(out, about)
    speak.write(out, done.table)
    if report is not None:
        speak.write(report, done.accounts)
    if out is None:
        largest = done.table.sort("persons", descending=True).head(LARGEST)
        speak.show(fitted(speak, largest.select([name for name in SHOWN if name in largest.columns])))
    _tell(speak, done, asked)
    speak.say_written(out, done.table)
    speak.summary_of(out, done.table, **about)


def _require_closed(method: str, balance: str | None) -> None:
    """Refuse an option that changes nothing, as its reader would think that it did."""
    if balance is not None and method in journey.UNBALANCED_METHODS:
        raise SettingsInvalid(
            "The method {method} makes births and deaths agree with nothing.",
            expected="--balance with one of {methods}",
            do="Leave --balance out, or choose one of these methods.",
            method=method,
            methods=", ".join(journey.CLOSED_METHODS),
        )


def _tell(speak: Speaker, done: journey.FlowsOfStocks, asked: journey.FlowQuestion) -> None:
    speak.say(
        "Cells between {start} and {end} by the method {method}, between {countries} countries; some are below 0, so that they have "
        "no sum that is a number of moves."
        if done.cells_below_0
        else "Moves between {start} and {end} by the method {method}: {moves} persons, between {countries} countries.",
        start=asked.start,
        end=asked.end,
        method=asked.method,
        moves=speak.number(done.moves, 0),
        countries=speak.number(done.accounts["country"].n_unique()),
    )
    if done.left_out.places:
        speak.say(
            "Left out, as they are not in both tables: {places}; with {start} persons at the first date, {end} at the second.",
            places=", ".join(done.left_out.places),
            start=speak.number(done.left_out.persons_start, 0),
            end=speak.number(done.left_out.persons_end, 0),
        )
    if done.populations_apart:
        speak.warn(
            "Populations that differ from the sum of their stocks: {places}. The stocks are used; check the unit.",
            places=_named(done.populations_apart),
        )
    if done.without_natives:
        speak.warn(
            "Countries with more people born abroad than inhabitants: {places}. Methods with an account scale their stocks down and take "
            "nobody to be born there; check the unit of the population.",
            places=_named(done.without_natives),
        )
    if done.mortality_left_out:
        speak.warn(
            "Places of the table of mortality that are not in both other tables: {places}. Their rows are not used.",
            places=", ".join(done.mortality_left_out),
        )
    if done.adjusted >= LEAST_TOLD:
        tell = speak.warn if done.adjusted > DEMANDING * max(1.0, done.moves) else speak.say
        tell(
            "Births, deaths and stocks disagree by {out} persons; for the tables to agree, {adjusted} persons were added to or "
            "taken from their cells ({share} % of the moves). The report has them by country.",
            out=speak.number(done.out_of_balance, 0),
            adjusted=speak.number(done.adjusted, 0),
            share=speak.number(100 * done.adjusted / max(1.0, done.moves), 1),
        )
    _tell_draws(speak, done, asked)
    _tell_evidence(speak, done)
    if done.cells_below_0:
        speak.warn(
            "Cells below 0, which no number of moves can be: {count}. Do not publish them.",
            count=done.cells_below_0,
        )
    speak.say(
        "These are persons who lived elsewhere at the second date than at the first: who came and went between is not seen, and "
        "moves in all {years} years were more.",
        years=asked.end - asked.start,
    )


def _named(places: Sequence[str]) -> str:
    return ", ".join([*places[:MOST_NAMED], *(["…"] if len(places) > MOST_NAMED else [])])


def _tell_draws(speak: Speaker, done: journey.FlowsOfStocks, asked: journey.FlowQuestion) -> None:
    if not done.draws:
        speak.warn(
            "No draws, no intervals: these values are the arithmetic of one method. Do not publish them so."
        )
        return
    failed = sum(told.failed for told in done.draws)
    if failed:
        speak.warn(
            "Draws that make no account, as their errors are larger than the inputs can bear: {failed} of {draws}. They are left "
            "out of the intervals, which are a little too narrow.",
            failed=failed,
            draws=sum(told.failed + told.draws for told in done.draws),
        )
    sexes = done.table["sex"].unique(maintain_order=True) if "sex" in done.table.columns else [None]
    for sex, told in zip(sexes, done.draws, strict=True):
        if sex is not None:
            speak.say("Sex {sex}:", sex=sex)
        speak.say(
            "All moves: {lower} to {upper}, median {median} (5 %, 95 %, 50 % of {draws} draws). Stocks of {modelled} of {countries} "
            "countries are modelled, or of a data type that was not told, and have the widest errors.",
            lower=speak.number(told.moves[0], 0),
            upper=speak.number(told.moves[2], 0),
            median=speak.number(told.moves[1], 0),
            draws=speak.number(told.draws),
            modelled=speak.number(told.modelled),
            countries=speak.number(told.countries),
        )
    _tell_median(speak, done, asked)
    outside = sum(told.outside for told in done.draws)
    if outside:
        speak.warn(
            "The plain value lies outside its own interval in {outside} of {corridors} rows: errors of inputs add moves, and the plain "
            "value has none.",
            outside=speak.number(outside),
            corridors=speak.number(sum(told.corridors for told in done.draws)),
        )
    if asked.method == "pseudo-bayes":
        speak.say(
            "persons has the published weight of the minimum, {published}; the intervals draw it as reported flows of Europe have it, "
            "{estimated} ± {deviation}. share_due_to_weight says how much of an interval is due to that; minimum and independence "
            "are both ends.",
            published=speak.number(journey.PUBLISHED_WEIGHT, 2),
            estimated=speak.number(journey.DRAWN_WEIGHT.mean, 2),
            deviation=speak.number(journey.DRAWN_WEIGHT.deviation, 2),
        )
    else:
        speak.say(
            "Intervals hold errors of stocks, births, deaths and populations; how far this method is from moves that happened is not "
            "in them."
        )


def _tell_median(speak: Speaker, done: journey.FlowsOfStocks, asked: journey.FlowQuestion) -> None:
    """Whether persons lies where its intervals do, overall."""
    median = sum(told.moves[1] for told in done.draws)
    gap = median / done.moves - 1 if done.moves > 0 else 0.0
    if abs(gap) <= APART:
        return
    if asked.method == "pseudo-bayes":
        speak.warn(
            "The medians are no second reading of persons: of all moves the median is {percent} % off. persons keeps the published weight, "
            "the draws a lower one on average, and errors of stocks add moves. Say which of the two a number is.",
            percent=speak.number(100 * gap, 0, signed=True),
        )
    else:
        speak.warn(
            "The medians are no second reading of persons: of all moves the median is {percent} % off, as errors of stocks are read as "
            "moves. Say which of the two a number is.",
            percent=speak.number(100 * gap, 0, signed=True),
        )


def _tell_evidence(speak: Speaker, done: journey.FlowsOfStocks) -> None:
    """How much rests on stocks that were carried forward and not observed."""
    if not done.modelled_corridors:
        speak.say("No corridor rests on a second stock that is known to be carried forward.")
        return
    frozen = sorted(set(done.accounts.filter(pl.col("frozen_mix") == "frozen")["country"]))
    speak.warn(
        "{concerned} of {corridors} corridors, with {share} % of the moves, rest on a second stock that nobody observed: they are marked "
        "modelled_from_modelled. Do not draw or headline them. Countries with a frozen mix of origins: {frozen}.",
        concerned=speak.number(done.modelled_corridors, 0),
        corridors=speak.number(done.corridors, 0),
        share=speak.number(100 * done.modelled_share, 1),
        frozen=speak.number(len(frozen)) + (f" ({_named(frozen)})" if frozen else ""),
    )
