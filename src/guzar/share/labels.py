"""ReleasedFigures of one subject → a CSV in words, English or Russian, packed."""

import gzip

import dataframely as dy

from guzar.define.reader_rows import write_reader_csv
from guzar.define.structures import Subject
from guzar.define.tables.releases import ReleasedFigures
from guzar.share.sdmx.writers import rows_of

LANGUAGES = ("en", "ru")
ENDING = "csv.gz"
# The fastest levels give files a third larger, the slowest gains nothing more.
LEVEL = 6


def write_labelled_csv(figures: dy.DataFrame[ReleasedFigures], subject: Subject, language: str) -> bytes:
    """The rows of one subject, every code by its name and the codes beside them, as `.csv.gz`.

    Names repeat in every row, so that the file packed is a fortieth of its length. No time stands in the packed
    file: the same figures give the same bytes.
    """
    written = write_reader_csv(rows_of(subject, figures), language)
    return gzip.compress(written, LEVEL, mtime=0)
