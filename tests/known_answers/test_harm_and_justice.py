"""Victims, clearance, delays and detention against their laws."""

from __future__ import annotations

import numpy as np
from scipy import stats

from . import closed_forms as theory
from .statistics import Scores, fit_z, flat_z, holds, known_z, law_z, mean_z, ratio_z, share_z
from .worlds import HIRED, START, YEAR, many, off

YEARS = 10.0
HARM = (
    *HIRED, "attacks.detonation_share=0.3", "harm.p_hit=0.4", "harm.p_hit_detonation=0.1",
    "harm.extra_hit_mean=0.8", "harm.p_death_given_hit=0.3", "harm.bystander_share=0.2",
    "harm.recovery_days=1",
)  # fmt: skip
CLEARED = ("justice.clearance_fatal=0.7", "justice.clearance_hit=0.4", "justice.clearance_no_hit=0.15")
FIRST, MIDDLE, LATE = (0.25, 2.0), (0.3, 180.0), 200.0
DELAY = (
    "justice.delay.first_share=0.25", "justice.delay.first_days=2", "justice.delay.middle_share=0.3",
    "justice.delay.middle_days=180", "justice.delay.late_mean_days=200",
)  # fmt: skip


def binomial_fit(successes: np.ndarray, trials: np.ndarray, p: float) -> Scores:
    """Successes among trials: in all, and their law by number of trials."""
    scores = {"in all": share_z(successes.sum(), trials.sum(), p)}
    for n in (1, 2, 3):
        seen = np.bincount(successes[trials == n], minlength=n + 1)
        scores[f"of {n}"] = fit_z(seen, stats.binom.pmf(np.arange(n + 1), n, p) * seen.sum())
    return scores


def test_hits_deaths_and_bystanders() -> None:
    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*HARM), seed, 100 * size, ("attacks", "victims"))
        attacks, victims = seen.tables["attacks"], seen.tables["victims"]
        blasts, hit = attacks["mode"] == 1, attacks["hit"]
        assert len(victims) == hit.sum() and victims["killed"].sum() == attacks["killed"].sum()
        assert np.all(attacks["bystanders"] + attacks["killed"] >= 0) and np.all(attacks["bystanders"] <= hit)
        more = 0.8 / 1.8
        sizes = np.bincount(hit[hit > 0])[1:]
        law = (1.0 - more) * more ** np.arange(len(sizes))
        law[-1] = 1.0 - law[:-1].sum()
        somebody = hit > 0
        scores = {
            "detonations": share_z(blasts.sum(), len(attacks), 0.3),
            "shootings that hit": share_z((somebody & ~blasts).sum(), (~blasts).sum(), 0.4),
            "detonations that hit": share_z((somebody & blasts).sum(), blasts.sum(), 0.1),
            "persons hit": fit_z(sizes, law * sizes.sum()),
            "mean hit": known_z(hit[somebody], 1.8, 0.8 * 1.8),
        }
        scores |= {f"deaths {k}": z for k, z in binomial_fit(attacks["killed"], hit, 0.3).items()}
        scores |= {f"bystanders {k}": z for k, z in binomial_fit(attacks["bystanders"], hit, 0.2).items()}
        for name, column in (
            ("persons_hit", "hit"),
            ("persons_killed", "killed"),
            ("bystanders_hit", "bystanders"),
        ):
            assert seen.outcome(name).sum() == attacks[column].sum()
        return scores

    holds(measure)


def test_victims_are_members_of_the_target_group() -> None:
    """Free members alike when propensity is equal; nobody is hit after death, nor twice in one attack."""
    words = (
        *HIRED,
        "harm.p_hit=1",
        "harm.extra_hit_mean=1",
        "harm.p_death_given_hit=0",
        "harm.recovery_days=1",
    )
    seen = many(off(*words), 8, 20, ("attacks", "victims", "persons"))
    attacks, victims, persons = (seen.tables[name] for name in ("attacks", "victims", "persons"))
    first = np.searchsorted(attacks["run"], np.arange(seen.runs))
    attack = attacks[first[victims["run"]] + victims["attack_seq"]]
    group = {(int(p["run"]), int(p["person"])): int(p["group"]) for p in persons}
    own = victims["person"] >= 0
    assert own.mean() > 0.9
    where = [group[int(v["run"]), int(v["person"])] for v in victims[own]]
    assert np.array_equal(where, attack["target_group"][own])
    rows = {(int(v["run"]), int(v["attack_seq"]), int(v["person"])) for v in victims[own]}
    assert len(rows) == own.sum()
    assert abs(flat_z(np.bincount(victims["person"][own], minlength=120))) < 6.0
    deadly = many(off(*words, "harm.p_death_given_hit=0.2"), 8, 5, ("victims",)).tables["victims"]
    dead = deadly[(deadly["killed"] == 1) & (deadly["person"] >= 0)]
    assert len(np.unique(dead[["run", "person"]])) == len(dead)


