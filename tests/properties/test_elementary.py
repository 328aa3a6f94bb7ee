"""Logarithm, exponential and cosine: as exact as promised, and the same bits compiled, plain and everywhere."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import gvi_sim
from gvi_sim.kernel import elementary
from gvi_sim.kernel.compiler import entry

from .twin import twin

NAMES = ("log", "exp", "cosine_of_turn")
POSITIVE = st.floats(1e-300, 1e300)
ALL = {"log": POSITIVE, "exp": st.floats(-800.0, 800.0), "cosine_of_turn": st.floats(0.0, 1.0)}


@entry
def fill_log(x, out):
    for k in range(len(x)):
        out[k] = elementary.log(x[k])


@entry
def fill_exp(x, out):
    for k in range(len(x)):
        out[k] = elementary.exp(x[k])


@entry
def fill_cosine(x, out):
    for k in range(len(x)):
        out[k] = elementary.cosine_of_turn(x[k])


FILL = {"log": fill_log, "exp": fill_exp, "cosine_of_turn": fill_cosine}


def compiled(name: str, x: np.ndarray) -> np.ndarray:
    out = np.full(len(x), np.nan)
    FILL[name](np.asarray(x, dtype=float), out)
    return out


def test_a_logarithm_is_right_to_the_last_bits_however_near_to_one() -> None:
    steps = 1.0 - 2.0 ** -np.arange(1, 53)
    x = np.concatenate([np.linspace(1e-9, 1.0, 200_001)[:-1], np.logspace(-300, 300, 100_001), steps, 2.0 - steps])
    right = np.array([math.log(value) for value in x])
    assert (np.abs(compiled("log", x) - right) <= 3 * np.spacing(np.abs(right))).all()


def test_an_exponential_is_right_to_the_last_bits_and_ends_at_nothing() -> None:
    x = np.concatenate([np.linspace(-700.0, 700.0, 200_001), np.linspace(-1.0, 1.0, 100_001)])
    right = np.array([math.exp(value) for value in x])
    assert (np.abs(compiled("exp", x) - right) <= 2 * np.spacing(right)).all()
    assert compiled("exp", np.array([0.0, -709.0, -math.inf, 710.0])).tolist() == [1.0, 0.0, 0.0, math.inf]


def test_a_cosine_of_a_turn_is_right_and_exact_at_the_quarters() -> None:
    x = np.linspace(0.0, 1.0, 200_001)
    assert (np.abs(compiled("cosine_of_turn", x) - np.cos(2.0 * np.pi * x)) < 1e-15).all()
    assert compiled("cosine_of_turn", np.array([0.0, 0.25, 0.5, 0.75, 1.0])).tolist() == [1.0, 0.0, -1.0, 0.0, 1.0]


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_compiled_and_plain_python_agree_in_every_bit(name: str, data: st.DataObject) -> None:
    x = data.draw(ALL[name])
    plain = getattr(twin("kernel.elementary"), name)(x)
    assert compiled(name, np.array([x]))[0].tobytes() == np.float64(plain).tobytes()


def test_the_bits_are_those_of_any_other_machine() -> None:
    """Written down once; whoever gets others has a processor or a compiler that does not add up as agreed."""
    found = [
        compiled(name, np.array([x]))[0].hex() for name, x in (("log", 0.3), ("exp", -1.7), ("cosine_of_turn", 0.3))
    ]
    assert found == EXPECTED


EXPECTED = ["-0x1.34378fcbda721p+0", "0x1.7622c78a98a07p-3", "-0x1.3c6ef372fe94ep-2"]


def test_no_kernel_asks_the_system_for_a_logarithm() -> None:
    root = Path(gvi_sim.__file__).parent
    in_python = {"reference.py", "kernel_parameters.py", "calendar.py", "builder.py", "after_attacks.py"}
    kernels = [p for p in [*root.glob("dynamics/*.py"), *root.glob("world/*.py"), root / "kernel" / "draws.py"]]
    asked = re.compile(r"math\.(log|exp|expm1|log1p|cos|sin|pow|tanh|hypot)\w*\(")
    found = [p.name for p in kernels if p.name not in in_python and asked.search(p.read_text())]
    assert len(kernels) > 30
    assert found == []
