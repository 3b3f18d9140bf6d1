"""The engines beside what people would use instead: `python -m tests.benchmarks.engines`.

Prints, all from one run on one machine: steps a second of every competitor in every case, medians of rounds that are taken
in turn, with ratios, and which goals are reached; runs × steps a second of the sweep; how the time of a step grows, with
exponents; and what a long run holds in memory. What is not installed is left out with one line: the Python libraries are the
extra `benchmarks`, the plain JavaScript needs Node, and ConvNetJS `npm install --prefix FOLDER convnetjs` and
`NODE_PATH=FOLDER/node_modules`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator

from tests.benchmarks import growth, machine, memory, sweep
from tests.benchmarks.competitors import tables
from tests.benchmarks.competitors.cases import CASES
from tests.benchmarks.competitors.measure import FULL, QUICK, Effort, Times, measure
from tests.benchmarks.competitors.table import COMPETITORS

PARTS = ("engines", "sweep", "growth", "memory")


def beside(effort: Effort, *, with_markdown: bool) -> Iterator[str]:
    """Measure every case; the lines that tell of it, as they are known."""
    measured: dict[str, Times] = {}
    for case in CASES:
        measured[case.name] = measure(case, [one for one in COMPETITORS if one.excuse(case) is None], effort)
        yield from (*tables.case_lines(case, measured[case.name]), "")
    yield from tables.goal_lines(measured)
    if with_markdown:
        yield from ("", *tables.markdown(measured))


def together(effort: Effort, *, with_markdown: bool) -> Iterator[str]:
    """Measure runs that train together."""
    found = {}
    for name, recipe in sweep.CASES.items():
        found[name] = sweep.measure(recipe, sweep.most(name), effort.rounds, effort.seconds)
        yield from tables.sweep_lines(name, found[name])
    if with_markdown:
        yield from ("", *tables.markdown_sweep(found))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.engines", description="Measure the engines.")
    parser.add_argument("parts", nargs="*", help=f"of {', '.join(PARTS)}; all by default")
    parser.add_argument("--quick", action="store_true", help="few and short rounds: a glance, no measurement")
    parser.add_argument("--markdown", action="store_true", help="print the manual's tables as well")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"parts are {', '.join(PARTS)}, not {', '.join(sorted(unknown))}")
    effort = QUICK if options.quick else FULL
    makers = {
        "engines": lambda: beside(effort, with_markdown=options.markdown),
        "sweep": lambda: together(effort, with_markdown=options.markdown),
        "growth": lambda: growth.lines(quick=options.quick),
        "memory": lambda: (held.line() for held in memory.everything(quick=options.quick)),
    }
    machine.use_one_thread()
    print(f"{machine.processor()}\n{machine.versions()}\n")
    for part in options.parts or PARTS:
        for line in makers[part]():
            print(line, flush=True)
        print()


if __name__ == "__main__":
    main()
