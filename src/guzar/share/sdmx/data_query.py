"""What is asked of a dataflow, whichever version of the SDMX REST interface it was asked in."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from guzar.share.sdmx.dataflows import Dataflow


@dataclass(frozen=True)
class Condition:
    """A filter on one component, as `c[TIME_PERIOD]=ge:2015+le:2020,2010`: alternatives of which one must hold.

    Each alternative is a list of terms that must all hold; a term is an operator (eq ne lt le gt ge co nc sw ew) and a
    value. Conditions are joined by AND.
    """

    component: str
    alternatives: tuple[tuple[tuple[str, str], ...], ...]


Term = tuple[str, bool]  # of `sort`: a component, and whether its values go down


@dataclass(frozen=True)
class DataQuery:
    """A query for data of one dataflow.

    `keys` are alternatives; each gives, for some dimensions of the series key, the codes that fit; no alternative
    means all series. Without `include_history`, `as_of` or an edition named in key or conditions, the rows are
    those of the latest edition that has a row for the key and period.
    """

    flow: Dataflow
    keys: tuple[Mapping[str, frozenset[str]], ...] = ()
    conditions: tuple[Condition, ...] = ()
    start: date | None = None  # periods that begin on this day or later
    end: date | None = None  # periods that end on this day or earlier
    updated_after: datetime | None = None
    as_of: datetime | None = None
    include_history: bool = False
    first: int | None = None  # observations per series
    last: int | None = None
    at: str = "TIME_PERIOD"  # the dimension at the observation, or AllDimensions
    attributes: frozenset[str] | None = None  # ids; None: all
    measures: frozenset[str] | None = None
    has_observations: bool = True
    offset: int = 0  # observations (or keys of series) left out at the beginning
    sort: tuple[Term, ...] = ()  # the first weighs most; none: by the key
    limit: int | None = None  # observations (or keys of series) at most
