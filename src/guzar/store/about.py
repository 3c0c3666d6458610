"""What a table that lies in a file is about: beside `flows.csv` stands `flows.csv.about.json`, written with it.

A file of counts does not say by which rule, from which days of observation and from whose records it was made. What
the next step must know, and what a reader of a release will ask, is written down where it is known, and goes on from
step to step. It tells of whole tables: never of a person.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from guzar.errors import TableInvalid
from guzar.store.files import write_json

ENDING = ".about.json"
IN_FOLDER = "about.json"  # of a table that is a folder of parts


def write_about(table: Path, about: Mapping[str, Any]) -> None:
    """Write down beside a table what it is about; written before the table, so that no table stands without it."""
    write_json(_file_of(table), about)


def read_about(table: Path) -> dict[str, Any]:
    """What is written down beside a table; nothing where nobody did. Raises TableInvalid where it cannot be read."""
    file = _file_of(table)
    if not file.is_file():
        return {}
    try:
        about = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        about = None
    if not isinstance(about, dict):
        raise TableInvalid(
            "{file} cannot be read.",
            expected="what guzar wrote beside the table",
            do="Make the table again, or delete this file: what it says of the table is then not known.",
            file=file.name,
        )
    return about


def _file_of(table: Path) -> Path:
    return table / IN_FOLDER if table.is_dir() else table.with_name(table.name + ENDING)
