"""Everything that guzar says in English it can say in Russian."""

import ast
import io
import re
import string
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

import guzar
from guzar.languages import catalogue, translate, translate_count

SOURCE = Path(guzar.__file__).parent
ERRORS = {
    "DeliveryRefused",
    "SourceUnavailable",
    "TableInvalid",
    "MethodNotApplicable",
    "ReleaseRefused",
    "SettingsInvalid",
}
PARTS = {"where", "expected", "do"}
# In an English text of this kind this Russian word is wrong, and that one right.
TERMS = [
    (r"\bedition", r"\bредакци", "издание"),
    (r"^(?!.*\brelease).*\bedition", r"\bвыпуск(?!а[ею]т|ать)", "издание"),
    (r"\bworkspace", r"рабоч\w+ (област|каталог)", "рабочая папка"),
    (r"\bstock", r"\bзапас", "численность"),
    (r"\bcorridor", r"\bнаправлени", "коридор"),
    (r"personal remittances", r"личны\w+ перевод", "личные денежные переводы"),
    (r"Kyrgyzstan", r"Киргизи", "Кыргызстан"),
]


def _texts_of(call: ast.Call) -> list[ast.expr]:
    name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if name in ERRORS:
        return [*call.args[:1], *[k.value for k in call.keywords if k.arg in PARTS]]
    if name in {"say", "text", "translate", "progress", "warn", "Phrase"}:
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
            assert used == given, english


@pytest.mark.parametrize(
    ("count", "form"), [(1, "one"), (2, "few"), (5, "many"), (11, "many"), (21, "one"), (22, "few")]
)
def test_russian_counts_in_three_forms(count: int, form: str) -> None:
    """Russian has a form for 1, one for 2 to 4 and one for 5 and more, by the last digits."""
    forms = {"one": "строка", "few": "строки", "many": "строк"}
    assert (
        translate_count("{count} row", "{count} rows", count, "ru").format(count=count)
        == f"{count} {forms[form]}"
    )


def _messages() -> list[tuple[str, str, tuple[str, ...]]]:
    """File, English text and Russian forms of every message in the catalogues."""
    found = []
    for file in sorted((SOURCE / "languages" / "ru").glob("*.po")):
        for message in read_po(io.BytesIO(file.read_bytes()), locale="ru"):
            if message.id:
                english = message.id if isinstance(message.id, str) else message.id[0]
                russian = (message.string,) if isinstance(message.string, str) else tuple(message.string)
                found.append((file.name, english, russian))
    return found


def test_one_text_has_one_translation() -> None:
    """The files are merged: two translations of one text would show whichever file comes last."""
    held: dict[str, dict[tuple[str, ...], list[str]]] = {}
    for file, english, russian in _messages():
        held.setdefault(english, {}).setdefault(russian, []).append(file)
    double = {english: forms for english, forms in held.items() if len(forms) > 1}
    assert not double, double


def test_no_text_is_translated_twice_in_one_file() -> None:
    """A reader of gettext files keeps one of two entries and says nothing about the other."""
    for file in sorted((SOURCE / "languages" / "ru").glob("*.po")):
        texts = re.findall(r'^msgid (".*"(?:\n".*")*)', file.read_text(encoding="utf-8"), re.MULTILINE)
        assert sorted(texts) == sorted(set(texts)), file.name


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term[0])
def test_terms_are_used_as_the_glossary_has_them(term: tuple[str, str, str]) -> None:
    """Edition, workspace, stock: one word in English is one word in Russian, so that a reader can look it up."""
    english, wrong, right = term
    found = [
        f"{file}: {text}"
        for file, key, forms in _messages()
        for text in forms
        if re.search(english, key, re.IGNORECASE) and re.search(wrong, text, re.IGNORECASE)
    ]
    assert not found, f"{right}\n" + "\n".join(found)


def test_russian_has_russian_quotation_marks() -> None:
    """Quoted words stand in « »; straight marks are for what is typed into a file."""
    found = [text for _, _, forms in _messages() for text in forms if re.search(r"[“”„]", text)]
    assert [text for text in found if "see publisher" not in text] == []


def test_an_unknown_text_stays_english() -> None:
    """A text without translation is shown as it is, never as an error."""
    assert translate("no such text", "ru") == "no such text"
