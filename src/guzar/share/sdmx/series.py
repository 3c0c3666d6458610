"""What every writer gets: the series of an answer, one after another, and what is asked about their form."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, TypeVar

from guzar.define.structures import Component
from guzar.share.sdmx.dataflows import Dataflow, Names

ALL_DIMENSIONS = "AllDimensions"
Made = TypeVar("Made")


# One observation within its series, a plain tuple because there are millions of them: the code of the dimension at the
# observation (mostly a period; "" where there is none); the number as printed, with a decimal point ("" where there is no
# number); the place of its attributes in `DataAnswer.attribute_sets`.
Observation = tuple[str, str, int]


class Series(NamedTuple):
    """Observations that share their key."""

    key: tuple[str, ...]  # the codes of `DataAnswer.key`, in their order
    attributes: tuple[str | None, ...]  # the values of `DataAnswer.series_attributes`
    observations: Sequence[Observation]


@dataclass(frozen=True)
class DataAnswer:
    """Rows that answer a query, and how they are to be told.

    A writer goes once through `series`, which may be long, and keeps nothing of it. `at` is the component at the
    observation, or None where the answer is flat (`flat` is then true, and a writer puts every dimension and attribute
    beside each value) or where the structure has no time. `attribute_sets` holds, at the place that an observation
    names, the values of `observation_attributes`, None where one has none.
    """

    flow: Dataflow
    series: Iterable[Series]
    key: tuple[Component, ...]
    at: Component | None
    flat: bool
    series_attributes: tuple[Component, ...]
    observation_attributes: tuple[Component, ...]
    attribute_sets: Sequence[tuple[str | None, ...]]
    has_values: bool  # False where measures were not asked for
    has_observations: bool  # False where only the keys of series were asked for
    codelists: Mapping[str, Mapping[str, Names]]  # names of codes, by codelist and code
    concepts: Mapping[str, Names]  # names of components, by their id
    languages: tuple[str, ...] = ("en",)  # as the reader would have them, the best first
    prepared: str = "2000-01-01T00:00:00Z"  # when, ISO 8601 in UTC: of the release, so that the same answer is the same bytes
    message: str = "GUZAR"  # an id of the message
    labels: str = "id"  # for CSV: id, name or both
    keys: tuple[str, ...] = ()  # for CSV 2.0: columns of keys asked for, of obs and series
    kept: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)  # by `once`

    def with_series(self, series: Iterable[Series]) -> "DataAnswer":
        """An answer of the same form with other rows. (`replace` takes ten times as long: it sets each field.)"""
        other = object.__new__(DataAnswer)
        other.__dict__.update(self.__dict__, series=series)
        return other

    def once(self, name: str, make: Callable[[], Made]) -> Made:
        """What follows from the form alone and not from the rows: made once for all answers of one form.

        Several threads may make it at the same time: whichever is kept, it says the same.
        """
        held: Made | None = self.kept.get(name)
        if held is None:
            held = self.kept[name] = make()
        return held
