"""The SDMX REST service over a published release: nothing in it computes a figure, and nothing in it writes."""
