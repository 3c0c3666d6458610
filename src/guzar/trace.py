"""Where a table comes from and goes to, read from the signatures of all public functions: it cannot go stale.

A step is table in, table out. Its annotations name its tables (`dy.DataFrame[Observations]`); the source text
of every room is parsed, nothing is run.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from importlib.resources.abc import Traversable

ROOMS = ("collect", "process", "analyse", "protect", "share", "use")
FRAMES = ("DataFrame", "LazyFrame")


@dataclass(frozen=True)
class Step:
    """One public function: the tables that it takes and the tables that it makes."""

    name: str  # room, module and function, as protect.release.release_public_figures
    takes: tuple[str, ...]
    makes: tuple[str, ...]

    @property
    def room(self) -> str:
        """The room that the step is in."""
        return self.name.split(".", 1)[0]


@dataclass(frozen=True)
class Origin:
    """One step back or forth from a table, and what lies beyond it."""

    step: Step
    beyond: "tuple[Branch, ...]"


@dataclass(frozen=True)
class Branch:
    """A table with the steps that lead to it, or from it."""

    table: str
    steps: tuple[Origin, ...]
    is_shown_above: bool = False


@cache
def steps() -> tuple[Step, ...]:
    """Every public function of the rooms that takes or makes a declared table, in the order of the rooms."""
    package = resources.files("guzar")
    found = [step for room in ROOMS for step in _steps_below(package.joinpath(room), room)]
    return tuple(step for step in found if step.takes or step.makes)


def trace_back(table: str) -> Branch:
    """The steps that make a table, the tables that they take, and so on to the deliveries."""
    return _follow(table, set(), forward=False)


def trace_forth(table: str) -> Branch:
    """The steps that take a table, the tables that they make, and so on to what is published."""
    return _follow(table, set(), forward=True)


def _follow(table: str, seen: set[str], *, forward: bool) -> Branch:
    """Depth first; a table that stands higher up already is named again but not opened again."""
    if table in seen:
        return Branch(table, (), is_shown_above=True)
    seen.add(table)
    origins = []
    for step in steps():
        here, there = (step.takes, step.makes) if forward else (step.makes, step.takes)
        if table in here:
            others = [one for one in there if one != table]
            beyond = tuple(_follow(one, seen, forward=forward) for one in others)
            origins.append(Origin(step, beyond))
    return Branch(table, tuple(origins))


def _steps_below(folder: Traversable, name: str) -> Iterator[Step]:
    for entry in sorted(folder.iterdir(), key=lambda one: one.name):
        if entry.is_dir():
            yield from _steps_below(entry, f"{name}.{entry.name}")
        elif entry.name.endswith(".py"):
            module = f"{name}.{entry.name.removesuffix('.py')}".removesuffix(".__init__")
            yield from _steps_of(ast.parse(entry.read_text(encoding="utf-8")), module)


def _steps_of(module: ast.Module, name: str) -> Iterator[Step]:
    for function in module.body:
        if isinstance(function, ast.FunctionDef) and not function.name.startswith("_"):
            arguments = function.args
            every = (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs)
            takes = [table for argument in every for table in _tables_in(argument.annotation)]
            yield Step(f"{name}.{function.name}", _once(takes), _once(_tables_in(function.returns)))


def _tables_in(annotation: ast.expr | None) -> list[str]:
    """The table names in an annotation: `dy.DataFrame[T]`, also inside tuples, mappings and unions."""
    if annotation is None:
        return []
    subscripts = [node for node in ast.walk(annotation) if isinstance(node, ast.Subscript)]
    framed = [
        one.slice for one in subscripts if isinstance(one.value, ast.Attribute) and one.value.attr in FRAMES
    ]
    return [node.id for node in framed if isinstance(node, ast.Name)]


def _once(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))
