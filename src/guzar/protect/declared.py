"""Rules as people write them, in `guzar.toml` or behind `--rule`, → the rules of a table.

[protect.residents_by_region]
population = "residents at the end of 2025"     # tables of the same persons are attacked together
dimensions = ["region", "sex"]
count = "persons"
method = "suppress"                             # or perturb, round
minimum = 5
protection = 5
rules = ["full-cells"]
hierarchies = { region = ["regions.csv"] }
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn

from guzar.errors import ReleaseRefused, SettingsInvalid
from guzar.protect.amounts import AmountRules
from guzar.protect.release_blurred import NoiseRules
from guzar.protect.rules import CountRules
from guzar.protect.samples import SampleRules

METHODS = ("suppress", "perturb", "round")
MINIMUM, PROTECTION = 5, 5.0
PROTECTION_OF_AMOUNTS = 10.0  # per cent of the amount
# Dimensions that do not divide a country into places. Sensitive classes are published for the whole country only.
NATIONAL = frozenset(
    {
        "sex",
        "age",
        "age_group",
        "year",
        "month",
        "period",
        "citizenship",
        "birth_country",
        "status",
        "class",
        "duration",
    }
)


@dataclass(frozen=True)
class TableRules:
    """How one table is protected, as declared."""

    dimensions: tuple[str, ...]
    count: str = "persons"
    unit: str = "persons"
    population: str = ""
    method: str = "suppress"
    counts: CountRules = field(default_factory=CountRules)
    amounts: AmountRules | None = None
    contributor: str | None = None
    noise: NoiseRules = field(default_factory=NoiseRules)
    base: int = 5
    hierarchies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


def read_rules(
    rules: Sequence[str], *, minimum: int | None = None, protection: float | None = None
) -> tuple[CountRules, AmountRules | None]:
    """Rules for counts and, where one is named, for amounts, from texts like `full-cells` or `dominance:2,75`."""
    named = dict(_split(rule) for rule in rules)
    unknown = [name for name in named if name not in {**FLAGS, **AMOUNTS, "sensitive": None}]
    if unknown or len(named) != len(rules):
        raise SettingsInvalid(
            "There is no rule {names}." if unknown else "A rule is given twice: {names}.",
            expected="one of: {known}",
            do="Correct the rules in guzar.toml or behind --rule.",
            names=", ".join(unknown or sorted({rule for rule in rules if list(rules).count(rule) > 1})),
            known=", ".join(
                [
                    *FLAGS,
                    "sensitive[:DIMENSION,...]",
                    *(f"{name}:{form}" for name, (_, form) in AMOUNTS.items()),
                ]
            ),
        )
    amounts = {key: _read_amount(name, named[name]) for name, (key, _) in AMOUNTS.items() if name in named}
    flags = {key: value for name, (key, value) in FLAGS.items() if name in named}
    counts = CountRules(
        minimum=MINIMUM if minimum is None else minimum,
        protection=PROTECTION if protection is None else protection,
        sensitive="sensitive" in named,
        **flags,
    )
    if not amounts:
        return counts, None
    percent = PROTECTION_OF_AMOUNTS if protection is None else protection
    return counts, AmountRules(protection=percent / 100, **amounts)


def named_amount_rules(rules: AmountRules) -> list[str]:
    """The rules for amounts that are used, as they are named behind `--rule`."""
    return [name for name, (key, _) in AMOUNTS.items() if getattr(rules, key) is not None]


def require_national(rules: Sequence[str], dimensions: Sequence[str]) -> None:
    """Refuse (ReleaseRefused) a sensitive class by a dimension that may be a place within the country."""
    named = dict(_split(rule) for rule in rules)
    if "sensitive" not in named:
        return
    national = NATIONAL | {name.strip() for name in named["sensitive"].split(",")}
    local = [name for name in dimensions if name not in national]
    if local:
        raise ReleaseRefused(
            "A sensitive class is published for the whole country only; {dimensions} may be places within it.",
            expected="dimensions that do not divide the country, such as sex or age_group",
            do="Leave the dimension out. If it is no place, name it: --rule sensitive:{first}",
            dimensions=", ".join(local),
            first=local[0],
        )


def read_declared_sample(name: str, settings: Mapping[str, Any]) -> SampleRules:
    """The rules of a sample of records as `guzar.toml` declares them in [sample.NAME]."""
    table = _declared(name, "sample", settings, KINDS_OF_SAMPLES, required="quasi_identifiers")
    return SampleRules(
        tuple(table["quasi_identifiers"]),
        k=int(table.get("k", SampleRules.k)),
        sensitive=tuple(table.get("sensitive", ())),
        l=int(table.get("l", SampleRules.l)),
        most_left_out=float(table.get("most_left_out", SampleRules.most_left_out)),
    )


def read_declared(name: str, settings: Mapping[str, Any]) -> TableRules:
    """The rules of a table as `guzar.toml` declares them; refused (SettingsInvalid) where it does not, or wrongly."""
    return _make_rules(name, _declared(name, "protect", settings, KINDS, required="dimensions"))


def _declared(
    name: str,
    section: str,
    settings: Mapping[str, Any],
    kinds: Mapping[str, tuple[type, ...]],
    *,
    required: str,
) -> Mapping[str, Any]:
    """What stands in [SECTION.NAME]: only keys that are known, each of its kind, and the list that is required."""
    declared = settings.get(section, {})
    table = declared.get(name) if isinstance(declared, Mapping) else None
    if not isinstance(table, Mapping):
        raise SettingsInvalid(
            "guzar.toml declares no rules for the table {table}.",
            where="[{section}.{table}]",
            expected="{required}, and the rules that protect the table",
            do="Declare the table in guzar.toml; docs/how-to/protect-a-table.md shows how.",
            table=name,
            section=section,
            required=required,
        )
    wrong = [key for key, value in table.items() if not _is_kind(value, kinds.get(key, ()))]
    if wrong or required not in table:
        raise SettingsInvalid(
            "The declaration of {table} cannot be used: {keys}.",
            where="guzar.toml, [{section}.{table}]",
            expected="{required} (a list); besides it only: {known}",
            do="Correct these lines in guzar.toml.",
            table=name,
            section=section,
            required=required,
            keys=", ".join(wrong or [required]),
            known=", ".join(key for key in kinds if key != required),
        )
    return table


def _make_rules(name: str, table: Mapping[str, Any]) -> TableRules:
    rules = table.get("rules", [])
    counts, amounts = read_rules(rules, minimum=table.get("minimum"), protection=table.get("protection"))
    require_national(rules, table["dimensions"])
    require_method(table.get("method", "suppress"))
    require_fitting(
        table.get("method", "suppress"),
        rules,
        minimum=table.get("minimum"),
        protection=table.get("protection"),
        contributor=table.get("contributor"),
        noise=table.get("noise"),
    )
    if amounts is not None and "unit" not in table:
        _refuse_without_unit(name)
    return TableRules(
        dimensions=tuple(table["dimensions"]),
        count=table.get("count", "persons"),
        unit=table.get("unit", "persons"),
        population=table.get("population", name),
        method=table.get("method", "suppress"),
        counts=counts,
        amounts=amounts,
        contributor=table.get("contributor"),
        noise=read_noise(table["noise"]) if "noise" in table else NoiseRules(),
        base=int(table.get("protection", PROTECTION)),
        hierarchies={
            key: (value,) if isinstance(value, str) else tuple(value)
            for key, value in table.get("hierarchies", {}).items()
        },
    )


def require_method(method: str) -> None:
    """Refuse (SettingsInvalid) a method that guzar does not have."""
    if method not in METHODS:
        raise SettingsInvalid(
            "There is no method {method}.",
            expected="one of: {known}",
            do="Correct the method in guzar.toml or behind --method.",
            method=method,
            known=", ".join(METHODS),
        )


def require_fitting(
    method: str,
    rules: Sequence[str],
    *,
    minimum: int | None,
    protection: float | None,
    contributor: str | None,
    noise: str | None,
) -> None:
    """Refuse (SettingsInvalid) rules that the method would not look at: nobody may think that they were kept."""
    names = {_split(rule)[0] for rule in rules}
    are_amounts = bool(names & set(AMOUNTS))
    base = method == "round" and protection is not None and protection != int(protection)
    unused = {
        "minimum": minimum is not None and (method != "suppress" or are_amounts),
        "rules": bool(names) and (method != "suppress" or (are_amounts and bool(names & set(FLAGS)))),
        "protection": (method == "perturb" and protection is not None) or base,
        "contributor": contributor is not None and not are_amounts,
        "noise": noise is not None and method != "perturb",
    }
    told = [name for name, is_unused in unused.items() if is_unused]
    if told:
        raise SettingsInvalid(
            "The method {method} cannot use as given: {options}.",
            where="guzar.toml or the options of the command",
            expected="minimum and rules with suppress (rules for amounts without minimum, zeros, full-cells, filled and "
            "no-insiders); a whole number as protection with round; contributor with a rule for amounts; noise with perturb",
            do="Leave them out, or choose another method.",
            method=method,
            options=", ".join(told),
        )


def _refuse_without_unit(name: str) -> NoReturn:
    """Refuse a table of amounts of which nobody said in what unit they are."""
    raise SettingsInvalid(
        "The table {table} holds amounts, and their unit is not declared.",
        where="guzar.toml, [protect.{table}]",
        expected="the unit of the amounts, as it is to stand in the release",
        do='Add the line unit = "…" with the currency or the unit of the amounts.',
        table=name,
    )


def read_noise(text: str) -> NoiseRules:
    """Noise from a text like `5,3,2`: greatest noise, variance, results never shown (1 to that)."""
    parts = text.split(",")
    try:
        greatest, variance, never = int(parts[0]), float(parts[1]), int(parts[2])
    except (ValueError, IndexError):
        raise SettingsInvalid(
            "The noise {text} cannot be read.",
            expected="greatest noise, variance and the last result that is never shown, as 5,3,2",
            do="Correct the noise in guzar.toml or behind --noise.",
            text=text,
        ) from None
    return NoiseRules(greatest, variance, never)


FLAGS = {
    "zeros": ("zeros", True),
    "full-cells": ("full_cells", True),
    "no-insiders": ("insiders", False),
    "filled": ("filled", True),
}
AMOUNTS: dict[str, tuple[str, str]] = {
    "dominance": ("dominance", "N,PERCENT"),
    "p-percent": ("p_percent", "PERCENT"),
    "few-contributors": ("few_contributors", "NUMBER"),
}
KINDS: dict[str, tuple[type, ...]] = {
    "dimensions": (list,),
    "count": (str,),
    "unit": (str,),
    "population": (str,),
    "method": (str,),
    "minimum": (int,),
    "protection": (int, float),
    "rules": (list,),
    "contributor": (str,),
    "noise": (str,),
    "hierarchies": (dict,),
}

KINDS_OF_SAMPLES: dict[str, tuple[type, ...]] = {
    "quasi_identifiers": (list,),
    "k": (int,),
    "sensitive": (list,),
    "l": (int,),
    "most_left_out": (int, float),
}


def _is_kind(value: Any, kinds: tuple[type, ...]) -> bool:
    if isinstance(value, bool) or not isinstance(value, kinds):
        return False
    if isinstance(value, dict):
        return all(isinstance(part, str) or _is_list_of_texts(part) for part in value.values())
    return not isinstance(value, list) or _is_list_of_texts(value)


def _is_list_of_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(part, str) for part in value)


def _split(rule: str) -> tuple[str, str]:
    name, _, value = rule.strip().partition(":")
    return name.strip(), value.strip()


def _read_amount(name: str, value: str) -> Any:
    readers: dict[str, Callable[[str], Any]] = {
        "dominance": lambda text: (int(text.split(",")[0]), float(text.split(",")[1])),
        "p-percent": float,
        "few-contributors": int,
    }
    try:
        return readers[name](value)
    except (ValueError, IndexError):
        raise SettingsInvalid(
            "The rule {name}:{value} cannot be read.",
            expected="{name}:{form}",
            do="Correct the rule in guzar.toml or behind --rule.",
            name=name,
            value=value,
            form=AMOUNTS[name][1],
        ) from None
