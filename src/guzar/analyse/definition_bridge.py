"""Two agencies' numbers for one corridor → a waterfall of the definitions between them, and the rest that none explains.

Which steps are needed follows from the definitions alone. Each step multiplies the number before it by a factor with an
interval and a source; a step without a known factor changes nothing and is named. What is then left between the two
numbers is one last factor, `unexplained`: it is printed, never spread over the steps. The factors multiply exactly to the
ratio of the two numbers. Intervals are combined in logarithms, each side for itself, steps being independent but for
those on the minimum stay, which rest on the same four sets (duration_factors).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from math import exp, hypot, log

from guzar.analyse.duration_factors import SOURCE, duration_steps, has_factor, interval_of_logs, log_factors

FLOW, STOCK = "flow", "stock"
MEASURES = (FLOW, STOCK)
PERSONS = "persons"
UNITS_COUNTED = (PERSONS, "acts", "entries", "registrations", "permits")
BASES = ("birth", "citizenship", "residence")
UNIT, DURATION, BASIS, REFERENCE_DATE, COVERAGE = (
    "unit",
    "minimum_stay_months",
    "origin_basis",
    "reference_date",
    "coverage",
)
UNEXPLAINED = "unexplained"
GIVEN, PUBLISHED, OWN_SERIES = "given", "published", "own_series"
NO_FACTOR, NOT_STATED, RESIDUAL = "no_factor_known", "not_stated", "residual"
Series = Sequence[tuple[date, float]]


@dataclass(frozen=True)
class Count:
    """One agency's number for a corridor, and what it counts; None where the agency does not say."""

    value: float
    source: str
    unit: str | None = PERSONS
    measure: str = FLOW
    minimum_stay_months: float | None = None
    origin_basis: str | None = None
    reference_date: date | None = None
    coverage: str | None = None
    lower: float | None = None
    upper: float | None = None
    series: Series = ()  # the same number at other dates, by the same definitions


@dataclass(frozen=True)
class Factor:
    """What a number is multiplied by, its 5 % and 95 % points, and who says so."""

    factor: float
    lower: float
    upper: float
    source: str

    def inverted(self) -> "Factor":
        """The factor of the same step walked backwards."""
        return Factor(1 / self.factor, 1 / self.upper, 1 / self.lower, self.source)


@dataclass(frozen=True)
class Step:
    """One row of the waterfall."""

    step: str
    definition_from: str | None
    definition_to: str | None
    known: Factor | None
    status: str
    value_before: float
    unit_before: str | None
    value_after: float
    unit_after: str | None
    after_lower: float
    after_upper: float


@dataclass
class _Walk:
    """Where the waterfall stands: the number, its unit, and how uncertain it is, in logarithms."""

    value: float
    unit: str | None
    below: float
    above: float
    by_set: tuple[float, ...] = (0.0,)  # steps of the minimum stay so far, by each published set
    steps: list[Step] = field(default_factory=list)

    def take(
        self,
        name: str,
        ends: tuple[str | None, str | None],
        known: Factor | None,
        status: str,
        unit: str | None,
    ) -> None:
        before, unit_before = self.value, self.unit
        if known is not None:
            self.value, self.unit = before * known.factor, unit
            if status != PUBLISHED:
                self.below = hypot(self.below, log(known.factor / known.lower))
                self.above = hypot(self.above, log(known.upper / known.factor))
        low, high = self.reach()
        row = Step(name, *ends, known, status, before, unit_before, self.value, self.unit, low, high)
        self.steps.append(row)

    def reach(self) -> tuple[float, float]:
        """The 5 % and 95 % points of the number as it stands."""
        below, above = self.widths()
        return self.value * exp(-below), self.value * exp(above)

    def widths(self) -> tuple[float, float]:
        if len(self.by_set) == 1:
            return self.below, self.above
        duration = interval_of_logs(self.by_set)
        return hypot(self.below, duration.below), hypot(self.above, duration.above)


def bridge(first: Count, second: Count, given: Mapping[str, Factor] | None = None) -> list[Step]:
    """The steps from the first number to the second; the last is `unexplained`.

    Both values are above 0 and both measures the same. `given` has factors by step and goes before what is published: a
    step of units, minimum stays or bases is called like `acts_to_persons`, `duration_3_to_9`, `citizenship_to_birth`, and
    is also read backwards; `reference_date` and `coverage` lead from the first number to the second.
    """
    known = given or {}
    walk = _Walk(first.value, first.unit, *_widths_of(first))
    _take_named(walk, UNIT, first.unit, second.unit, known, unit=second.unit)
    _take_durations(walk, first, second, known)
    _take_named(walk, BASIS, first.origin_basis, second.origin_basis, known)
    _take_dates(walk, first, second, known)
    _take_coverage(walk, first, second, known)
    walk.steps.append(_rest(walk, second))
    return walk.steps


def named_step(kind: str, start: object, end: object) -> str:
    """What a step between two definitions is called: acts_to_persons, duration_3_to_9."""
    return f"{'duration_' if kind == DURATION else ''}{_written(start)}_to_{_written(end)}"


def _written(end: object) -> str:
    return f"{end:g}" if isinstance(end, float | int) else str(end)


def _find(kind: str, start: object, end: object, given: Mapping[str, Factor]) -> Factor | None:
    """A factor that was given for a step, or for the same step backwards."""
    ahead, back = given.get(named_step(kind, start, end)), given.get(named_step(kind, end, start))
    return ahead or (back.inverted() if back else None)


