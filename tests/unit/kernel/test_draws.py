"""Addressed draws: published vectors, and statistics of the addresses as they are used.

Every family holds a million neighbouring addresses; each statistic must have p > 1e-5.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from gvi_sim.kernel import draws
from gvi_sim.kernel.compiler import entry, i64, u64

N = 1_000_000
SEED, REPLICATE = 20_240_501, 17
LEAST_P = 1e-5


@entry
def fill_uniform(runs, purposes, entities, indexes, out):
    for k in range(len(out)):
        out[k] = draws.uniform(runs[k], purposes[k], entities[k], i64(indexes[k]))


@entry
def fill_four(run, entities, out):
    for k in range(len(out)):
        out[k, 0], out[k, 1], out[k, 2], out[k, 3] = draws.uniform_four(run, u64(30), entities[k], i64(0))


@entry
def fill_pair(run, entities, out):
    for k in range(len(out)):
        out[k, 0], out[k, 1] = draws.uniform_pair(run, u64(30), entities[k], i64(0))


@entry
def fill_gamma(run, entities, shape, out):
    for k in range(len(out)):
        out[k] = draws.gamma(run, u64(61), entities[k], shape)


@entry
def fill_exponential(run, entities, out):
    for k in range(len(out)):
        out[k] = draws.exponential(run, u64(20), entities[k], i64(0))


@entry
def fill_normal(run, entities, out):
    for k in range(len(out)):
        u, v = draws.uniform_pair(run, u64(11), entities[k], i64(0))
        out[k] = draws.normal_from(u, v)


@entry
def fill_poisson(run, entities, mean, out):
    for k in range(len(out)):
        out[k] = draws.poisson_from(draws.uniform(run, u64(50), entities[k], i64(0)), mean)


def poisson_at(u: float, mean: float) -> int:
    """The count that the uniform ``u`` gives."""
    out = np.zeros(1)
    _poisson_of(np.array([u]), mean, out)
    return int(out[0])


@entry
def _poisson_of(uniforms, mean, out):
    for k in range(len(out)):
        out[k] = draws.poisson_from(uniforms[k], mean)


@entry
def fill_run_keys(seeds, replicates, key, out):
    """What ``run_key`` does, for many: the seed's halves and the replicate through Philox."""
    for k in range(len(out)):
        low, high = seeds[k] & draws.MASK, seeds[k] >> draws.SHIFT_32
        a, b, _, _ = draws.philox(low, high, replicates[k], u64(0), key[0], key[1])
        out[k] = (a << draws.SHIFT_32) | b


def philox(counter: tuple[int, ...], key: tuple[int, ...]) -> tuple[int, ...]:
    out = np.zeros(4, dtype=np.uint64)
    draws.words(np.array(counter, dtype=np.uint64), np.array(key, dtype=np.uint64), out)
    return tuple(int(word) for word in out)


# ---------- published vectors ----------

