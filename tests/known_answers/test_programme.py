"""What GVI does, dose by dose, against the stated rates and shares."""

from __future__ import annotations

import numpy as np
from months import month_of

from .statistics import Scores, count_z, dispersion_z, fit_z, holds, known_z, ratio_z, share_z
from .worlds import GVI, HIRED, YEAR, Many, many, off

YEARS = 10.0
# Every group hears of it on day 0, and nothing else comes of contacts.
TOLD = (
    "programme.call_in.every_days=100000",
    "programme.call_in.summoned=120",
    "programme.call_in.attendance=1",
)
SEEN = ("justice.attribution=1", "justice.attribution_contracted=1", "justice.attribution_error=0")


def test_promises_are_kept_with_certainty_times_commitment() -> None:
    words = (
        *GVI, *TOLD, *HIRED, *SEEN, "programme.sanction_certainty=0.6", "partners.police.commitment=0.8",
        "programme.sanction.capacity=1000", "programme.sanction.duration_days=0.01",
        "programme.sanction.delay_days=14", "programme.sanction.extra_arrests_per_member_year=0",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 60 * size, ("attacks", "doses", "sanctions"))
        attacks, sanctions = seen.tables["attacks"], seen.tables["sanctions"]
        kept, broken = seen.outcome("promises_kept").sum(), seen.outcome("promises_broken").sum()
        due = (attacks["day"] < YEARS * YEAR - 15.0).sum()
        assert due <= kept + broken <= len(attacks)
        first = np.searchsorted(attacks["run"], np.arange(seen.runs))
        since = sanctions["start_day"] - attacks["day"][first[sanctions["run"]] + sanctions["promised_by"]]
        assert since.min() >= 0.0 and since.max() <= 14.0
        return {"kept": share_z(kept, kept + broken, 0.48)}

    holds(measure)


def test_commitment_erodes() -> None:
    """Commitment c (1 - e) ** years since the start."""
    words = (
        *GVI, *TOLD, *HIRED, *SEEN, "programme.sanction_certainty=1", "partners.police.erosion_per_year=0.2",
        "programme.sanction.capacity=1000", "programme.sanction.duration_days=0.01",
        "programme.sanction.delay_days=0.01", "programme.sanction.extra_arrests_per_member_year=0",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        doses = many(off(*words), seed, 60 * size, ("doses",)).tables["doses"]
        promises = doses[np.isin(doses["kind"], (5, 6))]
        chance = 0.8 ** (promises["day"] / YEAR)
        gap = (promises["kind"] == 5) - chance
        lever = promises["day"] / YEAR - 5.0
        spread = chance * (1.0 - chance)
        return {
            "kept": float(gap.sum() / np.sqrt(spread.sum())),
            "kept over time": float((gap * lever).sum() / np.sqrt((spread * lever**2).sum())),
        }

    holds(measure)


def test_sanctions_hold_to_capacity_and_duration() -> None:
    words = (
        *GVI, *TOLD, *HIRED, *SEEN, "programme.sanction_certainty=1", "programme.sanction.capacity=2",
        "programme.sanction.duration_days=50", "programme.sanction.delay_days=5",
        "programme.sanction.extra_arrests_per_member_year=0.8", "justice.other_detention_days=0.01",
    )  # fmt: skip
    seen = many(off(*words), 5, 20, ("sanctions",))
    rows = seen.tables["sanctions"]
    length = rows["end_day"] - rows["start_day"]
    plain = (rows["extended"] == 0) & (rows["end_day"] < YEARS * YEAR)
    np.testing.assert_allclose(length[plain], 50.0, rtol=1e-9)
    assert np.all(length[(rows["extended"] > 0) & (rows["end_day"] < YEARS * YEAR)] > 50.0)
    for run in range(seen.runs):
        one = rows[rows["run"] == run]
        moments = np.concatenate([one["start_day"], one["end_day"]])
        steps = np.repeat([1, -1], len(one))
        assert np.cumsum(steps[np.lexsort((steps, moments))]).max() == 2
        for g in range(6):
            own = one[one["group"] == g]
            assert np.all(own["start_day"][1:] >= own["end_day"][:-1])
    np.testing.assert_allclose(
        np.bincount(rows["run"], length, minlength=seen.runs), seen.outcome("sanction_days"), rtol=1e-9
    )
    expected = seen.outcome("sanction_days").sum() * 20 * 0.8 / YEAR
    assert abs(count_z(seen.outcome("sanction_arrests").sum(), expected)) < 4.42


def test_unseen_attacks_break_promises() -> None:
    """Attacks that nobody attributes, of groups that were told: one broken promise each."""
    words = (*GVI, *TOLD, *HIRED, "justice.attribution_contracted=0", "justice.attribution_error=0",
        "programme.sanction_certainty=1", "programme.sanction.delay_days=7")  # fmt: skip
    seen = many(off(*words), 5, 20, ("attacks",))
    attacks = seen.tables["attacks"]
    due = seen.counts(attacks[attacks["day"] < seen.window[1] - 7.0])
    assert np.array_equal(due, seen.outcome("promises_broken")) and not seen.outcome("promises_kept").any()


def test_notifications_come_at_the_stated_rate() -> None:
    words = (*GVI, "programme.notification.per_month=2.5", "programme.notification.after_attack=0")

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 100 * size)
        return {
            "rate": count_z(seen.outcome("notifications").sum(), 2.5 * 120 * seen.runs),
            "dispersion": dispersion_z(seen.monthly("notifications")[:, :120]),
        }

    holds(measure)


