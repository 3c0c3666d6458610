"""What speaks against a claim: its cited source, every edition held, its own document, another claim."""

import math

from guzar.use.claims.agreement import beside, with_years
from guzar.use.claims.case import Case, Finding
from guzar.use.claims.fitting import agrees, distance, scaled
from guzar.use.claims.reading import Claim
from guzar.use.claims.wording import SAME, distinct


def judge_own_count(case: Case) -> Finding | None:
    """A list that the document itself shows to be shorter or longer than it says."""
    claim = case.claim
    if claim.recount is None or claim.printed is None or claim.recount == claim.printed.value:
        return None
    said = case.words.text(
        "the document says {claimed}; counted again, its own list has {recount}.",
        claimed=case.words.claimed(claim),
        recount=case.words.number(claim.recount, 0),
    )
    return Finding("inconsistent", case.words.join([said]))


def cited_differs(case: Case) -> Finding | None:
    """The edition that the claim cites is held, and holds another value."""
    cited, w = case.cited_figures or case.cited_in_near_year(), case.words
    if not cited or any(agrees(case.claimed, f.value) for f in cited):
        return None
    best = min(cited, key=lambda f: distance(case.claimed, f.value))
    year = w.text(" for {year}", year=best.year)
    said = [
        w.text(
            "the source cited holds {figure}{year}, not {claimed}.",
            figure=w.figure(best),
            year=year,
            claimed=w.claimed(case.claim),
        )
    ]
    others = [f for f in case.figures if f not in cited]
    if others:
        said.append(w.text("Other editions do not print it either: {figures}.", figures=w.listed(others)))
    return Finding("cited_source_differs", w.join([*said, _hint(case)]), best)


def contradicted(case: Case) -> Finding:
    """Same definition, period and unit, and outside every edition held."""
    w, best = case.words, case.best
    assert best is not None  # only a claim with figures comes here
    said = [
        w.text(
            "{claimed}: no edition held prints it for {year}; the best figure held is {figure}.",
            claimed=w.claimed(case.claim),
            year=best.period,
            figure=w.figure(best),
        )
    ]
    others = [f for f in distinct(case.figures) if not math.isclose(f.value, best.value, rel_tol=SAME)]
    if others:
        said.append(w.text("Also held: {figures}.", figures=w.listed(others)))
    neighbours = beside(case, best)
    if neighbours:
        said.append(
            w.text("The years beside it: {figures}.", figures=with_years(case, neighbours, best.year))
        )
    return Finding("contradicted", w.join([*said, _hint(case), w.revision(case.figures, best)]), best)


def _hint(case: Case) -> str:
    """What may have happened: another year of the same series, or a slip of the decimal point."""
    claimed, w = case.claimed, case.words
    for power in (-6, -3, -2, -1, 1, 2, 3, 6):
        moved = scaled(claimed, 10.0**power)
        if any(agrees(moved, f.value) for f in case.figures):
            times = w.number(10.0**-power if power < 0 else 10.0**power, 0)
            return (
                w.text("The value would fit if it were {times} times smaller.", times=times)
                if power < 0
                else w.text("The value would fit if it were {times} times larger.", times=times)
            )
    if claimed.step > 0.02 * abs(claimed.value) or case.claim.period:
        return ""
    for year in case.holdings.years(case.cell):
        near = (
            [f for f in case.holdings.figures(case.cell, year) if agrees(claimed, f.value)]
            if year != case.claim.year
            else []
        )
        if near:
            return w.text("It is the value for {year}: {figure}.", year=year, figure=w.figure(near[-1]))
    return ""


def swapped(case: Case, other: Case, *, is_full: bool, fits_other: bool) -> Finding:
    """The value and that of another claim were exchanged."""
    w, claim = case.words, case.claim
    said = [
        w.text(
            "{claimed} looks exchanged with claim {other}: {place} has {other_claimed} there.",
            claimed=w.claimed(claim),
            other=w.named(other.claim),
            place=w.place(other.claim.area, other.cell[2]),
            other_claimed=w.claimed(other.claim),
        )
    ]
    for one, across, does_fit in ((case, other, fits_other), (other, case, is_full or not fits_other)):
        near = min(across.figures, key=lambda f: distance(one.claimed, f.value))
        fit = (
            "{claimed} agrees with {place}: {figure}."
            if does_fit
            else ("{claimed} is nearer to {place}, {figure}, but no edition held explains it.")
        )
        said.append(
            w.text(
                fit,
                claimed=w.claimed(one.claim),
                place=w.place(across.claim.area, across.cell[2]),
                figure=w.figure(near),
            )
        )
    return Finding(
        "swapped_with",
        w.join([*said, w.revision(case.figures, case.best)]),
        case.best,
        strength="full" if is_full else "half",
        other_claim=other.claim.id,
    )


def inconsistent(case: Case, other: Claim, *, is_duplicate: bool) -> Finding:
    """The document says two things about one thing, or one thing twice in a list."""
    w = case.words
    template = (
        "the document lists the same twice: see claim {other}."
        if is_duplicate
        else ("the document gives two values for the same: {claimed} here, {other_claimed} in claim {other}.")
    )
    said = [
        w.text(template, claimed=w.claimed(case.claim), other_claimed=w.claimed(other), other=w.named(other))
    ]
    if case.figures:
        said.append(w.text("Held are {figures}.", figures=w.listed(case.figures)))
    return Finding("inconsistent", w.join(said), case.best if case.figures else None, other_claim=other.id)
