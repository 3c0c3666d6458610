"""Releases: what changed since the last one, which there are, where each stays, and how to be told of the next."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from guzar.define.sources import edition_label
from guzar.define.structures import DECIMALS, code_names
from guzar.use.observatory.content import Figure, Page, Section, filled, kept, path_to
from guzar.use.observatory.feeds import CALENDAR, FEED
from guzar.use.observatory.history import RECORD
from guzar.use.observatory.numbers import number
from guzar.use.observatory.published import Published
from guzar.use.observatory.signs import Status, sign
from guzar.use.observatory.svg import Html, tag, words
from guzar.use.observatory.tables import link, plain_table, with_note
from guzar.use.observatory.words import Words

PATH = "releases.html"
LABELS = {
    "revision": "Revision",
    "status": "Other kind of number",
    "addition": "Addition",
    "break": "Break",
    "removal": "Removal",
}
SIGNS = {"revision": Status.REVISION, "break": Status.BREAK}
SHOWN = 25  # rows of the widest revisions, breaks and removals on the page; the file holds all


def make_pages(published: Published, say: Words) -> Iterator[Page]:
    """The page of releases: of a first release too, which then says so."""
    yield Page(
        path=PATH,
        nav="data/index.html",
        title=say("Releases and changes"),
        finding=_finding(published, say),
        standfirst=say(
            "Here one release of guzar is compared with the one before it. What publishers revised from one edition to the next stands on the page of revisions."
        ),
        crumbs=path_to(say, (say("Data"), "data/index.html"), (say("Releases and changes"), "")),
        sections=filled(
            [
                Section(
                    say("What changed"),
                    kept([_by_indicator(published, say), _widest(published, say)]),
                    id="changes",
                ),
                Section(say("Releases of this place"), kept([_releases(published, say)]), id="all"),
                Section(say("Be told of the next"), [_follow(say)], id="follow"),
            ]
        ),
        explains_tail=False,
    )


def _finding(published: Published, say: Words) -> str:
    history = published.history
    if history.changes is None:
        return say("No earlier release is held here: nothing to compare with")
    if not history.changes.height:
        return say("No value changed since the release of {date}", date=say.date(history.earlier[-1].date))
    return say(
        "{count} since the release of {date}",
        count=say.count("{count} value changed", "{count} values changed", history.changes.height),
        date=say.date(history.earlier[-1].date),
    )


def _by_indicator(published: Published, say: Words) -> Figure | None:
    """How many values of each indicator have each label; the file beside it holds every change."""
    changes = published.history.changes
    if changes is None or not changes.height:
        return None
    counted: dict[str, dict[str, int]] = {}
    for indicator, change, count in changes.group_by("indicator", "change").len().iter_rows():
        counted.setdefault(indicator, {})[change] = count
    ordered = sorted(counted, key=lambda one: -sum(counted[one].values()))
    names = code_names("CL_INDICATOR", say.lang)
    rows = [
        [words(names.get(one, one)), *(words(say.number(counted[one].get(x, 0))) for x in LABELS)]
        for one in ordered
    ]
    heading = say("Changes by indicator, each kind apart")
    sub = say(
        "A revision is another value; a break, another definition or unit; an addition, a new series or period. Every change is in the files"
    )
    head = [say("Indicator"), *(say(label) for label in LABELS.values())]
    told = say(
        "Releases {earlier} and {later}.", earlier=published.history.earlier[-1].id, later=published.release
    )
    table = plain_table(heading, head, rows, numeric=set(range(1, len(head))))
    return Figure("by-indicator", heading, sub, table, told, rows=_in_words(changes, say), shows_table=False)


def _in_words(changes: pl.DataFrame, say: Words) -> pl.DataFrame:
    labels = {change: say(label) for change, label in LABELS.items()}
    first = ["change", "indicator", "area", "counterpart", "sex", "period", "value_before", "value"]
    return changes.select(*first, pl.exclude(first)).with_columns(
        pl.col("change").replace_strict(labels, return_dtype=pl.String)
    )


def _widest(published: Published, say: Words) -> Figure | None:
    """Breaks and removals first, then the revisions that moved most in proportion."""
    changes = published.history.changes
    if changes is None:
        return None
    weight = (pl.col("value") - pl.col("value_before")).abs() / pl.max_horizontal(
        pl.col("value").abs(), pl.col("value_before").abs(), pl.lit(1e-12)
    )
    order = pl.col("change").replace_strict({"break": 0, "removal": 1, "revision": 2}, default=3)
    chosen = (
        changes.filter(pl.col("change").is_in(["break", "removal", "revision"]))
        .with_columns(weight=weight, order=order)
        .sort(
            "order",
            "weight",
            "indicator",
            "area",
            "counterpart",
            "period",
            descending=[False, True] + [False] * 4,
        )
        .head(SHOWN)
    )
    if not chosen.height:
        return None
    heading = say("Breaks and removals, then the widest revisions")
    rows = [_row(row, say) for row in chosen.iter_rows(named=True)]
    head = [say("Figure"), say("Before"), say("Now"), say("What happened")]
    table = plain_table(heading, head, rows, numeric={1, 2}, class_="revised")
    return Figure("widest", heading, "", table, "", shows_table=False)


def _row(row: Mapping[str, object], say: Words) -> list[Html]:
    change = str(row["change"])
    place = say.area(str(row["area"]))
    if row["counterpart"] not in ("_T", "_Z"):
        place = f"{place} ← {say.area(str(row['counterpart']))}"
    label = Html(sign(SIGNS[change]) + " ") if change in SIGNS else Html("")
    return [
        with_note(f"{place}, {say.period(str(row['period']))}", say.definition(str(row["definition"]))),
        _value(row, "_before", say),
        _value(row, "", say),
        tag("span", label, words(say(LABELS[change]))),
    ]


def _value(row: Mapping[str, object], ending: str, say: Words) -> Html:
    value, edition = row[f"value{ending}"], row[f"edition{ending}"]
    if edition is None or (not ending and row["change"] == "removal"):
        return words("··")
    shown = "··" if value is None else number(float(str(value)), say.lang, _decimals(row, ending))
    return with_note(shown, edition_label(str(row["source"]), str(edition), say.lang))


def _decimals(row: Mapping[str, object], ending: str) -> int:
    """Two for shares, whose revisions are small; else those of the unit."""
    unit = str(row[f"unit{ending}"])
    return 2 if unit == "percent" else DECIMALS.get(unit, 0)


def _releases(published: Published, say: Words) -> Figure | None:
    """Every release with its day and its lasting address."""
    if published.folder is None:
        return None
    own = (published.release, published.date, published.figures.height, [f"{published.release}.zip", RECORD])
    past = [(one.id, one.date, one.values, one.files) for one in reversed(published.history.earlier)]
    rows = []
    for release, date, values, files in [own, *past]:
        links = [tag("li", link(name, f"../data/{release}/{name}")) for name in files]
        rows.append(
            [
                words(release),
                words(say.date(date)),
                words(say.number(values)),
                tag("ul", *links, class_="files"),
            ]
        )
    heading = say("Each release keeps its address")
    sub = say(
        "Files under data/latest are always those of the newest release. Archive and record under data/{release} stay what they are: cite these",
        release=published.release,
    )
    head = [say("Release"), say("Date"), say("Rows"), say("Files")]
    return Figure(
        "releases", heading, sub, plain_table(heading, head, rows, numeric={2}), "", shows_table=False
    )


def _follow(say: Words) -> Figure:
    """The feed and the calendar, each by its link."""
    rows = [
        [
            link(say("Feed of releases (Atom)"), FEED),
            words(say("One entry per release, with what changed in it")),
        ],
        [
            link(say("Calendar (ICS)"), CALENDAR),
            words(
                say(
                    "Releases made here and editions put out by publishers. Days to come are missing: no publisher held here names them"
                )
            ),
        ],
    ]
    heading = say("Feed and calendar")
    table = plain_table(heading, [say("Files"), say("Content")], rows)
    return Figure("feed", heading, "", table, "", shows_table=False)
