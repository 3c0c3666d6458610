"""What is refused before anything is counted: another table than the measure needs, days not observed, a concept that the
rule of residence does not fit.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from guzar.analyse.measures import Measure, Observed, days_seen
from guzar.analyse.movements import POPULATION_GROUP
from guzar.define.migration_concepts import CONCEPTS, UN_2021, require_fitting_rule
from guzar.errors import SettingsInvalid, TableInvalid


def require_observed(
    register: pl.LazyFrame, measure: Measure, days: Sequence[date], observed: Observed | None
) -> None:
    """Refuse days of which the crossings do not tell."""
    if not days:
        return
    if measure.name not in ("stock", "stays", "absences"):
        raise SettingsInvalid(
            "The measure {measure} has no day: it is counted over a year.",
            expected="--on with stock, stays or absences",
            do="Leave out --on.",
            measure=measure.name,
        )
    known = observed or days_seen(register, measure)
    wrong = [day.isoformat() for day in days if not known.first <= day <= known.last]
    if wrong:
        raise SettingsInvalid(
            "These days were not observed: {days}.",
            expected="days from {first} to {last}",
            do="Correct --on.",
            days=", ".join(wrong),
            first=known.first.isoformat(),
            last=known.last.isoformat(),
        )


def require_table(register: pl.LazyFrame, measure: Measure) -> None:
    """Refuse a table that has not the columns from which the measure is known."""
    missing = [name for name in measure.needs if name not in register.collect_schema().names()]
    if missing:
        raise TableInvalid(
            "The measure {measure} cannot be counted from this table.",
            where="columns that are missing: {columns}",
            expected="stock, flow, movements: what guzar residence wrote; stays; absences, returns, circular (--view origin): what "
            "guzar stays wrote; crossings, registrations, permits: pseudonymous records",
            do="Choose another --measure, or the table that it needs.",
            measure=measure.name,
            columns=", ".join(missing),
        )


def require_concept(measure: Measure, concept: str | None, rule: tuple[int, int] | None) -> None:
    """Refuse movements without a concept, or from residence by a rule that is not known or does not fit it."""
    if (measure.name == "movements") != (concept is not None) or (concept and concept not in CONCEPTS):
        raise SettingsInvalid(
            "Movements are counted under a concept that is named, and no other measure is: {concept}.",
            expected="--concept un_1998 or un_2021 with --measure movements, and with nothing else",
            do="Correct --concept.",
            concept=concept or "–",
        )
    if concept is None:
        return
    if rule is None:
        raise TableInvalid(
            "By which rule residence was decided in this table is not known.",
            expected="the table as guzar residence wrote it, with its .about.json beside it",
            do="Keep both files together, or make the table again.",
        )
    require_fitting_rule(CONCEPTS[concept], *rule)


def require_groups(by: Sequence[str], concept: str | None, own: str | None) -> None:
    """Refuse population groups outside their concept, or where nobody says which citizenship is the country's own."""
    if POPULATION_GROUP in by and (concept != UN_2021 or own is None):
        raise SettingsInvalid(
            "Population groups are those of the concept un_2021, and need the country's own citizenship.",
            expected="--measure movements --concept un_2021 --own-citizens KGZ --by population_group",
            do="Correct the options.",
        )
