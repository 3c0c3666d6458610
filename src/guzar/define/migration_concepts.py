"""Concepts of migration and rules of residence, apart: what is called migration, and by which days somebody lives here.

A concept says what the classes are (long-term, short-term, temporary mobility); a rule says when usual residence has
changed. The same table of crossings is read under either concept; a figure names both. What each means and where it
comes from is told in docs/methods/residence.md.
"""

from dataclasses import dataclass

from guzar.errors import MethodNotApplicable

UN_1998, UN_2021 = "un_1998", "un_2021"


@dataclass(frozen=True)
class MigrationConcept:
    """A concept, its source, and for which thresholds of residence (in days) its words hold."""

    code: str
    words: str
    source: str
    thresholds: tuple[int, int]
    needs: str


CONCEPTS = {
    each.code: each
    for each in (
        MigrationConcept(
            UN_1998,
            "long-term migration (12 months or more), short-term migration (3 to 12 months), visits",
            "United Nations, Recommendations on Statistics of International Migration, Revision 1, 1998",
            (365, 366),
            "a residence table by a rule of twelve months, as 365 of 487 days",
        ),
        MigrationConcept(
            UN_2021,
            "migration (the country of usual residence changes) and temporary mobility (it does not)",
            "UN Statistical Commission, decision 52/109, 2021; Expert Group on Migration Statistics, Task Force 2, 2021",
            (183, 366),
            "a residence table by a rule of six to twelve months, as 365 of 487 or 184 of 365 days",
        ),
    )
}

STATS_NZ, CENSUS = "stats_nz_outcome", "census_six_months_and_a_day"
NAMED_RULES = {(365, 487): STATS_NZ, (184, 365): CENSUS}
RULES_IN_WORDS = {
    STATS_NZ: "the 12/16-month outcome rule of Stats NZ",
    CENSUS: "the six months and one day of the census, asked of crossings",
}


def name_residence_rule(threshold_days: int, window_days: int) -> str:
    """The code of a rule of V of W days: whose it is, or its days, as `days_270_of_365`."""
    return NAMED_RULES.get((threshold_days, window_days), f"days_{threshold_days}_of_{window_days}")


def require_fitting_rule(concept: MigrationConcept, threshold_days: int, window_days: int) -> None:
    """Refuse (MethodNotApplicable) a table whose rule of residence is not what the concept calls residence."""
    least, most = concept.thresholds
    if not least <= threshold_days <= most:
        raise MethodNotApplicable(
            "The concept {concept} cannot be read from residence by {threshold} of {window} days.",
            expected=concept.needs,
            do="Make the table again with guzar residence and such a rule, or choose another --concept.",
            concept=concept.code,
            threshold=threshold_days,
            window=window_days,
        )
