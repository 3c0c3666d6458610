"""Names spelled in several alphabets, folded to one form by tables that anyone can read."""

from guzar.process.names.fold import KINDS, NO_SUFFIX, fold_name, fold_names

__all__ = ["KINDS", "NO_SUFFIX", "fold_name", "fold_names"]
