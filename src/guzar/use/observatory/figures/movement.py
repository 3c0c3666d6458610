"""Movement: net migration by edition, with the independent model's interval where one is released."""

from __future__ import annotations

from typing import NamedTuple

import polars as pl

from guzar.use.observatory import numbers
from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.content import Figure
from guzar.use.observatory.drawing import FULL
from guzar.use.observatory.published import Published, Value, to_value
from guzar.use.observatory.series import Band, Line, Markers, Point, Revision, Role, Stroke, Unit
from guzar.use.observatory.signs import Status
from guzar.use.observatory.svg import Caption, Html
from guzar.use.observatory.words import SIGN_OF, Words

SOURCE = "world_population"
MODEL_MEAN, MODEL_DEVIATION = "gaskin_abel_net_migration", "gaskin_abel_net_migration_deviation"
MODEL_INDICATOR = "net_migration_standard_deviation"
NORMAL_95 = 1.96  # standard deviations on both sides of the mean of a normal distribution
FIRST_YEAR = 1990
RECENT_YEARS = 7  # a revision of an older year is context, not a finding
WHOLE_THOUSANDS = 99_500  # from here two digits would round a thousand away
SMALL_GAP = 10_000  # persons; a smaller revision may turn a sign without meaning anything


class Gap(NamedTuple):
    """One year in two editions, in persons."""

    year: int
    before: float
    now: float


def yearly(published: Published, area: str) -> pl.DataFrame:
    """Yearly net migration of every edition, without forecasts."""
    rows = published.rows("net_migration", newest=False, area=area, source=SOURCE).filter(
        pl.col("value").is_not_null()
        & (pl.col("year") >= FIRST_YEAR)
        & ~pl.col("period").str.contains("-")
        & (pl.col("observation_status") != "forecast")
    )
    if not rows.height:
        return rows
    # One definition per edition: the one that covers most years (another prints the same rounded).
    sizes = rows.group_by("edition", "definition").len().sort("len", "definition", descending=[True, False])
    return rows.join(sizes.unique("edition", keep="first"), on=["edition", "definition"], how="semi").sort(
        "edition", "year"
    )


def revised_lately(rows: pl.DataFrame) -> Gap | None:
    """The revision between the newest two editions that matters now, among the last years that both hold.

    The last year whose sign turned; where none did, the year that moved most.
    """
    editions = rows["edition"].unique().sort().to_list()[-2:]
    if len(editions) < 2:
        return None
    both = _gaps(rows, *editions)
    late = both.filter(pl.col("year") > pl.col("year").max() - RECENT_YEARS)
    turned = late.filter((pl.col("before").sign() * pl.col("now").sign() < 0) & (pl.col("gap") >= SMALL_GAP))
    chosen = turned.sort("year").tail(1) if turned.height else late.sort("gap").tail(1)
    return Gap(*chosen.select("year", "before", "now").row(0)) if chosen.height else None


def _gaps(rows: pl.DataFrame, older: str, newer: str) -> pl.DataFrame:
    """Years that both editions hold: `year`, `before`, `now` and the distance between them, `gap`."""
    before, now = (rows.filter(pl.col("edition") == e).select("year", "value") for e in (older, newer))
    both = before.rename({"value": "before"}).join(now.rename({"value": "now"}), on="year")
    return both.with_columns(gap=(pl.col("now") - pl.col("before")).abs())


