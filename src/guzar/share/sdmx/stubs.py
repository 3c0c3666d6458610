"""Artefacts without their content: what they are and where the whole can be had."""

from dataclasses import dataclass, replace

from guzar.share.sdmx.artefacts import Artefact


@dataclass(frozen=True)
class Stub:
    """The body of an artefact that is told without its content; `address` is where the whole stands, if known."""

    address: str


def make_stub(artefact: Artefact, address: str, *, is_complete: bool) -> Artefact:
    """The artefact without content; `is_complete` keeps its description."""
    kept = artefact.descriptions if is_complete else {}
    return replace(artefact, items=(), body=Stub(address), references=(), is_partial=False, descriptions=kept)


def is_stub(artefact: Artefact) -> bool:
    """Whether an artefact is told without its content."""
    return isinstance(artefact.body, Stub)


def whole_of(artefact: Artefact) -> str:
    """Where the whole of a stub stands; empty for what is whole."""
    return artefact.body.address if isinstance(artefact.body, Stub) else ""
