"""process: from published files to harmonised figures; from records to a register.

In: as-printed tables. Out: observations with area codes, unit, definition, source and edition.
May not: count.
"""
