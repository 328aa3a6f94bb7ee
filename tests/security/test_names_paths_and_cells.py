"""Names that want out of their folder, names that want to be markup, cells that want to be formulas."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from html.parser import HTMLParser
from itertools import product
from pathlib import Path

import pandas as pd
import pytest

import gvi_sim as gvi
from gvi_sim.cli import main
from gvi_sim.cli.job import free_folder
from gvi_sim.config import load_scenario
from gvi_sim.errors import ScenarioError, StoreError
from gvi_sim.execution.storage.atomic_files import inside
from gvi_sim.execution.storage.spreadsheet import to_csv
from gvi_sim.experiment.design_files import load_design
from gvi_sim.language.catalogue import Words
from gvi_sim.report.building.build import run_view
from gvi_sim.report.drawing.pictures import run_figures, title_of
from gvi_sim.report.drawing.style import as_svg
from gvi_sim.report.pages import html
from gvi_sim.report.pages.sections import run_report
from gvi_sim.report.views.view import RunView

# --- paths -----------------------------------------------------------------------------------------------

UP = (
    "..",
    "%2e%2e",
    "%252e%252e",
    "..%00",
    "\u2025",
    "．．",
    ".. ",
    "...",
    "..;",
    "%c0%ae%c0%ae",
    "..\u200b",
)
BETWEEN = ("/", "\\", "%2f", "%5c", "//", "/./", "\u2215", "%252f", "\\\\")
TARGETS = ("etc/passwd", "x")
WHOLE = (
    "/etc/passwd",
    "//host/share",
    "\\\\host\\share",
    "C:\\x",
    "C:x",
    "file:///etc/passwd",
    "~",
    "~root/x",
    "$HOME/x",
    "%HOME%",
    "a\0b",
    "a\nb",
    "a\r\nb",
    "con",
    "NUL",
    "nul.txt",
    "com1",
    "LPT9.csv",
    "aux.h5",
    "a:b",
    "a:$DATA",
    "",
    ".",
    " ",
    "a.",
    "a ",
    "x" * 300,
    "-rf",
    "--help",
    "|id",
    ";id",
    "`id`",
    "$(id)",
    "&&id",
    "*",
    "?",
    "<x>",
    "\u202e",
)
CLIMBS = [f"{up}{sign}{up}{sign}{target}" for up, sign, target in product(UP, BETWEEN, TARGETS)]
PATHS = [*dict.fromkeys((*CLIMBS, *(f"tables/{climb}" for climb in CLIMBS[:20]), *WHOLE))]


def test_there_are_two_hundred_of_them() -> None:
    assert len(PATHS) >= 200


def test_no_name_leads_out_of_a_results_folder(tmp_path: Path) -> None:
    root = tmp_path / "results"
    root.mkdir()
    for text in PATHS:
        try:
            path = inside(root, text)
        except StoreError:
            continue
        assert path.resolve().is_relative_to(root.resolve()) and path != root, text


def test_no_name_of_a_site_or_choice_leads_anywhere() -> None:
    for text in PATHS:
        for key in ("site.key", "site", "programme", "calendar"):
            with_key = {key: text}
            try:
                scenario = load_scenario(with_key)
            except ScenarioError:
                continue
            assert key == "site.key" and not set(scenario.site.key) & set("./\\:%~$")
        with pytest.raises(ScenarioError):
            load_scenario({"sites": {text: {}}})


def test_no_name_of_an_experiment_leads_anywhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for text in PATHS:
        if text not in {"", ".", " "}:  # folders, which hold no experiment here
            with pytest.raises(ScenarioError):
                load_design(text)


def test_a_folder_named_for_a_run_stays_under_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for text in PATHS:
        folder = free_folder(text)
        assert folder.parent == Path("runs") and len(folder.name) < 90
        assert folder.resolve().is_relative_to(tmp_path.resolve())


# --- markup ----------------------------------------------------------------------------------------------

XSS = (
    "<script>alert(1)</script>",
    "<ScRiPt>alert(1)</sCrIpT>",
    "</title><script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<svg onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    '"><script>alert(1)</script>',
    "'><svg onload=alert(1)>",
    "<iframe src=javascript:alert(1)>",
    "<a href=javascript:alert(1)>x</a>",
    "javascript:alert(1)",
    "<body onload=alert(1)>",
    '<math><mi//xlink:href="data:x,<script>">',
    "<object data=data:text/html,x>",
    "<embed src=x>",
    "<base href=//evil>",
    "<link rel=stylesheet href=//evil>",
    "<meta http-equiv=refresh content=0;url=//evil>",
    "<style>*{display:none}</style>",
    "<form action=//evil><input>",
    "<details open ontoggle=alert(1)>",
    "<video src=x onerror=alert(1)>",
    "<audio src onerror=x>",
    "<input autofocus onfocus=alert(1)>",
    "<marquee onstart=alert(1)>",
    "<x onclick=alert(1)>x",
    "<!--<script>-->",
    "]]><script>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "%3Cscript%3E",
    "\\u003cscript\\u003e",
    "{{7*7}}",
    "{% raw %}",
    "{{ self.__init__ }}",
    "${7*7}",
    "#{7*7}",
    "{evil}",
    "{0.__class__}",
    "%s%n",
    "$\\frac{1}{0}$",
    "\\includegraphics{x}",
    "_{^",
    "' or 1=1 --",
    "</style><script>",
    "</svg><script>",
    "<?xml version=1?>",
    "<!DOCTYPE x [<!ENTITY y SYSTEM 'file:///x'>]>",
    "onload=alert(1)",
    "<script/src=//evil>",
    "<<script>alert(1)//<</script>",
)
KNOWN = {
    "html",
    "head",
    "meta",
    "title",
    "style",
    "body",
    "main",
    "header",
    "footer",
    "nav",
    "section",
    "article",
    "h1",
    "h2",
    "h3",
    "h4",
    "p",
    "a",
    "ul",
    "ol",
    "li",
    "div",
    "span",
    "table",
    "thead",
    "tbody",
    "tr",
    "th",
    "td",
    "caption",
    "figure",
    "figcaption",
    "img",
    "details",
    "summary",
    "pre",
    "code",
    "dl",
    "dt",
    "dd",
    "strong",
    "em",
    "small",
    "br",
    "hr",
    "sup",
    "sub",
    "aside",
    "abbr",
    "b",
    "i",
    "time",
}


LINKS = {"href", "src", "action", "data", "style", "formaction", "xlink:href"}


class Tags(HTMLParser):
    """Tags, attributes and text of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.words: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


