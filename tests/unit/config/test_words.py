"""Words and sweeps: the quick reader agrees with Hydra's own parser, and choices expand in order."""

from __future__ import annotations

from datetime import date

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given
from hypothesis import strategies as st

from gvi_sim.config import expand, load_scenario
from gvi_sim.config.words import split
from gvi_sim.errors import ScenarioError

SAME = [
    "5",
    "-5",
    "0",
    "0.5",
    "-0.5",
    "1e3",
    "1.5e-3",
    "true",
    "True",
    "FALSE",
    "null",
    "gvi",
    "us_small",
    "inf",
]


@pytest.mark.parametrize("text", SAME)
def test_a_plain_word_reads_as_hydra_reads_it(text: str) -> None:
    theirs = OverridesParser.create().parse_override(f"key={text}").value()
    assert split(f"key={text}") == ("key", theirs)
    assert type(split(f"key={text}")[1]) is type(theirs)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_survives_its_word(value: float) -> None:
    assert split(f"key={value!r}") == ("key", value)


@given(st.integers(-(10**30), 10**30))
def test_every_whole_number_survives_its_word(value: int) -> None:
    assert split(f"key={value}") == ("key", value)


def test_lists_mappings_and_quotes_go_to_hydra() -> None:
    assert split("key=[1, 2.5, a]") == ("key", [1, 2.5, "a"])
    assert split("key={a: 1, b: [2]}") == ("key", {"a": 1, "b": [2]})
    assert split("key='1, 2'") == ("key", "1, 2")
    assert split("start_date=2024-05-16") == ("start_date", date(2024, 5, 16))


def test_a_branch_takes_a_mapping() -> None:
    scenario = load_scenario("programme.call_in={every_days: 90, summoned: 20}")
    assert (scenario.programme.call_in.every_days, scenario.programme.call_in.summoned) == (90.0, 20)
    assert scenario.chosen == ("programme.call_in.every_days", "programme.call_in.summoned")


def test_a_sweep_expands_with_the_last_choice_fastest() -> None:
    words = ["site=malmo", "programme.sanction_certainty=0,0.5", "years=range(2,4)", "programme=none,gvi"]
    cells = expand(words)
    assert len(cells) == 8
    assert cells[0] == ["site=malmo", "programme.sanction_certainty=0", "years=2", "programme=none"]
    assert cells[1] == ["site=malmo", "programme.sanction_certainty=0", "years=2", "programme=gvi"]
    assert cells[-1] == ["site=malmo", "programme.sanction_certainty=0.5", "years=3", "programme=gvi"]
    for cell in cells:
        load_scenario(*cell)


def test_without_choices_there_is_one_cell() -> None:
    words = ["site=malmo", "calendar.season=[]", "years=5"]
    assert expand(words) == [words]
    assert expand([]) == [[]]


def test_lists_quotes_and_choice_can_be_swept() -> None:
    assert expand(["a=[1,2],[3]"]) == [["a=[1,2]"], ["a=[3]"]]
    assert expand(["a='x,y','z'"]) == [["a='x,y'"], ["a='z'"]]
    assert expand(["a=choice(1,2)"]) == [["a=1"], ["a=2"]]


@pytest.mark.parametrize(
    ("word", "rule"),
    [
        ("years=interval(1,5)", "interval"),
        ("years=[1,2", "not-an-override"),
        ("hydra.sweep.dir=a,b", "hydra-setting"),
        ("years=${x},2", "interpolation"),
        ("site=glob(*)", "no-choices"),
        ("years=range(1,1e18)", "too-many-choices"),
        ("years=shuffle(range(0,10000000))", "too-many-choices"),
        ("years=" + "[" * 3000 + "]" * 3000, "too-deep"),
    ],
)
def test_what_cannot_be_swept_is_refused(word: str, rule: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        expand([word])
    assert caught.value.rule == rule
