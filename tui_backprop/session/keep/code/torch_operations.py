"""What PyTorch calls the operations of `core`, an entry for each."""

from __future__ import annotations

from collections.abc import Callable

from tui_backprop.core.errors import require
from tui_backprop.core.operations.activations import ACTIVATIONS, LEAK
from tui_backprop.core.operations.losses import HUBER_THRESHOLD, LOSSES
from tui_backprop.core.operations.optimizers import OPTIMIZERS, Adagrad, Adam, AdamW, Lion, Momentum, Nesterov, RmsProp

ACTIVATION_TEXTS = {
    "sigmoid": "torch.sigmoid({z})",
    "tanh": "torch.tanh({z})",
    "relu": "torch.relu({z})",
    "leaky-relu": f"functional.leaky_relu({{z}}, {LEAK!r})",
    "elu": "functional.elu({z})",
    "softplus": "torch.logaddexp({z}, torch.zeros_like({z}))",  # functional.softplus is z alone beyond 20
    "gelu": 'functional.gelu({z}, approximate="tanh")',
    "swish": "functional.silu({z})",
    "sine": "torch.sin({z})",
    "linear": "{z}",
    "softmax": "torch.softmax({z}, dim=1)",
}
"""a of z."""

LOSS_TEXTS = {
    "squared": "((a - y) ** 2)",
    "half-squared": "0.5 * ((a - y) ** 2)",
    "binary-cross-entropy": 'functional.binary_cross_entropy_with_logits(z, y, reduction="none")',
    "cross-entropy": "-(y * functional.log_softmax(z, dim=1))",
    "huber": f'functional.huber_loss(a, y, reduction="none", delta={HUBER_THRESHOLD!r})',
    "absolute": "(a - y).abs()",
}
"""The loss of each output, of the last layer's z and a and the target y."""

_ADAM, _RMS, _LION = Adam(), RmsProp(), Lion()


def _momentum(value: float, *, nesterov: bool) -> str:
    ahead = ", nesterov=True" if nesterov and value else ""  # without momentum there is nothing to look ahead to
    return f"torch.optim.SGD(theta, lr=RATE, momentum={value!r}{ahead})"


OPTIMIZER_TEXTS: dict[str, Callable[[float], str]] = {
    "sgd": lambda _: "torch.optim.SGD(theta, lr=RATE)",
    "momentum": lambda value: _momentum(Momentum(value).momentum, nesterov=False),
    "nesterov": lambda value: _momentum(Nesterov(value).momentum, nesterov=True),
    "adagrad": lambda _: f"torch.optim.Adagrad(theta, lr=RATE, eps={Adagrad().epsilon!r})",
    "rmsprop": lambda _: f"torch.optim.RMSprop(theta, lr=RATE, alpha={_RMS.alpha!r}, eps={_RMS.epsilon!r})",
    "adam": lambda _: f"torch.optim.Adam(theta, lr=RATE, betas={(_ADAM.beta1, _ADAM.beta2)!r}, eps={_ADAM.epsilon!r})",
    "adamw": lambda _: f"torch.optim.AdamW(theta, lr=RATE, weight_decay={AdamW().weight_decay!r})",
    "lion": lambda _: "Lion(theta, lr=RATE)",
}
"""What makes the optimizer, of the recipe's momentum."""

LION = f'''class Lion(torch.optim.Optimizer):
    """θ ← θ − η·sign(β₁m + (1−β₁)g); m ← β₂m + (1−β₂)g, which PyTorch does not have."""

    def __init__(self, params, lr):
        super().__init__(params, {{"lr": lr}})

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for theta in group["params"]:
                m = self.state[theta].setdefault("m", torch.zeros_like(theta))
                direction = {_LION.beta1!r} * m + {1.0 - _LION.beta1!r} * theta.grad
                theta -= group["lr"] * torch.sign(direction)
                m.mul_({_LION.beta2!r}).add_(theta.grad, alpha={1.0 - _LION.beta2!r})'''

require("activations of PyTorch", ACTIVATION_TEXTS, tuple(ACTIVATIONS))
require("losses of PyTorch", LOSS_TEXTS, tuple(LOSSES))
require("optimizers of PyTorch", OPTIMIZER_TEXTS, tuple(OPTIMIZERS))
