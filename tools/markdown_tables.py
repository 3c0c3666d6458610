"""Tables as Markdown, for pages that people read: docs/acceptance."""

from collections.abc import Iterable, Sequence


def as_table(header: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Sequence[str] = ()) -> str:
    """A Markdown table; columns named in `numbers` stand to the right, an empty cell says nothing."""
    rule = ["---:" if name in numbers else "---" for name in header]
    lines = [_line(header), _line(rule), *(_line([_cell(cell) for cell in row]) for row in rows)]
    return "\n".join(lines)


def _line(cells: Sequence[object]) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def _cell(content: object) -> str:
    if content is None:
        return ""
    shown = f"{content:,}" if isinstance(content, int) and abs(content) > 9999 else str(content)
    return shown.replace("|", "\\|").replace("\n", " ")
