"""Every column of guzar, declared once: type, unit, meaning, SDMX concept, codelist, secrecy.

A table takes a column by calling its name (`columns.area(primary_key=True)`). Checks, the SDMX structure, the
data dictionary, made-up rows for tests and `guzar table` come from here and from nowhere else. The declarations
stand by subject in the modules of this folder; a name means the same wherever it stands.
"""

# ruff: noqa: F403 - every column of every subject is a column of guzar: a list of their names would repeat them all
from guzar.define.columns.accounts import *
from guzar.define.columns.bridges import *
from guzar.define.columns.changes import *
from guzar.define.columns.claims import *
from guzar.define.columns.deaths import *
from guzar.define.columns.declaration import *
from guzar.define.columns.evidence import *
from guzar.define.columns.figures import *
from guzar.define.columns.flow_accounts import *
from guzar.define.columns.made_up import *
from guzar.define.columns.missing_exits import *
from guzar.define.columns.permission_rules import *
from guzar.define.columns.prices import *
from guzar.define.columns.printed import *
from guzar.define.columns.provisional import *
from guzar.define.columns.quotes import *
from guzar.define.columns.records import *
from guzar.define.columns.register import *
from guzar.define.columns.releases import *
from guzar.define.columns.remittances import *
from guzar.define.columns.treaties import *
