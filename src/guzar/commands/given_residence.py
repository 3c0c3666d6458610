"""Rules of residence on the command line: the options that `guzar residence` and `guzar register` share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import typer

from guzar import journey
from guzar.errors import SettingsInvalid

SINGLE_READINGS = ("early_no", "between", "last_crossing", "double_scan_minutes")


@dataclass(frozen=True)
class GivenResidence:
    """A rule of residence as it is given; each field is an option, and none where the option is left out."""

    rule: Annotated[
        str | None,
        typer.Option(
            help="Rule by the name of its months: 12/16 (if none is given), 9/12, 6/12, 6m1d/12 or 3/4; else by days:"
        ),
    ] = None
    threshold_days: Annotated[
        int | None,
        typer.Option(help="V: days of the window on the side moved to that make a change of residence; 365."),
    ] = None
    window_days: Annotated[
        int | None, typer.Option(help="W: days looked at from a crossing on; V ≤ W < 2 V; 487.")
    ] = None
    view: Annotated[
        str | None,
        typer.Option(
            help="destination (if not given): everybody; origin: own citizens (--own-citizens), with the days they "
            "spent abroad."
        ),
    ] = None
    own_citizens: Annotated[
        str | None,
        typer.Option(help="With --view origin: code of citizenship, as UZB."),
    ] = None
    readings: Annotated[
        str | None,
        typer.Option(
            help="Whose reading of edge cases: migstat (if not given) or migrbc; single ones by the next four."
        ),
    ] = None
    early_no: Annotated[
        str | None, typer.Option(help="Early no: days back above W - V (above), or as many (reached).")
    ] = None
    between: Annotated[
        str | None,
        typer.Option(help="Fewer days between an undecided crossing and one back are no: 2V-W or 2(W-V)."),
    ] = None
    last_crossing: Annotated[
        str | None,
        typer.Option(help="The state after a person's last crossing: censored, or goes_on for W days."),
    ] = None
    double_scan_minutes: Annotated[
        int | None,
        typer.Option(help="Scans of one person, direction and port so close are one crossing; 0: never."),
    ] = None

    def asked(self) -> dict[str, Any]:
        """What is asked of the rule, by the names of ResidenceRule and Readings; nothing of what is left out.

        Raises SettingsInvalid where the rule is given twice, is not known, or where it is not clear whose is meant.
        """
        named = {} if self.readings is None else vars(journey.readings_of(self.readings))
        given = {
            **self._days(),
            **{name: getattr(self, name) for name in SINGLE_READINGS},
            "own_citizens": self._own_citizens(),
        }
        return {**named, **{name: value for name, value in given.items() if value is not None}}

    def _days(self) -> dict[str, int | None]:
        """V and W in days, by the name of a rule or by days."""
        if self.rule is None:
            return {"threshold_days": self.threshold_days, "window_days": self.window_days}
        if (self.threshold_days, self.window_days) != (None, None):
            raise SettingsInvalid(
                "The rule is given twice.",
                expected="--rule, or --threshold-days and --window-days",
                do="Leave out one of them.",
            )
        threshold, window = journey.days_of_rule(self.rule)
        return {"threshold_days": threshold, "window_days": window}

    def _own_citizens(self) -> str | None:
        """The code of citizenship whose holders are looked at; empty for everybody."""
        if self.view not in (None, "destination", "origin"):
            raise SettingsInvalid(
                "{view} is no view of crossings.",
                expected="--view destination or origin",
                do="Choose one of these.",
                view=self.view,
            )
        code = (self.own_citizens or "").strip()
        if (self.view == "origin") != bool(code):
            raise SettingsInvalid(
                "Whose residence is meant is not clear.",
                expected="--view origin with --own-citizens and a code of citizenship, as UZB; neither for everybody",
                do="Correct the options.",
            )
        return None if self.view is None else code


def read_missing(missing: str, *, or_impute: bool = False) -> str:
    """What becomes of two crossings in one direction in a row; refused (SettingsInvalid) where there is no such way."""
    if missing not in ("midpoint", "drop", "refuse", *(["impute"] if or_impute else [])):
        raise SettingsInvalid(
            "{missing} is no way to treat two crossings in one direction in a row.",
            expected="--missing midpoint, drop, refuse or impute"
            if or_impute
            else "--missing midpoint, drop or refuse",
            do="Choose one of these.",
            missing=missing,
        )
    return missing
