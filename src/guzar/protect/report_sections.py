"""Facts of a report → the sections of its page: sentences, tables and one chart, ready to be set."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from guzar.protect.dimensions import TOTAL
from guzar.protect.report_attack import compare_with_naive, describe_attacker
from guzar.protect.report_parts import Section, Table
from guzar.protect.report_words import (
    NOISE,
    NOT_BY_A_RULE,
    PERSONS,
    Words,
    is_about_amounts,
    rules_in_words,
)

MOST_ROWS = 200  # of hidden cells on a page; all of them stand in the JSON report
BESIDE_THE_CODES = ("hidden_because", "protection", "lower", "upper", "table")


def make_sections(
    facts: Mapping[str, Any], hidden_cells: pl.DataFrame, made: Mapping[str, str], words: Words
) -> list[Section]:
    """All sections for which there are facts, in the order in which an officer asks."""
    found = [
        describe_hidden(facts, words),
        describe_blurring(facts, words),
        list_cells(hidden_cells, words, facts),
        describe_price(facts, words),
        describe_attacker(facts, words),
        compare_with_naive(facts, words),
        describe_making(facts, made, words),
    ]
    return [section for section in found if section is not None]


def describe_hidden(facts: Mapping[str, Any], words: Words) -> Section | None:
    """What was hidden and why, and the rules in words."""
    if "hidden" not in facts:
        return None
    counted = {name: cells for name, cells in facts["hidden"].items() if cells}
    rows = [(words.reason(name), words.number(cells)) for name, cells in counted.items()]
    rows.append((words.say("All hidden cells"), words.number(sum(counted.values()))))
    table = Table(
        words.say("Hidden cells by reason, each counted once"),
        (words.say("Reason"), words.say("Cells")),
        rows,
    )
    return Section(
        words.say("What was hidden, and why"),
        texts=[words.say("The rules of this release:")] if facts.get("rules") else [],
        points=rules_in_words(facts, words),
        tables=[table],
        closing=_earlier(facts, words),
    )


def _earlier(facts: Mapping[str, Any], words: Words) -> list[str]:
    told = []
    if facts.get("public_already"):
        told.append(
            words.count(
                "{count} cell is public already: an earlier release shows it, and it stays as it is.",
                "{count} cells are public already: an earlier release shows them, and they stay as they are.",
                facts["public_already"],
            )
        )
    if facts.get("limited_by_earlier_releases"):
        told.append(
            words.count(
                "For {count} cell the interval can be no wider than earlier releases leave it, and that is no more than the protection asks for. Nothing can be done about this any more.",
                "For {count} cells the interval can be no wider than earlier releases leave it, and that is no more than the protection asks for. Nothing can be done about this any more.",
                facts["limited_by_earlier_releases"],
            )
        )
    return told


def describe_blurring(facts: Mapping[str, Any], words: Words) -> Section | None:
    """How the counts were blurred: the noise, or the base of the rounding."""
    if facts.get("noise"):
        noise = [
            (words.say(NOISE[name]) if name in NOISE else name, words.number(value))
            for name, value in facts["noise"].items()
        ]
        heads = (words.say("Property"), words.say("Value"))
        return Section(
            words.say("How the counts were blurred"),
            texts=[
                words.say(
                    "Every count may carry noise. The same persons always get the same noise, in every table; totals are not the sums of their parts."
                )
            ],
            tables=[Table(words.say("The noise"), heads, noise)],
        )
    if "base" not in facts:
        return None
    base = words.number(facts["base"])
    texts = [words.say("Every count is rounded to a multiple of {base}, and all sums still hold.", base=base)]
    if "greatest_change" in facts:
        texts.append(
            words.say(
                "A count goes to the multiple below or above it, not always to the nearer one; the farthest moved by {greatest}.",
                greatest=words.number(facts["greatest_change"]),
            )
        )
    if facts.get("gone_further"):
        texts.append(
            words.count(
                "{count} cell had to go one multiple further than the two around it.",
                "{count} cells had to go one multiple further than the two around them.",
                facts["gone_further"],
            )
        )
    return Section(words.say("How the counts were blurred"), texts=texts)


def describe_price(facts: Mapping[str, Any], words: Words) -> Section | None:
    """What a reader loses."""
    cost = facts.get("cost")
    if not cost:
        return None
    amount = (
        words.say("Share of the amount in hidden inner cells")
        if is_about_amounts(facts)
        else words.say("Share of persons in hidden inner cells")
    )
    labels = {
        "cells": words.say("Cells in these tables"),
        "cells_hidden": words.say("Hidden cells"),
        "share_of_cells": words.say("Share of cells that are hidden"),
        "inner_cells_hidden": words.say("Hidden inner cells"),
        "margins_hidden": words.say("Hidden totals and subtotals"),
        "share_of_amount_in_hidden_inner_cells": amount,
    }
    rows = [
        (label, words.percent(cost[name]) if name.startswith("share") else words.number(cost[name]))
        for name, label in labels.items()
        if name in cost
    ]
    heads = (words.say("Measure"), words.say("Value"))
    return Section(
        words.say("What it cost"),
        texts=[words.say("What is hidden in an inner cell is still counted in every total that is shown.")],
        tables=[Table(words.say("What a reader loses"), heads, rows)],
    )


def list_cells(hidden_cells: pl.DataFrame, words: Words, facts: Mapping[str, Any]) -> Section | None:
    """Hidden cells with their codes, reason and interval; where there are too many, those derived most closely."""
    if not hidden_cells.height:
        return None
    width = pl.col("upper") - pl.col("lower")
    shown = (
        hidden_cells.with_row_index("place")
        .sort(width, nulls_last=True, maintain_order=True)
        .head(MOST_ROWS)
        .sort("place")
        .drop("place")
    )
    unit = words.unit(facts.get("unit", PERSONS))
    tables = [
        _cells_of(str(name), rows, unit, words)
        for (name,), rows in shown.group_by("table", maintain_order=True)
    ]
    texts = [words.say("The interval is what any reader can derive. No hidden value stands here.")]
    if any(TOTAL in row for table in tables for row in table.rows):
        texts.append(words.say("The code {total} is the total.", total=TOTAL))
    left = hidden_cells.height - shown.height
    if left:
        texts.append(
            words.count(
                "Shown are the {shown} rows with the narrowest intervals; {count} more stands in the JSON report.",
                "Shown are the {shown} rows with the narrowest intervals; {count} more stand in the JSON report.",
                left,
                shown=words.number(shown.height),
            )
        )
    return Section(words.say("The hidden cells"), texts=texts, tables=tables)


def _cells_of(name: str, rows: pl.DataFrame, unit: str, words: Words) -> Table:
    """The hidden cells of one table; linked tables with other dimensions leave empty columns, which go."""
    codes = [
        each
        for each in rows.columns
        if each not in BESIDE_THE_CODES and rows[each].null_count() < rows.height
    ]
    return Table(
        words.say("Hidden cells of the table {table}", table=name),
        (*codes, words.say("Why"), words.say("Derived interval, {unit}", unit=unit)),
        [
            (
                *[str(row[code]) for code in codes],
                words.reason(row["hidden_because"]),
                words.interval(row["lower"], row["upper"]),
            )
            for row in rows.iter_rows(named=True)
        ],
        numbers_from=len(codes) + 2,
    )


def describe_making(facts: Mapping[str, Any], made: Mapping[str, str], words: Words) -> Section:
    """Which tables were protected, from what, by whom."""
    labels = {
        "release": words.say("Release"),
        "date": words.say("Date"),
        "who": words.say("Made by"),
        "input": words.say("Input"),
    }
    rows = [(label, made[name]) for name, label in labels.items() if made.get(name)]
    programmes = (facts.get("attack") or {}).get("linear_programmes")
    if programmes is not None:
        rows.append((words.say("Linear programmes solved by the attack"), words.number(programmes)))
    tables = [
        Table(
            words.say("Tables in this release"),
            (words.say("Table"), words.say("Dimensions"), words.say("Cells")),
            [
                (str(each["name"]), ", ".join(each["dimensions"]), words.number(each["cells"]))
                for each in facts.get("tables", [])
            ],
            numbers_from=2,
        )
    ]
    about = Table(words.say("This report"), (words.say("Property"), words.say("Value")), rows, numbers_from=2)
    return Section(
        words.say("How this report was made"),
        tables=[table for table in (*tables, about) if table.rows],
    )


def count_by_rule(hidden: Mapping[str, int]) -> int:
    """Cells that a rule of this release refuses."""
    return sum(cells for name, cells in hidden.items() if name not in NOT_BY_A_RULE)
