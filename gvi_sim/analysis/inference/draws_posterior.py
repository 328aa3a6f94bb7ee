"""What is known of an effect that differs from draw to draw, with the noise of few runs taken out.

Values y_r of R runs (a difference, or what is left of a scenario's run when the base's is scaled) come from G draws,
n_g runs of draw g with mean m_g. With s^2 the variance within a draw and V = L s^2 that between draws,

    y_r = mu_g(r) + noise,    mu_g ~ N(mu, V),    m_g | L ~ N(mu, s^2 (L + 1/n_g)).

With mu flat and s^2 by Jeffreys' prior, what the runs say of L is (w_g = 1 / (L + 1/n_g), m the mean by w)

    p(L | y) ~ p(L) prod w_g^(1/2) (sum w_g)^(-1/2) Q(L)^(-(R - 1)/2),    Q = sum (y_r - m_g)^2 + sum w_g (m_g - m)^2,

which is summed over a grid of L. The prior is weak and on the scale of the noise, p(sqrt L) ~ (1 + sqrt(L / A))^-2, so
that draws which happen to differ less than their noise do not make the effect the same in all of them. Given L the
effect of draw g is normal about m + B (m_g - m), B = L / (L + 1/n_g), with variance V (1 - B) and that of m's own
chance, (1 - B)^2 s^2 / sum w_g. Each draw's mean and variance over L are kept, and the mixture of the draws, weighted
by their runs, is the effect *as it is known*: as wide as the draws differ, as skewed as runs can tell skew from
noise, wider where few draws or few runs know it. Nothing is drawn at random.

At a scenario's own values (no draws) what is known is the mean, by Student's t.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ...errors import ScenarioError

PRIOR_SCALE = 0.02
"""A of the prior is this times the number of draws: weaker the more of them can speak (found by coverage)."""
KERNEL = 4.0
"""Over the number of draws: the share of the variance between draws that no draw's own value carries."""
GRID = 10.0 ** np.arange(-5.0, 4.01, 0.1)
HALVINGS = 50
LEVEL = 0.95


def t_factor(replicates: int, level: float = LEVEL) -> float:
    """Half the width of a two-sided t-interval in standard errors (``replicates`` - 1 degrees of freedom)."""
    from scipy.special import stdtrit

    if replicates < 2:
        raise ScenarioError("replicates", replicates=replicates)
    return float(stdtrit(replicates - 1, (1 + level) / 2))


