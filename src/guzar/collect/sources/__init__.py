"""One module per source. A module lists its layouts in `LAYOUTS`; adding a module adds the source.

A module whose publisher has a service with pages of JSON says in `LIVE` how to ask it.
"""

import importlib
import pkgutil
from functools import cache

from guzar.collect.delivery import Layout
from guzar.collect.json_pages import PagedService


@cache
def layouts() -> dict[str, list[Layout]]:
    """All layouts that guzar can read, by source."""
    found: dict[str, list[Layout]] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        # A module of records about persons has no layouts: it says its form in `RECORDS`.
        for layout in getattr(importlib.import_module(f"{__name__}.{module.name}"), "LAYOUTS", ()):
            found.setdefault(layout.source, []).append(layout)
    return found


@cache
def live_services() -> dict[str, PagedService]:
    """All services that guzar can ask live, by source: the `LIVE` of a module."""
    modules = [
        importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)
    ]
    return {module.LIVE.source: module.LIVE for module in modules if hasattr(module, "LIVE")}
