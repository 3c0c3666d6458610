"""Codes that a spreadsheet would run: refused when counts are read, because they leave in CSV files as they are.

A cell of a CSV file that begins with =, +, - or @ is a formula to a spreadsheet, and a formula can fetch and send data
(OWASP, CSV injection). Rewriting such a code would break the join with other tables: so it is refused.
"""

import re
from collections.abc import Iterable

from guzar.errors import TableInvalid

# A sign that begins a formula, after any blanks, full-width signs as well; a plain number or a lone dash is text.
FORMULA = re.compile(r"\s*[=+\-@＝＋－＠]")
PLAIN = re.compile(r"\s*[+-]?(\d+([.,]\d+)?)?\s*")
MOST_NAMED = 5


def require_no_formulas(table: str, names: Iterable[str]) -> None:
    """Refuse (TableInvalid) names of codes, columns and tables that a spreadsheet would run as formulas."""
    found = sorted({name for name in names if is_formula(name)})
    if found:
        raise TableInvalid(
            "{count} names in the table {table} would be run as formulas by a spreadsheet.",
            where="names: {names}",
            expected="codes, columns and tables whose names do not begin with =, +, - or @; plain numbers, as -1 or +992,"
            " may",
            do="Rename them in the counts and in the hierarchy files.",
            count=len(found),
            table=table,
            names=", ".join(found[:MOST_NAMED]),
        )


def is_formula(name: str) -> bool:
    """Whether a spreadsheet would take a cell with this text for a formula."""
    return FORMULA.match(name) is not None and PLAIN.fullmatch(name) is None
