"""What `guzar demo` says of its made-up people: every line says that they do not exist."""

from __future__ import annotations

from guzar import journey
from guzar.analyse.beside_truth import (
    CITIZENS_ABROAD,
    EMIGRATIONS,
    IMMIGRATIONS,
    NOBODY_TO_ASK,
    PRECISION,
    RECALL,
    RESIDENTS,
)
from guzar.commands.speaker import Speaker


def tell_made_up(speak: Speaker, done: journey.MadeUpPeople) -> None:
    """The records journey step by step, and its errors beside the truth."""
    told = {name: speak.number(n) for numbers in done.chain.values() for name, n in numbers.items()}
    speak.say(
        "Made-up people, no real country: {people}, seed {seed}.",
        people=speak.number(done.people),
        seed=done.seed,
    )
    speak.say(
        "  made up: {records_delivered} records collected, {records_refused} set aside; {records_linked} linked to "
        "{persons} persons; {identity_rows} rows of names purged before counting.",
        **told,
    )
    speak.say(
        "  made up: {crossings_classified} crossings classified, {stays} stays; {cells} cells protected, "
        "{cells_hidden} of them hidden; release {release}.",
        **told,
        release=done.release,
    )
    found = {error["made_up_measure"]: error for error in done.errors}
    speak.say(
        "  made up: linkage beside the truth: precision {precision} %, recall {recall} % of pairs of records.",
        precision=speak.number(found[PRECISION]["from_records"], 4),
        recall=speak.number(found[RECALL]["from_records"], 4),
    )
    for measure, words in (
        (
            RESIDENTS,
            "  made up: residents at the end of {year}: {found} from records, {true} in truth ({error} %).",
        ),
        (
            IMMIGRATIONS,
            "  made up: immigrations in {year}: {found} from records, {true} in truth ({error} %).",
        ),
        (EMIGRATIONS, "  made up: emigrations in {year}: {found} from records, {true} in truth ({error} %)."),
    ):
        error = found[measure]
        speak.say(
            words,
            year=done.year,
            found=speak.number(error["from_records"]),
            true=speak.number(error["in_truth"]),
            error=speak.number(error["error_percent"], 1, signed=True),
        )
    _tell_imputed(speak, done)
    _tell_combined(speak, done)
    _tell_sources(speak, done)


def _tell_imputed(speak: Speaker, done: journey.MadeUpPeople) -> None:
    """That the whole country is not observed, and net migration of those who can be estimated, beside the truth."""
    rows = [row for row in done.imputed if row["year"] == done.year and row["measure"] == "net_migration"]
    for row in rows:
        if row["status"] == "not_observed":
            speak.say(
                "  made up: lost crossings: net migration of the whole country is not observed: a border is open."
                if row["status_reason"] == "open_border"
                else "  made up: lost crossings: too few crossings for an estimate."
            )
            continue
        speak.say(
            "  made up: net migration in {year}, citizens whose every way is checked: {counted} as recorded, {lower} to {upper} "
            "estimated, {true} in truth.",
            year=done.year,
            counted=speak.number(row["as_recorded"], 0),
            lower=speak.number(row["lower"], 0),
            upper=speak.number(row["upper"], 0),
            true=speak.number(row["in_truth"], 0),
        )
        if "diagnostic_failed" in row["status_reason"]:
            speak.say("  made up: a test of the assumptions behind this estimate failed; see the page.")


def _tell_combined(speak: Speaker, done: journey.MadeUpPeople) -> None:
    """Foreign residents by three sources together; foreigners beyond permission as a range, never a number."""
    rows = {row["made_up_input"]: row for row in done.combined if row["year"] == done.year}
    both, beyond = rows.get("combined"), rows.get("two_lists")
    for row, words in (
        (both, "  made up: foreign residents, three sources together: {lower} to {upper}; {true} in truth."),
        (beyond, "  made up: foreigners without a valid permission: {lower} to {upper}; {true} in truth."),
    ):
        if row is not None and row["upper"] is not None:
            told = {name: speak.number(row[name], 0) for name in ("lower", "upper")}
            speak.say(words, **told, true=speak.number(row["in_truth"], 0))


def _tell_sources(speak: Speaker, done: journey.MadeUpPeople) -> None:
    """The same year by the other sources, each in its own unit."""
    found = {row["made_up_measure"]: row for row in done.sources}
    speak.say(
        "  made up: declared in {year}: {arrivals} arrivals and {departures} departures registered, {permits} permits; no "
        "migrations, and added to nothing.",
        year=done.year,
        arrivals=speak.number(found["arrivals_registered"]["from_records"]),
        departures=speak.number(found["departures_registered"]["from_records"]),
        permits=speak.number(found["permits_issued"]["from_records"]),
    )
    abroad, nobody = found.get(CITIZENS_ABROAD), found.get(NOBODY_TO_ASK)
    if abroad is None or nobody is None:
        return
    if abroad["from_records"] is None:
        speak.say("  made up: citizens abroad: too few answers of the survey for an estimate.")
        return
    speak.say(
        "  made up: citizens abroad in {year}: {found} by the survey (90 % interval {lower} to {upper}), {true} in truth; "
        "{nobody} of them left nobody at home to be asked.",
        year=done.year,
        found=speak.number(abroad["from_records"]),
        lower=speak.number(abroad["lower"], 0),
        upper=speak.number(abroad["upper"], 0),
        true=speak.number(abroad["in_truth"], 0),
        nobody=speak.number(nobody["in_truth"], 0),
    )
