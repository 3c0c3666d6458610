"""What `guzar count` says of a table of counts: unit and concept, by which rule, how far it can be trusted, what comes next."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guzar import journey
from guzar.commands.speaker import STDOUT, Speaker

# By what counts stand first, in words; a column without words is named as it is.
COLUMNS = {
    "year": "by year",
    "day": "by day",
    "absences_of_3_to_12_months": "by number of absences of 3 to 12 months",
}
OWN_BY = {
    "any_crossing": "own citizens are persons with at least one crossing on documents of {own}, with all their crossings",
    "residence_table": "the table holds own citizens of {own} alone",
    "commonest_of_person": "own citizens by --persons: the commonest citizenship of all records of a person is {own}; with a column "
    "citizenship in the crossings it would be whoever crossed on these documents at least once",
}


def tell_counts(speak: Speaker, done: journey.Counted, out: Path | None, groups: Path | None) -> None:
    """What was counted, in which unit and on which concept; what is not decidable or not complete; what comes next."""
    first = done.table.columns[0]
    speak.say(
        "Counted {by}: {rows} rows (unit: {unit}, {concept}). Not protected: for guzar protect only.",
        by=speak.text(COLUMNS.get(first, "by {column}"), column=first),
        rows=done.table.height,
        unit=speak.text(done.measure.count),
        concept=speak.text(done.measure.concept),
    )
    _tell_concept(speak, done)
    _tell_at_least(speak, done)
    _tell_not_decided(speak, done)
    _tell_life(speak, done)
    _tell_not_complete(speak, done)
    speak.say_written(out, done.table)
    if out is not None and out != STDOUT:
        _tell_next(speak, done, out, groups)


def tell_own_citizens(speak: Speaker, done: journey.Counted, own: str | None) -> None:
    """Who is counted as an own citizen, where it was asked for."""
    if own and done.own_citizens_by:
        meaning = speak.text(OWN_BY[done.own_citizens_by], own=own)
        speak.say("Meant here: {meaning}.", meaning=meaning)


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
        if done.readings:
            speak.say("Readings of edge cases: {readings}.", readings=done.readings)
    if "movement" in done.table.columns and "short_term_migration_at_most" in done.table["movement"]:
        speak.say(
            "short_term_migration_at_most is an upper bound: no purpose is known that tells these from holidays, visits, "
            "business, treatment or pilgrimage."
        )


def _tell_not_decided(speak: Speaker, done: journey.Counted) -> None:
    """What could not be counted and why, by the measure."""
    if not done.not_decided:
        return
    by_day = bool(done.days)
    said = {
        "stock": "Persons whose residence is not decidable, not counted: {open}.",
        "flow": "Crossings not decidable (yet), not counted: {open}.",
        "movements": "Not decidable (yet), in the class not_decided: {open}.",
        "stays": "Stays whose end is not recorded, so that nobody knows whether they go on, not counted: {open}."
        if by_day
        else "Stays whose beginning is not recorded, by the year of their end, not counted: {open}.",
        "absences": "Absences whose end is not recorded, so that nobody knows whether they go on, not counted: {open}."
        if by_day
        else "Absences whose beginning is not recorded, by the year of their end, not counted: {open}.",
        "returns": "Absences that ended with a return nobody recorded, by the year in which they began, not counted: {open}.",
    }
    speak.say(said[done.measure.name], open=_by_year(speak, done.not_decided))


def _tell_life(speak: Speaker, done: journey.Counted) -> None:
    """Of a stock: births and deaths, which crossings do not show."""
    life = done.life
    if life is None:
        return
    if life.left_out:
        speak.say("Left out, because not born yet or dead: {left}.", left=_by_year(speak, life.left_out))
    if not life.births_known and not life.deaths_known:
        speak.warn(
            "Births and deaths are not known: persons are counted as residents before their birth and after their death. Give "
            "--persons with the columns birth_year and died_on."
        )
    elif not life.deaths_known:
        speak.warn(
            "Deaths are not known: persons are counted as residents after their death. Give --persons with the column died_on."
        )
    elif not life.births_known:
        speak.warn(
            "Births are not known: persons are counted as residents before their birth. Give --persons with the column "
            "birth_year."
        )


def _tell_not_complete(speak: Speaker, done: journey.Counted) -> None:
    """Years or days that the rule has not decided, or by an assumption only."""
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
    if done.by_assumption:
        speak.warn(
            "By an assumption: {years}. The rule looks further ahead than the crossings reach; with last_crossing goes_on it takes it "
            "that everybody stays where they went, so nothing is left undecided, and later crossings will change these numbers.",
            years=", ".join(done.by_assumption),
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


def _tell_next(speak: Speaker, done: journey.Counted, out: Path, groups: Path | None) -> None:
    """The line that works; of several days of a stock there is none, because they are of the same persons."""
    when = done.no_total_over
    if when and done.table[when[0]].n_unique() > 1:
        speak.say(
            "A stock of several days or years is for looking: its numbers are of the same persons, and have no total. Next: guzar "
            "count with one day (--on), and guzar protect for that day; one table per day."
        )
        return
    if done.table.is_empty():
        return
    counted = {done.measure.count, "contributors", *when, *done.constants}
    dimensions = [name for name in done.table.columns if name not in counted]
    speak.say(
        "Next: guzar protect {file} --dimensions {dimensions} {hierarchy}--count {count} --out …",
        file=out.name,
        dimensions=",".join(dimensions),
        hierarchy=f"--hierarchy duration={groups} " if groups and "duration" in dimensions else "",
        count=done.measure.count,
    )


def _by_year(speak: Speaker, open_: Mapping[str, int]) -> str:
    return "; ".join(f"{year}: {speak.number(count)}" for year, count in open_.items())


def summary_of_counts(done: journey.Counted) -> dict[str, Any]:
    """What a program is told of counts beside their rows."""
    return {
        "unit": done.measure.count,
        "concept": done.measure.concept,
        "migration_concept": done.migration_concept,
        "residence_rule": done.residence_rule,
        "at_least": done.at_least(),
        "persons_of_unknown_length": done.persons_of_unknown_length,
        **journey.limits_of_counts(done),
    }
