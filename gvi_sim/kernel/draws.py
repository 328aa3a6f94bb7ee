"""Addressed draws: the only source of randomness.

Every draw is a pure function of (run key, purpose, entity key, index) through Philox 4x32-10
(Salmon, Moraes, Dror & Shaw 2011), whose published test vectors are checked in the tests. The run key
comes from (seed, replicate); the counter holds the entity's 64-bit key, a 32-bit index and the purpose.
No state is consumed, so a draw that is not needed costs nothing and shifts nothing.

Entity keys form a tree: ``child(parent, tag, k)`` names the k-th entity of a kind below its parent, for
example a recruit of a group or an offspring of an attack. Keys never hold a global number, so adding a
group changes no other entity's draws.
"""

from __future__ import annotations

import hashlib
import math

import numpy as np
from numpy.typing import NDArray

from .compiler import entry, i64, inline, kernel, u64
from .elementary import cosine_of_turn, exp, log

MASK = u64(0xFFFFFFFF)
SHIFT_32 = u64(32)
SHIFT_4 = u64(4)
_M0, _M1 = u64(0xD2511F53), u64(0xCD9E8D57)
_W0, _W1 = u64(0x9E3779B9), u64(0xBB67AE85)
# Digits of pi: a fixed key for entity names, apart from every run's key.
_NAME_KEY_0, _NAME_KEY_1 = u64(0x243F6A88), u64(0x85A308D3)
_SHIFT_20, _SHIFT_12, _SHIFT_33, _ONE = u64(20), u64(12), u64(33), u64(1)
_UNIT_52 = 2.0**-52
_UNIT_32 = 2.0**-32
MAX_POISSON = 64

# Indexes of an entity's draws for one purpose. Named, since a literal number would compile anew.
ONLY, SECOND = 0, 1
DROPOUT, BOOST = 0x7FFFFFFE, 0x7FFFFFFF

# Purposes: one number a kind of decision, never reused.
SIZE, ACTIVITY, POSITION, RIVAL, ALLY = 1, 2, 3, 4, 5
HOLDER, TRAITS, READINESS, PREVENT, ROSTER, FALSE_ENTRY = 10, 11, 12, 13, 14, 15
BACKGROUND_TIME, USUAL_OFFER_TIME = 20, 22
TARGET, SHOOTER, GATES, MORE_GATES, MEDIATION, MODE, CIVILIAN = 30, 31, 32, 33, 34, 35, 36
AFTERMATH, VICTIM, DEATH, STEP_IN, MISTAKEN = 40, 41, 42, 43, 44
OFFSPRING, DELAY, SPREAD_BY = 50, 51, 52
ARREST_DELAY, SENTENCE, OTHER_ARREST, OTHER_STAY, HIRED_AGE = 60, 61, 62, 63, 64
OFFER, ASSESSMENT, STAY, RELAPSE, PATIENCE, USUAL_OFFER = 70, 71, 72, 73, 74, 75
VACANCY, AUDIT, CALL_IN, ATTENDANCE, NOTIFICATION, NOTIFICATION_TIME = 80, 81, 82, 83, 84, 85
AFTER_ATTACK, SANCTION, EXTRA_ARREST, SHOCK, SHARED_SHOCK, RAMP, LEVER, SWING = 86, 87, 88, 89, 90, 91, 92, 93
COUNTED_OUT = 94
RECORDED = 120  # decides nothing in a run: whether a register holds an attack

# Tags of entity keys.
TAG_GROUP, TAG_MEMBER, TAG_STAND_IN = 1, 2, 4
TAG_BACKGROUND, TAG_RETALIATION, TAG_REPEAT, TAG_SPREAD = 5, 6, 7, 8
TAG_OTHER_ARREST, TAG_USUAL_OFFER, TAG_CALL_IN, TAG_NOTIFICATION, TAG_AFTER_ATTACK = 9, 10, 11, 12, 13
TAG_WOUND, TAG_SHOCK, TAG_OCCASION, TAG_DRAW_ORDER, TAG_REVIEW = 14, 15, 16, 17, 18


