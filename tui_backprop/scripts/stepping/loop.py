"""The loop of a script, or the function, whose passes are its updates."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from tui_backprop.scripts.reading.reading import Reading

_SHARE = 0.7  # of the updates that a loop must begin equally often for each


@dataclass(frozen=True, slots=True)
class TrainingLoop:
    """Where an update begins: at every pass, or at every few passes, of a loop or a function."""

    file: str
    line: int
    column: int
    every: int
    """Passes that are one update: 1, or the samples of a batch that is gone through one by one."""


def training_loop(reading: Reading) -> TrainingLoop | None:
    """Return the loop or function that begins equally often for each update; None where there is none."""
    trace = reading.trace
    heads = sorted(trace.passes, key=lambda one: one[1])
    counts: dict[int, list[int]] = defaultdict(list)
    first: dict[int, int] = {}
    at = 0
    inner = reading.passes[1:-1] if len(reading.passes) > 3 else reading.passes
    for one in inner:
        while at < len(heads) and heads[at][1] <= one.start:
            at += 1
        found: Counter[int] = Counter()
        n = at
        while n < len(heads) and heads[n][1] <= one.end:
            found[heads[n][0]] += 1
            first.setdefault(heads[n][0], len(first))
            n += 1
        for place, count in found.items():
            counts[place].append(count)
    ranked = []
    for place, numbers in counts.items():
        usual, often = Counter(numbers).most_common(1)[0]
        if often >= _SHARE * len(inner):
            ranked.append((often < len(inner), usual > 1, first[place], usual, place))
    if not ranked:
        return None
    _, _, _, every, number = min(ranked)
    head = trace.places[number]
    return TrainingLoop(trace.files[head.file], head.line, head.column, every)
