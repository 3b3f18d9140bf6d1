import numpy as np

np.random.seed(60)


class DropNet:
    def __init__(self, i, h, o, drop):
        self.w1 = np.random.randn(h, i) / np.sqrt(i)
        self.b1 = np.zeros((h, 1))
        self.w2 = np.random.randn(o, h) / np.sqrt(h)
        self.b2 = np.zeros((o, 1))
        self.drop = drop

    def forward(self, x, train=True):
        self.x = x
        self.h = np.tanh(self.w1 @ x + self.b1)
        if train:
            self.mask = np.random.binomial(1, 1 - self.drop, self.h.shape) / (1 - self.drop)
            self.hd = self.h * self.mask
        else:
            self.hd = self.h
        return self.w2 @ self.hd + self.b2

    def backward(self, y_hat, y):
        m = y.shape[1]
        dy = 2 * (y_hat - y) / m
        dw2 = dy @ self.hd.T
        db2 = dy.sum(axis=1, keepdims=True)
        dh = self.w2.T @ dy
        dz = dh * (1 - self.h ** 2)
        dw1 = dz @ self.x.T
        db1 = dz.sum(axis=1, keepdims=True)
        return dw1, db1, dw2, db2

    def step(self, grads, lr):
        self.w1 -= lr * grads[0]
        self.b1 -= lr * grads[1]
        self.w2 -= lr * grads[2]
        self.b2 -= lr * grads[3]


x = np.random.uniform(-2, 2, (2, 200))
y = x[:1] * np.exp(-x[:1] ** 2 - x[1:] ** 2) * 3
net = DropNet(2, 25, 1, 0.3)
for it in range(1001):
    y_hat = net.forward(x)
    grads = net.backward(y_hat, y)
    net.step(grads, 0.05)
    if it % 200 == 0:
        print(it, "train", np.mean((y_hat - y) ** 2), "without dropout", np.mean((net.forward(x, train=False) - y) ** 2))
