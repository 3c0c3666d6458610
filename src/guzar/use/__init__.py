"""use: for people.

In: published files only. Out: pages, briefs, claim verdicts, reviews.
May not: read a table that is not published.
"""
