"""A page with the same small signs many times → the same page with each sign drawn once and pointed at.

Signs and evidence tails stand beside thousands of numbers. Drawn anew each time they were a third of the site;
a sign that a page shows twice or more is drawn once, at the top of the page, and the others point at it with
SVG's `use`, which needs no script and no network.
"""

import re
from collections import Counter

from guzar.use.observatory.svg import Html, tag

# As svg.small_sign writes it: opening, class, size, drawing.
SMALL_SIGN = re.compile(
    r'<svg xmlns="http://www\.w3\.org/2000/svg" class="(?P<kind>[^"]*)" aria-hidden="true"'
    r' (?P<size>width="[^"]*" height="[^"]*") viewBox="[^"]*">(?P<drawing>.*?)</svg>',
    re.DOTALL,
)
OPENING = re.compile(r"<body[^>]*>")


def share_repeated_pictures(page: str) -> str:
    """The page with every small sign that it shows more than once drawn once; nothing else is changed."""
    shown = Counter(found["drawing"] for found in SMALL_SIGN.finditer(page))
    repeated = [drawing for drawing, count in shown.items() if count > 1]
    names = {drawing: f"s{number}" for number, drawing in enumerate(repeated, start=1)}
    if not names:
        return page
    drawn_once = tag(
        "svg",
        *(tag("g", drawing, id=name) for drawing, name in names.items()),
        # Out of sight, but not `display: none`, which some browsers do not point into.
        class_="hidden",
        aria_hidden="true",
        width=0,
        height=0,
    )
    shorter = SMALL_SIGN.sub(lambda found: _pointer(found, names), page)
    return OPENING.sub(lambda found: f"{found[0]}\n{drawn_once}", shorter, count=1)


def _pointer(found: re.Match[str], names: dict[str, str]) -> str:
    """The sign itself where it is the only one of its kind, else a pointer of the same size."""
    name = names.get(found["drawing"])
    if name is None:
        return found[0]
    points = tag("use", href=f"#{name}")
    return Html(
        f'<svg class="{found["kind"].partition(" ")[0]}" aria-hidden="true" {found["size"]}>{points}</svg>'
    )
