"""The feed of releases (Atom, RFC 4287) and the calendar of releases and editions (iCalendar, RFC 5545).

The calendar holds days that are known: those of releases made here, and those on which publishers put out the editions
held. An edition known by month or year spans it. No day to come is made up.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from xml.sax.saxutils import escape

from guzar.define.sources import edition_label, sources
from guzar.use.observatory.published import Published
from guzar.use.observatory.words import Words

FEED = "data/releases.atom"  # below the folder of a language
CALENDAR = "data/releases.ics"
LONGEST_LINE = 75  # octets of a line of a calendar


def write_feeds(published: Published, out: Path, say: Words) -> None:
    """Write the feed and the calendar of one language below its folder `out`."""
    (out / FEED).parent.mkdir(parents=True, exist_ok=True)
    (out / FEED).write_bytes(make_feed(published, say).encode("utf-8"))
    (out / CALENDAR).write_bytes(make_calendar(published, say).encode("utf-8"))


def make_feed(published: Published, say: Words) -> str:
    """Atom: one entry per release, the newest first; addresses are relative to the feed."""
    entries = [_entry(published.release, published.date, _changed(published, say), say)]
    entries += [_entry(one.id, one.date, "", say) for one in reversed(published.history.earlier)]
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        f'<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="{say.lang}">\n'
        f"<title>{escape(say('guzar: releases'))}</title>\n"
        "<id>urn:guzar:releases</id>\n"
        f"<updated>{published.date}T00:00:00Z</updated>\n"
        f"<author><name>{escape(_author(published, say))}</name></author>\n"
        '<link rel="self" href="releases.atom"/>\n'
        f'<link rel="alternate" type="text/html" hreflang="{say.lang}" href="../releases.html"/>\n'
        f"{''.join(entries)}</feed>\n"
    )


def _author(published: Published, say: Words) -> str:
    """Who the feed is from: Atom asks for a name; where nobody is declared, it is the program's."""
    return published.publisher.name(say.lang) if published.publisher else "guzar"


def _entry(release: str, day: str, summary: str, say: Words) -> str:
    title = say("Release {release} of {date}", release=release, date=day)
    return (
        f"<entry>\n<title>{escape(title)}</title>\n<id>urn:guzar:release:{release}</id>\n"
        f"<updated>{day}T00:00:00Z</updated>\n"
        f'<link rel="alternate" type="text/html" href="../releases.html"/>\n'
        f'<link rel="enclosure" type="application/zip" href="../../data/{release}/{release}.zip"/>\n'
        f"<summary>{escape(summary or title)}</summary>\n</entry>\n"
    )


def _changed(published: Published, say: Words) -> str:
    """What changed in the newest release, in one sentence."""
    history = published.history
    if history.changes is None:
        return say("The first release held here.")
    held = dict(history.changes["change"].value_counts().iter_rows())
    return say(
        "Since {release}: revisions {revisions}, additions {additions}, breaks {breaks}, removals {removals}.",
        release=history.earlier[-1].id,
        revisions=say.number(held.get("revision", 0) + held.get("status", 0)),
        additions=say.number(held.get("addition", 0)),
        breaks=say.number(held.get("break", 0)),
        removals=say.number(held.get("removal", 0)),
    )


def make_calendar(published: Published, say: Words) -> str:
    """iCalendar: a whole-day entry per release and per edition held; stamped with the day of the release."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//guzar//releases//EN", "CALSCALE:GREGORIAN"]
    stamp = published.date.replace("-", "") + "T000000Z"
    for uid, first, after, summary in _days(published, say):
        lines += [
            "BEGIN:VEVENT",
            f"UID:{uid}@guzar",
            f"DTSTAMP:{stamp}",
            f"DTSTART;VALUE=DATE:{first:%Y%m%d}",
            f"DTEND;VALUE=DATE:{after:%Y%m%d}",
            f"SUMMARY:{_text(summary)}",
            "TRANSP:TRANSPARENT",
            "END:VEVENT",
        ]
    return "\r\n".join(folded for line in [*lines, "END:VCALENDAR"] for folded in _fold(line)) + "\r\n"


def _days(published: Published, say: Words) -> Iterator[tuple[str, date, date, str]]:
    """Name, first day, day after the last, and text of each entry."""
    own = [(published.release, published.date)]
    for release, day in [*((one.id, one.date) for one in published.history.earlier), *own]:
        first, after = span_of(day)
        yield release, first, after, say("guzar: release {release}", release=release)
    held = published.figures.select("source", "edition").unique().sort("source", "edition")
    for source, edition in held.iter_rows():
        about = sources()[source]
        name = about.name_ru if say.lang == "ru" else about.name_en
        first, after = span_of(edition)
        yield f"{source}-{edition}", first, after, f"{name}: {edition_label(source, edition, say.lang)}"


def span_of(day: str) -> tuple[date, date]:
    """The first day, and the day after the last, of a date known by day, month or year."""
    parts = [int(part) for part in day.split("-")]
    if len(parts) == 3:
        first = date(*parts)
        return first, first + timedelta(days=1)
    if len(parts) == 2:
        year, month = parts
        return date(year, month, 1), date(year + month // 12, month % 12 + 1, 1)
    return date(parts[0], 1, 1), date(parts[0] + 1, 1, 1)


def _text(words: str) -> str:
    """A text with the signs that a calendar takes for its own written out."""
    for mark in ("\\", ";", ","):
        words = words.replace(mark, f"\\{mark}")
    return words.replace("\n", "\\n")


def _fold(line: str) -> list[str]:
    """A line in parts of at most 75 octets; those after the first begin with a space; no sign is cut in two."""
    parts, part = [], ""
    for sign in line:
        if len((part + sign).encode("utf-8")) > LONGEST_LINE:
            parts.append(part)
            part = " "
        part += sign
    return [*parts, part]
