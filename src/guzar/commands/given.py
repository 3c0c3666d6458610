"""What is given on the command line is used or refused, never ignored. Shared by the commands."""

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
