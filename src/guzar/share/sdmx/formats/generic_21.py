"""SDMX-ML 2.1 GenericData, as series or flat: the form that the R package rsdmx and most older clients read."""

from collections.abc import Iterator, Sequence

from guzar.define.structures import Component
from guzar.share.sdmx.formats.columns import (
    MISSING,
    Layout,
    SuffixesBySeries,
    Texts,
    TextsBySet,
    lay_out,
    write_chunks,
)
from guzar.share.sdmx.formats.xml_text import SCHEMAS, escape, reference_21, write_header
from guzar.share.sdmx.series import DataAnswer

START = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<message:GenericData xmlns:message="{SCHEMAS}/v2_1/message" xmlns:common="{SCHEMAS}/v2_1/common"'
    f' xmlns:generic="{SCHEMAS}/v2_1/data/generic">'
)
END = "</message:DataSet></message:GenericData>"


def write_generic_21(answer: DataAnswer) -> Iterator[bytes]:
    """A message in UTF-8; a value that is missing is NaN, one that was not asked for is left out."""
    return write_chunks(_texts(lay_out(answer)))


def _texts(layout: Layout) -> Iterator[str]:
    answer = layout.answer
    yield START + write_header(answer, reference_21(answer))
    yield f'<message:DataSet structureRef="{escape(answer.flow.structure)}" action="Information">\n'
    yield from _flat(layout) if layout.flat else _grouped(layout)
    yield END


def _values(components: Sequence[Component]) -> list[Texts]:
    """For each component, the text of each of its values."""

    def of(component: Component) -> Texts:
        return Texts(lambda value: f'<generic:Value id="{escape(component.id)}" value="{escape(value)}"/>')

    return [of(one) for one in components]


def _attributes(texts: Sequence[Texts], values: Sequence[str | None]) -> str:
    told = "".join([text[value] for text, value in zip(texts, values, strict=True) if value is not None])
    return f"<generic:Attributes>{told}</generic:Attributes>" if told else ""


def _value(answer: DataAnswer) -> tuple[str, str]:
    """What stands before and after a value."""
    return ('<generic:ObsValue value="', '"/>') if answer.has_values else ("", "")


def _grouped(layout: Layout) -> Iterator[str]:
    answer = layout.answer
    dimensions, own = _values(answer.key), _values(answer.series_attributes)
    others = _values(answer.observation_attributes)
    at, missing = Texts(escape), MISSING
    opened, closed = _value(answer)
    suffixes = TextsBySet(
        lambda values: f"{closed}{_attributes(others, values)}</generic:Obs>", answer.attribute_sets
    )
    has_values = answer.has_values
    for key, attributes, observations in answer.series:
        start = "".join([text[code] for text, code in zip(dimensions, key, strict=True)])
        told = "".join(
            [
                f'<generic:Obs><generic:ObsDimension value="{at[period]}"/>{opened}'
                f"{(value or missing) if has_values else ''}{suffixes[number]}"
                for period, value, number in (observations if answer.has_observations else ())
            ]
        )
        yield (
            f"<generic:Series><generic:SeriesKey>{start}</generic:SeriesKey>"
            f"{_attributes(own, attributes)}{told}</generic:Series>\n"
        )


def _flat(layout: Layout) -> Iterator[str]:
    answer, before = layout.answer, layout.before
    dimensions, attributes = _values(answer.key), _values(layout.attributes)
    at = _values((answer.at,))[0] if answer.at is not None else Texts(str)
    opened, closed = _value(answer)
    missing, has_values = MISSING, answer.has_values

    def tell(values: Sequence[str | None]) -> str:
        return f"{closed}{_attributes(attributes, values)}</generic:Obs>\n"

    suffixes_by_series = SuffixesBySeries(tell, layout)
    for series in answer.series:
        key = [text[code] for text, code in zip(dimensions, series.key, strict=True)]
        prefix = "<generic:Obs><generic:ObsKey>" + "".join(key[:before])
        middle = "".join(key[before:]) + "</generic:ObsKey>" + opened
        suffixes = suffixes_by_series[series.attributes]
        yield "".join(
            [
                f"{prefix}{at[period]}{middle}{(value or missing) if has_values else ''}{suffixes[number]}"
                for period, value, number in series.observations
            ]
        )
