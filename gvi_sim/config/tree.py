"""The scenario's tree: every key, what kind of value it holds, and nothing else.

The names are those of the model. A leaf's domain stands in its type (`Probability`, `Days`, ...); its
value, unit and source stand in the evidence registry under the same key. All values are plain Python.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Annotated

from .frozen import FrozenMapping

Probability = Annotated[float, "prob"]
Share = Annotated[float, "share"]
ShareBelowOne = Annotated[float, "share_below_one"]
ShareAboveZero = Annotated[float, "share_above_zero"]
HalfShare = Annotated[float, "half_share"]
Positive = Annotated[float, "pos"]
NonNegative = Annotated[float, "nonneg"]
Spread = Annotated[float, "spread"]
Rate = Annotated[float, "rate"]
Factor = Annotated[float, "factor"]
Years = Annotated[float, "years"]
YearsOrZero = Annotated[float, "years0"]
Days = Annotated[float, "days"]
DaysOrZero = Annotated[float, "days0"]
DaysOrInfinite = Annotated[float, "days_or_inf"]
Sek = Annotated[float, "sek"]
Count = Annotated[int, "count"]
Difference = Annotated[int, "difference"]
CountAboveZero = Annotated[int, "count1"]
Flag = Annotated[bool, "flag"]
PromiseRule = Annotated[str, "promise_rule"]
PromiseFeared = Annotated[str, "promise_feared"]
Text = Annotated[str, "text"]
Country = Annotated[str, "country"]
Date = Annotated[date, "date"]
DateOrNone = Annotated[date | None, "date_or_none"]
Tie = tuple[int, int, float, float]
Ties = Annotated[tuple[Tie, ...], "ties"]
DatedFactors = tuple[tuple[date, float], ...]
Dated = Annotated[DatedFactors, "dated"]
Season = Annotated[tuple[float, ...], "season"]
DatedByKey = Annotated[FrozenMapping[DatedFactors], "dated_by_key"]


@dataclass(frozen=True, slots=True)
class Shock:
    """Between two dates, a share of the highest-propensity members is detained, for some years."""

    name: str
    start: date
    end: date
    share: float
    years: float


@dataclass(frozen=True, slots=True)
class Stage:
    """From a date on, some keys of the programme have other values."""

    date: date
    values: FrozenMapping[object]


Timeline = Annotated[tuple[Stage, ...], "timeline"]
Shocks = Annotated[tuple[Shock, ...], "shocks"]


@dataclass(frozen=True, slots=True)
class Site:
    """A municipality or city, its groups and the level of violence at reference."""

    key: Text
    name: Text
    country: Country
    population: CountAboveZero
    groups: CountAboveZero
    members: CountAboveZero
    size_sd: Spread
    activity_sd: Spread
    attacks_per_year: NonNegative
    rivals_mean: NonNegative
    allies_mean: NonNegative
    ties: Ties


@dataclass(frozen=True, slots=True)
class Attacks:
    """How attacks set off further attacks, on whom, by whom and in which mode."""

    kappa_retaliation: NonNegative
    kappa_repeat: NonNegative
    kappa_spread: NonNegative
    fast_delay_days: Days
    slow_delay_days: Days
    fatal_factor: NonNegative
    outsider_share: Probability
    contracted_share: Probability
    hired_age_mean: Positive
    hired_age_sd: Positive
    contracted_factor_detonation: NonNegative
    detonation_share: Probability
    civilian_share: Probability
    substitution: Probability
    allow_supercritical: Flag


@dataclass(frozen=True, slots=True)
class Harm:
    """Who is hit by an attack, who dies, and how long the wounded are away."""

    p_hit: Probability
    p_hit_detonation: Probability
    p_death_given_hit: Probability
    extra_hit_mean: NonNegative
    bystander_share: Probability
    recovery_days: Days


@dataclass(frozen=True, slots=True)
class Gates:
    """How strongly each gate stops a candidate attack; every strength is off at 0."""

    deterrence_strength: NonNegative
    arrest_weight: NonNegative
    knee: ShareBelowOne
    sanction_knee: ShareBelowOne
    knee_width: HalfShare
    norm_strength: Probability
    norm_deeds: Probability
    personal_strength: Probability
    pressure_strength: Probability
    replacement: Probability
    support_restraint: Probability
    mediation_effect: Probability
    defiance: NonNegative
    withdrawal: NonNegative
    withdrawal_half_life_days: Days


@dataclass(frozen=True, slots=True)
class Delay:
    """Days from attack to arrest: an immediate part, a middle part and a long tail."""

    first_share: Probability
    first_days: Days
    middle_share: Probability
    middle_days: Days
    late_mean_days: Days


@dataclass(frozen=True, slots=True)
class Justice:
    """Who is caught, when, for how long, and what partners know about who did it."""

    clearance_fatal: Probability
    clearance_hit: Probability
    clearance_no_hit: Probability
    clearance_factor_detonation: NonNegative
    delay: Delay
    sentence_years_fatal: Years
    sentence_years_hit: Years
    sentence_years_no_hit: Years
    sentence_shape: Positive
    youth_sentence_factor: Share
    other_arrest_rate_per_year: Rate
    other_detention_days: Days
    attribution: Probability
    attribution_contracted: Probability
    attribution_factor_detonation: NonNegative
    attribution_error: Probability


@dataclass(frozen=True, slots=True)
class Belief:
    """What groups believe about being caught, about promises kept, and about legitimacy."""

    prior_strength: Positive
    belief_half_life_days: DaysOrInfinite
    public_half_life_days: DaysOrInfinite
    patience_days: Days
    vicarious: Probability
    sanction_weight: Probability
    unseen_weight: Probability
    credibility: Probability
    credibility_strength: Positive
    promise_half_life_days: DaysOrInfinite
    habituation: NonNegative
    message_reach: Probability
    message_half_life_days: DaysOrInfinite
    contracted_belief: Probability
    legitimacy_reference: ShareAboveZero
    legitimacy_contact_step: Probability
    legitimacy_support_step: Probability
    legitimacy_sanction_step: Probability
    legitimacy_arrest_step: Probability
    legitimacy_half_life_days: Days


@dataclass(frozen=True, slots=True)
class Membership:
    """How people come, stay, leave, and how empty places are filled."""

    turnover: Flag
    spell_years: Years
    vacancy_days: Days
    vacancy_response: Probability
    propensity_sd: Spread
    age_min: Positive
    age_mean: Positive
    age_sd: Positive
    age_join_max: Positive
    age_max: Positive


@dataclass(frozen=True, slots=True)
class Exit:
    """Offers of a way out, who takes them, how long the help lasts and how it ends."""

    usual_offer_rate_per_year: Rate
    offer_rate: Probability
    acceptance: Probability
    assessment_pass: Probability
    places: Count
    duration_days: Days
    duration_shape: Positive
    dropout_per_month: Probability
    completion: Probability
    relapse_rate_per_year: Rate
    relapse_half_life_days: Days
    waiting_patience_days: DaysOrZero


@dataclass(frozen=True, slots=True)
class PartnerValues:
    """One partner: whether it signed, how much it gives, at what commitment doses were seen, how fast it erodes."""

    signed: Flag
    commitment: Probability
    reference_commitment: ShareAboveZero
    erosion_per_year: Probability


@dataclass(frozen=True, slots=True)
class Partners:
    """The four partners. Police, municipality and probation must sign before GVI can start."""

    police: PartnerValues
    municipality: PartnerValues
    probation: PartnerValues
    community: PartnerValues


@dataclass(frozen=True, slots=True)
class Promise:
    """The promise of a sanction: after which attacks it is owed, and who hears what became of it."""

    rule: PromiseRule
    round_days: Days
    detonations: Flag
    heard: Probability
    feared: PromiseFeared


@dataclass(frozen=True, slots=True)
class Sanction:
    """The group sanction: how soon, how long, how many at once, how many extra arrests."""

    delay_days: DaysOrZero
    duration_days: Days
    capacity: Count
    extra_arrests_per_member_year: Rate


@dataclass(frozen=True, slots=True)
class CallIn:
    """Call-ins: how often (0 = never), how many summoned, what share comes."""

    every_days: DaysOrZero
    summoned: Count
    attendance: Probability


@dataclass(frozen=True, slots=True)
class Notification:
    """Custom notifications: how many a month in all, and what share of them follows attacks, how soon."""

    per_month: NonNegative
    after_attack: Probability
    delay_days: Days


@dataclass(frozen=True, slots=True)
class Programme:
    """Group Violence Intervention: when, for which groups, with what dose."""

    enabled: Flag
    start_date: Date
    stop_date: DateOrNone
    ramp_days: DaysOrZero
    coverage: Share
    audit_every_days: Days
    roster_recall: Probability
    roster_error: ShareBelowOne
    sanction_certainty: Probability
    mediation_reach: Probability
    prevention: Probability
    extra_places: Difference
    sanction: Sanction
    call_in: CallIn
    notification: Notification


@dataclass(frozen=True, slots=True)
class Calendar:
    """The world outside: dated factors on the background and on scalar keys, and named shocks.

    A dated factor holds from its date until the next one; the first holds before it.
    """

    trend: Dated
    season: Season
    series: DatedByKey
    shocks: Shocks
    cap: Factor
    offspring: Flag
    shared_shock_sd: Spread
    swing_sd: Spread
    swing_memory_days: DaysOrZero
    group_swing_sd: Spread
    group_swing_memory_days: DaysOrZero


@dataclass(frozen=True, slots=True)
class Costs:
    """Unit costs in SEK, and the budget a year (0 = none stated)."""

    shooting: Sek
    detonation: Sek
    person_killed: Sek
    person_wounded: Sek
    call_in: Sek
    call_in_person: Sek
    notification: Sek
    sanction_day: Sek
    sanction_capacity_per_year: Sek
    detention_day: Sek
    exit_place_day: Sek
    exit_case: Sek
    prevented_person: Sek
    mediation_per_year: Sek
    coordination_per_year: Sek
    budget_per_year: Sek


@dataclass(frozen=True, slots=True)
class Values:
    """Every value of one site's scenario, as the kernel reads it."""

    years: Years
    burn_in_years: YearsOrZero
    start_date: Date
    strict: Flag
    site: Site
    attacks: Attacks
    harm: Harm
    gates: Gates
    justice: Justice
    belief: Belief
    membership: Membership
    exit: Exit
    partners: Partners
    promise: Promise
    programme: Programme
    timeline: Timeline
    calendar: Calendar
    costs: Costs
