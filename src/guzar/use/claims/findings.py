"""What is found about one claim by itself: it agrees, cannot be checked, is a forecast, or must be looked at further.

Each function answers one question of the contract and gives a Finding, or None where its question does not apply.
"""

import math
from collections.abc import Sequence

from guzar.use.claims.case import Case, Finding
from guzar.use.claims.fitting import agrees, distance, scaled
from guzar.use.claims.holdings import Figure, growth_base, is_growth, known_indicators, unit_of
from guzar.use.claims.kin import LIKELY, Kin, find_kin, kin_figures
from guzar.use.claims.ranking import difference_of, family_of, reference_figures
from guzar.use.claims.reading import COUNTED, Claim
from guzar.use.claims.wording import PROPERTIES, SAME, distinct

SURE = 0.02  # a fit so unlikely by chance explains a claim better than any other finding


def judge_alone(case: Case) -> Finding | None:
    """The verdict that a claim has by itself; None where other claims and other series must be asked."""
    for question in (
        _contradicts_own_count,
        _is_forecast,
        _is_unclear,
        _is_beyond_knowledge,
        _agrees,
        _counts_otherwise,
        _is_not_held,
    ):
        found = question(case)
        if found is not None:
            return found
    return None


def judge_unborne(case: Case) -> Finding:
    """The verdict on a claim that no edition of its series bears out, and that no other claim explains."""
    return _fits_kin(case, at_most=SURE) or _cited_differs(case) or _fits_kin(case) or _contradicted(case)


def _contradicts_own_count(case: Case) -> Finding | None:
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


def _is_forecast(case: Case) -> Finding | None:
    """A forecast is scored against the outcome, never called right or wrong as a statement of fact."""
    held_only_as_forecast = bool(case.figures) and all(f.status == "forecast" for f in case.figures)
    if not case.claim.is_forecast and not held_only_as_forecast:
        return None
    outcomes = [
        Kin(case.cell, f, "") for f in reference_figures([f for f in case.figures if f.status != "forecast"])
    ][:1]
    outcomes = outcomes or _outcomes_of_kin(case)
    w = case.words
    shown = "; ".join(f"{w.series(o.cell, o.figure)}: {w.figure(o.figure)}" for o in outcomes)
    said = [w.text("this is a forecast and not an outcome.")]
    if not outcomes:
        said.append(w.text("No outcome is held for it."))
    elif outcomes[0].differs_in:
        said.append(w.text("No outcome of this corridor is held; nearest to it: {outcomes}.", outcomes=shown))
    else:
        said.append(w.text("The outcome held: {outcomes}.", outcomes=shown))
    if held_only_as_forecast:
        said.append(
            w.text("The forecast held: {figure}.", figure=w.figure(reference_figures(case.figures)[0]))
        )
    return Finding("forecast_not_outcome", w.join(said), outcomes[0].figure if outcomes else None)


def _outcomes_of_kin(case: Case) -> list[Kin]:
    """What happened to the totals of both ends, where the corridor itself is not held."""
    if not case.claim.is_corridor or case.claim.unreadable or unit_of(case.claim.indicator) is None:
        return []
    stem = growth_base(case.claim.indicator)[0].split("_")[0]
    wider = [
        k
        for k in kin_figures(case.claim, case.holdings, case.regions)
        if k.differs_in == "scope"
        and not k.cell[2]
        and k.cell[0].startswith(stem)
        and k.figure.status != "forecast"
    ]
    ends = {"paid": case.claim.counterpart, "received": case.claim.area}
    by_side = [[k for k in wider if k.cell[1] == end and side in k.cell[0]] for side, end in ends.items()]
    newest = [(side, reference_figures([k.figure for k in side])) for side in by_side if side]
    return [
        min((k for k in side if k.figure in figures), key=lambda k: distance(case.claimed, k.figure.value))
        for side, figures in newest
    ]


def _is_unclear(case: Case) -> Finding | None:
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
            w.join([w.text("no unit is given; the indicator is measured in {expected}.", expected=expected)]),
        )
    if {claim.unit, expected} <= COUNTED:
        said = w.text(
            "the claim counts {unit}, the indicator {indicator} counts {expected}: the two are not the same "
            "thing, so this is no contradiction.",
            unit=claim.unit,
            indicator=claim.indicator,
            expected=expected,
        )
        return Finding(
            "different_definition",
            w.join([w.text("Differs in: {what}.", what=w.text("unit counted")), said]),
            _latest_of(case),
        )
    said = w.text(
        "“{indicator}” is measured in {expected}; “{unit}” is not a unit that it can have.",
        indicator=claim.indicator,
        expected=expected,
        unit=claim.as_written.get("unit", claim.unit),
    )
    return Finding("unit_unclear", w.join([said]))


def _latest_of(case: Case) -> Figure | None:
    held = reference_figures(case.figures)
    return held[0] if held else None