def test_clearance_by_outcome_and_delay_to_arrest() -> None:
    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*HARM, *CLEARED, *DELAY, "burn_in_years=0.1"), seed, 150 * size, ("attacks",))
        attacks = seen.tables["attacks"]
        fatal, hit = attacks["killed"] > 0, attacks["hit"] > 0
        cleared = attacks["cleared"] == 1
        early = attacks["day"] < (YEARS - 8.0) * YEAR  # e^-10 of delays are longer than what is left
        delay = (attacks["arrest_day"] - attacks["day"])[early & cleared]
        assert not np.isnan(delay).any() and np.isnan(attacks["arrest_day"][~cleared]).all()
        scores = {
            "fatal": share_z((cleared & fatal).sum(), fatal.sum(), 0.7),
            "hit": share_z((cleared & hit & ~fatal).sum(), (hit & ~fatal).sum(), 0.4),
            "nobody hit": share_z((cleared & ~hit).sum(), (~hit).sum(), 0.15),
            "delay": law_z(delay, lambda t: theory.delay_cdf(t, FIRST, MIDDLE, LATE)),
        }
        for days in (0.5, 2.0, 30.0, 180.0, 400.0):
            within = float(theory.delay_cdf(np.array(days), FIRST, MIDDLE, LATE))
            scores[f"within {days:g} days"] = share_z((delay <= days).sum(), len(delay), within)
        return scores

    holds(measure)


def test_dated_series_scale_clearance_lethality_and_detonations() -> None:
    middle = "2025-01-01"
    series = (
        "calendar.series={justice.clearance: [[2000-01-01, 0.5], [%s, 1.2]], "
        "harm.p_death_given_hit: [[2000-01-01, 1], [%s, 1.5]], "
        "attacks.detonation_share: [[2000-01-01, 1], [%s, 2]]}" % ((middle,) * 3)
    )
    turn = float((np.datetime64(middle) - np.datetime64(START)).astype(int))

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*HARM, *CLEARED, "harm.extra_hit_mean=0", series), seed, 100 * size, ("attacks",))
        attacks = seen.tables["attacks"]
        scores: Scores = {}
        for name, part, clear, deaths, blasts in (
            ("before", attacks[attacks["day"] < turn], 0.5, 1.0, 1.0),
            ("after", attacks[attacks["day"] >= turn], 1.2, 1.5, 2.0),
        ):
            quiet = part["hit"] == 0
            scores[f"clearance {name}"] = share_z(part["cleared"][quiet].sum(), quiet.sum(), 0.15 * clear)
            scores[f"deaths {name}"] = share_z(part["killed"].sum(), part["hit"].sum(), 0.3 * deaths)
            scores[f"detonations {name}"] = share_z((part["mode"] == 1).sum(), len(part), 0.3 * blasts)
        return scores

    holds(measure)


def test_members_are_detained_for_a_share_of_the_time() -> None:
    """Arrests for other offences at rate h, stays of mean D: a share hD / (1 + hD), by integral and count."""
    rate, stay = 2.0, 60.0
    words = (
        "site.attacks_per_year=0", f"justice.other_arrest_rate_per_year={rate}",
        f"justice.other_detention_days={stay}",
    )  # fmt: skip
    share = theory.share_away(rate / YEAR, stay)

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 100 * size, ("spells",))
        spells = seen.tables["spells"]
        inside = (spells["status"] == 2) & (spells["to_day"] > 0)
        overlap = np.minimum(spells["to_day"], seen.window[1]) - np.maximum(spells["from_day"], 0.0)
        by_run = np.bincount(spells["run"][inside], overlap[inside], minlength=seen.runs)
        np.testing.assert_allclose(by_run, seen.outcome("detained_days"), rtol=1e-9)
        whole = inside & (spells["from_day"] > 0) & (spells["from_day"] < 0.8 * seen.window[1])
        return {
            "detained": mean_z(seen.outcome("detained_days") / (120 * YEARS * YEAR), share),
            "arrests": mean_z(seen.outcome("other_arrests"), 120 * YEARS * rate * (1.0 - share)),
            "stays": law_z((spells["to_day"] - spells["from_day"])[whole], stats.expon(scale=stay).cdf),
        }

    holds(measure)


