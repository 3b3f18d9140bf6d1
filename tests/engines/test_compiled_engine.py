"""The compiled engine gives what the NumPy one gives, and is chosen, loaded and kept as it should be."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.trainings import assert_agree, assert_cut_anyhow, assert_flat_elu_learns, recipes
from tui_backprop.core.operations.activations import ACTIVATIONS, HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.losses import LOSSES
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.core.sampling import Sampling
from tui_backprop.engines import compiled_engine
from tui_backprop.engines.compiled_engine import CompiledEngine, is_installed
from tui_backprop.engines.numpy_engine import NumpyEngine
from tui_backprop.session.engine_change import faster_engine
from tui_backprop.session.recipe.recipe import Recipe, RecipeError
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

pytestmark = pytest.mark.usefixtures("machine_code")
needs_numba = pytest.mark.skipif(not is_installed(), reason="numba and SciPy, the extra `fast`, are not installed")


def assert_engines_agree(recipe, steps=1000):
    assert_agree(CompiledEngine(), NumpyEngine(), recipe, steps)


@needs_numba
@pytest.mark.parametrize(("activation", "optimizer"), [*itertools.product(HIDDEN_ACTIVATIONS, OPTIMIZERS)])
def test_every_activation_with_every_optimizer_agrees(activation, optimizer):
    """1,000 steps in batches of 8, and in batches of one, give NumPy's parameters and slots to 1e-12."""
    for batch_size in (8, 1):
        assert_engines_agree(
            suggested_recipe(
                "moons", hidden=(4, 3), activation=activation, optimizer=optimizer, lr=0.003, batch_size=batch_size
            )
        )


PAIRS = [
    (activation, loss)
    for activation, loss in itertools.product(ACTIVATIONS, LOSSES)
    if activation in (LOSSES[loss].outputs or ACTIVATIONS)
]


@needs_numba
@pytest.mark.parametrize(("activation", "loss"), PAIRS)
def test_every_output_with_every_loss_agrees(activation, loss):
    """Every output activation with every loss that it can have gives NumPy's states to 1e-12."""
    assert_engines_agree(suggested_recipe("iris", output_activation=activation, loss=loss, lr=0.01, hidden=(3,)), 300)


@needs_numba
@given(recipes())
@settings(max_examples=60)
def test_any_recipe_agrees(recipe):
    """Losses, penalties, clipping, frozen entries, schedules and samplings in any combination, 1,000 steps to 1e-12."""
    assert_engines_agree(recipe)


@needs_numba
@pytest.mark.parametrize("hidden", [(64,), (64, 32)])
def test_layers_for_blas_agree(hidden):
    """Layers that are large enough for BLAS give NumPy's states, in whole batches and in short ones."""
    assert_engines_agree(suggested_recipe("digits", hidden=hidden, batch_size=32, lr=0.01), 200)


@needs_numba
@given(recipes(), st.lists(st.integers(1, 90), min_size=1, max_size=6))
@settings(max_examples=25)
def test_however_the_steps_are_cut_the_bits_are_the_same(recipe, portions):
    """One call, several, and another engine object give the same state to the last bit."""
    assert_cut_anyhow(CompiledEngine, recipe, portions)


@needs_numba
def test_rows_drawn_in_machine_code_are_the_cores():
    """Alone and in batches, from odd places on, for any seed; where a number has to be drawn again the core draws."""
    from tui_backprop.engines.compiled.draws import BatchRows  # noqa: PLC0415  (numba need not be installed)
    from tui_backprop.engines.compiled.plan import piece_named  # noqa: PLC0415  (as above)

    refused = 0
    for rows, size, seed in itertools.product((1, 9, 1797, 2**20 + 7), (1, 3, 10, 5000), (0, 2**64 - 1)):
        sampling = Sampling("random", rows, size, seed)
        draws = BatchRows(piece_named("draws"), sampling)
        for step in (0, 1, 205, 10**9 + 1):
            found = draws.of(step)
            if found is None:
                refused += 1
            else:
                np.testing.assert_array_equal(found, sampling.stream.below(rows, step * size, len(found)))
    assert 0 < refused < 64


@needs_numba
def test_rewinding_a_compiled_run_is_bit_for_bit():
    """At full speed, single-stepped, in portions and after going back, a compiled run has the same bits."""
    recipe = suggested_recipe("moons", engine="compiled")
    whole, single, back = (Session(recipe) for _ in range(3))
    whole.run(500)
    for _ in range(500):
        single.step_once()
    back.run(450)
    for step in (449, 3, 0, 200):
        back.go_to(step)
    back.run(300)
    assert whole.recipe.engine == "compiled"
    assert whole.state.same_values(single.state)
    assert whole.state.same_values(back.state)


