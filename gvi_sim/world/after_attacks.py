"""How many custom notifications a month follow attacks, and with what chance one follows an attack (ODD 7.6).

``programme.notification.per_month`` counts all notifications. Those after attacks are a share of them, so the chance
that one follows an attack is that number over the attributed attacks that listed groups make in a month of business as
usual at reference. Where they make fewer attacks than that, one follows every attack and the rest come as others do.
Attacks that are taken for a rival's are not foreseen: at the usual share of mistakes a few in a hundred more come.
"""

from __future__ import annotations

import math
from functools import lru_cache
from statistics import NormalDist

from ..config import Scenario
from ..units import MONTHS_PER_YEAR

AUDIT_YEARS = 2.0
"""An audit lists groups by the attributed attacks of so many years."""
_BLOM = 0.375  # places the expected order statistics of a normal sample


def listed_groups(s: Scenario) -> int:
    """How many groups an audit lists."""
    wanted = math.floor(s.programme.coverage * s.site.groups + 0.5)
    return max(wanted, 1) if s.programme.coverage > 0 else 0


def attribution(s: Scenario) -> float:
    """Share of attacks that the partners see as the right group's."""
    hired = s.attacks.contracted_share
    return (1.0 - hired) * s.justice.attribution + hired * s.justice.attribution_contracted


def attributed_per_month(s: Scenario) -> float:
    """Attributed attacks of listed groups a month, in business as usual at reference."""
    a, months = s.attacks, s.site.attacks_per_year / MONTHS_PER_YEAR
    moved = a.kappa_retaliation + a.kappa_spread  # offspring that another group makes
    counted = AUDIT_YEARS * s.site.attacks_per_year * attribution(s) / s.site.groups
    n = min(moved + a.kappa_repeat, 0.9)
    spread = math.hypot(s.site.activity_sd, s.site.size_sd)
    share = share_of_listed(s.site.groups, listed_groups(s), spread, min(moved, 0.9), counted * (1.0 - n) ** 2)
    return months * attribution(s) * share


@lru_cache(maxsize=1024)
def share_of_listed(groups: int, listed: int, spread: float, moved: float, independent: float) -> float:
    """Share of all attacks that the listed groups make, where groups are listed by what they were seen to do.

    Rates are lognormal with the given ``spread`` of their logarithm, but for the share ``moved`` of attacks, which
    falls on all groups alike. An audit knows each by a count worth ``independent`` events, so it ranks by rates and
    chance together: what it sees of a group's rate is shrunk to the mean as a regression does.
    """
    if listed >= groups:
        return 1.0
    told_apart = spread * spread / (spread * spread + 1.0 / independent) if spread > 0.0 and independent > 0.0 else 0.0
    normal = NormalDist()
    places = [normal.inv_cdf((rank - _BLOM) / (groups + 0.25)) for rank in range(groups, 0, -1)]
    rates = [math.exp(spread * math.sqrt(told_apart) * place) for place in places]
    own = math.fsum(rates[:listed]) / math.fsum(rates)
    return (1.0 - moved) * own + moved * listed / groups


def after_attacks_per_month(s: Scenario) -> float:
    """Notifications a month that follow attacks, at reference."""
    notification = s.programme.notification
    return min(notification.after_attack * notification.per_month, attributed_per_month(s))


def after_attack_chance(s: Scenario) -> float:
    """Probability that a notification follows an attributed attack of a listed group."""
    seen = attributed_per_month(s)
    return after_attacks_per_month(s) / seen if seen > 0.0 else 0.0


def routine_per_month(s: Scenario) -> float:
    """Notifications a month that come whatever happens."""
    return s.programme.notification.per_month - after_attacks_per_month(s)
