"""The order of things: the only package that knows which room follows which.

collect → process → analyse → protect → share → use

What commands take from here stands in `__init__.pyi`. Each name is imported when it is first asked for: `guzar --help`
needs neither the linkage nor the solver.
"""

import ast
from functools import cache
from importlib import import_module
from pathlib import Path


@cache
def _places() -> dict[str, str]:
    """The module of every name that is offered here, as the stub lists them."""
    stub = ast.parse(Path(__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    lists = (node for node in stub.body if isinstance(node, ast.ImportFrom))
    return {alias.name: str(node.module) for node in lists for alias in node.names}


def __getattr__(name: str) -> object:
    if name not in _places():
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(import_module(_places()[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted(_places())
