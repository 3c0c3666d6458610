"""True claims drawn from the figures held, and claims made wrong on purpose: how often the check says so.

Run as a script it prints a table: false alarms among true claims, recall by kind of error among mutated ones.
"""

import json
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from pathlib import Path

import polars as pl

from guzar import journey
from guzar.define.sources import edition_label, sources

Row = dict[str, str]
ALARMS = frozenset(
    {"contradicted", "swapped_with", "cited_source_differs", "different_definition", "inconsistent"}
)
BORNE_OUT = frozenset({"agrees", "agrees_with_edition"})
KINDS = ("scale", "swap", "year", "unit", "edition")


def drawable(observations: pl.DataFrame) -> pl.DataFrame:
    """Figures that a document could print: a number, both sexes, a whole year or a span of years."""
    return observations.filter(
        pl.col("value").is_not_null()
        & (pl.col("value") != 0)
        & ~pl.col("period").str.contains("Q")
        & (pl.col("sex").is_in(["_T", "_Z"]) | pl.col("indicator").str.ends_with("female_percent"))
        & pl.col("unit").is_in(["persons", "percent", "usd"])
        & ~pl.col("indicator").str.contains("population_mid")
    ).sort([*observations.columns[:5], "definition", "source", "edition"])


def draw_true_claims(observations: pl.DataFrame, count: int, seed: int) -> list[Row]:
    """Claims that old or new editions bear out: rounded or truncated to 2 to 5 digits, hedged, cited or not."""
    dice = random.Random(seed)
    by_indicator = {
        name[0]: part for name, part in drawable(observations).group_by("indicator", maintain_order=True)
    }
    names = sorted(by_indicator)
    rows = []
    for number in range(count):
        part = by_indicator[names[number % len(names)]]
        figure = part.row(dice.randrange(part.height), named=True)
        rows.append(_as_claim(f"T{number:03}", figure, dice))
    return rows


def _as_claim(claim_id: str, figure: dict[str, object], dice: random.Random, *, precise: bool = False) -> Row:
    place = str(figure["area"])
    if figure["counterpart"] not in {"_T", "_Z"}:
        place = f"{figure['counterpart']}>{place}"
    value, unit = float(str(figure["value"])), str(figure["unit"])
    if unit == "usd" and dice.random() < 0.5:
        value, unit = value / 1e6, "usd_million"
    text, qualifier = _print(value, dice, precise=precise)
    cited = ["", sources()[str(figure["source"])].name_en, _full_citation(figure)][
        2 if precise else dice.randrange(3)
    ]
    return {
        "id": claim_id,
        "area": place,
        "indicator": str(figure["indicator"]),
        "year": str(figure["year"]),
        "value": text,
        "unit": unit,
        "qualifier": qualifier,
        "cited_source": cited,
    }


def _full_citation(figure: dict[str, object]) -> str:
    source, edition = str(figure["source"]), str(figure["edition"])
    return f"{sources()[source].name_en}, {edition_label(source, edition)}, {edition}"


def _print(value: float, dice: random.Random, *, precise: bool) -> tuple[str, str]:
    """The value as a document would print it: rounded or truncated, sometimes hedged."""
    digits = dice.randint(3, 6) if precise else dice.randint(2, 5)
    if not precise and dice.random() < 0.15:
        return _text(value * dice.uniform(0.96, 1.04), 6), "about"
    if not precise and value > 0 and dice.random() < 0.15:
        over = dice.random() < 0.5
        return _text(value / 1.05 if over else value * 1.05, 4), "over" if over else "almost"
    return _text(value, digits, truncate=dice.random() < 0.3), ""


def _text(value: float, digits: int, *, truncate: bool = False) -> str:
    places = digits - 1 - math.floor(math.log10(abs(value)))
    scaled = value * 10.0**places
    kept = math.trunc(scaled) if truncate else round(scaled)
    return f"{kept / 10.0**places:.{max(places, 0)}f}"


def mutate_claims(observations: pl.DataFrame, count: int, seed: int) -> list[tuple[str, Row]]:
    """Claims with one error each, `count // 5` of every kind; a swap takes two rows."""
    dice = random.Random(seed)
    figures = drawable(observations)
    makers: dict[str, Callable[[pl.DataFrame, random.Random, str], list[Row]]] = {
        "scale": _wrong_scale,
        "swap": _swapped,
        "year": _wrong_year,
        "unit": _wrong_unit,
        "edition": _wrong_edition,
    }
    made: list[tuple[str, Row]] = []
    for kind, make in makers.items():
        rows: list[Row] = []
        while len(rows) < count // len(KINDS):
            rows += make(figures, dice, f"{kind}{len(rows):03}")
        made += [(kind, row) for row in rows]
    return made


def _any(figures: pl.DataFrame, dice: random.Random) -> dict[str, object]:
    return figures.row(dice.randrange(figures.height), named=True)


def _wrong_scale(figures: pl.DataFrame, dice: random.Random, claim_id: str) -> list[Row]:
    row = _as_claim(claim_id, _any(figures, dice), dice, precise=True)
    factor = dice.choice((10, 100, 1000, 0.1, 0.01, 0.001))
    return [row | {"value": _text(float(row["value"]) * factor, 5), "cited_source": ""}]


