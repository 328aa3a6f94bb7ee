"""The report as one HTML file: no script, nothing loaded from anywhere, all text escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from ...language.catalogue import Words
from .sections import Report

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = Path(__file__).with_name("templates")
FONTS = b"system-ui, 'Segoe UI', Roboto, 'DejaVu Sans'"


@cache
def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )


def page(words: Words, report: Report, pictures: Mapping[str, bytes], titles: Mapping[str, str]) -> str:
    """The whole page; ``pictures`` are SVG bytes by the figure's name, ``titles`` the answers they give."""
    from markupsafe import Markup

    css = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            lang=words.lang,
            say=words,
            report=report,
            css=Markup(css),  # noqa: S704  our own file
            policy=policy(css),
            pictures={name: data_address(svg) for name, svg in pictures.items()},
            titles=titles,
        )
    )


def policy(css: str) -> str:
    """A content policy that allows this style sheet and pictures in the file itself, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"


def data_address(svg: bytes) -> str:
    """An SVG picture as an address that holds the picture. As an image it can run and load nothing."""
    own = svg.replace(b"'DejaVu Sans'", FONTS)
    return "data:image/svg+xml;base64," + base64.b64encode(own).decode()