def _is_beyond_knowledge(case: Case) -> Finding | None:
    """A row that cannot be read, or speaks of something that guzar holds no series of."""
    claim, w = case.claim, case.words
    reason = ""
    if claim.unreadable is not None:
        template, values = claim.unreadable
        reason = w.text(template, **values)
    elif unit_of(claim.indicator) is None:
        named = claim.as_written.get("indicator", "")
        reason = (
            w.text("guzar holds no figures on “{indicator}”", indicator=named)
            if named
            else w.text("no indicator is given")
        )
    elif claim.year is None:
        written = claim.as_written.get("year", "")
        reason = w.text("“{year}” is not a year", year=written) if written else w.text("no year is given")
    return (
        Finding("not_checkable", w.join([w.text("not checkable: {reason}.", reason=reason)]))
        if reason
        else None
    )


def _agrees(case: Case) -> Finding | None:
    """The best figure, or another edition, bears the claim out."""
    best, fits, w = case.best, case.fitting() if case.figures else [], case.words
    if best is None or not fits:
        return None
    claimed = w.claimed(case.claim)
    if best in fits:
        said = [
            w.text("{claimed}: agrees with {figure}.", claimed=claimed, figure=w.figure(best)),
            _other_editions(case, best),
        ]
        return Finding("agrees", w.join([*said, w.revision(case.figures, best)]), best)
    same = [f for f in fits if family_of(f) == family_of(best)]
    other = (same or reference_figures(fits))[-1]
    if case.cited_figures or (case.citation.is_of(best) and not any(case.citation.is_of(f) for f in fits)):
        said = [
            w.text(
                "the source cited holds {figure}; {claimed} is the value of another: {other}.",
                figure=w.figure(best),
                claimed=claimed,
                other=w.figure(other),
            )
        ]
        return Finding("cited_source_differs", w.join([*said, w.revision(case.figures, best)]), best)
    if not same and difference_of(other, best):
        return _agrees_by_another_definition(case, other, best)
    template = (
        "{claimed}: agrees with {other}; the latest edition held gives {figure}."
        if same
        else (
            "{claimed}: agrees with {other}, which is another source held and not another edition; the reference gives {figure}."
        )
    )
    said = [w.text(template, claimed=claimed, other=w.figure(other), figure=w.figure(best))]
    return Finding("agrees_with_edition", w.join([*said, w.revision(case.figures, best)]), best)


def _agrees_by_another_definition(case: Case, other: Figure, best: Figure) -> Finding:
    """The value is that of a source that measures the indicator by another concept."""
    w = case.words
    what = w.text(PROPERTIES.get(difference_of(other, best), "measure"))
    said = [
        w.text("Differs in: {what}.", what=what),
        w.text(
            "{claimed} fits {series}: {figure}.",
            claimed=w.claimed(case.claim),
            series=w.series(case.cell, other),
            figure=w.figure(other),
        ),
        w.text(
            "The series named, {series}, holds {figure}.",
            series=w.series(case.cell, best),
            figure=w.figure(best),
        ),
    ]
    return Finding("different_definition", w.join(said), best)


def _other_editions(case: Case, best: Figure) -> str:
    """Whether other editions and sources say the same, for the same year or, where they lack it, the year beside it."""
    same_year = [f for f in case.figures if (f.source, f.edition) != (best.source, best.edition)]
    agreeing = [f for f in [*same_year, *_beside(case, best)] if agrees(case.claimed, f.value)]
    editions = [f for f in agreeing if family_of(f) == family_of(best)]
    others = [f for f in agreeing if family_of(f) != family_of(best)]
    said = [
        case.words.text(template, figures=_with_years(case, some[-3:], best.year))
        for template, some in (
            ("Other editions agree as well: {figures}.", editions),
            ("Other sources agree as well: {figures}.", others),
        )
        if some
    ]
    return " ".join(said)


def _beside(case: Case, best: Figure) -> list[Figure]:
    """Figures of the years beside, from editions of the same source that have none for the year itself."""
    with_year = {f.edition for f in case.figures}
    if case.claim.period or best.quarters:
        return []
    return [
        f
        for year in (best.year - 1, best.year + 1)
        for f in case.holdings.figures(case.cell, year)
        if f.source == best.source and f.edition not in with_year
    ]


def _with_years(case: Case, figures: Sequence[Figure], year: int) -> str:
    shown = {
        case.words.figure(f) + (case.words.text(" for {year}", year=f.year) if f.year != year else "")
        for f in figures
    }
    return "; ".join(sorted(shown))


