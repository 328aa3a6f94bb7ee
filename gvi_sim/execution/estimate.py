"""What a plan will take, told before it runs; the impossible is refused.

Time and rows follow from the scenario's size: attacks expected in a run, members times years (arrests,
spells, turnover), and what the programme does. The constants were measured on a two-core machine.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from ..errors import ResourceError
from ..units import DAYS_PER_YEAR, MONTHS_PER_YEAR
from ..world import state
from ..world.columns import dtype_of
from ..world.tables import OUTCOMES, SERIES, TABLES
from .batch import ENGINES_KEPT
from .costs import running_years
from .machine import memory_bytes
from .plan import BATCH, Plan
from .pool import usable_cpus

if TYPE_CHECKING:
    from ..config import Scenario

LONGEST_SECONDS = 3600.0
MEMORY_SHARE = 0.5
# Fitted to 48 scenarios (one site to a nation of 17,500 members, none and GVI), right within -26 and +19 %.
SECONDS_A_RUN = 2e-5
SECONDS_AN_ATTACK = 1.0e-6
SECONDS_A_MEMBER_YEAR = 1.8e-7
SECONDS_AN_ARREST = 3.0e-7
SECONDS_A_CONTACT = 3.9e-7
SECONDS_A_CONTACT_AND_MEMBER = 6.3e-9
SECONDS_AN_ATTACK_UNDER_GVI = 6.4e-7
SECONDS_AN_ATTACK_UNDER_GVI_AND_MEMBER = 1.1e-9
SECONDS_TO_BUILD = 0.02
BATCH_SECONDS = 0.25
WORTH_WORKERS = 4.0  # starting workers takes a second or two, so shorter work is done where it is
COPIES = 3.0  # a table while it is put together, and as the frame a user reads
FLOAT = 8
PERSON_ROWS_A_MEMBER = 4.0  # the builder's, so that most runs never outgrow their arrays
TIES_A_GROUP = 16.0
MOST_GROWTH = 1e9


class Size(NamedTuple):
    """What one run of a scenario is made of."""

    sites: int
    groups: float
    members: float
    years: float
    burn_in: float
    attacks: float  # expected in the window


class Needs(NamedTuple):
    """What a plan needs: processor seconds, bytes of memory at its peak, and those of its worlds alone."""

    seconds: float
    memory: float
    worlds: float = 0.0


def size(scenario: Scenario) -> Size:
    """Groups, members, years and expected attacks of one run, sites added up."""
    sites = scenario.each_site()
    return Size(
        sites=len(sites),
        groups=sum(site.site.groups for site in sites),
        members=sum(site.site.members for site in sites),
        years=scenario.years,
        burn_in=scenario.burn_in_years,
        attacks=sum(_expected_attacks(site) for site in sites),
    )


def _expected_attacks(scenario: Scenario) -> float:
    calendar, attacks = scenario.calendar, scenario.attacks
    trend = max((factor for _, factor in calendar.trend), default=1.0)
    season = sum(calendar.season) / len(calendar.season) if calendar.season else 1.0
    offspring = attacks.kappa_retaliation + attacks.kappa_repeat + attacks.kappa_spread
    exponent = (offspring - 1) * scenario.years * DAYS_PER_YEAR / attacks.slow_delay_days
    growth = math.exp(min(exponent, math.log(MOST_GROWTH))) if offspring > 1 else 1.0
    return float(scenario.site.attacks_per_year * scenario.years * trend * season * growth)


def run_seconds(scenario: Scenario) -> float:
    """Processor seconds one run is expected to take."""
    return SECONDS_A_RUN + sum(_usual_seconds(site) + _programme_seconds(site) for site in scenario.each_site())


def _usual_seconds(site: Scenario) -> float:
    all_years = site.years + site.burn_in_years
    member_years = site.site.members * all_years
    return (
        SECONDS_AN_ATTACK * _expected_attacks(site) * all_years / site.years
        + SECONDS_A_MEMBER_YEAR * member_years
        + SECONDS_AN_ARREST * member_years * site.justice.other_arrest_rate_per_year
    )


def _programme_seconds(site: Scenario) -> float:
    years, members = running_years(site, (0.0, site.years * DAYS_PER_YEAR)), site.site.members
    call_in, notification = site.programme.call_in, site.programme.notification
    called = DAYS_PER_YEAR / call_in.every_days * call_in.summoned if call_in.every_days else 0.0
    contacts = years * (called + MONTHS_PER_YEAR * notification.per_month)
    attacks = _expected_attacks(site) * years / site.years
    return contacts * (SECONDS_A_CONTACT + SECONDS_A_CONTACT_AND_MEMBER * members) + attacks * (
        SECONDS_AN_ATTACK_UNDER_GVI + SECONDS_AN_ATTACK_UNDER_GVI_AND_MEMBER * members
    )


def run_bytes(scenario: Scenario, keep: frozenset[str], *, whole_series: bool) -> float:
    """Bytes one run leaves: outcomes, series and the kept tables."""
    it, persons = size(scenario), persons_ever(scenario)
    rows = {
        "attacks": it.attacks,
        "candidates": 3 * it.attacks,
        "victims": it.attacks,
        "persons": 1.5 * persons,
        "spells": it.members * it.years * (1 + scenario.justice.other_arrest_rate_per_year) + persons,
        "sanctions": it.attacks,
        "stays": it.members * it.years,
        "doses": it.attacks + it.years * 60 * it.sites,
        "groups": it.groups,
    }
    months = it.years * MONTHS_PER_YEAR if whole_series else 0
    fixed = it.sites * FLOAT * (len(OUTCOMES) + months * len(SERIES))
    return float(fixed + sum(rows[name] * TABLES[name].itemsize for name in keep))


def persons_ever(scenario: Scenario) -> float:
    """Persons of one run: members, and recruits in the places of those who leave."""
    spells = (scenario.years + scenario.burn_in_years) / scenario.membership.spell_years
    return size(scenario).members * (1 + (spells if scenario.membership.turnover else 0.0))


def world_bytes(scenario: Scenario) -> float:
    """Bytes of the arrays one run works in; those that are outgrown are doubled."""
    it = size(scenario)
    person, group, tie, pool, log = (
        dtype_of(columns).itemsize for columns in (state.PERSON, state.GROUP, state.TIE, state.POOL, state.LOG)
    )
    rows = PERSON_ROWS_A_MEMBER * max(it.members, 1.0)
    persons = rows * 2.0 ** max(0, math.ceil(math.log2(persons_ever(scenario) / rows)))
    places = sum(site.site.groups * _places(site) for site in scenario.each_site())
    attacks = it.attacks * (1 + it.burn_in / it.years)
    return float(
        persons * person + it.groups * (group + TIES_A_GROUP * tie) + 2 * places * (pool + FLOAT) + 2 * attacks * log
    )


def _places(site: Scenario) -> float:
    mean = site.site.members / max(site.site.groups, 1)
    return mean + 8 * math.sqrt(mean) + 16


def needs(plan: Plan, *, in_memory: bool, workers: int | None = None) -> Needs:
    """What ``plan`` takes; a plan that goes to a folder holds only a batch in memory at a time."""
    scenarios = dict(zip(plan.keys, (arm.scenario for arm in plan.arms), strict=True)).values()
    seconds = sum(run_seconds(scenario) * plan.replicates + SECONDS_TO_BUILD for scenario in scenarios)
    count = choose_workers(workers, Needs(seconds, 0.0))
    each = [run_bytes(scenario, plan.keep, whole_series=plan.whole_series) for scenario in scenarios]
    at_once = min(plan.batch, plan.replicates) * count
    held = COPIES * (sum(each) * plan.replicates if in_memory else max(each) * at_once)
    worlds = count * sum(sorted(map(world_bytes, scenarios))[-ENGINES_KEPT:])
    return Needs(seconds, held + worlds, worlds)


def batch_size(scenario: Scenario) -> int:
    """Replicates to a batch, so that one of this scenario takes about a quarter of a second; at most 50."""
    return max(1, min(BATCH, round(BATCH_SECONDS / run_seconds(scenario))))


def choose_workers(workers: int | None, needed: Needs) -> int:
    """``workers``, or as many as there are processors when the work is worth starting them."""
    if workers is not None:
        return workers
    return usable_cpus() if needed.seconds > WORTH_WORKERS else 1


def check_needs(plan: Plan, needed: Needs, *, workers: int, force: bool) -> None:
    """ResourceError when ``plan`` would take over an hour or over half of the memory, unless ``force``."""
    seconds = needed.seconds / min(workers, usable_cpus())
    memory = memory_bytes() * MEMORY_SHARE
    if force or (seconds <= LONGEST_SECONDS and needed.memory <= memory):
        return
    it = size(plan.arms[0].scenario)
    raise ResourceError(
        f"this would take about {spoken_time(seconds)} and {spoken_bytes(needed.memory)} of memory: "
        f"{plan.total:,} runs of {it.years:g} years (and {it.burn_in:g} of burn-in), each with "
        f"{it.members:,.0f} members and about {it.attacks:,.0f} attacks. The limits are "
        f"{spoken_time(LONGEST_SECONDS)} and {spoken_bytes(memory)}, half of the machine's memory. "
        f"{_advice(plan, seconds, needed, memory)} force=True (--force) runs it all the same."
    )


def _advice(plan: Plan, seconds: float, needed: Needs, most_memory: float) -> str:
    share = min(LONGEST_SECONDS / seconds, 1.0)
    if seconds > LONGEST_SECONDS:
        fewer = max(1, int(plan.replicates * share))
        return f"Ask for replicates={fewer:,} or fewer, for fewer years or fewer cells."
    fewer = max(1, int(plan.replicates * most_memory / needed.memory))
    if needed.worlds > most_memory:
        return "Take fewer members or groups, or fewer workers: each has a world of its own."
    return f"Write to a folder (out=...), keep fewer tables, or ask for replicates={fewer:,} or fewer."


def spoken_time(seconds: float) -> str:
    """A time as people say it: "40 seconds", "12 minutes", "3.2 hours", "2 days"."""
    for name, length in (("years", 31557600.0), ("days", 86400.0), ("hours", 3600.0), ("minutes", 60.0)):
        if seconds >= 1.5 * length:
            return f"{seconds / length:,.3g} {name}"
    return f"{seconds:.3g} seconds"


def spoken_bytes(count: float) -> str:
    """A size as people say it: "310 MB", "4.2 GB"."""
    for name, length in (("TB", 1e12), ("GB", 1e9), ("MB", 1e6)):
        if count >= length:
            return f"{count / length:,.3g} {name}"
    return f"{count / 1e3:.3g} kB"
