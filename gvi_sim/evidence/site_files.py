"""The sites of the registry, one file each: registry/sites/NAME.yaml.

A file maps keys to facts (`schema.site_entry`), and `sources` to sources of its own with the fields of a record of
sources.bib. A file that is unfinished or damaged harms nothing but its site.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..errors import ScenarioError
from .strict_yaml import plain, read_yaml

__all__ = ["FOLDER", "OWN_SOURCES", "site_files"]

FOLDER = Path(__file__).with_name("registry") / "sites"
OWN_SOURCES = "sources"


@cache
def site_files(folder: Path = FOLDER) -> dict[str, dict[str, object] | ScenarioError]:
    """What every site's file holds, by the site's name; the refusal of a file that cannot be read."""
    return {path.stem: _content(path) for path in sorted(folder.glob("*.yaml"))}


def _content(path: Path) -> dict[str, object] | ScenarioError:
    try:
        content = plain(read_yaml(path))
    except ScenarioError as error:
        return error
    return content if isinstance(content, dict) else {}
