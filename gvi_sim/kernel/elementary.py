"""Logarithm, exponential and cosine of the kernel, from basic arithmetic alone.

A system's mathematical library gives other last bits on another processor or after an update. Sums, products,
quotients and roots are exactly defined everywhere, so events made of these are the same on every machine.
Tables, made by the same arithmetic at import, bring an argument so near to 1 or 0 that a short power series is
exact to the last bit or two.
"""

from __future__ import annotations

import math
import struct

from .compiler import bits_of, from_bits, i64, kernel, lookup_table, u64

# The first 32 bits of ln 2, so that a whole number times it is exact, and the rest.
_LN2_HIGH = 0xB17217F7 / 2.0**32
_LN2_LOW = 1.9082149292705877e-10
_LN2 = _LN2_HIGH + _LN2_LOW
_MANTISSA, _BIAS = 52, 1023
_SMALLEST, _LARGEST = -708.0, 709.0
_TURN = 2.0 * math.pi

# Logarithms: numbers from about root 1/2 to twice that in 128 intervals, 1 in the middle of one of them.
_LOG_BITS = 7
_LOG_SHIFT = _MANTISSA - _LOG_BITS
_LOWEST = (_BIAS << _MANTISSA) - (151 << (_LOG_SHIFT - 1))  # its bits
_LAST_INTERVAL = u64((1 << _LOG_BITS) - 1)


def _centre(interval: int) -> float:
    middle: float = struct.unpack("<d", struct.pack("<q", _LOWEST + ((2 * interval + 1) << (_LOG_SHIFT - 1))))[0]
    return middle


def _log_by_series(m: float) -> float:
    s = (m - 1.0) / (m + 1.0)
    terms, power = [], s
    for k in range(1, 40, 2):
        terms.append(2.0 * power / k)
        power *= s * s
    return math.fsum(terms)


def _exp_by_series(x: float) -> float:
    terms, term = [1.0], 1.0
    for k in range(1, 30):
        term *= x / k
        terms.append(term)
    return math.fsum(terms)


_CENTRES = [_centre(i) for i in range(1 << _LOG_BITS)]
_centre_of = lookup_table(_CENTRES)
_inverse_of = lookup_table([1.0 / c for c in _CENTRES])
_log_of_centre = lookup_table([_log_by_series(c) for c in _CENTRES])

# Exponentials: powers of 2 in steps of 1/64.
_EXP_BITS = 6
_STEPS = float(1 << _EXP_BITS)
_LAST_STEP = u64((1 << _EXP_BITS) - 1)
_STEPS_A_UNIT = _STEPS / _LN2
_STEP_HIGH, _STEP_LOW = _LN2_HIGH / _STEPS, _LN2_LOW / _STEPS
_power_of = lookup_table([_exp_by_series(_LN2 * i / _STEPS) for i in range(1 << _EXP_BITS)])


@kernel
def log(x):
    """Natural logarithm of a positive normal number: x = 2^k * c * (1 + r), c the centre of an interval."""
    bits = bits_of(x)
    above = bits - _LOWEST
    k = above >> _MANTISSA
    i = u64(above >> _LOG_SHIFT) & _LAST_INTERVAL
    m = from_bits(bits - (k << _MANTISSA))
    r = (m - _centre_of(i)) * _inverse_of(i)
    r2 = r * r
    series = (1.0 / 2.0 - r * (1.0 / 3.0)) + r2 * ((1.0 / 4.0 - r * (1.0 / 5.0)) + r2 * (1.0 / 6.0 - r * (1.0 / 7.0)))
    return k * _LN2_HIGH + (_log_of_centre(i) + (k * _LN2_LOW + (r - r2 * series)))


@kernel
def exp(x):
    """Exponential; 0 below -708 and infinity above 709: exp x = 2^(k / 64) * exp r."""
    if x < _SMALLEST:
        return 0.0
    if x > _LARGEST:
        return math.inf
    steps = math.floor(x * _STEPS_A_UNIT + 0.5)
    k = i64(steps)
    r = (x - steps * _STEP_HIGH) - steps * _STEP_LOW
    r2 = r * r
    series = (1.0 / 2.0 + r * (1.0 / 6.0)) + r2 * (1.0 / 24.0 + r * (1.0 / 120.0))
    power = _power_of(u64(k) & _LAST_STEP) * from_bits(((k >> _EXP_BITS) + _BIAS) << _MANTISSA)
    return power + power * (r + r2 * series)


@kernel
def _cosine(x):
    z = x * x
    near = 1.0 / 24.0 - z * (1.0 / 720.0 - z * (1.0 / 40320.0 - z * (1.0 / 3628800.0)))
    far = 1.0 / 479001600.0 - z * (1.0 / 87178291200.0 - z * (1.0 / 20922789888000.0))
    z2 = z * z
    return 1.0 - (0.5 * z - z2 * (near + z2 * z2 * far))


@kernel
def _sine(x):
    z = x * x
    near = 1.0 / 6.0 - z * (1.0 / 120.0 - z * (1.0 / 5040.0 - z * (1.0 / 362880.0)))
    far = 1.0 / 39916800.0 - z * (1.0 / 6227020800.0 - z * (1.0 / 1307674368000.0 - z * (1.0 / 355687428096000.0)))
    z2 = z * z
    return x - x * z * (near + z2 * z2 * far)


@kernel
def cosine_of_turn(v):
    """cos(2 pi v) for ``v`` from 0 to 1."""
    away = abs(v - math.floor(v + 0.5))
    sign = 1.0
    if away > 0.25:
        away = 0.5 - away
        sign = -1.0
    if away <= 0.125:
        return sign * _cosine(_TURN * away)
    return sign * _sine(_TURN * (0.25 - away))
