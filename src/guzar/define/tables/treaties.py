"""Tables of treaty status: what an extract of a depositary prints, and the dated actions that it holds."""

import dataframely as dy
import polars as pl

from guzar.define import columns


class PublishedTreatyStatus(dy.Schema):
    """One row per cell of an extract of treaty status, as printed; an empty cell is a row too.

    Nothing is recoded here: treaties and areas are the extract's words, dates are as printed.
    """

    reported_treaty = columns.reported_treaty()
    reported_area = columns.reported_area()
    reported_column = columns.reported_column()
    reported_entry = columns.reported_entry(nullable=True)
    as_of = columns.as_of()
    place = columns.place()


class TreatyActions(dy.Schema):
    """One row per action of an area on a treaty that one source shows as of one date.

    `no_action_seen` says that the source, as of its date, shows nothing: it ages, and it is not “never”. A treaty and
    area without any row is unknown.
    """

    treaty = columns.treaty()
    area = columns.area()
    treaty_action = columns.treaty_action()
    action_date = columns.action_date(nullable=True)
    source = columns.source()
    edition = columns.edition(nullable=True)
    as_of = columns.as_of(nullable=True)
    place = columns.place()

    @dy.rule()
    def nothing_seen_has_no_date(cls) -> pl.Expr:
        """What was not seen has no date."""
        return (pl.col("treaty_action") != "no_action_seen") | pl.col("action_date").is_null()

    @dy.rule()
    def nothing_seen_is_dated(cls) -> pl.Expr:
        """That nothing was seen is worth something only as of a date."""
        return (pl.col("treaty_action") != "no_action_seen") | pl.col("as_of").is_not_null()

    @dy.rule()
    def nothing_seen_stands_alone(cls) -> pl.Expr:
        """An extract that shows an action does not also show none."""
        none = pl.col("treaty_action") == "no_action_seen"
        return ~none | (
            pl.len().over("treaty", "area", "source", "as_of")
            == none.sum().over("treaty", "area", "source", "as_of")
        )
