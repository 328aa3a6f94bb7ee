"""What acts only while a programme runs. Every other key holds with and without it: it makes business as usual."""

from __future__ import annotations

from typing import Any

from .levers import levers

__all__ = ["AT_REST", "acts_in_business_as_usual"]

# A value of each key at which nothing is done, as the pilot of business as usual has it: every lever, and these.
AT_REST: dict[str, Any] = {key: lever.doses[0] for key, lever in levers().items()} | {
    "gates.mediation_effect": 0, "gates.norm_strength": 0, "gates.norm_deeds": 0, "gates.personal_strength": 0,
    "gates.pressure_strength": 0, "gates.sanction_knee": 0.35,
    "belief.habituation": 0, "belief.unseen_weight": 1,
    "promise.rule": "every", "promise.round_days": 182, "promise.detonations": True, "promise.heard": 0,
    "promise.feared": "always", "timeline": [],
    "belief.message_reach": 0, "belief.sanction_weight": 0, "belief.credibility": 0.5, "belief.credibility_strength": 1,
    "belief.promise_half_life_days": 365, "belief.message_half_life_days": 365,
    "belief.legitimacy_contact_step": 0, "belief.legitimacy_sanction_step": 0,
    **{f"partners.{name}.{leaf}": value
       for name in ("police", "municipality", "probation", "community")
       for leaf, value in {"signed": True, "commitment": 1, "erosion_per_year": 0}.items()},
    "programme.enabled": False, "programme.stop_date": None, "programme.ramp_days": 0,
    "programme.audit_every_days": 365, "programme.roster_recall": 0, "programme.roster_error": 0,
    "programme.extra_places": 0, "programme.call_in.attendance": 0, "programme.notification.delay_days": 1,
    "programme.notification.after_attack": 0,
}  # fmt: skip
_KEYS = frozenset({*AT_REST, "programme.start_date"})


def acts_in_business_as_usual(key: str) -> bool:
    """Whether a key may change what happens without a programme."""
    return key not in _KEYS
