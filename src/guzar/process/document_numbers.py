"""Numbers of documents, as written → as they are compared: one passport is one number, whatever way it is typed."""

import polars as pl

# Letters of Cyrillic keyboards that look like Latin ones: a series is typed in either, on one and the same passport.
LOOK_ALIKE = dict(zip("АВЕКМНОРСТУХІЅЈ", "ABEKMHOPCTYXISJ", strict=True))


def normalise_documents(numbers: pl.Expr) -> pl.Expr:
    """Capitals, Latin letters for look-alikes, letters and digits only.

    A number without any digit but zero (a dash, «нет», 000000) is no number and becomes missing.
    """
    letters, latin = list(LOOK_ALIKE), list(LOOK_ALIKE.values())
    bare = numbers.str.normalize("NFKC").str.to_uppercase().str.replace_all(r"[^\p{L}\p{N}]", "")
    written = bare.str.replace_many(letters, latin)
    return pl.when(written.str.contains("[1-9]")).then(written)
