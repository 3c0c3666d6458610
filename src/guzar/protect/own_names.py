"""Names of columns that guzar writes itself: a column of the counts with such a name would be lost, or taken for it."""

from collections.abc import Sequence

from guzar.errors import SettingsInvalid

OWN_NAMES = frozenset(
    {
        # a released table, and how it is read again
        "table",
        "confidentiality_status",
        "disclosure_method",
        "lower",
        "upper",
        "cell_key",
        "contributors",
        # the officer's list of hidden cells
        "hidden_because",
        "protection",
        "hidden",
        # what an attack finds
        "is_inner",
        "was_shown",
        "small_change",
        "is_small",
        "release",
    }
)
# Names under which counts and contributors are held while they are worked with: no dimension may have them.
HELD_NAMES = frozenset({"count", "contributor", "cell", "at", "_amount", "_rank"})


def require_free_names(dimensions: Sequence[str], count: str, contributor: str | None = None) -> None:
    """Refuse (SettingsInvalid) columns that are named like guzar's own, or named for two purposes."""
    measured = [count, *([contributor] if contributor else [])]
    own = [name for name in (*dimensions, *measured) if name in OWN_NAMES]
    own += [name for name in dimensions if name in HELD_NAMES and name not in measured]
    twice = [name for name in measured if name in dimensions or measured.count(name) > 1]
    if own or twice:
        raise SettingsInvalid(
            "These names of columns are guzar's own: {names}."
            if own
            else "One column has two uses: {names}.",
            expected="dimensions, count and contributor that are different columns, with names that guzar does not use "
            "itself ({known})",
            do="Rename the column in the file, or name another one: --dimensions, --count and --contributor, or the same "
            "keys in guzar.toml.",
            names=", ".join(dict.fromkeys(own or twice)),
            known=", ".join(sorted(OWN_NAMES)),
        )
