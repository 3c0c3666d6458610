"""analyse: from observations and a register to counts, indicators and estimates with their uncertainty.

In: observations. Out: observations of derived indicators, tests and decompositions.
May not: see a direct identifier.
"""
