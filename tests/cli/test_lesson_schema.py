"""`tui-backprop lessons --schema`: an editor knows of a lesson's file what the program knows."""

from __future__ import annotations

import json
import tomllib
from importlib import resources

import pytest
from jsonschema import Draft7Validator

from tui_backprop.cli.main import main
from tui_backprop.session.lessons.reading import LessonError, read_lesson

LESSONS = sorted((resources.files("tui_backprop") / "lessons").glob("*.toml"), key=lambda file: file.name)
GOOD = """
title = "T"
about = "A"
minutes = 1
[recipe]
source = "xor"
lr = 0.5
set = ["w1=0.5", "b1=1"]
[[screens]]
title = "One"
text = "first"
keys = ["n", "type 0.5"]
panel = "loss"
"""


@pytest.fixture
def errors(capsys):
    """Say what a validator finds wrong in a lesson's file."""
    assert main(["lessons", "--schema"]) == 0
    schema = json.loads(capsys.readouterr().out)
    Draft7Validator.check_schema(schema)
    return lambda text: [error.message for error in Draft7Validator(schema).iter_errors(tomllib.loads(text))]


@pytest.mark.parametrize("lesson", LESSONS, ids=lambda file: file.name)
def test_every_lesson_is_right_by_the_schema(errors, lesson):
    """All built-in ones, so their keys and panels are known to it."""
    assert errors(lesson.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('title = "T"', ""),
        ('title = "T"', 'title = ""'),
        ("minutes = 1", 'minutes = "long"'),
        ("minutes = 1", "minutes = 1\nhours = 2"),
        ('source = "xor"', ""),
        ("lr = 0.5", "lrr = 0.5"),
        ("lr = 0.5", "lr = [[1]]"),
        ("lr = 0.5", 'optimizer = "adm"'),
        ('keys = ["n", "type 0.5"]', "keys = [1]"),
        ('text = "first"', ""),
    ],
)
def test_what_the_program_refuses_the_schema_refuses(errors, tmp_path, before, after):
    """The editor marks it before the program is asked."""
    file = tmp_path / "my.toml"
    file.write_text(GOOD, encoding="utf-8")
    assert errors(GOOD) == []
    assert read_lesson(file).title == "T"
    wrong = GOOD.replace(before, after, 1)
    assert wrong != GOOD
    assert errors(wrong)
    file.write_text(wrong, encoding="utf-8")
    with pytest.raises(LessonError):
        read_lesson(file)


def test_keys_and_panels_that_are_not_there_are_marked(errors):
    """A wrong key shows when the lesson is taken; the editor knows it at once."""
    assert errors(GOOD.replace('"n"', '"shift-n"'))
    assert errors(GOOD.replace('"loss"', '"lost"'))
