"""Every quantity of a step, explained: the formula with its numbers gives what the engine used."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tui_backprop.core.operations.activations import HIDDEN_ACTIVATIONS
from tui_backprop.core.operations.optimizers import OPTIMIZERS
from tui_backprop.session.anatomy.explanation import explain_quantity, phase_of, quantities
from tui_backprop.session.anatomy.expressions import Term, formula_text, number_text, printed, terms_in
from tui_backprop.session.anatomy.forward import ONE, traced_or
from tui_backprop.session.anatomy.phases import phases
from tui_backprop.session.anatomy.quantities import Quantity, name_of
from tui_backprop.session.anatomy.traced import UntraceableError, traced
from tui_backprop.session.recipe.recipe import Recipe
from tui_backprop.session.recipe.suggestion import suggested_recipe
from tui_backprop.session.session import Session

RECIPES = [
    *(suggested_recipe("iris", hidden=(5, 3), activation=name, batch_size=4) for name in HIDDEN_ACTIVATIONS),
    *(suggested_recipe("xor", optimizer=name, batch_size=1, momentum=0.7) for name in OPTIMIZERS),
    *(
        Recipe(source="xor", hidden=(3,), loss=loss, output_activation=output)
        for loss, output in [
            ("squared", "sigmoid"),
            ("half-squared", "tanh"),
            ("binary-cross-entropy", "sigmoid"),
            ("huber", "linear"),
            ("absolute", "linear"),
        ]
    ),
    suggested_recipe("iris", loss="cross-entropy", hidden=()),
    suggested_recipe("iris", loss="squared", output_activation="softmax", batch_size=3),
    suggested_recipe("iris", l1=0.01, l2=0.02, clip=0.05, freeze=("b1", "w1[0,1]"), batch_size=6),
    Recipe(rule="posted"),
    Recipe(source="xor", rule="posted", hidden=(3, 2), batch_size=None),
]


def record_after(recipe, steps=5):
    session = Session(recipe)
    session.run(steps)
    return session.last_record()


def everything_behind(record):
    """All quantities of a step: what each phase computes, and whatever their formulas lead to."""
    found, waiting = set(), []
    for phase in phases(record.training.network):
        for sample in range(len(record.rows)):
            waiting += quantities(record.training.network, len(record.rows), phase, sample)
    while waiting:
        quantity = waiting.pop()
        if quantity not in found:
            found.add(quantity)
            waiting += [term.source for term in explain_quantity(record, quantity).terms]
    return found


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda r: f"{r.activation}-{r.loss}-{r.optimizer}-{r.rule}")
def test_every_formula_gives_what_the_engine_used(recipe):
    """The formula computed from its printed terms agrees with the step's own value to the printed digits."""
    record = record_after(recipe)
    for quantity in everything_behind(record):
        explained = explain_quantity(record, quantity)
        if explained.formula is None:
            assert explained.note
            continue
        size = max((abs(leaf.value) for leaf in terms_in(explained.formula)), default=0.0)
        assert math.isclose(explained.formula.value, explained.value, rel_tol=1e-9, abs_tol=1e-14 * max(size, 1.0)), (
            explained.name
        )


def formula_of(record, *wanted):
    found = explain_quantity(record, Quantity(*wanted[:3], **(wanted[3] if len(wanted) > 3 else {})))
    return formula_text(printed(found.formula, numbers=False))


def test_what_nobody_wrote_out_is_read_off_the_formula_that_trains():
    """swish and lion have no formula of their own in *Step*: the core's functions say it."""
    record = record_after(suggested_recipe("xor", hidden=(2,), activation="swish", optimizer="lion", batch_size=1))
    assert formula_of(record, "a", 1, 0) == "z1[0]·σ(z1[0])"
    assert formula_of(record, "slope", 1, 0) == "σ(z1[0]) + a1[0]·σ(−z1[0])"
    assert formula_of(record, "slot", 1, 0) == "β₂·old m(w1[0,0]) + (1−β₂)·g(w1[0,0])"
    assert formula_of(record, "new", 1, 0) == "w1[0,0] − η·sign(β₁·old m(w1[0,0]) + (1−β₁)·g(w1[0,0]))"


def test_a_formula_that_cannot_be_read_off_is_no_wrong_one():
    """A function that looks at the numbers is called by its name, or says that it cannot be traced."""
    with pytest.raises(UntraceableError, match="a condition"):
        traced(lambda z: z or 1.0, Term("z", 1.0))
    assert traced_or(Term("f(z)", 2.0), lambda z: np.where(z, z, z), Term("z", 1.0)).symbol == "f(z)"
    assert traced_or(ONE, lambda z: 1.0 / (1.0 + np.exp(-z)), Term("z", 0.0)).name == "σ"


