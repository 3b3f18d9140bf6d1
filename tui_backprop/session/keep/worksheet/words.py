"""The sentences of a worksheet, which every form of it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tui_backprop.session.anatomy.expressions import FORMULA_DIGITS, number_text
from tui_backprop.session.keep.worksheet.content import Given, SampleRow, UpdateExercise, Worksheet
from tui_backprop.text.cleaning import clean

_NAMED = 8  # columns that are named
_COUNTS = ("", "One update", "Two updates", "Three updates", "Four updates", "Five updates")


def worksheet_title(sheet: Worksheet, *, answers: bool) -> str:
    """Return the title."""
    count = len(sheet.updates)
    many = _COUNTS[count] if count < len(_COUNTS) else f"{count} updates"
    return f"{many} by hand: {clean(sheet.data)}" + (" (with answers)" if answers else "")


def introduction(sheet: Worksheet, *, answers: bool) -> Iterator[str]:
    """Yield what is to be done, a paragraph each."""
    batch = len(sheet.updates[0].samples)
    each = "one sample" if batch == 1 else f"{batch} samples"
    yield (
        f"A network {'-'.join(map(str, sheet.sizes))} learns from {each} a step, with the loss {sheet.loss} and the "
        f"optimizer {sheet.optimizer}. Its inputs are {_listed(sheet.columns)}; its outputs stand for "
        f"{_listed(sheet.outputs)}."
    )
    if sheet.features:
        yield f"The network gets these numbers made of the inputs: {_listed(sheet.features)}."
    if sheet.rule:
        yield f"The backward pass is not the chain rule but the wrong rule {sheet.rule}. The formulas below are its own."
    if not answers:
        yield "Each formula is written in symbols first. Put the numbers in below it, and then the result."
    yield (
        "Given numbers and numbers inside formulas have six digits, results five. Go on with all digits of your results: "
        "then the last digit shown is right, except where two nearly equal numbers are subtracted."
    )


def layer_rows(sheet: Worksheet) -> Sequence[tuple[str, str, str]]:
    """Return (layer, units, activation) of each layer, the input first."""
    last = len(sheet.sizes) - 1
    names = ["input", *(f"{i} (output)" if i == last else str(i) for i in range(1, last + 1))]
    return [
        (name, str(units), activation)
        for name, units, activation in zip(names, sheet.sizes, ("", *sheet.activations), strict=True)
    ]


def sample_note(sheet: Worksheet, update: UpdateExercise, sample: SampleRow) -> str:
    """Say which row of the data a sample is, and what is there where the network gets other numbers."""
    note = f"Row {sample.row} of the data"
    if len(update.samples) > 1:
        note = f"Sample {update.samples.index(sample) + 1} is row {sample.row} of the data"
    known: list[tuple[str, float]] = []
    if sample.raw != tuple(one.value for one in sample.inputs):
        known += zip(sheet.columns, sample.raw, strict=True)
    if sample.raw_targets != tuple(one.value for one in sample.targets):
        known += zip(sheet.outputs, sample.raw_targets, strict=True)
    if not known:
        return f"{note}:"
    return (
        f"{note} ({_listed([f'{name} {number_text(value, FORMULA_DIGITS)}' for name, value in known])}), which becomes:"
    )


def settings_note(update: UpdateExercise) -> tuple[str, tuple[Given, ...]]:
    """Return what is said of the settings of an update and of what the optimizer remembers, and which of them are listed."""
    if not update.slots:
        return "Settings:", update.constants
    if any(one.value for one in update.slots):
        return "Settings, and what the optimizer remembers:", (*update.constants, *update.slots)
    return "Settings; all that the optimizer remembers (old …) is 0:", update.constants


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:_NAMED])
    return f"{shown} and {len(names) - _NAMED} more" if len(names) > _NAMED else shown