@pytest.fixture(scope="module")
def effect() -> object:
    with_gvi = load_scenario("site=huddinge", "years=1", "burn_in_years=0.5")
    return gvi.compare(with_gvi.replace("programme.enabled=false"), with_gvi, replicates=3, seed=1, workers=1)


@pytest.fixture(scope="module")
def view(effect: object) -> RunView:
    return run_view(effect)  # type: ignore[arg-type]


def test_there_are_fifty_of_them() -> None:
    assert len(set(XSS)) >= 50
    assert all(load_scenario({"site.name": text}).site.name == text for text in XSS if len(text) <= 80)


@pytest.mark.slow
@pytest.mark.parametrize("lang", ["en", "sv"])
def test_a_hostile_name_is_text_on_the_page(view: RunView, lang: str) -> None:
    words = Words(lang)
    drawn = dict(run_figures(words, view))
    pictures, titles = dict.fromkeys(drawn, b"<svg/>"), dict.fromkeys(drawn, "")
    plain = Tags(html.page(words, run_report(words, view), pictures, titles))
    for text in XSS:
        named = replace(view, origin=replace(view.origin, site=text, command=f"gvi-sim run site.name={text}"))
        page = html.page(words, run_report(words, named), pictures, dict.fromkeys(drawn, text))
        seen = Tags(page)
        assert seen.tags == plain.tags <= KNOWN, text
        assert {name for name, _ in seen.attributes} == {name for name, _ in plain.attributes}, text
        assert not any(
            value.strip().lower().startswith("javascript:") for name, value in seen.attributes if name in LINKS
        )
        assert text in "".join(seen.words), text


@pytest.mark.slow
@pytest.mark.parametrize("figure", ["years"])
def test_a_hostile_name_is_text_in_a_figure(view: RunView, figure: str) -> None:
    hostile = {
        "script",
        "iframe",
        "object",
        "embed",
        "foreignobject",
        "a",
        "image",
        "animate",
        "set",
        "handler",
    }
    for text in XSS:
        named = replace(view, origin=replace(view.origin, site=text))
        drawing = dict(run_figures(Words("en"), named))[figure]()
        seen = Tags(as_svg(drawing).decode())
        assert not seen.tags & hostile, text
        assert not any(name.startswith("on") for name, _ in seen.attributes), text
        assert isinstance(title_of(drawing), str)


@pytest.mark.slow
def test_a_run_of_a_hostile_name_leaves_no_markup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.yaml").write_text('site.name: "<script>alert(1)</script>"\nyears: 1\nburn_in_years: 0.5\n', "utf-8")
    assert main(["run", "--scenario", "x.yaml", "--replicates", "3", "--workers", "1", "--seed", "1", "--quiet"]) == 0
    (page,) = tmp_path.glob("runs/*/report.html")
    for path in (page, *page.parent.glob("figures/*.svg")):
        assert "<script" not in path.read_text("utf-8")
    assert {path.name for path in tmp_path.iterdir()} == {"x.yaml", "runs"}


# --- cells -----------------------------------------------------------------------------------------------

FORMULAS = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\0=1",
    "=cmd|'/c calc'!A1",
    "-2+3",
    '=HYPERLINK("//evil")',
    "\n=1+1",
    " =1+1",
    "＝1+1",
    "＠x",
    "－1",
    "＋1",
)


def test_no_cell_of_an_export_is_a_formula() -> None:
    frame = pd.DataFrame({"=name": list(FORMULAS), "value": [-1.5 - number for number in range(len(FORMULAS))]})
    rows = list(csv.reader(io.StringIO(to_csv(frame).replace("\0", "\\0"), newline="")))
    assert all(not row[0].startswith(("=", "+", "-", "@", "\t", "\r", "\0")) for row in rows)
    assert [float(row[1]) for row in rows[1:]] == frame["value"].tolist()  # numbers we wrote stay numbers


def test_exports_go_through_one_writer(root: Path) -> None:
    other = [path.name for path in (root / "gvi_sim").rglob("*.py") if ".to_csv(" in path.read_text("utf-8")]
    assert other == []
    excel = [path.name for path in (root / "gvi_sim").rglob("*.py") if ".to_excel(" in path.read_text("utf-8")]
    assert excel == []
