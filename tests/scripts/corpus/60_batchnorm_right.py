import numpy as np

np.random.seed(21)


class BatchNorm:
    def __init__(self, n, eps=1e-5):
        self.gamma, self.beta, self.eps = np.ones(n), np.zeros(n), eps

    def forward(self, x):
        self.mu = x.mean(axis=0)
        self.var = x.var(axis=0)
        self.inv = 1 / np.sqrt(self.var + self.eps)
        self.xhat = (x - self.mu) * self.inv
        return self.gamma * self.xhat + self.beta

    def backward(self, dout):
        N = len(dout)
        self.dgamma = (dout * self.xhat).sum(axis=0)
        self.dbeta = dout.sum(axis=0)
        dxhat = dout * self.gamma
        return self.inv / N * (N * dxhat - dxhat.sum(axis=0) - self.xhat * (dxhat * self.xhat).sum(axis=0))

    def update(self, lr):
        self.gamma -= lr * self.dgamma
        self.beta -= lr * self.dbeta


class Affine:
    def __init__(self, i, o):
        self.W, self.b = np.random.randn(i, o) / np.sqrt(i), np.zeros(o)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, dout):
        self.dW, self.db = self.x.T @ dout, dout.sum(axis=0)
        return dout @ self.W.T

    def update(self, lr):
        self.W -= lr * self.dW
        self.b -= lr * self.db


class Relu:
    def forward(self, x):
        self.on = x > 0
        return x * self.on

    def backward(self, dout):
        return dout * self.on

    def update(self, lr):
        pass


# the price of a taxi from kilometres, minutes and whether it is night
km = np.random.exponential(6, 240)
minutes = km * np.random.uniform(1.5, 4, 240)
night = np.random.rand(240) < 0.3
price = (3.5 + 1.9 * km + 0.4 * minutes) * np.where(night, 1.25, 1.0)
X = np.c_[km / 10, minutes / 30, night]
Y = np.log(price)[:, None] - 3

stack = [Affine(3, 16), BatchNorm(16), Relu(), Affine(16, 1)]
for epoch in range(400):
    ids = np.random.permutation(240)
    sse = 0
    for k in range(0, 240, 40):
        h = X[ids[k:k + 40]]
        for layer in stack:
            h = layer.forward(h)
        diff = h - Y[ids[k:k + 40]]
        sse += np.sum(diff ** 2)
        grad = 2 * diff / 40
        for layer in stack[::-1]:
            grad = layer.backward(grad)
        for layer in stack:
            layer.update(0.03)
    if epoch % 80 == 0:
        print("epoch", epoch, "mse", sse / 240)
