"""Releases: what leaves, under which name, and why an old one never changes."""

from __future__ import annotations

from guzar.use.observatory.content import Section
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

ID = "releases"
TITLE = "Releases"
FINDING = "A release is named by its content and never changes"
STANDFIRST = "These pages are made from one release and read no other figures. Every number on them can be found in it or worked out from its numbers."


def explain(published: Published, say: Words) -> list[Section]:
    """How a release is named, what it holds, what pages may compute."""
    return [
        Section(
            say("The rule"),
            [],
            paragraphs=[
                say(
                    "The name of a release is its date and a checksum of everything in it. The same content on the same day has the same name; any other content has another. No release is ever overwritten."
                ),
                say(
                    "This site was made from the release {release} of {date}.",
                    release=published.release,
                    date=published.date,
                ),
                say(
                    "A release holds SDMX-CSV with its structures, CSV and workbooks in two languages, Parquet, a data package, a README, licences and citations. A record lists every file with its checksum and every source file that the figures came from."
                ),
            ],
        ),
        Section(
            say("What may leave"),
            [],
            paragraphs=[
                say(
                    "Figures that a publisher has already put out pass by a marked path: each row must have a known source with a licence, and no column may identify a person. Figures made from records about persons leave only after disclosure control."
                ),
            ],
        ),
        Section(
            say("What pages compute"),
            [],
            paragraphs=[
                say(
                    "Pages count, add up and compare the cells they show, and format. Shares, tests, totals and estimates are computed before the release, carry a definition of their own, and are read from it."
                ),
            ],
        ),
    ]
