"""Run `tui-backprop check SCRIPT --json` on every script of a folder and compare the answers with its expected.json.

    python -m tests.scripts.score [FOLDER] [--only TEXT] [--jobs N]

FOLDER has the scripts and expected.json; without one it is tests/scripts/corpus. What is counted, for each kind of mistake
and in total: verdicts that are right, lines that are right, explanations with the words that any right one has, fixes that
are offered, right scripts that are accused, scripts that were not read. The exit status is 0 where the corpus is answered as
well as it has to be: nothing right accused, at least 90 % of the lines, a fix for at least 75 %.

expected.json has for each script:
    verdict: "right"; "scaled": right but for a factor; "wrong formula"; "other cause": the formulas are right, or nothing
        is to be said about them, and something else is wrong; "either" of the last two
    line: a right answer names one of these; with file and cell (code cells from 1) where it is not in the script itself
    what: the truth, for people
    words: groups of words, of each of which a right explanation has one; causes: the same for further causes
    parameters: exactly those whose formulas are wrong ("a|b" where either name will do); without it they are not compared
    learns: as `check` has it
    kind, style, beyond (more than a perceptron), fix (a small edit of the line mends it)
"""

from __future__ import annotations

import argparse
import json
import os
import re
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from tui_backprop.scripts.parts import RAISE

CORPUS = Path(__file__).parent / "corpus"
LINES_AT_LEAST, FIXES_AT_LEAST = 0.9, 0.75
TIME_LIMIT = 180.0
CLEARED = ("right", "scaled")
"""Verdicts that say that the formulas are right."""

Answer = dict[str, Any]
"""What `check --json` prints for a file, or what expected.json has for it."""


@dataclass(frozen=True)
class Score:
    """How well one script is answered; a number is 1 where it is so and 0 where it is not, or how often of several."""

    scripts: int = 0
    faulty: int = 0
    """Scripts that have a mistake or a cause."""
    verdict: int = 0
    line: int = 0
    words: int = 0
    explained: int = 0
    """Verdict, line and words are right."""
    fix: int = 0
    accused: int = 0
    """Right, but called wrong."""
    unread: int = 0
    """No answer, or that it could not be checked."""

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, one.name) + getattr(other, one.name) for one in fields(self)))


@dataclass(frozen=True)
class Result:
    """A script, what was expected of it and what came."""

    name: str
    expected: Answer
    answer: Answer | None
    seconds: float
    errors: str

    @property
    def score(self) -> Score:
        """Count what is right in the answer."""
        faulty = self.expected["verdict"] not in CLEARED
        if self.answer is None:
            return Score(scripts=1, faulty=faulty, unread=1)
        unread = self.answer["verdict"] == "unchecked"
        if not faulty:
            good = is_cleared(self.answer, self.expected["verdict"])
            return Score(scripts=1, verdict=good, accused=not good and not unread, unread=unread)
        told = told_in(self.answer)
        text = " ".join(str(one["sentence"]) for one in told)
        verdict = is_right_verdict(self.expected, self.answer)
        line = any(points_at(one, self.name, self.expected) for one in told)
        groups = [*self.expected["words"], *self.expected.get("causes", [])]
        words = bool(told) and all(any(word in text for word in group) for group in groups)
        fix = any(one.get("fix") for one in told)
        return Score(1, 1, verdict, line, words, verdict and line and words, fix, unread=unread)

    def __str__(self) -> str:
        """Tell what came, in one line."""
        if self.answer is None:
            return f"{self.name}: no answer ({self.errors})"
        told = told_in(self.answer)
        places = [(one.get("file"), one.get("cell"), lines_of(one)) for one in told]
        where = "; ".join(" ".join(str(part) for part in place if part) for place in places)
        sentences = " ".join(str(one["sentence"]) for one in told)
        return (
            f"{self.name}: {self.answer['verdict']} {wrong_parameters(self.answer)} lines {where} | {sentences[:200]}"
        )


def told_in(answer: Answer) -> list[Answer]:
    """Return mistakes and causes together."""
    return [*answer.get("mistakes", []), *answer.get("causes", [])]


def lines_of(one: Answer) -> list[int]:
    """Return the lines that a mistake or a cause names."""
    return list(one.get("lines") or ([one["line"]] if one.get("line") else []))


def points_at(one: Answer, name: str, expected: Answer) -> bool:
    """Tell whether a mistake or a cause names one of the expected lines, in the right file and cell."""
    file = Path(one.get("file") or name).name
    if file != expected.get("file", Path(name).name) or ("cell" in expected and one.get("cell") != expected["cell"]):
        return False
    return bool(set(lines_of(one)) & set(expected["line"]))


def plain_name(name: str) -> str:
    """Return the name of a parameter as expected.json has it: `params["W"]` is called W."""
    return re.sub(r"""^[\w.]+\[['"](\w+)['"]\]""", r"\1", name)


