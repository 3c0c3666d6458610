"""share: for machines.

In: observations and releases. Out: SDMX, CSV, XLSX, data packages.
May not: compute a statistic.
"""