class Known:
    """What ``values`` [columns, runs] say of each column's effect; ``draws`` [runs] names each run's draw.

    ``draws`` None: at a scenario's own values. Of the sum of squares within draws, ``more`` [columns] is added and
    ``floor`` [columns] the least that is believed. ``level``: that of the intervals that are asked for.
    """

    def __init__(
        self,
        values: np.ndarray,
        draws: np.ndarray | None = None,
        *,
        more: np.ndarray | float = 0.0,
        floor: np.ndarray | float = 0.0,
        level: float = LEVEL,
    ) -> None:
        self.level, self.runs = level, values.shape[-1]
        self.factor = t_factor(self.runs, level)
        self.mean = values.mean(axis=-1)
        draw = np.zeros(self.runs, int) if draws is None else np.unique(draws, return_inverse=True)[1]
        self.sizes = np.bincount(draw)
        self.means = np.stack([np.bincount(draw, column) for column in values]) / self.sizes
        within = ((values - self.means[:, draw]) ** 2).sum(axis=-1)
        self.squares = np.maximum(within + more, floor)
        self.degrees = self.runs - len(self.sizes)
        self.of_draws = draws is not None

    @property
    def draws(self) -> int:
        """Draws that were run; 0 at a scenario's own values."""
        return len(self.sizes) if self.of_draws else 0

    @cached_property
    def effective(self) -> float:
        """Draws of equal weight that tell as much."""
        return float(self.runs**2 / (self.sizes**2).sum())

    @property
    def chance(self) -> np.ndarray:
        """Standard error [columns] of the mean over these very draws: what more runs of each would sharpen."""
        if self.degrees > 0:
            return np.asarray(np.sqrt(self.squares / self.degrees / self.runs))
        total = self.squares + (self.sizes * (self.means - self.mean[:, None]) ** 2).sum(axis=-1)
        return np.asarray(np.sqrt(total / max(self.runs - 1, 1) / self.runs))  # a run a draw tells no more

    @property
    def chance_half(self) -> np.ndarray:
        """Half the width [columns] of the mean's t-interval over these very draws."""
        return self.chance * t_factor((self.degrees or self.runs - 1) + 1, self.level)

    @cached_property
    def components(self) -> tuple[np.ndarray, np.ndarray]:
        """Mean and standard deviation [columns, draws] of each draw's effect, spread as another draw's."""
        counts, group = np.unique(self.sizes, return_inverse=True)
        shift = self.means - self.mean[:, None]
        w = 1.0 / (GRID[:, None] + 1.0 / counts)  # [grid, counts]
        whole = w @ np.bincount(group)
        centre, p, noise = self._over_grid(shift, group, w, whole)  # [columns, grid]
        b = GRID[:, None] * w
        a = centre[:, :, None] * (1.0 - b)  # m_g's share and what the others give, [columns, grid, counts]
        at, pull = np.einsum("cg,cgn->cn", p, a), p @ b
        own = (p * noise) @ (GRID[:, None] * (1.0 - b)) + (p * noise / whole) @ (1.0 - b) ** 2
        own += np.einsum("cg,cgn->cn", p, a**2) - at**2
        both = np.einsum("cg,cgn->cn", p, a * b) - at * pull
        variance = own[:, group] + 2 * both[:, group] * shift + (p @ b**2 - pull**2)[:, group] * shift**2
        shares = np.minimum(pull ** (1.0 - pull), max(1.0 - KERNEL / self.effective, 0.0))  # what shares carry of V
        variance = np.maximum(variance, 0.0) * _over(1.0 - shares, 1.0 - pull)[:, group]
        at = at[:, group] + np.sqrt(shares * pull)[:, group] * shift
        another = (p * noise * (GRID + 1.0 / whole)).sum(axis=-1) + (p * centre**2).sum(axis=-1)
        return self._as_wide(at, variance, another - (p * centre).sum(axis=-1) ** 2)

    def _over_grid(
        self, shift: np.ndarray, group: np.ndarray, w: np.ndarray, whole: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """The mean's middle, the probability and the variance within draws at every L, each [columns, grid]."""
        from scipy.special import ndtri

        first, second = (np.stack([np.bincount(group, row) for row in power]) for power in (shift, shift**2))
        centre = first @ w.T / whole
        q = self.squares[:, None] + np.maximum(second @ w.T - whole * centre**2, 0.0)
        q = np.maximum(q, np.finfo(float).tiny)
        root = np.sqrt(GRID / (PRIOR_SCALE * self.effective))
        log = 0.5 * np.log(w) @ np.bincount(group) - 0.5 * np.log(whole) - 0.5 * (self.runs - 1) * np.log(q)
        log += np.log(root) - 2.0 * np.log1p(root)
        p = np.exp(log - log.max(axis=-1, keepdims=True))
        # the normal that has Student's ends at this level
        wide = (self.factor / float(ndtri((1 + self.level) / 2))) ** 2
        return centre, p / p.sum(axis=-1, keepdims=True), q / (self.runs - 1) * wide

    def _as_wide(self, at: np.ndarray, variance: np.ndarray, another: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Components drawn apart from their middle until together they vary as ``another`` draw [columns] may."""
        weights = self.sizes / self.runs
        middle = (at @ weights)[:, None]
        these = (variance + (at - middle) ** 2) @ weights
        more = np.sqrt(np.maximum(_over(another, these), 1.0))[:, None]
        return self.mean[:, None] + middle + (at - middle) * more, np.sqrt(variance) * more

    def below(self, value: np.ndarray | float = 0.0) -> np.ndarray:
        """Probability [columns, draws] that each draw's effect lies below ``value`` [columns]; [columns, 1] that the
        mean does where there are no draws. One half where it is known to be that value.
        """
        from scipy.special import ndtr, stdtr

        at = np.broadcast_to(np.asarray(value, float), self.mean.shape)[:, None]
        middle, scale = self.components if self.of_draws else (self.mean[:, None], self.chance[:, None])
        z = _score(at - middle, scale)
        return np.asarray(ndtr(z) if self.of_draws else stdtr(self.runs - 1, z))

    @property
    def ends(self) -> tuple[np.ndarray, np.ndarray]:
        """Ends [columns] of the interval of the effect as it is known."""
        return self._quantile((1 - self.level) / 2), self._quantile((1 + self.level) / 2)

    def _quantile(self, level: float) -> np.ndarray:
        from scipy.special import ndtr, ndtri, stdtrit

        if not self.of_draws:
            return np.asarray(self.mean + stdtrit(self.runs - 1, level) * self.chance)
        middle, scale = self.components
        ends = middle + ndtri(level) * scale
        low, high = ends.min(axis=-1), ends.max(axis=-1)
        weights = self.sizes / self.runs
        for _ in range(HALVINGS):
            half = (low + high) / 2
            under = ndtr(_score(half[:, None] - middle, scale)) @ weights < level
            low, high = np.where(under, half, low), np.where(under, high, half)
        return np.asarray((low + high) / 2)


def _score(distance: np.ndarray, scale: np.ndarray) -> np.ndarray:
    """Distance in standard deviations; infinite where there is none of these, 0 where there is no distance either."""
    out = np.where(distance == 0, 0.0, np.copysign(np.inf, distance))
    np.divide(distance, scale, out=out, where=scale > 0)
    return np.asarray(out)


def _over(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """Quotient, 1 where there is nothing to divide by."""
    return np.asarray(np.divide(numerator, denominator, out=np.ones_like(numerator), where=denominator > 0))
