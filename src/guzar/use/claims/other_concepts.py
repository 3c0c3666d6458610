"""Claims that count something else: another unit, concept, direction or scope is no contradiction."""

from guzar.use.claims.case import Case, Finding
from guzar.use.claims.fitting import agrees
from guzar.use.claims.holdings import growth_base, known_indicators, unit_of
from guzar.use.claims.kin import LIKELY, Kin, find_kin
from guzar.use.claims.ranking import reference_figures
from guzar.use.claims.reading import COUNTED
from guzar.use.claims.wording import PROPERTIES


def judge_other_count(case: Case) -> Finding | None:
    """The claim's own columns, or its cited publisher, say that something else was counted."""
    w, found = case.words, _declared_difference(case)
    if found is None:
        return None
    what, theirs, note = found
    said = [
        w.text("Differs in: {what}.", what=w.text(PROPERTIES[what])),
        note
        or w.text(
            "What is cited counts {theirs}; “{indicator}” does not.",
            theirs=theirs,
            indicator=w.indicator(case.claim.indicator),
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


def fits_kin(case: Case, at_most: float = LIKELY) -> Finding | None:
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