def net_migration(published: Published, area: str, say: Words) -> Figure | None:
    """Two editions of the same years as two lines, the recent revision as a clay arrow, an independent model as a band."""
    rows = yearly(published, area)
    model = model_rows(published, area)
    if not rows.height:
        return None
    gap = revised_lately(rows)
    turned = gap is not None and gap.before * gap.now < 0
    heading = (
        say("Out or in? The answer depends on the edition")
        if turned
        else say("In {year}, {balance} ({status})", **_told(to_value(rows.row(-1, named=True)), say))
    )
    sub = say(
        "Net migration, thousand persons a year since {year}. All series are estimates", year=FIRST_YEAR
    )
    drawing = line_chart(
        Caption("net-migration", heading, sub),
        [*_lines(rows, say), *_model_line(model, say)],
        unit=Unit(after=say(" thousand")),
        lang=say.lang,
        width=FULL,
        revisions=[_arrow(gap, say)] if gap else [],
        bands=_band(model),
    )
    return Figure(
        "net-migration",
        heading,
        sub,
        Html(drawing.__html__()),
        _source(rows, model, say),
        rows=pl.concat([rows, *model.values()]) if model else rows,
        warning=(
            say("Revision, not event."),
            say("Do not compare a year of one edition with a year of another."),
        )
        if gap
        else None,
    )


def _arrow(gap: Gap, say: Words) -> Revision:
    size = gap.now - gap.before
    said = str(say.amount(abs(size), _digits(size)))
    return Revision(gap.year, gap.before / 1000, gap.now / 1000, say("revision:"), said)


def _source(rows: pl.DataFrame, model: dict[str, pl.DataFrame], say: Words) -> str:
    source = say(
        "{edition} and earlier editions; years after an edition's last estimate are forecasts and are not drawn.",
        edition=say.edition(to_value(rows.row(-1, named=True))),
    )
    if not model:
        return source
    return f"{source} " + say(
        "Independent model: {edition}, mean ± 1.96 standard deviations.",
        edition=say.edition(to_value(model["mean"].row(-1, named=True))),
    )


def model_rows(published: Published, area: str) -> dict[str, pl.DataFrame]:
    """The independent model's mean and standard deviation by year, newest edition; empty where either is not held."""
    parts = {
        "mean": published.rows("net_migration", definition=MODEL_MEAN, area=area),
        "deviation": published.rows(MODEL_INDICATOR, definition=MODEL_DEVIATION, area=area),
    }
    held = {
        name: rows.filter(
            (pl.col("edition") == pl.col("edition").max())
            & pl.col("value").is_not_null()
            & (pl.col("year") >= FIRST_YEAR)
        ).sort("year")
        for name, rows in parts.items()
    }
    return held if all(rows.height for rows in held.values()) else {}


