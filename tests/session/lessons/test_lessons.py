"""Lessons without a screen: files that are read or refused in one line, and a guide through a session."""

from __future__ import annotations

import subprocess
import sys
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pytest

from tui_backprop.session.conditions import Condition, ConditionError, Expression
from tui_backprop.session.lessons.guide import Guide
from tui_backprop.session.lessons.moment import LessonMoment, unknown_names
from tui_backprop.session.lessons.reading import LessonError, lessons, open_lesson, read_lesson
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

GOOD = """
title = "T"
about = "A"
minutes = 1

[recipe]
source = "xor"
hidden = "2"
lr = 0.5

[[screens]]
title = "One"
text = "first\\nline\\n\\nsecond"
keys = ["n"]
halt = "step == 3"
seen = "step >= 3"
then = "seen"

[[screens]]
title = "Two"
text = "."

[[screens]]
title = "Three"
text = "."

[screens.recipe]
set = ["w1=0.5", "b1=1"]
"""


@pytest.fixture
def write(tmp_path):
    def write(text):
        path = tmp_path / "my.toml"
        path.write_text(text, encoding="utf-8")
        return path

    return write


@pytest.fixture
def lesson(write):
    return read_lesson(write(GOOD))


def test_the_ten_lessons_are_there_in_their_order():
    """The original case comes first."""
    ids = [one.id for one in lessons()]
    assert ids == [
        "same-answer", "by-hand", "xor", "rate", "dead-units", "vanishing", "symmetry", "overfitting", "ravine",
        "limit",
    ]  # fmt: skip


def test_a_file_is_read_as_it_says(lesson):
    """Paragraphs are folded, and a screen's recipe is the lesson's with its own fields."""
    one, two, three = lesson.screens
    assert one.text == ("first line", "second")
    assert one.keys == ("n",)
    assert two.seen is None
    assert lesson.recipe_at(0) == suggested_recipe("xor", hidden=(2,), lr=0.5)
    assert lesson.recipe_at(1) is None
    assert lesson.recipe_at(2) == suggested_recipe("xor", hidden=(2,), lr=0.5, set=(("w1", 0.5), ("b1", 1.0)))
    assert [lesson.begins(number) for number in range(3)] == [0, 0, 2]
    assert three.recipe is not None


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('title = "T"', "title = ", "my.toml: Invalid value"),
        ('title = "T"', "", "my.toml: title is missing"),
        ('title = "T"', 'title = ""', "my.toml: title: expected a text"),
        ("minutes = 1", 'minutes = "long"', "my.toml: minutes: expected a whole number, not 'long'"),
        ("minutes = 1", "minutes = true", "my.toml: minutes: expected a whole number"),
        ("minutes = 1", "minutes = 1\nhours = 2", "my.toml: unknown field hours; available: about,"),
        ('source = "xor"', "", "my.toml: recipe: expected a source"),
        ("lr = 0.5", "lr = -1", "my.toml: recipe: lr: expected a number above 0, not '-1'"),
        ("lr = 0.5", "lrr = 1", "my.toml: recipe: unknown recipe field lrr"),
        ("lr = 0.5", "lr = [[1]]", "my.toml: recipe: lr: expected a text or a number"),
        ("lr = 0.5", 'rule = "own.py"', "my.toml: recipe: rule: a lesson is data"),
        ('keys = ["n"]', "keys = [1]", "my.toml: screen 1: keys: expected a list of texts"),
        ('keys = ["n"]', 'key = ["n"]', "my.toml: screen 1: unknown field key; did you mean keys?"),
        ('seen = "step >= 3"', 'seen = "step >="', "my.toml: screen 1: seen: 'step >=' is not a condition"),
        ('seen = "step >= 3"', 'seen = "stepp > 3"', "my.toml: screen 1: seen: 'stepp > 3': unknown name stepp"),
        ('seen = "step >= 3"', "seen = 3", "my.toml: screen 1: seen: expected a condition"),
        (
            'seen = "step >= 3"',
            'seen = "open(1) > 3"',
            "my.toml: screen 1: seen: 'open(1) > 3': open(1) is not allowed",
        ),
        ("[screens.recipe]", "[screens.recipe]\nhidden = 'x'", "my.toml: screen 3: recipe: hidden: expected up to"),
    ],
)
def test_a_wrong_file_is_one_clear_line(write, before, after, said):
    """It says which file, which screen, which field, and what was expected."""
    with pytest.raises(LessonError) as caught:
        read_lesson(write(GOOD.replace(before, after, 1)))
    assert str(caught.value).startswith(said)
    assert "\n" not in str(caught.value)


