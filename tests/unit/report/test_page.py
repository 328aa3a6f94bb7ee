"""The page: complete, safe, readable without seeing, and never without its limits."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

from gvi_sim.language.catalogue import Words
from gvi_sim.report.drawing.pictures import figures_of, title_of
from gvi_sim.report.drawing.style import as_svg
from gvi_sim.report.pages import html
from gvi_sim.report.views.view import NotRunning, PartsView, RunView, SweepView, View
from gvi_sim.report.write import report_of

LOADING = {"script", "link", "iframe", "object", "embed", "base", "form", "video", "audio", "source"}
ATTRIBUTES = {
    "lang", "charset", "http-equiv", "content", "name", "class", "href", "id", "aria-hidden", "aria-label",
    "aria-labelledby", "tabindex", "role", "scope", "src", "alt",
}  # fmt: skip
VOID = {"meta", "img", "br", "hr", "input"}


class Seen(HTMLParser):
    """Tags, attributes and text of a page, and whether every tag is closed."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.open: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not self.open or self.open[-1] != "style":
            self.text.append(data)

    def attributes(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every such tag."""
        return [attributes for name, attributes in self.tags if name == tag]


def page_of(words: Words, view: View) -> str:
    shown = {name: draw() for name, draw in figures_of(words, view)}
    pictures = {name: as_svg(figure) for name, figure in shown.items()}
    titles = {name: title_of(figure) for name, figure in shown.items()}
    return html.page(words, report_of(words, view), pictures, titles)


@pytest.fixture(scope="session", params=("run", "sweep", "parts"))
def page(request: pytest.FixtureRequest, words: Words) -> str:
    """The page of a comparison, of a sweep and of an attribution, in either language."""
    return page_of(words, request.getfixturevalue(request.param))


def test_a_swedish_page_holds_no_english(
    english_left: Callable[[str], list[str]], run: RunView, sweep: SweepView, parts: PartsView
) -> None:
    assert english_left("sanktioner come, löften broken") == ["broken", "come"]
    found = {type(view).__name__: english_left(page_of(Words("sv"), view)) for view in (run, sweep, parts)}
    found = {name: [word for word in words if word != "police"] for name, words in found.items()}  # a part of one's own
    assert found == {name: [] for name in found}


def test_every_tag_is_closed_and_every_id_stands_once(page: str) -> None:
    seen = Seen(page)
    ids = [attributes["id"] for _, attributes in seen.tags if "id" in attributes]
    assert seen.open == [] and len(ids) == len(set(ids))
    targets = {attributes["href"].lstrip("#") for attributes in seen.attributes("a")}
    assert targets <= set(ids)


def test_nothing_is_loaded_from_anywhere(page: str) -> None:
    seen = Seen(page)
    assert not {name for name, _ in seen.tags} & LOADING
    for _, attributes in seen.tags:
        assert not [name for name in attributes if name.startswith("on") or name == "style"]
        for name in ("src", "href", "srcset", "data", "action"):
            assert attributes.get(name, "#").startswith(("#", "data:image/svg+xml;base64,"))
    assert "@import" not in page and "url(" not in page


def test_the_content_policy_allows_exactly_the_style_sheet(page: str) -> None:
    policy = next(a["content"] for a in Seen(page).attributes("meta") if "http-equiv" in a)
    style = re.search(r"<style>(.*?)</style>", page, re.DOTALL)
    assert style is not None
    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert policy.startswith("default-src 'none'") and f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy and "script" not in policy


def test_pictures_have_words_and_tables_have_headers(page: str) -> None:
    seen = Seen(page)
    assert all(len(attributes["alt"]) > 60 for attributes in seen.attributes("img"))
    assert all(attributes.get("scope") in ("row", "col") for attributes in seen.attributes("th"))
    assert len(seen.attributes("caption")) == len(seen.attributes("table")) > 3


def test_the_language_is_declared(words: Words, run: RunView) -> None:
    assert Seen(page_of(words, run)).attributes("html") == [{"lang": words.lang}]


def test_the_limits_are_always_there(page: str, words: Words) -> None:
    text = " ".join(Seen(page).text)
    for name in ("persons", "ranking", "forecast", "patrol", "always"):
        assert words(f"limits.{name}") in text
    assert words("report.synthetic.title") in text
    assert words("report.validation") in text


def test_the_answer_comes_first_and_burden_beside_it(words: Words, run: RunView) -> None:
    text = " ".join(Seen(page_of(words, run)).text)
    answer = text.index("The model says" if words.lang == "en" else "Modellen säger")
    assert answer < text.index(words("report.contents"))
    assert words("section.burden") in text and words("outcome.false_contacts").capitalize() in text


def test_assumptions_are_listed_openly(page: str) -> None:
    open_part = re.sub(r"<details>.*?</details>", "", page, flags=re.DOTALL)
    assert "gates.deterrence_strength" in open_part
    assert "a note of the registry" in page and "a note of the registry" not in open_part


def test_seed_version_and_command_are_given(page: str) -> None:
    assert re.search(r"<pre>gvi-sim (run|sweep|attribute).*--seed 7</pre>", page)
    assert "0.1.0" in page


def test_hostile_text_stays_text(hostile_run: RunView, words: Words) -> None:
    page = page_of(words, hostile_run)
    seen = Seen(page)
    assert "<script" not in page and not seen.attributes("script")
    assert "{evil}" in " ".join(seen.text)
    assert {name for _, attributes in seen.tags for name in attributes} <= ATTRIBUTES


def test_partners_that_have_not_signed_are_warned_of(words: Words, run: RunView) -> None:
    view = replace(run, not_running=(NotRunning("Huddinge", "partners", ("municipality",)),))
    text = " ".join(Seen(page_of(words, view)).text)
    assert words("idle.partners", site="Huddinge", partners=words("partner.municipality")) in text


def test_switching_language_changes_no_number(run: RunView) -> None:
    def digits(lang: str) -> list[str]:
        rows = re.findall(r"<td class=\"nowrap\">(.*?)</td>", page_of(Words(lang), run))
        return [re.sub(r"\D", "", row) for row in rows]

    assert digits("en") == digits("sv")


def contrast(first: str, second: str) -> float:
    """WCAG's contrast of two colours written #rrggbb."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(first), luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_text_stands_out_from_its_ground() -> None:
    css = (html.TEMPLATES / "report.css").read_text("utf-8")
    colour = dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", css))
    for ink in ("ink", "quiet", "blue", "amber"):
        for ground in ("paper", "wash", "amber-wash"):
            assert contrast(colour[ink], colour[ground]) >= 4.5, (ink, ground)


def test_the_pattern_table_and_the_levels_are_in_the_appendix(page: str, words: Words) -> None:
    text = " ".join(Seen(page).text)
    told = ("section.validation", "pattern.near_repeats", "unknown.few_groups", "word.entered")
    assert [key for key in told if words(key) not in text] == []
    assert words("text.validation.not_kept", asked=9) in text
    assert words("level.exploratory") in text and f"boston_gangs: {words.translated('figures', 'tied')}" in text


def test_every_page_says_what_level_of_validation_it_has(words: Words, page: str) -> None:
    assert f'<p class="kind">{words("report.kind")} · {words("report.validation")}</p>' in page
    told = unescape(page)
    assert f"<strong>{words('report.validation')}.</strong> {words('report.validation.text')}" in told


def test_exploratory_is_said_until_every_quantity_has_reached_v4(words: Words, run: RunView) -> None:
    validation = run.validation
    assert validation is not None and validation.is_exploratory
    reached = replace(validation, levels=tuple(replace(row, level="V4") for row in validation.levels))
    text = page_of(words, replace(run, validation=reached))
    assert words("report.validation.external") in text and words("report.validation") not in text
    assert words("report.validation") in page_of(words, replace(run, validation=None))
