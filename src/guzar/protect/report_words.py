"""The words of a report: reasons, rules, intervals and shares as the disclosure officer reads them, EN and RU."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from guzar.languages import translate, translate_count
from guzar.languages.numbers import write_number
from guzar.protect.rules import SENSITIVE_MINIMUM

NO_BREAK = "\u00a0"
PERSONS = "persons"

# Why a cell is hidden, in the order in which rules are asked; the last two are no rule of this release.
REASONS = {
    "too_few_persons": "Too few persons: fewer than the minimum",
    "acts_of_few_persons": "Acts of too few persons: fewer persons than the minimum behind the count",
    "nobody": "Nobody: an empty cell, where zeros are refused",
    "all_of_a_total": "Everyone of a total: it tells about each of them",
    "contributors": "Too few contributors, or one that makes nearly all of the amount",
    "changed_little": "Changed little since an earlier release: by fewer persons than the minimum",
    "hidden_earlier": "Hidden in an earlier release",
    "to_protect_others": "Hidden to protect other cells",
}
NOT_BY_A_RULE = ("hidden_earlier", "to_protect_others")
ACTS = ("migrations", "stays", "absences", "crossings", "registrations", "permits")
UNITS = {PERSONS: "persons", "usd": "US$", **{name: name for name in ACTS}}
NOISE = {
    "greatest": "Largest noise in one cell",
    "variance": "Variance that was asked for",
    "never_up_to": "No result from 1 up to",
    "cells_moved": "Cells that the noise moved",
    "mean": "Mean noise in these tables",
    "variance_seen": "Variance in these tables",
}
AMOUNT_RULES = ("dominance", "p_percent", "few_contributors")


@dataclass(frozen=True)
class Words:
    """Speaks one language. `say` translates a text and sets its values in."""

    language: str

    def say(self, text: str, **values: object) -> str:
        """A text in this language with its values; Russian one-letter words, numbers and dashes hold on to their neighbours."""
        return self._typeset(translate(text, self.language).format(**values))

    def count(self, one: str, many: str, count: float, **values: object) -> str:
        """A counted phrase: 1 cell, 2 cells; 1 ячейка, 2 ячейки, 5 ячеек."""
        form = translate_count(one, many, int(count), self.language)
        return self._typeset(form.format(count=self.number(count), **values))

    def number(self, value: float | None, decimals: int | None = None) -> str:
        """A number with thousands marked and a true minus."""
        return write_number(value, self.language, decimals).replace("-", "−")

    def percent(self, share: float, decimals: int | None = 1) -> str:
        """A share from 0 to 1 in per cent; one that would print as nought is "under 0.1%".

        Without `decimals` all digits are written, as a rule was given.
        """
        sign = "%" if self.language == "en" else NO_BREAK + "%"
        if decimals and 0 < share < 0.0005:
            return self.say("under {least}", least=self.number(0.1) + sign)
        return self.number(round(share * 100, 6), decimals) + sign

    def reason(self, name: str) -> str:
        """Why a cell is hidden; the name itself where a later guzar knows more reasons."""
        return self.say(REASONS[name]) if name in REASONS else name

    def unit(self, name: str) -> str:
        """The unit of counts and intervals, as it stands in the head of a table."""
        return self.say(UNITS[name]) if name in UNITS else name

    def interval(self, lower: float | None, upper: float | None) -> str:
        """What anyone can derive for a cell: between two numbers, or without an upper bound."""
        if lower is None:
            return self.say("not derived")
        if upper is None:
            return self.say("{lower} or more, no upper bound", lower=self.number(lower))
        return self.say("between {lower} and {upper}", lower=self.number(lower), upper=self.number(upper))

    def _typeset(self, text: str) -> str:
        if self.language != "ru":
            return text
        held = re.sub(r"(?<!\w)([ВИСКУОАвискуоа]|\d+) (?=[\w(])", rf"\1{NO_BREAK}", text)
        return held.replace(" —", f"{NO_BREAK}—")


def is_about_amounts(facts: Mapping[str, Any]) -> bool:
    """Whether amounts were protected, whose rules look at contributors, and not counts."""
    rules = facts.get("rules") or {}
    return any(name in rules for name in AMOUNT_RULES) or bool(
        (facts.get("hidden") or {}).get("contributors")
    )


def is_blurred(facts: Mapping[str, Any]) -> bool:
    """Whether counts were blurred, by noise or by rounding, and none was hidden."""
    return "noise" in facts or "base" in facts or facts.get("method") in ("perturb", "round")


def rules_in_words(facts: Mapping[str, Any], words: Words) -> list[str]:
    """One sentence per rule that was applied; a rule that this page does not know stands by its name."""
    rules, unit = facts.get("rules") or {}, words.unit(facts.get("unit", PERSONS))
    told = _amount_rules(rules, words) if is_about_amounts(facts) else _count_rules(rules, unit, words)
    told += _rules_of_corrections(facts, words)
    known = {*AMOUNT_RULES, "minimum", "zeros", "full_cells", "sensitive", "insiders", "filled", "protection"}
    return told + [f"{name}: {value}" for name, value in rules.items() if name not in known]


def _count_rules(rules: Mapping[str, Any], unit: str, words: Words) -> list[str]:
    told = []
    least = _least_shown(rules)
    if least is not None:
        told.append(words.say("A count below {minimum} is refused.", minimum=words.number(least)))
    if rules.get("sensitive"):
        told.append(
            words.say(
                "The class is sensitive: no count below {minimum} is ever shown, and figures are national only.",
                minimum=words.number(SENSITIVE_MINIMUM),
            )
        )
    if rules.get("zeros"):
        told.append(words.say("A cell with nobody in it is refused as well."))
    elif rules:
        told.append(words.say("A cell with nobody in it may be shown."))
    if rules.get("full_cells"):
        told.append(
            words.say("A cell that holds everyone of its total is refused: it tells about each of them.")
        )
    if rules.get("filled"):
        told.append(
            words.say(
                "The attacker also knows that a hidden cell holds somebody, because empty ones are shown."
            )
        )
    if rules.get("insiders"):
        told.append(words.say("A person who stands alone in a cell must not learn another cell from it."))
    if "protection" in rules:
        told.append(
            words.say(
                "The interval that anyone can derive for a hidden cell must be at least {width} wide ({unit}).",
                width=words.number(rules["protection"]),
                unit=unit,
            )
        )
    return told


def _least_shown(rules: Mapping[str, Any]) -> int | None:
    """The least count that may be shown, or seen to change; never below ten for a sensitive class."""
    if "minimum" not in rules:
        return None
    return max(int(rules["minimum"]), SENSITIVE_MINIMUM if rules.get("sensitive") else 0)


def _rules_of_corrections(facts: Mapping[str, Any], words: Words) -> list[str]:
    """What an earlier release asks for, where it did hide a cell of this one."""
    hidden, least = facts.get("hidden") or {}, _least_shown(facts.get("rules") or {})
    told = []
    if hidden.get("changed_little") and least is not None:
        told.append(
            words.say(
                "A cell that changed little since an earlier release, by fewer than {minimum} up or down, is refused: "
                "the difference of the two releases would show a small group.",
                minimum=words.number(least),
            )
        )
    if hidden.get("hidden_earlier"):
        told.append(words.say("What an earlier release hid stays hidden."))
    return told


def _amount_rules(rules: Mapping[str, Any], words: Words) -> list[str]:
    told = []
    if "dominance" in rules:
        number, percent = _pair(rules["dominance"])
        told.append(
            words.say(
                "A cell is refused where its largest contributors ({number} at most) make more than {percent} of it.",
                number=words.number(number),
                percent=words.percent(percent / 100, None),
            )
        )
    if "p_percent" in rules:
        told.append(
            words.say(
                "A cell is refused where the second largest contributor could estimate the largest to within {percent}.",
                percent=words.percent(rules["p_percent"] / 100, None),
            )
        )
    if "few_contributors" in rules:
        told.append(
            words.say(
                "A cell with fewer contributors than {number} is refused.",
                number=words.number(rules["few_contributors"]),
            )
        )
    if "protection" in rules:
        told.append(
            words.say(
                "The interval that anyone can derive for a hidden cell must be at least as wide as {percent} of its amount, and wider where its rule asks for it.",
                percent=words.percent(rules["protection"], None),
            )
        )
    return told


def _pair(value: Sequence[float]) -> tuple[float, float]:
    return value[0], value[1]