ONES = 0xFFFFFFFF
# Random123 (D. E. Shaw Research), tests/kat_vectors, lines "philox4x32 10".
VECTORS = (
    ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
    ((ONES,) * 4, (ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
    (
        (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
        (0xA4093822, 0x299F31D0),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ),
)


@pytest.mark.parametrize(("counter", "key", "expected"), VECTORS)
def test_philox_gives_the_published_vectors(counter, key, expected) -> None:
    assert philox(counter, key) == expected


def test_a_uniform_is_the_documented_address() -> None:
    run, entity, purpose, index = 0x0123456789ABCDEF, 0xFEDCBA9876543210, 33, 7
    a, b, _, _ = philox((entity & ONES, entity >> 32, index, purpose), (run & ONES, run >> 32))
    out = uniforms(run, purpose, entity, index, number=1)
    assert out[0] == pytest.approx(((a << 21 | b >> 11) + 0.5) / 2.0**53, abs=2.0**-53)


def test_a_child_key_does_not_depend_on_the_run() -> None:
    keys = draws.child_keys(99, draws.TAG_MEMBER, 5)
    assert np.array_equal(keys, draws.child_keys(99, draws.TAG_MEMBER, 5))
    assert np.array_equal(keys[:3], draws.child_keys(99, draws.TAG_MEMBER, 3))
    assert not set(keys.tolist()) & set(draws.child_keys(99, draws.TAG_STAND_IN, 5).tolist())


def test_names_have_the_published_hash() -> None:
    assert draws.name_key("huddinge") == draws.name_key("huddinge") != draws.name_key("Huddinge")
    # BLAKE2b with an 8-byte digest of the empty message (hashlib's vector).
    assert draws.name_key("") == int.from_bytes(bytes.fromhex("e4a6a0577479b2b4"), "little")


# ---------- the addresses in use ----------


def column(value, number: int) -> np.ndarray:
    array = np.asarray(value, dtype=np.uint64)
    return np.ascontiguousarray(np.broadcast_to(array, (number,)))


def uniforms(run, purpose, entity, index, number: int = N) -> np.ndarray:
    """Uniforms at many addresses; each part of an address is one value or an array of ``number``."""
    out = np.zeros(number)
    fill_uniform(*(column(part, number) for part in (run, purpose, entity, index)), out)
    return out


def run_keys(seeds, replicates, number: int = N) -> np.ndarray:
    pi = np.array([0x243F6A88, 0x85A308D3], dtype=np.uint64)
    out = np.zeros(number, dtype=np.uint64)
    fill_run_keys(column(seeds, number), column(replicates, number), pi, out)
    return out


COUNT = np.arange(N, dtype=np.uint64)
RUN = draws.run_key(SEED, REPLICATE)
GROUP = int(draws.child_keys(draws.name_key("huddinge"), draws.TAG_GROUP, 3)[2])


def grandchildren() -> np.ndarray:
    parents = draws.child_keys(GROUP, draws.TAG_BACKGROUND, 1000)
    return np.concatenate([draws.child_keys(int(key), draws.TAG_REPEAT, 1000) for key in parents])


FAMILIES: dict[str, Callable[[], np.ndarray]] = {
    "neighbouring keys": lambda: uniforms(RUN, 30, COUNT, 0),
    "neighbouring high halves of keys": lambda: uniforms(RUN, 30, COUNT << np.uint64(32), 0),
    "neighbouring indexes": lambda: uniforms(RUN, 31, GROUP, COUNT),
    "neighbouring ordinals of recruits": lambda: uniforms(RUN, 31, GROUP, COUNT + np.uint64(1 << 20)),
    "purposes within an entity": lambda: uniforms(RUN, 1 + COUNT % np.uint64(100), COUNT // np.uint64(100), 0),
    "neighbouring run keys": lambda: uniforms(COUNT, 30, GROUP, 0),
    "neighbouring replicates": lambda: uniforms(run_keys(SEED, COUNT), 30, GROUP, 0),
    "neighbouring seeds": lambda: uniforms(run_keys(COUNT, 0), 30, GROUP, 0),
    "seeds by replicates": lambda: uniforms(run_keys(COUNT // np.uint64(1000), COUNT % np.uint64(1000)), 30, GROUP, 0),
    "children of one group": lambda: uniforms(RUN, 30, draws.child_keys(GROUP, draws.TAG_BACKGROUND, N), 0),
    "children's children": lambda: uniforms(RUN, 30, grandchildren(), 0),
    "the keys of children themselves": lambda: draws.child_keys(0, draws.TAG_GROUP, N) / 2.0**64,
}


def flat_p(cells: np.ndarray, number: int) -> float:
    """Two-sided p of cells 0 .. number - 1 being alike."""
    seen = np.bincount(cells.astype(np.int64), minlength=number)
    wanted = len(cells) / number
    index = ((seen - wanted) ** 2 / wanted).sum()
    return 2.0 * min(stats.chi2.cdf(index, number - 1), stats.chi2.sf(index, number - 1))


def correlation_p(u: np.ndarray, v: np.ndarray) -> float:
    z = ((u - 0.5) * (v - 0.5)).sum() * 12.0 / math.sqrt(len(u))
    return 2.0 * stats.norm.sf(abs(z))


@pytest.mark.parametrize("family", FAMILIES, ids=lambda name: name.replace(" ", "_"))
def test_neighbouring_addresses_are_independent_and_uniform(family: str) -> None:
    u = FAMILIES[family]()
    bits = (u * 2.0**52).astype(np.int64)
    p = {
        "uniform": flat_p(u * 1000, 1000),
        "low bits": flat_p(bits & 0xFF, 256),
        "middle bits": flat_p(bits >> 20 & 0xFF, 256),
        "pairs": flat_p((u[0::2] * 32).astype(int) * 32 + (u[1::2] * 32).astype(int), 1024),
        "triples": flat_p(
            (u[0 : N - 1 : 3] * 8).astype(int) * 64 + (u[1:N:3] * 8).astype(int) * 8 + (u[2::3] * 8).astype(int),
            512,
        ),
    }
    p |= {f"distance {d}": correlation_p(u[:-d], u[d:]) for d in (1, 2, 3, 4, 8, 100, 1000)}
    assert min(p.values()) > LEAST_P, p
    assert len(np.unique(u)) >= N - 1  # a 53-bit collision among a million has chance 5e-5


def test_families_at_the_same_places_do_not_go_together() -> None:
    other_run = draws.run_key(SEED, REPLICATE + 1)
    base = uniforms(RUN, 30, COUNT, 0)
    others = {
        "next purpose": uniforms(RUN, 31, COUNT, 0),
        "next index": uniforms(RUN, 30, COUNT, 1),
        "next replicate": uniforms(other_run, 30, COUNT, 0),
        "next seed": uniforms(draws.run_key(SEED + 1, REPLICATE), 30, COUNT, 0),
        "purpose and index exchanged": uniforms(RUN, 0, COUNT, 30),
    }
    p = {name: correlation_p(base, other) for name, other in others.items()}
    p |= {
        f"cells {name}": flat_p((base * 32).astype(int) * 32 + (other * 32).astype(int), 1024)
        for name, other in others.items()
    }
    assert min(p.values()) > LEAST_P, p


@pytest.mark.parametrize(("fill", "columns"), [(fill_pair, 2), (fill_four, 4)])
def test_the_uniforms_of_one_address_are_independent(fill, columns: int) -> None:
    out = np.zeros((N, columns))
    fill(np.uint64(RUN), COUNT, out)
    assert out.min() > 0.0 and out.max() < 1.0
    p = {}
    for i in range(columns):
        p[f"uniform {i}"] = flat_p(out[:, i] * 1000, 1000)
        for j in range(i):
            p[f"{j} with {i}"] = correlation_p(out[:, i], out[:, j])
            cells = (out[:, i] * 32).astype(int) * 32 + (out[:, j] * 32).astype(int)
            p[f"cells {j} with {i}"] = flat_p(cells, 1024)
    assert min(p.values()) > LEAST_P, p


def test_a_million_seeds_and_replicates_have_a_million_run_keys() -> None:
    seeds, replicates = COUNT // np.uint64(1000), COUNT % np.uint64(1000)
    keys = run_keys(seeds, replicates)
    for k in range(0, N, 9973):
        assert draws.run_key(int(seeds[k]), int(replicates[k])) == int(keys[k])
    assert len(np.unique(keys)) == N


def test_a_run_key_uses_all_of_a_seed() -> None:
    seeds = [0, 1, 1 << 31, 1 << 32, 1 << 63, 2**64 - 1]
    assert len({draws.run_key(seed, r) for seed in seeds for r in (0, 1, 2**32 - 1)}) == 3 * len(seeds)


# ---------- laws ----------


def law_p(values: np.ndarray, law) -> dict[str, float]:
    z = (values.mean() - law.mean()) / math.sqrt(law.var() / len(values))
    squares = (values - law.mean()) ** 2
    z_var = (squares.mean() - law.var()) / (squares.std() / math.sqrt(len(values)))
    cells = np.minimum(law.cdf(values) * 200, 199)
    return {
        "mean": 2.0 * stats.norm.sf(abs(z)),
        "variance": 2.0 * stats.norm.sf(abs(z_var)),
        "cells": flat_p(cells, 200),
        "distance": stats.kstest(values, law.cdf).pvalue,
    }


@pytest.mark.parametrize("shape", [0.3, 0.5, 1.0, 2.0, 7.3, 250.0])
def test_gamma_has_mean_1_and_its_law(shape: float) -> None:
    out = np.zeros(300_000)
    fill_gamma(np.uint64(RUN), COUNT, shape, out)
    p = law_p(out, stats.gamma(shape, scale=1.0 / shape))
    assert min(p.values()) > LEAST_P, p


def test_exponential_has_its_law() -> None:
    out = np.zeros(N)
    fill_exponential(np.uint64(RUN), COUNT, out)
    p = law_p(out, stats.expon())
    assert min(p.values()) > LEAST_P, p


def test_normal_has_its_law() -> None:
    out = np.zeros(N)
    fill_normal(np.uint64(RUN), COUNT, out)
    p = law_p(out, stats.norm())
    assert min(p.values()) > LEAST_P, p


@pytest.mark.parametrize("mean", [0.05, 0.5, 1.0, 3.0, 9.5])
def test_poisson_has_its_law(mean: float) -> None:
    out = np.zeros(N)
    fill_poisson(np.uint64(RUN), COUNT, mean, out)
    counts = np.bincount(out.astype(int))
    wanted = stats.poisson.pmf(np.arange(len(counts)), mean) * N
    kept = wanted >= 20
    seen = np.append(counts[kept], counts[~kept].sum())
    expected = np.append(wanted[kept], N - wanted[kept].sum())
    p = stats.chi2.sf(((seen - expected) ** 2 / expected).sum(), len(seen) - 1)
    assert LEAST_P < p < 1.0 - LEAST_P


def test_poisson_at_its_ends() -> None:
    assert poisson_at(0.3, 0.0) == 0
    assert poisson_at(1e-12, 2.0) == 0
    assert poisson_at(math.exp(-2.0) * 1.001, 2.0) == 1
    assert poisson_at(1.0 - 2.0**-40, 0.5) == int(stats.poisson.ppf(1.0 - 2.0**-40, 0.5))
    assert [poisson_at(u, 1.0) for u in np.linspace(0.01, 0.99, 50)] == [
        int(stats.poisson.ppf(u, 1.0)) for u in np.linspace(0.01, 0.99, 50)
    ]


@entry
def below_each(words, n, out):  # type: ignore[no-untyped-def]
    for k in range(len(out)):
        out[k] = draws.below(words[k], n)


@pytest.mark.parametrize("n", [1, 2, 29, 65_536, 2**31])
def test_below_is_the_whole_part_of_a_uniform(n: int) -> None:
    words = np.array([0, 1, 2**31 - 1, 2**31, 2**32 - 1, *range(7, 2**32, 104_729_123)], dtype=np.uint64)
    out = np.zeros(len(words), dtype=np.int64)
    below_each(words, n, out)
    assert out.tolist() == [(2 * int(word) + 1) * n // 2**33 for word in words]
    assert out.min() == 0 and out.max() == n - 1
