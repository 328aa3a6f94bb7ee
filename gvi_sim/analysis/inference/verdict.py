"""The one rule by which a direction is said, in every command, table, figure and language.

x of G draws make fewer (a sum of probabilities, see ``draws_posterior``). The word follows from the lower end of
the 90 % Jeffreys interval of that share, the 5 % point of Beta(x + 1/2, G - x + 1/2): at least 0.95 very likely,
0.80 likely, 0.60 more likely than not, else nothing can be told; the mirror for more. At the scenario's own values
there are no draws, and the same thresholds hold for the probability, by chance alone, that the mean is below 0.
"""

from __future__ import annotations

from enum import StrEnum

import numpy as np


class Verdict(StrEnum):
    """What can be said of a direction, from the surest fewer to the surest more, and that nothing differs."""

    VERY_LIKELY_FEWER = "very likely fewer"
    LIKELY_FEWER = "likely fewer"
    RATHER_FEWER = "more likely fewer than more"
    CANNOT_TELL = "cannot tell"
    RATHER_MORE = "more likely more than fewer"
    LIKELY_MORE = "likely more"
    VERY_LIKELY_MORE = "very likely more"
    NO_DIFFERENCE = "no difference"

    @property
    def sureness(self) -> int:
        """0 nothing can be told, 1 more likely than not, 2 likely, 3 very likely or no difference."""
        return 3 if self is Verdict.NO_DIFFERENCE else abs(_SCALE.index(self) - 3)

    @property
    def sign(self) -> int:
        """-1 fewer, 1 more, 0 where no direction is said."""
        return 0 if self is Verdict.NO_DIFFERENCE else int(np.sign(_SCALE.index(self) - 3))

    @property
    def measured(self) -> str:
        """The same word of what is measured and not counted: "likely lower"."""
        way, other = ("lower", "higher")[:: -self.sign or 1]
        grade = self.value.removesuffix("fewer").removesuffix("more")
        return f"more likely {way} than {other}" if self.sureness == 1 else f"{grade}{way}" if self.sign else self.value

    @property
    def mirrored(self) -> Verdict:
        """The word for the same numbers with their sign turned."""
        return self if self is Verdict.NO_DIFFERENCE else _SCALE[6 - _SCALE.index(self)]


_SCALE = tuple(Verdict)[:7]
THRESHOLDS = (0.60, 0.80, 0.95)
TAIL = 0.05


def jeffreys(share: np.ndarray | float, draws: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Ends of the 90 % Jeffreys interval of a share seen in ``draws`` draws."""
    from scipy.special import betaincinv

    x = np.asarray(share) * draws
    a, b = x + 0.5, draws - x + 0.5
    low, high = betaincinv(a, b, TAIL), betaincinv(a, b, 1 - TAIL)
    return np.minimum(low, share), np.maximum(high, share)


def verdict_of(share: float, draws: float) -> Verdict:
    """The word for ``share`` of ``draws`` draws with fewer; nothing can be told of NaN."""
    low, high = (float(end) for end in jeffreys(share, draws))
    return _word(low, 1 - high)


def chance_verdict(probability: float) -> Verdict:
    """The word at a scenario's own values, for the ``probability`` that the mean difference is below 0."""
    return _word(probability, 1 - probability)


def _word(fewer: float, more: float) -> Verdict:
    """The word for the least shares (or probabilities) of fewer and of more that are to be believed."""
    sure = sum(fewer >= least for least in THRESHOLDS) - sum(more >= least for least in THRESHOLDS)
    return _SCALE[3 - sure]
