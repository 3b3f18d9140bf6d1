"""The gallery: single wrong turns of the backward pass by name, each a rule, with what it does and what comes of it."""

from __future__ import annotations

from dataclasses import dataclass

from tui_backprop.core.arrays import Array
from tui_backprop.core.backward import Gradients
from tui_backprop.core.forward import Tape
from tui_backprop.core.mistakes.turns import BackwardInputs, backward_with
from tui_backprop.core.mistakes.ways import Turn, Way
from tui_backprop.core.network import Network, Parameters
from tui_backprop.core.objective import Objective


@dataclass(frozen=True)
class MistakenRule:
    """A backward rule that takes wrong turns; it is called like every other rule."""

    name: str
    sentence: str
    """What it does where the chain rule does something else."""
    effect: str
    """What that does to training, and how to recognise it."""
    turns: tuple[Turn, ...]
    """One wrong turn; two where the same thought is wrong at two points."""

    def __call__(
        self, network: Network, objective: Objective, parameters: Parameters, tape: Tape, target: Array
    ) -> Gradients:
        """Compute the gradients by the wrong turns; shapes as in `tui_backprop.core.backward.exact`."""
        return backward_with(self.turns, BackwardInputs(network, objective, parameters, tape, target))


MISTAKES: dict[str, MistakenRule] = {
    one.name: one
    for one in (
        MistakenRule(
            "weight-for-input",
            "∂L/∂w = δ·w: the weight itself where its input belongs",
            "weights near 0 hardly move and their sign decides the direction; the loss stalls or rises",
            (Turn("input", Way("weight")),),
        ),
        MistakenRule(
            "z-for-input",
            "∂L/∂w = δ·z: the layer before gives its pre-activation instead of its activation",
            "often it still learns, more slowly and unsteadily, since z and a have mostly the same sign",
            (Turn("input", Way("pre-activation")),),
        ),
        MistakenRule(
            "raw-input",
            "∂L/∂w = δ·x in every layer: the network's input where the layer's own input belongs",
            "the first layer is right and the others are not: the output layer learns something else than it is used for",
            (Turn("input", Way("raw input")),),
        ),
        MistakenRule(
            "own-output",
            "∂L/∂w = δ·a of the unit itself instead of the unit before",
            "all weights into a unit get the same gradient, so a unit never learns which input matters",
            (Turn("input", Way("own output")),),
        ),
        MistakenRule(
            "no-input",
            "∂L/∂w = δ: the input of the weight is left out",
            "weights move like biases: the answer shifts as a whole and hardly depends on the input",
            (Turn("input", Way("left out")),),
        ),
        MistakenRule(
            "no-output-slope",
            "δ of the output layer = ∂L/∂ŷ: the slope of its activation is left out",
            "the right direction with another length: it learns, faster where the output is saturated",
            (Turn("output slope", Way("left out")),),
        ),
        MistakenRule(
            "no-hidden-slope",
            "δ of a hidden layer = δW: the slope f′(z) is left out",
            "layers near the input get gradients that are too large; with relu, dead units seem to learn",
            (Turn("hidden slope", Way("left out")),),
        ),
        MistakenRule(
            "output-slope-twice",
            "the slope of the output is multiplied twice; with softmax and cross-entropy it has cancelled and is put back",
            "training is slow, and a confident wrong answer is hardly corrected",
            (Turn("output slope", Way("twice")),),
        ),
        MistakenRule(
            "hidden-slope-twice",
            "δ of a hidden layer has f′(z)²",
            "layers near the input learn far too slowly: each layer takes another factor of ¼ with sigmoid",
            (Turn("hidden slope", Way("twice")),),
        ),
        MistakenRule(
            "slope-of-activation",
            "the slope is f′(a) instead of f′(z): σ(a)(1 − σ(a)) where a(1 − a) is meant",
            "it is never near 0, so saturated units get gradients as if they were not; it learns, but not by the gradient",
            (Turn("output slope", Way("of the activation")), Turn("hidden slope", Way("of the activation"))),
        ),
        MistakenRule(
            "slope-fed-with-z",
            "the formula in a is given z: z(1 − z) where a(1 − a) is meant",
            "for negative z the sign turns round and the unit runs away from the answer",
            (Turn("output slope", Way("fed with z")), Turn("hidden slope", Way("fed with z"))),
        ),
        MistakenRule(
            "activation-for-slope",
            "the slope is a itself where sigmoid has a(1 − a): half of the formula is missing",
            "hidden units near 1 get gradients as if they were not saturated, units near 0 hardly any",
            (Turn("hidden slope", Way("activation itself")),),
        ),
        MistakenRule(
            "slope-of-another-layer",
            "f′ of a hidden layer is taken where another layer of its size has its z",
            "it learns roughly while all slopes are alike, and goes astray where one of the layers saturates",
            (Turn("hidden slope", Way("of another layer")),),
        ),
        MistakenRule(
            "slope-of-another-activation",
            "f′ is another activation's: 1 − a² where sigmoid has a(1 − a), a(1 − a) elsewhere",
            "hidden layers get gradients of the wrong size; with a(1 − a) after tanh even the sign is wrong",
            (Turn("hidden slope", Way("of another activation")),),
        ),
        MistakenRule(
            "error-carried-back",
            "what goes back is the error without the slope of the layers it has passed",
            "the last layer is right, all before it are scaled wrongly, most where units are saturated",
            (Turn("carried", Way("error")),),
        ),
        MistakenRule(
            "raw-error-carried-back",
            "every hidden unit gets ŷ − y itself, neither through weights nor slopes",
            "hidden units all get the same error and move together, whichever way their weight to the output has",
            (Turn("carried", Way("raw error")),),
        ),
        MistakenRule(
            "not-through-weights",
            "the error goes back without being multiplied by the weights",
            "hidden units all get the same error: they become copies of each other, and half of them go the wrong way",
            (Turn("carried", Way("without weights")),),
        ),
        MistakenRule(
            "through-transposed-weights",
            "the error goes back through W where Wᵀ belongs; between layers of different size it cannot",
            "hidden units are blamed for what others did; the loss falls for a while by the last layer alone",
            (Turn("carried", Way("transposed weights")),),
        ),
        MistakenRule(
            "through-another-layers-weights",
            "the error goes back through the weights of another layer of that shape",
            "the layers before get the error of other units: they wander while the last layer learns",
            (Turn("carried", Way("weights of another layer")),),
        ),
        MistakenRule(
            "through-updated-weights",
            "the error goes back through weights that this very update has changed already (here at rate 0.1)",
            "nearly right at small rates; the gradient check fails by as much as the rate",
            (Turn("carried", Way("updated weights"), amount=0.1),),
        ),
        MistakenRule(
            "wrong-sign",
            "the error is y − ŷ where ŷ − y is meant, and it is still subtracted",
            "the loss rises from the first step",
            (Turn("factor", Way("sign"), amount=-1.0),),
        ),
        MistakenRule(
            "half-the-gradient",
            "the 2 of the squared error's derivative is left out",
            "harmless: the same as half the rate",
            (Turn("factor", Way("half"), amount=0.5),),
        ),
        MistakenRule(
            "times-the-rate",
            "gradients hold the rate already, here 0.1, and are multiplied with it again",
            "harmless: the same as a rate that is smaller by that factor",
            (Turn("factor", Way("rate"), amount=0.1),),
        ),
        MistakenRule(
            "loss-of-another-kind",
            "∂L/∂ŷ is another loss's derivative: the sign of ŷ − y for squared errors, 2(ŷ − y) for the others",
            "it makes another loss small than the one that is shown; near the answer it jumps about or stalls",
            (Turn("loss", Way("of another loss")),),
        ),
        MistakenRule(
            "sum-over-batch",
            "gradients are summed over the batch where the loss is a mean",
            "harmless: the same as a rate that is the batch size times larger, which may be too large",
            (Turn("batch", Way("sum")),),
        ),
        MistakenRule(
            "mean-again",
            "gradients are divided by the batch size once more where the loss is a mean already",
            "harmless: the same as a rate that is the batch size times smaller",
            (Turn("batch", Way("mean again")),),
        ),
        MistakenRule(
            "last-sample-only",
            "only the last sample of a batch counts: the gradient is overwritten where it should be added to",
            "the loss is as noisy as with single samples, however large the batch",
            (Turn("batch", Way("last sample")),),
        ),
        MistakenRule(
            "leftovers",
            "each sample's gradient still holds those of the samples before it: it is not set to 0 between them",
            "the first samples of a batch count many times; with single samples it is right",
            (Turn("batch", Way("leftovers")),),
        ),
        MistakenRule(
            "no-bias-gradient",
            "biases have no gradient",
            "biases stay where they began; what needs a shifted threshold is never learned",
            (Turn("bias", Way("left out")),),
        ),
        MistakenRule(
            "bias-times-input",
            "∂L/∂b = δ·x: the bias is treated like a weight of the first input",
            "biases hardly move where the input is near 0, and to the wrong side where it is negative",
            (Turn("bias", Way("times input")),),
        ),
        MistakenRule(
            "bias-mean-again",
            "bias gradients are divided by the batch size once more",
            "biases learn as slowly as if the rate were divided by the batch size; with single samples it is right",
            (Turn("bias", Way("mean")),),
        ),
        MistakenRule(
            "bias-sum",
            "bias gradients are summed over the batch where the loss is a mean",
            "biases move as many times too far as the batch has samples; with single samples it is right",
            (Turn("bias", Way("sum")),),
        ),
        MistakenRule(
            "layer-never-updated",
            "one layer is never updated (here the first): it gets no gradient",
            "its units stay random features: it learns what these allow, then stands still",
            (Turn("layer gradient", Way("never"), layer=1),),
        ),
        MistakenRule(
            "transposed-gradient",
            "∂L/∂W is given transposed; it can be only where a layer has as many units as the one before",
            "each weight gets the gradient of its mirror image; other layers are right, so it still learns a little",
            (Turn("layer gradient", Way("transposed")),),
        ),
    )
}
"""Every single wrong turn by name."""
