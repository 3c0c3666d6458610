"""What a report page is made of: sections with sentences, tables and one chart, ready to be set."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Table:
    """A table as it is read: the first column names the row, columns from `numbers_from` on hold numbers."""

    caption: str
    heads: Sequence[str]
    rows: Sequence[Sequence[str]]
    numbers_from: int = 1


@dataclass(frozen=True)
class Bar:
    """One bar of the chart: what it counts, how many cells, its length in px."""

    label: str
    cells: str
    length: float


@dataclass(frozen=True)
class Section:
    """One part of the page; what it does not have is left out."""

    heading: str
    texts: Sequence[str] = ()
    points: Sequence[str] = ()
    tables: Sequence[Table] = ()
    bars: Sequence[Bar] = ()
    closing: Sequence[str] = ()
    chart: Mapping[str, str] = field(default_factory=dict)
