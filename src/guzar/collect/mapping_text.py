"""The text of a mapping file in TOML → its sections; the same for tables of publishers and for records of agencies."""

import tomllib
from collections.abc import Callable, Mapping
from typing import Any

from guzar.define.toml_places import place_in_toml
from guzar.errors import SettingsInvalid

SECTION = "a section with lines of its own"


def read_toml(content: bytes, file: str, do: str) -> dict[str, Any]:
    """What a mapping file says; SettingsInvalid with line and column where it is no TOML. `do` tells what to do then."""
    try:
        return tomllib.loads(content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        line, column = place_in_toml(error)
        raise SettingsInvalid(
            "The mapping file {file} cannot be read.",
            where="{file}, line {line}, column {column}" if line else "{file}, the end of the file",
            expected="a TOML file in UTF-8, texts in quotation marks",
            do=do,
            file=file,
            line=line,
            column=column,
        ) from None


def read_section(
    told: Mapping[str, Any], name: str, refuse: Callable[[str, object, str], SettingsInvalid]
) -> dict[str, Any]:
    """One section, empty where there is none; what is no section is refused by `refuse(key, found, expected)`."""
    found = told.get(name, {})
    if isinstance(found, dict):
        return found
    raise refuse(f"[{name}]", found, SECTION)
