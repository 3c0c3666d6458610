"""Facts of an attack → the sections that tell what can still be learnt, and how naive suppression would have done."""

from collections.abc import Mapping, Sequence
from typing import Any

from guzar.protect.report_parts import Bar, Section, Table
from guzar.protect.report_words import PERSONS, Words, is_about_amounts, is_blurred

LONGEST_BAR = 135.0  # px, of a drawing that is 328 px wide


def describe_attacker(facts: Mapping[str, Any], words: Words) -> Section | None:
    """Who attacks, how wide the intervals are that they derive, and what lone persons learn."""
    attack = facts.get("attack")
    if not attack:
        return None
    unit = words.unit(facts.get("unit", PERSONS))
    outcome = Table(
        words.say("What the attack derived"),
        (words.say("Measure"), words.say("Value")),
        _outcome(attack, unit, words),
    )
    bars = _bars(facts, words)
    return Section(
        words.say("What an attacker could still learn"),
        texts=_attacker(facts, words),
        tables=[outcome],
        bars=bars,
        chart=_alternative(bars, words, unit),
    )


def _attacker(facts: Mapping[str, Any], words: Words) -> list[str]:
    told = [
        words.say(
            "The attacker knows every published number and how far it may be from the true one, all totals and hierarchies, and that no count is negative. From this they derive the narrowest interval of every true count."
        )
        if is_blurred(facts)
        else words.say(
            "The attacker knows every published cell, all totals and hierarchies, and that nothing is negative. From this they derive the narrowest interval of every hidden cell."
        )
    ]
    if facts.get("lone_persons"):
        told.append(
            words.count(
                "{count} lone person was checked as well: someone who knows their own cell, because nobody else stands in it.",
                "{count} lone persons were checked as well: each knows their own cell, because nobody else stands in it.",
                facts["lone_persons"],
            )
        )
    return told


def _outcome(attack: Mapping[str, Any], unit: str, words: Words) -> list[tuple[str, str]]:
    counts = {
        "cells_attacked": words.say("Cells attacked"),
        "tighter_than_protection": words.say("Derived too closely"),
        "known_exactly": words.say("Derived exactly"),
        "without_upper_bound": words.say("Without an upper bound"),
    }
    rows = [(label, words.number(attack[name])) for name, label in counts.items() if name in attack]
    widths = {
        "narrowest": words.say("Narrowest interval, {unit}", unit=unit),
        "median": words.say("Median interval, {unit}", unit=unit),
    }
    for name, label in widths.items():
        if name in attack and attack.get("cells_attacked", 1):
            endless = words.say("no upper bound")
            rows.append((label, endless if attack[name] is None else words.number(attack[name])))
    return rows


def _bars(facts: Mapping[str, Any], words: Words) -> list[Bar]:
    classes = facts["attack"].get("widths") or []
    most = max((each["cells"] for each in classes), default=0)
    whole = not is_about_amounts(facts)
    return [
        Bar(
            _width_class(each["from"], each["below"], whole, words),
            words.number(each["cells"]),
            round(LONGEST_BAR * each["cells"] / most, 1),
        )
        for each in classes
        if most
    ]


def _width_class(low: float, below: float | None, whole: bool, words: Words) -> str:
    """5–9 for counts, "5 to under 10" for amounts; the last class also holds cells without an upper bound."""
    if below is None:
        return words.say("{low} or more", low=words.number(low))
    if not whole:
        return words.say("{low} to under {high}", low=words.number(low), high=words.number(below))
    last = below - 1
    return words.number(low) if last <= low else f"{words.number(low)}–{words.number(last)}"


def _alternative(bars: Sequence[Bar], words: Words, unit: str) -> dict[str, str]:
    filled = [f"{bar.label}: {bar.cells}" for bar in bars if bar.length]
    return {
        "title": words.say("Hidden cells by width of the derived interval, {unit}", unit=unit),
        "description": words.say("Cells: {classes}", classes="; ".join(filled)),
        "note": words.say("The last class also holds cells without an upper bound."),
    }


def compare_with_naive(facts: Mapping[str, Any], words: Words) -> Section | None:
    """The same tables with only the refused cells hidden, under the same attack."""
    naive = facts.get("naive")
    if not naive:
        return None
    attack, cost = facts.get("attack") or {}, facts.get("cost") or {}
    labels = {
        "cells_hidden": (words.say("Hidden cells"), cost.get("cells_hidden")),
        "tighter_than_protection": (words.say("Derived too closely"), attack.get("tighter_than_protection")),
        "known_exactly": (words.say("Derived exactly"), attack.get("known_exactly")),
    }
    rows = [
        (label, words.number(here), words.number(naive[name]))
        for name, (label, here) in labels.items()
        if name in naive
    ]
    heads = (words.say("Cells"), words.say("This release"), words.say("Rule cells only"))
    return Section(
        words.say("Naive suppression beside it"),
        texts=[_naive_finding(naive, words)],
        tables=[Table(words.say("The same tables under the same attack"), heads, rows)],
    )


def _naive_finding(naive: Mapping[str, Any], words: Words) -> str:
    tight, hidden = naive.get("tighter_than_protection", 0), naive.get("cells_hidden", 0)
    if not tight:
        return words.say(
            "Hiding only the cells that a rule refuses would do here: the same attack derives none of them too closely."
        )
    return words.count(
        "Had only the cells been hidden that a rule refuses, the same attack would derive {count} of {hidden} too closely.",
        "Had only the cells been hidden that a rule refuses, the same attack would derive {count} of {hidden} too closely.",
        tight,
        hidden=words.number(hidden),
    )
