"""Files as learners write them."""

from __future__ import annotations

from importlib import resources

ORIGINAL = """\
import math

RATE = 0.1
parameters = {"w_in": 0.15, "b_h": 0.2, "w_out": 0.4, "b_o": 0.1}
data = [(x / 9, 1.0 if x % 2 == 0 else 0.0) for x in range(1, 10)]


def sigmoid(z):
    return 1 / (1 + math.exp(-z))


def forward(p, x):
    return sigmoid(p["w_out"] * sigmoid(p["w_in"] * x + p["b_h"]) + p["b_o"])


def backward(p, x, y):
    h = sigmoid(p["w_in"] * x + p["b_h"])
    out = forward(p, x)
    d_out = RATE * 2 * (out - y) * out * (1 - out)
    d_h = RATE * 2 * (out - y) * p["w_out"] * h * (1 - h)
    return {"w_out": d_out * p["w_out"], "b_o": d_out, "w_in": d_h * p["w_in"], "b_h": d_h}
"""
"""The original case: plain floats, and three places that are wrong."""

RIGHT = (
    ORIGINAL.replace("RATE * 2", "2")
    .replace("2 * (out - y) * p", "d_out * p")
    .replace('"w_out": d_out * p["w_out"]', '"w_out": d_out * h')
    .replace('"w_in": d_h * p["w_in"]', '"w_in": d_h * x')
)
"""The same with the right formulas."""

ARRAYS = """\
import numpy as np

rng = np.random.default_rng(1)
parameters = {"W1": rng.normal(size=(2, 3)), "b1": np.zeros(3), "W2": rng.normal(size=(3, 1)), "b2": np.zeros(1)}
data = (np.array([[0, 0], [0, 1], [1, 0], [1, 1.0]]), np.array([[0], [1], [1], [0.0]]))


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def forward(p, x):
    h = np.tanh(x @ p["W1"] + p["b1"])
    return sigmoid(h @ p["W2"] + p["b2"])


def backward(p, x, y):
    h = np.tanh(x @ p["W1"] + p["b1"])
    out = forward(p, x)
    d2 = 2 * (out - y) / len(x) * out * (1 - out)
    d1 = d2 @ p["W2"].T * (1 - h**2)
    return {"W1": x.T @ d1, "b1": d1.sum(axis=0), "W2": h.T @ d2, "b2": d2.sum(axis=0)}
"""
"""A right network of arrays that takes batches."""

RULE = (resources.files("tui_backprop.cli.templates") / "own_rule.py").read_text(encoding="utf-8")
"""A right rule for the built-in network."""
