import numpy as np


class RingNet:
    def __init__(self, hidden_units, seed=5):
        r = np.random.RandomState(seed)
        self.W_in = r.randn(hidden_units, 2)
        self.b_in = np.zeros(hidden_units)
        self.w_out = r.randn(hidden_units) / np.sqrt(hidden_units)
        self.b_out = np.zeros(1)

    def run(self, point):
        self.h = np.tanh(self.W_in @ point + self.b_in)
        self.p = 1 / (1 + np.exp(-(self.w_out @ self.h + self.b_out[0])))
        return self.p

    def train_batch(self, points, labels, lr):
        gW, gb = np.zeros_like(self.W_in), np.zeros_like(self.b_in)
        gw, gc = np.zeros_like(self.w_out), np.zeros_like(self.b_out)
        loss = 0.0
        for point, label in zip(points, labels):
            p = self.run(point)
            loss += -np.log(p) if label else -np.log(1 - p)
            d = p - label
            gw += d * self.h
            gc += d
            dh = d * self.w_out * (1 - self.h ** 2)
            gW = np.outer(dh, point)
            gb = dh
        k = len(points)
        self.W_in -= lr * gW / k
        self.b_in -= lr * gb / k
        self.w_out -= lr * gw / k
        self.b_out -= lr * gc / k
        return loss / k


rand = np.random.RandomState(0)
pts = rand.uniform(-2, 2, (256, 2))
lab = ((np.hypot(pts[:, 0], pts[:, 1]) > 0.8) & (np.hypot(pts[:, 0], pts[:, 1]) < 1.7)).astype(int)

net = RingNet(12)
BATCH = 16
for epoch in range(60):
    perm = rand.permutation(256)
    sum_loss = 0
    for i in range(0, 256, BATCH):
        idx = perm[i:i + BATCH]
        sum_loss += net.train_batch(pts[idx], lab[idx], lr=0.5)
    if epoch % 10 == 9:
        acc = np.mean([(net.run(p) > 0.5) == l for p, l in zip(pts, lab)])
        print("epoch", epoch + 1, "loss", sum_loss / 16, "accuracy", acc)