def test_a_sentence_of_30_days_is_30_days() -> None:
    """At a shape at which sentences hardly differ; a longer one may follow from an arrest within it."""
    words = (
        "justice.clearance_no_hit=1", "justice.delay.first_share=1", "justice.delay.middle_share=0",
        f"justice.sentence_years_no_hit={30 / YEAR}", "justice.sentence_shape=1e6", "justice.youth_sentence_factor=1",
    )  # fmt: skip
    spells = many(off(*words), 11, 5, ("spells",)).tables["spells"]
    days = (spells["to_day"] - spells["from_day"])[(spells["status"] == 2) & (spells["to_day"] < 10 * 365)]
    assert len(days) > 500 and abs(np.quantile(days, (0.05, 0.25, 0.5)) - 30.0).max() < 0.2


def test_sentences_keep_shooters_away() -> None:
    """Every attack cleared at once: sentences are Gamma, mean and shape as stated, by outcome and age."""
    words = (
        "harm.p_hit=0.5", "harm.p_death_given_hit=0.5", "harm.extra_hit_mean=0", "harm.bystander_share=1",
        "justice.clearance_fatal=1", "justice.clearance_hit=1", "justice.clearance_no_hit=1",
        "justice.delay.first_share=1", "justice.delay.middle_share=0", "justice.delay.first_days=0.001",
        "justice.sentence_years_fatal=0.8", "justice.sentence_years_hit=0.4",
        "justice.sentence_years_no_hit=0.2",
        "justice.sentence_shape=2", "justice.youth_sentence_factor=0.5", "site.members=1200",
        "membership.age_min=10", "membership.age_mean=20", "membership.age_sd=5", "years=15",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 30 * size, ("attacks", "spells", "persons"))
        attacks, spells, persons = (seen.tables[name] for name in ("attacks", "spells", "persons"))
        inside = spells[spells["status"] == 2]
        length = {
            (int(s["run"]), int(s["person"]), float(s["from_day"])): float(s["to_day"] - s["from_day"]) for s in inside
        }
        place = {(int(p["run"]), int(p["person"])): p for p in persons}
        groups: dict[tuple[float, bool], list[float]] = {}
        early = attacks[(attacks["day"] > 0) & (attacks["day"] < 7.0 * YEAR) & ~np.isnan(attacks["arrest_day"])]
        for a in early:
            key = (int(a["run"]), int(a["shooter"]), float(a["arrest_day"]))
            if key not in length:  # a sentence within a longer one
                continue
            person = place[key[:2]]
            age = person["age_at_join"] + (a["arrest_day"] - person["join_day"]) / YEAR
            years = 0.8 if a["killed"] else 0.4 if a["hit"] else 0.2
            groups.setdefault((years, bool(age < 18.0)), []).append(length[key])
        scores: Scores = {}
        for (years, young), days in groups.items():
            mean = years * YEAR * (0.5 if young else 1.0)
            scores[f"{years} years, {'young' if young else 'adult'}"] = law_z(
                np.array(days), stats.gamma(2.0, scale=mean / 2.0).cdf, 10
            )
        assert len(scores) == 6
        return scores

    holds(measure)


def test_wounds_heal_after_recovery() -> None:
    words = (*HIRED, "harm.p_hit=1", "harm.p_death_given_hit=0", "harm.recovery_days=45", "site.members=600")
    spells = many(off(*words), 3, 5, ("spells",)).tables["spells"]
    wounded = spells[(spells["status"] == 1) & (spells["to_day"] < 10 * YEAR)]
    assert len(wounded) > 1000
    np.testing.assert_allclose(wounded["to_day"] - wounded["from_day"], 45.0, rtol=1e-9)


def test_attribution_shares() -> None:
    words = (
        "attacks.contracted_share=0.5", "justice.attribution=0.6", "justice.attribution_contracted=0.3",
        "justice.attribution_error=0.2",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        attacks = many(off(*words), seed, 50 * size, ("attacks",)).tables["attacks"]
        scores: Scores = {}
        for hired, right in ((0, 0.6), (1, 0.3)):
            part = attacks[attacks["contracted"] == hired]
            own = part["attributed"] == part["attacker_group"]
            wrong = (part["attributed"] >= 0) & ~own
            scores[f"right, hired {hired}"] = share_z(own.sum(), len(part), right)
            scores[f"wrong, hired {hired}"] = share_z(wrong.sum(), len(part), 0.2)
        scores["hired"] = share_z((attacks["contracted"] == 1).sum(), len(attacks), 0.5)
        return scores

    holds(measure)


def test_exposure_is_remembered_attacks() -> None:
    """Attacks of the last year, weighed by their age, per 10 000 inhabitants: in the mean level * memory."""

    def measure(seed: int, size: int) -> Scores:
        seen = many(off("site.population=50000", "burn_in_years=12"), seed, 100 * size)
        mean = 60.0 * 1e4 / 50_000
        return {
            "exposure": mean_z(seen.outcome("exposure"), mean),
            "months": ratio_z(seen.monthly("exposure")[:, :-1].sum(axis=1), np.full(seen.runs, 119.0), mean),
        }

    holds(measure)
