"""Amounts that are typed with a unit: memory."""

import re

from guzar.errors import SettingsInvalid

UNITS = {"KB": 10**3, "MB": 10**6, "GB": 10**9, "TB": 10**12}
LEAST_BYTES = 100 * 10**6


def read_memory(text: str) -> int:
    """An amount of memory in bytes; refused where it is none, or too little to work with."""
    found = re.fullmatch(r"\s*([0-9]+(?:\.[0-9]+)?)\s*([KMGT]B)\s*", text.upper())
    if found is None or float(found[1]) * UNITS[found[2]] < LEAST_BYTES:
        raise SettingsInvalid(
            "{memory} is no amount of memory that can be worked with.",
            expected="100MB or more, as 4GB or 500MB",
            do="Correct --memory.",
            memory=text,
        )
    return int(float(found[1]) * UNITS[found[2]])
