"""Make `codelists/areas.csv`: ISO 3166 codes with CLDR names, reviewed names on top, special codes kept apart.

Run by developers: python tools/make_areas.py ISO_CODES.csv (columns: Alpha-2 code, Alpha-3 code, Numeric).
"""

import csv
import sys
from pathlib import Path

from babel import Locale

CODELISTS = Path(__file__).parents[1] / "src" / "guzar" / "define" / "codelists"


def main(iso_file: Path) -> None:
    english, russian = Locale("en").territories, Locale("ru").territories
    reviewed = {
        row["code"]: row
        for row in csv.DictReader((CODELISTS / "area_names_reviewed.csv").open(encoding="utf-8"))
    }
    rows = {}
    for row in csv.DictReader(iso_file.open(encoding="utf-8")):
        alpha2, code, number = row["Alpha-2 code"].strip(), row["Alpha-3 code"].strip(), int(row["Numeric"])
        rows[code] = [
            code,
            alpha2,
            str(number),
            "country",
            english.get(alpha2, row["Country"]),
            russian.get(alpha2, ""),
        ]
    for code, kept in reviewed.items():
        base = rows.get(code, [code, "", "", "country", "", ""])
        rows[code] = [
            code,
            kept["alpha2"] or base[1],
            kept["m49"] or base[2],
            kept["kind"] or base[3],
            kept["name_en"] or base[4],
            kept["name_ru"] or base[5],
        ]
    with (CODELISTS / "areas.csv").open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(["code", "alpha2", "m49", "kind", "name_en", "name_ru"])
        writer.writerows(rows[code] for code in sorted(rows))


main(Path(sys.argv[1]))
