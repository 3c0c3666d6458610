"""What a chart is drawn from: plain, frozen values without any drawing in them.

A horizontal place (``x``) is a year, or a year and a fraction (a third quarter begins at 2020.5). ``y`` is
the value in the unit of the axis; ``None`` is not known and leaves a gap, never a point on the axis."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from guzar.use.observatory.signs import Status


class Role(Enum):
    """How loud a series is. One subject at most: it alone is teal."""

    SUBJECT = "subject"
    SECOND = "second"
    COMPARISON = "comparison"


class Stroke(Enum):
    """Solid was seen; dashed is an edition or a model; dotted is carried forward or preliminary."""

    SOLID = "solid"
    DASHED = "dashed"
    DOTTED = "dotted"


class Markers(Enum):
    """Which points of a line get a dot or ring. Points without neighbours always have one.

    ``SMALL`` marks every point with a small dot and the last with a full one: survey rounds, quarter by
    quarter."""

    ALL = "all"
    SMALL = "small"
    LAST = "last"
    NONE = "none"


@dataclass(frozen=True)
class Point:
    """One value. ``stroke`` says how it is joined to the point before it, if not as the rest of its line.

    ``status``: observed is a solid dot, estimated a ring, zero the digit 0, withheld a block on the axis.
    ``label`` is written beside the point."""

    x: float
    y: float | None
    status: Status = Status.OBSERVED
    label: str = ""
    stroke: Stroke | None = None


@dataclass(frozen=True)
class Line:
    """A series: ``name`` in bold at its end, ``note`` under it (last value, edition, last census)."""

    points: Sequence[Point]
    name: str
    note: str = ""
    role: Role = Role.SUBJECT
    stroke: Stroke = Stroke.SOLID
    markers: Markers | None = None


@dataclass(frozen=True)
class Band:
    """A published interval around a series: (x, low, high) in order. ``level`` names it: "95%"."""

    points: Sequence[tuple[float, float, float]]
    level: str


@dataclass(frozen=True)
class Break:
    """A change of definition or basis at ``x``: the line is cut. ``words`` say what changed, in at most five
    words."""

    x: float
    words: str
    note: str = ""


@dataclass(frozen=True)
class Revision:
    """The value of one reference year in an earlier edition (``old``) and the newest (``new``)."""

    x: float
    old: float
    new: float
    words: str = ""
    note: str = ""


@dataclass(frozen=True)
class Event:
    """Something dated that is not a value, under the axis: a census. Say once what the mark means."""

    x: float
    words: str = ""


@dataclass(frozen=True)
class Target:
    """An agreed value, drawn as a long dash: "5%", "no corridor above"."""

    y: float
    words: str
    note: str = ""


@dataclass(frozen=True)
class Unit:
    """Written once, around the topmost label of the axis: ``Unit(after=" million")``, ``Unit("US$ ", "
    bn")``."""

    before: str = ""
    after: str = ""


@dataclass(frozen=True)
class Tick:
    """A labelled place on the horizontal axis, where years alone will not do."""

    x: float
    words: str
