"""One line of code per tool that opens the figures of a release: from the files of a subject, or from a service.

Shown in the packs of a release and on its pages, in one wording. The lines for Python run in the tests.
"""

from dataclasses import dataclass

from guzar.define.structures import AGENCY, VERSION, Subject

SERVICE = "https://ADDRESS"  # stands where each place puts the address of its own service
OF_SERVICE = (
    "A service gives each value in its latest edition, the files give all editions. To have them all from a service too, "
    "end the address with ?includeHistory=true (after a question mark that is there already: &includeHistory=true)."
)
SDMX_CSV = "application/vnd.sdmx.data+csv"


@dataclass(frozen=True)
class CodeLine:
    """A tool, and the line to type or paste there."""

    tool: str
    line: str


def lines_for_files(subject: str) -> list[CodeLine]:
    """Lines for the coded table `subject`.csv and the Parquet file beside it, in the folder where they lie."""
    return [
        CodeLine("Python (pandas)", f'import pandas; figures = pandas.read_parquet("{subject}.parquet")'),
        CodeLine("Python (polars)", f'import polars; figures = polars.read_parquet("{subject}.parquet")'),
        CodeLine("R", f'figures <- read.csv("{subject}.csv", na.strings = c("", "NaN"))'),
        CodeLine(
            "Stata", f'import delimited "{subject}.csv", varnames(1) case(preserve) encoding("utf-8") clear'
        ),
        CodeLine(
            "Excel, Power Query",
            f'= Table.PromoteHeaders(Csv.Document(File.Contents("C:\\FOLDER\\{subject}.csv"), [Delimiter = ",", Encoding = 65001]))',
        ),
    ]


def lines_for_service(subject: Subject, base: str = SERVICE) -> list[CodeLine]:
    """Lines that ask a service at `base` for a whole dataflow, as SDMX 3.0 REST has it."""
    query = f"{base}/sdmx/v2/data/dataflow/{AGENCY}/{subject.id}/{VERSION}/*"
    return [
        CodeLine(
            "Python (pandas)",
            f'import pandas; figures = pandas.read_csv("{query}", storage_options={{"Accept": "{SDMX_CSV}"}})',
        ),
        CodeLine(
            "R",
            f'figures <- read.csv(url("{query}", headers = c(Accept = "{SDMX_CSV}")), na.strings = c("", "NaN"))',
        ),
        CodeLine("Stata", f'copy "{query}?format=csv" figures.csv, replace'),
        CodeLine(
            "Excel, Power Query",
            f'= Table.PromoteHeaders(Csv.Document(Web.Contents("{query}", [Headers = [Accept = "{SDMX_CSV}"]]), [Delimiter = ",", Encoding = 65001]))',
        ),
    ]
