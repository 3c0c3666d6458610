"""protect: the only door out.

In: observations that are public already. Out: released figures, the only tables that `share` accepts.
May not: change a definition.
"""
