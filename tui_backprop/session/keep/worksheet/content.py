"""What is on a worksheet: the numbers that are given, and every formula of some updates in the order of the calculation."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace

from tui_backprop.core.errors import InputError
from tui_backprop.core.rules import describe
from tui_backprop.core.step import StepRecord
from tui_backprop.session.anatomy.explanation import explain_quantity, quantities
from tui_backprop.session.anatomy.expressions import (
    Difference,
    Expression,
    FunctionCall,
    Product,
    Quotient,
    Sum,
    Term,
    terms_in,
)
from tui_backprop.session.anatomy.phases import Phase
from tui_backprop.session.anatomy.quantities import Quantity, name_of, value_of
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.run.run import Run
from tui_backprop.session.sweep.wording import counted
from tui_backprop.text.cleaning import clean

MOST_LINES = 1000
"""Formulas that a worksheet may have."""

_NAME = 40  # characters of a column's name
_LITERAL = "½0123456789"


@dataclass(frozen=True)
class Line:
    """One quantity to compute."""

    name: str
    formula: Expression
    value: float


@dataclass(frozen=True)
class Group:
    """Lines about one sample, or about all of a batch."""

    title: str
    """Which sample it is, or that it is all of them; empty where a batch is one sample."""
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Part:
    """A stretch of an update with a title, such as the forward pass of a layer."""

    title: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Given:
    """A number that is known before the calculation begins."""

    name: str
    value: float


@dataclass(frozen=True)
class SampleRow:
    """One training sample of a batch."""

    row: int
    """Its place in the data, from 1."""
    raw: tuple[float, ...]
    """As the data have it, (columns,)."""
    raw_targets: tuple[float, ...]
    """As the data have them; of classes 1 for the right one."""
    inputs: tuple[Given, ...]
    """As the network gets it."""
    targets: tuple[Given, ...]
    """As the loss gets them."""


@dataclass(frozen=True)
class UpdateExercise:
    """One update as an exercise."""

    number: int
    """From 1."""
    step: int
    """How many updates were made before it."""
    samples: tuple[SampleRow, ...]
    constants: tuple[Given, ...]
    """η and the other settings that its formulas have."""
    slots: tuple[Given, ...]
    """What the optimizer remembers; only before the first update, since the others compute it."""
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Worksheet:
    """An exercise."""

    data: str
    columns: tuple[str, ...]
    """Names of the input columns."""
    features: tuple[str, ...]
    """What the network gets instead of the columns; empty for the columns themselves."""
    outputs: tuple[str, ...]
    """Names of the outputs: columns or classes."""
    sizes: tuple[int, ...]
    activations: tuple[str, ...]
    loss: str
    optimizer: str
    rule: str
    """What the backward pass is, where it is not the chain rule; otherwise empty."""
    functions: tuple[tuple[str, str], ...]
    """(call, definition) of each function that is not on every calculator."""
    parameters: tuple[Given, ...]
    """Before the first update."""
    updates: tuple[UpdateExercise, ...]


FUNCTIONS = {
    "σ": ("σ(z)", "1 / (1 + exp(−z))"),
    "tanh": ("tanh(z)", "(exp(z) − exp(−z)) / (exp(z) + exp(−z))"),
    "softplus": ("softplus(z)", "log(1 + exp(z))"),
    "leaky-relu": ("leaky-relu(z)", "z where z > 0, otherwise 0.01·z"),
    "leaky-relu′": ("leaky-relu′(z)", "1 where z > 0, otherwise 0.01"),
    "relu′": ("relu′(z)", "1 where z > 0, otherwise 0"),
    "elu": ("elu(z)", "z where z > 0, otherwise exp(z) − 1"),
    "elu′": ("elu′(z)", "1 where z > 0, otherwise exp(z)"),
    "gelu": ("gelu(z)", "½·z·(1 + tanh(0.797885·(z + 0.044715·z·z·z)))"),
    "gelu′": (
        "gelu′(z)",
        "½·(1 + t) + ½·z·(1 − t·t)·0.797885·(1 + 0.134145·z·z) with t = tanh(0.797885·(z + 0.044715·z·z·z))",
    ),
    "huber": ("huber(e)", "½·e·e where |e| ≤ 1, otherwise |e| − ½"),
    "clip₋₁¹": ("clip₋₁¹(e)", "e, or the nearer of −1 and 1 where it is beyond them"),
    "clip": ("clip(e, low, high)", "e, or the nearer of low and high where it is beyond them"),
    "sign": ("sign(e)", "1, 0 or −1, as e is above, at or below 0"),
}
"""What the functions in formulas are, beside those that every calculator has."""


def worksheet(run: Run, updates: int = 1) -> Worksheet:
    """Return the next `updates` updates of a run as an exercise; the run stays where it is.

    Raises:
        InputError: too much for a sheet, or formulas that are not known.
    """
    problem, training = run.problem, run.segment.training
    _check_size(run, updates)
    records = run.next_records(updates)
    if explain_quantity(records[0], Quantity("gradient", 1, 0)).formula is None:
        raise InputError(
            f"the rule {clean(run.recipe.rule)} has no formulas to put on a worksheet: give --rule exact or --rule posted"
        )
    sheets = tuple(_update(record, problem, i) for i, record in enumerate(records, start=1))
    network, data = training.network, problem.dataset
    first = records[0]
    return Worksheet(
        data=data.name,
        columns=tuple(clean(name, _NAME) for name in data.input_names),
        features=tuple(clean(one.text, _NAME) for one in problem.features.expressions),
        outputs=tuple(clean(name, _NAME) for name in data.classes or data.target_names),
        sizes=network.sizes,
        activations=network.activation_names,
        loss=run.recipe.loss,
        optimizer=run.recipe.optimizer,
        rule="" if run.recipe.rule == "exact" else f"{run.recipe.rule}: {describe(run.recipe.rule)[0]}",
        functions=tuple(FUNCTIONS[name] for name in _called(sheets) if name in FUNCTIONS),
        parameters=tuple(
            _given(first, Quantity("parameter", t.layer, i))
            for t in network.tensors
            for i in range(t.start, t.span.stop)
        ),
        updates=sheets,
    )


def _check_size(run: Run, updates: int) -> None:
    """Refuse more formulas than can be computed by hand."""
    network, training = run.problem.network, run.segment.training
    batch = len(training.sampling.batch(run.step))
    slots = len(training.optimizer.slots)
    lines = updates * (batch * (4 * sum(network.sizes[1:]) + 1) + (2 + slots) * network.size)
    if lines > MOST_LINES:
        raise InputError(
            f"a worksheet has at most {MOST_LINES:,} formulas, and {counted(updates, 'update')} of the network "
            f"{network.name} with {counted(batch, 'sample')} a step would have about {lines:,}: give fewer --hidden units, "
            "--batch-size 1 or fewer --updates"
        )


def _update(record: StepRecord, problem: Problem, number_of_it: int) -> UpdateExercise:
    """Return one update with its formulas in the order in which they can be computed."""
    writer = _Writer(record)
    parts = tuple(writer.parts())
    sizes = record.training.network.sizes
    samples = tuple(
        SampleRow(
            row=int(problem.train.rows[row]) + 1,
            raw=tuple(problem.train.raw[row].tolist()),
            raw_targets=tuple(problem.train.raw_targets[row].tolist()),
            inputs=tuple(_given(record, Quantity("a", 0, i, s)) for i in range(sizes[0])),
            targets=tuple(_given(record, Quantity("target", index=k, sample=s)) for k in range(sizes[-1])),
        )
        for s, row in enumerate(record.rows.tolist())
    )
    slots = tuple(_given(record, q) for q in writer.remembered) if number_of_it == 1 else ()
    return UpdateExercise(number_of_it, record.before.step, samples, tuple(writer.constants()), slots, parts)


def _given(record: StepRecord, quantity: Quantity) -> Given:
    return Given(name_of(record, quantity), value_of(record, quantity))


class _Writer:
    """Writes the formulas of one update, each behind those that it needs."""

    def __init__(self, record: StepRecord) -> None:
        self._record = record
        self._network, self._batch = record.training.network, len(record.rows)
        self._written: dict[Quantity, Line] = {}
        self.remembered: list[Quantity] = []
        """Slots from before the update that formulas have."""

    def parts(self) -> Iterator[Part]:
        """Yield forward, loss, backward and update."""
        layers = range(1, self._network.depth + 1)
        for layer in layers:
            yield self._part(f"Forward pass, layer {layer}", (Phase("z", layer), Phase("a", layer)))
        yield self._part("Loss", (Phase("loss"),))
        for layer in reversed(layers):
            yield self._part(f"Backward pass, layer {layer}", (Phase("delta", layer), Phase("gradients", layer)))
        yield self._part("Update", (Phase("update"),))

    def _part(self, title: str, phases: Iterable[Phase]) -> Part:
        groups: list[Group] = []
        of_all: list[Line] = []
        wanted = [
            [q for phase in phases for q in quantities(self._network, self._batch, phase, sample)]
            for sample in range(self._batch)
        ]
        for sample, asked in enumerate(wanted):
            lines = self._lines(q for q in asked if q.of_one_sample and q.sample == sample)
            if self._batch == 1:
                of_all += lines
            elif lines:
                groups.append(Group(f"Sample {sample + 1}", lines))
        of_all += self._lines(q for q in wanted[0] if not q.of_one_sample)
        if of_all:
            groups.append(Group("All samples together" if self._batch > 1 else "", tuple(of_all)))
        return Part(title, tuple(groups))

    def _lines(self, wanted: Iterable[Quantity]) -> tuple[Line, ...]:
        before = len(self._written)
        for quantity in wanted:
            self._write(quantity)
        return tuple(self._written.values())[before:]

    def _write(self, quantity: Quantity) -> None:
        if quantity in self._written:
            return
        explained = explain_quantity(self._record, quantity)
        if explained.formula is None:
            if quantity.kind == "old slot" and quantity not in self.remembered:
                self.remembered.append(quantity)
            return
        formula = self._shortened(explained.formula)
        for term in terms_in(formula):
            if term.source is not None:
                self._write(term.source)
        self._written[quantity] = Line(explained.name, formula, explained.value)

    def _shortened(self, formula: Expression) -> Expression:
        """Put ∂L/∂θ in the place of g(θ) where nothing is added to it."""

        def shorter(term: Term) -> Term:
            if term.source is None or term.source.kind != "descent":
                return term
            behind = explain_quantity(self._record, term.source).formula
            return behind if isinstance(behind, Term) else term

        return with_terms(formula, shorter)

    def constants(self) -> Iterator[Given]:
        """Yield the letters in the formulas that are settings, η first."""
        found = {"η": self._record.rate}
        for line in self._written.values():
            found |= {t.symbol: t.value for t in terms_in(line.formula) if t.source is None and not is_literal(t)}
        return (Given(name, value) for name, value in found.items())


def with_terms(formula: Expression, change: Callable[[Term], Expression]) -> Expression:
    """Return a formula with something in the place of each term."""
    match formula:
        case Term():
            return change(formula)
        case Sum(terms=terms):
            return replace(formula, terms=tuple(with_terms(term, change) for term in terms))
        case Product(factors=factors):
            return replace(formula, factors=tuple(with_terms(factor, change) for factor in factors))
        case FunctionCall(arguments=arguments):
            return replace(formula, arguments=tuple(with_terms(argument, change) for argument in arguments))
        case Difference(left=left, right=right):
            return Difference(with_terms(left, change), with_terms(right, change))
        case Quotient(above=above, below=below):
            return Quotient(with_terms(above, change), with_terms(below, change))


def is_literal(term: Term) -> bool:
    """Whether a term is a number in symbols as well: ½, 2, −1, 10⁻⁶."""
    return term.source is None and term.symbol.lstrip("−")[:1] in _LITERAL


def _called(updates: Iterable[UpdateExercise]) -> tuple[str, ...]:
    """Return the names of the functions in formulas, in the order in which they are met."""
    formulas = (
        line.formula for update in updates for part in update.parts for group in part.groups for line in group.lines
    )
    return tuple(dict.fromkeys(name for formula in formulas for name in calls(formula)))


def calls(formula: Expression) -> Iterator[str]:
    """Yield the names of the functions in a formula."""
    match formula:
        case FunctionCall(name=name, arguments=parts):
            yield name
        case Sum(terms=parts) | Product(factors=parts):
            pass
        case Difference(left=first, right=second) | Quotient(above=first, below=second):
            parts = (first, second)
        case _:
            parts = ()
    for part in parts:
        yield from calls(part)
