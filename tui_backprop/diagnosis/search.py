"""Which mistake is it? A search for the wrong turns of the backward pass that give the user's very numbers.

The search goes the way of the pass, from the output to the input. At each layer it keeps the hypotheses about δ under which
that layer's gradients come out as the user has them, on every draw of parameters and data, so that a wrong guess ends where
it is made. A thought that is wrong in the same way in several layers counts once, and fewer thoughts are tried before more.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from tui_backprop.core.arrays import Array
from tui_backprop.core.mistakes.turns import (
    BackwardInputs,
    back_through,
    bias_gradient,
    carried,
    finish,
    output_delta,
    output_error,
    row_shares,
    unit_penalty,
    weight_gradient,
)
from tui_backprop.core.mistakes.ways import RIGHT, Point, Turn, Way, ways
from tui_backprop.diagnosis.sameness import TOLERANCE, common_factor, same, shares_of, without_rounding

LIMIT = 3
"""Wrong thoughts at a time that are tried at the most; a factor of the whole gradient is not counted."""


@dataclass(frozen=True, eq=False)
class Observation:
    """The user's gradient of one batch, in our layout."""

    given: BackwardInputs
    weights: tuple[Array, ...]
    """∂L/∂W of each layer, (fan_in, fan_out)."""
    biases: tuple[Array | None, ...]
    """∂L/∂b of each layer, (fan_out,); (1,) where the units share one, None where the layer has none."""
    scale: float = 1.0
    """What the gradient that was given away is divided by to be one of our mean loss."""


@dataclass(frozen=True)
class MistakeFound:
    """Wrong turns that give the user's numbers."""

    turns: tuple[Turn, ...]
    """Each with its layer, from the output back."""
    factor: float
    """What the whole gradient is multiplied with besides."""

    @property
    def thoughts(self) -> frozenset[tuple[str, str]]:
        """The wrong thoughts, each once however many layers it is in."""
        return frozenset(_thought(turn) for turn in self.turns)

    @property
    def cost(self) -> tuple[int, bool, int]:
        """What makes one explanation simpler than another: thoughts, a factor, places."""
        return len(self.thoughts), self.factor != 1.0, len(self.turns)

    def all_turns(self) -> tuple[Turn, ...]:
        """Return the turns with the factor among them, as `tui_backprop.core.mistakes.turns.backward_with` takes them."""
        return (*self.turns, *((Turn("factor", Way("whole"), amount=self.factor),) if self.factor != 1.0 else ()))


@dataclass(frozen=True)
class Searched:
    """What a search found."""

    explanations: tuple[MistakeFound, ...]
    """The simplest ones, which no data can tell apart; empty if none fits."""
    partial: MistakeFound | None
    """Where none fits: what explains the layers behind the first one that is not explained."""
    stuck_at: int | None
    """The first layer on the way back whose gradients nothing explains."""


def search(observations: Sequence[Observation]) -> Searched:
    """Search for the simplest wrong turns that give the observed gradients.

    Args:
        observations: of one network, at several draws of parameters and batches; batches of different sizes where the
            network takes batches at all.
    """
    found = _MistakeSearch(observations)
    deepest: tuple[int, _Hypothesis | None] = (observations[0].given.network.depth, None)
    for limit in range(LIMIT + 1):
        explained, layer, last = found.run(limit)
        if explained:
            return Searched(explained, None, None)
        if layer < deepest[0]:
            deepest = (layer, last)
    layer, last = deepest
    return Searched((), None if last is None else last.explanation(), layer)


_Arrays = tuple[Array, ...]


@dataclass(frozen=True, eq=False)
class _Hypothesis:
    """What the pass may have computed down to some layer: arrays for each observation."""

    turns: tuple[Turn, ...]
    delta: _Arrays
    error: _Arrays
    raw: _Arrays
    factor: float | None = None
    """None while no gradient but 0 was seen."""

    def explanation(self) -> MistakeFound:
        factor = 1.0 if self.factor is None or abs(self.factor - 1.0) <= TOLERANCE else self.factor
        return MistakeFound(self.turns, factor)

    def thoughts(self, *more: Turn) -> int:
        return len({_thought(turn) for turn in (*self.turns, *more)})

    def place_cost(self) -> tuple[int, bool, int]:
        return self.explanation().cost


