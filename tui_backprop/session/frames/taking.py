"""Taking a frame: everything of a session that there is to see, put together."""

from __future__ import annotations

from collections.abc import Sequence

from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.session.anatomy.phases import Phase
from tui_backprop.session.branches.branch import Branch
from tui_backprop.session.frames.frame import BranchView, BreakpointView, Frame, ReferenceLine, WatchView
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.run.breakpoints import Breakpoint, Watch, spacing_of
from tui_backprop.session.run.run import Run


def take_frame(
    branches: Sequence[Branch],
    active: Branch,
    inside: Phase | None,
    breakpoints: Sequence[Breakpoint],
    watches: Sequence[Watch],
    findings: tuple[Finding, ...],
) -> Frame:
    """Return all that there is to see now of the active branch, at `inside` of a step, and of what is beside it."""
    run = active.run
    segment = run.segment
    run.note_loss()
    return Frame(
        recipe=segment.recipe,
        problem=segment.problem,
        state=run.state,
        first_parameters=segment.first_parameters,
        last=run.last_record(),
        last_step=run.last_step,
        epoch=segment.epoch_at(run.step),
        rate=segment.training.rate_at(run.step),
        curve=run.curve,
        edits=run.edits,
        reference=reference_lines(segment.problem),
        history=run.history(),
        path=run.path(),
        divergence=run.divergence,
        inside=inside,
        coming=None if inside is None else run.next_record(),
        branches=tuple(_branch(branch, active, branches) for branch in branches),
        breakpoints=tuple(_breakpoint(run, breakpoint) for breakpoint in breakpoints),
        watches=tuple(_watch(run, watch) for watch in watches),
        findings=findings,
    )


def reference_lines(problem: Problem) -> tuple[ReferenceLine, ...]:
    """Return the losses that the problem's training loss is compared with; a floor of 0 needs no line."""
    facts = problem.facts
    lines = [ReferenceLine("best constant", "constant", facts.constant_loss)]
    if facts.floor:
        lines.append(ReferenceLine("best this network can do", "network", facts.floor))
    return tuple(lines)


def _branch(branch: Branch, active: Branch, branches: Sequence[Branch]) -> BranchView:
    run, curve = branch.run, branch.run.curve
    beside = branch is not active and run.problem.dataset.name == active.run.problem.dataset.name
    alike = sum(one.identity == branch.identity for one in branches) > 1
    label = (branch.name if alike else branch.identity).removeprefix(f"{run.problem.dataset.name} ")
    return BranchView(branch.name, label, beside, curve, run.step, run.last_step, curve.final_loss, branch is active)


def _breakpoint(run: Run, one: Breakpoint) -> BreakpointView:
    interval = spacing_of(one.condition, run.segment).later
    return BreakpointView(one.condition.text, one.enabled, one.once, one.hits, interval, one.problem)


def _watch(run: Run, watch: Watch) -> WatchView:
    return WatchView(watch.expression.text, run.trace(watch.expression), watch.on_chart)
