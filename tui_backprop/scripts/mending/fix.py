"""Fixes: small edits of wrong lines, each tried where the line runs, all proven together by a new check."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import islice

from tui_backprop.core.errors import InputError
from tui_backprop.scripts.answering.answer import Answer, Mistake
from tui_backprop.scripts.answering.wording import mistake_at
from tui_backprop.scripts.case import Case
from tui_backprop.scripts.examining import examined, explained
from tui_backprop.scripts.mending.budget import Budget
from tui_backprop.scripts.mending.edits import SourceEdit
from tui_backprop.scripts.mending.patches import diff_of, fix_of, patched
from tui_backprop.scripts.mending.sentences import sentence_for, short_for
from tui_backprop.scripts.mending.sites import (
    Happened,
    Site,
    call_sites,
    happened,
    renamed_sites,
    renaming_sites,
    right_values,
    site_at,
    upstream_sites,
)
from tui_backprop.scripts.mending.statements import Lines, statement_edits
from tui_backprop.scripts.mending.trials import try_by_what_follows, try_where_right_is_known
from tui_backprop.scripts.verdict.places import WrongPlace

_ROUNDS = 5
_SECONDS = 9.0  # of computing, after which no further round begins
_CHECKS = 4  # new checks of sources with other expressions, in one round
_STATEMENTS = 10  # and with other statements
_SITES = 14  # expressions that are searched at once


@dataclass(slots=True)
class Proposal:
    """Edits that may mend a place."""

    edits: list[SourceEdit]
    place: WrongPlace | None
    names: list[str] = field(default_factory=list)
    """The parameters that come right."""


def mend_mistakes(case: Case, answer: Answer) -> None:
    """Find edits for the wrong lines, prove all together, and put fixes and their sentences into the answer.

    A line whose operands are wrong cannot be tried before those are mended: what is known is applied, and the rest tried.
    """
    try:
        _mend(case, answer)
    finally:
        if answer.fixed_source is None:  # what is proven is proven together
            for mistake in answer.mistakes:
                mistake.fix = None


def _mend(case: Case, answer: Answer) -> None:
    at = case
    budget = Budget(_SECONDS)
    for _ in range(_ROUNDS):
        base = None if budget.is_spent else happened(at)
        if base is None:
            break
        found = _round(case, at, base, answer, budget)
        if found is None:
            break
        at = found
        if at.examination is not None and at.examination.verdict in ("right", "scaled"):
            answer.fixed_source = at.source
            answer.fixed = {"diff": diff_of(case.source, at.source), "loss_before": None, "loss_after": None}
            return


def _round(case: Case, at: Case, base: Happened, answer: Answer, budget: Budget) -> Case | None:
    """Return the case with a few more edits, with which fewer parameters are wrong; None where none was found."""
    searches = (
        (_direct, _CHECKS),
        (_following, _CHECKS),
        (_only_named, _CHECKS),
        (_of_statements, _STATEMENTS),
    )
    for search, most in searches:
        best: tuple[tuple[int, int], Case, list[Proposal]] | None = None
        for chosen in islice(search(at, base), most):
            if budget.is_spent:
                break
            again = _checked(at, [edit for one in chosen for edit in one.edits])
            score = _score(at, again)
            if again is not None and score is not None and (best is None or score < best[0]):
                best = (score, again, chosen)
            if score == (0, 0) or budget.is_spent:
                break
        if best is not None:
            for one in best[2]:
                _tell(case, at, answer, one)
            if best[0][0]:
                explained(best[1])
            return best[1]
    return None


def _score(before: Case, after: Case | None) -> tuple[int, int] | None:
    """Return how many parameters are wrong after an edit, and how many it scales; None unless it only mends some."""
    if before.examination is None or after is None or after.examination is None:
        return None
    old, new = before.examination.parameters, after.examination.parameters
    wrong = set(after.examination.wrong)
    spoilt = [
        name
        for name, one in old.items()
        if one.verdict in ("right", "scaled") and name in new and new[name].verdict not in ("right", "scaled")
    ]
    if spoilt or not wrong < set(before.examination.wrong):
        return None
    return len(wrong), sum(
        one.verdict == "scaled" and name in old and old[name].verdict != "scaled" for name, one in new.items()
    )


def _checked(case: Case, edits: list[SourceEdit]) -> Case | None:
    try:
        again = examined(patched(case.source, edits), case.setting, explain=False)
    except InputError:
        return None
    if again.examination is None or again.examination.verdict == "unchecked":
        return None
    if again.trace.error is not None and case.trace.error is None:  # right for a moment, and then it does not run
        return None
    same = case.examination is not None and set(again.examination.parameters) >= set(case.examination.parameters)
    return again if same else None


# searches, the surest first


def _direct(case: Case, base: Happened) -> Iterator[list[Proposal]]:
    """Yield edits of the wrong lines themselves, which are right there."""
    by_place: list[list[Site]] = []
    for place in case.wrong or []:
        at = case.trace.places[place.place]
        if not place.explains:  # nothing comes right with what is thought to be right there
            continue
        site = site_at(case, at.file, at.line, at.column, place)
        calls = [] if place.slope is not None else [replace(one, place=place) for one in call_sites(case, place)]
        by_place.append([one for one in (*renamed_sites(case, place), site, *calls) if one is not None])
    try_where_right_is_known(case, [(site, right_values(case, base, site)) for many in by_place for site in many])
    fitting = [
        min((site for site in many if site.fitting), key=lambda one: (one.formula, one.fitting[0].cost))
        for many in by_place
        if any(site.fitting for site in many)
    ]
    if not fitting:
        return
    yield [_proposed(site, site.fitting[0]) for site in fitting]
    for n, site in enumerate(fitting):
        for edit in site.fitting[1:4]:
            yield [_proposed(other, edit if m == n else other.fitting[0]) for m, other in enumerate(fitting)]


def _proposed(site: Site, edit: SourceEdit) -> Proposal:
    return Proposal([edit], site.place)


def _following(case: Case, base: Happened) -> Iterator[list[Proposal]]:
    """Yield edits of the lines that lead to what is wrong, with which parameters come right."""
    assert case.examination is not None  # noqa: S101  (asked before)
    names = case.examination.wrong
    sites: list[Site] = []
    for place in [*(case.wrong or []), None]:
        for site in upstream_sites(case, place, names):
            if len(sites) < _SITES and site.span not in [one.span for one in sites if one.file == site.file]:
                sites.append(site)
    good = try_by_what_follows(case, base, sites, names)
    for site, edit, mended in good:
        together = [Proposal([edit], _place(case, site, mended), mended)]
        left = [name for name in names if name not in mended]
        for other, second, more in good:
            if left and other is not site and set(more) & set(left):
                together.append(Proposal([second], _place(case, other, more), more))
                left = [name for name in left if name not in more]
        yield together


def _only_named(case: Case, base: Happened) -> Iterator[list[Proposal]]:
    """Yield edits of lines that give a right value another name: `gb = d`, where a gradient should be computed."""
    assert case.examination is not None  # noqa: S101  (asked before)
    pairs = list(renaming_sites(case, base, case.examination.wrong))
    try_where_right_is_known(case, [(site, right) for site, right, _ in pairs])
    fitting = [(site, name) for site, _, name in pairs if site.fitting]
    together: dict[str, Site] = {}
    for site, name in sorted(fitting, key=lambda one: one[0].fitting[0].cost):
        if name not in together and all(site.span != other.span for other in together.values()):
            together[name] = site
    if together:
        yield [_renamed(case, site, name) for name, site in together.items()]
        yield from ([_renamed(case, site, name)] for site, name in fitting)


def _renamed(case: Case, site: Site, name: str) -> Proposal:
    return Proposal([site.fitting[0]], _place(case, site, [name]), [name])


def _place(case: Case, site: Site, mended: list[str]) -> WrongPlace:
    """Return a wrong place for an expression that was found by its edit."""
    assert case.backward is not None  # noqa: S101
    backward = case.backward
    target = next(old for old in backward.step.parameters if backward.reading.names[old] in mended)
    record = site.records[0]
    return WrongPlace(case.trace.where[record], [record], [target], 1.0, mended, [])


def _of_statements(case: Case, base: Happened) -> Iterator[list[Proposal]]:
    """Yield edits of whole statements, which only a new check can prove."""
    backward, trace = base.backward, case.trace
    wrong = [(one, trace.places[one.place]) for one in case.wrong or []]
    lines: dict[int, set[int]] = {}
    updates = {(at.file, at.line) for one in backward.step.updates if (at := trace.place(one.record)) is not None}
    for record in [*backward.records, *(one.record for one in backward.step.updates)]:
        at = trace.place(record)
        if at is not None:
            lines.setdefault(at.file, set()).update(range(at.line, at.end_line + 1))
    for _, at in wrong:
        lines.setdefault(at.file, set()).add(at.line)
    for file, found in sorted(lines.items()):
        here = frozenset(at.line for _, at in wrong if at.file == file)
        path = "" if file == 0 else trace.files[file]
        changed = frozenset(line for other, line in updates if other == file)
        for edits in statement_edits(Lines(path, case.source.text_of(path), frozenset(found), here, changed)):
            near = next(
                (one for one, at in wrong if at.file == file and any(e.start[0] <= at.line <= e.end[0] for e in edits)),
                None,
            )
            yield [Proposal(edits, near or (case.wrong[0] if case.wrong else None))]


# what is told


def _tell(case: Case, at: Case, answer: Answer, proposal: Proposal) -> None:
    """Put a proven edit into the answer: to the mistake at its line, or as a new one."""
    edit = proposal.edits[0]
    file = case.source.name_of(edit.path) if edit.path else None
    line = _line_before(case.source.text_of(edit.path), at.source.text_of(edit.path), edit.start[0])
    mistake = _mistake_of(at, answer, proposal, line, file)
    if mistake is None:
        return
    if proposal.place is not None:
        mistake.sentence, mistake.short = sentence_for(at, proposal.place, edit, mistake), short_for(edit)
    mistake.kind = edit.kind
    mistake.fix = fix_of(at.source, proposal.edits)
    written = next((one for one in mistake.fix["edits"] if one["new"].strip()), None)
    mistake.right = written["new"].strip() if written is not None else edit.new
    if written is not None and written["old"].strip():
        mistake.as_is = written["old"].strip()


def _mistake_of(at: Case, answer: Answer, proposal: Proposal, line: int, file: str | None) -> Mistake | None:
    place = proposal.place
    known = [one for one in answer.mistakes if one.fix is None]
    if place is not None:
        told = at.trace.places[place.place].line
        for one in known:
            if one.line in (line, told) or line in one.lines:
                one.lines = sorted({*one.lines, line}) if one.file == file else [line]
                one.line, one.file = line, file
                return one
        made = mistake_at(at, place)
        made.lines = sorted({line, *made.lines}) if made.file == file else [line]
        made.line, made.file = line, file
        answer.mistakes.append(made)
        return made
    return next(iter(known), None)


def _line_before(before: str, after: str, line: int) -> int:
    """Return the line of the original text that a line of an edited one was."""
    if before == after:
        return line
    for tag, i1, i2, j1, j2 in difflib.SequenceMatcher(
        None, before.split("\n"), after.split("\n"), autojunk=False
    ).get_opcodes():
        if j1 <= line - 1 < j2:
            return (i1 + line - j1) if tag == "equal" else min(i1 + line - j1, max(i2, i1 + 1))
    return line