@inline
def philox(c0, c1, c2, c3, k0, k1):
    """Philox 4x32-10: four 32-bit words (held in 64-bit integers) from a counter and a key."""
    for _ in range(10):
        product_0 = _M0 * c0
        product_1 = _M1 * c2
        c0 = (product_1 >> SHIFT_32) ^ c1 ^ k0
        c1 = product_1 & MASK
        c2 = (product_0 >> SHIFT_32) ^ c3 ^ k1
        c3 = product_0 & MASK
        k0 = (k0 + _W0) & MASK
        k1 = (k1 + _W1) & MASK
    return c0, c1, c2, c3


@kernel
def child(parent, tag, k):
    """64-bit key of the ``k``-th entity of kind ``tag`` below ``parent``; the same in every run."""
    p = u64(parent)
    a, b, _, _ = philox(p & MASK, p >> SHIFT_32, u64(k), u64(tag), _NAME_KEY_0, _NAME_KEY_1)
    return (a << SHIFT_32) | b


@kernel
def block(run, purpose, entity, index):
    """Four 32-bit words for one address."""
    e = u64(entity)
    r = u64(run)
    return philox(e & MASK, e >> SHIFT_32, u64(index), u64(purpose), r & MASK, r >> SHIFT_32)


@inline
def open_52(a, b):
    """Uniform on (0, 1) from two 32-bit words."""
    # 52 bits and a half: with 53 the largest would round up to 1.
    return (float(i64((a << _SHIFT_20) | (b >> _SHIFT_12))) + 0.5) * _UNIT_52


@inline
def open_32(a):
    """Uniform on (0, 1) from one 32-bit word."""
    return (float(i64(a)) + 0.5) * _UNIT_32


@inline
def below(a, n):
    """Uniform on 0 .. n - 1 from one 32-bit word; ``n`` up to 2^31. The whole part of n * open_32(a)."""
    return i64(((a << _ONE) | _ONE) * u64(n) >> _SHIFT_33)


@inline
def uniform(run, purpose, entity, index):
    """Uniform on (0, 1), 52 bits."""
    a, b, _, _ = block(run, purpose, entity, index)
    return open_52(a, b)


@inline
def uniform_pair(run, purpose, entity, index):
    """Two independent uniforms on (0, 1), 52 bits each."""
    a, b, c, d = block(run, purpose, entity, index)
    return open_52(a, b), open_52(c, d)


@inline
def uniform_four(run, purpose, entity, index):
    """Four independent uniforms on (0, 1), 32 bits each: for comparing with a probability."""
    a, b, c, d = block(run, purpose, entity, index)
    return open_32(a), open_32(b), open_32(c), open_32(d)


@inline
def exponential(run, purpose, entity, index):
    """Exponential with mean 1."""
    return -log(uniform(run, purpose, entity, index))


@inline
def gap_from(word, rate):
    """Time to the next event of a Poisson process, from one 32-bit word; infinite where nothing comes."""
    return -log(open_32(word)) / rate if rate > 0.0 else math.inf


@inline
def normal_from(u, v):
    """Standard normal from two uniforms (Box & Muller 1958)."""
    return math.sqrt(-2.0 * log(u)) * cosine_of_turn(v)


@inline
def lognormal_from(u, v, sd):
    """Lognormal with mean 1 and log standard deviation ``sd``."""
    return exp(sd * normal_from(u, v) - 0.5 * sd * sd)