def test_what_is_not_toml_text_or_has_no_screens_is_refused(write, tmp_path):
    """Bytes, an empty file, screens that are none."""
    path = tmp_path / "b.toml"
    path.write_bytes(b"\xff\xfe")
    with pytest.raises(LessonError, match=r"^b\.toml: this is not UTF-8 text$"):
        read_lesson(path)
    head = GOOD.partition("[[screens]]")[0]
    for text, said in (
        ("", "screens is missing"),
        (head + "[screens]", "screens: expected a list, not {}"),
        ("screens = [1]\n" + head, "screen 1: expected [[screens]] and fields below it"),
        ("screens = []\n" + head, "screens: expected at least one [[screens]]"),
    ):
        with pytest.raises(LessonError) as caught:
            read_lesson(write(text))
        assert str(caught.value) == f"my.toml: {said}"


def test_hostile_text_is_made_harmless(write):
    """Escape sequences and bidirectional marks never reach a screen."""
    found = read_lesson(write(GOOD.replace("first", "a\\u001b[2Jb\\u202e").replace('"T"', '"\\u001b]0;x"')))
    shown = " ".join((found.title, *found.screens[0].text))
    assert "\x1b" not in shown
    assert "\u202e" not in shown


def test_a_lesson_of_ones_own_is_rehearsed_before_it_begins(write):
    """A run that cannot be is said when the file is opened, not in the middle."""
    path = write(GOOD.replace('"b1=1"', '"b9=1"'))
    with pytest.raises(LessonError, match=r"my\.toml: screen 3: set: "):
        open_lesson(str(path))
    assert open_lesson(str(write(GOOD))).title == "T"
    with pytest.raises(LessonError, match="did you mean xor"):
        open_lesson("xorr")
    with pytest.raises(LessonError, match="no such file"):
        open_lesson("nowhere.toml")


def test_words_are_compared_and_looked_for_and_nothing_else():
    """A word is no number: it cannot be multiplied, watched or taken for a condition."""
    session = Session(suggested_recipe("xor"))
    moment = LessonMoment(session, "loss", frozenset("c"))
    for text, value in {
        'rule == "exact"': True,
        'rule != "exact"': False,
        'hidden == "4" and lr == 0.03': True,
        'batch_size == "full"': True,
        '"c" in pressed and "n" not in pressed': True,
        'panel == "loss"': True,
        '"non-finite" in findings': False,
        "branches == 1 and edits == 0 and not diverged and last_step == 0": True,
        'inside == "none"': True,
        "wrong_gradients == 0": True,
        'source == "xor" and step == 0': True,
        "loss rises 2 epochs": False,
    }.items():
        assert Condition(text).holds(moment) is value
        Condition(text).check(moment)
    for text in ("rule", '"a"', "pressed", '"a" * 1000000000', "rule * 9 > 1", '"c" in loss', '"a" < "b"'):
        with pytest.raises(ConditionError):
            Condition(text).holds(moment)
        with pytest.raises(ConditionError):
            Expression(text).number(moment)
    assert unknown_names(Condition("nothing > w1[0,1] + z12 + parameterz")) == ["nothing", "parameterz"]


def test_the_checks_of_a_lesson_speak_of_the_run():
    """Probes, the lowest test loss and divergence are those of the session."""
    session = Session(suggested_recipe("parity", rule="posted"))
    session.run(5)
    moment = LessonMoment(session, "", frozenset())
    assert moment.value("probe").tolist() == [probe.now[0] for probe in session.frame().probes]
    assert Condition("wrong_gradients == 3").holds(moment)
    assert np.isnan(moment.value("lowest_test_loss"))
    session = Session(suggested_recipe("line", lr=3.0))
    session.run(1000)
    moment = LessonMoment(session, "", frozenset())
    assert Condition('diverged and "non-finite" in findings').holds(moment)
    assert moment.value("lowest_test_loss") == np.nanmin(session.curve.test)
    session.phase_forward()
    assert Condition('inside == "sample"').holds(LessonMoment(session, "", frozenset()))


def test_a_guide_begins_runs_halts_them_and_sees(lesson):
    """A run halts once where the screen says so; what was seen stays seen; a screen with a recipe begins another run."""
    session = Session(lesson.recipe_at(0))
    guide = Guide(session, lesson)
    assert len(session.branches) == 1, "a session that stands at the lesson's beginning is taken as it is"
    assert guide.look("loss").seen is False
    stop = session.run(10)
    assert (stop.reason, stop.step) == ("lesson", 3)
    view = guide.look("loss")
    assert view.seen
    assert view.then == ("seen",)
    assert session.run(10).step == 13
    session.go_to(0)
    assert guide.look("loss").seen
    guide.go(1)
    assert (guide.look("loss").seen, session.halts, session.step) == (None, [], 0)
    guide.go(1)
    assert guide.at_end
    assert len(session.branches) == 2
    assert session.state.parameters[:4].tolist() == [0.5] * 4
    session.run(4)
    guide.go(1)
    guide.go(-1)
    guide.go(1)
    assert (len(session.branches), session.step) == (2, 4), "going to and fro begins nothing again"
    guide.begin_again()
    assert session.step == 0
    guide.leave()
    assert not session.halts


