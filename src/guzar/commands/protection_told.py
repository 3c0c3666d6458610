"""What `guzar protect` did, in two or three lines."""

from collections.abc import Mapping
from typing import Any

from guzar.commands.speaker import Speaker

MUCH = 0.5  # a share of what inner cells hold: where more is hidden, a table of broader groups tells more


def tell_protected(speak: Speaker, facts: Mapping[str, Any]) -> None:
    """What was done, in two or three lines."""
    cells = sum(table["cells"] for table in facts["tables"])
    if facts["method"] == "suppress":
        _tell_suppressed(speak, facts)
    elif facts["method"] == "perturb":
        speak.say(
            "Noise in {moved} of {cells} cells, at most {greatest}; totals are not the sums of their parts.",
            moved=facts["noise"]["cells_moved"],
            cells=cells,
            greatest=facts["noise"]["greatest"],
        )
    else:
        speak.say(
            "{cells} cells rounded to multiples of {base}; all sums hold. A count goes to the multiple below or above it, not "
            "always to the nearer one; the farthest moved by {greatest}.",
            cells=cells,
            base=facts["base"],
            greatest=facts["greatest_change"],
        )
        if facts["gone_further"]:
            speak.say(
                "Cells that went one multiple further than the two around them: {further}.",
                further=facts["gone_further"],
            )


def _tell_suppressed(speak: Speaker, facts: Mapping[str, Any]) -> None:
    cost, hidden, attacked = facts["cost"], facts["hidden"], facts["attack"]
    if not cost["cells_hidden"]:
        speak.say("No cell of {cells} has to be hidden.", cells=cost["cells"])
        return
    others = hidden["to_protect_others"], hidden["hidden_earlier"]
    speak.say(
        "{hidden} of {cells} cells hidden: {by_rule} by a rule, {to_protect} to protect other cells.",
        hidden=cost["cells_hidden"],
        cells=cost["cells"],
        by_rule=cost["cells_hidden"] - sum(others),
        to_protect=others[0],
    )
    lost = cost["share_of_amount_in_hidden_inner_cells"]
    if lost > MUCH:
        speak.warn(
            "Of what inner cells hold, {share} % is hidden: this table is too fine. Use broader groups, or fewer dimensions.",
            share=speak.number(100 * lost, 1),
        )
    if hidden.get("changed_little"):
        speak.say(
            "Of those by a rule, changed little since an earlier release: {little}.",
            little=hidden["changed_little"],
        )
    if others[1]:
        speak.say("Hidden before, and so hidden now: {earlier}.", earlier=others[1])
    if "naive" not in facts:
        speak.say("Attacked: no hidden cell is closer than its protection. --report tells more.")
        return
    narrowest = attacked["narrowest"]
    speak.say(
        "Attacked: {tight} hidden cells closer than their protection; width of the narrowest interval: {narrowest}. "
        "With the rule's cells alone hidden, {naive} of {primary} would be closer.",
        tight=attacked["tighter_than_protection"],
        narrowest=speak.number(narrowest) if narrowest is not None else speak.text("no bound"),
        naive=facts["naive"]["tighter_than_protection"],
        primary=facts["naive"]["cells_hidden"],
    )
