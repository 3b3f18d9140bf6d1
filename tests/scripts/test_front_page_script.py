"""What the front page shows of a whole script is what `check` says of it."""

from __future__ import annotations

import re
from pathlib import Path

from tui_backprop.cli.main import main

BEFORE = """\
import math
import random

RATE = 0.1
w_in, b_in, w_out, b_out = random.random(), 0.0, random.random(), 0.0


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def slope(a):
    return a * (1 - a)


def train_on(x, y):
    global w_in, b_in, w_out, b_out
    h = sigmoid(w_in * x + b_in)
    out = sigmoid(w_out * h + b_out)
    error = out - y
"""
AFTER = """\
    return error**2


for step in range(10000):
    n = random.randint(1, 9)
    loss = train_on(n / 9, 1 - n % 2)
print(loss, sigmoid(w_out * sigmoid(w_in * 5 + b_in) + b_out), sigmoid(w_out * sigmoid(w_in * 16 + b_in) + b_out))
"""


def test_the_answer_on_the_front_page_is_the_answer(tmp_path, capsys):
    """The lines of the script stand in a script around them, and each line of the answer is in the answer."""
    page = (Path(__file__).parents[2] / "README.md").read_text(encoding="utf-8")
    section = page.split("### A whole script")[1].split("\n## ")[0]
    code, answer = re.search(r"```python\n(.*?)```.*?```text\n(.*?)```", section, re.DOTALL).groups()
    script = tmp_path / "my_script.py"
    script.write_text(BEFORE + code + AFTER, encoding="utf-8")
    assert main(["check", str(script)]) == 1
    said = capsys.readouterr().out.splitlines()
    assert [line for line in said if line in answer.splitlines()] == answer.splitlines()
