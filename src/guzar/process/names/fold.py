"""Names folded to what all their spellings share: one key, its consonants, and the class of the ending.

In: names as documents and systems spell them, Cyrillic or Latin, in Russian, Tajik, Uzbek, Kazakh, Kyrgyz, Turkmen and
their transliterations. Out: `key`, `skeleton`, `suffix_class` per name; nothing else knows the language of a name.
The rule: letters become sounds (letters.csv), sounds that spellings confuse are merged (sounds.csv), the ending is cut
off and told as a class (endings.csv); the skeleton is the first sound and the consonants.
The folded forms are an ethnic proxy: they serve a linkage and are never stored or broken down by.
Sources: ICAO Doc 9303, GOST R 52535 and 7.034, BGN/PCGN as in Unicode CLDR 41, the national alphabets.
"""

import polars as pl

from guzar.process.names.tables import endings, letters, sounds

KINDS = ("surname", "given_name", "patronymic")
NO_SUFFIX = "none"
APOSTROPHES = "[ʻʼʽˈ‘’‛`´′ʹ]"
SILENT = (
    "['ʺ″\"·\u00ad]"  # BGN parts letters with a dot that would else be read together: nothing remains of it
)
CONSONANTS = "bcdfghjklmnprstvxz"
VOWELS = "aeiou"


def fold_names(names: pl.Series, kind: str) -> pl.DataFrame:
    """`key`, `skeleton` and `suffix_class` of each name, in order; null where a name holds no letter.

    kind: surname, given_name or patronymic; a given name loses no ending. Each different name is folded once.
    """
    distinct = names.cast(pl.String).alias("name").unique().to_frame()
    folded = distinct.with_columns(_sounds_before_endings(pl.col("name")).alias("sounds"))
    folded = folded.with_columns(_suffix_class(pl.col("sounds"), kind), _stem(pl.col("sounds"), kind))
    folded = folded.with_columns(_key(pl.col("stem"))).with_columns(_skeleton(pl.col("key")))
    folded = folded.with_columns(pl.when(pl.col("key").is_not_null()).then("suffix_class"))
    in_order = names.cast(pl.String).alias("name").to_frame()
    joined = in_order.join(folded, on="name", how="left", nulls_equal=True, maintain_order="left")
    return joined.select("key", "skeleton", "suffix_class")


def fold_name(name: str, kind: str) -> tuple[str | None, str | None, str | None]:
    """Key, skeleton and suffix class of one name."""
    key, skeleton, suffix_class = fold_names(pl.Series([name]), kind).row(0)
    return key, skeleton, suffix_class


def _sounds_before_endings(name: pl.Expr) -> pl.Expr:
    """Sounds in ASCII, words parted by one space; letters of other scripts stay as they are."""
    table = letters()
    text = name.str.normalize("NFC").str.to_lowercase().str.replace_all("i\u0307", "i")
    text = text.str.replace_all(APOSTROPHES, "'")
    text = text.str.replace_many(list(table), list(table.values()), leftmost=True)
    text = text.str.normalize("NFKD").str.replace_all(r"\p{M}", "").str.replace_all(SILENT, "")
    text = text.str.replace_all(r"[^\p{L}]+", " ").str.strip_chars()
    return _merge(_single(text, CONSONANTS), "before endings")


def _suffix_class(text: pl.Expr, kind: str) -> pl.Expr:
    told = pl.lit(NO_SUFFIX)
    for ending in reversed(endings(kind)):
        told = pl.when(text.str.contains(ending.pattern)).then(pl.lit(ending.suffix_class)).otherwise(told)
    return told.alias("suffix_class")


def _stem(text: pl.Expr, kind: str) -> pl.Expr:
    stem = text
    for ending in reversed(endings(kind)):
        cut = text.str.replace(ending.pattern, ending.left)
        stem = pl.when(text.str.contains(ending.pattern)).then(cut).otherwise(stem)
    return stem.alias("stem")


def _key(stem: pl.Expr) -> pl.Expr:
    merged = _merge(stem.str.replace_all(" ", ""), "after endings")
    merged = _single(merged, CONSONANTS + VOWELS)
    return pl.when(merged != "").then(merged).alias("key")


def _skeleton(key: pl.Expr) -> pl.Expr:
    """The consonants, after an `a` where the name begins with a vowel."""
    first = pl.when(key.str.contains("^[aeiouy]")).then(pl.lit("a")).otherwise(pl.lit(""))
    return (first + _single(key.str.replace_all("[aeiouy]", ""), CONSONANTS)).alias("skeleton")


def _merge(text: pl.Expr, stage: str) -> pl.Expr:
    for pattern, sound in sounds(stage):
        text = text.str.replace_all(pattern, sound)
    return text


def _single(text: pl.Expr, of: str) -> pl.Expr:
    """Runs of one letter as one."""
    for letter in of:
        text = text.str.replace_all(f"{letter}{{2,}}", letter)
    return text
