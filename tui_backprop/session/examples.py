"""Runs worth trying: each a short command, what to look for in it, and what it comes to."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Example:
    """A run that shows one thing."""

    title: str
    options: str
    """What follows `tui-backprop`, or `tui-backprop run`."""
    look: str
    """What to look for, and what to try then; a sentence or two."""
    steps: int
    """After how many steps it is to be seen."""
    finding: str = ""
    """The finding that it comes to; empty where it comes to a loss."""
    below: float | None = None
    """The training loss that it comes below; None where it comes to a finding."""


EXAMPLES: tuple[Example, ...] = (
    Example(
        "The original case",
        "parity",
        "Every input gets nearly the same answer. Findings (6) say why: this chain of single units cannot do better, "
        "at any rate. Press ! and it gets units that can.",
        200,
        finding="cannot-do-better",
    ),
    Example(
        "Symmetry",
        "xor --init zeros",
        "All hidden units begin alike, get the same gradient and stay alike: compare the rows of Gradients (4). Begin "
        "with random weights instead (o, init).",
        500,
        finding="copied-units",
    ),
    Example(
        "Dying relus",
        "moons --activation relu --optimizer sgd --lr 3 --hidden 16 --batch-size 1",
        "Large steps push units so far that they are 0 for every sample: they are hollow in Network (7), and no "
        "gradient brings them back. Try leaky-relu, or a rate of 0.1.",
        2000,
        finding="dead-units",
    ),
    Example(
        "Exploding at depth 8",
        "moons --hidden 16,16,16,16,16,16,16,16 --activation linear --init normal --optimizer sgd --lr 0.01",
        "δ grows on its way back from layer to layer: Distributions (9) shows it, on a logarithmic axis. Xavier's "
        "first weights keep it level.",
        20,
        finding="exploding-gradients",
    ),
    Example(
        "Vanishing through sigmoids",
        "moons --hidden 8,8,8,8,8,8 --activation sigmoid --optimizer sgd --lr 0.1",
        "Each layer multiplies δ with a slope of at most ¼, so hardly anything reaches the first one. Try tanh, or "
        "relu with the first weights of He.",
        500,
        finding="vanishing-gradients",
    ),
    Example(
        "Momentum on a ravine",
        "ravine --optimizer momentum --lr 0.003",
        "The loss surface (8) is a long ravine. Momentum runs along it; after 60 steps plain sgd at this rate still "
        "has 170 times the loss. Press o, choose sgd, and compare the two runs with C.",
        60,
        below=0.05,
    ),
    Example(
        "Too high a rate",
        "xor --optimizer sgd --lr 30",
        "The loss jumps, units saturate, and what is saturated learns no more. Lower the rate with - and see when it "
        "is too late to help; r begins again.",
        1000,
        finding="saturated-units",
    ),
    Example(
        "Noise learned by heart",
        "moons --label-noise 0.3 --hidden 64,64",
        "A third of the training labels is wrong. The training loss falls all the same, and the test loss rises: "
        "Prediction (2) has islands around single samples. Try a penalty, --l2 0.01.",
        3000,
        finding="overfitting",
    ),
    Example(
        "Adam against SGD on digits",
        "digits",
        "Adam is near 100 % after 1,000 steps. With --optimizer sgd the same network has about half of them right: its "
        "steps are as small as its gradients.",
        1000,
        below=0.1,
    ),
    Example(
        "A wrong gradient that learns",
        "xor --rule hidden-slope-twice",
        "The loss goes down and the answers are right, though one derivative is taken twice. That it learns proves "
        "nothing: c checks the gradients, and x has other mistakes.",
        1000,
        finding="wrong-gradient",
    ),
    Example(
        "A feature in place of hidden units",
        "xor --hidden none --features x1,x2,x1*x2",
        "Without hidden units no network learns xor from its two inputs; with their product as a third it is a "
        "straight cut. Network (7) shows the surfaces of the three.",
        3000,
        below=0.001,
    ),
    Example(
        "The spiral with sines",
        "spiral --hidden 4 --features x1,x2,sin(4*x1),sin(4*x2),x1*x2",
        "Four hidden units are too few for the spiral; with these features they do. Take them away one by one (o, "
        "features) and see which of them it needs.",
        2000,
        below=0.02,
    ),
)
"""In the order in which they are best tried."""
