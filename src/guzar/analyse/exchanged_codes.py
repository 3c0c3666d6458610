"""DeliveredCodes → doubts: names that stand beside another area's code in a list that came with a delivery.

Values are put on areas by their codes. Where two lines of a list have each other's code, both areas get the other's
values; nothing in the numbers shows it. Nothing here knows a country.
"""

from typing import Any

import dataframely as dy
import polars as pl

from guzar.analyse.doubts import write_doubt
from guzar.define.areas import area_name, areas, fold_spelling, spellings
from guzar.define.tables.checks import DeliveredCodes

FEWEST_LISTED = 20  # a shorter list of codes is not a list of countries

CODES_EXCHANGED = (
    "In a list of codes delivered with {source}, edition {edition} ({place}), the names of {areas} stand beside "
    "each other's codes: {found}. Expected: {expected}. Codes from this list would put values on the wrong area; "
    "we would be grateful for a check."
)
CODE_OF_ANOTHER = (
    "In a list of codes delivered with {source}, edition {edition} ({place}), a name stands beside the code of "
    "another area: {found}. Expected: {expected}. We would be grateful for a check."
)


def find_exchanged_codes(codes: dy.DataFrame[DeliveredCodes]) -> list[dict[str, Any]]:
    """Names that stand beside another area's code; two that have each other's are one doubt."""
    lists = codes.filter(pl.len().over("source", "edition") >= FEWEST_LISTED)
    aggregates = areas().filter(pl.col("kind") == "aggregate")["code"].implode()
    # A region and a country may share a name (Micronesia): such a name does not tell which is meant.
    meant = spellings().rename({"spelling": "folded"}).filter(~pl.col("code").is_in(aggregates))
    read = (
        lists.with_columns(folded=fold_spelling(pl.col("reported_area")))
        .join(meant.rename({"code": "named"}), on="folded")
        .with_columns(folded=fold_spelling(pl.col("reported_code")))
        .join(meant.rename({"code": "coded"}), on="folded")
    )
    wrong = read.filter(pl.col("named") != pl.col("coded")).unique(
        ["source", "edition", "named", "coded"], maintain_order=True
    )
    return [_write_codes(wrong, row) for row in wrong.iter_rows(named=True) if _is_first_of_pair(wrong, row)]


def _partner(wrong: pl.DataFrame, row: dict[str, Any]) -> dict[str, Any] | None:
    same_list = (pl.col("source") == row["source"]) & (pl.col("edition") == row["edition"])
    found = wrong.filter(same_list & (pl.col("named") == row["coded"]) & (pl.col("coded") == row["named"]))
    return found.row(0, named=True) if found.height else None


def _is_first_of_pair(wrong: pl.DataFrame, row: dict[str, Any]) -> bool:
    return _partner(wrong, row) is None or row["named"] < row["coded"]


def _write_codes(wrong: pl.DataFrame, row: dict[str, Any]) -> dict[str, Any]:
    partner = _partner(wrong, row)
    rows = [row, partner] if partner else [row]
    return write_doubt(
        "exchanged_codes" if partner else "code_of_another_area",
        source=row["source"],
        edition=row["edition"],
        areas=[r["named"] for r in rows],
        found=", ".join(f"{r['reported_area']} = {r['reported_code']}" for r in rows),
        expected=", ".join(f"{r['reported_area']} = {r['named']}" for r in rows),
        explanation=CODES_EXCHANGED if partner else CODE_OF_ANOTHER,
        values={"place": row["place"], "coded": area_name(row["coded"])},
    )
