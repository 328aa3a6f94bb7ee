"""The integer codes that state arrays, logs and tables share."""

from __future__ import annotations

# Why an attack was attempted.
BACKGROUND, RETALIATION, REPEAT, SPREAD = 0, 1, 2, 3
CAUSES = ("background", "retaliation", "repeat", "spread")

SHOOTING, DETONATION = 0, 1
MODES = ("shooting", "detonation")

# What a person is at a moment.
FREE, WOUNDED, DETAINED, IN_SUPPORT, EXITED, PREVENTED, DEAD = 0, 1, 2, 3, 4, 5, 6
STATUSES = ("free", "wounded", "detained", "in_support", "exited", "prevented", "dead")

# How a person came to be in the group.
INITIAL, RECRUIT, STAND_IN = 0, 1, 2
PERSON_KINDS = ("initial", "recruit", "stand_in")

# Gates as bits of the mask ``blocked``, in the order of the draws.
(
    AVAILABLE, DETERRENCE, NORM, PRESSURE, MEDIATION, DEFIANCE, CALENDAR, WITHDRAWAL, PERSONAL,
) = 1, 2, 4, 8, 16, 32, 64, 128, 256  # fmt: skip
GATES = ("available", "deterrence", "norm", "pressure", "mediation", "defiance", "calendar", "withdrawal", "personal")
SUBSTITUTABLE = DETERRENCE | PRESSURE

# How a request for support stands or ended.
WAITING, STAYING, COMPLETED, DROPPED_OUT, STAY_DETAINED, STAY_DEAD, GAVE_UP, STAY_LEFT = 0, 1, 2, 3, 4, 5, 6, 7
STAY_ENDS = (
    "waiting", "in_support", "completed", "dropped_out", "detained", "dead", "gave_up_waiting", "left",
)  # fmt: skip

# After which attacks a sanction is owed (``promise.rule``).
PROMISE_RULES = ("every", "first", "hit", "fatal")
EVERY, FIRST_ONE, HIT_ONES, FATAL_ONES = 0, 1, 2, 3
# What becomes of an attack of a warned group: what the police's certainty decides, or that nobody saw whose it was.
BROKEN, KEPT, UNSEEN = 0, 1, 2

# What the programme did.
DOSES = (
    "audit", "call_in", "notification", "after_attack", "sanction", "promise_kept", "promise_broken", "offer",
    "prevented",
)  # fmt: skip
(
    DOSE_AUDIT, DOSE_CALL_IN, DOSE_NOTIFICATION, DOSE_AFTER_ATTACK, DOSE_SANCTION,
    DOSE_KEPT, DOSE_BROKEN, DOSE_OFFER, DOSE_PREVENTED,
) = range(9)  # fmt: skip

# Kinds of events on the heap. Events at one moment happen in this order.
(
    EV_MONTH, EV_STAGE, EV_STOP, EV_START, EV_CAPACITY_FREE,
    EV_RETURN, EV_RELAPSE, EV_STAY_END, EV_SHOCK, EV_SHOCK_ARREST,
    EV_ARREST, EV_WATCHED, EV_SLOT_LOST, EV_EXTRA_ARREST, EV_SANCTION_END, EV_PROMISE,
    EV_AUDIT, EV_LISTED, EV_PROMISE_ROUND, EV_CALL_IN, EV_NOTIFY, EV_AFTER_ATTACK, EV_USUAL_OFFER, EV_ROUND,
    EV_BACKGROUND, EV_CANDIDATE,
) = range(26)  # fmt: skip

# What ``advance`` came back for: done, or the buffer that must grow before it goes on.
# Those of the tables that are logged follow RECORDS_FULL, in their order.
DONE, EVENTS_FULL, LOG_FULL, PERSONS_FULL, TIES_FULL, TALLY_FULL, RECORDS_FULL = 0, 1, 2, 3, 4, 5, 6

# Columns of the calendar table, one row a day.
CAL_LEVEL, CAL_CLEARANCE, CAL_LETHALITY, CAL_DETONATION, CAL_BELIEF = 0, 1, 2, 3, 4
CAL_CONTRACTED, CAL_CIVILIAN, CAL_ATTRIBUTION = 5, 6, 7
CALENDAR_COLUMNS = 8

NOBODY = -1
NOT_ASKED, NOBODY_STEPPED_IN = -1, -2
OUTSIDER = -1
HIRED = -1
BEFORE_WINDOW = -2

# Before its numbers a row of ``stages`` has the site and the day.
STAGE_HEAD = 2

# Plain numbers with a name, since a literal would make numba compile a function anew.
NIL, FIRST, SECOND = 0, 1, 2
