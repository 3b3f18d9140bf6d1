"""A network as a file for PyTorch, in double precision: what answers, and where it is wanted the training."""

from __future__ import annotations

from collections.abc import Iterator

from tui_backprop.session.keep.code import outline
from tui_backprop.session.keep.code.numpy_training import Loop
from tui_backprop.session.keep.code.operations import Operations
from tui_backprop.session.keep.code.text import feature_columns, unformatted
from tui_backprop.session.keep.code.torch_operations import ACTIVATION_TEXTS, LION, LOSS_TEXTS, OPTIMIZER_TEXTS
from tui_backprop.session.keep.code.training import TrainingHistory, history_of
from tui_backprop.session.recipe.problem import Problem
from tui_backprop.session.session import Session

_TENSOR = "tensor"


def exported(session: Session, _suffix: str, *, with_training: bool) -> bytes:
    """Return the text of a file that answers as the run does, or that trains as it did and then answers.

    Raises:
        InputError: why there can be none, in one sentence.
    """
    problem, history = session.problem, history_of(session) if with_training else None
    operations = Operations()
    loop = None if history is None else Loop(history, operations)
    parts = [_prepare(problem), _forward(problem), _predict(problem)]
    training = ""
    if history is not None and loop is not None:
        parts += [_loss(history), *([LION] if history.recipe.optimizer == "lion" else []), *loop.rate()]
        training = "\n\n" + "\n".join(_loop(history, loop)) + "\n"
    assigned = [*outline.tensors(problem, session.state.parameters if history is None else history.first, _TENSOR)]
    if history is not None:
        assigned += [*outline.sample_lines(history, _TENSOR), *filter(None, [outline.order(history)])]
    body = operations.text + "".join(f"\n\n{part}\n" for part in parts) + training
    imports = [*(["import math\n"] if "math." in body else []), "import torch"]
    imports += ["from torch.nn import functional"] if "functional." in body else []
    head = [
        outline.file_heading(session),
        "\n".join(imports),
        "\n".join(outline.name_lines(problem)),
        "def tensor(values):\n    return torch.tensor(values, dtype=torch.float64)\n",
        unformatted(assigned),
        "\n".join(f"{name} = {value!r}" for name, value in (loop.settings() if loop else {}).items()),
    ]
    return ("\n\n".join(filter(None, head)).replace("]\n\ndef tensor", "]\n\n\ndef tensor") + "\n" + body).encode()


def _prepare(problem: Problem) -> str:
    lines = [
        "def prepare(inputs):",
        '    """Return raw inputs (samples, columns) as the network gets them."""',
        "    x = torch.as_tensor(inputs, dtype=torch.float64)",
    ]
    if columns := feature_columns(problem.features):
        named = [_in_torch(column) for column in columns]
        lines += ["    columns = [", *(f"        {one}," for one in named), "    ]"]
        lines += ["    x = torch.stack([column.to(x) for column in columns], dim=1)"]
    return "\n".join([*lines, f"    return {outline.scaled(problem.scaler, 'INPUT', 'x')}"])


def _in_torch(column: str) -> str:
    """Return a feature with PyTorch's functions in the place of NumPy's."""
    if column.startswith("np.full("):
        return f"torch.full({column.removeprefix('np.full(').replace('len(x)', '(len(x),)', 1)}"
    return column.replace("np.mod(", "torch.remainder(").replace("np.", "torch.")


def _forward(problem: Problem) -> str:
    def lines() -> Iterator[str]:
        yield "def forward(x):"
        yield '    """Return z and a of the last layer."""'
        for layer, activation in enumerate(problem.network.activations, start=1):
            before = "x" if layer == 1 else "a"
            yield f"    z = {before} @ w{layer} + b{layer}"
            yield f"    a = {ACTIVATION_TEXTS[activation.name].format(z='z')}"
        yield "    return z, a"

    return "\n".join(lines())


def _predict(problem: Problem) -> str:
    return "\n".join(
        [
            "@torch.no_grad()",
            "def predict(inputs):",
            '    """Return the answers (samples, outputs) to raw inputs (samples, columns)."""',
            "    _, a = forward(prepare(inputs))",
            f"    return {outline.unscaled(problem.target_scaler, 'TARGET', 'a')}",
        ]
    )


def _loss(history: TrainingHistory) -> str:
    each = LOSS_TEXTS[history.recipe.loss]
    used = "z, _" if "(z," in each or "(z " in each else "_, a"
    return "\n".join(
        [
            "def loss(x, y):",
            '    """Return L, a mean over the rows."""',
            f"    {used} = forward(x)",
            f"    return ({each}).sum(dim=1).mean()"
            if not each.startswith(("functional", "((", "(a"))
            else f"    return {each}.sum(dim=1).mean()",
        ]
    )


def _loop(history: TrainingHistory, loop: Loop) -> Iterator[str]:
    training, trained = history.training, [one.name for one in loop.trained]
    masked = [name for name in trained if history.mask(name) is not None]
    everything = history.batches is None
    x, y = ("x", "y") if everything else ("all_x", "all_y")
    yield f"{x}, {y} = prepare(SAMPLES), {outline.scaled(history.problem.target_scaler, 'TARGET', 'TARGETS')}"
    yield f"theta = [{', '.join(trained)}]"
    yield "for one in theta:"
    yield "    one.requires_grad_(True)"
    yield f"optimizer = {OPTIMIZER_TEXTS[history.recipe.optimizer](history.recipe.momentum)}"
    yield "for step in range(STEPS):"
    if not everything:
        yield "    x, y = all_x[BATCHES[step]], all_y[BATCHES[step]]"
    yield "    optimizer.zero_grad()"
    yield "    cost = loss(x, y)"
    for name in (one.name for one in loop.trained if one.is_weight):
        if training.l1:
            yield f"    cost = cost + L1 * {name}.abs().sum()"
        if training.l2:
            yield f"    cost = cost + 0.5 * L2 * ({name} ** 2).sum()"
    yield "    cost.backward()"
    for name in masked:
        yield f"    {name}.grad *= {name.upper()}_FREE"
    if training.clip is not None:
        yield "    torch.nn.utils.clip_grad_norm_(theta, CLIP)"
    if not training.schedule.is_constant:
        yield '    optimizer.param_groups[0]["lr"] = rate_at(step)'
    for name in masked:
        yield f"    old_{name} = {name}.detach().clone()"
    yield "    optimizer.step()"
    if masked:
        yield "    with torch.no_grad():"
        for name in masked:
            yield f"        {name}.copy_(torch.where({name.upper()}_FREE > 0, {name}, old_{name}))"
    yield "for one in theta:"
    yield "    one.requires_grad_(False)"
    yield ""
    yield 'if __name__ == "__main__":'
    yield f'    print(f"loss after {{STEPS}} steps: {{loss({x}, {y}):.6g}}")'
