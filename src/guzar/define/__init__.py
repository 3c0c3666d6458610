"""define: what words mean.

In: nothing. Out: columns, tables, units, definitions, areas, regions, sources and editions, as declarations.
May not: import another room, read anything but its own codelists, compute a statistic.
"""