def test_a_ramp_rises_from_nothing() -> None:
    words = (*GVI, "programme.notification.per_month=10", "programme.ramp_days=365.25",
             "programme.notification.after_attack=0", "site.members=1200")  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        months = many(off(*words), seed, 100 * size).monthly("notifications").sum(axis=0)
        level = 10.0 * 100 * size
        return {
            "first year": fit_z(months[:12], level * (np.arange(12) + 0.5) / 12, fitted=0),
            "then": count_z(months[12:120].sum(), 108 * level),
        }

    holds(measure)


def test_call_ins_rosters_attendance_and_offers() -> None:
    words = (
        *GVI, "programme.call_in.every_days=400", "programme.call_in.summoned=120",
        "programme.call_in.attendance=0.7", "partners.probation.commitment=0.9",
        "programme.roster_recall=0.6", "partners.probation.reference_commitment=1",
        "exit.offer_rate=0.35", "exit.acceptance=0", "programme.audit_every_days=10000",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 60 * size, ("doses",))
        doses = seen.tables["doses"]
        calls = int(YEARS * YEAR / 400) + 1
        assert np.all(seen.outcome("call_ins") == calls)
        contacts = doses[doses["kind"] == 1]
        assert np.all(np.isclose(contacts["day"] % 400, 0.0))
        rostered = len(np.unique(contacts["run"].astype(np.int64) * 10_000 + contacts["person"]))
        return {
            "rostered": share_z(rostered, 120 * seen.runs, 0.6),
            "came": share_z(len(contacts), rostered * calls, 0.63),
            "offers": share_z(seen.outcome("offers").sum(), len(contacts), 0.35),
        }

    holds(measure)


def test_the_audit_lists_the_groups_with_most_attacks() -> None:
    words = (
        *GVI, *HIRED, *SEEN, "programme.coverage=0.3333", "programme.start_date=2023-01-01",
        "programme.audit_every_days=10000", "site.activity_sd=0.5",
    )  # fmt: skip
    start = 1096.0
    seen = many(off(*words), 5, 40, ("attacks", "groups"))
    attacks, groups = seen.tables["attacks"], seen.tables["groups"]
    recent = attacks[(attacks["day"] > start - 730.5) & (attacks["day"] <= start)]
    counts = np.bincount(recent["run"] * 6 + recent["attacker_group"], minlength=240).reshape(40, 6)
    listed = ~np.isnan(groups["first_listed_day"]).reshape(40, 6)
    assert np.all(listed.sum(axis=1) == 2)
    assert np.all(groups["first_listed_day"][listed.ravel()] == start)
    assert np.all(np.where(listed, counts, 10_000).min(axis=1) >= np.where(listed, -1, counts).max(axis=1))


