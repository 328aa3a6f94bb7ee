"""Words and sweeps: the quick reader agrees with Hydra's own parser, and choices expand in order."""

from __future__ import annotations

from datetime import date
from operator import attrgetter

import pytest
from hydra.core.override_parser.overrides_parser import OverridesParser
from hypothesis import given, settings
from hypothesis import strategies as st

from gvi_sim.config import expand, load_scenario
from gvi_sim.config.overrides import joined, parse_override
from gvi_sim.config.sourced_value import Given
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
    assert parse_override(f"key={text}") == ("key", Given(theirs, "an override"))
    assert type(parse_override(f"key={text}")[1].value) is type(theirs)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_float_survives_its_word(value: float) -> None:
    assert parse_override(f"key={value!r}")[1].value == parse_override(f"years={value!r}")[1].value == value


@given(st.integers(-(10**30), 10**30))
def test_every_whole_number_survives_its_word(value: int) -> None:
    assert parse_override(f"key={value}")[1].value == parse_override(f"years={value}")[1].value == value


def test_lists_mappings_and_quotes_go_to_hydra() -> None:
    assert parse_override("key=[1, 2.5, a]")[1].value == [1, 2.5, "a"]
    assert parse_override("key={a: 1, b: [2]}")[1].value == {"a": 1, "b": [2]}
    assert parse_override("key='1, 2'")[1].value == "1, 2"
    assert parse_override("start_date=2024-05-16") == ("start_date", Given(date(2024, 5, 16), "an override"))


READ: list[tuple[str, str, object, str]] = [
    ("programme.sanction_certainty=0,5", "programme.sanction_certainty", 0.5, "0,5"),
    ("programme.sanction_certainty = 70 %", "programme.sanction_certainty", 0.7, "70 %"),
    ("exit.acceptance=12,5%", "exit.acceptance", 0.125, "12,5%"),
    ("Exit.Acceptance=,5", "exit.acceptance", 0.5, ",5"),
    ("site.population=1e5", "site.population", 100_000, ""),
    ("site.population=120\u202f000", "site.population", 120_000, "120 000"),
    ("site.population=120 000 inhabitants", "site.population", 120_000, "120 000 inhabitants"),
    ("years='3,5'", "years", 3.5, "'3,5'"),
    ("years=6 months", "years", 0.5, "6 months"),
    ("exit.duration_days=8 veckor", "exit.duration_days", 56.0, "8 veckor"),
    ("costs.budget_per_year=1.234.567,5 kr", "costs.budget_per_year", 1_234_567.5, "1.234.567,5 kr"),
    ("costs.budget_per_year=3,5 MSEK", "costs.budget_per_year", 3.5e6, "3,5 MSEK"),
    ("start_date=2022-04", "start_date", date(2022, 4, 1), "2022-04"),
    ("start_date=2022/4/9", "start_date", date(2022, 4, 9), "2022/4/9"),
    ("strict=ja", "strict", True, "ja"),
    ("strict=0", "strict", False, "0"),
    ("site.country=se", "site.country", "SE", "se"),
    ("country=no", "site.country", "NO", "no"),
    ("site.name=Malmö stad", "site.name", "Malmö stad", ""),
    ("site.name=Malmo\u0308", "site.name", "Malmö", ""),
    ("site=Göteborg", "site.key", "goteborg", ""),
    ("site=UPPLANDS-BRO", "site.key", "upplands_bro", ""),
    ("programme=GVI", "programme.enabled", True, ""),
]  # fmt: skip


def test_values_are_read_as_people_type_them() -> None:
    """Where only one thing can be meant; what was typed is kept where the value is a reading of it."""
    wrong = []
    for word, key, value, typed in READ:
        made = load_scenario(word)
        found = attrgetter(key)(made)
        if (found, type(found)) != (value, type(value)) or made.read_as.get(key, "") != typed:
            wrong.append(f"{word}: {found!r}, typed {made.read_as}")
        if typed and typed not in made.origin(key):
            wrong.append(f"{word}: {made.origin(key)}")
    assert not wrong, "\n".join(wrong)
    assert load_scenario({"sites": {"Malmö": {}}}, "strict=nej").sites == {"malmo": {}}


def test_words_that_a_shell_took_apart_are_joined() -> None:
    words = ["site", "=", "malmo", "years=", "5", "exit.places", "=3", "my.yaml", "strict = ja"]
    assert joined(words) == ["site=malmo", "years=5", "exit.places=3", "my.yaml", "strict = ja"]
    assert joined(["a=1", "b=2", "mine.yaml"]) == ["a=1", "b=2", "mine.yaml"]


PARSERS = ("token recognition", "mismatched", "extraneous", "no viable", "Hydra", "hydra.", "omegaconf", "OmegaConf")
GRAMMAR = st.text(alphabet="aåé01.,:;=%'\"\\[]{}()$~+-&*!@#| \t−…/<>^", max_size=24)
SOME = ("years", "exit.places", "site", "site.name", "start_date", "strict", "calendar.season", "programme.call_in")


@settings(max_examples=400)
@given(st.sampled_from(SOME), GRAMMAR)
def test_no_message_of_a_parser_reaches_the_user(key: str, value: str) -> None:
    for read in (load_scenario, lambda word: expand([word])):
        try:
            read(f"{key}={value}")
        except ScenarioError as error:
            told = str(error).replace(value, "").replace(repr(value)[1:-1], "")
            assert not any(word in told for word in PARSERS), str(error)


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
    assert expand(["site.name='x, y', Malmö stad"]) == [["site.name='x, y'"], ["site.name=Malmö stad"]]
    assert expand(["exit.acceptance=0,5"]) == [["exit.acceptance=0"], ["exit.acceptance=5"]]
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
