"""Every chart: well-formed, described, the same every time, sensible with nothing or one thing to draw."""

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guzar.use.observatory.charts import (
    Bar,
    EvidenceLine,
    Factor,
    Guess,
    Method,
    Panel,
    SexRow,
    SexWords,
    Steps,
    Strip,
    bar_chart,
    bar_in_cell,
    cost_chart,
    evidence_lines,
    line_chart,
    method_range,
    sex_bars,
    small_multiples,
    step_chart,
    truth_strips,
    waterfall,
)
from guzar.use.observatory.drawing import NARROW, WIDTHS, Drawing
from guzar.use.observatory.lettering import SEMIBOLD, text_width
from guzar.use.observatory.series import (
    Band,
    Break,
    Event,
    Line,
    Point,
    Revision,
    Role,
    Stroke,
    Target,
    Tick,
    Unit,
)
from guzar.use.observatory.signs import Status
from guzar.use.observatory.svg import NOTE, Caption

SVG = "{http://www.w3.org/2000/svg}"
CAPTION = Caption("figure-1", "Finding <one>", "Two lines & a break")
YEARS = range(1990, 2021, 5)
STOCK = [0.92, 0.96, 0.95, 1.06, 1.14, 1.147, 1.146]


def _lines(count: int = 7) -> list[Line]:
    here = [Point(year, value) for year, value in zip(YEARS, STOCK, strict=True)][:count]
    there = [Point(year, 2 - value, Status.ESTIMATED) for year, value in zip(YEARS, STOCK, strict=True)][
        :count
    ]
    return [
        Line(here, "Born in Uzbekistan, living in Russia", "1,146,175 · edition 2020"),
        Line(there, "Born in Russia, living in Uzbekistan", "last census 1989", Role.SECOND, Stroke.DOTTED),
    ]


def _full_line_chart() -> Drawing:
    return line_chart(
        CAPTION,
        _lines(),
        unit=Unit(after=" million"),
        width=740,
        bands=[Band([(1990, 0.8, 1.2), (2020, 0.9, 1.3)], "95%")],
        breaks=[Break(2003, "Border control ended:", "two rules")],
        revisions=[Revision(2015, 0.7, 1.147, "revision:", "0.4 million")],
        events=[Event(1989), Event(2010, "census")],
        targets=[Target(0.5, "half", "by 2030")],
    )


Make = Callable[[int], Drawing]
CHARTS: dict[str, Make] = {
    "line": lambda n: line_chart(CAPTION, _lines(n) if n else []),
    "step": lambda n: step_chart(
        CAPTION,
        [Steps([(2023.3 + i, 30.0 + i) for i in range(n)], "for 2022", Role.SUBJECT)],
        [Tick(2023.3, "Apr 2023")],
    ),
    "multiples": lambda n: small_multiples(
        CAPTION, [Panel(f"Area {i}", [Point(y, float(i)) for y in YEARS]) for i in range(n)], unit_after="%"
    ),
    "sex": lambda n: sex_bars(
        CAPTION,
        [SexRow(str(i), 10.0 * i, 9.0 * i, i == 1) for i in range(1, n + 1)],
        SexWords("Men", "Women"),
    ),
    "bars": lambda n: bar_chart(CAPTION, [Bar(f"Area {i}", 3.0 * i, str(i), i == 0) for i in range(n)]),
    "methods": lambda n: method_range(
        CAPTION,
        [Method(f"Method {i}", 50.0 * i, str(i), "by construction") for i in range(n)],
        "range: 0–300",
    ),
    "evidence": lambda n: evidence_lines(
        CAPTION, [EvidenceLine(f"Area {i}", 1990 + i, f"{30 - i} years") for i in range(n)], 2020
    ),
    "waterfall": lambda n: waterfall(
        CAPTION, [Factor(f"Factor {i}", 0.1, "+11%") for i in range(n)], Factor("Whole", 0.1 * n, "+")
    ),
    "strips": lambda n: truth_strips(CAPTION, [_strip(f"Measure {i}", 900.0 + i) for i in range(n)]),
    "cost": lambda n: cost_chart(
        CAPTION, [Point(2015 + i / 4, 3.0 + i) for i in range(n)], [Target(5, "5%")] if n else [], name="3.0"
    ),
}


def _strip(name: str, truth: float) -> Strip:
    estimate = Guess("Estimated", 910.0, "910", (905.0, 920.0), (890.0, 930.0))
    return Strip(
        name,
        truth,
        f"truth {truth:.0f}",
        [Guess("Left out", 700.0, "700"), Guess("Hidden", None, "–"), estimate],
    )


def _texts(svg: str) -> list[ET.Element]:
    return list(ET.fromstring(svg).iter(f"{SVG}text"))


