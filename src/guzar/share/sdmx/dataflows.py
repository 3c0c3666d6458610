"""What a dataflow of the service is: its names, its data structure and the components in their order."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from guzar.define.structures import ATTRIBUTE, DIMENSION, MEASURE, TIME, Component

Names = Mapping[str, str]  # a text by language: {"en": …, "ru": …}


@dataclass(frozen=True)
class Dataflow:
    """One dataflow with the components of its data structure.

    `components` holds the dimensions first, in the order of the key, the time dimension last of them (it may be
    missing), then the measure OBS_VALUE, then the attributes. An attribute with `attached_to` follows from one
    dimension and is told once per series; the others belong to the single observation.
    """

    agency: str
    id: str
    version: str
    names: Names
    structure: str  # id of the data structure; its agency and version are those of the dataflow
    components: tuple[Component, ...]

    @cached_property
    def dimensions(self) -> tuple[Component, ...]:
        """The dimensions of the series key: all but time."""
        return tuple(one for one in self.components if one.role == DIMENSION and one.id != TIME)

    @cached_property
    def time(self) -> Component | None:
        """The time dimension, or None where the structure has none."""
        return next((one for one in self.components if one.role == DIMENSION and one.id == TIME), None)

    @cached_property
    def measure(self) -> Component:
        """The measure."""
        return next(one for one in self.components if one.role == MEASURE)

    @cached_property
    def series_attributes(self) -> tuple[Component, ...]:
        """Attributes that follow from a dimension of the series key."""
        return tuple(one for one in self.components if one.role == ATTRIBUTE and one.attached_to)

    @cached_property
    def observation_attributes(self) -> tuple[Component, ...]:
        """Attributes of the single observation."""
        return tuple(one for one in self.components if one.role == ATTRIBUTE and not one.attached_to)
