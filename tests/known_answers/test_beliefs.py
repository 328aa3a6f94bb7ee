"""What groups believe, told anew from the tables of a run and compared with the engine's state."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest

from gvi_sim.dynamics import belief, gates
from gvi_sim.execution.planning.runner import Engine
from gvi_sim.kernel.compiler import entry
from tests.properties.twin import twin, twin_runner

from . import closed_forms as theory
from .worlds import GVI, HIRED, off


@entry
def look(w, g, t, out):
    """Salience, legitimacy, perceived certainty without and with the message, the gates ``norm`` and ``deterrence``."""
    s = belief.salience(w, g, t)
    out[0] = s
    out[1] = belief.legitimacy(w, g, t)
    out[2] = belief.perceived_certainty(w, g, t, 0.0)
    out[3] = belief.perceived_certainty(w, g, t, s)
    out[4] = gates.deterrence_and_norm(w, g, t)[1]
    out[5] = gates.deterrence_and_norm(w, g, t)[0]


def felt(world, group: int, day: float) -> np.ndarray:
    out = np.zeros(6)
    look(world, group, day, out)
    return out


WORDS = (
    *GVI, "burn_in_years=0", "years=4", "site.groups=5", "site.members=60", "site.rivals_mean=2",
    "site.allies_mean=1", "attacks.contracted_share=0.3", "attacks.kappa_retaliation=0.3",
    "gates.deterrence_strength=0.5", "gates.norm_strength=0.2", "gates.norm_deeds=0.8", "gates.replacement=1",
    "belief.habituation=0.7",
    "justice.clearance_no_hit=0.4", "justice.attribution=0.7", "justice.attribution_error=0.1",
    "belief.prior_strength=20", "belief.belief_half_life_days=300", "belief.patience_days=80",
    "belief.vicarious=0.4", "belief.sanction_weight=0.8", "belief.credibility=0.3",
    "belief.credibility_strength=5", "belief.promise_half_life_days=200", "belief.message_reach=0.35",
    "belief.message_half_life_days=150", "belief.contracted_belief=0.3", "belief.legitimacy_reference=0.5",
    "programme.sanction_certainty=0.6", "programme.sanction.capacity=2", "programme.call_in.every_days=150",
    "programme.call_in.summoned=8", "programme.call_in.attendance=0.8", "programme.notification.per_month=3",
    "programme.notification.after_attack=0.3", "partners.community.commitment=0.8",
)  # fmt: skip
TABLES = frozenset({"attacks", "doses", "persons"})


class Told(NamedTuple):
    """Counts beyond the prior, promise counts and salience by group."""

    arrest: np.ndarray
    promise: np.ndarray
    salience: np.ndarray


class Teller:
    """Beliefs from events, as the model's section 4 says, step by step in time."""

    def __init__(self, groups: int, tie: np.ndarray) -> None:
        """``tie`` [hearer, group]: how strongly the hearer feels its tie to the group."""
        self.weight = 0.4 * tie + np.eye(groups)
        self.now, self.contacts = 0.0, np.zeros(groups)
        self.told = Told(np.zeros((groups, 2)), np.tile([1.5, 3.5], (groups, 1)), np.zeros(groups))

    def until(self, day: float) -> Told:
        days, self.now = day - self.now, day
        arrest, promise, salience = self.told
        total = promise.sum(axis=1, keepdims=True)
        relaxed = 5.0 + theory.halved(1.0, days, 200.0) * (total - 5.0)
        self.told = Told(
            theory.halved(1.0, days, 300.0) * arrest, promise * relaxed / total,
            theory.halved(1.0, days, 150.0) * salience,
        )  # fmt: skip
        return self.told

    def arrested(self, group: int, a: float) -> None:
        self.told.arrest[:] += np.outer(self.weight[:, group], [a, 1.0 - a])

    def promised(self, group: int, kept: bool) -> None:
        self.told.promise[:, 0 if kept else 1] += self.weight[:, group]

    def heard(self, group: int) -> None:
        reach = 0.35 * 0.8 * (1.0 + self.contacts[group]) ** -0.7
        self.contacts[group] += 1.0
        self.told.salience[:] += reach * self.weight[:, group] * (1.0 - self.told.salience)


def events(tables: dict[str, np.ndarray]) -> list[tuple[float, str, int, float]]:
    found = []
    for a in tables["attacks"]:
        delay = a["arrest_day"] - a["day"]
        group = int(a["attacker_group"])
        if a["cleared"] and not np.isnan(delay) and delay <= 80.0:
            found.append((float(a["arrest_day"]), "arrest", group, 0.3 if a["contracted"] else 1.0))
        else:
            found.append((float(a["day"]) + 80.0, "arrest", group, 0.0))
    for d in tables["doses"]:
        kind = {1: "contact", 2: "contact", 3: "contact", 5: "kept", 6: "broken"}.get(int(d["kind"]))
        if kind:
            found.append((float(d["day"]), kind, int(d["group"]), 0.0))
    return sorted(found)


