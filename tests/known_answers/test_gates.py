"""Gates as thinning: constant ones change nothing, one that drops by f from day 0 gives mu f and n f."""

from __future__ import annotations

import math

import numpy as np
import pytest

from . import closed_forms as theory
from .statistics import Scores, fano_z, holds, mean_z, ratio_z, share_z
from .worlds import GVI, HIRED, SELF_EXCITING, START, YEAR, Many, generations, many, off, parents

LEVEL, YEARS, N = 60.0, 10.0, 0.5
MU = LEVEL * (1.0 - N)
SETTLED = 2.0 * YEAR
CONSTANT = {
    "defiance": ("gates.defiance=0.7",),
    "deterrence": (
        "gates.deterrence_strength=1.5", "gates.knee=0.2", "justice.clearance_no_hit=0.9",
        "belief.prior_strength=1e6", "belief.vicarious=0", *HIRED,
    ),
    "withdrawal, all but constant": ("gates.withdrawal=1e-6",),
    "calendar under a cap": ("calendar.cap=2.5",),
    "calendar under a cap, offspring too": ("calendar.cap=1.5", "calendar.offspring=true"),
}  # fmt: skip


def shape(seen: Many, first: float = SETTLED) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(attacks, background attacks, offspring) by run from day ``first`` on."""
    attacks = seen.tables["attacks"]
    late = attacks[attacks["day"] >= first]
    background = seen.counts(late[late["cause"] == 0])
    every = seen.counts(late)
    return every, background, every - background


@pytest.mark.parametrize("gate", CONSTANT)
def test_a_gate_constant_from_the_reference_on_changes_nothing(gate: str) -> None:
    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*SELF_EXCITING, *CONSTANT[gate], "attacks.slow_delay_days=10"), seed, 200 * size, ("attacks",))
        every, background, offspring = shape(seen, 0.0)
        # The constants come from a pilot of some 30 000 attacks, each pass counting chances, not outcomes.
        return {
            "level": mean_z(every, LEVEL * YEARS),
            "background": mean_z(background, MU * YEARS),
            "share with a parent": ratio_z(offspring, every, N),
            "variance over mean": fano_z(every, theory.self_exciting_fano(N, 10.0, YEARS * YEAR)),
        }

    holds(measure)


def thinned(words: tuple[str, ...], mu: float, n: float) -> None:
    """Settled level and share with a parent under background rate ``mu`` a year and offspring ``n``."""

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*SELF_EXCITING, *words), seed, 200 * size, ("attacks",))
        every, background, offspring = shape(seen)
        years = YEARS - SETTLED / YEAR
        return {
            "level": mean_z(every, mu / (1.0 - n) * years),
            "background": mean_z(background, mu * years),
            "share with a parent": ratio_z(offspring, every, n),
        }

    measure.__qualname__ = f"thinned {words}"
    holds(measure)


def test_a_constant_calendar_gives_mu_v_and_n() -> None:
    thinned(("calendar.trend=[[1990-01-01,0.7]]",), 0.7 * MU, N)
    thinned(("calendar.trend=[[1990-01-01,1.3]]", "calendar.cap=2"), 1.3 * MU, N)


def test_a_calendar_that_drops() -> None:
    thinned((f"calendar.trend=[[1990-01-01,1],[{START},0.6]]",), 0.6 * MU, N)
    thinned((f"calendar.trend=[[1990-01-01,1],[{START},0.6]]", "calendar.offspring=true"), 0.6 * MU, 0.6 * N)


def test_a_season_averages_out() -> None:
    season = "calendar.season=[0.5,0.5,0.5,1,1,1,1.5,1.5,1.5,1,1,1]"
    words = (season, "calendar.cap=1.5")

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 150 * size, ("attacks",))
        day = seen.tables["attacks"]["day"]
        date = np.datetime64(START) + day.astype("timedelta64[D]")
        month = date.astype("datetime64[M]").astype(int) % 12
        low, high = np.isin(month, (0, 1, 2)), np.isin(month, (6, 7, 8))
        winter, summer = 91 * 10 + 2, 92 * 10  # days of January to March and July to September, 2020-29
        share = 1.5 * summer / (1.5 * summer + 0.5 * winter)
        last = date < np.datetime64("2029-12-31")
        return {"summers against winters": share_z((high & last).sum(), ((low | high) & last).sum(), share)}

    holds(measure)


def test_the_norm_under_full_salience_thins_everything() -> None:
    """One call-in reaches every group at once, and the message stays: all gates drop by f at day 0."""
    words = (
        *GVI, "gates.norm_strength=0.4", "belief.message_reach=1", "belief.message_half_life_days=inf",
        "programme.call_in.every_days=100000", "programme.call_in.summoned=120",
        "programme.call_in.attendance=1",
    )  # fmt: skip
    thinned(words, 0.6 * MU, 0.6 * N)


def test_mediation_thins_retaliation_and_spread() -> None:
    words = (*GVI, "programme.mediation_reach=1", "gates.mediation_effect=0.75")
    thinned(words, MU, 0.1 + 0.25 * 0.4)


def test_mediation_is_one_draw_a_parent() -> None:
    """Offspring of one attack, but for repeats, are stopped all or none."""
    words = (*GVI, "programme.mediation_reach=1", "gates.mediation_effect=0.5", *SELF_EXCITING)
    rows = many(off(*words), 4, 20, ("candidates",)).tables["candidates"]
    stopped = rows[np.isin(rows["cause"], (1, 3)) & (rows["day"] > 0)]
    # A parent before day 0 may have had offspring before GVI started, so order by parent and compare all.
    order = np.lexsort((stopped["parent"], stopped["run"]))
    run, parent, mask = (stopped[name][order] for name in ("run", "parent", "blocked"))
    twins = (run[1:] == run[:-1]) & (parent[1:] == parent[:-1])
    assert twins.sum() > 100
    assert np.all((mask[1:] & 16)[twins] == (mask[:-1] & 16)[twins])
    assert not np.any(rows["blocked"][rows["cause"] == 2])


def test_pressure_during_a_sanction_that_never_ends() -> None:
    """Certain sanctions that last for ever: from each group's first attack on, everything is thinned."""
    words = (
        *GVI, "gates.pressure_strength=0.5", "programme.sanction_certainty=1",
        "programme.sanction.capacity=100", "programme.sanction.delay_days=0",
        "programme.sanction.duration_days=400000", "programme.sanction.extra_arrests_per_member_year=0",
        "justice.attribution=1", "justice.attribution_error=0", "programme.call_in.every_days=100000",
        "programme.call_in.summoned=120", "programme.call_in.attendance=1",
    )  # fmt: skip
    thinned(words, 0.5 * MU, 0.5 * N)


