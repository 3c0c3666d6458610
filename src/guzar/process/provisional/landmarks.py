"""The days on which somebody might have looked: the last day observed, and the same day of every month before it.

A landmark stands for an edition: what was decided, and what an undecided crossing looked like, by then. Months are counted
from the year 0, so that the difference of two is an age.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from guzar.errors import MethodNotApplicable

EPOCH = date(1970, 1, 1)
DAYS_OF_MONTH = 30.4
TRAINING = 36  # months of transitions that a model is fitted on
LEAST_TRAINING, LEAST_PROVED = 6, 3  # months; editions whose months have become final
PROVED = 30  # editions looked back at for the drift
MOST_LANDMARKS = 500  # a key holds no more


@dataclass(frozen=True)
class Landmarks:
    """Landmarks in months and days since 1970, oldest first; crossings of `first_month` or later are looked at.

    `ages` is the number of ages in months at which a crossing may be undecided: 17 for the rule of 365 of 487 days.
    """

    first_month: int
    months: tuple[int, ...]
    days: tuple[int, ...]
    ages: int
    window_days: int

    @property
    def last_month(self) -> int:
        """The month of the last day observed."""
        return self.months[-1]

    def place(self, month: int) -> int:
        """The place of the landmark in a month."""
        return month - self.months[0]

    def is_final(self, month: int, seen_in: int) -> bool:
        """Whether all crossings of a month are decided at a landmark."""
        return seen_in - month >= self.ages


def month_of(day: date) -> int:
    """A month as a number."""
    return day.year * 12 + day.month - 1


def name_of_month(month: int) -> str:
    """A month as 2024-03."""
    return f"{month // 12:04d}-{month % 12 + 1:02d}"


def day_in_month(month: int, day: date) -> date:
    """The same day in another month; the last of a month stays the last."""
    length = monthrange(month // 12, month % 12 + 1)[1]
    is_last = (day + timedelta(days=1)).day == 1
    return date(month // 12, month % 12 + 1, length if is_last else min(day.day, length))


def set_landmarks(first: date, last: date, threshold: int, window: int, back_test: int = 0) -> Landmarks:
    """The landmarks needed for an edition on the last day, and for so many hidden editions whose months are final now.

    Crossings of the first V days are left out: residence before them is seldom known. Raises MethodNotApplicable where
    the history is too short.
    """
    ages = int(window / DAYS_OF_MONTH) + 1
    burnt_in = first + timedelta(days=threshold)
    begun, first_month = month_of(first), month_of(burnt_in) + (burnt_in.day > 1)
    last_month = month_of(last)
    hidden = back_test + ages if back_test else 0
    needed = first_month + ages + LEAST_TRAINING + LEAST_PROVED + ages + hidden
    if last_month < needed:
        raise MethodNotApplicable(
            "The history is too short for provisional months: {held} months.",
            expected="{needed} months or more; the first {threshold} days are not counted, the last {ages} months not final",
            do="Give crossings from earlier years, hide fewer editions, or wait.",
            held=last_month - begun + 1,
            threshold=threshold,
            needed=needed - begun + 1,
            ages=ages,
        )
    looked_back = last_month - hidden - PROVED - ages - TRAINING
    months = range(max(first_month, looked_back, last_month - MOST_LANDMARKS + 1), last_month + 1)
    days = tuple((day_in_month(month, last) - EPOCH).days for month in months)
    return Landmarks(first_month, tuple(months), days, ages, window)
