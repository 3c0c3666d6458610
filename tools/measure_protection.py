"""Protection of tables at full size: attacked, compared with the truth, and beside suppression by the rule alone.

Run by developers:
    python tools/measure_protection.py random [NUMBER OF TABLES]
    python tools/measure_protection.py large
Prints Markdown; exits with 1 where a promise is broken. Persons are made up; one seed fixes everything.
"""

import sys
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from os import cpu_count
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parent))
from made_up_tables import MadeUpTable, group_codes, make_persons, make_random_table, raise_level
from markdown_tables import as_table
from protection_checks import RULES, Outcome, examine, two_releases

SEED = 20261122
TABLES, MOST_CELLS = 200, 2_000
SMALL_ENOUGH = 500  # cells: tables attacked by other code as well, or released twice
SAMPLE = 20
MOST_SECONDS_RANDOM = 300.0  # per table: what takes longer counts as not protected
MOST_SECONDS_LARGE = 600.0  # per table, for protecting and for the attack
MOST_HIDDEN_PER_PRIMARY = 3.0
CASES = ("10, then 5", "5, then 10", "another breakdown", "a correction")
Shape = tuple[str, tuple[int, ...], dict[int, tuple[int, bool]], int, float]
LARGE: tuple[Shape, ...] = (
    # name, inner codes, axes with groups (number of groups), persons, skew
    ("60 × 20 × 15", (60, 20, 15), {}, 60_000, 1.5),
    ("200 × 100", (200, 100), {}, 100_000, 1.0),
    ("36 × 10 × 8 × 4", (36, 10, 8, 4), {}, 80_000, 1.5),
    ("40 in 8 groups and 3 unions × 18 × 19", (40, 18, 19), {0: (8, True)}, 50_000, 1.2),
    ("30 in 6 groups × 24 in 5 groups × 16", (30, 24, 16), {0: (6, False), 1: (5, False)}, 100_000, 2.0),
)


def main(part: str, number: int) -> int:
    """Measure one part; 1 where a promise is broken."""
    if part == "large":
        return measure_large()
    return measure_random(number)


def measure_random(number: int) -> int:
    """Many small tables, in parallel; then tables released twice."""
    with ProcessPoolExecutor(min(4, cpu_count() or 1), mp_context=get_context("spawn")) as workers:
        outcomes = [told(each) for each in workers.map(examine_random, range(number))]
        twice = {case: Counter[str]() for case in CASES}
        alone = {case: Counter[str]() for case in CASES}
        asked = [
            (at, case, heed) for at in released_twice(number) for case in CASES for heed in (True, False)
        ]
        for (_, case, heed), found in zip(asked, workers.map(release_random_twice, asked), strict=True):
            (twice if heed else alone)[case].update(found)
    broken = [*print_outcomes(outcomes, number), *print_twice(twice, alone)]
    return conclude(broken)


def told(outcome: Outcome) -> Outcome:
    """Say on the error stream how far the measuring is."""
    seconds = {what: round(each, 1) for what, each in outcome.seconds.items()}
    print(outcome.name, outcome.cells, seconds, outcome.not_done.split("\n")[0], file=sys.stderr, flush=True)
    return outcome


def examine_random(number: int) -> Outcome:
    """One random table; the smaller ones of the first are attacked by other code as well."""
    table = _random(number)
    return examine(table, most_seconds=MOST_SECONDS_RANDOM, independent=number in _sampled(), insiders=True)


def release_random_twice(asked: tuple[int, str, bool]) -> Counter[str]:
    """One random table released twice."""
    number, case, heed = asked
    return two_releases(_random(number), case, most_seconds=MOST_SECONDS_RANDOM, heed=heed)


def released_twice(number: int) -> list[int]:
    """The first tables of three dimensions or more (so that there is another breakdown) that are small enough."""
    fit = [at for at in range(number) if len(_random(at).sizes) > 2 and _random(at).cells <= SMALL_ENOUGH]
    return fit[:SAMPLE]


def measure_large() -> int:
    """Five large tables, one after the other: seconds count."""
    outcomes = []
    for at, (name, sizes, groups, persons, skew) in enumerate(LARGE):
        random = np.random.default_rng([SEED, 1_000 + at])
        hierarchies = {}
        for axis, (number, two_ways) in groups.items():
            first = group_codes(random, axis, sizes[axis], number, "g")
            second = group_codes(random, axis, sizes[axis], 3, "h")
            hierarchies[f"d{axis}"] = [first, second] if two_ways else [raise_level(random, first, axis)]
        records = make_persons(random, sizes, persons, [skew] * len(sizes))
        table = MadeUpTable(name, records, sizes, hierarchies, skew)
        outcomes.append(
            told(
                examine(
                    table,
                    most_seconds=MOST_SECONDS_LARGE,
                    independent=False,
                    insiders=False,
                    wide_enough=RULES.protection,
                )
            )
        )
    header = (
        "table",
        "cells",
        "persons",
        "primary",
        "hidden",
        "protecting, s",
        "attack, s",
        "closer than the protection",
        "not the truth",
        "rule alone: closer",
        "rule alone: exactly known",
    )
    print(
        f"## Five large tables\n\nMinimum {RULES.minimum}, protection {RULES.protection:.0f}, insiders heeded.\n"
    )
    print(as_table(header, [_row(each) for each in outcomes], numbers=header[1:]))
    print(
        f"\nLimit: {MOST_SECONDS_LARGE:.0f} s for protecting and for the attack each. The attack reads the released"
        " rows only; it follows each hidden cell until its interval is seen to be as wide as the protection, or to be"
        " closer. `rule alone`: the same attack where only the cells under the minimum are hidden."
    )
    slow = [
        f"{each.name}: {what} took {seconds:.0f} s"
        for each in outcomes
        for what, seconds in each.seconds.items()
        if what in ("protecting", "attack") and seconds > MOST_SECONDS_LARGE
    ]
    unbroken = (
        []
        if any(each.figures["rule alone: closer"] for each in outcomes)
        else ["the rule alone was never broken"]
    )
    return conclude([*_promises(outcomes), *slow, *unbroken])


