"""Claims that cannot be checked: unreadable, of an unclear unit, of something not held; each with its reason."""

from guzar.use.claims.case import Case, Finding
from guzar.use.claims.holdings import Figure, is_growth, known_indicators, unit_of
from guzar.use.claims.ranking import reference_figures
from guzar.use.claims.reading import COUNTED


def judge_unclear_unit(case: Case) -> Finding | None:
    """The unit is missing, double, or one that the indicator cannot have."""
    claim, w = case.claim, case.words
    expected = unit_of(claim.indicator)
    if claim.unclear_unit:
        return Finding(
            "unit_unclear",
            w.join([w.text("“{unit}” can be read as more than one unit.", unit=claim.unclear_unit)]),
        )
    if expected is None or claim.unit == expected:
        return None
    if not claim.unit:
        return Finding(
            "unit_unclear",
            w.join(
                [
                    w.text(
                        "no unit is given; the indicator is measured in {expected}.",
                        expected=w.unit(expected),
                    )
                ]
            ),
        )
    if {claim.unit, expected} <= COUNTED:
        said = w.text(
            "the claim counts {unit}, the indicator “{indicator}” counts {expected}: the two are not the same "
            "thing, so this is no contradiction.",
            unit=w.unit(claim.unit),
            indicator=w.indicator(claim.indicator),
            expected=w.unit(expected),
        )
        return Finding(
            "different_definition",
            w.join([w.text("Differs in: {what}.", what=w.text("unit counted")), said]),
            _latest_of(case),
        )
    said = w.text(
        "“{indicator}” is measured in {expected}; “{unit}” is not a unit that it can have.",
        indicator=w.indicator(claim.indicator),
        expected=w.unit(expected),
        unit=claim.as_written.get("unit", claim.unit),
    )
    return Finding("unit_unclear", w.join([said]))


def _latest_of(case: Case) -> Figure | None:
    held = reference_figures(case.figures)
    return held[0] if held else None


def judge_beyond_knowledge(case: Case) -> Finding | None:
    """A row that cannot be read, or speaks of something that guzar holds no series of."""
    claim, w = case.claim, case.words
    reason = ""
    if claim.unreadable is not None:
        template, values = claim.unreadable
        reason = w.text(template, **values)
    elif unit_of(claim.indicator) is None:
        is_named = bool(claim.as_written.get("indicator", ""))
        reason = w.text("guzar holds no figures on this indicator" if is_named else "no indicator is given")
    elif claim.year is None:
        written = claim.as_written.get("year", "")
        reason = w.text("“{year}” is not a year", year=written) if written else w.text("no year is given")
    return (
        Finding("not_checkable", w.join([w.text("not checkable: {reason}.", reason=reason)]))
        if reason
        else None
    )


def not_held(case: Case) -> Finding:
    claim, w = case.claim, case.words
    held = case.holdings.years(case.cell)
    year = claim.period or claim.year
    if claim.year is not None and case.holdings.is_withheld(case.cell, claim.year):
        reason = w.text(
            "the publisher prints a missing mark for {place} in {year}",
            place=w.place(*case.cell[1:3]),
            year=year,
        )
    elif is_growth(claim.indicator):
        reason = w.text(
            "no edition held has {place} both in {year} and in the year before",
            place=w.place(*case.cell[1:3]),
            year=year,
        )
    elif held:
        reason = w.text(
            "no figure of {place} is held for {year}; figures are held from {first} to {last}",
            place=w.place(*case.cell[1:3]),
            year=year,
            first=held[0],
            last=held[-1],
        )
    elif claim.area in case.regions and _is_ratio(claim.indicator):
        reason = w.text(
            "shares and prices of the members of {place} cannot be added up", place=w.place(*case.cell[1:3])
        )
    else:
        reason = w.text(
            "no figure of “{indicator}” is held for {place}",
            indicator=w.indicator(claim.indicator),
            place=w.place(*case.cell[1:3]),
        )
    return Finding("not_checkable", w.join([w.text("not checkable: {reason}.", reason=reason)]))


def _is_ratio(indicator: str) -> bool:
    known = known_indicators().get(indicator)
    return known is not None and known.measure in {"rate", "price"}
