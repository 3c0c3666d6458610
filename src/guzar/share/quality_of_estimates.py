"""What was written down beside an estimate of lost crossings → texts of a quality report, by code of SIMS 2.0.

Whose numbers they are, the sources beside the crossings (rules of stay, permits, death rates, outside counts), what was taken
to be false, how far the assumptions were let fail, and which tests said that they do fail. Totals only, as they stand in
`<report>.assumptions.json`; of what is not in it nothing is said.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from math import exp
from typing import Any

from guzar.errors import Phrase
from guzar.share.quality_words import TESTS

NOTHING = Phrase(
    "Who crosses at borders without records is not in the crossings: nothing about the country is observed, and nothing is "
    "estimated."
)
WHOSE = Phrase(
    "Counted: persons whose first crossing is on documents of {codes}; other persons, left out: {others}. No number here is one "
    "of the whole country."
)
IN_A_ROW = Phrase(
    "Entries without an exit between: {entries_in_a_row}; exits without an entry between: {exits_in_a_row}."
)
PERMITS = Phrase(
    "Permits in {permits_file}: {permits}; of persons in the crossings: {permits_matched}; of these, prolonging a stay: "
    "{permits_prolonging}."
)
NO_RULE = Phrase("Persons without a rule of stay, taken as having no limit: {persons_without_rule}.")
NO_RULE_ON_DAYS = Phrase(
    "Entries on days without a rule of stay, taken as having no limit: {entries_without_rule}."
)
NOT_PUBLISHED = Phrase("Stays beyond permission are not published for want of a rule: {years_not_published}.")
RATES = Phrase(
    "Deaths in the country: rates of {file} ({sources}); persons without a rate: {persons_without_rate}."
)
COUNTED_OUTSIDE = Phrase(
    "Exits counted by {counted_by} from {counted_from} to {counted_to}: {exits}; recorded: {exits_recorded}; estimated: {least} "
    "to {most}."
)
ODDS = Phrase(
    "Not known from the crossings: the odds that a final exit is lost, taken as {low} to {high} times those of any other exit (δ "
    "from {low_delta} to {high_delta}); range_lower and range_upper hold all of these."
)
DOES_NOT_HOLD = Phrase(
    "A test of the assumptions failed ({tests}): they do not hold, so intervals are too narrow and numbers said to be known if A1 "
    "holds may be wrong."
)
LINKS = Phrase(
    "Errors of the linkage taken off every count: persons under two numbers {split} %, two persons under one {joined} %."
)
Translate = Callable[[str], str]
Text = tuple[str, Phrase]  # under which code, what
NOT_OF_OPEN_BORDERS = ("assumptions", "draws", "seed", "deltas", "diagnostics", "failed", "missing")
FALSE = {
    "refused_entries": Phrase(
        "Entries that were refused, as far as can be told: about {number} ({lower} to {upper}). They are left out."
    ),
    "repeat_scans": Phrase(
        "Scans repeated after more than 30 minutes: about {number} ({lower} to {upper}). They are left out."
    ),
    "wrong_directions": Phrase(
        "Crossings in the wrong direction: about {number} ({lower} to {upper}). They are turned round."
    ),
}
NOT_TOLD = {
    "refused_entries": Phrase(
        "How many entries were refused cannot be told: permissions are recorded at too few entries."
    ),
    "repeat_scans": Phrase(
        "How many scans were repeated after more than 30 minutes cannot be told: too few crossings to compare with."
    ),
}


def texts_of_estimate(beside: Mapping[str, Any], say: Translate) -> dict[str, list[Phrase]]:
    """Texts by code from what stands beside an estimate; none from an empty one."""
    parts = [_whose(beside), _crossings(beside), _rules(beside), _deaths(beside), _false(beside)]
    if beside.get("open_borders"):
        parts.append(iter([("S.12.3", NOTHING)]))
    else:
        parts += [_outside(beside), _deltas(beside), _tests(beside, say), _links(beside)]
    told: dict[str, list[Phrase]] = {}
    for part in parts:
        for code, text in part:
            told.setdefault(code, []).append(text)
    return told


def _whose(beside: Mapping[str, Any]) -> Iterator[Text]:
    """Which persons are counted, where not everybody is."""
    codes, others = beside.get("citizenship"), beside.get("others")
    if codes and others is not None:
        yield "S.3.6", Phrase(WHOSE.text, {"codes": ", ".join(codes), "others": others})


def _crossings(beside: Mapping[str, Any]) -> Iterator[Text]:
    """What was read, and what of it says that a crossing is missing."""
    if "persons" in beside and "crossings" in beside:
        yield "S.18.1", Phrase("Crossings of the border: {crossings}; persons: {persons}.", beside)
    if "entries_in_a_row" in beside and "exits_in_a_row" in beside:
        yield "S.13.3.1", Phrase(IN_A_ROW.text, beside)
    if beside.get("ports_told_apart") is False and not beside.get("open_borders"):
        yield "S.13.3.1", Phrase("Ports cannot be told apart: one share of lost crossings for all.")


def _rules(beside: Mapping[str, Any]) -> Iterator[Text]:
    """By which rules stays are held to be permitted, which permits prolong them, and whom no rule covers."""
    told = beside.get("permission_rules")
    if not isinstance(told, Mapping):
        return
    if "file" in told:
        yield "S.18.1", Phrase("Rules of permitted stay: {file}, {rules} rules.", told)
    if told.get("dates"):
        first, last = told["dates"]
        yield (
            "S.18.1",
            Phrase("Dates in these rules: from {first} to {last}.", {"first": first, "last": last}),
        )
    if "permits" in told:
        yield "S.18.1", Phrase(PERMITS.text, told)
    if "persons_without_rule" in told:
        yield "S.13.3.1", Phrase(NO_RULE.text, told)
    if told.get("entries_without_rule"):
        yield "S.13.3.1", Phrase(NO_RULE_ON_DAYS.text, told)
    if told.get("years_not_published"):
        yield "S.12.3", Phrase(NOT_PUBLISHED.text, told)


def _deaths(beside: Mapping[str, Any]) -> Iterator[Text]:
    """Death rates, days of death in the crossings, and how many residents died by year."""
    told = beside.get("deaths")
    if not isinstance(told, Mapping):
        return
    if "file" in told:
        yield "S.18.1", Phrase(RATES.text, {"sources": [], **told})
    if told.get("known"):
        yield "S.18.1", Phrase("Days of death that the crossings tell: {count}.", {"count": told["known"]})
    if told.get("known_left_aside"):
        yield "S.13.3.2", Phrase("Days of death that cannot be right, left aside: {known_left_aside}.", told)
    years = {
        str(each["year"]): f"{each['residents_died']:.0f} ({each['lower']:.0f}–{each['upper']:.0f})"
        for each in told.get("by_year", ())
    }
    if years:
        yield "S.18.6", Phrase("Residents who died, estimated and taken off: {years}.", {"years": years})


def _false(beside: Mapping[str, Any]) -> Iterator[Text]:
    """Crossings taken to be false: how many there are, and that they were left out or turned round."""
    told = beside.get("false_crossings")
    if not isinstance(told, Mapping):
        return
    for name, each in told.items():
        number = each.get("number")
        if number is None and name in NOT_TOLD:
            yield "S.13.3.2", NOT_TOLD[name]
        elif number and name in FALSE:
            yield "S.13.3.2", Phrase(FALSE[name].text, each)
            yield "S.18.6", Phrase(FALSE[name].text, each)


def _outside(beside: Mapping[str, Any]) -> Iterator[Text]:
    """Counts of exits that do not come from the crossings, beside what is estimated."""
    told = beside.get("outside")
    if not isinstance(told, Mapping):
        return
    for each in told.get("counts", ()):
        exits = [one["exits"] for one in each["exits_estimated"]]
        yield "S.15.3", Phrase(COUNTED_OUTSIDE.text, {**each, "least": min(exits), "most": max(exits)})
    if told.get("agree") is False:
        yield "S.15.3", Phrase("No assumption about final exits agrees with these counts.")


def _deltas(beside: Mapping[str, Any]) -> Iterator[Text]:
    """How much oftener final exits may be lost than others, over which the range goes."""
    deltas, outside = beside.get("deltas"), beside.get("outside")
    if not deltas:
        return
    ends = [min(deltas), max(deltas)]
    if isinstance(outside, Mapping) and outside.get("delta_lower") is not None:
        ends = [outside["delta_lower"], outside["delta_upper"]]
    told = {"low": exp(ends[0]), "high": exp(ends[1]), "low_delta": ends[0], "high_delta": ends[1]}
    yield "S.13.3.5", Phrase(ODDS.text, told)


def _tests(beside: Mapping[str, Any], say: Translate) -> Iterator[Text]:
    """Chances of the tests; and that the assumptions do not hold where one failed."""
    chances, failed = beside.get("diagnostics"), beside.get("failed")
    if chances:
        named = {_test(name, say): chance for name, chance in chances.items()}
        yield "S.18.4", Phrase("Tests of the assumptions, p-values: {chances}.", {"chances": named})
    if failed:
        named_failed: Sequence[str] = [_test(name, say) for name in failed]
        yield "S.13.1", Phrase(DOES_NOT_HOLD.text, {"tests": named_failed})


def _test(name: str, say: Translate) -> str:
    return say(TESTS[name]) if name in TESTS else name


def _links(beside: Mapping[str, Any]) -> Iterator[Text]:
    """Errors of the linkage that were taken away from every count."""
    split, joined = beside.get("split_persons") or 0, beside.get("joined_persons") or 0
    if split or joined:
        yield "S.18.6", Phrase(LINKS.text, {"split": 100 * split, "joined": 100 * joined})