@pytest.mark.parametrize("name", CHARTS)
@pytest.mark.parametrize("count", [0, 1, 2, 6])
def test_well_formed_described_and_repeatable(name: str, count: int) -> None:
    drawing = CHARTS[name](count)
    assert drawing == CHARTS[name](count)
    assert drawing.pictures[0][0] == NARROW
    for width, svg in drawing.pictures:
        root = ET.fromstring(svg)
        assert root.get("role") == "img"
        assert [child.tag for child in root][:2] == [f"{SVG}title", f"{SVG}desc"]
        assert root.get("aria-labelledby") == f"figure-1-{width}-title figure-1-{width}-desc"
        assert "nan" not in svg.lower().replace("nance", "")
        assert "style=" not in svg
        assert float(root.get("height", "0")) > 20


@pytest.mark.parametrize("name", CHARTS)
def test_two_drawings_are_not_one_scaled(name: str) -> None:
    drawing = CHARTS[name](4)
    assert {size.get("font-size") for size in _texts(drawing.narrow)} <= {"12", "12.5", "13"}
    assert {size.get("font-size") for size in _texts(drawing.wide)} <= {"12", "12.5", "13"}
    narrow = re.sub(r"figure-1-\d+", "", drawing.narrow)
    wide = re.sub(r"figure-1-\d+", "", drawing.wide)
    assert narrow.split("</desc>")[1] != wide.split("</desc>")[1]


def _box(text: ET.Element) -> tuple[float, float, float, float]:
    size = float(text.get("font-size", "12.5"))
    wide = text_width(text.text or "", size, SEMIBOLD if text.get("font-weight") else 400)
    shift = {"end": wide, "middle": wide / 2}.get(text.get("text-anchor", ""), 0)
    left, base = float(text.get("x", "0")) - shift, float(text.get("y", "0"))
    return left, base - size * 0.75, left + wide, base + size * 0.2


def _clash(first: ET.Element, second: ET.Element) -> bool:
    a, b = _box(first), _box(second)
    return a[0] < b[2] - 1 and b[0] < a[2] - 1 and a[1] < b[3] - 1 and b[1] < a[3] - 1


@pytest.mark.parametrize("width", [540, 740, 1120])
@pytest.mark.parametrize("name", [n for n in CHARTS if n != "multiples"])
def test_no_two_labels_overlap(name: str, width: int) -> None:
    drawing = CHARTS[name](6) if name != "line" else _full_line_chart()
    assert len(drawing.pictures) > 1
    for _, svg in drawing.pictures:
        texts = _texts(svg)
        clashes = [(a.text, b.text) for i, a in enumerate(texts) for b in texts[:i] if _clash(a, b)]
        assert clashes == []


def test_labels_stay_inside_the_drawing() -> None:
    for width, svg in _full_line_chart().pictures:
        assert all(_box(t)[0] >= -1 and _box(t)[2] <= width + 1 for t in _texts(svg))


def test_a_break_cuts_the_line_and_is_clay() -> None:
    points = [Point(2000 + i, 5.0) for i in range(10)]
    whole = line_chart(CAPTION, [Line(points, "a")]).wide
    cut = line_chart(CAPTION, [Line(points, "a")], breaks=[Break(2004.5, "new rule")]).wide
    strokes = [len(re.findall(r'<path d="M[^"]*" fill="none" stroke="#00677A"', svg)) for svg in (whole, cut)]
    assert strokes == [1, 2]
    assert NOTE in cut
    assert NOTE not in whole


def test_the_break_year_stands_alone_as_a_ring() -> None:
    svg = line_chart(
        CAPTION, [Line([Point(2000 + i, 5.0) for i in range(12)], "")], breaks=[Break(2005, "x")]
    ).wide
    assert svg.count('fill="#FFFFFF" stroke="#00677A"') == 1


def test_not_known_leaves_a_gap_and_is_never_on_the_axis() -> None:
    points = [Point(2000, 4), Point(2001, None), Point(2002, 4), Point(2003, 4)]
    svg = line_chart(CAPTION, [Line(points, "")]).wide
    path = re.findall(r'<path d="([^"]*)" fill="none" stroke="#00677A"', svg)
    assert len(path) == 1
    assert svg.count("<circle") == 3


def test_withheld_is_a_block_and_zero_a_digit() -> None:
    points = [Point(2000, 4), Point(2001, None, Status.WITHHELD), Point(2002, 0, Status.ZERO)]
    svg = line_chart(CAPTION, [Line(points, "")]).wide
    assert "scale(-1 1)" in svg
    assert [t.text for t in _texts(svg) if t.get("font-weight")] == ["0"]


