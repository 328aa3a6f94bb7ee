"""Hired shooters: their ages, their detention and its share of the burden against closed forms."""

from __future__ import annotations

import numpy as np
from scipy import stats

from gvi_sim.config.ages import joining_ages
from gvi_sim.units import ADULT_YEARS

from .statistics import Scores, holds, mean_z, ratio_z, share_z, variance_z
from .worlds import HIRED, YEAR, many, off

AT_ONCE = ("justice.delay.first_share=1", "justice.delay.middle_share=0", "justice.delay.first_days=0.001")
ALL_CLEARED = ("justice.clearance_fatal=1", "justice.clearance_hit=1", "justice.clearance_no_hit=1")
AGES = ("attacks.hired_age_mean=17", "attacks.hired_age_sd=2.5")


def under_18() -> float:
    """The share of hired shooters under 18 where their ages are ``AGES``, none under 13 or over 45."""
    law = joining_ages(17.0 - 13.0, 2.5, 45.0 - 13.0)
    return float(stats.norm.cdf((np.log(ADULT_YEARS - 13.0) - law.log_mean) / law.log_sd)) / law.kept


def test_hired_shooters_have_the_ages_of_the_registry() -> None:
    def measure(seed: int, size: int) -> Scores:
        age = many(off(*HIRED, *AGES), seed, 60 * size, ("attacks",)).tables["attacks"]["shooter_age"]
        assert age.min() > 13.0 and age.max() <= 45.0
        return {
            "mean": mean_z(age, 17.0),
            "spread": variance_z(age, 6.25),
            "under 18": share_z((age < ADULT_YEARS).sum(), len(age), under_18()),
        }

    holds(measure)


def test_hired_shooters_are_detained_for_their_sentences() -> None:
    """Stationary: person-days are arrests times the mean sentence, by outcome, and shorter for those under 18."""
    words = (
        *HIRED, *AGES, *ALL_CLEARED, *AT_ONCE, "harm.p_hit=0.5", "harm.p_death_given_hit=0.5", "harm.extra_hit_mean=0",
        "harm.bystander_share=1", "justice.sentence_years_fatal=0.8", "justice.sentence_years_hit=0.4",
        "justice.sentence_years_no_hit=0.2", "justice.sentence_shape=2", "justice.youth_sentence_factor=0.5",
        "burn_in_years=8", "years=20",
    )  # fmt: skip
    mean = (0.25 * 0.8 + 0.25 * 0.4 + 0.5 * 0.2) * YEAR
    young = under_18()

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 60 * size)
        days, minors, arrests = (seen.outcome(name) for name in ("detained_days", "detained_minor_days", "arrests"))
        assert np.array_equal(days, seen.outcome("detained_hired_days"))
        np.testing.assert_allclose(seen.monthly("detained_days").sum(axis=1), days, rtol=1e-9)
        return {
            "days an arrest": ratio_z(days, arrests, mean * (1.0 - 0.5 * young)),
            "days a year": mean_z(days / 20.0, 60.0 * mean * (1.0 - 0.5 * young)),
            "days of minors": mean_z(minors / 20.0, 60.0 * mean * 0.5 * young),
            "arrests of minors": share_z(seen.outcome("minor_arrests").sum(), arrests.sum(), young),
        }

    holds(measure)


def test_a_detention_counts_from_the_windows_first_day_to_its_last() -> None:
    """Every attack cleared at once and nobody released: each hired shooter is held from the later of two days on."""
    words = (
        *HIRED, *ALL_CLEARED, *AT_ONCE, "justice.sentence_years_no_hit=900", "justice.sentence_shape=1000000",
        "justice.youth_sentence_factor=1", "burn_in_years=0", "years=3",
    )  # fmt: skip
    seen = many(off(*words), 4, 5, ("attacks",))
    arrest = seen.tables["attacks"]["arrest_day"]
    held = np.bincount(seen.tables["attacks"]["run"], np.nan_to_num(seen.window[1] - arrest), minlength=5)
    np.testing.assert_allclose(seen.outcome("detained_hired_days"), held, rtol=1e-9)
    before = many(off(*words, "burn_in_years=2"), 4, 5, ("attacks",))
    own = before.tables["attacks"]
    inside = np.bincount(own["run"], np.nan_to_num(before.window[1] - own["arrest_day"]), minlength=5)
    earlier = before.outcome("detained_hired_days") - inside
    whole = earlier / (before.window[1] - before.window[0])  # who was arrested before is held all the time
    np.testing.assert_allclose(whole, np.round(whole), atol=1e-3)
    assert (whole > 80).all()


def test_hiring_takes_nobody_out_of_the_burden() -> None:
    """At equal arrests: as many person-years or more, the more are hired, and most of them of the young."""
    words = (
        *ALL_CLEARED, *AT_ONCE, "justice.youth_sentence_factor=1", "justice.sentence_years_no_hit=1", "burn_in_years=6",
        "site.attacks_per_year=30", "site.members=300",
    )  # fmt: skip
    found = []
    for share in (0.0, 0.5, 1.0):
        seen = many(off(*words, f"attacks.contracted_share={share}", "gates.replacement=1"), 6, 40)
        arrests = seen.outcome("arrests").sum()
        names = ("detained_days", "detained_minor_days", "minor_arrests")
        found.append(tuple(seen.outcome(name).sum() / arrests for name in names))
    days, minors, young = np.array(found).T
    assert (np.diff(days) > -0.02 * days[0]).all(), "person-years an arrest fall as more shooters are hired"
    assert (np.diff(minors) > 0.2 * days[0]).all() and (np.diff(young) > 0.2).all()
