"""Whether the figures held bear a claim out: the best figure, another edition, or a source of another concept."""

from collections.abc import Sequence

from guzar.use.claims.case import Case, Finding
from guzar.use.claims.fitting import agrees
from guzar.use.claims.holdings import Figure
from guzar.use.claims.ranking import difference_of, family_of, reference_figures
from guzar.use.claims.wording import PROPERTIES


def judge_agreement(case: Case) -> Finding | None:
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
    agreeing = [f for f in [*same_year, *beside(case, best)] if agrees(case.claimed, f.value)]
    editions = [f for f in agreeing if family_of(f) == family_of(best)]
    others = [f for f in agreeing if family_of(f) != family_of(best)]
    said = [
        case.words.text(template, figures=with_years(case, some[-3:], best.year))
        for template, some in (
            ("Other editions agree as well: {figures}.", editions),
            ("Other sources agree as well: {figures}.", others),
        )
        if some
    ]
    return " ".join(said)


def beside(case: Case, best: Figure) -> list[Figure]:
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


def with_years(case: Case, figures: Sequence[Figure], year: int) -> str:
    """The figures in words, each once, with its year where that is not the claim's."""
    shown = {
        case.words.figure(f) + (case.words.text(" for {year}", year=f.year) if f.year != year else "")
        for f in figures
    }
    return "; ".join(sorted(shown))
