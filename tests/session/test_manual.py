"""The manual: every page is there, complete, and does what it says."""

from __future__ import annotations

import contextlib
import io
import re
from importlib import resources

import pytest

import tui_backprop
from tests.written import Reader, blocks, commands, links
from tui_backprop.session import conditions, manual
from tui_backprop.session.lessons import schema
from tui_backprop.session.lessons.moment import LessonMoment
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.run.moment import RunMoment
from tui_backprop.session.session import Session

PAGES = (manual.START, *manual.TOPICS)
FOLDER = resources.files("tui_backprop") / "manual"


def test_every_page_is_a_topic_and_every_topic_a_page():
    """Nothing lies in the folder that nobody can read."""
    assert sorted(file.name for file in FOLDER.iterdir()) == sorted(f"{name}.md" for name in PAGES)


@pytest.mark.parametrize("name", PAGES)
def test_a_page_has_one_title_and_links_that_lead_somewhere(name):
    """One first heading; pages are linked by their names, pictures by a relative path."""
    text = manual.manual_page(name)
    assert (
        len(re.findall(r"^# .", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)) == 1
    )
    assert text.startswith(f"# {manual.title(name)}\n")
    assert [target for target in links(text) if not (FOLDER / target).is_file()] == []


@pytest.mark.parametrize("name", [name for name in PAGES if commands(manual.manual_page(name))])
def test_every_command_works_as_it_is_written(tmp_path, monkeypatch, name):
    """In the order of the page, in one folder; what opens the app opens it."""
    reader = Reader(tmp_path, monkeypatch)
    for line in commands(manual.manual_page(name)):
        reader.type(line)


def test_the_python_examples_run(tmp_path, monkeypatch):
    """Each by itself, as it is written, and the first one prints what it found."""
    monkeypatch.chdir(tmp_path)
    printed = []
    for code in blocks(manual.manual_page("python"), "python"):
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, "python.md", "exec"), {})  # noqa: S102  (the manual's own example)
        printed.append(out.getvalue())
    assert "wrong-gradient" in printed[0]
    assert len(printed) == 2


def named(topic):
    """The names that the tables of a page explain."""
    rows = re.findall(r"^\| (`.*?) \| ", manual.manual_page(topic), re.MULTILINE)
    return {name for row in rows for name in re.findall(r"`(.*?)`", row)}


def test_every_public_name_is_explained():
    """The table of the page on Python has all of them and no other."""
    assert named("python") == set(tui_backprop.__all__)


def test_everything_that_a_condition_may_name_is_explained():
    """Names are in the table, and functions in the text."""
    session = Session(suggested_recipe("moons"))
    moment = RunMoment(session.current.segment, session.state, lambda _step: moment)
    assert named("conditions") >= {re.sub(r"\d+$", "1", name) for name in moment.names}
    text = manual.manual_page("conditions")
    assert [name for name in conditions.FUNCTIONS if f"`{name}`" not in text] == []


def test_everything_that_a_lesson_may_name_is_explained():
    """What only lessons have is in their table, and each field of the file in the example."""
    session = Session(suggested_recipe("xor"))
    run = RunMoment(session.current.segment, session.state, lambda _step: run)
    fields = set(session.recipe.as_dict())
    assert named("lessons") == set(LessonMoment(session, "", frozenset()).names) - set(run.names) - fields | {"probe"}
    example = blocks(manual.manual_page("lessons"), "toml")[0]
    for name in {**schema.LESSON, **schema.SCREEN}:
        assert re.search(rf"^(\[+(screens\.)?{name}\]+|{name} = )", example, re.MULTILINE), name
