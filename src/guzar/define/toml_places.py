"""Where in a TOML file a reader stumbled: line and column, without the reader's own words, which are English."""

import re
import tomllib


def place_in_toml(error: tomllib.TOMLDecodeError | UnicodeDecodeError) -> tuple[int, int]:
    """Line and column of the error, counted from 1; (0, 0) where the file ends too early."""
    if isinstance(error, UnicodeDecodeError):
        before = error.object[: error.start]
        return before.count(b"\n") + 1, len(before) - before.rfind(b"\n")
    found = re.search(r"line (\d+), column (\d+)", str(error))
    return (int(found[1]), int(found[2])) if found else (0, 0)
