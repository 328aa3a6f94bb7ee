"""What is known: every value the model ships with, where it comes from, and how sure one can be.

>>> from gvi_sim import evidence
>>> evidence.entry("exit.assessment_pass").value
0.5
"""

from __future__ import annotations

from .bibliography import Source, source, sources
from .domains import DOMAINS, Domain, domain_of
from .entry import ASSUMPTION, DEFAULT_PLACE, GRADES, Entry
from .loader import describe, entries, entry, find, keys, places, unit

__all__ = [
    "ASSUMPTION",
    "DEFAULT_PLACE",
    "DOMAINS",
    "GRADES",
    "Domain",
    "Entry",
    "Source",
    "describe",
    "domain_of",
    "entries",
    "entry",
    "find",
    "keys",
    "places",
    "source",
    "sources",
    "unit",
]
