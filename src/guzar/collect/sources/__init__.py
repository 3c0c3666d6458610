"""One module per source. A module lists its layouts in `LAYOUTS`; adding a module adds the source."""

import importlib
import pkgutil
from functools import cache

from guzar.collect.delivery import Layout


@cache
def layouts() -> dict[str, list[Layout]]:
    """All layouts that guzar can read, by source."""
    found: dict[str, list[Layout]] = {}
    for module in sorted(pkgutil.iter_modules(__path__), key=lambda m: m.name):
        for layout in importlib.import_module(f"{__name__}.{module.name}").LAYOUTS:
            found.setdefault(layout.source, []).append(layout)
    return found
