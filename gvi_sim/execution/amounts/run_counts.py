"""What one run of a scenario is made of: how many of each thing the engine spends its time on."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ...units import DAYS_PER_YEAR, MONTHS_PER_YEAR
from ...world.after_attacks import after_attacks_per_month, routine_per_month
from .unit_costs import running_years

if TYPE_CHECKING:
    from ...config import Scenario

MOST_GROWTH = 1e9
# The pilots behind a site's reference constants (dynamics/reference.py): years they span, and how many passes they
# take as a rule.
PILOT_BURN_IN, PILOT_YEARS, PILOT_PASSES = 12.0, 5.0, 6.0


class Work(NamedTuple):
    """Counts of one run, or (``speed.SECONDS``) the time that one of each takes.

    ``spell``: members who leave and are replaced; ``offer``: usual offers of support; those ``_and_member``: a
    thing that looks at every member, times the members.
    """

    run: float
    attack: float
    member_year: float
    arrest: float
    offer: float
    spell: float
    summons: float
    summons_and_member: float
    notification: float
    notification_and_member: float
    after_attack: float
    attack_under_gvi: float
    attack_under_gvi_and_member: float
    audit: float
    audit_and_member: float

    def times(self, seconds: Work) -> float:
        """Seconds of all the counts."""
        return math.fsum(count * each for count, each in zip(self, seconds, strict=True))

    def plus(self, other: Work) -> Work:
        """The counts of both."""
        return Work(*(ours + theirs for ours, theirs in zip(self, other, strict=True)))


NOTHING = Work(*(0.0,) * len(Work._fields))


def of_run(scenario: Scenario) -> Work:
    """The work of one run, sites together."""
    total = NOTHING._replace(run=1.0)
    for site in scenario.each_site():
        total = total.plus(_usual(site, site.years, uncounted_years(scenario))).plus(_programme(site))
    return total


def uncounted_years(scenario: Scenario) -> float:
    """Years that are simulated before the first that counts."""
    return -scenario.begins / DAYS_PER_YEAR


def of_pilot(site: Scenario) -> Work:
    """The work of finding one site's reference constants, where they have to be found by pilots."""
    from ...dynamics import reference

    attacks = max(site.site.attacks_per_year * PILOT_YEARS, 1e-9)
    runs = max(reference.PILOT_ATTACKS / attacks, reference._PILOT_GROUPS / max(site.site.groups, 1))
    runs = min(math.ceil(runs), reference._MOST_REPLICATES)
    once = _usual(site, PILOT_YEARS, PILOT_BURN_IN, flat=True)._replace(run=1.0)
    return Work(*(count * runs * PILOT_PASSES for count in once))


def is_found(site: Scenario) -> bool:
    """Whether the reference constants of a site are stored, or need no pilot."""
    from ...dynamics import reference
    from ...dynamics.shipped import shipped

    pilot = reference.pilot_scenario(site)
    known = pilot.site.attacks_per_year == 0 or reference.has_constants(pilot)
    return known or shipped(pilot) is not None or reference.load(reference.pilot_key(pilot)) is not None


def expected_attacks(site: Scenario) -> float:
    """Attacks of one site in the window."""
    calendar, attacks = site.calendar, site.attacks
    trend = max((factor for _, factor in calendar.trend), default=1.0)
    season = math.fsum(calendar.season) / len(calendar.season) if calendar.season else 1.0
    offspring = attacks.kappa_retaliation + attacks.kappa_repeat + attacks.kappa_spread
    exponent = (offspring - 1) * site.years * DAYS_PER_YEAR / attacks.slow_delay_days
    growth = math.exp(min(exponent, math.log(MOST_GROWTH))) if offspring > 1 else 1.0
    return float(site.site.attacks_per_year * site.years * trend * season * growth)


def _usual(site: Scenario, years: float, burn_in: float, *, flat: bool = False) -> Work:
    all_years = years + burn_in
    member_years = site.site.members * all_years
    attacks = site.site.attacks_per_year * years if flat else expected_attacks(site)
    return NOTHING._replace(
        attack=attacks * all_years / years,
        member_year=member_years,
        arrest=member_years * site.justice.other_arrest_rate_per_year,
        offer=member_years * site.exit.usual_offer_rate_per_year,
        spell=member_years / site.membership.spell_years if site.membership.turnover else 0.0,
    )


def _programme(site: Scenario) -> Work:
    years, members = running_years(site, (-math.inf, site.window[1])), site.site.members
    programme = site.programme
    call_in = programme.call_in
    meetings = DAYS_PER_YEAR / call_in.every_days if call_in.every_days else 0.0
    attacks = expected_attacks(site) * years / site.years
    summons = years * meetings * min(call_in.summoned, members)
    notified = years * MONTHS_PER_YEAR * routine_per_month(site)
    audits = years * DAYS_PER_YEAR / programme.audit_every_days + (years > 0)
    return NOTHING._replace(
        summons=summons,
        summons_and_member=summons * members,
        notification=notified,
        notification_and_member=notified * members,
        after_attack=years * MONTHS_PER_YEAR * after_attacks_per_month(site),
        attack_under_gvi=attacks,
        attack_under_gvi_and_member=attacks * members,
        audit=audits,
        audit_and_member=audits * members,
    )
