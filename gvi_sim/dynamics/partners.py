"""Partners' commitment and the programme's ramp (ODD 7.6).

Commitment counts relative to the one at which the published doses were seen: 1 there, more or less elsewhere. It erodes
as c * (1 - erosion_per_year) ** years since the first start, pauses included. The ramp rises from 0 to 1 over
``ramp_days`` after each start and scales contacts, offers, prevention and mediation; a promise is owed in full at once.
"""

from __future__ import annotations

from ..kernel.compiler import inline
from ..kernel.elementary import exp


@inline
def _eroded(commitment, rate, days):
    return commitment * exp(-rate * days) if rate > 0.0 and days > 0.0 else commitment


@inline
def police(w, site, t):
    """Commitment of the police at ``t``, 1 at the reference."""
    par = w.par[site]
    return _eroded(par.police, par.police_rate, t - w.sites[site].since)


@inline
def municipality(w, site, t):
    """Commitment of the municipality at ``t``, 1 at the reference."""
    par = w.par[site]
    return _eroded(par.municipality, par.municipality_rate, t - w.sites[site].since)


@inline
def probation(w, site, t):
    """Commitment of the Prison and Probation Service at ``t``, 1 at the reference."""
    par = w.par[site]
    return _eroded(par.probation, par.probation_rate, t - w.sites[site].since)


@inline
def community(w, site, t):
    """Commitment of the community at ``t``, 1 at the reference."""
    par = w.par[site]
    return _eroded(par.community, par.community_rate, t - w.sites[site].since)


@inline
def ramp_since_start(w, site, t):
    """Share of the full dose at ``t``, had GVI not stopped since it started."""
    since = t - w.sites[site].start
    days = w.par[site].ramp_days
    if since < 0.0:
        return 0.0
    return 1.0 if since >= days else since / days


@inline
def ramp(w, site, t):
    """Share of the full dose at ``t``, 0 while GVI does not run."""
    return ramp_since_start(w, site, t) if w.sites[site].active == 1 else 0.0