def _take_named(
    walk: _Walk,
    kind: str,
    start: str | None,
    end: str | None,
    given: Mapping[str, Factor],
    *,
    unit: str | None = None,
) -> None:
    if start is None or end is None:
        walk.take(kind, (start, end), None, NOT_STATED, walk.unit)
    elif start != end:
        factor = _find(kind, start, end, given)
        status = GIVEN if factor else NO_FACTOR
        walk.take(named_step(kind, start, end), (start, end), factor, status, unit or walk.unit)


def _take_durations(walk: _Walk, first: Count, second: Count, given: Mapping[str, Factor]) -> None:
    """From one minimum stay to the other: by a factor given for the whole way, else part by part."""
    start, end = first.minimum_stay_months, second.minimum_stay_months
    if start is None or end is None:
        ends = tuple(None if each is None else _written(each) for each in (start, end))
        walk.take(DURATION, (ends[0], ends[1]), None, NOT_STATED, walk.unit)
        return
    if start == end:
        return
    whole = _find(DURATION, start, end, given)
    for one, other in [(start, end)] if whole else duration_steps(start, end):
        name, ends = named_step(DURATION, one, other), (_written(one), _written(other))
        factor = whole or _find(DURATION, one, other, given)
        if factor is not None:
            walk.take(name, ends, factor, GIVEN, walk.unit)
        elif first.measure == FLOW and has_factor(one) and has_factor(other):
            _take_published(walk, name, (one, other))
        else:
            walk.take(name, ends, None, NO_FACTOR, walk.unit)


def _take_published(walk: _Walk, name: str, months: tuple[float, float]) -> None:
    """A step of the minimum stay by the four published sets; what they disagree on adds up set by set."""
    logs = log_factors(*months)
    so_far = walk.by_set if len(walk.by_set) == len(logs) else (0.0,) * len(logs)
    walk.by_set = tuple(before + now for before, now in zip(so_far, logs, strict=True))
    found = interval_of_logs(logs)
    lower, upper = exp(found.centre - found.below), exp(found.centre + found.above)
    factor = Factor(exp(found.centre), lower, upper, SOURCE)
    walk.take(name, (_written(months[0]), _written(months[1])), factor, PUBLISHED, walk.unit)


def _take_dates(walk: _Walk, first: Count, second: Count, given: Mapping[str, Factor]) -> None:
    """From one date to the other, by the growth in one of the agencies' own series."""
    start, end = first.reference_date, second.reference_date
    ends = (str(start) if start else None, str(end) if end else None)
    if start is None or end is None:
        walk.take(REFERENCE_DATE, ends, None, NOT_STATED, walk.unit)
        return
    if start == end:
        return
    if REFERENCE_DATE in given:
        walk.take(REFERENCE_DATE, ends, given[REFERENCE_DATE], GIVEN, walk.unit)
        return
    grown = _growth(first, start, end) or _growth(second, start, end)
    walk.take(REFERENCE_DATE, ends, grown, OWN_SERIES if grown else NO_FACTOR, walk.unit)


def _growth(count: Count, start: date, end: date) -> Factor | None:
    """Growth between two dates of a series, on straight lines in logarithms; None where it does not reach both.

    Nobody saw when between two counts the change happened: the interval is from all of it before the date to all after.
    """
    at_start, at_end = _between(count.series, start), _between(count.series, end)
    if at_start is None or at_end is None:
        return None
    source = f"{count.source}, {min(count.series)[0]} – {max(count.series)[0]}"
    return Factor(at_end[0] / at_start[0], at_end[1] / at_start[2], at_end[2] / at_start[1], source)


def _between(series: Series, day: date) -> tuple[float, float, float] | None:
    """The number on a day, its least and its greatest possible value, from the counts before and after."""
    before = max((each for each in series if each[0] <= day), default=None)
    after = min((each for each in series if each[0] >= day), default=None)
    if before is None or after is None or not before[1] > 0 or not after[1] > 0:
        return None
    days = (after[0] - before[0]).days
    share = (day - before[0]).days / days if days else 0.0
    value = exp((1 - share) * log(before[1]) + share * log(after[1])) if days else before[1]
    return value, min(before[1], after[1]), max(before[1], after[1])


def _take_coverage(walk: _Walk, first: Count, second: Count, given: Mapping[str, Factor]) -> None:
    ends = (first.coverage, second.coverage)
    if None in ends:
        walk.take(COVERAGE, ends, None, NOT_STATED, walk.unit)
    elif ends[0] != ends[1]:
        factor = given.get(COVERAGE)
        walk.take(COVERAGE, ends, factor, GIVEN if factor else NO_FACTOR, walk.unit)


def _widths_of(count: Count) -> tuple[float, float]:
    """How far the 5 % and 95 % points of a number lie from it, in logarithms; 0 where it comes without an interval."""
    if count.lower is None or count.upper is None:
        return 0.0, 0.0
    return log(count.value / count.lower), log(count.upper / count.value)


def _rest(walk: _Walk, second: Count) -> Step:
    """What is left between the number as all steps make it and the second number."""
    below, above = walk.widths()
    second_below, second_above = _widths_of(second)
    factor = second.value / walk.value
    known = Factor(
        factor, factor * exp(-hypot(second_below, above)), factor * exp(hypot(second_above, below)), ""
    )
    lower = second.value if second.lower is None else second.lower
    upper = second.value if second.upper is None else second.upper
    return Step(
        UNEXPLAINED,
        None,
        None,
        known,
        RESIDUAL,
        walk.value,
        walk.unit,
        second.value,
        second.unit,
        lower,
        upper,
    )