def test_withdrawal_makes_the_next_attack_rarer() -> None:
    """A group's chance to act falls by exp(-w) for each attack it has just made or suffered."""
    words = (
        "gates.withdrawal=0.5",
        "gates.withdrawal_half_life_days=30",
        "site.groups=2",
        "site.rivals_mean=1",
    )

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 12 * size, ("candidates", "attacks"))
        rows = seen.tables["candidates"]
        rows = rows[np.lexsort((rows["day"], rows["run"]))]
        rate = np.log(2.0) / 30.0
        # Two groups: each attack is made by the one and suffered by the other, so both fear alike.
        fear, run, last, chance = 0.0, -1, 0.0, np.zeros(len(rows))
        columns = (rows[name].tolist() for name in ("run", "day", "blocked"))
        for k, (of_run, day, blocked) in enumerate(zip(*columns, strict=True)):
            fear = 0.0 if of_run != run else fear * math.exp(-rate * (day - last))
            run, last = of_run, day
            chance[k] = math.exp(-0.5 * fear)
            fear += 1.0 if blocked == 0 else 0.0
        settled = rows["day"] > SETTLED
        passed = rows["blocked"] == 0
        gap, spread = (passed - chance)[settled], (chance * (1.0 - chance))[settled]
        chance = chance[settled]
        return {
            "level": mean_z(seen.outcome("attacks"), LEVEL * YEARS),
            "passing": float(gap.sum() / np.sqrt(spread.sum())),
            "by fear": float((gap * chance).sum() / np.sqrt((spread * chance**2).sum())),
        }

    holds(measure)


