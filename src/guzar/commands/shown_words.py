"""Tables of combine, bounds and provisional on a terminal: words of the reader in the place of codes, which stand in files."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import wrap

import polars as pl
from rich.table import Table

from guzar.commands.given_tables import fitted
from guzar.commands.speaker import Speaker

WIDTH = 11  # letters of a line of a heading
YEAR = "year"


def shown_in_words(
    speak: Speaker,
    table: pl.DataFrame,
    headings: Mapping[str, str],
    codes: Mapping[str, Mapping[str, str]],
) -> Table:
    """A table for a terminal, with these headings and these words for codes, in the reader's language; others as they are."""
    years = [pl.col(name).cast(pl.String) for name in table.columns if name == YEAR]  # never 2,024
    told = table.with_columns(
        *years,
        *(
            pl.col(name).replace({code: speak.text(text) for code, text in words.items()})
            for name, words in codes.items()
        ),
    )
    short = {
        name: "\n".join(wrap(speak.text(headings[name]), WIDTH)) for name in table.columns if name in headings
    }
    return fitted(speak, told.rename(short))