def print_outcomes(outcomes: Sequence[Outcome], number: int) -> list[str]:
    """The tables of the random part; returns what is broken."""
    done = [each for each in outcomes if not each.not_done]
    total = sum((each.figures for each in outcomes), Counter[str]())
    ratios = [each.figures["hidden"] / each.figures["primary"] for each in done if each.figures["primary"]]
    average = float(np.mean(ratios)) if ratios else 0.0
    print(f"## {number} random tables\n")
    print(as_table(("dimensions", "tables", "with a hierarchy", "cells", "persons"), _shapes(number)))
    print(
        f"\nMinimum {RULES.minimum}, protection {RULES.protection:.0f}, insiders heeded. Every figure is of the released"
        " rows, read back as a reader would who knows that no count is negative.\n"
    )
    rows = [
        ("tables protected", len(done), f"{number}"),
        ("cells published", total["published"], ""),
        ("of these not equal to the truth", total["published, not the truth"], "0"),
        ("of these refused by the rule", total["published, refused by the rule"], "0"),
        ("cells hidden", total["hidden"], ""),
        ("of these derived more closely than the protection", total["closer than the protection"], "0"),
        ("of these whose true count lies outside the interval", total["truth outside the interval"], "0"),
        (
            "hidden cells per primary cell, average over tables",
            f"{average:.2f}",
            f"at most {MOST_HIDDEN_PER_PRIMARY:.0f}",
        ),
        ("the same, all tables together", f"{total['hidden'] / max(1, total['primary']):.2f}", ""),
        ("seconds for protecting, all tables", f"{_seconds(outcomes, 'protecting'):.0f}", ""),
        ("seconds for the attack, all tables", f"{_seconds(outcomes, 'attack'):.0f}", ""),
        ("seconds for protecting, half of the tables at most", f"{_spent(outcomes, np.median):.1f}", ""),
        (
            "seconds for protecting, the slowest table",
            f"{_spent(outcomes, np.max):.0f}",
            f"at most {MOST_SECONDS_RANDOM:.0f}",
        ),
    ]
    print(as_table(("what", "found", "promised"), rows, numbers=("found", "promised")))
    print_rule_alone(total)
    print_others(total)
    few = [] if total["rule alone: tables broken"] else ["the rule alone was never broken"]
    much = [] if average <= MOST_HIDDEN_PER_PRIMARY else [f"hidden per primary {average:.2f}"]
    sampled = (
        [] if total["independent: tables"] >= min(SAMPLE, number // 10) else ["too few independent attacks"]
    )
    return [*_promises(outcomes), *few, *much, *sampled]


def print_rule_alone(total: Counter[str]) -> None:
    """What the same attack does to suppression by the rule alone."""
    tables, hidden = total["rule alone: tables"], total["rule alone: hidden"]
    broken, known = total["rule alone: tables broken"], total["rule alone: tables with a cell exactly known"]
    close, exact = total["rule alone: closer"], total["rule alone: exact"]
    print("\n## The same attack where only the cells under the minimum are hidden\n")
    rows = [
        ("tables with a hidden cell", tables, ""),
        ("of these with a cell closer than the protection", broken, _share(broken, tables)),
        ("of these with a cell exactly known", known, _share(known, tables)),
        ("hidden cells", hidden, ""),
        ("of these closer than the protection", close, _share(close, hidden)),
        ("of these exactly known", exact, _share(exact, hidden)),
    ]
    print(as_table(("what", "number", "share"), rows, numbers=("number", "share")))


def print_others(total: Counter[str]) -> None:
    """Attacks by other code: all intervals of a sample, and insiders."""
    print(
        "\n## Attacks by other code\n\ntools/independent_attack.py writes the sums of the released rows out anew and solves two"
        " programmes per cell with scipy. Intervals: all hidden cells of a sample. Insiders: persons who are alone in a"
        " cell, taken from the records; each knows every cell that holds nobody else, and asks about the small cells"
        " nearest to them.\n"
    )
    rows = [
        ("tables of the sample", total["independent: tables"], ""),
        ("hidden cells attacked", total["independent: cells"], ""),
        ("intervals that differ from guzar's", total["independent: differ"], "0"),
        ("cells closer than the protection", total["independent: closer"], "0"),
        ("persons alone in a cell", total["insiders: persons"], ""),
        ("of these asked", total["insiders: persons asked"], ""),
        ("small cells of others that they asked about", total["insiders: cells"], ""),
        ("of these known exactly to them", total["insiders: told"], "0"),
    ]
    print(as_table(("what", "found", "promised"), rows, numbers=("found", "promised")))


def print_twice(heeded: dict[str, Counter[str]], alone: dict[str, Counter[str]]) -> list[str]:
    """Two releases of the same persons; returns what is broken."""
    print(
        f"\n## Two releases of the same persons\n\nRandom tables of three dimensions or more. Both releases are attacked"
        f" together; broken: a cell hidden in one of them is closer than {RULES.protection:.0f}, or a correction shows a"
        " change of fewer persons than the minimum. A refused release is one that guzar does not let out.\n"
    )
    header = (
        "second release",
        "made",
        "tables",
        "released",
        "refused",
        "broken",
        "cells hidden",
        "closer",
        "exactly known",
        "small changes",
    )
    rows = []
    for case in CASES:
        for how, found in (
            ("heeding the first", heeded[case]),
            ("without regard to the first", alone[case]),
        ):
            rows.append(
                (
                    case if case[0].isalpha() else f"minimum {case}",
                    how,
                    *(
                        found[key]
                        for key in (
                            "asked",
                            "released",
                            "refused",
                            "broken",
                            "hidden",
                            "closer",
                            "exact",
                            "small changes",
                        )
                    ),
                )
            )
    print(as_table(header, rows, numbers=header[2:]))
    broken = [
        f"{case}: {found['broken']} pairs are broken" for case, found in heeded.items() if found["broken"]
    ]
    broken += [f"{case}: {found['not done']} not done" for case, found in heeded.items() if found["not done"]]
    never = [f"{case}: nothing was released" for case, found in heeded.items() if not found["released"]]
    return broken + never


def conclude(broken: Sequence[str]) -> int:
    """Say what is broken, if anything."""
    print("\n## Broken promises\n\n" + ("\n".join(f"- {what}" for what in broken) or "None."))
    return int(bool(broken))


def _promises(outcomes: Iterable[Outcome]) -> list[str]:
    never = (
        "closer than the protection",
        "published, not the truth",
        "published, refused by the rule",
        "truth outside the interval",
        "cells missing",
        "independent: differ",
        "independent: closer",
        "insiders: told",
    )
    found = []
    for each in outcomes:
        found += [f"{each.name}: {each.figures[what]} × {what}" for what in never if each.figures[what]]
        if each.not_done:
            found.append(
                f"{each.name} ({each.dimensions} dimensions, {each.cells} cells): not protected, {each.not_done}"
            )
    return found


def _shapes(number: int) -> list[tuple[object, ...]]:
    tables = [_random(at) for at in range(number)]
    rows: list[tuple[object, ...]] = []
    for dimensions in sorted({len(table.sizes) for table in tables}):
        own = [table for table in tables if len(table.sizes) == dimensions]
        cells, persons = [table.cells for table in own], [len(table.records) for table in own]
        hierarchical = sum(bool(table.hierarchies) for table in own)
        rows.append(
            (
                dimensions,
                len(own),
                hierarchical,
                f"{min(cells):,} to {max(cells):,}",
                f"{min(persons):,} to {max(persons):,}",
            )
        )
    return rows


def _row(each: Outcome) -> tuple[object, ...]:
    seconds = [
        f"{each.seconds[what]:.0f}" if what in each.seconds else None for what in ("protecting", "attack")
    ]
    names = (
        "closer than the protection",
        "published, not the truth",
        "rule alone: closer",
        "rule alone: exact",
    )
    found = [None if each.not_done else each.figures[name] for name in names]
    own = [None if each.not_done else each.figures[name] for name in ("primary", "hidden")]
    return (each.name, each.cells, each.persons, *own, *seconds, *found)


def _seconds(outcomes: Iterable[Outcome], what: str) -> float:
    return sum(each.seconds.get(what, 0.0) for each in outcomes)


def _spent(outcomes: Iterable[Outcome], of: Callable[[Sequence[float]], float]) -> float:
    return float(of([each.seconds["protecting"] for each in outcomes if not each.not_done]))


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if whole else ""


def _random(number: int) -> MadeUpTable:
    return make_random_table(number, seed=SEED, most_cells=MOST_CELLS)


def _sampled() -> set[int]:
    """The first tables that are small enough for two programmes per cell by other code."""
    fit = [at for at in range(TABLES) if _random(at).cells <= SMALL_ENOUGH]
    return set(fit[:SAMPLE])


if __name__ == "__main__":
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    if wanted not in ("random", "large"):
        sys.exit("python tools/measure_protection.py random|large")
    sys.exit(main(wanted, int(sys.argv[2]) if len(sys.argv) > 2 else TABLES))
