"""Units and the only conversions between them. Adding or comparing across units raises."""

from guzar.errors import MethodNotApplicable

UNITS: dict[str, str] = {
    "persons": "Persons",
    "entries": "Entries over a border",
    "crossings": "Crossings of a border, both ways",
    "migrations": "Changes of residence across a border",
    "stays": "Stays in a country, from an entry to an exit",
    "absences": "Absences from a country, from an exit to an entry",
    "movements": "Crossings of a border, each in a class of movement",
    "returns": "Returns to a country after an absence",
    "registrations": "Acts of registration",
    "permits": "Permits or patents",
    "applications": "Applications (persons and cases mixed)",
    "decisions": "Decisions (persons and cases mixed)",
    "displacements": "New displacements (movements, not people)",
    "percent": "Per cent",
    "per_1000": "Per 1,000 population",
    "usd": "US dollars, current",
    "usd_million": "US dollars, current, million",
    "usd_2015": "US dollars, constant prices of 2015",
    "usd_ppp_2021": "International dollars, purchasing power of 2021",
    "per_100000": "Per 100,000 employees",
    "local_currency_per_usd": "Units of local currency per US dollar, average of the year",
    "index": "Index number",
    "category": "Category",
}

# Units of which there are only whole ones.
COUNTED = frozenset(
    ("persons", "entries", "crossings", "migrations", "stays", "absences", "movements", "returns", "registrations", "permits",
     "applications", "decisions", "displacements")
)  # fmt: skip

# Factor that turns one unit of the first into the second. Nothing else is convertible.
CONVERSIONS: dict[tuple[str, str], float] = {("usd_million", "usd"): 1e6, ("usd", "usd_million"): 1e-6}


def convert(value: float, unit: str, to: str) -> float:
    """`value` of `unit` expressed in `to`; raises MethodNotApplicable where the units measure different things."""
    if unit == to:
        return value
    if (unit, to) not in CONVERSIONS:
        raise MethodNotApplicable(
            "Values in {unit} cannot be expressed in {to}.",
            expected="two units of the same thing",
            do="Compare the value with a series that counts {unit}.",
            unit=unit,
            to=to,
        )
    return value * CONVERSIONS[unit, to]
