"""A claim and the figures held → the other series that it fits: another direction, scope, concept, unit or sex.

Only series about the same places are asked, in the same year and unit. A fit counts where so good a fit among so
many series would be unlikely by chance.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from guzar.define.areas import Region
from guzar.define.definitions import differences
from guzar.use.claims.fitting import Claimed, agrees, chance, distance
from guzar.use.claims.holdings import Cell, Figure, Holdings, growth_base, known_indicators, unit_of
from guzar.use.claims.reading import Claim

LEAVING = frozenset({"emigrant", "emigrants", "paid", "from", "outgoing", "outside"})
UNITS_IN_IDS = frozenset({"usd", "percent", "per", "1000"})
LIKELY = 0.25  # a fit that chance gives more often than this says nothing
NEAREST_SCOPE = 0.10  # where no publisher prints the claim's own scope, how near the next wider one must be


@dataclass(frozen=True, slots=True)
class Kin:
    """Another series that a claim fits: its cell, its figure, and in what it differs."""

    cell: Cell
    figure: Figure
    differs_in: str


def find_kin(
    claim: Claim,
    holdings: Holdings,
    regions: Mapping[str, Region],
    *,
    is_own_held: bool,
    at_most: float = LIKELY,
) -> Kin | None:
    """The series that the claim fits best, or None where none fits better than chance would."""
    candidates = list(kin_figures(claim, holdings, regions))
    if not candidates:
        return None
    claimed = claim.claimed(candidates[0].figure.unit)
    near = {c.figure.value for c in candidates if _same_size(claimed, c.figure.value)}
    fits = [c for c in candidates if agrees(claimed, c.figure.value)]
    if fits and chance(claimed, max(len(near), 1)) <= at_most:
        return min(fits, key=lambda c: distance(claimed, c.figure.value))
    return None if is_own_held else _next_scope(claimed, candidates)


def kin_figures(claim: Claim, holdings: Holdings, regions: Mapping[str, Region]) -> Iterator[Kin]:
    """Every figure of the claim's year about the same places in another series of the same unit."""
    if claim.year is None:
        return
    for cell, differs_in in _kin_cells(claim, regions):
        for figure in holdings.figures(cell, claim.year, claim.period):
            yield Kin(cell, figure, differs_in)


def _next_scope(claimed: Claimed, candidates: list[Kin]) -> Kin | None:
    """The total of one end, near enough, for a corridor or region that no publisher prints."""
    wider = [
        c
        for c in candidates
        if c.differs_in == "scope"
        and not c.cell[2]
        and distance(claimed, c.figure.value) <= NEAREST_SCOPE * abs(c.figure.value)
    ]
    return min(wider, key=lambda c: distance(claimed, c.figure.value)) if wider else None


def _same_size(claimed: Claimed, value: float) -> bool:
    return 1 / 2.72 <= abs(value) / max(abs(claimed.value), 1e-12) <= 2.72


def _kin_cells(claim: Claim, regions: Mapping[str, Region]) -> Iterator[tuple[Cell, str]]:
    own = own_cell(claim)
    indicator, area, counterpart, sex = own
    if counterpart:
        yield (indicator, counterpart, area, sex), "direction"
    for other in (indicator, *kin_indicators(indicator)):
        if other != indicator:
            yield (other, area, counterpart, sex), difference(indicator, other)
        if counterpart:
            yield from (((other, end, "", sex), "scope") for end in (counterpart, area))
    if not sex:
        yield from (((indicator, area, counterpart, one), "sex") for one in ("F", "M"))
    for wider in _other_scopes(area, regions):
        yield (indicator, wider, counterpart, sex), "scope"
    for wider in _other_scopes(counterpart, regions) if counterpart else ():
        yield (indicator, area, wider, sex), "scope"


def own_cell(claim: Claim) -> Cell:
    """The cell that a claim is about."""
    return (claim.indicator, claim.area, claim.counterpart if claim.is_corridor else "", claim.sex)


def _other_scopes(end: str, regions: Mapping[str, Region]) -> list[str]:
    """Regions that hold an area, or the members of a region and the regions that share members with it."""
    if end in regions:
        members = regions[end].members
        return [*members, *(r.id for r in regions.values() if r.id != end and set(r.members) & set(members))]
    return [r.id for r in regions.values() if end in r.members]


@cache
def kin_indicators(indicator: str) -> tuple[str, ...]:
    """Indicators of the same unit that speak of the same thing; for growth, the growth of those."""
    base, suffix = growth_base(indicator)
    unit = unit_of(base)
    return tuple(
        other.removesuffix("_usd") + suffix if suffix else other
        for other in known_indicators()
        if other != base and unit_of(other) == unit and (unit == "persons" or _words(base) & _words(other))
    )


def _words(indicator: str) -> set[str]:
    return {word.removesuffix("s") for word in indicator.split("_")} - UNITS_IN_IDS


@cache
def difference(first: str, second: str) -> str:
    """In what two indicators differ: direction, unit, concept, measure, or else scope."""
    one, other = (growth_base(indicator)[0] for indicator in (first, second))
    if bool(LEAVING & set(one.split("_"))) != bool(LEAVING & set(other.split("_"))):
        return "direction"
    known = known_indicators()
    if one in known and other in known:
        found = differences(known[one], known[other])
        if found:
            return found[0].split(":")[0]
    return "scope"
