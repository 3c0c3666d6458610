"""Figures that several pages share: each function takes the release and a speaker, and returns a Figure or None.

None means that no released value supports the figure; the page then leaves it out.
"""
