"""Report → one HTML file for the disclosure officer: finding, four key numbers, what was hidden, what can be learnt.

The file holds its own styles, loads nothing and runs nothing. It is not for publication: it tells which cells a
rule refused.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import jinja2

from guzar.protect.report import Report
from guzar.protect.report_sections import count_by_rule, make_sections
from guzar.protect.report_words import PERSONS, Words, is_about_amounts, is_blurred


@dataclass(frozen=True)
class KeyNumber:
    """One of the four numbers that stand first, and a line that sets it in proportion."""

    label: str
    value: str
    detail: str = ""


def write_report_page(report: Report, *, language: str, made: Mapping[str, str]) -> str:
    """The report as a page in one language, complete in itself.

    `made` tells `release`, `date`, `who` and `input` (checksums) as text; what is missing is left out.
    """
    words, facts = Words(language), report.facts
    return _template().render(
        language=language,
        title=state_finding(facts, words),
        standfirst=_standfirst(facts, words),
        kind=words.say("Disclosure control report"),
        about=[made[name] for name in ("release", "date") if made.get(name)],
        notice_word=words.say("Not for publication."),
        notice=_notice(facts, words),
        key_label=words.say("Four key numbers"),
        key_numbers=choose_key_numbers(facts, words),
        sections=make_sections(facts, report.hidden_cells, made, words),
    )


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("guzar.protect", ""),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html")


def state_finding(facts: Mapping[str, Any], words: Words) -> str:
    """The finding in one sentence: how much is hidden or blurred, and how closely the rest can be derived."""
    parts = [_what_was_done(facts, words), _what_can_be_derived(facts, words)]
    return "; ".join(part for part in parts if part) or words.say("Disclosure control report")


def _what_was_done(facts: Mapping[str, Any], words: Words) -> str:
    cells = count_cells(facts)
    total = words.number(cells)
    if "hidden" in facts or "cost" in facts:
        hidden = count_hidden(facts)
        if not hidden:
            return words.say("None of {cells} cells is hidden", cells=total)
        return words.count(
            "{count} of {cells} cells is hidden", "{count} of {cells} cells are hidden", hidden, cells=total
        )
    if "base" in facts:
        base = words.number(facts["base"])
        return words.say("All {cells} counts are rounded to multiples of {base}", cells=total, base=base)
    moved = (facts.get("noise") or {}).get("cells_moved")
    if moved is not None:
        return words.count(
            "Noise moved {count} of {cells} counts",
            "Noise moved {count} of {cells} counts",
            moved,
            cells=total,
        )
    return words.say("All counts carry noise") if facts.get("method") == "perturb" else ""


def _what_can_be_derived(facts: Mapping[str, Any], words: Words) -> str:
    attack = facts.get("attack") or {}
    if not attack.get("cells_attacked"):
        return ""
    if attack.get("tighter_than_protection"):
        return words.count(
            "{count} hidden cell can be derived too closely",
            "{count} hidden cells can be derived too closely",
            attack["tighter_than_protection"],
        )
    if "tighter_than_protection" not in attack:
        return _what_blur_leaves(attack, words)
    if is_about_amounts(facts):
        return words.say("no hidden cell can be derived more closely than its rule allows")
    return _safe_width(facts, words)


def _safe_width(facts: Mapping[str, Any], words: Words) -> str:
    """The protection where it holds for all; where earlier releases have told more, that they did."""
    protection = (facts.get("rules") or {}).get("protection")
    narrowest = facts["attack"].get("narrowest")
    if protection is None:
        return words.say("no hidden cell can be derived too closely")
    if narrowest is not None and narrowest < protection:
        return words.say(
            "earlier releases already tell some hidden cells more closely than the protection asks"
        )
    if facts.get("unit", PERSONS) != PERSONS or protection != int(protection):
        return words.say(
            "no hidden cell has an interval narrower than {width}", width=words.number(protection)
        )
    return words.count(
        "no hidden cell can be derived more closely than {count} person",
        "no hidden cell can be derived more closely than {count} persons",
        protection,
    )


def _what_blur_leaves(attack: Mapping[str, Any], words: Words) -> str:
    exactly = attack.get("known_exactly")
    if exactly is None:
        return ""
    if not exactly:
        return words.say("no true count can be derived exactly")
    return words.count(
        "{count} true count can be derived exactly", "{count} true counts can be derived exactly", exactly
    )


def _notice(facts: Mapping[str, Any], words: Words) -> str:
    if is_blurred(facts):
        return words.say(
            "This page is for the disclosure officer: what it tells about the blurring helps an attacker."
        )
    return words.say(
        "This page is for the disclosure officer: it tells which cells a rule refused, and so which ones are small."
    )


def _standfirst(facts: Mapping[str, Any], words: Words) -> str:
    if is_blurred(facts):
        return words.say(
            "Every cell is shown, with a blurred count. This page tells how the counts were blurred and what an attacker could still learn."
        )
    return words.say(
        "A cell that a rule refuses is hidden, and beside it no more than keeps it from being worked out. This page tells what was hidden and why, what it cost, and what an attacker could still learn."
    )


def choose_key_numbers(facts: Mapping[str, Any], words: Words) -> list[KeyNumber]:
    """The four numbers that an officer asks for first, as far as there are facts for them."""
    if "hidden" in facts or "cost" in facts:
        return _numbers_of_hiding(facts, words)
    return _numbers_of_blurring(facts, words)


def _numbers_of_hiding(facts: Mapping[str, Any], words: Words) -> list[KeyNumber]:
    hidden, cost, attack = (facts.get(name) or {} for name in ("hidden", "cost", "attack"))
    found = []
    if hidden:
        by_rule = words.number(count_by_rule(hidden))
        found.append(KeyNumber(words.say("Hidden by a rule"), by_rule, _by_which_rule(facts, words)))
        earlier = hidden.get("hidden_earlier")
        detail = (
            words.say("and {number} hidden in an earlier release", number=words.number(earlier))
            if earlier
            else ""
        )
        others = words.number(hidden.get("to_protect_others", 0))
        found.append(KeyNumber(words.say("Hidden to protect other cells"), others, detail))
    share = cost.get("share_of_amount_in_hidden_inner_cells")
    if share is not None:
        label = (
            words.say("Share of the amount in hidden inner cells")
            if is_about_amounts(facts)
            else words.say("Share of persons in hidden inner cells")
        )
        found.append(KeyNumber(label, words.percent(share), words.say("still counted in the totals shown")))
    if "tighter_than_protection" in attack:
        tight = words.number(attack["tighter_than_protection"])
        found.append(
            KeyNumber(words.say("An attacker derives too closely"), tight, _beside_naive(facts, words))
        )
    return found


def _by_which_rule(facts: Mapping[str, Any], words: Words) -> str:
    """Out of how many; beside an earlier release also which of them are small and which changed little."""
    hidden = facts["hidden"]
    told = [words.say("of {cells} cells", cells=words.number(count_cells(facts)))]
    small, little = (
        hidden.get("too_few_persons", 0) + hidden.get("acts_of_few_persons", 0),
        hidden.get("changed_little", 0),
    )
    if little:
        kinds = {
            "small cells: {number}": small,
            "changed little: {number}": little,
            "by other rules: {number}": count_by_rule(hidden) - small - little,
        }
        told += [words.say(text, number=words.number(number)) for text, number in kinds.items() if number]
    return "; ".join(told)


def _beside_naive(facts: Mapping[str, Any], words: Words) -> str:
    naive = (facts.get("naive") or {}).get("tighter_than_protection")
    if naive is None:
        return ""
    return words.say("{number} if only rule cells were hidden", number=words.number(naive))


def _numbers_of_blurring(facts: Mapping[str, Any], words: Words) -> list[KeyNumber]:
    attack, noise = facts.get("attack") or {}, facts.get("noise") or {}
    unit = words.unit(facts.get("unit", PERSONS))
    asked = [
        (words.say("Cells shown"), count_cells(facts) or None),
        (words.say("Cells that the noise moved"), noise.get("cells_moved")),
        (words.say("Base of the rounding"), facts.get("base")),
        (words.say("Narrowest interval, {unit}", unit=unit), attack.get("narrowest")),
        (words.say("True counts derived exactly"), attack.get("known_exactly")),
    ]
    return [KeyNumber(label, words.number(value)) for label, value in asked if value is not None]


def count_cells(facts: Mapping[str, Any]) -> int:
    """All cells of the release; a cell that two tables share counts once, where the facts allow it."""
    attacked = (facts.get("attack") or {}).get("cells_attacked")
    if is_blurred(facts) and attacked is not None:
        return int(attacked)
    cost = facts.get("cost") or {}
    return int(cost.get("cells", sum(each["cells"] for each in facts.get("tables", []))))


def count_hidden(facts: Mapping[str, Any]) -> int:
    """All hidden cells, whatever the reason."""
    cost = facts.get("cost") or {}
    return int(cost.get("cells_hidden", sum((facts.get("hidden") or {}).values())))
