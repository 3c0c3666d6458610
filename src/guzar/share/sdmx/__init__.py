"""SDMX: structures and data of a release, as the standard writes them."""
