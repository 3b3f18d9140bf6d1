"""C, written for one case: sizes and functions are known when it is compiled, and batches are drawn in the loop.

What a compiler makes of this is the yardstick of the compiled engine, which must do without knowing them.
"""

from __future__ import annotations

import ctypes
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from tests.benchmarks.competitors.cases import Case
from tests.benchmarks.competitors.trainer import Trainer
from tui_backprop.core.arrays import Array, Indices

FLAGS = ("-O3", "-march=native", "-ffast-math", "-fPIC", "-std=gnu11")

_VALUES = {
    "sigmoid": "1.0 / (1.0 + exp(-{z}))",
    "tanh": "tanh({z})",
    "relu": "{z} > 0 ? {z} : 0.0",
}
_SLOPES = {"sigmoid": "{a} * (1.0 - {a})", "tanh": "1.0 - {a} * {a}", "relu": "({a} > 0 ? 1.0 : 0.0)"}
_FACTORS = {"squared": 2.0, "half-squared": 1.0}

_TEMPLATE = """\
#include <math.h>
#include <stdint.h>
enum {{ ROWS = {rows}, INPUTS = {inputs}, OUTPUTS = {outputs}, BATCH = {batch}, SIZE = {size} }};
static double theta[SIZE], g[SIZE], m[SIZE], v[SIZE];
static const double *inputs, *targets;
static double y[BATCH][OUTPUTS];
{arrays}
static uint64_t seed = 88172645463325252u;
static long count = 0;

void begin(const double *x, const double *t, const double *first) {{
  inputs = x; targets = t; count = 0;
  for (int k = 0; k < SIZE; k++) {{ theta[k] = first[k]; m[k] = v[k] = 0; }}
}}

static inline int draw(void) {{
  seed ^= seed << 13; seed ^= seed >> 7; seed ^= seed << 17;
  return (int)(((seed >> 32) * ROWS) >> 32);
}}

static inline void step(const int64_t *rows) {{
  for (int r = 0; r < BATCH; r++) {{
    const long row = rows ? rows[r] : draw();
    for (int i = 0; i < INPUTS; i++) a0[r][i] = inputs[row * INPUTS + i];
    for (int j = 0; j < OUTPUTS; j++) y[r][j] = targets[row * OUTPUTS + j];
  }}
{passes}
  count++;
{update}
}}

void train(long steps) {{ for (long s = 0; s < steps; s++) step(0); }}
void follow(const int64_t *rows, long steps, double *reached) {{
  for (long s = 0; s < steps; s++) step(rows + s * BATCH);
  for (int k = 0; k < SIZE; k++) reached[k] = theta[k];
}}
"""

_SGD = "  for (int k = 0; k < SIZE; k++) theta[k] -= {rate!r} * g[k];"
_ADAM = """\
  const double scale = {rate!r} / (1 - pow(0.9, count)), root = sqrt(1 - pow(0.999, count));
  for (int k = 0; k < SIZE; k++) {{
    m[k] = 0.9 * m[k] + (1 - 0.9) * g[k];
    v[k] = 0.999 * v[k] + (1 - 0.999) * g[k] * g[k];
    theta[k] -= scale * m[k] / (sqrt(v[k]) / root + 1e-8);
  }}"""


def source(case: Case) -> str:
    """Return the C of a case."""
    sizes, training = case.network.sizes, case.training
    return _TEMPLATE.format(
        rows=len(training.inputs),
        inputs=sizes[0],
        outputs=sizes[-1],
        batch=case.batch,
        size=case.network.size,
        arrays="\n".join(f"static double a{n}[BATCH][{size}], d{n}[BATCH][{size}];" for n, size in enumerate(sizes)),
        passes="\n".join([*_forward(case), *_delta(case), *_backward(case)]),
        update=(_ADAM if case.adam else _SGD).format(rate=case.recipe.lr),
    )


def _starts(case: Case) -> list[tuple[int, int]]:
    """Return where the weights and the biases of each layer begin in θ."""
    starts = [one.span.start for one in case.network.tensors]
    return list(zip(starts[::2], starts[1::2], strict=True))


