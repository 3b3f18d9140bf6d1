"""Scripts as learners write them, for tests that step through one: the original, a class, neurons, a recurrent one."""

from tui_backprop.session.script_run.lesson import script_lesson

ORIGINAL = script_lesson().script
"""Three mistakes: the slope that `back` lacks, `w2` for `h`, `w1` for `x`; a model that cannot; questions out of range."""

PERCEPTRON = """\
import numpy as np

np.random.seed(1)
X = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
T = np.array([0.0, 1.0, 1.0, 0.0])


class Net:
    def __init__(self):
        self.W = np.random.randn(4, 2)
        self.b = np.zeros(4)
        self.v = np.random.randn(4)
        self.c = 0.0

    def forward(self, x):
        self.h = np.tanh(self.W @ x + self.b)
        return self.v @ self.h + self.c

    def train(self, x, t, rate):
        out = self.forward(x)
        e = out - t
        dh = e * self.v * (1 - self.h ** 2)
        self.v -= rate * e * self.h
        self.c -= rate * e
        self.W -= rate * np.outer(dh, x)
        self.b -= rate * dh


net = Net()
for epoch in range(400):
    for x, t in zip(X, T):
        net.train(x, t, 0.1)
"""

NEURONS = """\
import math
import random

random.seed(2)


class Neuron:
    def __init__(self, n):
        self.w = [random.uniform(-1, 1) for _ in range(n)]
        self.b = 0.0

    def fire(self, xs):
        self.xs = xs
        self.a = math.tanh(sum(w * x for w, x in zip(self.w, xs)) + self.b)
        return self.a


hidden = [Neuron(2) for _ in range(3)]
last = Neuron(3)
data = [([-1, -1], -0.8), ([-1, 1], 0.8), ([1, -1], 0.8), ([1, 1], -0.8)]

for epoch in range(300):
    for xs, t in data:
        out = last.fire([n.fire(xs) for n in hidden])
        last.delta = (out - t) * (1 - out * out)
        for i, n in enumerate(hidden):
            n.delta = last.delta * last.w[i] * (1 - n.a * n.a)
        for n in [*hidden, last]:
            for i, x in enumerate(n.xs):
                n.w[i] -= 0.2 * n.delta * x
            n.b -= 0.2 * n.delta
"""

COUNTING = """\
import numpy as np

rng = np.random.default_rng(4)
H, T = 5, 6
Wx = rng.normal(size=(H, 1)) * 0.4
Wh = rng.normal(size=(H, H)) * 0.4
Wy = rng.normal(size=(1, H)) * 0.4

for n in range(500):
    bits = rng.integers(0, 2, T)
    target = bits.sum() / T
    hs = [np.zeros((H, 1))]
    for t in range(T):
        hs.append(np.tanh(Wx * bits[t] + Wh @ hs[-1]))
    y = Wy @ hs[-1]
    dy = 2 * (y - target)
    gy = dy @ hs[-1].T
    gx, gh = np.zeros_like(Wx), np.zeros_like(Wh)
    dh = Wy.T @ dy
    for t in reversed(range(T)):
        dz = dh * (1 - hs[t + 1] ** 2)
        gx += dz * bits[t]
        gh += dz @ hs[t].T
        dh = Wh.T @ dz
    Wx -= 0.05 * gx
    Wh -= 0.05 * gh
    Wy -= 0.05 * gy
"""
