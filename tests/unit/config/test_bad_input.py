"""Bad input, one line each: what is refused, by which rule, and what the message says."""

from __future__ import annotations

from typing import Any

import pytest
from each import each

from gvi_sim.config import load_scenario
from gvi_sim.errors import ScenarioError

WORDS: list[tuple[str, str, str]] = [
    ("site=hudinge", "no-such-choice", "site = 'hudinge': there is no such site. Nearest: huddinge."),
    ("site=Malmö stad", "no-such-choice", "Nearest: malmo."),
    ("site=../../etc/passwd", "no-such-choice", "there is no such site"),
    ("programme=call_in_only", "no-such-choice", "Nearest: call_ins_only."),
    ("calendar=sweeden", "no-such-choice", "Nearest: sweden. There are flat, sweden, united_states."),
    ("site=null", "no-such-choice", "there is no such site"),
    (
        "programme.sanction_certanty=1",
        "unknown-key",
        "There is no key 'programme.sanction_certanty'. Nearest: programme.sanction_certainty.",
    ),
    ("sanction_certainty=0.5", "unknown-key", "Nearest: programme.sanction_certainty."),
    ("gates.mediation_reach=0.5", "unknown-key", "Nearest: programme.mediation_reach."),
    ("years.x=1", "unknown-key", "There is no key 'years.x'."),
    ("site@other=huddinge", "unknown-key", "There is no key 'site@other'."),
    (
        "programme.sanction=3",
        "branch",
        "programme.sanction is a branch and not a value: set one of programme.sanction.delay_days",
    ),
    (
        "programme.sanction_certainty=1.4",
        "out-of-range",
        "programme.sanction_certainty = 1.4 is a probability and must lie in [0, 1]. Percent? Write 0.014.",
    ),
    ("programme.sanction_certainty=70", "out-of-range", "Percent? Write 0.7."),
    ("programme.sanction_certainty=-0.1", "out-of-range", "= -0.1 is a probability and must lie in [0, 1]."),
    ("programme.coverage=33", "out-of-range", "is a share and must lie in [0, 1]. Percent? Write 0.33."),
    ("programme.roster_error=1", "out-of-range", "must lie in [0, 1)."),
    ("gates.knee_width=0", "out-of-range", "must lie in (0, 0.5]"),
    ("belief.legitimacy_reference=0", "out-of-range", "must lie in (0, 1]"),
    (
        "attacks.fast_delay_days=0",
        "out-of-range",
        "is a length of time and must lie in [0.001, 400000] (days, mean of an exponential).",
    ),
    (
        "costs.call_in=-1",
        "out-of-range",
        "is an amount of money and must lie in [0, 1000000000000000] (SEK per call-in).",
    ),
    ("site.groups=0", "out-of-range", "is a whole number and must lie in [1, 1000000000] (groups)."),
    ("years=1e400", "not-finite", "years = '1e400' is too large or too small for a computer's number"),
    ("belief.belief_half_life_days=1e400", "not-finite", "must lie in [0.001, 400000] or inf (days"),
    ("costs.call_in=1e-400", "not-finite", "and is not rounded silently; it must lie in"),
    ("years=" + "[" * 30 + "]" * 30, "too-deep", "is nested deeper than 20 levels."),
    ("site.name='a\x1b[2Jb'", "not-an-override", "holds a character that cannot be seen"),
    (
        "site.name='Anna Ek, Storgatan 12'",
        "personal-data",
        "an override holds what looks like a street address",
    ),
    ("site.name=811218-9876", "personal-data", "what looks like a personal identity number."),
    (
        "calendar.shocks=[{name:'B 1234-24',start:2024-02-01,end:2024-03-01,share:0.1,years:2}]",
        "personal-data",
        "a case number",
    ),
    ("years=inf", "not-finite", "years = inf"),
    ("years=nan", "not-a-number", "years = 'nan' must be a number (years)."),
    ("years=ten", "not-a-number", "years = 'ten' must be a number (years). This is text."),
    ("years=3,50", "sweep", "gvi-sim sweep years=3,50; years=3.50 for the number with decimals"),
    ("site.population=120,000", "sweep", "site.population=120000 for the thousands"),
    ("years=3,5,7", "sweep", "A sweep runs them all: gvi-sim sweep years=3,5,7"),
    ("years=", "not-a-number", "This is empty."),
    ("years=010", "not-a-number", "years = '010' must be a number"),
    ("years=12 %", "not-a-number", "years = '12 %' must be a number (years)"),
    ("exit.acceptance=1/2", "not-a-number", "must be a number. This is text."),
    ("years=１２", "not-a-number", "Write it with the digits 0 to 9."),
    ("years=true", "not-a-number", "years = true must be a number (years). This is a truth value."),
    ("years=[5]", "not-a-number", "This is a list."),
    ("years={a:1}", "not-a-number", "This is a dict."),
    ("exit.places=2.5", "not-whole", "exit.places = 2.5 must be a whole number (places at a time)."),
    ("strict=2", "not-a-flag", "strict = 2 must be true or false."),
    ("partners.police.signed=maybe", "not-a-flag", "must be true or false."),
    ("start_date=2024-02-31", "not-a-date", "start_date = '2024-02-31' is not a date of the calendar"),
    ("start_date=1/2 2024", "not-a-date", "must be a date, written YYYY-MM-DD."),
    ("start_date=2024-13", "not-a-date", "must be a date, written YYYY-MM-DD."),
    ("start_date=0001-01-01", "out-of-range", "must lie between 1950-01-01 and 2200-01-01."),
    ("site.country=USA", "no-such-choice", "must be a country's two capital letters, such as SE, US"),
    ("site.key='a/b'", "bad-name", "must be 1 to 40 letters, digits, _ or -."),
    ("site.name=" + "x" * 81, "bad-name", "must be 1 to 80 printable characters."),
    ("site.name=5", "not-text", "site.name = 5 must be text."),
    ("calendar.season=[1,2]", "season-length", "has 2 factors and must have 12, January first, or none"),
    ("calendar.season=flat", "not-a-table", "must be a list; [] for none."),
    ("calendar.trend=[[2024-01-01,1],[2023-01-01,1]]", "series-order", "2023-01-01 stands after 2024-01-01"),
    ("calendar.trend=[[2024-01-01]]", "bad-row", "the row ['2024-01-01'] must be [date, factor]."),
    ("calendar.trend=[[soon,1]]", "not-a-date", "has 'soon' where a date YYYY-MM-DD must stand."),
    ("calendar.trend=[[2024-01-01,-1]]", "bad-factor", "has -1 where a factor of at most 1000 must stand."),
    ("calendar.series={justice.clearence:[]}", "no-such-series", "Nearest: justice.clearance."),
    ("calendar.series=[]", "not-a-table", "must map a key to rows [date, factor]."),
    ("calendar.shocks=[decrypted_fones]", "no-such-shock", "Nearest: decrypted_phones."),
    ("calendar.shocks=[{name:x}]", "bad-row", "must be {name, start, end, share, years}"),
    (
        "calendar.shocks=[{name:x,start:2024-02-01,end:2024-01-01,share:0.1,years:2}]",
        "shock-order",
        "the shock 'x' ends 2024-01-01 before it starts 2024-02-01.",
    ),
    (
        "calendar.shocks=[{name:x,start:2024-02-01,end:2024-03-01,share:1.1,years:2}]",
        "bad-row",
        "a share in [0, 1]",
    ),
    ("site.ties=[[0,1,1]]", "bad-row", "must be [a, b, rivalry, alliance]."),
    ("site.ties=[[0,1,-1,0]]", "bad-row", "has a negative strength."),
    ("site.ties=[[0,1.5,1,0]]", "bad-row", "two group numbers, counted from 0"),
    (
        "programme.sanction_certainty=0,0.5",
        "sweep",
        "has one. A sweep runs them all: gvi-sim sweep programme.sanction_certainty=0,0.5",
    ),
    ("programme=none,gvi", "sweep", "asks for several values"),
    ("years=range(1,4)", "sweep", "asks for several values"),
    ("hydra.run.dir=/tmp/x", "hydra-setting", "hydra.* settings are refused here"),
    ("hydra/launcher=joblib", "hydra-setting", "hydra.* settings are refused here"),
    ("+a=1", "not-an-override", "the tree is closed, keys are not added or removed; write a=..."),
    ("~programme=1", "not-an-override", "the tree is closed"),
    ("years=${oc.env:HOME}", "interpolation", "uses an interpolation; write the value itself."),
    ("years=[1", "not-an-override", "'years=[1' cannot be read: it has 1 [ and 0 ]."),
    ("calendar.season=['a", "not-an-override", "the quote ' is not closed."),
    ("calendar.season=[åäö]", "not-an-override", "stands in single quotes"),
    ("huddinge", "not-an-override", "'huddinge' is neither an override (key=value) nor a scenario file."),
    ("--multirun=1", "not-an-override", "neither an override"),
    ("seed=4", "run-key", "seed is a run key and no part of the scenario: give it to simulate()"),
    ("replicates=500", "run-key", "replicates is a run key"),
    ("site.name='" + "x" * 20_000 + "'", "too-long", "put it in a scenario file."),
    ("years=" + "9" * 5000, "not-finite", "must lie in [0.001, 1000] (years)."),
]


