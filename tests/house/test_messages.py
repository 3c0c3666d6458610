"""Everything that guzar says in English it can say in Russian."""

import ast
import string
from pathlib import Path

import pytest

import guzar
from guzar.languages import catalogue, translate, translate_count

SOURCE = Path(guzar.__file__).parent
ERRORS = {"DeliveryRefused", "SourceUnavailable", "TableInvalid", "MethodNotApplicable", "ReleaseRefused", "SettingsInvalid"}
PARTS = {"where", "expected", "do"}


def _texts_of(call: ast.Call) -> list[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ERRORS:
        return [*call.args[:1], *[k.value for k in call.keywords if k.arg in PARTS]]
    if name in {"say", "text", "translate", "progress"}:
        return call.args[:1]
    if name in {"Option", "Argument"}:
        return [k.value for k in call.keywords if k.arg == "help"]
    return []


def _constants(node: ast.expr) -> list[str]:
    return [n.value for n in ast.walk(node) if isinstance(n, ast.Constant) and isinstance(n.value, str)]


def _spoken() -> list[tuple[str, str]]:
    found = []
    for file in sorted(SOURCE.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                found += [(file.name, text) for part in _texts_of(node) for text in _constants(part)]
    return [(file, text) for file, text in found if any(letter.isalpha() for letter in text.replace("{", ""))]


def test_every_spoken_text_has_a_russian_translation() -> None:
    """A refusal, a progress line or a help text that is English only leaves a user alone."""
    known = catalogue("ru")._catalog  # type: ignore[attr-defined]
    missing = sorted({f"{file}: {text}" for file, text in _spoken() if " " in text and text not in known})
    assert not missing, "\n".join(missing)


def test_translations_keep_the_names_of_values() -> None:
    """`{file}` in English must be `{file}` in Russian, or the message breaks when it is needed most."""
    for english, russian in catalogue("ru")._catalog.items():  # type: ignore[attr-defined]
        if isinstance(english, str) and english:
            used = {name for _, name, _, _ in string.Formatter().parse(russian) if name}
            given = {name for _, name, _, _ in string.Formatter().parse(english) if name}
            assert used <= given, english


@pytest.mark.parametrize(("count", "form"), [(1, "one"), (2, "few"), (5, "many"), (11, "many"), (21, "one"), (22, "few")])
def test_russian_counts_in_three_forms(count: int, form: str) -> None:
    """Russian has a form for 1, one for 2 to 4 and one for 5 and more, by the last digits."""
    forms = {"one": "строка", "few": "строки", "many": "строк"}
    assert translate_count("{count} row", "{count} rows", count, "ru").format(count=count) == f"{count} {forms[form]}"


def test_an_unknown_text_stays_english() -> None:
    """A text without translation is shown as it is, never as an error."""
    assert translate("no such text", "ru") == "no such text"
