"""What is found about one claim by itself: it agrees, cannot be checked, is a forecast, or must be looked at further.

Each function answers one question of the contract and gives a Finding, or None where its question does not apply;
here stands the order in which they are asked.
"""

from guzar.use.claims.agreement import judge_agreement
from guzar.use.claims.case import Case, Finding
from guzar.use.claims.contradictions import cited_differs, contradicted, judge_own_count
from guzar.use.claims.forecasts import judge_forecast
from guzar.use.claims.not_checkable import (
    judge_beyond_knowledge,
    judge_point_of_count,
    judge_share_of_one,
    judge_unclear_unit,
    not_held,
)
from guzar.use.claims.other_concepts import fits_kin, judge_other_count

SURE = 0.02  # a fit so unlikely by chance explains a claim better than any other finding


def judge_alone(case: Case) -> Finding | None:
    """The verdict that a claim has by itself; None where other claims and other series must be asked."""
    for question in (
        judge_own_count,
        judge_forecast,
        judge_unclear_unit,
        judge_beyond_knowledge,
        judge_agreement,
        judge_point_of_count,
        judge_share_of_one,
        judge_other_count,
        _is_not_held,
    ):
        found = question(case)
        if found is not None:
            return found
    return None


def judge_unborne(case: Case) -> Finding:
    """The verdict on a claim that no edition of its series bears out, and that no other claim explains."""
    return fits_kin(case, at_most=SURE) or cited_differs(case) or fits_kin(case) or contradicted(case)


def _is_not_held(case: Case) -> Finding | None:
    """No figure of the claim's series for its year; another series may still explain it."""
    if case.figures:
        return None
    return cited_differs(case) or fits_kin(case) or not_held(case)
