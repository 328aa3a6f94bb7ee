"""``gvi.plot(result)``: the figures of a result, for notebooks and scripts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..errors import ScenarioError, nearest_hint
from ..language.catalogue import Words
from .drawing.pictures import CLOSER, Draw, figures_of

if TYPE_CHECKING:
    from ..analysis.decomposition.attribution import Attribution
    from ..analysis.pairs.effect import Effect
    from ..experiment.sweep import Sweep
    from ..simulate import Runs
    from .drawing.style import Figure


def plot(result: Runs | Effect | Sweep | Attribution, figure: str | None = None, *, lang: str = "en") -> Figure:
    """One figure of a comparison, a sweep or an attribution, as a matplotlib Figure.

    ``figure`` is ``forest``, ``fan``, ``years`` or ``lorenz`` for a comparison, or one that takes a few more runs:
    ``ledger``, ``parts`` and ``before_after``; ``side`` (cells side by side, where levels are words or business as
    usual differs), ``heat``, ``lines``, ``interaction``, ``years``, ``years_levers``, ``burden``, ``fan``,
    ``drivers`` or ``lorenz`` for a sweep; ``parts`` for an attribution. None takes the first that there is.
    ``result``: what ``compare``, ``sweep`` or ``attribute`` returned. ``lang``: language of its text, en or sv.
    Raises ScenarioError for a result or a figure that cannot be drawn.

    >>> import gvi_sim as gvi
    >>> with_gvi = gvi.load_scenario("site=huddinge", "programme=gvi", "years=1", "burn_in_years=1")
    >>> effect = gvi.compare(with_gvi.replace("programme=none"), with_gvi, replicates=4, seed=1, workers=1)
    >>> type(gvi.plot(effect, "forest", lang="sv")).__name__
    'Figure'
    """
    from ..simulate import Runs
    from .write import view_of

    if isinstance(result, Runs):
        raise ScenarioError("plot-runs")
    words, view = Words(lang), view_of(result, closer=figure in CLOSER)
    return _chosen(dict(figures_of(words, view)), figure)()


def _chosen(drawings: dict[str, Draw], figure: str | None) -> Draw:
    if figure is None:
        return next(iter(drawings.values()))
    if figure not in drawings:
        raise ScenarioError(
            "unknown-figure", key="figure", figure=figure, hint=nearest_hint(figure, drawings), known=drawings
        )
    return drawings[figure]
