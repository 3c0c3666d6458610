"""Elements of XML as text: short to write, and linear in their length."""

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from guzar.share.sdmx.dataflows import Names

LANGUAGES_FIRST = ("en", "ru")


def element(tag: str, attributes: Mapping[str, str] | None = None, *inside: str) -> str:
    """An element with attributes; `inside` is markup already. Attributes without a value are left out."""
    written = "".join(f" {name}={quoteattr(value)}" for name, value in (attributes or {}).items() if value)
    content = "".join(inside)
    return f"<{tag}{written}>{content}</{tag}>" if content else f"<{tag}{written}/>"


def text(content: str) -> str:
    """Text for the inside of an element."""
    return escape(content)


def in_languages(tag: str, names: Names) -> str:
    """One element per language, English first."""
    order = sorted(names, key=lambda one: (LANGUAGES_FIRST.index(one) if one in LANGUAGES_FIRST else 9, one))
    return "".join(element(tag, {"xml:lang": one}, text(names[one])) for one in order)