def test_hired_shooters_need_nobody_free() -> None:
    """A group whose members are nearly all away attacks through hired shooters."""
    words = (
        "attacks.contracted_share=0.4", "justice.other_arrest_rate_per_year=20",
        "justice.other_detention_days=3652.5", "gates.replacement=0",
    )  # fmt: skip
    free = 1.0 - theory.share_away(20.0, 10.0)

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words, "burn_in_years=3"), seed, 30 * size, ("attacks", "candidates"))
        attacks, rows = seen.tables["attacks"], seen.tables["candidates"]
        hired = attacks["contracted"] == 1
        assert (hired == (attacks["shooter"] < 0)).all()
        return {
            "passing": ratio_z(seen.counts(attacks), seen.counts(rows), 0.4 + 0.6 * free),
            "hired": share_z(hired.sum(), len(rows), 0.4),
        }

    holds(measure)


def test_availability_is_the_share_of_free_members() -> None:
    """Members away for a share of the time: a designated shooter is stopped that often, or is replaced."""
    rate, stay, replacement = 2.0, 60.0 / YEAR, 0.3
    away = theory.share_away(rate, stay)
    words = (
        f"justice.other_arrest_rate_per_year={rate}", f"justice.other_detention_days={stay * YEAR}",
        f"gates.replacement={replacement}",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 100 * size, ("candidates", "attacks"))
        rows, attacks = seen.tables["candidates"], seen.tables["attacks"]
        stopped = seen.counts(rows[rows["blocked"] == 1])
        return {
            "stopped": ratio_z(stopped, seen.counts(rows), away * (1.0 - replacement)),
            "replaced": ratio_z(seen.counts(attacks[attacks["replaced"] == 1]), seen.counts(rows), away * replacement),
            "level": mean_z(seen.outcome("attacks"), LEVEL * YEARS),
        }

    holds(measure)


def test_substitution_turns_stopped_shootings_into_detonations() -> None:
    """Deterrence constant, substitution r: a shooting passes as itself or, stopped, as a detonation."""
    words = (*CONSTANT["deterrence"], "attacks.detonation_share=0.25", "attacks.substitution=0.4")

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 100 * size, ("candidates", "attacks"))
        rows, attacks = seen.tables["candidates"], seen.tables["attacks"]
        own = ((rows["blocked"] == 0).sum() - attacks["substituted"].sum()) / len(rows)
        passed = own + (1.0 - own) * 0.75 * 0.4
        instead = attacks["substituted"] == 1
        assert np.all(attacks["mode"][instead] == 1)
        return {
            "substituted": share_z(instead.sum(), len(rows) - (len(attacks) - instead.sum()), 0.75 * 0.4),
            "detonations": share_z(
                (attacks["mode"] == 1).sum(), len(attacks), (0.25 * own + (1.0 - own) * 0.3) / passed
            ),
            "level": mean_z(seen.outcome("attacks"), LEVEL * YEARS),
        }

    holds(measure)


def test_blocked_candidates_leave_no_offspring() -> None:
    seen = many(off(*SELF_EXCITING, "gates.defiance=0.7"), 4, 20, ("candidates", "attacks"))
    rows, attacks = seen.tables["candidates"], seen.tables["attacks"]
    root, _ = generations(attacks)
    assert len(root) == len(attacks) == (rows["blocked"] == 0).sum()
    assert np.all(parents(attacks)[attacks["cause"] == 0] == -1)
    made = {(int(r), int(k)) for r, k in zip(attacks["run"], attacks["candidate"], strict=True)}
    early = rows["day"] < 100.0  # whose parent may lie before the window
    born = rows[(rows["parent"] != 0) & ~early]
    inside = [(int(r), int(p)) in made for r, p in zip(born["run"], born["parent"], strict=True)]
    assert np.mean(inside) > 0.99
    stopped = {
        (int(r), int(k)) for r, k in zip(*(rows[rows["blocked"] > 0][c] for c in ("run", "candidate")), strict=True)
    }
    assert not any((int(r), int(p)) in stopped for r, p in zip(born["run"], born["parent"], strict=True))