def ties(world) -> np.ndarray:
    rows = int(world.tie_start[-1])
    tie = np.zeros((len(world.groups),) * 2)
    group = np.repeat(np.arange(len(tie)), np.diff(world.tie_start))
    tie[group, world.ties["to"][:rows]] = world.ties["strength"][:rows]
    return tie


@pytest.mark.parametrize("replicate", range(4))
def test_beliefs_follow_from_the_events(replicate: int) -> None:
    engine = Engine(off(*WORDS), TABLES)
    tables = engine.run(12, replicate).tables
    end = engine.window[1]
    world = engine.world_at(12, replicate, end)
    teller = Teller(5, ties(world))
    kinds = set()
    for day, kind, group, a in events(tables):
        if day > end:
            break
        teller.until(day)
        kinds.add(kind)
        if kind == "arrest":
            teller.arrested(group, a)
        elif kind == "contact":
            teller.heard(group)
        else:
            teller.promised(group, kind == "kept")
    assert kinds == {"arrest", "contact", "kept", "broken"}
    told = teller.until(end + 37.0)
    d = off(*WORDS).justice.delay
    within = float(
        theory.delay_cdf(
            np.array(80.0), (d.first_share, d.first_days), (d.middle_share, d.middle_days), d.late_mean_days
        )
    )
    certain = (20.0 * 0.4 * within + told.arrest[:, 0]) / (20.0 + told.arrest.sum(axis=1))
    believed = told.promise[:, 0] / told.promise.sum(axis=1)
    with_message = 1.0 - (1.0 - certain) * (1.0 - 0.8 * told.salience * believed)
    seen = np.array([felt(world, g, end + 37.0) for g in range(5)])
    np.testing.assert_allclose(seen[:, 0], told.salience, rtol=1e-9)
    np.testing.assert_allclose(seen[:, 2], certain, rtol=1e-9)
    np.testing.assert_allclose(seen[:, 3], with_message, rtol=1e-9)
    listened = 1.0 - 0.8 * (1.0 - np.minimum(believed / 0.3, 1.0))
    assert listened.min() < 0.99 and teller.contacts.max() > 3
    np.testing.assert_allclose(seen[:, 4], 1.0 - 0.2 * told.salience * listened, rtol=1e-9)


def test_contacts_are_forgotten_as_members_leave() -> None:
    """One contact reaches ``message_reach``; the next, a mean spell later, is worn by 1/e of a contact."""
    words = (*GVI, "belief.message_reach=0.5", "belief.habituation=1.2", "belief.message_half_life_days=inf")
    w = twin_runner(off(*words, "membership.turnover=true", "membership.spell_years=2")).world_at(1, 0, 0.0)
    hear = twin("dynamics.belief").hear_message
    hear(w, 0, 10.0, 0.5)
    assert w.groups[0].salience == 0.5
    hear(w, 0, 10.0 + 2 * 365.25, 0.5)
    worn = 0.5 * (1.0 + np.exp(-1.0)) ** -1.2
    assert w.groups[0].salience == pytest.approx(0.5 + worn * 0.5, rel=1e-12)


def test_half_lives_are_exact() -> None:
    """Once GVI and attacks have stopped nothing is left but relaxation."""
    words = (
        *WORDS, "programme.stop_date=2022-01-01", "belief.legitimacy_contact_step=0.2",
        "belief.legitimacy_half_life_days=90", "calendar.trend=[[2000-01-01,1],[2021-06-01,0]]",
        "attacks.kappa_retaliation=0", "justice.delay.late_mean_days=1", "justice.delay.middle_days=3",
    )  # fmt: skip
    engine = Engine(off(*words))
    quiet = 760.0
    world = engine.world_at(12, 0, quiet)
    first = np.array([felt(world, g, quiet) for g in range(5)])
    prior = float(theory.delay_cdf(np.array(80.0), (0.26, 2.0), (0.47, 3.0), 1.0)) * 0.4
    certain = [first[:, 2]]
    for days in (90.0, 150.0, 300.0):
        world = engine.continue_to(quiet + days)
        later = np.array([felt(world, g, quiet + days) for g in range(5)])
        np.testing.assert_allclose(later[:, 0], theory.halved(1.0, days, 150.0) * first[:, 0], rtol=1e-9)
        np.testing.assert_allclose(
            later[:, 1] - 0.5, theory.halved(1.0, days, 90.0) * (first[:, 1] - 0.5), rtol=1e-9, atol=1e-15
        )
        certain.append(later[:, 2])
    # Two readings give the counts a and b beyond the prior (strength 20); the later ones follow from them.
    k = theory.halved(1.0, 90.0, 300.0)
    for p in np.array(certain).T:
        equations = np.array([[1.0 - p[0], -p[0]], [k * (1.0 - p[1]), -k * p[1]]])
        a, b = np.linalg.solve(equations, 20.0 * (p[:2] - prior))
        assert a >= -1e-6 and b > 0.1
        for days, seen in ((150.0, p[2]), (300.0, p[3])):
            left = theory.halved(1.0, days, 300.0)
            assert seen == pytest.approx((20.0 * prior + a * left) / (20.0 + (a + b) * left), rel=1e-9)