@kernel
def normal_quantile(u):
    """Standard normal quantile of one 32-bit uniform, to 1e-15 (algorithm AS 241, Wichura 1988)."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        top = 2509.0809287301226727 * r + 33430.575583588128105
        top = ((top * r + 67265.770927008700853) * r + 45921.953931549871457) * r + 13731.693765509461125
        top = ((top * r + 1971.5909503065514427) * r + 133.14166789178437745) * r + 3.387132872796366608
        low = 5226.495278852854561 * r + 28729.085735721942674
        low = ((low * r + 39307.89580009271061) * r + 21213.794301586595867) * r + 5394.1960214247511077
        low = ((low * r + 687.1870074920579083) * r + 42.313330701600911252) * r + 1.0
        return q * top / low
    r = math.sqrt(-log(u if q < 0.0 else 1.0 - u)) - 1.6
    top = 7.7454501427834140764e-4 * r + 0.0227238449892691845833
    top = ((top * r + 0.24178072517745061177) * r + 1.27045825245236838258) * r + 3.64784832476320460504
    top = ((top * r + 5.7694972214606914055) * r + 4.6303378461565452959) * r + 1.42343711074968357734
    low = 1.05075007164441684324e-9 * r + 5.475938084995344946e-4
    low = ((low * r + 0.0151986665636164571966) * r + 0.14810397642748007459) * r + 0.68976733498510000455
    low = ((low * r + 1.6763848301838038494) * r + 2.05319162663775882187) * r + 1.0
    return -top / low if q < 0.0 else top / low


@kernel
def gamma(run, purpose, entity, shape):
    """Gamma with mean 1 and the given shape (Marsaglia & Tsang 2000), one address, index by attempt."""
    boosted = shape if shape >= 1.0 else shape + 1.0
    d = boosted - 1.0 / 3.0
    c = 1.0 / math.sqrt(9.0 * d)
    attempt = 0
    value = 0.0
    while value == 0.0:
        u, v = uniform_pair(run, purpose, entity, 2 * attempt)
        x = normal_from(u, v)
        cube = 1.0 + c * x
        attempt += 1
        if cube <= 0.0:
            continue
        cube = cube * cube * cube
        accept = uniform(run, purpose, entity, 2 * attempt - 1)
        if log(accept) < 0.5 * x * x + d - d * cube + d * log(cube):
            value = d * cube
    if shape < 1.0:
        value *= exp(log(uniform(run, purpose, entity, BOOST)) / shape)
    return value / shape


@inline
def poisson_from(u, mean):
    """Poisson count by inverting ``u``; cut at 64, beyond any double's reach for means below 10."""
    if mean <= 0.0:
        return 0
    probability = exp(-mean)
    cumulative = probability
    count = 0
    while u > cumulative and count < MAX_POISSON:
        count += 1
        probability *= mean / count
        cumulative += probability
    return count


@entry
def words(counter, key, out):
    """Philox for Python: counter [4] and key [2] of 32-bit words in uint64 arrays, result into ``out`` [4]."""
    a, b, c, d = philox(
        u64(counter[0]), u64(counter[1]), u64(counter[2]), u64(counter[3]), u64(key[0]), u64(key[1])
    )  # fmt: skip
    out[0] = a
    out[1] = b
    out[2] = c
    out[3] = d


@entry
def fill_children(parent, tag, out):
    """Keys of the first entities of kind ``tag`` below ``parent`` (all uint64), as many as ``out`` holds."""
    for k in range(len(out)):
        out[k] = child(u64(parent), tag, i64(k))


def child_keys(parent: int, tag: int, number: int) -> NDArray[np.uint64]:
    """Keys of the first ``number`` entities of kind ``tag`` below ``parent``."""
    out = np.zeros(number, dtype=np.uint64)
    fill_children(np.uint64(parent), tag, out)
    return out


def run_key(seed: int, replicate: int) -> int:
    """64-bit key of one run. ``seed`` is any integer from 0 to 2**64 - 1, ``replicate`` from 0 to 2**32 - 1."""
    counter = np.array([seed & 0xFFFFFFFF, (seed >> 32) & 0xFFFFFFFF, replicate, 0], dtype=np.uint64)
    out = np.zeros(4, dtype=np.uint64)
    words(counter, np.array([_NAME_KEY_0, _NAME_KEY_1], dtype=np.uint64), out)
    return (int(out[0]) << 32) | int(out[1])


def name_key(name: str) -> int:
    """64-bit key of a named entity such as a site."""
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
