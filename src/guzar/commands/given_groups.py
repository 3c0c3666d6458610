"""Which persons, and in which groups: codes after --where, ages after --ages."""

from collections.abc import Sequence

from guzar.errors import SettingsInvalid


def read_codes(given: Sequence[str]) -> dict[str, str]:
    """Columns and the code that each must have, from texts as citizenship=UZB; refused where one is none."""
    pairs = [text.partition("=") for text in given]
    if any(not name.strip() or not sign for name, sign, _ in pairs):
        raise SettingsInvalid(
            "guzar cannot read what --where asks for: {given}.",
            expected="a column and a code, as citizenship=UZB",
            do="Correct the option.",
            given=", ".join(given),
        )
    codes = {name.strip(): code.strip() for name, _, code in pairs}
    if len(codes) < len(pairs):
        raise SettingsInvalid(
            "--where asks for two codes of one column: {given}.",
            expected="one code per column",
            do="Leave one out, or run once per code.",
            given=", ".join(given),
        )
    return codes


def read_ages(text: str) -> tuple[int, ...]:
    """First years of the age groups, from a text as 0,15,25,45,65; refused where they do not rise."""
    parts = [part.strip() for part in text.split(",")]
    ages = tuple(int(part) for part in parts if part.isdigit())
    if len(ages) < len(parts) or list(ages) != sorted(set(ages)):
        raise SettingsInvalid(
            "These are no age groups: {ages}.",
            expected="the first years of the groups in rising order, as 0,15,25,45,65",
            do="Correct --ages.",
            ages=text,
        )
    return ages
