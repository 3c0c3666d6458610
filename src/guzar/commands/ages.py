"""`guzar ages`, `guzar share-by-age`, `guzar net-by-age`: model schedules of migration by age, and net migration by age as a residual."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.given_tables import fitted, require_other_files, require_report_name, require_table_name
from guzar.commands.speaker import STDOUT, Out, Speaker, command

SHOWN = 30


def add_commands(app: typer.Typer) -> None:
    """Add the commands of the room `analyse` that make tables by age."""
    command(app, "ages", "Analyse")(ages)
    command(app, "share-by-age", "Analyse")(share_by_age)
    command(app, "net-by-age", "Analyse")(net_by_age)


def ages(
    speak: Speaker,
    rates: Annotated[
        Path,
        typer.Argument(
            metavar="RATES",
            help="Table: age and rate, or age, migrants, population (and area, sex); first age of each group.",
        ),
    ],
    *,
    family: Annotated[int, typer.Option(help="Parameters of the curve: 7, 9, 11 or 13.")] = 7,
    out: Out = None,
    report: Annotated[
        Path | None,
        typer.Option(help="Parameters and indices of the profile: .csv, .csv.gz, .parquet or .json."),
    ] = None,
) -> None:
    """Fit a model schedule of migration by age (Rogers and Castro), with intervals of 90 %.

    Example: guzar ages migrants-by-age.csv --family 7 --out curve.csv --report parameters.csv
    """
    require_other_files([rates], [out, report])
    require_table_name(out)
    require_report_name(report)
    made = journey.fit_ages_of_file(rates, family)
    about = journey.about_ages(
        "ages", rates, f"{family} parameters", gap_percent=made.gaps, starts_that_agree=made.agree
    )
    if out not in (None, STDOUT):
        journey.tell_ages(out, about)
    speak.write(out, made.curve)
    if report is not None:
        speak.write(report, made.report)
    if out is None:
        speak.show(fitted(speak, made.report.drop("definition", strict=False).head(SHOWN)))
    speak.say(
        "The differences between curve and data add up to {gap} % of the sum of rates."
        if len(made.gaps) == 1
        else "Curves: {groups}. The differences between curve and data add up to at most {gap} % of the sum of rates.",
        groups=speak.number(len(made.gaps)),
        gap=speak.number(max(made.gaps.values()), 1),
    )
    speak.say_written(out, made.curve)
    speak.summary_of(out, made.curve, **about)


def share_by_age(
    speak: Speaker,
    *,
    family: Annotated[
        str,
        typer.Option(
            help="western-standard, low-dependency, high-dependency, young-entry, old-entry or low-dependency-young-entry."
        ),
    ] = "western-standard",
    sex: Annotated[str, typer.Option(help="F or M.")],
    persons: Annotated[float, typer.Option(help="Migrants of all ages; below 0 for net losses.")],
    oldest: Annotated[int, typer.Option(help="Oldest age, in years.")] = 90,
    out: Out = None,
) -> None:
    """Share migrants out by age like a family of the United Nations: an assumption about ages, not a measurement.

    Example: guzar share-by-age --family western-standard --sex F --persons 10000 --out by-age.csv
    """
    require_table_name(out)
    made = journey.share_persons_by_age(family, sex, persons, oldest)
    if out not in (None, STDOUT):
        journey.tell_ages(out, journey.about_shared_ages(family, sex, persons))
    speak.write(out, made)
    if out is None:
        speak.show(fitted(speak, made.head(SHOWN)))
    speak.say(
        "{persons} persons of ages 0 to {oldest}, as family {family} has them; nobody observed these ages.",
        persons=speak.number(persons, 0),
        oldest=oldest,
        family=family,
    )
    speak.say_written(out, made)
    speak.summary_of(out, made, family=family, sex=sex, persons=persons)


def net_by_age(
    speak: Speaker,
    populations: Annotated[
        Path,
        typer.Argument(
            metavar="POPULATIONS",
            help="Table: age, population_start, population_end, survival (and area, sex); the last age group is open.",
        ),
    ],
    *,
    method: Annotated[
        str, typer.Option(help="One of: stock, cohort, time, forward, reverse, average.")
    ] = "stock",
    births: Annotated[
        Path | None, typer.Option(help="Table: births between the two dates (and area, sex).")
    ] = None,
    sex_ratio: Annotated[float, typer.Option(help="Boys born per girl, where births are of both.")] = 1.05,
    out: Out = None,
) -> None:
    """Estimate net migration by age: what survival does not explain of the difference between two populations.

    Example: guzar net-by-age populations.csv --method time --births births.csv --out net.csv
    """
    require_other_files([populations, *([] if births is None else [births])], [out])
    require_table_name(out)
    made, net = journey.net_by_age_of_files(populations, method, births, sex_ratio)
    about = journey.about_ages(
        "net-by-age", populations, method, unit="persons", sex_ratio_at_birth=sex_ratio, net=net
    )
    if out not in (None, STDOUT):
        journey.tell_ages(out, about)
    speak.write(out, made)
    if out is None:
        speak.show(fitted(speak, made.head(SHOWN)))
    empty = made["net"].null_count()
    if empty:
        speak.warn(
            "Age groups without an estimate, as births are not given: {count}.", count=speak.number(empty)
        )
    speak.say(
        "Net migration of the age groups that have an estimate: {net} persons, errors of both censuses among them."
        if empty
        else "Net migration of all ages: {net} persons, errors of both censuses among them.",
        net=speak.number(net, 0, signed=True),
    )
    speak.say_written(out, made)
    speak.summary_of(out, made, **about)