@settings(deadline=None)
@given(st.lists(st.one_of(st.none(), st.floats(-1e9, 1e9)), max_size=30), st.sampled_from(["en", "ru"]))
def test_any_line_can_be_drawn(values: list[float | None], lang: str) -> None:
    line = Line([Point(1990 + i, value) for i, value in enumerate(values)], "Series", "note")
    drawing = line_chart(CAPTION, [line], lang="ru" if lang == "ru" else "en", width=540)
    assert [width for width, _ in drawing.pictures] == [328, 540]
    known = [value for value in values if value is not None]
    for _, svg in drawing.pictures:
        drawn = ET.fromstring(svg)
        coordinates = re.findall(r'(?:d|x|y|cx|cy|x1|x2|y1|y2)="([^"]*)"', svg)
        assert not [one for one in coordinates if re.search("nan|inf", one)]
        marks = {f"{SVG}path", f"{SVG}circle"} & {mark.tag for mark in drawn.iter()}
        assert marks or not known


def test_one_scale_for_all_panels_and_lengths_in_proportion() -> None:
    rects = ET.fromstring(CHARTS["sex"](4).wide).findall(f"{SVG}rect")
    lengths = [float(rect.get("width", "0")) for rect in rects]
    assert lengths[6] / lengths[0] == pytest.approx(4, rel=0.01)
    assert lengths[1] / lengths[0] == pytest.approx(0.9, rel=0.01)


def test_a_decomposition_must_add_up() -> None:
    with pytest.raises(ValueError, match="left out"):
        waterfall(CAPTION, [Factor("a", 0.1, "")], Factor("whole", 0.3, ""))


def test_modelled_from_modelled_is_hatched_and_never_teal() -> None:
    bar = bar_in_cell(Bar("cell", 5, "5", subject=True, status=Status.MODELLED), 10)
    assert "#00677A" not in bar
    assert 'fill="none"' in bar


def test_skipped_quarters_are_dotted() -> None:
    rounds = [Point(2015, 3), Point(2015.25, 3), Point(2016, 4), Point(2016.25, 4)]
    assert cost_chart(CAPTION, rounds, []).wide.count('stroke-dasharray="2 4"') == 1


def test_drawings_come_only_in_widths_the_style_knows() -> None:
    with pytest.raises(ValueError, match="px wide"):
        line_chart(CAPTION, _lines(), width=600)
    for width in WIDTHS:
        assert line_chart(CAPTION, _lines(), width=width).wide.count(f'width="{width}"') >= 1


def test_a_wide_drawing_has_one_for_the_printed_page() -> None:
    assert [width for width, _ in _full_line_chart().pictures] == [328, 680, 740]
    html = str(_full_line_chart())
    assert 'class="drawing fits-680 fits-740"' in html
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))


def test_a_caption_name_is_safe_as_an_id() -> None:
    with pytest.raises(ValueError, match="letters"):
        Caption('x" onload="', "t", "d")


def test_a_truth_stands_where_its_number_does() -> None:
    """The clay line lies on the axis of its strip: right of a smaller count, inside the interval that holds it."""
    for _, svg in truth_strips(CAPTION, [_strip("Measure", 906.0)]).pictures:
        root = ET.fromstring(svg)
        truth = [one for one in root.iter(f"{SVG}line") if one.get("stroke") == NOTE]
        interval = [one for one in root.iter(f"{SVG}line") if one.get("stroke-width") == "2.6"]
        marks = sorted(float(one.get("cx", "0")) for one in root.iter(f"{SVG}circle"))
        assert (len(truth), len(interval), len(marks)) == (1, 1, 2)
        at = float(truth[0].get("x1", "0"))
        assert (
            marks[0] < float(interval[0].get("x1", "0")) < at < marks[1] < float(interval[0].get("x2", "0"))
        )


def test_a_long_name_leaves_room_for_its_truth() -> None:
    """On a telephone it is wrapped; no two texts meet."""
    strip = _strip("Residents at the end of a year, whoever crossed the border at least once", 906.0)
    texts = _texts(truth_strips(CAPTION, [strip, strip]).narrow)
    assert len([text for text in texts if text.get("font-weight")]) > 4
    assert [(a.text, b.text) for i, a in enumerate(texts) for b in texts[:i] if _clash(a, b)] == []
    assert all(_box(text)[0] >= -1 and _box(text)[2] <= NARROW + 1 for text in texts)


def test_without_an_estimate_nothing_is_marked() -> None:
    """Not observed: the row has its name and the sign of no number, and neither dot nor bar."""
    strip = Strip("Measure", 5.0, "truth 5", [Guess("Estimated", None, "–")])
    root = ET.fromstring(truth_strips(CAPTION, [strip]).narrow)
    assert not list(root.iter(f"{SVG}circle"))
    assert [text.text for text in root.iter(f"{SVG}text")][:3] == ["Measure", "truth 5", "Estimated"]
