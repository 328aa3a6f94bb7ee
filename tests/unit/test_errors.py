"""The exception tree, exit codes, and the nearest key."""

from __future__ import annotations

import copy
import pickle
import random
import string
from pathlib import Path

import pytest

from gvi_sim import errors
from gvi_sim.config import leaves
from gvi_sim.errors import GviError, ScenarioError, nearest, nearest_hint

EXIT_CODES = {
    "ScenarioError": 2,
    "EvidenceError": 2,
    "ResourceError": 2,
    "PairingError": 2,
    "StoreError": 1,
    "EngineError": 1,
}


@pytest.mark.parametrize(("name", "code"), EXIT_CODES.items())
def test_every_error_is_a_gvi_error_with_an_exit_code(name: str, code: int) -> None:
    kind = getattr(errors, name)
    assert issubclass(kind, GviError)
    assert kind.exit_code == code
    assert name in (errors.__doc__ or "")


def test_the_tree_in_the_docstring_names_every_exception() -> None:
    found = {name for name in errors.__all__ if name.endswith("Error")}
    assert found == {*EXIT_CODES, "GviError"}


def test_an_error_keeps_key_rule_and_fields_when_it_goes_to_another_process() -> None:
    inner = ScenarioError("not-whole", key="years", value=0.5, in_file=Path("my.yaml"), unit=Unpicklable(), hint="")
    error = ScenarioError("in-site", rule=inner.rule, name={"malmo": 1}, error=inner)
    for twin in (copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):  # noqa: S301
        assert (twin.key, twin.rule, type(twin)) == (None, "not-whole", ScenarioError)
        assert str(twin) == "sites.malmo: years = 0.5my.yaml must be a whole numberme."
        assert twin.text("sv") == "sites.malmo: years = 0.5my.yaml måste vara ett heltalme."


class Unpicklable:
    def __repr__(self) -> str:
        return "me"

    def __reduce__(self) -> str:
        raise TypeError


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("programme.sanction_certanty", "programme.sanction_certainty"),
        ("sanction_certainty", "programme.sanction_certainty"),
        ("sanctioncertainty", "programme.sanction_certainty"),
        ("attacks.kappa_retalliation", "attacks.kappa_retaliation"),
        ("Exit.Offer_Rate", "exit.offer_rate"),
        ("delay.first_day", "justice.delay.first_days"),
        ("year", "years"),
    ],
)
def test_the_nearest_key(word: str, found: str) -> None:
    assert nearest(word, leaves()) == [found]


def test_nothing_near_gives_no_hint() -> None:
    assert nearest_hint("zzzzqqqq", leaves()) == ""
    assert str(nearest_hint("yearz", ["years"])) == " Nearest: years."


@pytest.mark.parametrize("tried", [150, pytest.param(500, marks=pytest.mark.slow)])
def test_of_many_misspellings_the_right_key_comes_first_in_98_percent(tried: int) -> None:
    draw = random.Random(1)
    keys = list(leaves())
    right = 0
    for _ in range(tried):
        key = draw.choice(keys)
        word = misspelt(key, draw)
        right += word == key or nearest(word, keys) == [key]
    assert right >= 0.98 * tried


def misspelt(key: str, draw: random.Random) -> str:
    """One or two edits: a letter dropped, doubled, replaced or swapped with the next."""
    for _ in range(draw.choice([1, 2])):
        at = draw.randrange(len(key) - 1)
        letter = draw.choice(string.ascii_lowercase)
        key = draw.choice(
            [
                key[:at] + key[at + 1 :],
                key[:at] + letter + key[at:],
                key[:at] + letter + key[at + 1 :],
                key[:at] + key[at + 1] + key[at] + key[at + 2 :],
            ]
        )
    return key
