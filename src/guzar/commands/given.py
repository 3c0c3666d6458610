"""What is given on the command line is used or refused, never ignored. Shared by the commands."""

from datetime import date

from guzar.errors import SettingsInvalid


def require_text(option: str, text: str | None) -> None:
    """Refuse an option that is given and empty; leave one that is not given alone."""
    if text is not None and not text.strip():
        raise SettingsInvalid(
            "{option} is given, and is empty.",
            expected="a value after {option}",
            do="Give a value, or leave the option out.",
            option=option,
        )


def read_day(option: str, text: str) -> date:
    """The day after an option; refused where it is none."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise SettingsInvalid(
            "{option} is not a date: {text}.",
            expected="year, month and day, e.g. 2024-12-31",
            do="Correct the date.",
            option=option,
            text=text,
        ) from None


def require_order(first: date, last: date) -> None:
    """Refuse a last day observed that is not after the first."""
    if last <= first:
        raise SettingsInvalid(
            "The observation from {first} to {last} holds no day.",
            expected="a last day after the first",
            do="Correct --observed-from and --observed-to.",
            first=first,
            last=last,
        )
