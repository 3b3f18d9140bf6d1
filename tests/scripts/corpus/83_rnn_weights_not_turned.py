import random

import numpy as np
from numpy.random import randn

random.seed(1)
np.random.seed(1)

good = ["nice day", "very nice", "very good day", "a good one", "not bad", "not bad at all", "really nice", "good good"]
bad = ["bad day", "very bad", "not nice", "not good", "a bad one", "not nice at all", "really bad", "not a good one"]
words = sorted({w for line in good + bad for w in line.split()})
index = {w: i for i, w in enumerate(words)}


class RNN:
    def __init__(self, n_in, n_out, n_hidden=16):
        self.whh = randn(n_hidden, n_hidden) / 6
        self.wxh = randn(n_hidden, n_in) / 3
        self.why = randn(n_out, n_hidden) / 3
        self.bh = np.zeros((n_hidden, 1))
        self.by = np.zeros((n_out, 1))

    def forward(self, xs):
        self.xs = xs
        self.hs = [np.zeros_like(self.bh)]
        for x in xs:
            self.hs.append(np.tanh(self.wxh @ x + self.whh @ self.hs[-1] + self.bh))
        y = self.why @ self.hs[-1] + self.by
        return np.exp(y) / np.exp(y).sum()

    def backprop(self, dy, lr=0.03):
        d_why, d_by = dy @ self.hs[-1].T, dy
        d_whh, d_wxh, d_bh = np.zeros_like(self.whh), np.zeros_like(self.wxh), np.zeros_like(self.bh)
        dh = self.why.T @ dy
        for t in range(len(self.xs), 0, -1):
            inner = (1 - self.hs[t] ** 2) * dh
            d_bh += inner
            d_whh += inner @ self.hs[t - 1].T
            d_wxh += inner @ self.xs[t - 1].T
            dh = self.whh @ inner
        for d in (d_wxh, d_whh, d_why, d_bh, d_by):
            np.clip(d, -1, 1, out=d)
        self.whh -= lr * d_whh
        self.wxh -= lr * d_wxh
        self.why -= lr * d_why
        self.bh -= lr * d_bh
        self.by -= lr * d_by


def encode(line):
    vectors = []
    for w in line.split():
        v = np.zeros((len(words), 1))
        v[index[w]] = 1
        vectors.append(v)
    return vectors


net = RNN(len(words), 2)
data = [(line, 1) for line in good] + [(line, 0) for line in bad]
for epoch in range(300):
    random.shuffle(data)
    loss = hits = 0
    for line, label in data:
        p = net.forward(encode(line))
        loss -= np.log(p[label, 0])
        hits += p.argmax() == label
        dy = p.copy()
        dy[label] -= 1
        net.backprop(dy)
    if epoch % 50 == 49:
        print(f"epoch {epoch + 1}: loss {loss / len(data):.3f}, right {hits / len(data):.2f}")
