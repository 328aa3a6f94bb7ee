"""The look of every figure: colours told apart without colour vision, quiet axes, room in inches.

The one door to matplotlib and seaborn, so that no settings of the working folder are read with them.
"""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, Literal

from ...surroundings import not_reading

with not_reading("matplotlibrc"):
    import matplotlib
    import seaborn as seaborn
    from matplotlib.axes import Axes as Axes
    from matplotlib.figure import Figure as Figure
    from matplotlib.ticker import FuncFormatter as FuncFormatter
    from matplotlib.ticker import MaxNLocator as MaxNLocator

from ...analysis.inference.verdict import Verdict

BASE = "#5f6b76"  # business as usual: slate
SCENARIO = "#0072b2"  # the scenario: blue (Okabe and Ito's set, as the accent)
ACCENT = "#b84d00"
INK = "#1d2733"
QUIET = "#5f6b76"
UNCLEAR = "#7a858f"
GRID = "#e3e7eb"

WIDTH = 7.6  # inches, every figure
EDGE = 0.14  # inches from the figure's edge to its text
LINE = 0.22  # inches that a line of title takes
DPI = 160
NOTHING: Mapping[str, str] = MappingProxyType({})
SETTINGS: Any = {
    "axes.edgecolor": "#9aa4ae",
    "axes.labelcolor": INK,
    "axes.labelsize": 9.5,
    "axes.linewidth": 0.8,
    "axes.titlecolor": INK,
    "axes.titlesize": 12.5,
    "axes.titleweight": "bold",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 9.5,
    "grid.color": GRID,
    "grid.linewidth": 0.8,
    "legend.fontsize": 9,
    "legend.frameon": False,
    "text.color": INK,
    # Names come from users: a dollar sign is a dollar sign, never mathematics.
    "text.parse_math": False,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.labelsize": 9,
    "ytick.labelsize": 9,
    # Text stays text in SVG: it can be searched, copied and read aloud.
    "svg.fonttype": "none",
    "svg.hashsalt": "gvi_sim",
    "savefig.dpi": DPI,
    "figure.dpi": 100,
}


@contextmanager
def styled() -> Iterator[None]:
    """Our settings and nobody else's for as long as the block lasts; the user's own come back after it."""
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update(SETTINGS)
        yield


@dataclass(frozen=True)
class Margins:
    """Room around the axes in inches."""

    left: float = 0.6
    right: float = 0.25
    top: float = 0.96
    bottom: float = 0.82


@dataclass(frozen=True)
class Frame:
    """What stands around every figure: the answer on top, origin and notice at the bottom."""

    title: str
    subtitle: str
    source: str
    notice: str


def canvas(height: float, margins: Margins, columns: int = 1, gap: float = 0.25) -> tuple[Figure, list[Axes]]:
    """A figure of the common width with one row of axes, sides measured in inches."""
    figure = Figure(figsize=(WIDTH, height), facecolor="white")
    room = (WIDTH - margins.left - margins.right - gap * (columns - 1)) / columns
    inner = height - margins.top - margins.bottom
    boxes = [
        (
            (margins.left + i * (room + gap)) / WIDTH,
            margins.bottom / height,
            room / WIDTH,
            inner / height,
        )
        for i in range(columns)
    ]
    return figure, [figure.add_axes(box) for box in boxes]


def dress(figure: Figure, axes: Axes, frame: Frame) -> None:
    """Title and subtitle flush with the figure's left edge, origin and notice at its foot."""
    box, (across, tall) = axes.get_position(), figure.get_size_inches()
    title = title_lines(frame.title)
    axes.set_title(
        "\n".join(title),
        loc="left",
        x=(EDGE / across - box.x0) / box.width,
        y=(1 - 0.16 / tall - box.y0) / box.height,
        pad=0,
        va="top",
    )
    below = 1 - (0.22 + LINE * len(title)) / tall
    figure.text(EDGE / across, below, frame.subtitle, color=QUIET, fontsize=9.5, va="top")
    foot = 0.11 / tall
    figure.text(EDGE / across, foot, frame.source, color=QUIET, fontsize=7.5)
    figure.text(1 - EDGE / across, foot, frame.notice, color=ACCENT, fontsize=7.5, ha="right", weight="bold")


def title_lines(title: str) -> list[str]:
    """The title cut into lines that fit the figure's width."""
    return textwrap.wrap(title, 66)


def top_margin(title: str) -> float:
    """Inches above the axes: title, subtitle and the name of the y axis."""
    return 0.74 + LINE * len(title_lines(title))


def name_y(figure: Figure, axes: Axes, text: str) -> None:
    """The y axis' name lying above it, where it can be read without turning one's head."""
    axes.set_ylabel(text, rotation=0, ha="left", va="bottom")
    box = axes.get_position()
    across, tall = figure.get_size_inches()
    axes.yaxis.set_label_coords(
        (EDGE / across - box.x0) / box.width, 1 + 0.09 / tall / box.height, transform=axes.transAxes
    )


def verdict_style(verdict: Verdict, colour: str) -> dict[str, Any]:
    """Colours of a point: full from likely on, hollow below that, grey where no direction can be told."""
    shade = colour if verdict.sign else UNCLEAR
    return {"color": shade, "markerfacecolor": shade if verdict.sign and verdict.sureness > 1 else "white"}


def note_right(axes: Axes, height: float, text: str) -> None:
    """A note to the right of the axes at data value ``height``."""
    axes.annotate(
        text,
        (1, height),
        xycoords=axes.get_yaxis_transform(),
        xytext=(6, 0),
        textcoords="offset points",
        va="center",
        color=QUIET,
        fontsize=8.5,
    )


def quiet(axes: Axes, grid: Literal["x", "y", "both"] = "y") -> None:
    """No box, a light grid behind the data."""
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    axes.set_axisbelow(True)
    axes.grid(visible=False)
    axes.grid(visible=True, axis=grid)
    axes.tick_params(length=3, width=0.8)


def as_png(figure: Figure, about: Mapping[str, str] = NOTHING) -> bytes:
    """The figure as PNG bytes, with what is told ``about`` it (``provenance_of``) as text in it; without the date."""
    return _saved(figure, "png", {"Software": about.get("Creator"), **about})


def as_svg(figure: Figure) -> bytes:
    """The figure as SVG bytes, without date and creator."""
    return _saved(figure, "svg", {"Date": None, "Creator": None, "Format": None, "Type": None})


def _saved(figure: Figure, kind: str, metadata: dict[str, str | None]) -> bytes:
    buffer = io.BytesIO()
    with styled():
        figure.savefig(buffer, format=kind, metadata=metadata)
    return buffer.getvalue()
