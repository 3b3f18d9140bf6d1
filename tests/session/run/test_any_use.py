"""Whatever a learner does in a session, each of its runs stays what its recipe and its edits say, bit for bit."""

from __future__ import annotations

import contextlib

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.session import Session

CHANGES = st.one_of(
    st.tuples(st.just("lr"), st.sampled_from([0.01, 0.3, 1.0])),
    st.tuples(st.just("optimizer"), st.sampled_from(["sgd", "adam", "momentum"])),
    st.tuples(st.just("batch_size"), st.sampled_from([1, 4, None])),
    st.tuples(st.just("rule"), st.sampled_from(["exact", "posted"])),
    st.tuples(st.just("freeze"), st.sampled_from([(), ("b1",)])),
    st.tuples(st.just("seed"), st.integers(0, 3)),
    st.tuples(st.just("source"), st.sampled_from(["parity", "xor", "sine", "and"])),
    st.tuples(st.just("hidden"), st.sampled_from([(1,), (2,)])),
)


def replayed(run, step):
    """A fresh run of a run's recipe and edits, at `step`."""
    fresh = Session(run.first_recipe).current
    for edit in run.edits:
        fresh.advance(edit.step - fresh.step)
        fresh.edit(dict(edit.parameters), dict(edit.changes))
    fresh.advance(max(0, step - fresh.step))
    fresh.go_to(step)
    return fresh


class AnyUse(RuleBasedStateMachine):
    """Steps, phases, ways back, edits, branches, swaps, undo and redo in any order."""

    def __init__(self):
        super().__init__()
        self.session = Session(Recipe(hidden=(2,)), memory=100_000)

    @rule(steps=st.integers(1, 70))
    def run(self, steps):
        self.session.run(steps)

    @rule()
    def step(self):
        self.session.step_once()

    @rule(times=st.integers(1, 12))
    def phases_forward(self, times):
        for _ in range(times):
            self.session.phase_forward()

    @precondition(lambda self: self.session.step or self.session.inside)
    @rule()
    def phase_back(self):
        self.session.phase_back()

    @precondition(lambda self: self.session.step or self.session.inside)
    @rule()
    def back(self):
        self.session.back()

    @rule(share=st.floats(0, 1))
    def goto(self, share):
        self.session.go_to(int(share * self.session.last_step))

    @rule(change=CHANGES)
    def change(self, change):
        self.session.change(**dict([change]))

    @rule(value=st.floats(-2, 2))
    def set_a_parameter(self, value):
        self.session.change(parameters={"b2": value})

    @rule(seed=st.none() | st.integers(0, 3))
    def reset(self, seed):
        self.session.reset(seed)

    @rule(which=st.integers(0, 99))
    def switch(self, which):
        self.session.switch(self.session.branches[which % len(self.session.branches)])

    @rule(which=st.integers(0, 99))
    def delete(self, which):
        branch = self.session.branches[which % len(self.session.branches)]
        if branch is not self.session.branch:
            self.session.delete(branch)

    @rule(act=st.sampled_from(["undo", "redo", "seen_back", "seen_forward"]))
    def elsewhere(self, act):
        with contextlib.suppress(ValueError):  # there is nothing to undo, or nothing was seen
            getattr(self.session, act)()

    @rule()
    def look(self):
        frame = self.session.frame()
        assert frame.step == self.session.step
        assert (frame.coming is None) == (frame.inside is None)
        if frame.last is not None:
            assert frame.last.before.step == frame.step - 1

    def teardown(self):
        """Every run is what its recipe and its edits say, where one stands in it and at its end."""
        for branch in self.session.branches:
            run = branch.run
            for step in {run.step, run.last_step}:
                found = run.state if step == run.step else run.timeline.state_at(step)
                assert replayed(run, step).state.same_values(found)


TestAnyUse = AnyUse.TestCase
TestAnyUse.settings = settings(max_examples=200, stateful_step_count=50)
