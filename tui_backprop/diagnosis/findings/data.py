"""Findings about the data and the recipe: scales, probes, columns that tell nothing, classes, the batch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from tui_backprop.diagnosis.facts import times_from_one
from tui_backprop.diagnosis.findings.evidence import Evidence
from tui_backprop.diagnosis.findings.finding import FindingKind, Sighting, Threshold, brief
from tui_backprop.diagnosis.findings.remedies import FAR_INPUTS, FAR_TARGETS, target_scaling

_NAMED = 3  # columns or probes that a message names


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:_NAMED]) + (f" and {len(names) - _NAMED} more" if len(names) > _NAMED else "")


def _input_scales(evidence: Evidence, threshold: float) -> Sighting | None:
    scales, names = evidence.facts.scales, evidence.facts.input_names
    used = np.flatnonzero(scales > 0)
    if not len(used):
        return None
    largest = int(used[scales[used].argmax()])
    smallest = int(used[scales[used].argmin()])
    ratio = float(scales[largest] / scales[smallest])
    if max(float(scales[largest]), ratio) <= threshold:
        return None
    if ratio > threshold:
        said = (
            f"inputs lie on different scales: {names[largest]} reaches {brief(float(scales[largest]))}, "
            f"{brief(ratio)} times as far as {names[smallest]}"
        )
    else:
        said = f"input {names[largest]} is large: it reaches {brief(float(scales[largest]))}"
    standard = evidence.recipe["scale_inputs"] == "standard"
    return Sighting(
        said,
        {
            "largest": float(scales[largest]),
            "smallest": float(scales[smallest]),
            "ratio": ratio,
            "column": names[largest],
        },
        "look for wrong values in that column" if standard else "scale the inputs to mean 0 and deviation 1",
        names[largest],
        {} if standard else {"scale_inputs": "standard"},
    )


def _target_scales(evidence: Evidence, threshold: float) -> Sighting | None:
    """A first layer of weights near 1 answers numbers near 1; what is far from there has to be reached with small steps."""
    facts = evidence.facts
    if facts.task != "regression" or evidence.recipe["scale_targets"] == "standard":
        return None
    times = times_from_one(facts.targets)
    output = int(times.argmax())
    if not times[output] > threshold:
        return None
    name, low, high = facts.target_names[output], *(float(f(facts.targets[:, output])) for f in (np.min, np.max))
    changes = target_scaling(evidence)
    return Sighting(
        f"the targets of {name} lie from {brief(low)} to {brief(high)}: that is {brief(float(times[output]))} times as "
        "large or as small as the answers that a network begins with",
        {
            "output": name,
            "lowest": low,
            "highest": high,
            "spread": float(facts.target_spread[output]),
            "times": float(times[output]),
        },
        f"scale the targets ({changes['scale_targets']}); every answer is shown in their own units all the same",
        name,
        changes,
    )


def _probe_out_of_range(evidence: Evidence, threshold: float) -> Sighting | None:
    """How far outside, in widths of the training range of the column; a constant column counts as 1 wide."""
    facts = evidence.facts
    width = np.where(facts.high > facts.low, facts.high - facts.low, 1.0)
    far: list[tuple[float, int, int]] = []
    for i, (raw, _) in enumerate(evidence.probes):
        distance = np.maximum(np.maximum(facts.low - raw, np.array(raw) - facts.high), 0.0) / width
        column = int(distance.argmax())
        if distance[column] > threshold:
            far.append((float(distance[column]), i, column))
    if not far:
        return None
    distance_of_worst, i, column = max(far, key=lambda one: one[0])
    raw, scaled = evidence.probes[i]
    name = ",".join(f"{value:g}" for value in raw)
    ends = [float(facts.low[column]), float(facts.high[column])]
    scaled_ends = [float(facts.inputs[:, column].min()), float(facts.inputs[:, column].max())]
    more = f"; {len(far) - 1} more probe{'s' if len(far) > 2 else ''} too" if len(far) > 1 else ""
    return Sighting(
        f"probe {name} asks beyond the training samples: {facts.input_names[column]} {raw[column]:g} "
        f"(scaled {scaled[column]:.3g}) is {brief(distance_of_worst)} of their range outside {ends[0]:g} to {ends[1]:g} "
        f"(scaled {scaled_ends[0]:.3g} to {scaled_ends[1]:.3g}){more}",
        {
            "probe": list(raw),
            "scaled": list(scaled),
            "column": facts.input_names[column],
            "distance": distance_of_worst,
            "range": ends,
            "scaled_range": scaled_ends,
            "others": [list(evidence.probes[other][0]) for _, other, _ in far if other != i],
        },
        "ask within the range of the training samples, or train on samples that reach so far",
        f"probe {name}",
    )


def _without(evidence: Evidence, left_out: Sequence[int]) -> dict[str, Any]:
    """Return the changes that leave columns out; none where the rest cannot be named, or nothing would be left."""
    names = [name for i, name in enumerate(evidence.facts.input_names) if i not in set(left_out)]
    if evidence.recipe["features"]:
        return {"features": tuple(names)} | _unnamed(evidence) if names else {}
    if not names or any("," in name or name != name.strip() for name in names):
        return {}
    changes: dict[str, Any] = {"inputs": tuple(names)}
    kept = [i for i in range(len(evidence.facts.input_names)) if i not in set(left_out)]
    if evidence.recipe["probe"]:
        changes["probe"] = tuple(tuple(probe[i] for i in kept) for probe in evidence.recipe["probe"])
    return changes | _unnamed(evidence)


def _unnamed(evidence: Evidence) -> dict[str, Any]:
    """Give up what is set or frozen by name, where the first layer gets another size."""
    return {"set": (), "freeze": ()} if evidence.recipe["set"] or evidence.recipe["freeze"] else {}


def _constant_input(evidence: Evidence, threshold: float) -> Sighting | None:
    facts = evidence.facts
    size = np.maximum(np.abs(facts.low), np.abs(facts.high))
    spread = (facts.high - facts.low) / np.where(size > 0, size, 1.0)
    constant = np.flatnonzero(spread <= threshold).tolist()
    if not constant or len(facts.raw) < 2:
        return None
    names = [facts.input_names[i] for i in constant]
    return Sighting(
        f"{len(names)} of {len(facts.input_names)} inputs ({_listed(names)}) are the same for every training sample: "
        f"they spread by at most {brief(float(spread[constant].max()))} of their size",
        {"columns": names, "largest_spread": float(spread[constant].max())},
        "leave them out: they tell the network nothing",
        ", ".join(names),
        _without(evidence, constant),
    )


def _duplicate_inputs(evidence: Evidence, threshold: float) -> Sighting | None:
    likeness, names = evidence.facts.likeness, evidence.facts.input_names
    first, second = np.nonzero(likeness >= threshold)
    if not len(first):
        return None
    again = sorted(set(second.tolist()))
    pairs = [f"{names[i]} and {names[j]}" for i, j in zip(first.tolist(), second.tolist(), strict=True)]
    return Sighting(
        f"{_listed(pairs)} rise and fall together: |r| is {brief(float(likeness.max()))}",
        {"pairs": pairs, "largest": float(likeness.max())},
        "leave one of each pair out: the other tells the same",
        ", ".join(names[i] for i in again),
        _without(evidence, again),
    )


def _class_imbalance(evidence: Evidence, threshold: float) -> Sighting | None:
    facts = evidence.facts
    if facts.task == "regression":
        return None
    answers, counts = np.unique(evidence.answers(facts.targets), return_counts=True)
    rare, common = int(counts.argmin()), int(counts.argmax())
    ratio = float(counts[rare] / counts[common])
    if len(counts) < 2 or not ratio < threshold:
        return None
    rarest, commonest = (facts.labels[int(answers[i])] for i in (rare, common))
    return Sighting(
        f"{rarest} has {counts[rare]:,} training samples and {commonest} {counts[common]:,}: {brief(ratio)} times as many",
        {
            "rarest": rarest,
            "commonest": commonest,
            "counts": {facts.labels[int(answer)]: int(count) for answer, count in zip(answers, counts, strict=True)},
            "ratio": ratio,
        },
        f"do not trust the accuracy, which is {brief(float(counts[common] / counts.sum()))} for always saying {commonest}; "
        f"add samples of {rarest}, or repeat them",
        rarest,
    )


def _batch_larger_than_set(evidence: Evidence, threshold: float) -> Sighting | None:
    size, rows = evidence.recipe["batch_size"], len(evidence.training.inputs)
    if size is None or not size / rows > threshold:
        return None
    drawn = "draws some of them more than once" if evidence.recipe["sampling"] == "random" else "takes them all"
    return Sighting(
        f"a batch of {size:,} is {brief(size / rows)} times the {rows:,} training samples that there are: it {drawn}",
        {"batch_size": size, "rows": rows, "ratio": size / rows},
        "take the full batch, which is each of them once, or a smaller one",
        "batch",
        {"batch_size": None},
    )


KINDS = (
    FindingKind(
        "probe-out-of-range",
        "warning",
        "How far an input asked about lies outside the training samples' range of a column, in widths of that range",
        Threshold(0.1, "above", "widths", "a little beyond the last sample the answer still means something", 0.0),
        _probe_out_of_range,
        "A network says something sensible where it has seen samples. Beyond them nothing has been asked of it, and "
        "its answer is whatever its activations happen to do out there. A probe is scaled as the training inputs "
        "were. Where a script scales the training inputs and then asks a raw number, as the original case did with 5 "
        "and 16 after training on 1/9 to 1, every question lies outside.",
    ),
    FindingKind(
        "input-scales",
        "warning",
        "The largest size of an input as the network gets it, or how many times the largest of one column is that of "
        "another",
        Threshold(FAR_INPUTS, "above", "times", "scaled inputs stay within a few units, outliers among them", 1.0),
        _input_scales,
        "The gradient of a weight is proportional to its input. With one input in thousands and another in "
        "hundredths, one rate is too high for the one and too low for the other, and large inputs drive sigmoid and "
        "tanh units into saturation before the first step.",
    ),
    FindingKind(
        "target-scales",
        "warning",
        "For numbers to learn: the largest size of a target as it is trained on, or how many times the standard deviation "
        "of an output's targets fits into 1",
        Threshold(
            FAR_TARGETS, "above", "times", "a linear output of a few units reaches ten in a few hundred steps", 1.0
        ),
        _target_scales,
        "First weights and rates are made for answers near 1. With targets in thousands the error, and every gradient "
        "with it, is thousands of times as large, and any usual rate throws the weights away; with an optimizer such as "
        "Adam, whose steps have the size of the rate, the output takes for ever to get there. With targets that hardly "
        "differ the noise of the answers is larger than what there is to learn. Scaled targets (mean 0, deviation 1) are "
        "learned as any others, and the scaling is undone in every answer.",
    ),
    FindingKind(
        "class-imbalance",
        "warning",
        "The training samples of the rarest class beside those of the commonest",
        Threshold(0.1, "below", "times", "always saying the commonest is then right nine times of ten", 0.0, 1.0),
        _class_imbalance,
        "The loss is a mean over samples, so a class with few of them hardly counts: always answering with the "
        "common class gives a low loss and a high accuracy. The confusion matrix tells what the accuracy hides.",
    ),
    FindingKind(
        "batch-larger-than-set",
        "warning",
        "The samples of a batch beside the training samples that there are",
        Threshold(1.0, "above", "times", "there are no more samples than that", 0.0),
        _batch_larger_than_set,
        "A batch cannot show more samples than there are. Drawn with replacement it repeats some and misses others, "
        "which is the noise of a small batch at the price of a large one; in order it is the full batch.",
    ),
    FindingKind(
        "constant-input",
        "info",
        "The range of a raw input over the training samples beside its size",
        Threshold(0.0, "at most", "times", "only a column that never changes tells nothing", 0.0, 1.0),
        _constant_input,
        "What is the same for every sample cannot tell them apart. Where it is not 0 it acts as a second bias; "
        "otherwise its weights are never trained. It does no harm, and is often the sign of a column that was read "
        "wrongly.",
    ),
    FindingKind(
        "duplicate-inputs",
        "info",
        "The correlation of two inputs, without its sign, over at most 2,000 samples and 500 columns",
        Threshold(0.9999, "at least", "|r|", "columns that merely belong together stay below", 0.5, 1.0),
        _duplicate_inputs,
        "Two inputs that rise and fall together say the same thing twice: only the sum of their weights matters, "
        "which makes the loss a valley with a flat floor. It does no harm to the answers, and makes weights hard to "
        "read.",
    ),
)
