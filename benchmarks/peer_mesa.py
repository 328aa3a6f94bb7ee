"""A peer in plain Mesa: one agent a person, one step a day, the same mechanisms as far as days allow.

Candidates are the Hawkes form of the engine's: an attack leaves *pressure* on the groups it may move to act,
pressure decays exponentially and is spent as a daily chance. A group's chance is shared among its natural
members by propensity, so who is chosen does not depend on who is away; somebody who is away may be replaced.
Background and offspring use the engine's own reference constants: with the same mechanisms the same
candidates must give the same attacks, and ``benchmarks.agreement`` tests that they do.

    chance of person i = (members * background_g + sum of pressure spent today) * w_i / sum of w
"""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple, cast

import mesa
import pandas as pd

if TYPE_CHECKING:
    from gvi_sim import Scenario
    from gvi_sim.world.builder import Reference

YEAR = 365.25
LEAST_PRESSURE = 1e-6


class Attack(NamedTuple):
    """One row of the log."""

    day: int
    cause: str
    attacker: int
    target: int
    shooter: int
    hit: int
    killed: int
    cleared: bool


class Person(mesa.Agent):
    """A member during a natural spell; free, wounded, detained or dead."""

    model: Peer

    def __init__(self, model: Peer, group: Group) -> None:
        super().__init__(model)
        self.group = group
        sd = model.config.membership.propensity_sd
        self.propensity = self.random.lognormvariate(-0.5 * sd * sd, sd)
        self.leave_day = model.today + self.random.expovariate(1.0 / model.spell_days)
        self.wounded_until = 0.0
        self.detained_until = 0.0
        group.join(self)

    @property
    def is_free(self) -> bool:
        return bool(self.model.today >= max(self.wounded_until, self.detained_until))

    def step(self) -> None:
        """Leave for good, be arrested for something else, be chosen for an attack: the day's chances."""
        model = self.model
        if model.today >= self.leave_day:
            self.group.part(self)
            self.remove()
            return
        if self.random.random() < model.daily_arrest and model.today >= self.detained_until:
            self.detain(self.random.expovariate(1.0 / model.config.justice.other_detention_days))
        if self.random.random() < self.group.chance_per_propensity * self.propensity:
            self.group.attempt(self)

    def detain(self, days: float) -> None:
        self.detained_until = max(self.detained_until, self.model.today + days)


class Group(mesa.Agent):
    """A group: its members, the pressure on it to act, and what it has learnt about arrests."""

    model: Peer

    def __init__(self, model: Peer, number: int, size: float) -> None:
        super().__init__(model)
        self.number = number
        self.size = size
        self.background = 0.0
        self.ties: dict[Group, float] = {}
        self.rivals: dict[Group, float] = {}
        self.members: dict[Person, None] = {}
        self.propensity = 0.0
        self.chance_per_propensity = 0.0
        self.pressure: dict[tuple[str, Group], float] = {}
        self.arrests = 0.0
        self.escapes = 0.0

    def join(self, person: Person) -> None:
        self.members[person] = None
        self.propensity += person.propensity

    def part(self, person: Person) -> None:
        del self.members[person]
        self.propensity -= person.propensity

    def step(self) -> None:
        """Recruit, forget a little, and set the day's chance of an attack."""
        model = self.model
        for _ in range(model.poisson(self.size / model.spell_days)):
            Person(model, self)
        self.arrests *= model.forgetting
        self.escapes *= model.forgetting
        attempts = self.background * len(self.members)
        for key, level in list(self.pressure.items()):
            kept = model.kept[key[0]]
            attempts += level * (1.0 - kept)
            if level > LEAST_PRESSURE:
                self.pressure[key] = level * kept
            else:
                del self.pressure[key]
        self.chance_per_propensity = attempts / self.propensity if self.members else 0.0

    def free_member(self, *, but: Person | None = None) -> Person | None:
        """A free member by propensity, or None."""
        free = [person for person in self.members if person is not but and person.is_free]
        if not free:
            return None
        chosen: Person = self.random.choices(free, [person.propensity for person in free])[0]
        return chosen

    def attempt(self, chosen: Person) -> None:
        """The chosen member, or a replacement, attacks unless deterred."""
        gates = self.model.config.gates
        shooter: Person | None = chosen
        if not chosen.is_free:
            replaced = self.random.random() < gates.replacement
            shooter = self.free_member(but=chosen) if replaced else None
        if shooter is None or self.random.random() >= self.model.passing(self.certainty()):
            return
        cause, target = self.reason()
        self.model.attack(self, target, shooter, cause)

    def reason(self) -> tuple[str, Group]:
        """Why and on whom, in proportion to today's background and pressure."""
        model = self.model
        reasons: list[tuple[str, Group | None]] = [("background", None), *self.pressure]
        weights = [self.background * len(self.members)]
        weights += [level * (1.0 / model.kept[key[0]] - 1.0) for key, level in self.pressure.items()]
        cause, target = self.random.choices(reasons, weights)[0]
        return cause, target or self.random.choices(list(self.rivals), list(self.rivals.values()))[0]

    def certainty(self) -> float:
        """Perceived certainty of an arrest: prior and own and heard-of experience."""
        strength = self.model.config.belief.prior_strength
        return (strength * self.model.prior + self.arrests) / (strength + self.arrests + self.escapes)

    def learn(self, arrests: float, escapes: float) -> None:
        """One own attack came to an end; tied groups hear of it."""
        vicarious = self.model.config.belief.vicarious
        for group, weight in [(self, 1.0), *((g, vicarious * g.ties[self]) for g in self.ties)]:
            group.arrests += weight * arrests
            group.escapes += weight * escapes


