"""`guzar survey`: persons, shares and means from a household survey, with standard errors and 90 % intervals."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import polars as pl
import typer

from guzar import journey
from guzar.commands.given import read_day
from guzar.commands.given_groups import read_ages, read_codes
from guzar.commands.given_tables import fitted, split_names
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import SettingsInvalid

SINGLE = ("refuse", "grand-mean")


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `analyse` that estimates from surveys."""
    command(app, "survey", "Analyse")(survey)


def survey(
    speak: Speaker,
    answers: Annotated[
        Path | None,
        typer.Argument(
            metavar="ANSWERS", help="Answers of a household survey, as guzar collect survey keeps them."
        ),
    ] = None,
    *,
    measure: Annotated[
        str,
        typer.Option(
            help="persons, present, absent (totals); share, absent_share (per cent); mean_age, mean_months_absent."
        ),
    ],
    workspace: Annotated[
        Path | None, typer.Option(help="Instead of ANSWERS: those that this workspace holds.")
    ] = None,
    by: Annotated[
        str | None,
        typer.Option(help="Columns to estimate by, e.g. sex,age_group,citizenship,duration."),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Only persons with a code, as citizenship=UZB; may be repeated."),
    ] = None,
    first: Annotated[
        str | None, typer.Option("--from", help="First day of the interviews, as 2024-04-01.")
    ] = None,
    last: Annotated[str | None, typer.Option("--to", help="Last day of the interviews.")] = None,
    rounds: Annotated[
        int | None,
        typer.Option(help="Rounds of the survey among these interviews: their mean is estimated.", min=1),
    ] = None,
    ages: Annotated[str, typer.Option(help="First years of the age groups.")] = "0,15,25,45,65",
    single_cluster: Annotated[
        str, typer.Option(help="What to do with strata of one cluster: refuse, or grand-mean.")
    ] = "refuse",
    minimum_answers: Annotated[
        int, typer.Option(help="With fewer answers behind it an estimate stays empty.", min=1)
    ] = 25,
    minimum_clusters: Annotated[
        int, typer.Option(help="With fewer clusters behind it an estimate stays empty.", min=2)
    ] = 5,
    out: Out = None,
) -> None:
    """Estimate persons, shares or means from a survey, with errors. Totals are not protected: they go on to guzar protect.

    Example: guzar survey survey_answers.parquet --measure absent --by sex,duration --out absent.csv
    """
    asked = journey.SurveyQuestion(
        by=tuple(dict.fromkeys(split_names(by))),
        where=read_codes(where or []),
        first=read_day("--from", first) if first is not None else None,
        last=read_day("--to", last) if last is not None else None,
        rounds=rounds,
        ages=read_ages(ages),
        single_cluster=_one_of(single_cluster),
        minimum_answers=minimum_answers,
        minimum_clusters=minimum_clusters,
    )
    done = _estimate(answers, workspace, measure, asked)
    if out not in (None, STDOUT):
        journey.tell_estimates(done, asked, out)
    speak.write(out, done.table)
    if out is None:
        speak.show(fitted(speak, _in_short(done, asked)))
    _tell(speak, done, asked, out)


def _estimate(
    answers: Path | None, workspace: Path | None, measure: str, asked: journey.SurveyQuestion
) -> journey.SurveyEstimates:
    """From a file, or from what a workspace holds; not both."""
    if answers is not None and workspace is None:
        return journey.estimate_file(answers, measure, asked)
    if workspace is not None and answers is None:
        return journey.estimate_held(workspace, measure, asked)
    raise SettingsInvalid(
        "It is not clear from which answers to estimate.",
        expected="a file of answers, or --workspace; not both",
        do="Name one of the two.",
    )


def _tell(
    speak: Speaker, done: journey.SurveyEstimates, asked: journey.SurveyQuestion, out: Path | None
) -> None:
    """Of how many answers; what is empty, and why; what a survey cannot show; what comes next."""
    is_total = done.measure.is_total
    speak.say(
        "Estimated from {answers} answers in {clusters} clusters and {strata} strata ({freedom} degrees of freedom). The "
        "columns lower and upper are the ends of the interval: its 5 % and 95 % points.",
        answers=speak.number(done.answers),
        clusters=speak.number(done.clusters),
        strata=speak.number(done.strata),
        freedom=speak.number(done.degrees_of_freedom),
    )
    _tell_interviews(speak, done, asked)
    empty = done.table[done.measure.column].null_count()
    if empty:
        speak.warn(
            "Cells left empty: {empty} of {cells}. Fewer than {answers} answers or {clusters} clusters are behind them, a few "
            "answers carry them, or another cell could be worked out from them: see the column reason.",
            empty=empty,
            cells=done.table.height,
            answers=asked.minimum_answers,
            clusters=asked.minimum_clusters,
        )
    if "absent" in done.measure.name:
        speak.warn(
            "Households all of whose members are abroad cannot be asked: persons abroad are too few here."
        )
    if is_total:
        speak.say("Not protected: for guzar protect only.")
    speak.say_written(out, done.table)
    if is_total and empty:
        speak.warn(
            "guzar protect takes whole tables only: estimate by fewer columns, until no cell is empty."
        )
    elif is_total and asked.by and out not in (None, STDOUT):
        speak.say(
            "Next: guzar protect {file} --dimensions {dimensions} --count {count} --out …",
            file=out.name,
            dimensions=",".join(asked.by),
            count=done.measure.column,
        )
    about = journey.about_estimates(done, asked)
    speak.summary_of(out, done.table, **about)


def _tell_interviews(speak: Speaker, done: journey.SurveyEstimates, asked: journey.SurveyQuestion) -> None:
    """When people were asked, and what of it does not fit to the rounds that were named."""
    held, periods = done.interviews, len(done.interviews.periods)
    if held.days:
        speak.say(
            "Days of interviews: {days}; periods (without a gap of more than 30 days): {periods}; {named}.",
            days=len(held.days),
            periods=periods,
            named=held.named(),
        )
    if held.without_day:
        speak.warn(
            "Answers without a day of interview: {count}. Whether several rounds stand among them, nothing tells.",
            count=held.without_day,
        )
    if asked.rounds is not None and held.days and asked.rounds != periods:
        speak.warn(
            "You say that there are {rounds} rounds, but the interviews stand in {periods} periods: totals are right only if "
            "the weights of all make up {rounds} times the population.",
            rounds=asked.rounds,
            periods=periods,
        )
    if done.without_weight:
        speak.warn(
            "Answers of weight 0 stand for nobody and are left out: {count}.", count=done.without_weight
        )


def _in_short(done: journey.SurveyEstimates, asked: journey.SurveyQuestion) -> pl.DataFrame:
    """What fits into a terminal: the estimate with its error, and the answers behind it."""
    columns = [*asked.by, done.measure.column, "standard_error", "lower", "upper", "contributors", "reason"]
    return done.table.select(columns)


def _one_of(text: str) -> str:
    if text not in SINGLE:
        raise SettingsInvalid(
            "guzar cannot do {given} with strata of one cluster.",
            expected="--single-cluster refuse or grand-mean",
            do="Choose one of these.",
            given=text,
        )
    return text
