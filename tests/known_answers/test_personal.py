"""What a talk does to the one who was talked with: the gate ``personal``."""

from __future__ import annotations

import numpy as np
import pytest

from gvi_sim.execution.planning.runner import Engine
from gvi_sim.world import codes as C

from . import closed_forms as theory
from .worlds import GVI, off

CONTACTS = (C.DOSE_CALL_IN, C.DOSE_NOTIFICATION, C.DOSE_AFTER_ATTACK)
TALKS = (
    *GVI, "burn_in_years=0", "belief.message_reach=1", "programme.notification.per_month=9",
    "partners.community.commitment=1", "attacks.contracted_share=0",
)  # fmt: skip


def first_talks(doses: np.ndarray) -> dict[int, float]:
    found: dict[int, float] = {}
    for d in doses[np.isin(doses["kind"], CONTACTS)]:
        found.setdefault(int(d["person"]), float(d["day"]))
    return found


@pytest.mark.parametrize(("strength", "refrain"), [(1, True), (0, False)])
def test_whoever_was_reached_for_good_never_shoots_again_and_others_do(strength: int, refrain: bool) -> None:
    words = (f"gates.personal_strength={strength}", "belief.message_half_life_days=inf", "gates.replacement=1")
    size = ("site.groups=6", "site.members=60", "years=4", "site.attacks_per_year=60")
    tables = Engine(off(*TALKS, *words, *size), frozenset({"attacks", "doses"})).run(3, 0).tables
    talks = first_talks(tables["doses"])
    after = [talks.get(int(a["shooter"]), np.inf) < a["day"] for a in tables["attacks"]]
    assert len(talks) > 50 and len(after) - sum(after) > 20
    assert (sum(after) == 0) == refrain


def test_the_gate_passes_as_salience_says_and_salience_halves() -> None:
    """Groups of one, all talked with: stopped with strength times what is left of the message."""
    words = (
        "gates.personal_strength=0.8", "belief.message_half_life_days=200", "programme.stop_date=2020-07-01",
        "site.groups=6", "site.members=6", "membership.turnover=false", "attacks.outsider_share=1", "years=3",
        "site.attacks_per_year=200", "programme.notification.per_month=40",
    )  # fmt: skip
    stopped = expected = variance = 0.0
    for replicate in range(10):
        tables = Engine(off(*TALKS, *words), frozenset({"candidates", "doses"})).run(5, replicate).tables
        doses = tables["doses"][np.isin(tables["doses"]["kind"], CONTACTS)]
        last = {int(g): doses["day"][doses["group"] == g].max() for g in set(doses["group"])}
        assert len(last) == 6
        for c in tables["candidates"]:
            since = float(c["day"]) - last[int(c["attacker_group"])]
            if since > 0.0:
                # Each talk brings the whole message (reach 1), so only the last one counts.
                chance = 0.8 * theory.halved(1.0, since, 200.0)
                stopped += (c["blocked"] & C.PERSONAL) > 0
                expected += chance
                variance += chance * (1.0 - chance)
    assert expected > 500
    assert abs(stopped - expected) < 4.42 * np.sqrt(variance)
