"""Changing the network in place: links and units switched off and on, units and layers added and removed.

Each is an edit of the run like any other: it can be undone, leaves a branch behind, and is kept in a session file as the new
sizes and the values that the entries have then.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from tui_backprop.core.arrays import Array, Indices
from tui_backprop.core.errors import InputError
from tui_backprop.core.network import Network, Parameters
from tui_backprop.session.recipe.preparation import first_parameters
from tui_backprop.session.run.changes import Change
from tui_backprop.session.run.run import Run
from tui_backprop.session.session import Session

Blocks = list[tuple[Array, Array]]
"""Weights (fan_in, fan_out) and biases (fan_out,) of each layer."""


def switch(session: Session, position: int) -> Change:
    """Switch off the link or bias at a position in θ, or switch it on again.

    What is off is 0 and frozen. What is switched on again has the value that it had before.
    """
    return _switch(session, np.array([position], dtype=np.int64), session.problem.network.entry_name(position))


def switch_unit(session: Session, layer: int, unit: int) -> Change:
    """Switch off a unit, layer 0 being the inputs, or switch it on again: all links that lead on from it.

    Raises:
        InputError: it is an output, from which no link leads on.
    """
    network = session.problem.network
    if layer == network.depth:
        raise InputError("an output cannot be switched off: choose an input, a hidden unit or a link")
    return _switch(session, _outgoing(network, layer, unit), _unit_name(layer, unit))


def add_unit(session: Session, layer: int) -> Change:
    """Add a unit to a hidden layer. Its links on are 0 at first, so that the answers stay as they are.

    Raises:
        InputError: the layer is no hidden one, or has as many units as there can be.
    """
    sizes = _hidden(session.problem.network, layer, "a unit is added to")
    sizes[layer - 1] += 1

    def grow(blocks: Blocks, fresh: Blocks) -> Blocks:
        (weights, biases), (onward, last) = blocks[layer - 1], blocks[layer]
        column, bias = fresh[layer - 1][0][:, -1:], fresh[layer - 1][1][-1:]
        grown = [
            (np.hstack([weights, column]), np.append(biases, bias)),
            (np.vstack([onward, np.zeros((1, onward.shape[1]))]), last),
        ]
        return [*blocks[: layer - 1], *grown, *blocks[layer + 1 :]]

    return _reshape(session, sizes, grow)


def add_layer(session: Session, layer: int) -> Change:
    """Add a layer after this one, 0 being the inputs; each of its units passes on one unit of this layer.

    Raises:
        InputError: it is the last layer, or there are as many layers or units as there can be.
    """
    network = session.problem.network
    if layer == network.depth:
        raise InputError("nothing comes after the outputs: choose an input or a hidden unit")
    units = network.sizes[layer]
    sizes = [*network.sizes[1:-1]]
    sizes.insert(layer, units)
    return _reshape(
        session, sizes, lambda blocks, _: [*blocks[:layer], (np.eye(units), np.zeros(units)), *blocks[layer:]]
    )


def remove_unit(session: Session, layer: int, unit: int) -> Change:
    """Remove a hidden unit; with the only unit of a layer the layer goes, and its links are multiplied out.

    Raises:
        InputError: the layer is no hidden one.
    """
    sizes = _hidden(session.problem.network, layer, "a unit is removed from")

    def shrink(blocks: Blocks, _: Blocks) -> Blocks:
        (weights, biases), (onward, last) = blocks[layer - 1], blocks[layer]
        if len(biases) == 1:
            return [*blocks[: layer - 1], (weights @ onward, biases @ onward + last), *blocks[layer + 1 :]]
        rest = [
            (np.delete(weights, unit, axis=1), np.delete(biases, unit)),
            (np.delete(onward, unit, axis=0), last),
        ]
        return [*blocks[: layer - 1], *rest, *blocks[layer + 1 :]]

    if sizes[layer - 1] == 1:
        del sizes[layer - 1]
    else:
        sizes[layer - 1] -= 1
    return _reshape(session, sizes, shrink)


def _hidden(network: Network, layer: int, what: str) -> list[int]:
    """Return the sizes of the hidden layers, where `layer` is one of them."""
    if not 0 < layer < network.depth:
        raise InputError(f"{what} a hidden layer: the data say how many inputs and outputs there are")
    return [*network.sizes[1:-1]]


def _reshape(session: Session, hidden: list[int], change: Callable[[Blocks, Blocks], Blocks]) -> Change:
    """Go on with other sizes: `change` makes the new layers from the present ones and from newly drawn ones."""
    run = session.current
    recipe = run.recipe.replace(hidden=tuple(hidden), set=(), freeze=())
    try:
        network = Network(
            (run.problem.network.sizes[0], *hidden, run.problem.network.sizes[-1]), _activations(run, hidden)
        )
    except ValueError as error:
        raise InputError(str(error)) from None
    fresh = first_parameters(recipe, network)
    theta = _vector(change(_blocks(run.problem.network, run.state.parameters), _blocks(network, fresh)))
    marked = np.where(run.segment.training.free == 0.0, np.nan, 0.0)  # what a frozen factor goes into is frozen
    frozen = np.isnan(_vector(change(_blocks(run.problem.network, marked), _blocks(network, np.zeros(network.size)))))
    values = dict(zip(network.entry_names, theta.tolist(), strict=True))
    freeze = tuple(network.entry_names[at] for at in np.flatnonzero(frozen))
    return _told(session, values, hidden=tuple(hidden), freeze=freeze)


def _activations(run: Run, hidden: list[int]) -> tuple[str, ...]:
    return (*(run.recipe.activation for _ in hidden), run.recipe.output_activation)


def _blocks(network: Network, theta: Array) -> Blocks:
    parameters = Parameters(network, theta)
    return [(parameters.w(layer), parameters.b(layer)) for layer in range(1, network.depth + 1)]


def _vector(blocks: Blocks) -> Array:
    return np.concatenate([part.ravel() for block in blocks for part in block]) + 0.0  # −0 becomes 0


def _outgoing(network: Network, layer: int, unit: int) -> Indices:
    weights = network.tensors[2 * layer]
    fan_out = weights.shape[1]
    return np.arange(weights.start + unit * fan_out, weights.start + (unit + 1) * fan_out, dtype=np.int64)


def _unit_name(layer: int, unit: int) -> str:
    return f"unit {unit} of layer {layer}" if layer else f"input {unit}"


def is_off(session: Session, positions: Indices) -> bool:
    """Whether all entries at these positions are 0 and frozen."""
    training = session.current.segment.training
    return not (session.state.parameters[positions].any() or training.free[positions].any())


def _switch(session: Session, positions: Indices, name: str) -> Change:
    network, run = session.problem.network, session.current
    names = [network.entry_name(int(at)) for at in positions]
    frozen = {int(at) for one in session.recipe.freeze for at in network.positions(one)}
    off = is_off(session, positions)
    if off:
        values = _before_off(run, positions)
        frozen -= {int(at) for at in positions}
    else:
        values = np.zeros(len(positions))
        frozen |= {int(at) for at in positions}
    freeze = tuple(network.entry_name(at) for at in sorted(frozen))
    change = _told(session, dict(zip(names, values.tolist(), strict=True)), freeze=freeze)
    return Change(f"{name} is {'on again' if off else 'off'}: {change.notice}", restarted=False)


def _before_off(run: Run, positions: Indices) -> Array:
    """Return the values that entries had before the edit that made them 0; 0 where the network was another one then."""
    segments = [segment for segment in run.timeline.segments if segment.start <= run.step]
    for before, after in zip(reversed(segments[:-1]), reversed(segments[1:]), strict=True):
        if before.problem.network != run.problem.network:
            break
        if before.training.free[positions].any() or before.entry.parameters[positions].any():
            state = before.entry
            if after.start > before.start:
                last = run.timeline.state_at(after.start - 1, remember=False)
                state = before.engine.advance(before.training, last, 1)
            return np.asarray(state.parameters[positions])
    return np.zeros(len(positions))


def _told(session: Session, parameters: dict[str, float], **changes: object) -> Change:
    """Make an edit, and tell what the loss was before it and is after it."""
    before = _loss(session)
    change = session.edit_in_place(parameters, changes)
    return Change(f"loss {before:.4g} → {_loss(session):.4g}; {change.notice}", restarted=False)


def _loss(session: Session) -> float:
    problem = session.problem
    return problem.loss(session.state.parameters, problem.live_train)