@needs_numba
@pytest.mark.parametrize("function", ["exp", "expm1", "sigmoid", "tanh"])
def test_the_compiled_functions_are_exact(function):
    """Within four units in the last place of NumPy's, for numbers large and small, and NaN stays NaN."""
    import numba  # noqa: PLC0415  (it need not be installed)

    from tui_backprop.engines.compiled import exponentials  # noqa: PLC0415  (as above)

    rng = np.random.default_rng(0)
    sizes = 10.0 ** rng.uniform(-20, 2.8, 20_000)
    x = np.concatenate([rng.normal(0, 3, 20_000), sizes, -sizes])
    exact = {"exp": np.exp, "expm1": np.expm1, "tanh": np.tanh, "sigmoid": lambda z: 1 / (1 + np.exp(-z))}[function](x)
    own = getattr(exponentials, function)
    compiled = numba.njit(lambda number: own(number))  # noqa: PLW0108  (Python cannot call it directly)
    found = np.array([compiled(value) for value in x])
    assert (np.abs(found - exact) <= 4 * np.spacing(np.abs(exact))).all()
    assert np.isnan(compiled(np.nan))


@needs_numba
def test_a_run_that_overflows_stops_being_finite_and_raises_nothing():
    """With a rate that is far too large the session says that the run diverged, as with NumPy."""
    reasons = {}
    for engine in ("numpy", "compiled"):
        recipe = suggested_recipe("sine", hidden=(4,), activation="relu", lr=1e4, optimizer="sgd", engine=engine)
        reasons[engine] = Session(recipe).run(500).reason
    assert reasons == {"numpy": "diverged", "compiled": "diverged"}


@needs_numba
def test_auto_compiles_what_is_small_and_long():
    """`auto` takes NumPy for a short run and for large layers, the compiled engine for a long run of a small network."""
    engines = {
        name: Session(recipe).recipe.engine
        for name, recipe in {
            "short": Recipe(),
            "long": Recipe(steps=10_000_000),
            "large": suggested_recipe("digits", hidden=(256, 256), batch_size=256, steps=10_000_000),
            "another rule": Recipe(rule="posted", steps=10_000_000),
        }.items()
    }
    assert engines == {"short": "numpy", "long": "compiled", "large": "numpy", "another rule": "numpy"}


def test_without_numba_auto_is_numpy_and_compiled_is_refused_in_one_line(monkeypatch):
    """Who asks for what is not installed is told how to install it."""
    monkeypatch.setattr(compiled_engine, "_are_found", lambda: False)
    assert Session(Recipe(steps=10_000_000)).recipe.engine == "numpy"
    with pytest.raises(RecipeError, match=r"pip install 'tui-backprop\[fast\]'"):
        Session(Recipe(engine="compiled"))


@needs_numba
def test_another_rule_falls_back_to_numpy_and_says_so():
    """Asked for at the start or changed to in flight, a wrong rule is run by NumPy, and one sentence says it."""
    session = Session(Recipe(engine="compiled", rule="posted"))
    assert session.recipe.engine == "numpy"
    assert "numpy engine" in " ".join(session.notices)
    session = Session(Recipe(engine="compiled"))
    session.run(20)
    notice = session.change(rule="posted").notice
    assert session.recipe.engine == "numpy"
    assert "numpy engine" in notice
    session.run(20)
    assert session.change(rule="exact").restarted is False
    assert session.recipe.engine == "compiled"


@needs_numba
def test_a_run_that_became_long_is_offered_the_faster_engine_and_the_change_is_an_edit():
    """The change over is recorded, and every step before and after it is reached again bit for bit."""
    session = Session(Recipe())
    session.run(1000)
    assert faster_engine(session.current) is None
    session.run(300_000)
    assert faster_engine(session.current) == "compiled"
    before = session.state
    session.change_over("compiled")
    assert faster_engine(session.current) is None
    session.run(1000)
    after = session.state
    session.go_to(before.step - 1)
    session.go_to(before.step)
    assert session.state.parameters.tobytes() == before.parameters.tobytes()
    session.go_to(after.step)
    assert session.state.same_values(after)
    assert [edit.changes for edit in session.current.edits] == [(("engine", "compiled"),)]
    with pytest.raises(ValueError, match="no edit to undo"):  # nobody made one
        session.undo()


def test_an_elu_far_below_zero_still_learns():
    """Its slope is computed from z, so that digits are left where it is nearly flat."""
    assert_flat_elu_learns(CompiledEngine())