PREVENTION = (*GVI, "programme.prevention=0.25", "membership.turnover=true")


def recruits_kept_away(seen: Many) -> tuple[np.ndarray, np.ndarray]:
    """Recruits of the window, and which of them were prevented."""
    persons, spells = seen.tables["persons"], seen.tables["spells"]
    recruits = persons[(persons["kind"] == 1) & (persons["join_day"] > 0)]
    away = spells[spells["status"] == 5]
    keys = [rows["run"].astype(np.int64) * 100_000 + rows["person"] for rows in (recruits, away)]
    return recruits, np.isin(*keys)


def test_prevention_takes_a_share_of_recruits() -> None:
    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*PREVENTION, "programme.audit_every_days=10"), seed, 60 * size, ("persons", "spells"))
        recruits, prevented = recruits_kept_away(seen)
        looked = recruits["join_day"] < YEARS * YEAR - 20.0
        return {"prevented": share_z(prevented[looked].sum(), looked.sum(), 0.25)}

    holds(measure)


def test_prevention_is_counted_when_it_happens() -> None:
    """In the month of joining, whether or not anybody looks at the group soon after."""
    words = (*PREVENTION, "programme.audit_every_days=400", "site.attacks_per_year=6")
    seen = many(off(*words), 4, 10, ("persons", "spells"))
    recruits, prevented = recruits_kept_away(seen)
    month = month_of(off().start_date, recruits["join_day"][prevented])
    assert np.array_equal(seen.monthly("prevented").sum(axis=0), np.bincount(month, minlength=seen.series.shape[2]))
    assert abs(share_z(prevented.sum(), len(recruits), 0.25)) < 4.42


def test_stand_ins_take_empty_places() -> None:
    """Detained for long, a place is filled after ``vacancy_days`` with the stated probability."""
    words = (
        "site.attacks_per_year=0", "justice.other_arrest_rate_per_year=1", "justice.other_detention_days=200",
        "membership.vacancy_days=50", "membership.vacancy_response=0.4",
    )  # fmt: skip

    def measure(seed: int, size: int) -> Scores:
        seen = many(off(*words), seed, 40 * size, ("persons", "spells"))
        persons, spells = seen.tables["persons"], seen.tables["spells"]
        stand_ins = persons[(persons["kind"] == 2) & (persons["join_day"] > 0)]
        away = spells[(spells["status"] == 2) & (spells["from_day"] + 50.0 > 0)]
        own = np.isin(
            away["run"].astype(np.int64) * 100_000 + away["person"],
            (lambda p: p["run"].astype(np.int64) * 100_000 + p["person"])(persons[persons["kind"] < 2]),
        )
        asked = own & (away["to_day"] - away["from_day"] > 50.0)
        still = asked & (away["to_day"] >= seen.window[1] - 1e-9)
        scores = {"stood in": share_z(len(stand_ins), asked.sum(), 0.4)}
        scores["asked"] = known_z(
            (away["to_day"] - away["from_day"] > 50.0)[own & (away["from_day"] < 1500.0)], np.exp(-0.25),
            np.exp(-0.25) * (1.0 - np.exp(-0.25)),
        )  # fmt: skip
        assert still.sum() < asked.sum()
        return scores

    holds(measure)


def test_a_share_of_the_detained_is_made_good_by_stand_ins() -> None:
    words = (
        "justice.other_arrest_rate_per_year=1", "justice.other_detention_days=200",
        "membership.vacancy_days=20", "membership.vacancy_response=1", "gates.replacement=0",
    )  # fmt: skip
    seen = many(off(*words), 3, 40, ("attacks", "candidates"))
    attacks, rows = seen.tables["attacks"], seen.tables["candidates"]
    away = 200.0 / YEAR / (1.0 + 200.0 / YEAR)
    stood = seen.counts(attacks[attacks["stand_in"] == 1])
    stopped = seen.counts(rows[rows["blocked"] == 1])
    assert abs(ratio_z(stood + stopped, seen.counts(rows), away)) < 4.42
    assert stood.sum() > 4 * stopped.sum()
