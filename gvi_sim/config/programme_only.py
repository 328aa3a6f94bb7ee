"""What acts only while a programme runs. Every other key holds with and without it: it makes business as usual."""

from __future__ import annotations

from typing import Any

__all__ = ["AT_REST", "acts_in_business_as_usual", "dotted"]

# Nested as the scenario; each with a value at which nothing is done, as the pilot of business as usual has it.
AT_REST: dict[str, Any] = {
    "gates": {"mediation_effect": 0, "norm_strength": 0, "pressure_strength": 0},
    "exit": {"offer_rate": 0},
    "belief": {
        "message_reach": 0, "sanction_weight": 0, "credibility": 0.5, "credibility_strength": 1,
        "promise_half_life_days": 365, "message_half_life_days": 365, "legitimacy_contact_step": 0,
        "legitimacy_sanction_step": 0,
    },
    "partners": {
        name: {"signed": True, "commitment": 1, "erosion_per_year": 0}
        for name in ("police", "municipality", "probation", "community")
    },
    "programme": {
        "enabled": False, "stop_date": None, "ramp_days": 0, "coverage": 0, "audit_every_days": 365,
        "roster_recall": 0, "roster_error": 0, "sanction_certainty": 0, "mediation_reach": 0, "prevention": 0,
        "sanction": {"delay_days": 0, "duration_days": 1, "capacity": 0, "extra_arrests_per_member_year": 0},
        "call_in": {"every_days": 0, "summoned": 0, "attendance": 0},
        "notification": {"per_month": 0, "burst": 0, "burst_delay_days": 1},
    },
}  # fmt: skip


def dotted(tree: dict[str, Any], prefix: str = "") -> dict[str, Any]:
    """The leaves of a nested mapping by their dotted keys."""
    flat: dict[str, Any] = {}
    for name, value in tree.items():
        flat |= dotted(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value}
    return flat


_KEYS = frozenset({*dotted(AT_REST), "programme.start_date"})


def acts_in_business_as_usual(key: str) -> bool:
    """Whether a key may change what happens without a programme."""
    return key not in _KEYS
