"""Claims of one document about one thing → those in which the document contradicts itself.

Two values for one thing, or one thing listed twice. Two values are the same statement where one rounds to the
other; two bounds («over 70», «over 75») are not. What the figures held bear out is never called a contradiction.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from guzar.use.claims.fitting import distance, tolerance
from guzar.use.claims.reading import Claim

IGNORED = frozenset({"id"})


@dataclass(frozen=True, slots=True)
class Repeat:
    """Another claim of the same document about the same thing: a second value, or the same again."""

    other: int
    is_duplicate: bool


def find_repeats(claims: Sequence[Claim], borne_out: Collection[int]) -> dict[int, Repeat]:
    """For each claim that its own document contradicts, the other claim; `borne_out` holds rows the figures confirm."""
    groups: dict[tuple[object, ...], list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.printed is not None and claim.indicator:
            for document in claim.documents:
                groups[
                    document, claim.indicator, claim.place, claim.year, claim.period, claim.sex, claim.unit
                ].append(claim)
    found: dict[int, Repeat] = {}
    confirmed = set(borne_out)
    for group in groups.values():
        if len(group) > 1:
            _search(group, confirmed, found)
    return found


def _search(group: list[Claim], borne_out: set[int], found: dict[int, Repeat]) -> None:
    """Compare each claim with the first claim of every different statement in its group."""
    statements: dict[tuple[object, ...], Claim] = {}
    for claim in group:
        first = statements.setdefault(_statement(claim), claim)
        if first is not claim and _written(first) == _written(claim):
            _note(claim, first, borne_out, found, is_duplicate=True)
    different = list(statements.values())[:50]  # one other value is enough to say so
    for position, claim in enumerate(different):
        for other in different[:position]:
            if _differ(claim, other):
                _note(claim, other, borne_out, found, is_duplicate=False)


def _note(
    claim: Claim, other: Claim, borne_out: set[int], found: dict[int, Repeat], *, is_duplicate: bool
) -> None:
    for one, two in ((claim, other), (other, claim)):
        if one.row not in borne_out:
            found.setdefault(one.row, Repeat(two.row, is_duplicate))


def _statement(claim: Claim) -> tuple[object, ...]:
    return (claim.claimed(claim.unit), claim.cited, claim.is_forecast)


def _written(claim: Claim) -> dict[str, str]:
    return {name: cell for name, cell in claim.as_written.items() if name not in IGNORED}


def _differ(claim: Claim, other: Claim) -> bool:
    if claim.is_forecast or other.is_forecast or claim.cited != other.cited:
        return False  # two sources, or a forecast and an outcome, may differ
    one, two = claim.claimed(claim.unit), other.claimed(other.unit)
    if one.qualifier == two.qualifier and one.qualifier in {"over", "almost"}:
        return one.value != two.value
    return distance(one, two.value) >= max(tolerance(one), tolerance(two))
