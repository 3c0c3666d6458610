"""Forecasts in a document: scored against the outcome, never called right or wrong as a statement of fact."""

from guzar.use.claims.case import Case, Finding
from guzar.use.claims.fitting import distance
from guzar.use.claims.holdings import growth_base, unit_of
from guzar.use.claims.kin import Kin, kin_figures
from guzar.use.claims.ranking import reference_figures


def judge_forecast(case: Case) -> Finding | None:
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