def test_a_term_comes_from_no_later_phase_than_what_it_explains():
    """One can walk from a gradient down to the inputs and never meets what has not happened yet."""
    record = record_after(suggested_recipe("iris", hidden=(4,), batch_size=2))
    order = phases(record.training.network)
    for quantity in everything_behind(record):
        own = order.index(phase_of(quantity))
        for term in explain_quantity(record, quantity).terms:
            assert order.index(phase_of(term.source)) <= own


def test_the_chain_rule_reads_as_in_the_textbook():
    """Symbols, then the numbers put in, as DESIGN has them."""
    record = record_after(Recipe())
    network = record.training.network
    at = network.positions("w2")[0]
    explained = explain_quantity(record, next(q for q in quantities(network, 1, phases(network)[7]) if q.index == at))
    assert explained.name == "∂L/∂w2"
    assert formula_text(printed(explained.formula, numbers=False)) == "δ2·a1"
    delta, hidden = (float(array[0, 0]) for array in (record.gradients.deltas[1], record.tape.a[1]))
    shown = formula_text(printed(explained.formula, numbers=True))
    assert shown == f"{bracketed(number_text(delta, 6))} · {bracketed(number_text(hidden, 6))}"


def bracketed(text):
    return f"({text})" if text.startswith("−") else text


def test_long_sums_say_how_much_they_leave_out():
    """A batch of 32 shows its first terms, then how many more."""
    record = record_after(suggested_recipe("moons", batch_size=32))
    quantity = quantities(record.training.network, 32, phases(record.training.network)[-2])[0]
    explained = explain_quantity(record, quantity)
    assert "… 29 more" in formula_text(printed(explained.formula, numbers=True))
    assert formula_text(printed(explained.formula, numbers=False)) == "Σₛ δ1[0]·x1"


def test_numbers_far_from_one_are_powers_of_ten():
    """Small and large numbers keep their digits."""
    assert number_text(1.23456e-9) == "1.2346e−09"
    assert number_text(-3.0e12) == "−3e+12"
    assert number_text(math.nan) == "NaN"


def test_phases_are_in_the_order_of_the_computation():
    """A network with one hidden layer has eleven phases."""
    titles = [phase.title for phase in phases(Session(Recipe()).problem.network)]
    assert titles == [
        "sample", "forward 1: z", "forward 1: a", "forward 2: z", "forward 2: a", "loss",
        "backward 2: δ", "backward 2: gradients", "backward 1: δ", "backward 1: gradients", "update",
    ]  # fmt: skip


def test_overflowing_steps_can_be_explained_too():
    """A step that breaks is explained like any other, with ∞ and NaN as they are."""
    session = Session(suggested_recipe("line", lr=1e3))
    session.run(10_000)
    with np.errstate(all="ignore"):
        for quantity in everything_behind(session.last_record()):
            explain_quantity(session.last_record(), quantity)


@pytest.mark.parametrize(
    ("source", "name", "note"),
    [
        ("xor", "x2", "the input of training sample"),
        ("iris", "x[1]", "sepal width of training sample"),
        ("digits", "p01", "the input of training sample"),
        ("parity", "x", "the input of training sample"),
    ],
)
def test_an_input_has_the_name_that_tables_give_it(source, name, note):
    """A short name is its symbol; one that is too long for a formula is told beside it."""
    record = record_after(suggested_recipe(source))
    explained = explain_quantity(record, Quantity("a", 0, 1 if name != "x" else 0))
    assert explained.name == name
    assert explained.note.startswith(note)


def test_short_names_are_summed_one_by_one():
    """x1 and x2 have no index to sum over; many inputs have."""
    for source, symbols in (("xor", "x1·w1[0,0] + x2·w1[1,0] + b1[0]"), ("iris", "Σᵢ x[i]·w1[i,0] + b1[0]")):
        explained = explain_quantity(record_after(suggested_recipe(source)), Quantity("z", 1, 0))
        assert formula_text(printed(explained.formula, numbers=False)) == symbols


def test_no_name_has_the_sample_where_books_have_the_layer():
    """Which sample it is of is said once, not in each name; a sample's loss has its number below."""
    record = record_after(suggested_recipe("xor", batch_size=4))
    network = record.training.network
    names = [name_of(record, q) for phase in phases(network) for q in quantities(network, 4, phase, 2)]
    assert not set("".join(names)) & set("⁽⁾ˢ⁰¹²³⁴⁵⁶⁷⁸⁹")
    assert [name for name in names if name.startswith("L")] == ["L", "L₁", "L₂", "L₃", "L₄"]
