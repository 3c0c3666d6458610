"""Series and observations as XML attributes named for the components: what structure-specific 2.1 and 3.0 share."""

from collections.abc import Iterator, Sequence

from guzar.define.structures import Component
from guzar.share.sdmx.formats.columns import MISSING, Layout, SuffixesBySeries, Texts, TextsBySet
from guzar.share.sdmx.formats.xml_text import escape


def write_specific(layout: Layout) -> Iterator[str]:
    """The content of a data set, one text per series."""
    return _flat(layout) if layout.flat else _grouped(layout)


def _values(components: Sequence[Component]) -> list[Texts]:
    """For each component, the XML attribute for each of its values, with a space before it."""

    def of(component: Component) -> Texts:
        return Texts(lambda value: f' {component.id}="{escape(value)}"')

    return [of(one) for one in components]


def _tell(texts: Sequence[Texts], values: Sequence[str | None]) -> str:
    return "".join([text[value] for text, value in zip(texts, values, strict=True) if value is not None])


def _grouped(layout: Layout) -> Iterator[str]:
    answer = layout.answer
    dimensions, own = _values(answer.key), _values(answer.series_attributes)
    if not answer.has_observations:
        for key, attributes, _ in answer.series:
            yield f"<Series{_tell(dimensions, key)}{_tell(own, attributes)}/>\n"
        return
    others = _values(answer.observation_attributes)
    at = _values((answer.at,))[0] if answer.at is not None else Texts(str)
    missing, measure, has_values = MISSING, answer.flow.measure.id, answer.has_values
    opened, closed = (f' {measure}="', '"') if has_values else ("", "")
    suffixes = TextsBySet(lambda values: f"{closed}{_tell(others, values)}/>", answer.attribute_sets)
    for key, attributes, observations in answer.series:
        told = "".join(
            [
                f"<Obs{at[period]}{opened}{(value or missing) if has_values else ''}{suffixes[number]}"
                for period, value, number in observations
            ]
        )
        yield f"<Series{_tell(dimensions, key)}{_tell(own, attributes)}>{told}</Series>\n"


def _flat(layout: Layout) -> Iterator[str]:
    answer, before = layout.answer, layout.before
    dimensions, attributes = _values(answer.key), _values(layout.attributes)
    at = _values((answer.at,))[0] if answer.at is not None else Texts(str)
    missing, measure, has_values = MISSING, answer.flow.measure.id, answer.has_values
    opened, closed = (f' {measure}="', '"') if has_values else ("", "")
    suffixes_by_series = SuffixesBySeries(lambda values: f"{closed}{_tell(attributes, values)}/>\n", layout)
    for series in answer.series:
        key = [text[code] for text, code in zip(dimensions, series.key, strict=True)]
        prefix, middle = "<Obs" + "".join(key[:before]), "".join(key[before:]) + opened
        suffixes = suffixes_by_series[series.attributes]
        yield "".join(
            [
                f"{prefix}{at[period]}{middle}{(value or missing) if has_values else ''}{suffixes[number]}"
                for period, value, number in series.observations
            ]
        )
