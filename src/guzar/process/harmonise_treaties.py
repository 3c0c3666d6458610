"""PublishedTreatyStatus → TreatyActions: dated actions by treaty and area; unknown, old and no stay apart.

The rule: a date is an action (`a` after it: accession, else ratification or signature); a year or status of a later
extract is an action as of that extract; a treaty and area whose cells of one extract are all empty, or that the
extract marks `no action`, is `no_action_seen` as of its date; what no extract covers makes no row and is unknown.
Treaties outside `codelists/treaties.csv` stay in the collected table. Actions carried over one by one, with their
source, stand in `codelists/treaty_actions_carried.csv`.
"""

from functools import cache

import dataframely as dy
import polars as pl

from guzar.define.areas import fold_spelling, spellings
from guzar.define.codelist import read_codelist
from guzar.define.tables.treaties import PublishedTreatyStatus, TreatyActions

EMPTY_IN_EXTRACT = "no_action_seen"


def harmonise_treaties(
    status: dy.DataFrame[PublishedTreatyStatus], *, source: str, edition: str
) -> dy.DataFrame[TreatyActions]:
    """The actions that one delivery of treaty status holds; its extracts keep their own dates."""
    coded = _code_treaties_and_areas(status)
    shown = coded.with_columns(treaty_action=_action(), action_date=_date())
    seen = shown.filter(pl.col("treaty_action").is_not_null())
    cell = ["treaty", "area", "as_of"]
    empty = shown.join(seen, on=cell, how="anti").unique(cell, maintain_order=True)
    empty = empty.with_columns(treaty_action=pl.lit(EMPTY_IN_EXTRACT))
    # An extract is an edition of its own: the date that it describes.
    dated = pl.concat([seen, empty]).with_columns(
        source=pl.lit(source), edition=pl.coalesce("as_of", pl.lit(edition))
    )
    return TreatyActions.validate(dated.sort(*cell, "place").select(TreatyActions.column_names()))


@cache
def carried_treaty_actions() -> dy.DataFrame[TreatyActions]:
    """Actions that no extract held covers, carried over one by one with their source (the two ILO conventions)."""
    return TreatyActions.validate(
        read_codelist("treaty_actions_carried").select(TreatyActions.column_names())
    )


def _code_treaties_and_areas(status: pl.DataFrame) -> pl.DataFrame:
    names = (
        read_codelist("treaties")
        .select("treaty", spelling=pl.col("spellings").str.split("|"))
        .explode("spelling")
    )
    treaties = names.with_columns(pl.col("spelling").str.to_lowercase())
    rows = status.with_columns(spelling=pl.col("reported_treaty").str.to_lowercase())
    rows = rows.join(treaties, on="spelling", how="inner", maintain_order="left")
    rows = rows.with_columns(spelling=fold_spelling(pl.col("reported_area")))
    return rows.join(spellings().rename({"code": "area"}), on="spelling", how="inner", maintain_order="left")


def _action() -> pl.Expr:
    entry, column = pl.col("reported_entry"), pl.col("reported_column")
    return (
        pl.when((column == "signature") & entry.is_not_null())
        .then(pl.lit("signed"))
        .when((column == "action") & entry.str.ends_with(" a"))
        .then(pl.lit("acceded"))
        .when((column == "action") & entry.is_not_null())
        .then(pl.lit("ratified"))
        .when(entry == "signatory state")
        .then(pl.lit("signed"))
        .when(entry == "no action")
        .then(pl.lit(EMPTY_IN_EXTRACT))
        .when((column == "status") & entry.is_not_null())
        .then(pl.lit("became_party"))
    )


def _date() -> pl.Expr:
    """`24 Jan 2006 a` as 2006-01-24, `state party 2003` as 2003."""
    entry = pl.col("reported_entry")
    day = entry.str.strip_suffix(" a").str.to_date("%d %b %Y", strict=False).dt.to_string("%Y-%m-%d")
    return pl.coalesce(day, entry.str.extract(r"(\d{4})$"))
