"""The pictures of a run's report: losses, predictions and the network, as SVG."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from tui_backprop.core.network import Parameters
from tui_backprop.records.prediction_curve import Points, PredictionCurve
from tui_backprop.session.frames.frame import Frame
from tui_backprop.session.keep.page.chart import HEIGHT, WIDTH, Chart, svg_text
from tui_backprop.session.keep.page.html import Cell, figure, html_table
from tui_backprop.session.pictures.prediction import (
    Confusion,
    DecisionSurface,
    PredictionView,
    Scatter,
    answer_labels,
    prediction_picture,
)
from tui_backprop.text.cleaning import clean

_COLUMNS, _ROWS = 64, 40  # of a surface
_CURVE = 160  # points of a prediction curve
_LEVELS = 5  # of sureness that a surface tells apart
_KINDS = 10  # colours of classes
_DRAWN_UNITS = 16  # of a layer of the network that is drawn
_NAME, _SHORT = 24, 13  # characters of a name
_MARGIN = 90  # beside the network, for names


def loss_picture(frame: Frame) -> str:
    """Return the loss curves with the edits and the losses to compare with; empty where the run has made no step."""
    curve = frame.curve
    if len(curve.steps) < 2:
        return ""
    tracks = [("train", "c0", curve.train)] + ([] if curve.test is None else [("test", "c1", curve.test)])
    seen = np.concatenate([values for _, _, values in tracks])
    chart = Chart(curve.steps.astype(np.float64), seen, ("step", "loss"), logarithmic=True)
    for edit in frame.edits:
        chart.mark(edit.step)
    for line in frame.reference:
        chart.level(line.loss, line.name)
    for _, kind, values in tracks:
        chart.curve(curve.steps.astype(np.float64), values, kind)
    said = "Loss by step" + (", logarithmic" if chart.logarithmic else "")
    edits = "; the dashed lines upwards are the changes made on the way" if frame.edits else ""
    return figure(chart.svg([(name, kind) for name, kind, _ in tracks]), f"{said}{edits}.")


def prediction_figures(frame: Frame) -> list[str]:
    """Return what the network answers: a picture or a table, for each of a few outputs where each has its own."""
    problem = frame.problem
    outputs = 1 if problem.dataset.task == "classes" else min(problem.dataset.n_outputs, 4)
    found = []
    for output in range(outputs):
        name = clean(
            (problem.dataset.target_names or ("y",))[min(output, len(problem.dataset.target_names) - 1)], _NAME
        )
        match prediction_picture(frame, _COLUMNS, _ROWS, PredictionView(output)):
            case PredictionCurve():
                wide = prediction_picture(frame, _CURVE, _ROWS, PredictionView(output))
                assert isinstance(wide, PredictionCurve)  # noqa: S101  (the same data have the same picture)
                found.append(_curve(frame, wide, name))
            case DecisionSurface() as surface:
                found.append(_surface(frame, surface, name))
            case Confusion() as confusion:
                found.append(_confusion(confusion))
            case Scatter() as scatter:
                found.append(_scatter(scatter, name))
    return found


def _curve(frame: Frame, picture: PredictionCurve, name: str) -> str:
    both = np.concatenate([picture.before, picture.now, picture.train.y, picture.test.y])
    across = clean(frame.problem.dataset.input_names[0], _NAME)
    chart = Chart(picture.x, both, (across, name))
    chart.curve(picture.x, picture.before, "c3 dashed")
    chart.curve(picture.x, picture.now, "c0")
    for part, kind in ((picture.train, "minus"), (picture.test, "ring")):
        chart.points(part.x, part.y, [kind] * len(part))
    return figure(
        chart.svg([("now", "c0"), ("at step 0", "c3 dashed")]),
        f"What the network answers, {name} over {across}; dots are the data.",
    )


def _surface(frame: Frame, picture: DecisionSurface, name: str) -> str:
    data = frame.problem.dataset
    titles = [clean(data.input_names[i], _NAME) for i in picture.inputs]
    chart = Chart(picture.x1, picture.x2, (titles[0], titles[1]))
    across, up = (float(values[1] - values[0]) for values in (picture.x1, picture.x2))
    classes = data.task == "classes"
    strength = picture.share if classes else np.abs(2.0 * picture.share - 1.0)
    levels = np.clip((strength * _LEVELS).astype(np.int64), 0, _LEVELS - 1)
    for row, (answers, depths) in enumerate(zip(picture.answer.tolist(), levels.tolist(), strict=True)):
        cells = list(zip(answers, depths, strict=True))
        starts = [0, *(i for i, (one, other) in enumerate(pairwise(cells), 1) if one != other)]
        for start, end in pairwise([*starts, len(cells)]):
            left, right = (float(picture.x1[0]) + (i - 0.5) * across for i in (start, end))
            kind = f"k{_kind(answers[start], classes)}"
            chart.cells(left, right, float(picture.x2[row]), up, kind, 0.12 + 0.11 * depths[start])
    labels = answer_labels(frame.problem)
    for part, radius in ((picture.train, 2.4), (picture.test, 1.6)):
        chart.points(part.x, part.y, _kinds(part, classes, numbers=not labels), radius)
        missed = part.wrong > 0
        chart.points(part.x[missed], part.y[missed], ["ring"] * int(missed.sum()), radius + 1.6)
    names = ", ".join(clean(label, _NAME) for label in labels[:_KINDS])
    what = f"answers: {names}" if classes else f"{name}: from orange (low) to blue (high)"
    others = "; the other inputs are those of one training sample" if picture.held is not None else ""
    missing = "; a ring is a sample that is answered wrongly" if labels else ""
    return figure(chart.svg(), f"What the network answers over {titles[0]} and {titles[1]} ({what}{others}{missing}).")


def _kind(answer: int, classes: bool) -> int:
    """Return the colour of an answer: of two, orange is the lower and blue the higher."""
    return answer % _KINDS if classes else 1 - min(answer, 1)


def _kinds(part: Points, classes: bool, *, numbers: bool) -> list[str]:
    middle = 5  # of the tenths that numbers are told by
    return [f"k{_kind(label >= middle if numbers else label, classes)}" for label in part.label.tolist()]


def _confusion(picture: Confusion) -> str:
    labels = [clean(label, _NAME) for label in picture.labels]
    rows: list[list[Cell]] = []
    for i, (label, counts) in enumerate(zip(labels, picture.counts.tolist(), strict=True)):
        kinds = ("good" if i == j else "bad" if count else "faint" for j, count in enumerate(counts))
        rows.append([label, *((f"{count:,}", kind) for count, kind in zip(counts, kinds, strict=True))])
    head = [f"{picture.part}: true ↓ answered →", *labels]
    return html_table(head, rows, range(1, len(head)))


def _scatter(picture: Scatter, name: str) -> str:
    chart = Chart(picture.target, picture.prediction, (f"{name} in the data", "predicted"))
    ends = np.array([picture.target.min(), picture.target.max()])
    chart.curve(ends, ends, "c3 dashed")
    chart.points(picture.target, picture.prediction, ["plus"] * len(picture.target))
    part = {"test": "test", "train": "training"}[picture.part]
    return figure(chart.svg(), f"Predicted against true {name}, {part} samples; on the dashed line both are the same.")


def network_figure(frame: Frame) -> str:
    """Return the network with its weights as lines; empty for one with too many units."""
    network, parameters = frame.network, Parameters(frame.network, frame.state.parameters)
    if max(network.sizes) > _DRAWN_UNITS or not np.isfinite(frame.state.parameters).all():
        return ""
    height = max(80, min(HEIGHT, 26 * max(network.sizes) + 30))

    def place(layer: int, unit: int) -> tuple[float, float]:
        share = layer / (len(network.sizes) - 1)
        return _MARGIN + (WIDTH - 2 * _MARGIN) * share, height * (unit + 0.5) / network.sizes[layer]

    parts = []
    for layer in range(1, len(network.sizes)):
        weights = parameters.w(layer)
        largest = float(np.abs(weights).max()) or 1.0
        for i, j in np.ndindex(*weights.shape):
            (x, y), (u, v), value = place(layer - 1, i), place(layer, j), float(weights[i, j])
            parts.append(
                f'<path class="curve {"c0" if value >= 0 else "c1 dashed"}" d="M{x:.1f} {y:.1f}L{u:.1f} {v:.1f}" '
                f'style="stroke-width:{0.3 + 2.7 * abs(value) / largest:.2f}">'
                f"<title>w{layer}[{i},{j}] = {value:.5g}</title></path>"
            )
    radius = min(8.0, 0.38 * height / max(network.sizes))
    for layer, units in enumerate(network.sizes):
        for x, y in (place(layer, unit) for unit in range(units)):
            parts.append(f'<circle class="unit" cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}"/>')
    data = frame.problem.dataset
    ends = ((0, frame.problem.features.names, "end", -1), (-1, data.classes or data.target_names, "start", 1))
    for layer, names, anchor, side in ends:
        for unit, name in enumerate(names):
            x, y = place(layer % len(network.sizes), unit)
            parts.append(svg_text(x + side * (radius + 3), y + 4, clean(name, _SHORT), anchor, "label"))
    body = "\n".join(parts)
    svg = f'<svg viewBox="0 0 {WIDTH} {height}" xmlns="http://www.w3.org/2000/svg">\n{body}\n</svg>'
    said = "The wider a line, the larger its weight; a blue whole line is above 0, an orange dashed one below."
    return figure(svg, said)
