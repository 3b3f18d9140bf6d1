import numpy as np


class TiedAutoencoder:
    def __init__(self, visible, hidden, rs):
        self.W = rs.normal(0, 0.3, (hidden, visible))
        self.bh = np.zeros((hidden, 1))
        self.bv = np.zeros((visible, 1))

    def up(self, v):
        return 1 / (1 + np.exp(-(self.W @ v + self.bh)))

    def down(self, h):
        return 1 / (1 + np.exp(-(self.W.T @ h + self.bv)))

    def train(self, v, lr):
        h = self.up(v)
        r = self.down(h)
        dr = (r - v) * r * (1 - r)
        dh = self.W @ dr * h * (1 - h)
        grad_W = dh @ v.T
        self.W -= lr * grad_W
        self.bh -= lr * dh
        self.bv -= lr * dr
        return 0.5 * np.sum((r - v) ** 2)


rs = np.random.RandomState(19)
patterns = [np.array([float(c) for c in p]).reshape(-1, 1) for p in ("11110000", "00001111", "11001100", "00110011", "10101010")]
ae = TiedAutoencoder(8, 5, rs)
for epoch in range(1500):
    errors = [ae.train(patterns[k], 0.2) for k in rs.permutation(5)]
    if epoch % 250 == 0:
        print("epoch", epoch, "error", np.mean(errors))
for p in patterns:
    print(p.ravel().astype(int), ae.down(ae.up(p)).ravel().round(1))