def _thought(turn: Turn) -> tuple[str, str]:
    """Return what a turn is an instance of: the same thought may be wrong in several layers."""
    match turn.point:
        case "carried factor" | "weight factor" | "bias factor" | "penalty":
            return turn.point, f"{turn.amount:.4g}"
    point = "slope" if turn.point in ("output slope", "hidden slope") else turn.point
    return point, f"{turn.way.kind} {turn.way.name}"


class _MistakeSearch:
    def __init__(self, observations: Sequence[Observation]) -> None:
        self._observations = [_without_rounding(one) for one in observations]
        first = observations[0].given
        self._network, self._objective = first.network, first.objective
        self._depth = first.network.depth
        self._tops: dict[tuple[Way, Way, Way], _Hypothesis] = {}

    def _ways(self, point: Point, layer: int = 0) -> list[Way]:
        return [RIGHT, *ways(point, self._network, self._objective, layer)]

    def run(self, limit: int) -> tuple[tuple[MistakeFound, ...], int, _Hypothesis | None]:
        """Return the explanations of at most `limit` thoughts; the layer where it ended, and the simplest one before it."""
        hypotheses = list(self._at_the_output(limit))
        last = None
        for layer in range(self._depth, 0, -1):
            fitting = [fit for one in hypotheses for fit in self._fit(one, layer, limit)]
            if not fitting:
                return (), layer, last
            last = min(fitting, key=_Hypothesis.place_cost)
            if layer > 1:
                hypotheses = [below for one in fitting for below in self._before(one, layer, limit)]
        explained = [one.explanation() for one in fitting]
        least = min(one.cost for one in explained)
        return tuple(dict.fromkeys(one for one in explained if one.cost == least)), 0, last

    def _at_the_output(self, limit: int) -> Iterator[_Hypothesis]:
        for batch in self._ways("batch"):
            for loss in self._ways("loss"):
                for way in self._ways("output slope", self._depth):
                    chosen: list[tuple[Point, Way, int | None]] = [
                        ("batch", batch, None), ("loss", loss, None), ("output slope", way, self._depth),
                    ]  # fmt: skip
                    turns = tuple(Turn(*one) for one in chosen if one[1] != RIGHT)
                    if len(turns) <= limit:
                        yield self._top(batch, loss, way, turns)

    def _top(self, batch: Way, loss: Way, way: Way, turns: tuple[Turn, ...]) -> _Hypothesis:
        if (batch, loss, way) not in self._tops:
            delta, error = [], []
            with np.errstate(all="ignore"):
                for one in self._observations:
                    shares = row_shares(batch, one.given)
                    delta.append(output_delta(loss, way, one.given, shares))
                    error.append(output_error(loss, one.given, shares))
            self._tops[batch, loss, way] = _Hypothesis(turns, tuple(delta), tuple(error), tuple(error))
        return self._tops[batch, loss, way]

    def _fit(self, one: _Hypothesis, layer: int, limit: int) -> Iterator[_Hypothesis]:
        """Yield the ways of a layer's own gradients under which they come out as observed."""
        biases_seen = [part for obs in self._observations if (part := obs.biases[layer - 1]) is not None]
        if not any(part.any() for part in (*(obs.weights[layer - 1] for obs in self._observations), *biases_seen)):
            yield from self._with_factors(one, layer, (Turn("layer gradient", Way("never"), layer),), None, None, limit)
        weights = list(self._fit_weights(one, layer, limit))
        if not weights:
            return
        biases = list(self._fit_biases(one, layer, limit))
        for weight_turns, weight_factor in weights:
            for bias_turns, bias_factor in biases:
                turns = (*weight_turns, *bias_turns)
                yield from self._with_factors(one, layer, turns, weight_factor, bias_factor, limit)

    def _fit_weights(self, one: _Hypothesis, layer: int, limit: int) -> Iterator[tuple[tuple[Turn, ...], float | None]]:
        observed = [obs.weights[layer - 1] for obs in self._observations]
        if not any(part.any() for part in observed):
            yield (Turn("weight factor", Way("none"), layer, 0.0),), None
        for way in self._ways("input", layer):
            turn = () if way == RIGHT else (Turn("input", way, layer),)
            if one.thoughts(*turn) > limit:
                continue
            with np.errstate(all="ignore"):
                made = [
                    weight_gradient(way, obs.given, layer, delta)
                    for obs, delta in zip(self._observations, one.delta, strict=True)
                ]
            for finished in self._ways("layer gradient", layer):
                turns = turn if finished == RIGHT else (*turn, Turn("layer gradient", finished, layer))
                if finished.kind != "never" and one.thoughts(*turns) <= limit:
                    fits, factor = common_factor(observed, [finish(finished, part) for part in made])
                    if fits:
                        yield turns, factor
            if way == RIGHT and limit > 0:
                yield from self._with_penalty(observed, made, layer)

    def _with_penalty(
        self, observed: Sequence[Array], made: Sequence[Array], layer: int
    ) -> Iterator[tuple[tuple[Turn, ...], float | None]]:
        """Yield the penalty λ under which the weights' gradients are f times what was made and λ times the weights."""
        for way in self._ways("penalty", layer)[1:]:
            added = [unit_penalty(way, obs.given, layer) / obs.scale for obs in self._observations]
            factor, size = shares_of(observed, made, added)
            if factor is not None and size is not None:
                yield (Turn("penalty", way, layer, size),), factor

    def _fit_biases(self, one: _Hypothesis, layer: int, limit: int) -> Iterator[tuple[tuple[Turn, ...], float | None]]:
        observed = [part for obs in self._observations if (part := obs.biases[layer - 1]) is not None]
        if not observed:
            yield (), None
            return
        for way in self._ways("bias", layer):
            turn = () if way == RIGHT else (Turn("bias", way, layer),)
            if one.thoughts(*turn) > limit:
                continue
            with np.errstate(all="ignore"):
                made = [
                    bias_gradient(way, obs.given, layer, delta)
                    for obs, delta in zip(self._observations, one.delta, strict=True)
                ]
            made = [
                part if len(part) == len(seen) else part.sum(keepdims=True)
                for part, seen in zip(made, observed, strict=True)
            ]
            fits, factor = common_factor(observed, made)
            if fits:
                yield turn, factor

    def _with_factors(
        self,
        one: _Hypothesis,
        layer: int,
        turns: tuple[Turn, ...],
        weight_factor: float | None,
        bias_factor: float | None,
        limit: int,
    ) -> Iterator[_Hypothesis]:
        """Yield the ways in which the factors of a layer's two gradients go together with the factor of the whole."""
        seen = [factor for factor in (weight_factor, bias_factor) if factor is not None]
        bases: list[float | None] = [*seen] if one.factor is None else [one.factor, *seen]
        kept: list[float | None] = []
        for base in bases or [None]:
            if any(same(base, other) for other in kept):
                continue
            kept.append(base)
            local: list[Turn] = []
            factors: list[tuple[Point, float | None]] = [("weight factor", weight_factor), ("bias factor", bias_factor)]
            delta, whole = one.delta, base
            if one.factor is not None and base is not None and not same(base, one.factor):
                local.append(Turn("carried factor", Way("other"), layer, base / one.factor))
                delta, whole = tuple(part * (base / one.factor) for part in one.delta), one.factor
            for point, factor in factors:
                if factor is not None and base is not None and not same(factor, base):
                    local.append(Turn(point, Way("other"), layer, factor / base))
            if one.thoughts(*turns, *local) <= limit:
                yield replace(one, turns=(*one.turns, *turns, *local), factor=whole, delta=delta)

    def _before(self, one: _Hypothesis, layer: int, limit: int) -> Iterator[_Hypothesis]:
        """Yield what may have been computed for the layer before `layer`."""
        before = layer - 1
        error = tuple(
            part @ obs.given.parameters.w(layer).T for obs, part in zip(self._observations, one.error, strict=True)
        )
        slopes = self._ways("hidden slope", before)
        for back in self._ways("carried", before):
            carried_turn = () if back == RIGHT else (Turn("carried", back, before),)
            if one.thoughts(*carried_turn) > limit:
                continue
            if back.kind == "updated weights":
                yield from self._through_updated(one, layer, error, slopes, limit)
                continue
            with np.errstate(all="ignore"):
                upstream = self._carried(back, one, layer, self._weights(layer))
            for way in slopes:
                turns = carried_turn if way == RIGHT else (*carried_turn, Turn("hidden slope", way, before))
                if one.thoughts(*turns) <= limit:
                    yield self._below(one, before, turns, upstream, way, error)

    def _weights(self, layer: int) -> list[Array]:
        return [obs.given.parameters.w(layer) for obs in self._observations]

    def _carried(self, way: Way, one: _Hypothesis, layer: int, weights: Sequence[Array]) -> list[Array]:
        parts = zip(self._observations, weights, one.delta, one.error, one.raw, strict=True)
        return [carried(way, obs.given, layer, w, delta=d, error=e, raw=r) for obs, w, d, e, r in parts]

    def _below(
        self, one: _Hypothesis, layer: int, turns: tuple[Turn, ...], upstream: Sequence[Array], way: Way, error: _Arrays
    ) -> _Hypothesis:
        with np.errstate(all="ignore"):
            delta = tuple(
                back_through(way, obs.given, layer, part)
                for obs, part in zip(self._observations, upstream, strict=True)
            )
        return replace(one, turns=(*one.turns, *turns), delta=delta, error=error)

    def _through_updated(
        self, one: _Hypothesis, layer: int, error: _Arrays, slopes: Sequence[Way], limit: int
    ) -> Iterator[_Hypothesis]:
        """Find the rate at which the weights may have been updated before the error went back through them."""
        before = layer - 1
        plain = self._carried(RIGHT, one, layer, self._weights(layer))
        change = self._carried(RIGHT, one, layer, [obs.weights[layer - 1] for obs in self._observations])
        rates: set[float] = set()
        for way in slopes:
            entrances = itertools.product(self._ways("input", before), self._ways("layer gradient", before))
            for entrance, finished in entrances:
                rate = self._rate(before, plain, change, way, entrance, finished)
                if rate is None or any(same(rate, other) for other in rates):
                    continue
                rates.add(rate)
                turns: tuple[Turn, ...] = (Turn("carried", Way("updated weights"), before, rate),)
                if way != RIGHT:
                    turns = (*turns, Turn("hidden slope", way, before))
                if one.thoughts(*turns) <= limit:
                    upstream = [a - rate * b for a, b in zip(plain, change, strict=True)]
                    yield self._below(one, before, turns, upstream, way, error)

    def _rate(
        self, layer: int, plain: Sequence[Array], change: Sequence[Array], way: Way, entrance: Way, finished: Way
    ) -> float | None:
        """Return the rate η under which the weights' gradients are f·(A − ηB), where δ = (plain − η·change)·slope."""
        columns = []
        with np.errstate(all="ignore"):
            for parts in (plain, change):
                made = [
                    finish(
                        finished, weight_gradient(entrance, obs.given, layer, back_through(way, obs.given, layer, part))
                    ).ravel()
                    for obs, part in zip(self._observations, parts, strict=True)
                ]
                columns.append(made)
        size, other = shares_of([obs.weights[layer - 1].ravel() for obs in self._observations], *columns)
        if size is None or other is None or abs(size) <= TOLERANCE:
            return None
        rate = -other / size
        return rate if abs(rate) > TOLERANCE else None


def _without_rounding(one: Observation) -> Observation:
    """Return the observation with exact zeros where rounding alone is left of a gradient."""
    parts = [*one.weights, *(part for part in one.biases if part is not None)]
    largest = max(float(np.abs(part).max()) for part in parts)
    biases = tuple(None if part is None else without_rounding(part, largest) for part in one.biases)
    return replace(one, weights=tuple(without_rounding(part, largest) for part in one.weights), biases=biases)
