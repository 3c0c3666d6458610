"""What the writers share: the order of components, texts kept by code or by set of attributes, chunks of bytes.

An answer of millions of observations has few different codes, periods and sets of attributes. Each is turned into
text once and looked up afterwards, so that one observation costs one f-string.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from guzar.define.structures import TIME, Component
from guzar.share.sdmx.dataflows import Names
from guzar.share.sdmx.series import ALL_DIMENSIONS, DataAnswer

CHUNK, MOST_IN_CHUNK = 16 * 1024, 256 * 1024  # characters: few at first, so that an answer begins at once
MOST_KEPT = 1_000  # sets of series attributes whose texts are kept
MISSING = "NaN"  # where there is no number; see writers.py for why


class Texts(dict[str, str]):
    """The text of each code, made when it is first met."""

    def __init__(self, make: Callable[[str], str]) -> None:
        super().__init__()
        self.make = make

    def __missing__(self, code: str) -> str:
        self[code] = text = self.make(code)
        return text


class Numbers(dict[str | None, str]):
    """The place, as text, of each code in the list of those met so far."""

    def __missing__(self, code: str | None) -> str:
        self[code] = place = str(len(self))
        return place


class TextsBySet(dict[int, str]):
    """What follows the value of an observation, by the number of its set of attributes."""

    def __init__(
        self, make: Callable[[Sequence[str | None]], str], sets: Sequence[tuple[str | None, ...]]
    ) -> None:
        super().__init__()
        self.make, self.sets = make, sets

    def __missing__(self, number: int) -> str:
        self[number] = text = self.make(self.sets[number])
        return text


class SuffixesBySeries(dict[tuple[str | None, ...], TextsBySet]):
    """What follows a value where attributes of the series stand among those of the observation.

    Held by the values of the series attributes: few series have some of their own.
    """

    def __init__(self, make: Callable[[Sequence[str | None]], str], layout: "Layout") -> None:
        super().__init__()
        self.make, self.places, self.sets = make, layout.attribute_places, layout.answer.attribute_sets

    def __missing__(self, own: tuple[str | None, ...]) -> TextsBySet:
        def tell(others: Sequence[str | None]) -> str:
            values = (*own, *others)
            return self.make([values[place] for place in self.places])

        if len(self) >= MOST_KEPT:
            self.clear()
        self[own] = suffixes = TextsBySet(tell, self.sets)
        return suffixes


@dataclass(frozen=True)
class Layout:
    """Where the components of an answer stand in a row: dimensions and attributes as the data structure has them."""

    answer: DataAnswer
    before: int  # how many dimensions of the key come before the one at the observation
    dimensions: tuple[Component, ...]
    attributes: tuple[Component, ...]
    attribute_places: tuple[
        int, ...
    ]  # of `attributes` in the values of the series followed by those of the set
    flat: bool  # every observation with its whole key


def lay_out(answer: DataAnswer) -> Layout:
    """The layout of an answer. An answer without a dimension at the observation is flat, but for mere series keys."""
    return Layout(answer, *answer.once("layout", lambda: _places(answer)))


def _places(
    answer: DataAnswer,
) -> tuple[int, tuple[Component, ...], tuple[Component, ...], tuple[int, ...], bool]:
    place = {one.id: number for number, one in enumerate(answer.flow.components)}
    before = len(answer.key)
    if answer.at is not None and answer.has_observations:
        before = sum(place.get(one.id, -1) < place.get(answer.at.id, len(place)) for one in answer.key)
    at = (answer.at,) if answer.at is not None and answer.has_observations else ()
    given = (*answer.series_attributes, *(answer.observation_attributes if answer.has_observations else ()))
    order = tuple(sorted(range(len(given)), key=lambda one: place.get(given[one].id, len(place))))
    return (
        before,
        (*answer.key[:before], *at, *answer.key[before:]),
        tuple(given[one] for one in order),
        order,
        (answer.flat or answer.at is None) and answer.has_observations,
    )


def dimension_at_observation(answer: DataAnswer) -> str:
    """As a header tells it: the id of a dimension, or AllDimensions."""
    if answer.at is not None and not answer.flat:
        return answer.at.id
    if answer.has_observations or answer.flow.time is None:
        return ALL_DIMENSIONS
    return TIME


def name_of(names: Names, languages: Sequence[str], otherwise: str) -> str:
    """The name in the language that the reader likes best, else in English, else in any."""
    for language in (*languages, "en"):
        if names.get(language):
            return names[language]
    return next(iter(names.values()), otherwise)


def code_names(answer: DataAnswer, component: Component) -> dict[str, Names]:
    """The names of a component's codes; empty where it has no codelist."""
    return dict(answer.codelists.get(component.codelist, {})) if component.codelist else {}


def write_chunks(texts: Iterable[str]) -> Iterator[bytes]:
    """Texts joined to chunks of UTF-8, each twice as long as the one before up to 256 kB: a chunk costs time of its own.

    A lone half of a surrogate pair, no text at all, becomes "?".
    """
    held: list[str] = []
    size, enough = 0, CHUNK
    for text in texts:
        held.append(text)
        size += len(text)
        if size >= enough:
            yield "".join(held).encode("utf-8", "replace")
            held.clear()
            size, enough = 0, min(2 * enough, MOST_IN_CHUNK)
    if held:
        yield "".join(held).encode("utf-8", "replace")