def _swapped(figures: pl.DataFrame, dice: random.Random, claim_id: str) -> list[Row]:
    first = _any(figures, dice)
    same = figures.filter(
        (pl.col("indicator") == first["indicator"])
        & (pl.col("period") == first["period"])
        & (pl.col("source") == first["source"])
        & (pl.col("edition") == first["edition"])
        & (pl.col("definition") == first["definition"])
        & ((pl.col("area") != first["area"]) | (pl.col("counterpart") != first["counterpart"]))
    )
    second = _any(same, dice) if same.height else first
    ratio = float(str(second["value"])) / float(str(first["value"]))
    if second is first or 0.8 < ratio < 1.25:
        return []
    one, two = (
        _as_claim(f"{claim_id}{end}", f, dice, precise=True) for end, f in (("a", first), ("b", second))
    )
    return [
        one | {"value": two["value"], "unit": two["unit"], "cited_source": ""},
        two | {"value": one["value"], "unit": one["unit"], "cited_source": ""},
    ]


def _wrong_year(figures: pl.DataFrame, dice: random.Random, claim_id: str) -> list[Row]:
    figure = _any(figures, dice)
    others = figures.filter(
        *[
            pl.col(c) == figure[c]
            for c in ("indicator", "area", "counterpart", "sex", "definition", "edition")
        ]
        + [pl.col("year") != figure["year"]]
    )
    if not others.height:
        return []
    return [
        _as_claim(claim_id, figure, dice, precise=True)
        | {"year": str(_any(others, dice)["year"]), "cited_source": ""}
    ]


def _wrong_unit(figures: pl.DataFrame, dice: random.Random, claim_id: str) -> list[Row]:
    row = _as_claim(claim_id, _any(figures, dice), dice, precise=True)
    wrong = {
        "persons": ("percent", "usd", "entries", "per_1000"),
        "percent": ("persons", "per_1000", "usd"),
        "usd": ("usd_million", "percent", "persons"),
        "usd_million": ("usd", "percent", "persons"),
    }
    return [row | {"unit": dice.choice(wrong[row["unit"]]), "cited_source": ""}]


def _wrong_edition(figures: pl.DataFrame, dice: random.Random, claim_id: str) -> list[Row]:
    cell = ["indicator", "area", "counterpart", "sex", "period", "source"]
    double = figures.filter(pl.col("edition").n_unique().over(cell) > 1)
    figure = _any(double, dice)
    others = double.filter(*[pl.col(c) == figure[c] for c in cell], pl.col("edition") != figure["edition"])
    other = _any(others, dice)
    if math.isclose(float(str(other["value"])), float(str(figure["value"])), rel_tol=1e-4):
        return []
    return [_as_claim(claim_id, figure, dice, precise=True) | {"cited_source": _full_citation(other)}]


def check_rows(rows: Sequence[Row]) -> list[dict[str, object]]:
    """The claims as a table, checked against the shipped figures."""
    return journey.judge_claims(pl.DataFrame(list(rows)), "claims", None).to_dicts()


def measure_recall(seed: int = 20261121, true_claims: int = 300, mutated: int = 200) -> dict[str, object]:
    """False alarms among true claims, and the share of mutated claims that are not borne out, by kind."""
    held = journey.load_observations(None)
    true = check_rows(draw_true_claims(held, true_claims, seed))
    wrong = mutate_claims(held, mutated, seed)
    judged = check_rows([row for _, row in wrong])
    by_kind: dict[str, Counter[str]] = defaultdict(Counter)
    for (kind, _), row in zip(wrong, judged, strict=True):
        by_kind[kind][str(row["verdict"])] += 1
    return {
        "true_claims": len(true),
        "true_verdicts": dict(Counter(str(row["verdict"]) for row in true)),
        "false_alarms": [row for row in true if row["verdict"] in ALARMS],
        "kinds": {
            kind: {
                "claims": sum(found.values()),
                "verdicts": dict(found),
                "recall": 1 - sum(found[v] for v in BORNE_OUT) / sum(found.values()),
            }
            for kind, found in by_kind.items()
        },
    }


def as_markdown(measured: dict[str, object]) -> str:
    """The measured table for a page of the documentation."""
    lines = ["| kind | claims | not borne out | verdicts |", "|---|---:|---:|---|"]
    kinds: dict[str, dict[str, object]] = measured["kinds"]  # type: ignore[assignment]
    for kind, found in kinds.items():
        verdicts = ", ".join(f"{v} {n}" for v, n in sorted(found["verdicts"].items(), key=lambda x: -x[1]))  # type: ignore[attr-defined]
        lines.append(
            f"| {kind} | {found['claims']} | {100 * float(str(found['recall'])):.0f} % | {verdicts} |"
        )
    alarms: list[object] = measured["false_alarms"]  # type: ignore[assignment]
    head = f"{measured['true_claims']} true claims: {len(alarms)} false alarms ({json.dumps(measured['true_verdicts'])})."
    return "\n".join([head, "", *lines, ""])


if __name__ == "__main__":
    table = as_markdown(measure_recall())
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(
            "# Claims: false alarms and recall by kind\n\n" + table, encoding="utf-8"
        )
    sys.stdout.write(table)
