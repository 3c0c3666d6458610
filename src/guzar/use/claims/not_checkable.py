"""Claims that cannot be checked: unreadable, of an unclear unit, of something not held; each with its reason."""

from dataclasses import replace

from guzar.define.nearest import did_you_mean
from guzar.use.claims.case import Case, Finding
from guzar.use.claims.fitting import agrees, scaled
from guzar.use.claims.holdings import Figure, is_growth, known_indicators, unit_of
from guzar.use.claims.ranking import reference_figures
from guzar.use.claims.reading import COUNTED, EITHER_POINT, indicators_by_name

# A claim may well be about what guzar does not hold: only a slip of the pen is taken for a known indicator, not
# another indicator that is spelled alike (the target of a cost and the cost are 0.93 alike).
MISSPELLED = 0.94


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
        reason = _unknown_indicator(case)
    elif claim.year is None:
        written = claim.as_written.get("year", "")
        reason = w.text("“{year}” is not a year", year=written) if written else w.text("no year is given")
    return (
        Finding("not_checkable", w.join([w.text("not checkable: {reason}.", reason=reason)]))
        if reason
        else None
    )


def _unknown_indicator(case: Case) -> str:
    """That guzar does not know the indicator, with the id nearest to what is written, by id or by name."""
    written, w = case.claim.as_written.get("indicator", ""), case.words
    if not written:
        return w.text("no indicator is given")
    names = indicators_by_name()
    near = did_you_mean(written, [*known_indicators(), *names], likeness=MISSPELLED)
    if not near:
        return w.text("guzar holds no figures on this indicator")
    return w.text(
        "guzar knows no indicator “{indicator}”: perhaps {meant} is meant",
        indicator=written,
        meant=names.get(near, near),
    )


def judge_point_of_count(case: Case) -> Finding | None:
    """A count printed as 199.011 that no figure bears out: the point may stand between thousands."""
    claim, w, written = case.claim, case.words, case.claim.as_written.get("value", "")
    if (
        claim.printed is None
        or claim.unit not in COUNTED
        or claim.printed.scale * claim.factor != 1
        or not EITHER_POINT.search(written)
    ):
        return None
    reason = w.text(
        "the point of “{value}” may stand before decimals or between thousands: what is counted comes in whole numbers",
        value=written,
    )
    return Finding("not_checkable", w.join([w.text("not checkable: {reason}.", reason=reason)]))


def judge_share_of_one(case: Case) -> Finding | None:
    """A percentage below 1 that fits a hundredfold: a workbook keeps 0.266 where its cell shows 26.6 %."""
    claim, w, printed = case.claim, case.words, case.claim.printed
    if (
        printed is None
        or printed.is_percent
        or claim.unit != "percent"
        or claim.factor != 1
        or not 0 < abs(printed.value) < 1
    ):
        return None
    hundredfold = scaled(case.claimed, 100.0)
    hundredfold = replace(hundredfold, step=min(hundredfold.step, 1.0))  # 50 % is kept as 0.5
    fits = [figure for figure in case.figures if agrees(hundredfold, figure.value)]
    if not fits:
        return None
    said = w.text(
        "a hundred times {value} agrees with {figure}: the cell may be formatted as a percentage, or the value may "
        "be a share of one.",
        value=claim.as_written.get("value", ""),
        figure=w.figure(reference_figures(fits)[0]),
    )
    return Finding("unit_unclear", w.join([said]))


def not_held(case: Case) -> Finding:
    """The finding that no figure is held for the claim, with the years for which some are."""
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
