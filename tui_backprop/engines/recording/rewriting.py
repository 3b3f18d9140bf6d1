"""Fewer calls on less memory that give the same bits.

The formulas are written to be read: they multiply with a mean's 1, keep a result by copying it, and put every intermediate
result into an array of its own. Written down as calls, all of that can be seen and left out, without a look at what the
formulas are. No call's arithmetic is ever changed, reordered or joined with another's.

A *temporary* is an array whose contents are not needed once the calls have been made.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tui_backprop.core.arrays import Array
from tui_backprop.engines.recording.notes import Note, aligned_memory, copy, root, same_place, view_in


def cheaper(notes: Sequence[Note], temporaries: Sequence[Array]) -> list[Note]:
    """Return calls that leave the same bits in every array that is no temporary."""
    roots = {id(root(one)) for one in temporaries}
    return reuse_buffers(without_copies(without_ones(notes), roots), roots)


def without_ones(notes: Sequence[Note]) -> list[Note]:
    """Make a copy of each product with 1 and each quotient by 1, which is no call at all where it stays in its place."""
    found = []
    for note in notes:
        kept = _times_one(note)
        if kept is None:
            found.append(note)
        elif not same_place(kept, note.out):
            found.append(Note(copy, (kept,), note.out))
    return found


def _times_one(note: Note) -> Array | None:
    """Return what a call gives unchanged since its other operand is 1; None for all other calls."""
    if note.function not in (np.multiply, np.divide):
        return None
    first, second = note.reads
    if _is_one(first) and note.function is np.multiply:
        first, second = second, first
    same = isinstance(first, np.ndarray) and first.shape == note.out.shape and first.dtype == note.out.dtype
    return first if same and _is_one(second) else None


def _is_one(operand: object) -> bool:
    """Whether an operand is 1 at every call: a number, or one number spread over an array that cannot be written to."""
    if isinstance(operand, np.ndarray):
        spread = operand.size and not operand.flags.writeable and not any(operand.strides)
        return bool(spread and operand.flat[0] == 1)
    return operand == 1


def without_copies(notes: Sequence[Note], temporaries: Collection[int]) -> list[Note]:
    """Have a temporary's numbers computed where they would be copied to."""
    found, place = list(notes), 0
    while place < len(found):
        if found[place].function is copy and _can_lie_there(found, place, temporaries):
            needless = found.pop(place)
            found = [_in_its_copy(note, needless.reads[0], needless.out) for note in found]
        else:
            place += 1
    return found


def _can_lie_there(notes: Sequence[Note], place: int, temporaries: Collection[int]) -> bool:
    """Whether what the call at a place copies can be where it is copied to, from its first use to its last."""
    source, to = notes[place].reads[0], notes[place].out
    if id(root(source)) not in temporaries or not (_is_whole(source) and _is_alike(source, to)):
        return False
    uses = [i for i, note in enumerate(notes) if any(root(one) is root(source) for one in note.arrays)]
    first, last = notes[uses[0]], uses[-1]
    replaced = view_in(first.out, source, to) if _begins(first, root(source)) else None
    if replaced is None or any(_overlap(one, to) and not _may_replace(first, one, replaced) for one in first.arrays):
        return False
    meanwhile = [one for note in notes[uses[0] + 1 : place] for one in note.arrays]
    written = [note.out for note in notes[place + 1 : last + 1]]
    return not any(_overlap(one, to) for one in meanwhile + written) and not any(
        root(one) is root(source) for one in written
    )


def _in_its_copy(note: Note, source: Array, to: Array) -> Note:
    """Return a call with the copy in place of the source."""
    return note.moved(lambda array: view_in(array, source, to) if root(array) is root(source) else array)


def reuse_buffers(notes: Sequence[Note], temporaries: Collection[int]) -> list[Note]:
    """Put every temporary where one lay that is no longer needed, best in the place of what it is computed from.

    What a step touches is then a small part of what it would be, and stays in the nearest cache.
    """
    last = {id(root(one)): i for i, note in enumerate(notes) for one in note.arrays}
    memory: dict[int, NDArray[Any]] = {}  # where each temporary is to begin
    free: list[NDArray[Any]] = []

    def moved(array: Array) -> Array:
        whole = root(array)
        return view_in(array, whole, memory[id(whole)]) if id(whole) in memory else array

    found = []
    for i, note in enumerate(notes):
        whole = root(note.out)
        ending = {id(root(one)) for one in note.arrays if last[id(root(one))] == i and id(root(one)) in temporaries}
        if id(whole) in temporaries and _begins(note, whole):
            heirloom = _in_place_of(note, ending)
            if heirloom is not None:
                ending.remove(id(root(heirloom)))
                memory[id(whole)] = moved(heirloom)
            else:
                memory[id(whole)] = _taken(free, whole.nbytes)
        found.append(note.moved(moved))
        free += [memory[one] for one in ending if one in memory]
    return found


def _in_place_of(note: Note, ending: Collection[int]) -> Array | None:
    """Return what a call reads for the last time and may replace with its result; None if there is nothing."""
    for one in note.reads:
        if isinstance(one, np.ndarray) and id(root(one)) in ending and one.flags.c_contiguous:
            relatives = [other for other in note.reads if isinstance(other, np.ndarray) and root(other) is root(one)]
            if _is_alike(one, note.out) and all(_may_replace(note, other, one) for other in relatives):
                return one
    return None


def _taken(free: list[NDArray[Any]], size: int) -> NDArray[Any]:
    """Return memory of so many bytes, the one that was let go of last if there is any."""
    for place in reversed(range(len(free))):
        if free[place].nbytes == size:
            return free.pop(place)
    return aligned_memory(size)


def _begins(note: Note, whole: Array) -> bool:
    """Whether a call fills an array of which nothing was used before."""
    full = root(note.out) is whole and _is_whole(note.out) and not note.keeps
    return full and not any(isinstance(one, np.ndarray) and root(one) is whole for one in note.reads)


def _may_replace(note: Note, read: Array, result: Array) -> bool:
    """Whether a call may leave its result where it reads: each entry is read before it is written."""
    return note.each and same_place(read, result)


def _is_whole(array: Array) -> bool:
    return array.nbytes == root(array).nbytes


def _is_alike(array: Array, other: Array) -> bool:
    """Whether two arrays in one piece have the same entries in the same order."""
    return (array.shape, array.dtype) == (other.shape, other.dtype) and all(
        one.flags.c_contiguous for one in (array, other)
    )


def _overlap(array: Array, other: Array) -> bool:
    return np.may_share_memory(array, other)
