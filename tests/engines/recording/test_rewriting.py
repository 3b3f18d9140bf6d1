"""Calls that were written down are made fewer and work on less memory, and the bits that they leave stay the same."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tui_backprop.engines.recording.notes import address, aligned_zeros, copy, root
from tui_backprop.engines.recording.recorder import CallRecorder
from tui_backprop.engines.recording.rewriting import without_ones

RNG = np.random.default_rng(0)
SHAPE = (5, 3, 3)


def recorded(compute, *arrays):
    """Write a computation on arrays down."""
    recorder = CallRecorder()
    compute(*(recorder.watch(array) for array in arrays))
    return recorder


def left_by(notes, arrays, contents):
    """Return the bits that are in the arrays after the calls, for contents that they are given first."""
    for array, content in zip(arrays, contents, strict=True):
        array[...] = content
    with np.errstate(all="ignore"):
        for note in notes:
            note.bound()()
    return [array.tobytes() for array in arrays]


def rewritten(compute, count=2):
    """Return the cheaper calls of a computation on so many arrays, which leave the same bits as all of its calls."""
    arrays = [RNG.standard_normal(SHAPE) for _ in range(count)]
    recorder = recorded(compute, *arrays)
    notes = recorder.cheaper_notes()
    contents = [RNG.standard_normal(SHAPE) for _ in range(count)]
    assert left_by(notes, arrays, contents) == left_by(recorder.notes, arrays, contents)
    return notes


def functions(notes):
    """Return the names of what is called, in order."""
    return [getattr(note.function, "__name__", "") for note in notes]


def memory_of(notes, *arrays):
    """Return how many pieces of memory the calls touch besides those of some arrays."""
    return len({id(root(one)) for note in notes for one in note.arrays} - {id(root(one)) for one in arrays})


@pytest.mark.parametrize(
    "product",
    [lambda x: x * 1.0, lambda x: 1.0 * x, lambda x: x / 1, lambda x: x * np.ones_like(x)],
    ids=["x * 1", "1 * x", "x / 1", "x * slope of linear"],
)
def test_a_product_with_one_is_no_call(product):
    """A mean over a batch of one and the slope of a linear layer cost nothing."""

    def compute(x, out):
        np.copyto(out, np.exp(product(np.negative(x))))

    assert functions(rewritten(compute)) == ["negative", "exp"]


def test_a_product_with_one_in_its_own_place_is_left_out():
    """There is nothing to copy either."""

    def compute(x, out):
        out *= 1.0
        np.add(x, out, out=out)

    assert functions(rewritten(compute)) == ["add"]


@pytest.mark.parametrize(
    "call", [lambda x: 1.0 / x, lambda x: x * 2.0, lambda x: x / 3, lambda x: x + 1.0, lambda x: (x > 0) * 1.0]
)
def test_what_is_no_product_with_one_stays(call):
    """A reciprocal, another factor, a sum, and a product that makes numbers of yes and no."""
    recorder = recorded(call, RNG.standard_normal(SHAPE))
    assert without_ones(recorder.notes) == recorder.notes


@pytest.mark.parametrize("rate", [np.ones(SHAPE), np.array(1.0)], ids=["an array", "a number in an array"])
def test_a_one_that_may_become_another_number_is_multiplied_with(rate):
    """What is 1 today, as a rate may be, is no constant."""
    recorder = recorded(lambda x: x * rate, RNG.standard_normal(SHAPE))
    assert functions(recorder.cheaper_notes()) == ["multiply"]


def test_what_is_copied_is_computed_where_the_copy_was():
    """δ goes straight into the bias gradient, and is read from there afterwards."""

    def compute(x, out):
        delta = x * 2.0
        delta *= x
        np.copyto(out, delta)
        np.add(delta, x, out=x)

    notes = rewritten(compute)
    assert functions(notes) == ["multiply", "multiply", "add"]
    assert root(notes[0].out) is root(notes[2].reads[0])


def test_an_update_is_computed_in_the_place_of_what_it_updates():
    """θ ← θ − g needs neither a new array nor a copy."""
    assert functions(rewritten(lambda theta, g: np.copyto(theta, theta - g))) == ["subtract"]


def old_contents_are_needed(x, out):
    """Between the first use and the copy."""
    made = np.exp(x)
    x += out
    np.copyto(out, made)


def copy_is_changed(x, out):
    """And the source is still read."""
    made = np.exp(x)
    np.copyto(out, made)
    out += x
    np.add(made, x, out=x)


def source_is_changed(x, out):
    """And the copy must not change with it."""
    made = np.exp(x)
    np.copyto(out, made)
    made += 1.0
    np.add(made, x, out=x)


def source_was_given(x, out):
    """It is no temporary."""
    np.copyto(out, x)
    x += 1.0


def source_needs_all_of_the_copys_place(x, out):
    """A product of matrices reads entries after it has written others."""
    made = x @ out
    np.copyto(out, made)


def source_reads_the_copys_place_in_another_order(_x, out):
    """What is written first is read last."""
    made = out[::-1] + 1.0
    np.copyto(out, made)


def source_is_another_kind_of_number(x, out):
    """Yes and no become 1 and 0."""
    np.copyto(out, x > 0)


def only_a_part_is_copied(x, out):
    """The rest is needed as well."""
    made = np.exp(x)
    np.copyto(out[:2], made[:2])
    np.add(made, x, out=x)


@pytest.mark.parametrize(
    "compute",
    [
        old_contents_are_needed, copy_is_changed, source_is_changed, source_was_given, only_a_part_is_copied,
        source_needs_all_of_the_copys_place, source_reads_the_copys_place_in_another_order,
        source_is_another_kind_of_number,
    ],
    ids=lambda compute: compute.__name__,
)  # fmt: skip
def test_a_copy_that_is_needed_stays(compute):
    """Without it other bits would come out."""
    assert "copy" in functions(rewritten(compute))


def test_a_result_that_somebody_wants_is_not_moved():
    """It is in its array after the calls, beside its copy."""
    x, out = RNG.standard_normal(SHAPE), np.empty(SHAPE)
    kept = []

    def compute(x, out):
        kept.append(np.exp(x))
        np.copyto(out, kept[0])

    notes = recorded(compute, x, out).cheaper_notes(*kept)
    assert functions(notes) == ["exp", "copy"]
    left_by(notes, [x], [np.zeros(SHAPE)])
    assert (np.asarray(kept[0]) == 1.0).all()
    assert (out == 1.0).all()


def test_a_chain_of_calls_needs_one_piece_of_memory():
    """Each result takes the place of what it was computed from, and NumPy is given the same object twice."""

    def compute(x, out):
        np.multiply(1.0 / (1.0 + np.exp(-x)), x, out=out)

    notes = rewritten(compute)
    assert memory_of(notes) == 3
    call = notes[1].bound()
    assert call.args[0] is call.args[1]


def test_memory_that_is_needed_no_more_is_used_again():
    """A product of matrices cannot take the place of its factors, but of what was there before them."""

    def compute(x, out):
        first = np.exp(x) @ np.tanh(x)
        second = first @ np.sin(x)
        np.matmul(second, np.cos(x), out=out)

    assert memory_of(rewritten(compute)) == 2 + 3


def test_memory_that_is_spent_is_used_too():
    """Gradients are of no use after the update, so the update may be computed in their place."""
    recorder, theta, gradient = CallRecorder(), RNG.standard_normal(SHAPE), RNG.standard_normal(SHAPE)
    watched = recorder.watch(theta)
    np.copyto(watched, watched - 0.1 * recorder.watch(gradient, spent=True))
    notes = recorder.cheaper_notes()
    assert functions(notes) == ["multiply", "subtract"]
    assert memory_of(notes, theta, gradient) == 0
    wanted = theta - 0.1 * gradient
    assert left_by(notes, [theta], [theta.copy()]) == [wanted.tobytes()]


def test_what_was_in_spent_memory_counts_until_it_is_overwritten():
    """A copy of some entries leaves the others, which are read afterwards."""
    recorder, x, spent = CallRecorder(), np.zeros(4), np.arange(4.0)
    watched, of_no_use = recorder.watch(x), recorder.watch(spent, spent=True)
    np.copyto(of_no_use, watched, where=np.array([True, False, False, True]))
    np.add(of_no_use, watched, out=watched)
    spent[...] = np.arange(4.0)
    assert left_by(recorder.cheaper_notes(), [x], [np.full(4, 7.0)]) == [np.array([14.0, 8.0, 9.0, 14.0]).tobytes()]


@pytest.mark.parametrize(
    "compute",
    [
        lambda x, out: np.matmul(np.exp(x), np.exp(x) @ x, out=out),
        lambda x, out: np.copyto(out, np.exp(x).swapaxes(1, 2) + np.exp(x)),
        lambda x, out: np.multiply(np.add.reduce(np.exp(x), axis=1, keepdims=True), x, out=out),
        lambda x, out: np.copyto(out, np.where(x > 0, np.exp(x), np.tanh(x)) + x),
        lambda x, out: np.copyto(out, (e := np.exp(x)) + e.swapaxes(1, 2)),
        lambda x, out: np.copyto(out, ((e := np.exp(x)) + e[::-1]) * 2.0),
        lambda x, out: np.copyto(out, (x > 0).astype(np.float64) * np.exp(x)),
    ],
    ids=["matrices", "transposed", "sums", "choices", "itself transposed", "itself backwards", "kinds"],
)
def test_what_reads_in_another_order_than_it_writes_has_memory_of_its_own(compute):
    """The bits stay the same where entries are not computed one by one in one order."""
    rewritten(compute)


@pytest.mark.parametrize(
    "function",
    [np.exp, np.expm1, np.log, np.log1p, np.tanh, np.sin, np.cos, np.sqrt, np.square, np.negative, np.sign, np.abs],
    ids=lambda function: function.__name__,
)
@pytest.mark.parametrize("size", [1, 7, 256, 1001])
def test_numpy_gives_the_same_bits_in_place(function, size):
    """A result that takes the place of its operand is what it is elsewhere; all of the above rests on that."""
    values = (
        np.abs(3 * RNG.standard_normal(size)) if function in (np.log, np.log1p, np.sqrt) else RNG.standard_normal(size)
    )
    elsewhere, place = function(values), values.copy()
    function(place, place)
    assert place.tobytes() == elsewhere.tobytes()


OPERATIONS = {
    "exp": lambda a, _b, _o: np.exp(-np.abs(a)),
    "add": lambda a, b, _o: a + b,
    "one": lambda a, _b, _o: 1.0 * a,
    "minus": lambda a, b, _o: a - b,
    "matrices": lambda a, b, _o: a @ b,
    "transposed": lambda a, b, _o: a.swapaxes(1, 2) * b,
    "backwards": lambda a, b, _o: a[::-1] + b,
    "sums": lambda a, b, _o: a.sum(axis=2, keepdims=True) + b,
    "step": lambda a, _b, _o: (a > 0).astype(np.float64),
    "copy": lambda a, _b, _o: a.copy(),
    "view": lambda a, _b, _o: a[:],
    "in place": lambda a, b, _o: a.__imul__(0.5 * b),
    "part": lambda a, b, _o: a[1:3].__iadd__(b[:2]),
    "kept": lambda a, _b, o: np.copyto(o, a),
    "kept in part": lambda a, b, o: np.copyto(o, a, where=np.asarray(np.arange(3) > 0)) if a is not b else None,
    "result": lambda a, b, o: np.multiply(a, b, out=o),
}


@settings(max_examples=400)
@given(
    st.lists(
        st.tuples(st.sampled_from(sorted(OPERATIONS)), st.integers(0, 30), st.integers(0, 30), st.integers(0, 2)),
        min_size=1,
        max_size=14,
    )
)
def test_whatever_is_computed_the_bits_stay(program):
    """Any order of calls, of which each takes what was given or came before, leaves the same in what was given."""

    def compute(*given):
        known = list(given)
        for name, first, second, third in program:
            result = OPERATIONS[name](known[-1 - first % len(known)], known[-1 - second % len(known)], given[third])
            if result is not None and result.shape == SHAPE:
                known.append(result)

    with np.errstate(all="ignore"):
        rewritten(compute, 3)


def test_memory_begins_at_a_cache_line():
    """A vector instruction then touches one line."""
    for shape in ((1,), (3, 5), (256,)):
        found = aligned_zeros(*shape)
        assert found.shape == shape
        assert not found.any()
        assert address(found) % 64 == 0


def test_the_calls_are_written_down_in_the_order_they_are_made():
    """With copies by their name."""
    recorder = recorded(lambda x: np.negative(x).copy(), RNG.standard_normal(SHAPE))
    assert [note.function for note in recorder.notes] == [np.negative, copy]
