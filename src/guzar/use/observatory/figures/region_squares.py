"""Who lives where in the twelve areas: the table of squares with its notes, as the start page shows it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import polars as pl

from guzar.define.areas import THE_TWELVE
from guzar.use.observatory.content import Figure
from guzar.use.observatory.figures.region_stock import MODELLED, values_of, year_of
from guzar.use.observatory.signs import Status, sign
from guzar.use.observatory.squares import Area, Cell, SquareWords, table_of_squares
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.words import Words

NEVER_ONE_STATE = {"TUR"}  # the other eleven were republics of the USSR
LABELLED_FROM = 150_000  # persons; smaller squares have no room for a number
Pair = tuple[str, str]  # born in, living in


@dataclass(frozen=True)
class _Pairs:
    """The pairs that the stock lists, and those of them whose destination repeats an older mix."""

    value: dict[Pair, float | None]
    modelled: set[Pair]

    @property
    def seen(self) -> dict[Pair, float]:
        """Listed pairs that may be added up and ranked."""
        return {pair: v or 0 for pair, v in self.value.items() if pair not in self.modelled}


def squares(cells: pl.DataFrame, say: Words) -> Figure | None:
    """The table of squares and the notes beside it; None where no cell between the twelve is held."""
    pairs = _pairs(cells)
    if not any(pairs.value.values()):
        return None
    order = _order(pairs, say)
    drawn = {(a, b): _cell(a, b, pairs, say) for a in order for b in order if a != b}
    areas = [_axis_area(code, pairs, say) for code in order]
    year = year_of(cells)
    heading = _squares_heading(len({home for _, home in pairs.modelled}), year, say)
    sub = say(
        "Persons born in one area and living in another, area of squares proportional to persons. Select a square to open the corridor."
    )
    over = say("Now living in → millions of persons, {year}", year=year)
    table = table_of_squares(areas, drawn, SquareWords(sub, over, say("Born in ↓"), say("All 11")))
    return Figure(
        "squares",
        heading,
        sub,
        tag("div", table, _notes(cells, pairs, len(drawn), say), class_="with-notes"),
        _source(cells, pairs, len(drawn), say),
        rows=cells.sort("area", "counterpart"),
        width="full",
    )


def _pairs(cells: pl.DataFrame) -> _Pairs:
    modelled = cells.filter(pl.col("observation_status") == MODELLED)
    return _Pairs(
        {(row["counterpart"], row["area"]): row["value"] for row in cells.iter_rows(named=True)},
        set(modelled.select("counterpart", "area").iter_rows()),
    )


def _order(pairs: _Pairs, say: Words) -> list[str]:
    """Areas by the people in their row and column that may be added up."""
    weight = {code: sum(v for pair, v in pairs.seen.items() if code in pair) for code in THE_TWELVE}
    return sorted(THE_TWELVE, key=lambda code: (-weight[code], say.area(code)))


def _source(cells: pl.DataFrame, pairs: _Pairs, possible: int, say: Words) -> str:
    listed = sum(v is not None for v in pairs.value.values())
    source = say(
        "{edition}, origin × destination, both sexes; reference year {year}. {listed} pairs listed, {missing} not listed; not listed is not zero. “Other” origins are outside this table.",
        edition=say.edition(values_of(cells.head(1))[0]),
        year=year_of(cells),
        listed=listed,
        missing=possible - listed,
    )
    if not pairs.modelled:
        return source
    return f"{source} " + say(
        "Hatched: the destination repeats an older mix of origins. Hatched squares are never added up: where a row or column holds one, its total is ··, not known; a list of the largest pairs leaves them out."
    )


def _notes(cells: pl.DataFrame, pairs: _Pairs, possible: int, say: Words) -> Html:
    """What the eye should look for; each note only where the table shows it."""
    notes = [_rows_note(pairs, say), _both_ways_note(pairs, say), _missing_note(pairs, possible, say)]
    if (cells["observation_status"] != "observed").all():
        told = say("by the UN from censuses and registers.")
        notes.append(_note(say("All cells are estimates"), told, Status.ESTIMATED))
    return tag("div", *(note for note in notes if note), class_="notes")


def _note(lead: str, told: str, status: Status | None = None) -> Html:
    shown = [sign(status), " "] if status else []
    return tag("p", *shown, tag("b", words(lead)), " ", words(told))


def _rows_note(pairs: _Pairs, say: Words) -> Html | None:
    """Where most rows have their largest destination, among the squares that are not hatched."""
    tops = Counter(
        max(row, key=lambda pair: row[pair])[1]
        for code in THE_TWELVE
        if (row := {pair: v for pair, v in pairs.seen.items() if pair[0] == code and v})
    )
    if not tops:
        return None
    told = say("The row's largest square that is not hatched is teal.")
    home, count = tops.most_common(1)[0]
    if count > 1:
        told += " " + say(
            "For {count} of the {all} areas it is {home}.",
            count=count,
            all=len(THE_TWELVE),
            home=say.area(home),
        )
    return _note(say("Across a row: where people went."), told)


def _both_ways_note(pairs: _Pairs, say: Words) -> Html | None:
    """The largest pair that runs both ways: the smaller direction at least half of the larger."""
    both = {
        (a, b): v + pairs.seen[b, a]
        for (a, b), v in pairs.seen.items()
        if a < b and (b, a) in pairs.seen and min(v, pairs.seen[b, a]) * 2 >= max(v, pairs.seen[b, a]) > 0
    }
    if not both:
        return None
    first, second = max(both, key=lambda pair: both[pair])
    told = say("{first}–{second} runs both ways.", first=say.area(first), second=say.area(second))
    if not {first, second} & NEVER_ONE_STATE:
        told += " " + say("Many moved inside one state before 1991: the border moved, not the person.")
    return _note(say("Pairs."), told)


def _missing_note(pairs: _Pairs, possible: int, say: Words) -> Html | None:
    missing = possible - sum(v is not None for v in pairs.value.values())
    if not missing:
        return None
    told = say(
        "{missing} of {all} pairs are not listed by the source. Not listed is not zero.",
        missing=missing,
        all=possible,
    )
    return _note(say("Not known."), told, Status.NOT_KNOWN)


def _squares_heading(hatched: int, year: int, say: Words) -> str:
    if not hatched:
        return say("Who was born where, and lives where, in {year}", year=year)
    return say(
        "{hatched} of {all} columns are hatched: the table says nothing new about origins for {year}",
        hatched=hatched,
        all=len(THE_TWELVE),
        year=year,
    )


def _axis_area(code: str, pairs: _Pairs, say: Words) -> Area:
    """Row and column of an area; a total that would have to add a modelled cell is not known."""
    totals = [
        None
        if any(pair[side] == code for pair in pairs.modelled)
        else sum(v for pair, v in pairs.seen.items() if pair[side] == code) / 1e6
        for side in (0, 1)
    ]
    name = say.area(code)
    fits = 8 if say.lang == "en" else 6  # Cyrillic letters are wider
    head = name if len(name) <= fits else name[:6].rstrip("аеиоуыьйaeiou") + "."
    return Area(code, name, head, say.number(totals[0], 2), say.number(totals[1], 2))


def _cell(origin: str, home: str, pairs: _Pairs, say: Words) -> Cell:
    value, is_modelled = pairs.value.get((origin, home)), (origin, home) in pairs.modelled
    pair = say("Born in {origin}, living in {home}", origin=say.area(origin), home=say.area(home))
    if value is None:
        return Cell(None, say("{pair}: not listed by the source", pair=pair))
    spoken = f"{pair}: {say.number(value, 0)}" + (say(" (modelled from modelled)") if is_modelled else "")
    return Cell(
        value,
        spoken,
        say.number(value / 1e6, 1) if value >= LABELLED_FROM else "",
        f"{say.area(origin)} → {say.area(home)}",
        str(say.amount(value)),
        f"corridors/{origin}-{home}.html",
        modelled=is_modelled,
    )
