"""The forms of charts. Each takes frozen data and gives a ``Drawing``: one SVG per width, none a scaled
copy."""

from guzar.use.observatory.charts.bars import Bar, bar_chart, bar_in_cell
from guzar.use.observatory.charts.cost_chart import cost_chart
from guzar.use.observatory.charts.evidence_lines import EvidenceLine, evidence_lines
from guzar.use.observatory.charts.line_chart import line_chart
from guzar.use.observatory.charts.method_range import Method, method_range
from guzar.use.observatory.charts.sex_bars import SexRow, SexWords, sex_bars
from guzar.use.observatory.charts.small_multiples import Panel, small_multiples
from guzar.use.observatory.charts.step_chart import Steps, step_chart
from guzar.use.observatory.charts.truth_strips import Guess, Strip, truth_strips
from guzar.use.observatory.charts.waterfall import Factor, waterfall

__all__ = [
    "Bar",
    "EvidenceLine",
    "Factor",
    "Guess",
    "Method",
    "Panel",
    "SexRow",
    "SexWords",
    "Steps",
    "Strip",
    "bar_chart",
    "bar_in_cell",
    "cost_chart",
    "evidence_lines",
    "line_chart",
    "method_range",
    "sex_bars",
    "small_multiples",
    "step_chart",
    "truth_strips",
    "waterfall",
]