def test_a_learner_s_run_is_kept_when_a_lesson_begins(lesson):
    """It is a branch beside the lesson's, and undo leads back to it."""
    session = Session(suggested_recipe("parity"))
    session.run(100)
    mine, state = session.current, session.state
    Guide(session, lesson)
    assert session.recipe.source == "xor"
    assert mine in [branch.run for branch in session.branches]
    session.undo()
    assert session.current is mine
    assert session.state.same_values(state)


def test_the_floor_of_the_original_case_is_two_ninths():
    """The best rising or falling answers to 0,1,0,1,0,1,0,1,0 are 0 and then one half: no others cost less."""
    targets = [Fraction(x % 2 == 0) for x in range(1, 10)]

    def best(blocks):
        """The cost of one constant for each block: its mean."""
        return sum(sum((y - sum(b) / len(b)) ** 2 for y in b) for b in blocks) / 9

    def means_rise(blocks):
        means = [sum(b) / len(b) for b in blocks]
        return all(a <= b for a, b in pairwise(means))

    cuts = range(2**8)
    costs = []
    for sequence in (targets, targets[::-1]):
        for cut in cuts:
            blocks, start = [], 0
            for i in range(1, 10):
                if i == 9 or cut >> (i - 1) & 1:
                    blocks.append(sequence[start:i])
                    start = i
            if means_rise(blocks):
                costs.append(best(blocks))
    assert min(costs) == Fraction(2, 9)


def test_the_other_numbers_that_lessons_tell_are_true():
    """Seeds that find XOR, the ravine's steepness and its steps, the dead units, the saturated units far outside."""
    found = []
    for hidden in (2, 4):
        for seed in range(10):
            session = Session(suggested_recipe("xor", hidden=(hidden,), optimizer="sgd", lr=1.0, seed=seed))
            session.run(1000, Condition("accuracy == 1 and loss < 0.01"))
            found.append(session.step)
    assert sum(steps < 1000 for steps in found[:10]) == 5
    assert max(found[10:]) < 1000
    assert sum(steps < 300 for steps in found[10:]) == 8

    ravine = {"scale_inputs": "none", "freeze": ("b1",)}
    session = Session(suggested_recipe("ravine", **ravine))
    x = session.problem.train.inputs
    np.testing.assert_allclose(2 * x.T @ x / len(x), np.diag([8, 0.01]), atol=1e-12)
    for lr, steps in ((0.24, 1275), (0.1, 3061)):
        session = Session(suggested_recipe("ravine", **ravine, lr=lr))
        assert session.run(5000, Condition("loss < 0.001")).step == steps
    session = Session(suggested_recipe("ravine", **ravine, lr=0.3))
    assert session.run(5000).reason == "diverged"

    dead = {"hidden": (8,), "activation": "relu", "init": "he", "optimizer": "sgd", "seed": 8}
    session = Session(suggested_recipe("sine", **dead, lr=0.3))
    session.run(8)
    assert int((session.current.moment().value("a1").max(axis=0) == 0).sum()) == 6

    wide = {"hidden": (8,), "activation": "tanh", "optimizer": "adam", "lr": 0.03, "batch_size": None}
    session = Session(suggested_recipe("parity", **wide))
    session.run(5000, Condition("accuracy == 1 and loss < 0.01"))
    assert np.abs(session.what_if([144.0]).tape.a[1]).min() > 0.97

    session = Session(suggested_recipe("line"))
    x = np.column_stack([session.problem.train.inputs, np.ones(len(session.problem.train))])
    np.testing.assert_allclose(2 * x.T @ x / len(x), 2 * np.eye(2), atol=1e-12)


def test_the_textbook_update_is_right_to_eight_digits():
    """Every number that the textbook prints for its first update, with biases that stay."""
    session = Session(suggested_recipe("textbook"))
    assert session.frame().train_score.loss == pytest.approx(0.298371109, abs=1e-9)
    session.run(1)
    values = dict(zip(session.problem.network.entry_names, session.state.parameters, strict=True))
    for name, value in {
        "w2[0,0]": 0.35891648, "w2[1,0]": 0.408666186, "w2[0,1]": 0.511301270, "w2[1,1]": 0.561370121,
        "w1[0,0]": 0.149780716, "w1[1,0]": 0.19956143, "w1[0,1]": 0.24975114, "w1[1,1]": 0.29950229,
    }.items():  # fmt: skip
        assert values[name] == pytest.approx(value, abs=1e-8)


def test_lessons_are_read_without_a_screen():
    """Reading them loads neither Textual nor plotext."""
    code = (
        "import sys; from tui_backprop.session.lessons.reading import lessons; lessons(); "
        "print({'textual', 'plotext', 'rich'} & set(sys.modules))"
    )
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "set()"
