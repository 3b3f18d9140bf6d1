import numpy as np

rng = np.random.default_rng(8)


class Linear:
    def __init__(self, n_in, n_out):
        self.W = rng.normal(0, 1 / np.sqrt(n_in), (n_in, n_out))
        self.b = np.zeros(n_out)

    def forward(self, x):
        self.x = x
        return x @ self.W + self.b

    def backward(self, grad):
        self.dW = self.x.T @ grad
        self.db = grad.sum(axis=0)
        return grad @ self.W.T

    def step(self, lr):
        self.W -= lr * self.dW
        self.b -= lr * self.db


class Tanh:
    def forward(self, x):
        self.out = np.tanh(x)
        return self.out

    def backward(self, grad):
        return grad

    def step(self, lr):
        pass


class MSE:
    def forward(self, pred, target):
        self.diff = pred - target
        return np.mean(self.diff ** 2)

    def backward(self):
        return 2 * self.diff / self.diff.size


layers = [Linear(1, 16), Tanh(), Linear(16, 16), Tanh(), Linear(16, 1)]
loss_fn = MSE()

x = np.linspace(-1, 4, 80).reshape(-1, 1)
y = np.sin(2 * x)

for epoch in range(2000):
    h = x
    for layer in layers:
        h = layer.forward(h)
    loss = loss_fn.forward(h, y)

    grad = loss_fn.backward()
    for layer in reversed(layers):
        grad = layer.backward(grad)
    for layer in layers:
        layer.step(0.1)

    if epoch % 200 == 0:
        print(f"epoch {epoch:4d}   loss {loss:.5f}")
