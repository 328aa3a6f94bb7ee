"""Groups of a replicate: keyed sizes and activities, and the candidate rate that gives the stated level.

Sizes are shares of a lognormal, rounded so that they sum to the site's members and nobody is empty.
Background candidates come to a group at ``candidate_rate``, proportional to size times activity. The level
``attacks_per_year`` includes offspring: with the share o of background attacks on outsiders (civilians included; all of
them for groups without rivals), n = sum of the kappas and q the share of attacks whose target has another
tied group, attacks per background attack are o / (1 - k_repeat) + (1 - o) / (1 - k_retaliation - k_repeat
- q k_spread); each kappa times the mean factor that fatal attacks bring. With n >= 1 no level exists and
``attacks_per_year`` counts background attacks alone.
"""

from __future__ import annotations

import math

from ..kernel import draws
from ..kernel.compiler import i64, kernel


@kernel
def _draw_sizes(w, site, run):
    par = w.par[site]
    first = int(par.first_group)
    n = int(par.groups)
    total = 0.0
    for g in range(first, first + n):
        a, b = draws.uniform_pair(run, draws.SIZE, w.groups[g].key, draws.ONLY)
        w.groups[g].score = draws.lognormal_from(a, b, par.size_sd)
        total += w.groups[g].score
        a, b = draws.uniform_pair(run, draws.ACTIVITY, w.groups[g].key, draws.ONLY)
        w.groups[g].activity = draws.lognormal_from(a, b, par.activity_sd)
    running = 0.0
    given = 0
    for g in range(first, first + n):
        running += 1.0 + (par.members - n) * w.groups[g].score / total
        upto = i64(math.floor(running + 0.5))
        w.groups[g].members = upto - given
        w.groups[g].first_slot = w.state[0].slots + given
        w.groups[g].score = 0.0
        given = upto
    w.state[0].slots += given


@kernel
def _tied_elsewhere(w, g, h):
    """Whether ``h`` has a tie with some group other than ``g``."""
    for e in range(w.tie_start[h], w.tie_start[h + 1]):
        if w.ties[e].to != g and w.ties[e].strength > 0.0:
            return True
    return False


@kernel
def _spread_share(w, g):
    """Share of the attacks of ``g`` on rivals whose target has another tied group."""
    share = 0.0
    for e in range(w.tie_start[g], w.tie_start[g + 1]):
        tie = w.ties[e]
        if tie.rivalry > 0.0 and _tied_elsewhere(w, g, tie.to):
            share += tie.rivalry
    return share / w.groups[g].rivalry


@kernel
def _attacks_per_background(w, site):
    par = w.par[site]
    first = int(par.first_group)
    total = 0.0
    outside = 0.0
    spreading = 0.0
    on_outsiders = par.outsider_share + (1.0 - par.outsider_share) * par.detonation_share * par.civilian_share
    for g in range(first, first + int(par.groups)):
        group = w.groups[g]
        weight = group.members * group.activity
        total += weight
        if group.rivalry <= 0.0:
            outside += weight
        else:
            outside += weight * on_outsiders
            spreading += weight * (1.0 - on_outsiders) * _spread_share(w, g)
    inside = total - outside
    q = spreading / inside if inside > 0.0 else 0.0
    repeat = 1.0 - par.mean_factor * par.kappa_repeat
    n = par.mean_factor * (par.kappa_retaliation + par.kappa_repeat + q * par.kappa_spread)
    if n >= 1.0 or repeat <= 0.0:
        return 1.0, total
    o = outside / total
    return o / repeat + (1.0 - o) / (1.0 - n), total


@kernel
def _set_rates(w, site):
    par = w.par[site]
    multiplier, total = _attacks_per_background(w, site)
    first = int(par.first_group)
    for g in range(first, first + int(par.groups)):
        group = w.groups[g]
        share = group.members * group.activity / total
        group.candidate_rate = share * par.attacks_per_day / multiplier * par.background_scale


@kernel
def draw_groups(w, run):
    """Draw sizes and activities of all groups."""
    for site in range(len(w.sites)):
        _draw_sizes(w, site, run)


@kernel
def set_rates(w):
    """Set candidate rates, once sizes and ties are known."""
    for site in range(len(w.sites)):
        _set_rates(w, site)