def _counts_otherwise(case: Case) -> Finding | None:
    """The claim's own columns, or its cited publisher, say that something else was counted."""
    w, found = case.words, _declared_difference(case)
    if found is None:
        return None
    what, theirs, note = found
    said = [
        w.text("Differs in: {what}.", what=w.text(PROPERTIES[what])),
        note
        or w.text(
            "What is cited counts {theirs}; {indicator} does not.",
            theirs=theirs,
            indicator=case.claim.indicator,
        ),
        w.text("Different concepts are not a contradiction."),
    ]
    best = case.best
    if best is not None:
        said.append(w.text("The figure for the series named: {figure}.", figure=w.figure(best)))
    kin = _kin_of_declared(case)
    if kin is not None:
        said.append(
            w.text(
                "Nearest to what is cited: {series}: {figure}.",
                series=w.series(kin.cell, kin.figure),
                figure=w.figure(kin.figure),
            )
        )
    return Finding("different_definition", w.join(said), best or (kin.figure if kin else None))


def _declared_difference(case: Case) -> tuple[str, str, str] | None:
    """Which property differs, what the other one is, and the publisher's note."""
    claim, known = case.claim, known_indicators().get(growth_base(case.claim.indicator)[0])
    if known is None:
        return None
    own = {
        "unit_counted": known.unit,
        "concept": known.concept,
        "measure": known.measure,
        "direction": known.direction,
        "scope": claim.place,
    }
    for name, theirs in claim.declared.items():
        if theirs.casefold() != own[name].casefold():
            return name, theirs, ""
    cited = case.citation
    note = cited.note_ru if case.words.language == "ru" else cited.note_en
    if cited.unit_counted and known.unit in COUNTED and cited.unit_counted != known.unit:
        return "unit_counted", cited.unit_counted, note
    elsewhere = cited.reporter not in {claim.area, claim.counterpart}
    if (
        cited.direction
        and known.direction in {"in", "out"}
        and cited.direction != known.direction
        and elsewhere
    ):
        return "direction", cited.direction, note
    return None


def _kin_of_declared(case: Case) -> Kin | None:
    """The series held that comes nearest to what the publisher counts: the reporter's own total."""
    claim = case.claim
    if claim.year is None:
        return None
    end = (
        claim.declared.get("scope", "").split(">")[0]
        or case.citation.reporter
        or (claim.counterpart if claim.is_corridor else "")
    )
    direction = claim.declared.get("direction", case.citation.direction)
    for indicator, definition in known_indicators().items():
        alike = (
            unit_of(indicator) == unit_of(claim.indicator)
            and indicator.split("_")[0][:10] == claim.indicator.split("_")[0][:10]
        )
        leaves = definition.direction == (direction or "out")
        figures = (
            case.holdings.figures((indicator, end, "", ""), claim.year) if alike and leaves and end else []
        )
        if figures:
            return Kin((indicator, end, "", ""), reference_figures(figures)[0], "scope")
    return None


def _is_not_held(case: Case) -> Finding | None:
    """No figure of the claim's series for its year; another series may still explain it."""
    if case.figures:
        return None
    return _cited_differs(case) or _fits_kin(case) or _missing(case)


def _missing(case: Case) -> Finding:
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
            "no figure of {indicator} is held for {place}",
            indicator=claim.indicator,
            place=w.place(*case.cell[1:3]),
        )
    return Finding("not_checkable", w.join([w.text("not checkable: {reason}.", reason=reason)]))


def _is_ratio(indicator: str) -> bool:
    known = known_indicators().get(indicator)
    return known is not None and known.measure in {"rate", "price"}


def _cited_differs(case: Case) -> Finding | None:
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


def _fits_kin(case: Case, at_most: float = LIKELY) -> Finding | None:
    """The value is that of another series about the same places."""
    kin = find_kin(case.claim, case.holdings, case.regions, is_own_held=bool(case.figures), at_most=at_most)
    if kin is None:
        return None
    w = case.words
    said = [
        w.text("Differs in: {what}.", what=w.text(PROPERTIES.get(kin.differs_in, "scope"))),
        w.text(
            "{claimed} fits {series}: {figure}.",
            claimed=w.claimed(case.claim),
            series=w.series(kin.cell, kin.figure),
            figure=w.figure(kin.figure),
        )
        if agrees(case.claimed, kin.figure.value)
        else w.text(
            "No publisher prints this series; {claimed} is nearest to {series}: {figure}.",
            claimed=w.claimed(case.claim),
            series=w.series(kin.cell, kin.figure),
            figure=w.figure(kin.figure),
        ),
        w.text("Different concepts are not a contradiction."),
    ]
    best = case.best
    if best is not None:
        said.insert(
            2,
            w.text(
                "The series named, {series}, holds {figure}.",
                series=w.series(case.cell, best),
                figure=w.figure(best),
            ),
        )
    return Finding("different_definition", w.join(said), best or kin.figure)


def _contradicted(case: Case) -> Finding:
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
    beside = _beside(case, best)
    if beside:
        said.append(w.text("The years beside it: {figures}.", figures=_with_years(case, beside, best.year)))
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
