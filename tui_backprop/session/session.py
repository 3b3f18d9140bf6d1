"""A session: the runs of one sitting side by side, the place that the user looks at, and all that a learner can do there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from tui_backprop.core.errors import InputError
from tui_backprop.datasets.dataset import Dataset
from tui_backprop.diagnosis.findings.finding import Finding
from tui_backprop.records.checkpoints import MEMORY
from tui_backprop.session.branches.branch import Branch, share_memory
from tui_backprop.session.branches.undo import Situation, UndoList
from tui_backprop.session.branches.visited import Trail, VisitedStep
from tui_backprop.session.conditions import Condition
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.frames.taking import take_frame
from tui_backprop.session.present import PresentStep
from tui_backprop.session.recipe.recipe import Recipe, is_file
from tui_backprop.session.run.breakpoints import Breakpoint, Until, Watch, watchers
from tui_backprop.session.run.changes import (
    Change,
    asked_after,
    entry_positions,
    first_segment,
    is_in_flight,
    read_data,
    summary_of_changes,
)
from tui_backprop.session.run.edits import Values
from tui_backprop.session.run.examination import Examiner
from tui_backprop.session.run.run import Run, Stop, Watcher
from tui_backprop.session.run.timeline import Segment


class Session(PresentStep):
    """One or more runs, one of which is looked at and goes on.

    Raises:
        RecipeError: what is wrong with the recipe, each in one sentence.
        SourceError: the data cannot be read.
    """

    def __init__(self, recipe: Recipe, *, memory: int = MEMORY, dataset: Dataset | None = None) -> None:
        first = first_segment(recipe, read_data(recipe) if dataset is None else dataset)
        self._begin([Branch(Run(first, memory), "first run", None, 0)], memory)

    @classmethod
    def of(cls, branches: Sequence[Branch], branch: Branch, *, memory: int = MEMORY) -> Session:
        """Return a session with runs that were made before, one of which is looked at."""
        session = object.__new__(cls)
        session._begin([*branches], memory)
        session._look_at(branch)
        return session

    def _begin(self, branches: list[Branch], memory: int) -> None:
        self._memory = memory
        self.branches = branches
        """Every run, the oldest first."""
        self.branch = self.branches[0]
        """The run that is looked at."""
        self.breakpoints: list[Breakpoint] = []
        self.halts: list[Breakpoint] = []
        """Where a lesson lets the run halt; they are not listed among the learner's own."""
        self.watches: list[Watch] = []
        self.phase = None
        self._checked: tuple[Condition, Segment] | None = None
        self._undo = UndoList()
        self._trail = Trail()
        self.examiner = Examiner()

    # What there is.

    @property
    def current(self) -> Run:
        """The run that is looked at."""
        return self.branch.run

    def findings(self) -> tuple[Finding, ...]:
        """Return what can be said of the run at the present step, the worst first.

        `change(**finding.changes)` applies a remedy. `examiner.pause` says how long to wait while a run goes on.
        """
        return self.examiner.examine(self.current)

    def frame(self, *, examine: bool = True) -> Frame:
        """Return all that there is to see now; without `examine` the findings are those that are known already."""
        findings = self.findings() if examine else self.examiner.known
        return take_frame(self.branches, self.branch, self.inside, self.breakpoints, self.watches, findings)

    # Going on.

    def run(self, steps: int, until: Condition | None = None, *, closely: bool = False) -> Stop:
        """Make `steps` updates, or fewer if a condition holds, a breakpoint is hit or the run diverges.

        Conditions are looked at so seldom that it costs little (`tui_backprop.session.run.pace.check_spacing`), or at every
        step where steps are made slowly (`closely`); the run halts at the step at which one became true.

        Raises:
            ConditionError: `until` names what there is not, or is neither true nor false.
        """
        self.phase = None
        if until is not None:
            moment, checked = self.current.moment(), (until, self.current.segment)
            if checked != self._checked:  # to check costs a pass over the data, and a run in portions asks each time
                until.check(moment)
                self._checked = checked
            if (steps == 0 or Until(until).is_due(self.current)) and until.holds(moment):
                return Stop("until", self.step)
        return self.current.advance(steps, self._watchers(until), closely=closely)

    def step_once(self) -> Stop:
        """Make one update, or finish the one in progress, and note the loss after it on the curve."""
        self.note_place()
        self.phase = None
        return self.current.step_once(self._watchers(None))

    def advance_epoch(self) -> Stop:
        """Run to the end of the present epoch."""
        self.note_place()
        return self.run(max(1, self.current.epoch_end() - self.step))

    def _watchers(self, until: Condition | None) -> tuple[Watcher, ...]:
        return watchers((*self.breakpoints, *self.halts), until, self.current)

    def phase_forward(self) -> Stop | None:
        """Go one phase on; from the last phase of a step the update is made. Return how that ended, or None."""
        return None if self.enter_next_phase() else self.step_once()

    # Going elsewhere.

    def go_to(self, step: int) -> None:
        """Go to a step that the run has reached; it is bit for bit what it was.

        Raises:
            ValueError: the run has not been there.
        """
        self.note_place()
        self.current.go_to(step)
        self.phase = None

    def seen_back(self) -> None:
        """Go to the place that was looked at before this one.

        Raises:
            ValueError: there is none.
        """
        self._arrive(self._trail.back(self._place(), self.branches))

    def seen_forward(self) -> None:
        """Go to the place that was looked at after this one.

        Raises:
            ValueError: there is none.
        """
        self._arrive(self._trail.forward(self._place(), self.branches))

    def _place(self) -> VisitedStep:
        return VisitedStep(self.branch, self.step)

    def note_place(self) -> None:
        """Note that the user looks at this place, so that `seen_back` finds it again after the run went on."""
        self._trail.leave(self._place())

    def _arrive(self, place: VisitedStep) -> None:
        if place.branch is not self.branch:
            self._look_at(place.branch)
        self.current.go_to(min(place.step, self.last_step))
        self.phase = None

    # Changing.

    def change(self, parameters: Mapping[str, float] | None = None, **changes: Any) -> Change:
        """Change recipe fields, or parameters by name or entry, from the present step on.

        What can change in flight becomes an edit; anything else begins another run. An edit made after going back begins a
        branch, and what was recorded after the present step stays in the branch that it left.

        Raises:
            RecipeError: what is not possible, each in one sentence; the session stays as it was.
            SourceError: a data set cannot be read; the session stays as it was.
            LearnerError: the file of the user's own rule cannot be used; the session stays as it was.
        """
        if not is_in_flight(changes) or ("seed" in changes and self.last_step == 0):
            return self._restart(parameters or {}, changes)
        return self.edit_in_place(parameters or {}, changes)

    def edit_in_place(self, parameters: Mapping[str, Values], changes: Mapping[str, Any], origin: str = "") -> Change:
        """Make an edit here, whatever it changes; it raises what `change` raises.

        `origin` is the file that the parameters come from.
        """
        run = self.current.fork()
        return self._edited(run, run.edit(parameters, changes, origin=origin))

    def change_over(self, engine: str) -> str:
        """Let the run go on with another engine from the furthest step on, and say so.

        It is an edit of the run, but nothing that the user did: there is nothing to undo.
        """
        return self.current.edit({}, {"engine": engine}) or ""

    def reload_rule(self) -> Change:
        """Load the file of the user's own rule again, as it is saved now, for the steps from here on.

        Raises:
            InputError: the rule is not in a file.
            LearnerError: the file cannot be used; the session stays as it was.
        """
        if not is_file(self.recipe.rule):
            raise InputError(f"the rule {self.recipe.rule} is built in: there is no file to load again")
        run = self.current.fork()
        return self._edited(run, run.edit({}, {}, again=True))

    def _edited(self, run: Run, notice: str | None) -> Change:
        """Go on with a fork that was edited here; `notice` is what it said, None where nothing was changed."""
        if notice is None:
            return Change("nothing changed", restarted=False)
        if self.step == self.last_step:
            self._go_on_with(run)
        else:
            edit = run.edits[-1]
            self._branch_off(Branch(run, f"{edit.summary} at step {edit.step:,}", self.branch, edit.step))
            notice = f"{notice}; a new branch, the old one is kept"
        return Change(notice, restarted=False)

    def _restart(self, parameters: Mapping[str, float], changes: Mapping[str, Any]) -> Change:
        asked = asked_after(self.current.segment.asked, changes)
        for name in parameters:
            entry_positions(self.problem.network, name)
        run = Run(first_segment(asked, read_data(asked)), self._memory)
        changed = summary_of_changes(self.current.segment, asked, self.state, parameters)
        if parameters:
            run.edit(parameters, {})
        self._set_beside(run, changed)
        return Change(f"the run begins again: {changed}", restarted=True)

    def begin(self, recipe: Recipe, name: str) -> None:
        """Begin another run beside those that there are; `undo` takes it away again.

        Raises:
            RecipeError: what is wrong with the recipe, each in one sentence; the session stays as it was.
            SourceError: the data cannot be read; the session stays as it was.
        """
        run = Run(first_segment(recipe, read_data(recipe)), self._memory)
        self.note_place()
        self._set_beside(run, name)

    def _set_beside(self, run: Run, name: str) -> None:
        """Look at another run from step 0; one that has made no step has its place taken."""
        if self.last_step:
            self._branch_off(Branch(run, name, None, 0))
        else:
            self._go_on_with(run)

    def reset(self, seed: int | None = None) -> None:
        """Begin again at step 0 with the recipe in force now, or another seed; `undo` brings the run back."""
        asked = self.current.segment.asked if seed is None else self.current.segment.asked.replace(seed=seed)
        self._go_on_with(Run(first_segment(asked, self.problem.dataset), self._memory))

    def _go_on_with(self, run: Run) -> None:
        """Let a run take the place of the present one in its branch."""
        self._undo.note(self._situation())
        self.branch.run = run
        self._look_at(self.branch)

    def _branch_off(self, branch: Branch) -> None:
        """Put a branch beside the others and look at it."""
        self._undo.note(self._situation())
        self.branches = [*self.branches, branch]
        self._look_at(branch)

    def _look_at(self, branch: Branch) -> None:
        self.branch = branch
        self.phase = None
        self._share_memory()

    def undo(self) -> str:
        """Undo the last edit: go where it was made, without it. Return what was undone.

        Raises:
            ValueError: there is nothing to undo.
        """
        return self._restore(self._undo.undo(self._situation()), "undone")

    def redo(self) -> str:
        """Make the edit again that was undone last. Return what was redone.

        Raises:
            ValueError: there is nothing to redo.
        """
        return self._restore(self._undo.redo(self._situation()), "made again")

    def _situation(self) -> Situation:
        return Situation(tuple((branch, branch.run) for branch in self.branches), self.branch, self.step)

    def _restore(self, situation: Situation, done: str) -> str:
        for branch, run in situation.runs:
            branch.run = run
        self.branches = [branch for branch, _ in situation.runs]
        self._look_at(situation.branch)
        self.current.go_to(situation.step)
        return f"{done}: {self.branch.name}, step {self.step:,}"

    # Branches.

    def switch(self, branch: Branch) -> None:
        """Look at another branch, at the step where it was left."""
        self.note_place()
        self._look_at(branch)

    def delete(self, branch: Branch) -> None:
        """Forget a branch.

        Raises:
            ValueError: it is the one that is looked at.
        """
        if branch is self.branch:
            raise ValueError("this is the current branch: switch to another one first")
        self.branches.remove(branch)
        for one in self.branches:
            if one.parent is branch:
                one.parent, one.fork_step = branch.parent, min(one.fork_step, branch.fork_step)
        self._undo.forget(branch)
        self._share_memory()

    def _share_memory(self) -> None:
        share_memory(self.current, [*(branch.run for branch in self.branches), *self._undo.runs()], self._memory)
