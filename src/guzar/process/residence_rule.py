"""The rule of V of W days as it was asked for: its days, its readings of edge cases, and whose residence is meant.

References: Stats NZ, `migstat` 1.0.6 (MIT) and `migrbc` 2.0.9 (GitHub); docs/methods/residence.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from types import MappingProxyType
from typing import Any

from guzar.errors import MethodNotApplicable, SettingsInvalid
from guzar.process.residence_kernel import RuleDays

EPOCH = date(1970, 1, 1)
# V and W in days by the months that name a rule; the last is the census test of six months and a day.
RULES = MappingProxyType(
    {"12/16": (365, 487), "9/12": (270, 365), "6/12": (183, 365), "6m1d/12": (184, 365), "3/4": (90, 120)}
)
USUAL = MappingProxyType({"threshold_days": 365, "window_days": 487})  # where nothing else is asked for
EARLY_NO = ("above", "reached")
BETWEEN = ("2V-W", "2(W-V)")
LAST_CROSSING = ("censored", "goes_on")


@dataclass(frozen=True)
class Readings:
    """Edge cases on which the codes of Stats NZ differ, each read in one of two ways; the first is that of `migstat`.

    `early_no`: an early *no* needs days back *above* W − V, or W − V *reached* (the text of migrbc, not its code).
    `between`: after an undecided crossing one back is *no* below *2V-W* days between, or below *2(W-V)* (migrbc).
    `last_crossing`: the state after a person's last crossing is *censored* at the last day observed, or *goes_on* for
    W days (migrbc). `double_scan_minutes`: scans of one person, direction and port so close are one crossing; 0: never.
    """

    early_no: str = "above"
    between: str = "2V-W"
    last_crossing: str = "censored"
    double_scan_minutes: int = 0

    def require_known(self) -> None:
        """Refuse a reading that there is not."""
        for given, known, option in (
            (self.early_no, EARLY_NO, "--early-no"),
            (self.between, BETWEEN, "--between"),
            (self.last_crossing, LAST_CROSSING, "--last-crossing"),
        ):
            if given not in known:
                raise SettingsInvalid(
                    "{given} is no reading of {option}.",
                    expected="{known}",
                    do="Choose one of these.",
                    given=given,
                    option=option,
                    known=" or ".join(known),
                )
        if self.double_scan_minutes < 0:
            raise SettingsInvalid(
                "{given} is no time within which scans are double.",
                expected="--double-scan-minutes of 0 (never) or more",
                do="Correct the option.",
                given=self.double_scan_minutes,
            )


READINGS = MappingProxyType(
    {"migstat": Readings(), "migrbc": Readings(between="2(W-V)", last_crossing="goes_on")}
)


@dataclass(frozen=True)
class ResidenceRule:
    """V of W days, observed from the first to the last day.

    `missing` says what becomes of persons with two crossings in the same direction in a row: the time between is split
    half-way (midpoint), they are left out (drop), or the whole table is refused (refuse). So many persons are
    classified a second time by the plain rule. With `own_citizens`, a code of citizenship, residence is seen from the
    country of origin: only persons who crossed as its citizens are classified, and days abroad are told.
    """

    threshold_days: int
    window_days: int
    first_day: date
    last_day: date
    missing: str = "midpoint"
    persons_checked_again: int = 0
    readings: Readings = Readings()
    own_citizens: str = ""

    def require_applicable(self) -> None:
        """Refuse a rule that does not decide: V above W, or W of 2 V or more, or no day observed."""
        self.readings.require_known()
        if not 0 < self.threshold_days <= self.window_days < 2 * self.threshold_days:
            raise MethodNotApplicable(
                "The rule of {threshold} of {window} days cannot be applied.",
                expected="a threshold V and a window W with V ≤ W < 2 V, for example 365 of 487 or 183 of 365 days",
                do="Choose --threshold-days and --window-days again.",
                threshold=self.threshold_days,
                window=self.window_days,
            )
        if self.last_day <= self.first_day:
            raise MethodNotApplicable(
                "The observation from {first} to {last} holds no day.",
                expected="a last day after the first",
                do="Correct --observed-from and --observed-to.",
                first=self.first_day,
                last=self.last_day,
            )

    @property
    def name(self) -> str:
        """The months that name the rule, as 12/16; V and W in days where it has no name."""
        days = (self.threshold_days, self.window_days)
        named = [name for name, known in RULES.items() if known == days]
        return named[0] if named else f"{days[0]}/{days[1]} days"

    @property
    def in_days(self) -> RuleDays:
        """The rule as whole days, for the kernel."""
        threshold, window, read = self.threshold_days, self.window_days, self.readings
        spare = window - threshold
        return RuleDays(
            threshold,
            window,
            (self.last_day - EPOCH).days,
            spare + 1 if read.early_no == "above" else spare,
            2 * threshold - window if read.between == "2V-W" else 2 * spare,
            read.last_crossing == "goes_on",
        )


def rule_as_asked(asked: Mapping[str, Any]) -> ResidenceRule:
    """The rule by what was asked of it, by the names of ResidenceRule and Readings; the usual for what was not.

    Asked for are at least `first_day` and `last_day`. Raises MethodNotApplicable and SettingsInvalid for a rule that
    does not decide.
    """
    names = [field.name for field in fields(Readings)]
    readings = Readings(**{name: asked[name] for name in names if name in asked})
    others = {name: value for name, value in asked.items() if name not in names}
    rule = ResidenceRule(**{**USUAL, **others}, readings=readings)
    rule.require_applicable()
    return rule


def days_of_rule(name: str) -> tuple[int, int]:
    """V and W in days of a rule by its name. Raises SettingsInvalid for a name that no rule has."""
    if name not in RULES:
        raise SettingsInvalid(
            "There is no rule {name}.",
            expected="{known}; others by --threshold-days and --window-days",
            do="Choose one of these.",
            name=name,
            known=", ".join(RULES),
        )
    return RULES[name]


def readings_of(name: str) -> Readings:
    """All readings of one code by its name. Raises SettingsInvalid for a code that is not known."""
    if name not in READINGS:
        raise SettingsInvalid(
            "There are no readings of {name}.",
            expected="--readings {known}",
            do="Choose one of these.",
            name=name,
            known=" or ".join(READINGS),
        )
    return READINGS[name]
