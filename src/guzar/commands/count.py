"""`guzar count`: stocks, flows, stays and acts from records under pseudonyms; unprotected, for `guzar protect`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated

import typer

from guzar import journey
from guzar.commands.given import read_day
from guzar.commands.given_tables import as_text
from guzar.commands.speaker import STDOUT, Out, Speaker, command
from guzar.errors import SettingsInvalid
from guzar.store import open_workspace


def add_commands(app: typer.Typer) -> None:
    """Add the command of the room `analyse` that counts records."""
    command(app, "count", "Analyse")(count)


def count(
    speak: Speaker,
    register: Annotated[
        Path,
        typer.Argument(
            metavar="REGISTER", help="What guzar residence or stays wrote, or pseudonymous records."
        ),
    ],
    measure: Annotated[
        str,
        typer.Option(
            help="stock, flow, movements (residence); stays, absences, returns, circular (stays); crossings, "
            "registrations, permits."
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option(help="Columns to count by, e.g. sex,age_group,citizenship; year is always one."),
    ] = None,
    persons: Annotated[
        Path | None,
        typer.Option(help="One row per person: person_id and columns that the register does not have."),
    ] = None,
    on: Annotated[
        list[str] | None,
        typer.Option(
            help="Day, as 2024-12-31, of a stock, or of stays and absences that go on; may be repeated."
        ),
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(help="Only rows with a code, as citizenship=UZB; may be repeated."),
    ] = None,
    concept: Annotated[
        str | None,
        typer.Option(help="Of movements: un_1998 (long-term, short-term) or un_2021 (temporary mobility)."),
    ] = None,
    view: Annotated[
        str,
        typer.Option(
            help="destination: everybody; origin: own citizens (--own-citizens), as they leave and return."
        ),
    ] = "destination",
    own_citizens: Annotated[
        str | None, typer.Option(help="The country's own citizenship, as KGZ; also for population_group.")
    ] = None,
    groups: Annotated[
        Path | None,
        typer.Option(help="Table to write for guzar protect --hierarchy: at least 3 and 6 months as groups."),
    ] = None,
    ages: Annotated[str, typer.Option(help="First years of the age groups.")] = "0,15,25,45,65",
    workspace: Annotated[
        Path | None,
        typer.Option(help="Workspace of the records: nothing is counted before its names are purged."),
    ] = None,
    out: Out = None,
) -> None:
    """Count persons, migrations, stays or acts. The counts are not protected: they go on to guzar protect.

    Example: guzar count residence.parquet --measure flow --by sex,age_group --persons persons.parquet --out flows.csv
    """
    done = journey.count_file(
        register,
        measure,
        [name.strip() for name in (by or "").split(",") if name.strip()],
        persons=persons,
        days=[read_day("--on", text) for text in on or []],
        ages=_ages(ages),
        where=_codes(where or []),
        workspace=open_workspace(workspace).path if workspace else None,
        concept=concept,
        view=view,
        own_citizens=own_citizens,
    )
    if groups is not None:
        speak.write(groups, journey.groups_of_durations())
    if out not in (None, STDOUT):
        journey.tell_counts(register, done, out, own_citizens=own_citizens)
    speak.write(out, done.table)
    if out is None:
        speak.show(as_text(done.table))
    _tell(speak, done, out, groups)


def _tell(speak: Speaker, done: journey.Counted, out: Path | None, groups: Path | None) -> None:
    """What was counted, in which unit and on which concept; what is not decidable or not complete; what comes next."""
    speak.say(
        "Counted by {first}: {rows} rows (unit: {unit}, {concept}). Not protected: for guzar protect only.",
        first=done.table.columns[0],
        rows=done.table.height,
        unit=speak.text(done.measure.count),
        concept=speak.text(done.measure.concept),
    )
    _tell_concept(speak, done)
    _tell_at_least(speak, done)
    if done.not_decided:
        speak.say("Not decidable and not counted: {open}.", open=_by_year(speak, done.not_decided))
    _tell_not_complete(speak, done)
    speak.say_written(out, done.table)
    if out not in (None, STDOUT):
        counted = {done.measure.count, "contributors", *done.no_total_over, *done.constants}
        dimensions = [name for name in done.table.columns if name not in counted]
        speak.say(
            "Next: guzar protect {file} --dimensions {dimensions} {hierarchy}--count {count} --out …",
            file=out.name,
            dimensions=",".join(dimensions) or "…",
            hierarchy=f"--hierarchy duration={groups} " if groups and "duration" in dimensions else "",
            count=done.measure.count,
        )
    speak.summary_of(
        out,
        done.table,
        unit=done.measure.count,
        concept=done.measure.concept,
        migration_concept=done.migration_concept,
        residence_rule=done.residence_rule,
        at_least=done.at_least(),
        persons_of_unknown_length=done.persons_of_unknown_length,
        not_decidable=done.not_decided,
        not_complete=list(done.not_complete),
    )


def _tell_concept(speak: Speaker, done: journey.Counted) -> None:
    """Under which concept movements were classed, and by which rule residence was decided: two different things."""
    if done.migration_concept:
        known = journey.CONCEPTS[done.migration_concept]
        speak.say(
            "Concept {concept}: {words}. Source: {source}.",
            concept=known.code,
            words=speak.text(known.words),
            source=speak.text(known.source),
        )
    if done.residence_rule and done.measure.name in ("stock", "flow", "movements"):
        words = journey.RULES_IN_WORDS.get(done.residence_rule)
        rule = f"{done.residence_rule} ({speak.text(words)})" if words else done.residence_rule
        speak.say("Rule of residence: {rule}.", rule=rule)
    if "movement" in done.table.columns and "short_term_migration_at_most" in done.table["movement"]:
        speak.say(
            "short_term_migration_at_most is an upper bound: no purpose is known that tells these from holidays, visits, "
            "business, treatment or pilgrimage."
        )


def _tell_not_complete(speak: Speaker, done: journey.Counted) -> None:
    years = ", ".join(done.not_complete)
    if years and done.migration_concept:
        speak.warn(
            "Not complete: {years}. The rule looks further ahead than the crossings reach; what it has not decided yet stands "
            "under not_decided.",
            years=years,
        )
    elif years:
        speak.warn(
            "Not complete: {years}. The rule looks further ahead than the crossings reach, and what it has not decided yet "
            "is not counted.",
            years=years,
        )


def _tell_at_least(speak: Speaker, done: journey.Counted) -> None:
    """Stays or absences that go on, of at least 3, 6 and 12 months; persons who may stand in a higher class."""
    for day, told in done.at_least().items():
        speak.say(
            "{day}: {all} go on; for at least 3 months: {three}, 6 months: {six}, 12 months: {twelve}.",
            day=day,
            all=speak.number(told["_T"]),
            three=speak.number(told["at_least_3_months"]),
            six=speak.number(told["at_least_6_months"]),
            twelve=speak.number(told["12_months_or_more"]),
        )
    if done.persons_of_unknown_length:
        speak.say(
            "Persons with an absence whose length is not known: {count}. They stand where their other absences put them, and "
            "may belong higher.",
            count=speak.number(done.persons_of_unknown_length),
        )


def _by_year(speak: Speaker, open_: Mapping[str, int]) -> str:
    return "; ".join(f"{year}: {speak.number(count)}" for year, count in open_.items())


def _codes(given: Sequence[str]) -> dict[str, str]:
    """Columns and the codes that their rows must have."""
    pairs = [text.partition("=") for text in given]
    if any(not name.strip() or not sign for name, sign, _ in pairs):
        raise SettingsInvalid(
            "guzar cannot read what --where asks for: {given}.",
            expected="a column and a code, as citizenship=UZB",
            do="Correct the option.",
            given=", ".join(given),
        )
    return {name.strip(): code.strip() for name, _, code in pairs}


def _ages(text: str) -> list[int]:
    parts = [part.strip() for part in text.split(",")]
    ages = [int(part) for part in parts if part.isdigit()]
    if len(ages) < len(parts) or ages != sorted(set(ages)):
        raise SettingsInvalid(
            "These are no age groups: {ages}.",
            expected="the first years of the groups in rising order, as 0,15,25,45,65",
            do="Correct --ages.",
            ages=text,
        )
    return ages