def test_the_prior_follows_the_dated_clearance() -> None:
    """Clearance doubles at day 0; what the public believes moves half of the way in a half-life."""
    words = (
        *HIRED, "site.attacks_per_year=0", "justice.clearance_no_hit=0.4", "justice.clearance_hit=0.4",
        "justice.clearance_fatal=0.4", "belief.public_half_life_days=100", "belief.patience_days=80",
        "calendar.series={justice.clearance: [[2000-01-01, 1], [2020-01-01, 2]]}",
    )  # fmt: skip
    engine = Engine(off(*words))
    world = engine.world_at(1, 0, 0.0)
    before = felt(world, 0, -10.0)[2]
    assert felt(world, 0, 0.0)[2] == pytest.approx(before, rel=1e-9)
    for days in (100.0, 200.0, 1000.0):
        assert felt(world, 0, days)[2] == pytest.approx(before * (2.0 - theory.halved(1.0, days, 100.0)), rel=1e-6)


def test_certainty_deters_along_the_kinked_curve() -> None:
    """The gate passes with exp(-strength * psi(p)); psi is a softplus from 0 at 0 to 1 at 1, knee at 0.35."""
    strength, knee, width, rows = 1.2, 0.35, 0.1, {}
    for clearance in (0.1, 0.3, 0.5, 0.7, 0.9):
        words = (
            *HIRED, f"gates.deterrence_strength={strength}", f"gates.knee={knee}",
            f"gates.knee_width={width}",
            f"justice.clearance_no_hit={clearance}", "justice.delay.first_share=1",
            "justice.delay.middle_share=0", "belief.prior_strength=1e6", "belief.contracted_belief=1",
        )  # fmt: skip
        engine = Engine(off(*words), frozenset({"candidates"}))
        tables = [engine.run(4, replicate).tables["candidates"] for replicate in range(25)]
        blocked = np.concatenate([table["blocked"] for table in tables])
        rows[clearance] = (np.sum(blocked == 0), len(blocked))
    soft = lambda p: np.log1p(np.exp((p - knee) / width))  # noqa: E731
    for clearance, (passed, tried) in rows.items():
        psi = (soft(clearance) - soft(0.0)) / (soft(1.0) - soft(0.0))
        chance = np.exp(-strength * psi)
        assert abs(passed - tried * chance) < 4.42 * np.sqrt(tried * chance * (1.0 - chance)), clearance
    shares = [passed / tried for passed, tried in rows.values()]
    assert shares == sorted(shares, reverse=True)


@pytest.mark.parametrize("arrest_knee", [0.0, 0.3])
@pytest.mark.parametrize("sanction_knee", [0.0, 0.35])
@pytest.mark.parametrize("weight", [0.0, 0.4])
def test_arrest_and_sanction_deter_along_curves_of_their_own(
    arrest_knee: float, sanction_knee: float, weight: float
) -> None:
    """exp(-D (w psi_a(p_arrest) + psi_s(sanction))), psi at knee 0 the straight line."""
    words = (f"gates.knee={arrest_knee}", f"gates.sanction_knee={sanction_knee}", f"gates.arrest_weight={weight}",
             "gates.knee_width=0.1", "gates.deterrence_strength=1.5")  # fmt: skip
    engine = Engine(off(*WORDS, *words))
    end = engine.window[1]
    world = engine.world_at(12, 0, end)

    def psi(p: float, knee: float) -> float:
        soft = lambda x: np.log1p(np.exp((x - knee) / 0.1))  # noqa: E731
        return p if knee == 0.0 else float((soft(p) - soft(0.0)) / (soft(1.0) - soft(0.0)))

    told = 0
    for g in range(5):
        salience, _, alone, both, _, gate = felt(world, g, end)
        sanction = 1.0 - (1.0 - both) / (1.0 - alone)
        assert gate == pytest.approx(np.exp(-1.5 * (weight * psi(alone, arrest_knee) + psi(sanction, sanction_knee))))
        told += salience > 0.0 and sanction > 0.0
    assert told > 2