@each("word, rule, message", WORDS)
def test_a_bad_word_is_refused(word: str, rule: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(word)
    assert caught.value.rule == rule
    assert message in str(caught.value)
    assert len(str(caught.value)) < 700
    assert caught.value.exit_code == 2


OBJECTS: list[tuple[Any, str, str]] = [
    (5, "not-an-override", "5 is no override"),
    (None, "not-an-override", "null is no override"),
    ({"years": None, "exit": 3}, "branch", "exit is a branch"),
    ({"exit": {"placess": 3}}, "unknown-key", "Nearest: exit.places"),
    ({"years": 10**400}, "not-finite", "must lie in [0.001, 1000]"),
    ({"years": b"5"}, "not-a-number", "must be a number"),
    ({"start_date": 20240101}, "not-a-date", "must be a date"),
    ({"years": "3,5"}, "not-a-number", "Decimal comma? Write 3.5."),
    ({"years": "1_000"}, "not-a-number", "years = '1_000' must be a number"),
    ({"exit.places": 5.0}, "not-whole", "Write 5."),
    ({"strict": "yes"}, "not-a-flag", "strict = 'yes' must be true or false. Write true."),
    ({"strict": 0}, "not-a-flag", "Write false."),
]


@each("given, rule, message", OBJECTS)
def test_a_bad_object_is_refused(given: Any, rule: str, message: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load_scenario(given)
    assert caught.value.rule == rule
    assert message in str(caught.value)


def test_numpy_numbers_are_numbers() -> None:
    import numpy as np

    scenario = load_scenario({"years": np.float64(3.5), "exit.places": np.int64(4), "exit.acceptance": np.float32(0.5)})
    assert (scenario.years, scenario.exit.places, scenario.exit.acceptance) == (3.5, 4, 0.5)
    assert type(scenario.exit.places) is int
    with pytest.raises(ScenarioError, match="must be a number"):
        load_scenario({"years": np.bool_(True)})
    with pytest.raises(ScenarioError, match="is not a number"):
        load_scenario({"years": np.float64("nan")})


def test_minus_zero_is_zero_and_infinity_is_allowed_where_said() -> None:
    scenario = load_scenario("exit.acceptance=-0.0", "belief.belief_half_life_days=inf")
    assert str(scenario.exit.acceptance) == "0.0"
    assert scenario.belief.belief_half_life_days == float("inf")
