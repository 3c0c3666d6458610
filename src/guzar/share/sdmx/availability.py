"""What a dataflow holds for a query → a data constraint, as `/availability` (SDMX REST 2) and `/availableconstraint` (1) answer.

The constraint says which codes each dimension has among the rows that fit, from when to when, and how many series and
observations there are: what a form for queries needs to offer only what leads somewhere.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from guzar.languages import LANGUAGES, translate
from guzar.share.sdmx.artefacts import Artefact, Reference
from guzar.share.sdmx.dataflows import Dataflow, Names

NAME = "Available data: {dataflow}"
METRICS = "sdmx_metrics"  # type of the annotations in which registries tell counts; pysdmx reads it


@dataclass(frozen=True)
class Annotation:
    """A note to an artefact, of a type that programs know."""

    id: str
    title: str
    type: str
    texts: Names | None = None


@dataclass(frozen=True)
class DataConstraint:
    """The body of an artefact of kind dataconstraint: one cube region.

    `codes` holds the codes by dimension, in the order of the key; a dimension that is not named is not restricted.
    `start` and `end` bound the time dimension, both included, as standard periods or days; None where time is not told.
    """

    role: str  # Actual: what is there; Allowed: what may be
    attached_to: Reference
    codes: Mapping[str, tuple[str, ...]]
    start: str | None = None
    end: str | None = None
    annotations: tuple[Annotation, ...] = ()


def make_availability(
    flow: Dataflow,
    codes: Mapping[str, Sequence[str]],
    first_period: str | None,
    last_period: str | None,
    observations: int,
    series: int,
) -> Artefact:
    """The data constraint that tells what is there of a dataflow.

    `codes` gives, by dimension, the codes found; dimensions come in the order of the key. `first_period` and
    `last_period` are SDMX periods, spans as 2015-07-01/P5Y among them; both None where time was not asked for or
    nothing was found.
    """
    flow_itself = Reference("dataflow", flow.agency, flow.id, flow.version)
    counts = (("series_count", series), ("obs_count", observations))
    body = DataConstraint(
        role="Actual",
        attached_to=flow_itself,
        codes={one.id: tuple(codes[one.id]) for one in flow.dimensions if codes.get(one.id)},
        start=begin_of(first_period) if first_period else None,
        end=end_of(last_period) if last_period else None,
        annotations=tuple(Annotation(id_, str(count), METRICS) for id_, count in counts),
    )
    names = {
        language: translate(NAME, language).format(dataflow=flow.names.get(language, flow.id))
        for language in LANGUAGES
    }
    kind, id_ = "dataconstraint", f"{flow.id}_AVAILABILITY"
    return Artefact(kind, flow.agency, id_, flow.version, names, body=body, references=(flow_itself,))


def begin_of(period: str) -> str:
    """A period as the beginning of a time range: a span is not allowed there, so its first day stands for it."""
    return period.partition("/")[0]


def end_of(period: str) -> str:
    """A period as the end of a time range: of a span, its last day."""
    first, _, length = period.partition("/")
    if not length:
        return period
    start, years = date.fromisoformat(first), int(length.removeprefix("P").removesuffix("Y"))
    return (start.replace(year=start.year + years) - timedelta(days=1)).isoformat()