class Peer(mesa.Model):
    """The model: ``run_years`` and then ``attacks`` as a table."""

    def __init__(self, scenario: Scenario, reference: Reference, seed: int) -> None:
        super().__init__(rng=seed)
        self.config = scenario
        self.today = 0
        self.log: list[Attack] = []
        self.arrests = 0
        self.due: dict[int, list[tuple[Person, Group, float | None, bool]]] = defaultdict(list)
        self.spell_days = scenario.membership.spell_years * YEAR
        self.daily_arrest = -math.expm1(-scenario.justice.other_arrest_rate_per_year / YEAR)
        self.forgetting = 0.5 ** (1.0 / scenario.belief.belief_half_life_days)
        fast = math.exp(-1.0 / scenario.attacks.fast_delay_days)
        slow = math.exp(-1.0 / scenario.attacks.slow_delay_days)
        self.kept = {"retaliation": fast, "repeat": fast, "spread": slow}
        self.offspring = reference.offspring
        self.prior = prior_certainty(scenario)
        self.build(reference.background)

    def build(self, background: float) -> None:
        """Groups of equal size with lognormal activity, rivals as stated, members already there."""
        site = self.config.site
        groups = [Group(self, number, site.members / site.groups) for number in range(site.groups)]
        for a, b, rivalry, _ in site.ties:
            groups[a].rivals[groups[b]] = groups[b].rivals[groups[a]] = rivalry
        activity = [self.random.lognormvariate(0.0, site.activity_sd) for _ in groups]
        n = sum(kappas(self.config))
        candidates = site.attacks_per_year / YEAR * (1.0 - n) * background
        for group, active in zip(groups, activity, strict=True):
            group.background = candidates * active / sum(activity) / group.size
            scale = max(max(group.rivals.values()), sum(group.rivals.values()) / 2.0)
            group.ties = {other: weight / scale for other, weight in group.rivals.items()}
            for _ in range(self.poisson(group.size)):
                Person(self, group)

    def poisson(self, mean: float) -> int:
        return int(self.rng.poisson(mean))

    def passing(self, certainty: float) -> float:
        """The deterrence gate at a perceived certainty."""
        gates = self.config.gates
        return math.exp(-gates.deterrence_strength * kinked(certainty, gates.knee, gates.knee_width))

    def step(self) -> None:
        """One day: what falls due, then groups, then persons in random order."""
        self.today += 1
        for shooter, group, sentence, learns in self.due.pop(self.today, ()):
            self.resolve(shooter, group, sentence, learns=learns)
        self.agents_by_type[Group].do("step")
        self.agents_by_type[Person].shuffle_do("step")

    def run_years(self, years: float) -> None:
        for _ in range(round(years * YEAR)):
            self.step()

    def attack(self, group: Group, target: Group, shooter: Person, cause: str) -> None:
        """The attack itself: harm, the investigation, and the pressure it leaves."""
        hit, killed = self.harm(target)
        justice = self.config.justice
        outcome = "fatal" if killed else "hit" if hit else "no_hit"
        cleared = self.random.random() < cast(float, getattr(justice, f"clearance_{outcome}"))
        self.investigate(group, shooter, cast(float, getattr(justice, f"sentence_years_{outcome}")), cleared)
        retaliation, repeat, spread = (kappa * self.offspring for kappa in kappas(self.config))
        press(target, "retaliation", group, retaliation)
        press(group, "repeat", target, repeat)
        allies = {other: weight for other, weight in target.ties.items() if other is not group}
        for other, weight in allies.items():
            press(other, "spread", group, spread * weight / sum(allies.values()))
        self.log.append(Attack(self.today, cause, group.number, target.number, shooter.unique_id, hit, killed, cleared))

    def harm(self, target: Group) -> tuple[int, int]:
        """Persons hit and killed: free members of the target group, or bystanders."""
        harm = self.config.harm
        if self.random.random() >= harm.p_hit:
            return 0, 0
        hit, killed = 1, 0
        again = harm.extra_hit_mean / (1.0 + harm.extra_hit_mean)
        while self.random.random() < again:
            hit += 1
        for _ in range(hit):
            dies = self.random.random() < harm.p_death_given_hit
            killed += dies
            bystander = self.random.random() < harm.bystander_share
            victim = None if bystander else target.free_member()
            if victim is not None:
                victim.wounded_until = math.inf if dies else self.today + harm.recovery_days
        return hit, killed

    def investigate(self, group: Group, shooter: Person, mean_years: float, cleared: bool) -> None:
        """Put the arrest, and the day on which the group counts it an escape, in the diary."""
        patience = self.config.belief.patience_days
        lag = self.arrest_lag() if cleared else math.inf
        if lag <= patience:
            self.due[self.day_after(lag)].append((shooter, group, mean_years, True))
            return
        self.due[self.day_after(patience)].append((shooter, group, None, True))
        if cleared:
            self.due[self.day_after(lag)].append((shooter, group, mean_years, False))

    def day_after(self, lag: float) -> int:
        return self.today + max(1, round(lag))

    def arrest_lag(self) -> float:
        """Days from attack to arrest: at once, within months, or late."""
        delay = self.config.justice.delay
        which, where = self.random.random(), float(self.random.random())
        if which < delay.first_share:
            return where * delay.first_days
        if which < delay.first_share + delay.middle_share:
            return delay.first_days * math.pow(delay.middle_days / delay.first_days, where)
        return delay.middle_days - delay.late_mean_days * math.log1p(-where)

    def resolve(self, shooter: Person, group: Group, mean_years: float | None, *, learns: bool) -> None:
        """An arrest (with a mean sentence) or the end of patience (without)."""
        if mean_years is not None:
            self.arrests += 1
            shape = self.config.justice.sentence_shape
            shooter.detain(YEAR * self.random.gammavariate(shape, mean_years / shape))
        if learns:
            group.learn(*((0.0, 1.0) if mean_years is None else (1.0, 0.0)))

    @property
    def attacks(self) -> pd.DataFrame:
        """One row an attack."""
        return pd.DataFrame(self.log, columns=list(Attack._fields))


