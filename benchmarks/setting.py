"""The part of the model that both the engine and the peer have, and the sizes they are timed at.

The peer steps one agent a person, a day at a time. What it leaves out is switched off in the engine as well:
the programme, outsiders, hired shooters, detonations, stand-ins, support in business as usual, the calendar.
What stays in both: background, retaliation, repeat and spread; a shooter who may be away; replacement;
deterrence by perceived arrest certainty with Beta counts, own and vicarious; harm, wounds and deaths;
clearance with its delay, sentences; other arrests; natural spells and recruits; lognormal activity and
propensity.
"""

from __future__ import annotations

from typing import NamedTuple

import gvi_sim as gvi

OFF = (
    "programme=none",
    "calendar=flat",
    "calendar.cap=1",
    "attacks.outsider_share=0",
    "attacks.contracted_share=0",
    "attacks.detonation_share=0",
    "exit.usual_offer_rate_per_year=0",
    "membership.vacancy_response=0",
    "justice.youth_sentence_factor=1",
    "gates.defiance=0",
    "gates.withdrawal=0",
    "site.size_sd=0",
)
NEIGHBOURS = 2


class Size(NamedTuple):
    """How large a world is: groups, members in all, attacks a year."""

    name: str
    groups: int
    members: int
    attacks_per_year: float


CITY = Size("city", 12, 250, 40)
NATION = Size("nation", 600, 17_500, 350)
STRESS = Size("stress", 5_000, 100_000, 10_000)


def ring(groups: int) -> tuple[tuple[int, int, float, float], ...]:
    """Rivalries of equal weight with the two nearest groups on either side: nobody without a rival."""
    return tuple((a, (a + step) % groups, 1.0, 0.0) for a in range(groups) for step in range(1, NEIGHBOURS + 1))


def scenario(size: Size, *, years: float, burn_in_years: float, comparable: bool) -> gvi.Scenario:
    """The scenario of a size: business as usual, or with ``comparable`` only what the peer has as well."""
    sized = (
        f"site.groups={size.groups}",
        f"site.members={size.members}",
        f"site.attacks_per_year={size.attacks_per_year}",
        f"years={years}",
        f"burn_in_years={burn_in_years}",
    )
    if not comparable:
        return gvi.load_scenario(*sized, "programme=none")
    ties = [list(row) for row in ring(size.groups)]
    return gvi.load_scenario(*sized, *OFF, {"site.ties": ties})
