"""A report as one page: all of it inside, nothing from outside, and names from files are only names."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest

from tui_backprop.session.keep.page.chart import Chart, axis_number, thinned
from tui_backprop.session.keep.page.run_page import run_page
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session
from tui_backprop.session.sweep.axes import parse_axis
from tui_backprop.session.sweep.page import sweep_page
from tui_backprop.session.sweep.plan import SweepPlan
from tui_backprop.session.sweep.sweep import Sweep

VOID = {"meta", "path", "circle", "rect", "polyline"}


class _Reader(HTMLParser):
    """Reads a page as a browser does, and keeps what is asked about."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.words, self.cells = [], [], [], []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data):
        self.words.append(data)
        if self.open and self.open[-1] in ("td", "th"):
            self.cells.append(data)


def checked(page):
    """Read a page, and hold it to what every page must be: well-formed, self-contained, of finite numbers."""
    read = _Reader(page)
    assert read.open == []
    assert ("meta", {"name": "viewport", "content": "width=device-width, initial-scale=1"}) in read.tags
    assert not {tag for tag, _ in read.tags} & {"script", "link", "img", "iframe", "object", "form", "a", "base"}
    assert not [
        attrs for _, attrs in read.tags if any(name.startswith("on") or name in ("src", "href") for name in attrs)
    ]
    assert set(re.findall(r"https?://[^\"]*", page)) <= {"http://www.w3.org/2000/svg"}
    assert not re.search(r"url\(|@import", page)
    for svg in re.findall(r"<svg.*?</svg>", page, re.DOTALL):
        drawn = ElementTree.fromstring(svg)  # noqa: S314  (a text of our own)
        for element in drawn.iter():
            numbers = (element.get(name, "0") for name in ("x", "y", "cx", "cy", "width", "height", "points", "d"))
            assert not re.search(r"nan|inf|e[+-]?\d", " ".join(numbers))
            assert float(element.get("width", "0")) >= 0
    return read


def session_of(source, steps=30, **fields):
    session = Session(suggested_recipe(str(source), **fields))
    session.run(steps)
    return session


RUNS = {
    "a curve": lambda: session_of("parity"),
    "a surface of two answers": lambda: session_of("xor"),
    "a surface of classes": lambda: session_of("spirals3"),
    "a confusion matrix": lambda: session_of("iris"),
    "several outputs": lambda: session_of("textbook"),
    "numbers, a test set": lambda: session_of("sine"),
    "a large network": lambda: session_of("iris", 5, hidden=(40, 40)),
    "no step": lambda: session_of("xor", 0),
    "diverged": lambda: session_of("line", 2000, lr=1e6),
}


@pytest.mark.parametrize("kind", RUNS)
def test_the_page_of_a_run_has_its_numbers(kind):
    session = RUNS[kind]()
    page = run_page(session)
    read = checked(page)
    text = " ".join(read.words)
    assert f"at step {session.step:,}" in text
    assert f"tui-backprop run {session.recipe.source}" in text
    for finding in session.findings():
        assert finding.id in read.cells
    values = session.state.parameters
    if np.isfinite(values).all() and session.problem.network.size < 300:
        shown = {float(cell.replace("−", "-")) for cell in read.cells if re.fullmatch(r"−?[\d.]+(e[−+]?\d+)?", cell)}
        assert {float(f"{value:.6g}") for value in values.tolist()} <= shown
    loss = session.problem.loss(values, session.problem.train)
    assert (f"{loss:.6g}".replace("-", "−") if np.isfinite(loss) else "not finite") in read.cells


def test_edits_are_in_the_commands_and_on_the_curve():
    session = session_of("xor", 20)
    session.change(lr=0.5)
    session.run(13)
    page = run_page(session)
    read = checked(page)
    assert "tui-backprop run xor --edit 20:lr=0.5 --steps 33" in read.words
    assert "η 0.03 → 0.5" in read.cells
    assert page.count('class="curve dashed c2"') == 1


def test_names_from_a_file_are_only_names(tmp_path):
    """A column called as a tag is shown as it is called, in tables, in pictures and in attributes."""
    evil = '<script>alert(1)</script>"><img onerror=x>'
    path = tmp_path / "<b>&.csv"
    rows = [f"{i},{i % 3},{'<i>yes' if i % 2 else 'no</svg>'}" for i in range(30)]
    path.write_text("\n".join([f'"{evil.replace(chr(34), chr(34) * 2)}",b,c', *rows]))
    session = session_of(path, 5)
    page = run_page(session)
    read = checked(page)
    assert any(word.startswith("<script>al") for word in read.words)
    assert "no</svg>" in " ".join(read.words)
    assert "tui-backprop '" + str(path) in "".join(read.words)


def test_the_page_of_a_sweep_has_its_tables():
    axes = tuple(parse_axis(text) for text in ("activation=tanh,sigmoid", "lr=0.01,1", "hidden=1,2"))
    for until in ("", "loss < 0.2"):
        sweep = Sweep(SweepPlan(suggested_recipe("xor", steps=20), axes, 2, until))
        sweep.start()
        while sweep.going:
            sweep.poll(0.1)
        sweep.stop()
        read = checked(sweep_page(sweep, "tui-backprop sweep 'xor' --until 'loss < 0.2'"))
        text = " ".join(read.words)
        assert "16 runs" in text
        assert read.cells.count("η ↓ hidden →") == 2
        assert "tui-backprop sweep 'xor' --until 'loss < 0.2'" in read.words
        assert ("share of runs that reach loss < 0.2" in text) == bool(until)


def test_a_curve_keeps_its_peaks_when_it_is_thinned():
    x, y = np.arange(5000.0), np.ones(5000)
    y[3210], y[17], y[4000:4100] = 9.0, -3.0, np.nan
    kept_x, kept_y = thinned(x, y)
    assert len(kept_x) <= 400
    assert (np.diff(kept_x) > 0).all()
    assert {9.0, -3.0} <= set(kept_y.tolist())
    chart = Chart(x, y, ("step", "loss"))
    chart.curve(x, y, "c0")
    assert chart.svg().count("<polyline") == 2


def test_a_chart_of_one_number_or_none_has_axes():
    for values in (np.array([3.0]), np.array([np.nan]), np.array([1e308, -1e308])):
        chart = Chart(np.arange(float(len(values))), values, ("", ""), logarithmic=True)
        chart.curve(np.arange(float(len(values))), values, "c0")
        ElementTree.fromstring(chart.svg())  # noqa: S314  (a text of our own)
    assert [axis_number(value) for value in (-0.0, -2.5, 1e4, 1e9, 0.30000000000000004)] == [
        "0",
        "−2.5",
        "10,000",
        "1e+09",
        "0.3",
    ]