def press(group: Group, cause: str, target: Group, amount: float) -> None:
    """Add pressure on ``group`` to attack ``target``."""
    group.pressure[cause, target] = group.pressure.get((cause, target), 0.0) + amount


def kappas(scenario: Scenario) -> tuple[float, float, float]:
    """Mean offspring of an attack by cause: retaliation, repeat, spread."""
    attacks = scenario.attacks
    return attacks.kappa_retaliation, attacks.kappa_repeat, attacks.kappa_spread


def kinked(certainty: float, knee: float, width: float) -> float:
    """0 at 0, 1 at 1, nearly flat below the knee."""

    def softplus(x: float) -> float:
        return math.log1p(math.exp(x))

    low, high = softplus(-knee / width), softplus((1.0 - knee) / width)
    return (softplus((certainty - knee) / width) - low) / (high - low)


def prior_certainty(scenario: Scenario) -> float:
    """Attack-weighted clearance times the chance that the arrest comes within the group's patience."""
    harm, justice = scenario.harm, scenario.justice
    survives, again = 1.0 - harm.p_death_given_hit, harm.extra_hit_mean / (1.0 + harm.extra_hit_mean)
    fatal = harm.p_hit * (1.0 - survives * (1.0 - again) / (1.0 - again * survives))
    cleared = (
        fatal * justice.clearance_fatal
        + (harm.p_hit - fatal) * justice.clearance_hit
        + (1.0 - harm.p_hit) * justice.clearance_no_hit
    )
    return cleared * within(scenario.belief.patience_days, scenario)


def within(days: float, scenario: Scenario) -> float:
    """P(arrest lag <= days)."""
    delay = scenario.justice.delay
    late = 1.0 - delay.first_share - delay.middle_share
    first = delay.first_share * min(1.0, days / delay.first_days)
    middle = math.log(max(days, delay.first_days) / delay.first_days) / math.log(delay.middle_days / delay.first_days)
    after = -math.expm1(-max(0.0, days - delay.middle_days) / delay.late_mean_days)
    return first + delay.middle_share * min(1.0, middle) + late * after
