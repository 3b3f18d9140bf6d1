"""A network of your own, for `tui-backprop check` to look at.

Put your formulas in place of these, then run

    tui-backprop check THIS_FILE.py      is the backward pass right, and if not, which mistake is it?
    tui-backprop THIS_FILE.py            watch it learn, step by step

It is right as it is. Break something in backward() and check again.
"""

import math
import random

# Your parameters: a dict of numbers, lists or arrays, or lists of arrays, with names of your own. Arrays may be weights
# (in, out) or (out, in), with biases or without.
parameters = {"w1": 0.15, "b1": 0.2, "w2": 0.4, "b2": 0.1}

# Your samples: a list of pairs (x, y), or two arrays (X, Y) with samples as rows or as columns. May be left out.
data = [(x / 9, 1.0 if x % 2 == 0 else 0.0) for x in range(1, 10)]


def sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z))


def forward(parameters, x):
    """Return the prediction for x: one sample, or a batch if your data are arrays."""
    h = sigmoid(parameters["w1"] * x + parameters["b1"])
    return sigmoid(parameters["w2"] * h + parameters["b2"])


def loss(prediction, y):
    """Return the loss. May be left out: then it is the squared error."""
    return (prediction - y) ** 2


def backward(parameters, x, y):
    """Return the gradient of the loss by every parameter, under the same names.

    If you have only a function that returns new parameters, call it update(parameters, x, y, lr) and leave this one out.
    """
    h = sigmoid(parameters["w1"] * x + parameters["b1"])
    y_hat = sigmoid(parameters["w2"] * h + parameters["b2"])
    delta2 = 2 * (y_hat - y) * y_hat * (1 - y_hat)  # ∂L/∂z2
    delta1 = delta2 * parameters["w2"] * h * (1 - h)  # ∂L/∂z1
    return {"w2": delta2 * h, "b2": delta2, "w1": delta1 * x, "b1": delta1}


if __name__ == "__main__":  # only when you run the file yourself: a check does not get here
    for _step in range(10_000):
        x, y = random.choice(data)
        gradients = backward(parameters, x, y)
        parameters = {name: value - 0.1 * gradients[name] for name, value in parameters.items()}
    for x, y in data:
        print(f"x {x:.3f}  y {y:.0f}  prediction {forward(parameters, x):.3f}")