def interval(model: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The model's `year`, `mean`, `low` and `high` in persons: mean ± 1.96 standard deviations, 95 per cent."""
    if not model:
        return pl.DataFrame(
            schema={"year": pl.Int32, "mean": pl.Float64, "low": pl.Float64, "high": pl.Float64}
        )
    deviation = model["deviation"].select("year", pl.col("value").alias("deviation"))
    both = model["mean"].select("year", pl.col("value").alias("mean")).join(deviation, on="year")
    reach = NORMAL_95 * pl.col("deviation")
    return both.select(
        "year", "mean", (pl.col("mean") - reach).alias("low"), (pl.col("mean") + reach).alias("high")
    )


def _band(model: dict[str, pl.DataFrame]) -> list[Band]:
    points = [(float(year), low / 1000, high / 1000) for year, _, low, high in interval(model).iter_rows()]
    return [Band(points, "95%")] if points else []


def _model_line(model: dict[str, pl.DataFrame], say: Words) -> list[Line]:
    points = [Point(year, mean / 1000, Status.ESTIMATED) for year, mean, _, _ in interval(model).iter_rows()]
    if not points:
        return []
    name, note = say("Independent model"), say("mean and its 95% interval")
    return [Line(points, name, note, Role.COMPARISON, Stroke.DOTTED, Markers.NONE)]


def _lines(rows: pl.DataFrame, say: Words) -> list[Line]:
    editions = rows["edition"].unique().sort().to_list()
    return [
        _edition_line(rows.filter(pl.col("edition") == edition), edition == editions[-1], say)
        for edition in editions
    ]


def _edition_line(rows: pl.DataFrame, is_newest: bool, say: Words) -> Line:
    last = to_value(rows.row(-1, named=True))
    return Line(
        [
            Point(r["year"], r["value"] / 1000, SIGN_OF[r["observation_status"]])
            for r in rows.iter_rows(named=True)
        ],
        say.edition_only(last),
        f"{last.year}: {say.number((last.value or 0) / 1000, 1)}",
        Role.SUBJECT if is_newest else Role.SECOND,
        Stroke.SOLID if is_newest else Stroke.DASHED,
        Markers.NONE,
    )


def sign_change(published: Published, area: str, say: Words) -> tuple[str, str] | None:
    """Finding: a later edition turned the sign of net migration for a recent year that both hold."""
    rows = yearly(published, area)
    gap = revised_lately(rows) if rows.height else None
    if gap is None or gap.before * gap.now >= 0 or abs(gap.now - gap.before) < SMALL_GAP:
        return None
    old, new = rows["edition"].unique().sort().to_list()[-2:]
    finding = say(
        "{area}: net migration for {year} changed its sign on paper, not because people moved",
        area=say.area(area),
        year=gap.year,
    )
    return finding, say(
        "The {old} edition said: {first}; the {new} edition says: {second}. Below: what is known, what is estimated, and when someone last looked.",
        old=old[:4],
        new=new[:4],
        first=_balance(gap.before, say),
        second=_balance(gap.now, say),
    )


def latest_balance(published: Published, area: str, say: Words) -> tuple[str, str] | None:
    """Finding: how many more came or left in the last year estimated, with its status; what stands against it below."""
    rows = yearly(published, area)
    if not rows.height:
        return None
    last = to_value(rows.row(-1, named=True))
    finding = say("{area} in {year}: {balance} ({status})", area=say.area(area), **_told(last, say))
    told = [
        say("By {edition}.", edition=say.edition(last)),
        _model_said(published, area, last, say),
        _old_extreme(rows, say),
    ]
    return finding, " ".join(part for part in told if part)


def _told(value: Value, say: Words) -> dict[str, object]:
    """The balance of one year with its status in words, for a heading."""
    return {
        "year": value.year,
        "balance": _balance(value.value or 0, say),
        "status": say.status(value.observation_status).lower(),
    }


def _model_said(published: Published, area: str, value: Value, say: Words) -> str:
    """What the independent model says of the same year."""
    of_year = interval(model_rows(published, area)).filter(pl.col("year") == value.year)
    if not of_year.height:
        return ""
    _, mean, low, high = of_year.row(0)
    return say(
        "An independent model says: {balance}; its 95% interval reaches from {low} to {high}.",
        balance=_balance(mean, say),
        low=_signed(low, say),
        high=_signed(high, say),
    )


def _old_extreme(rows: pl.DataFrame, say: Words) -> str:
    """For context: the year, however old, whose value the newest two editions disagree on most."""
    editions = rows["edition"].unique().sort().to_list()[-2:]
    if len(editions) < 2:
        return ""
    widest = _gaps(rows, *editions).sort("gap").tail(1)
    if not widest.height or widest["gap"][0] < SMALL_GAP:
        return ""
    return say(
        "The two newest editions differ most for {year}: {before} and {now}.",
        year=widest["year"][0],
        before=_signed(widest["before"][0], say),
        now=_signed(widest["now"][0], say),
    )


def _signed(value: float, say: Words) -> str:
    return str(numbers.amount(round(value), say.lang, _digits(value), signed=True))


def _digits(value: float) -> int:
    """Whole thousands below a million, three digits from there."""
    return 3 if abs(value) >= WHOLE_THOUSANDS else 2


def _balance(value: float, say: Words) -> str:
    many = say.amount(abs(round(value)), _digits(value))
    if value < 0:
        return say("{number} more left than came", number=many)
    return say("{number} more came than left", number=many)