def _forward(case: Case) -> Iterator[str]:
    for layer, (weights, biases) in enumerate(_starts(case)):
        below, units = case.network.sizes[layer : layer + 2]
        activation = case.network.activation_names[layer]
        yield f"""\
  for (int r = 0; r < BATCH; r++) {{
    double z[{units}];
    for (int j = 0; j < {units}; j++) z[j] = theta[{biases} + j];
    for (int i = 0; i < {below}; i++)
      for (int j = 0; j < {units}; j++) z[j] += a{layer}[r][i] * theta[{weights} + i * {units} + j];"""
        if activation == "softmax":
            yield f"""\
    double top = z[0], sum = 0;
    for (int j = 1; j < {units}; j++) top = z[j] > top ? z[j] : top;
    for (int j = 0; j < {units}; j++) sum += a{layer + 1}[r][j] = exp(z[j] - top);
    for (int j = 0; j < {units}; j++) a{layer + 1}[r][j] /= sum;
  }}"""
        else:
            value = _VALUES[activation].format(z="z[j]")
            yield f"    for (int j = 0; j < {units}; j++) a{layer + 1}[r][j] = {value};\n  }}"


def _delta(case: Case) -> Iterator[str]:
    depth, outputs = case.network.depth, case.network.sizes[-1]
    error = f"(a{depth}[r][j] - y[r][j])"
    if case.recipe.loss != "cross-entropy":  # softmax and cross-entropy leave the error alone
        slope = _SLOPES[case.network.activation_names[-1]].format(a=f"a{depth}[r][j]")
        error = f"{_FACTORS[case.recipe.loss]!r} * {error} * ({slope})"
    yield f"""\
  for (int r = 0; r < BATCH; r++)
    for (int j = 0; j < {outputs}; j++) d{depth}[r][j] = {error} / BATCH;"""


def _backward(case: Case) -> Iterator[str]:
    for layer, (weights, biases) in reversed(list(enumerate(_starts(case)))):
        below, units = case.network.sizes[layer : layer + 2]
        yield f"""\
  for (int k = 0; k < {below * units}; k++) g[{weights} + k] = 0;
  for (int j = 0; j < {units}; j++) g[{biases} + j] = 0;
  for (int r = 0; r < BATCH; r++) {{
    for (int j = 0; j < {units}; j++) g[{biases} + j] += d{layer + 1}[r][j];
    for (int i = 0; i < {below}; i++)
      for (int j = 0; j < {units}; j++) g[{weights} + i * {units} + j] += a{layer}[r][i] * d{layer + 1}[r][j];
  }}"""
        if layer:
            slope = _SLOPES[case.network.activation_names[layer - 1]].format(a=f"a{layer}[r][i]")
            yield f"""\
  for (int r = 0; r < BATCH; r++)
    for (int i = 0; i < {below}; i++) {{
      double sum = 0;
      for (int j = 0; j < {units}; j++) sum += d{layer + 1}[r][j] * theta[{weights} + i * {units} + j];
      d{layer}[r][i] = sum * ({slope});
    }}"""


class CompiledC(Trainer):
    """The C of a case, compiled into a library of its own."""

    def __init__(self, case: Case) -> None:
        self._size = case.network.size
        self._inputs, self._targets = (np.ascontiguousarray(x) for x in (case.training.inputs, case.training.targets))
        with tempfile.TemporaryDirectory() as folder:
            file, compiled, built = (Path(folder) / f"case.{end}" for end in ("c", "o", "so"))
            file.write_text(source(case), encoding="utf-8")
            gcc = str(shutil.which("gcc"))
            subprocess.run([gcc, *FLAGS, "-c", file, "-o", compiled], check=True)
            # Linked without -ffast-math: with it, a library sets the processor to flush small numbers to zero when it is
            # loaded, for all that this process computes from then on.
            subprocess.run([gcc, "-shared", compiled, "-o", built, "-lm"], check=True)
            self._code = ctypes.CDLL(str(built))
        self._code.begin(*(_pointer(one) for one in (self._inputs, self._targets, np.ascontiguousarray(case.theta))))

    def train(self, steps: int) -> None:
        """Make so many updates, each with a batch that is drawn there."""
        self._code.train(ctypes.c_long(steps))

    def follow(self, batches: Indices) -> Array:
        """Make an update with each batch."""
        rows, reached = np.ascontiguousarray(batches, dtype=np.int64), np.empty(self._size)
        self._code.follow(_pointer(rows), ctypes.c_long(len(rows)), _pointer(reached))
        return reached


def _pointer(array: Array | Indices) -> ctypes.c_void_p:
    return ctypes.c_void_p(array.ctypes.data)
