"""What is known: every value the model ships with, where it comes from, and how sure one can be.

>>> from gvi_sim import evidence
>>> evidence.entry("exit.assessment_pass").value
0.5
"""

from __future__ import annotations

from .bibliography import STATUSES, source, sources
from .browse import PROFILE, filtered, full_text, profile
from .domains import Domain, domain_of
from .entry import ASSUMPTION, DEFAULT_PLACE, GRADES, Entry
from .loader import countries, describe, entries, entry, find, flaws, keys, places, sites, unit

__all__ = [
    "ASSUMPTION",
    "DEFAULT_PLACE",
    "GRADES",
    "PROFILE",
    "STATUSES",
    "Domain",
    "Entry",
    "countries",
    "describe",
    "domain_of",
    "entries",
    "entry",
    "filtered",
    "find",
    "flaws",
    "full_text",
    "keys",
    "places",
    "profile",
    "sites",
    "source",
    "sources",
    "unit",
]
