"""Which format an answer has: `format=` and `labels=` in the address where a person says so, else the header Accept."""

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache

from guzar.share.sdmx.formats import Format, format_named, negotiate
from guzar.share.sdmx.refusals import BAD_REQUEST, NOT_ACCEPTABLE, QueryRefused

SHORT = (
    "csv",
    "csvfile",
    "json",
    "xml",
    "genericdata",
    "structurespecificdata",
)  # names for `format=` that are told
LABELS = ("id", "name", "both")


def choose_format(accept: str | None, given: Mapping[str, str], offered: tuple[Format, ...]) -> Format:
    """The format asked for, the first of those offered where nothing is; refused (400, 406) where it is not offered."""
    return _choose(accept, given.get("format"), given.get("labels"), offered)


@lru_cache(maxsize=1024)  # readers ask the same again and again
def _choose(accept: str | None, named: str | None, labels: str | None, offered: tuple[Format, ...]) -> Format:
    chosen = format_named(named, offered) if named else negotiate(accept, offered, offered[0])
    if chosen is None:
        if named:
            short = ", ".join(one for one in SHORT if format_named(one, offered))
            raise QueryRefused(
                BAD_REQUEST,
                "There is no format {format} here. There are: {known}.",
                format=named,
                known=short,
            )
        told = ", ".join(f"{one.media};version={one.version}" for one in offered)
        raise QueryRefused(
            NOT_ACCEPTABLE,
            "The format {format} is not offered. Offered: {known}.",
            format=accept,
            known=told,
        )
    if labels is None or chosen.syntax != "csv":
        return chosen
    if labels not in LABELS:
        raise QueryRefused(
            BAD_REQUEST, "labels is {labels}; expected: {known}.", labels=labels, known=", ".join(LABELS)
        )
    return replace(chosen, labels=labels)
