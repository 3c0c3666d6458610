"""What a dataflow holds for a query → a data constraint, as `/availability` (SDMX REST 2) and `/availableconstraint` (1) answer.

The constraint says which codes each dimension has among the rows that fit, from when to when, and how many series and
observations there are: what a form for queries needs to offer only what leads somewhere.
"""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from guzar.languages import LANGUAGES, translate
from guzar.share.sdmx.artefacts import Annotation, Artefact, Reference
from guzar.share.sdmx.bodies import ConstraintBody, Content
from guzar.share.sdmx.dataflows import Dataflow

NAME = "Available data: {dataflow}"
METRICS = "sdmx_metrics"  # type of the annotations in which registries tell counts; pysdmx reads it


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
    held = Content(
        {one.id: tuple(codes[one.id]) for one in flow.dimensions if codes.get(one.id)},
        begin_of(first_period) if first_period else "",
        end_of(last_period) if last_period else "",
    )
    names = {
        language: translate(NAME, language).format(dataflow=flow.names.get(language, flow.id))
        for language in LANGUAGES
    }
    kind, id_ = "dataconstraint", f"{flow.id}_AVAILABILITY"
    return Artefact(
        kind,
        flow.agency,
        id_,
        flow.version,
        names,
        body=ConstraintBody(flow_itself, held),
        references=(flow_itself,),
        annotations=annotate_counts(series, observations),
    )


def annotate_counts(series: int, observations: int) -> tuple[Annotation, ...]:
    """The numbers of series and observations, as registries tell them: SDMX 3.0 has no other place for them."""
    counts = (("series_count", series), ("obs_count", observations))
    return tuple(Annotation(id_, str(count), METRICS) for id_, count in counts)


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