def wrong_parameters(answer: Answer) -> list[str]:
    """Return the names of the parameters that are called wrong."""
    return sorted(plain_name(name) for name, one in answer.get("parameters", {}).items() if one["verdict"] == "wrong")


def has_error(answer: Answer) -> bool:
    """Tell whether a cause makes the training worthless."""
    return any(one.get("severity") == "error" for one in answer.get("causes", []))


def is_cleared(answer: Answer, verdict: str) -> bool:
    """Tell whether a right script is called right in all respects; the training of a scaled one may be found wanting."""
    formulas = answer["verdict"] in CLEARED
    return formulas and (verdict == "scaled" or (not has_error(answer) and answer.get("learns") is not False))


def is_right_verdict(expected: Answer, answer: Answer) -> bool:
    """Tell whether the verdict on the formulas of a faulty script is right, its parameters included."""
    wrong = answer["verdict"] == "wrong" and has_right_parameters(expected, answer)
    match expected["verdict"]:
        case "wrong formula":
            return wrong
        case "either":
            return wrong or has_error(answer)
    return answer["verdict"] in CLEARED or has_error(answer)


def has_right_parameters(expected: Answer, answer: Answer) -> bool:
    """Tell whether exactly the parameters that are wrong are called wrong."""
    if "parameters" not in expected:
        return True
    left = wrong_parameters(answer)
    for names in expected["parameters"]:
        found = next((name for name in names.split("|") if name in left), None)
        if found is None:
            return False
        left.remove(found)
    return not left


def check(folder: Path, name: str, expected: Answer) -> Result:
    """Check one script."""
    command = [sys.executable, "-m", "tui_backprop", "check", str(folder / name), "--json"]
    environment = {**os.environ, RAISE: "1"}  # a part that fails is no answer here
    began = time.monotonic()
    try:
        run = subprocess.run(command, capture_output=True, text=True, timeout=TIME_LIMIT, check=False, env=environment)
    except subprocess.TimeoutExpired:
        return Result(name, expected, None, TIME_LIMIT, "time limit")
    seconds = time.monotonic() - began
    try:
        return Result(name, expected, json.loads(run.stdout), seconds, run.stderr.strip())
    except ValueError:
        return Result(name, expected, None, seconds, f"exit status {run.returncode}: {run.stderr.strip()[:200]}")


def check_all(folder: Path, only: str = "", jobs: int = 1) -> list[Result]:
    """Check the scripts of a folder whose name has `only` in it, `jobs` of them at once."""
    expected = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    chosen = [(folder, name, answer) for name, answer in expected.items() if only in name]
    with ThreadPoolExecutor(jobs) as pool:
        return list(pool.map(check, *zip(*chosen, strict=True))) if chosen else []


def table(results: Sequence[Result]) -> str:
    """Return the score of each kind of mistake, a line each, and their total."""
    kinds: dict[str, Score] = {}
    for one in results:
        kind = str(one.expected.get("kind", one.expected["verdict"]))
        kinds[kind] = kinds.get(kind, Score()) + one.score
    names = [one.name for one in fields(Score)]
    total = sum(kinds.values(), Score())
    width = max(map(len, [*kinds, "total"]))
    rows = [("kind", names), *((kind, _numbers(score)) for kind, score in sorted(kinds.items()))]
    return "\n".join(_row(kind, cells, width) for kind, cells in [*rows, ("total", _numbers(total))])


def _numbers(score: Score) -> list[str]:
    return [str(int(getattr(score, one.name))) for one in fields(score)]


def _row(kind: str, cells: Iterable[str], width: int) -> str:
    return kind.ljust(width) + "".join(cell.rjust(10) for cell in cells)


def is_good(total: Score) -> bool:
    """Tell whether this is as good as it has to be."""
    lines, fixes = LINES_AT_LEAST * total.faulty, FIXES_AT_LEAST * total.faulty
    return total.accused == 0 and total.line >= lines and total.fix >= fixes


def main(arguments: Sequence[str] | None = None) -> int:
    """Check, print what is not explained and the table; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.scripts.score", description="Score check on learners' scripts."
    )
    parser.add_argument("folder", nargs="?", type=Path, default=CORPUS, help="scripts and expected.json")
    parser.add_argument("--only", default="", metavar="TEXT", help="only scripts whose name has TEXT in it")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="so many at once")
    chosen = parser.parse_args(arguments)
    results = check_all(chosen.folder, chosen.only, chosen.jobs)
    if not results:
        parser.error(f"no script in {chosen.folder} has {chosen.only!r} in its name")
    for one in results:
        if one.score.accused or one.score.unread or one.score.explained < one.score.faulty:
            print(one)
    total = sum((one.score for one in results), Score())
    seconds = [one.seconds for one in results]
    print(f"\n{table(results)}")
    print(f"seconds: median {statistics.median(seconds):.1f}, most {max(seconds):.1f}")
    return 0 if is_good(total) else 1


if __name__ == "__main__":
    raise SystemExit(main())
