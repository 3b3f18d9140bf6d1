import numpy as np


class MLP:
    def __init__(self, n, seed=0):
        rs = np.random.RandomState(seed)
        # two hidden layers, as wide as the input
        self.W1 = rs.normal(scale=0.6, size=(n, n))
        self.W2 = rs.normal(scale=0.6, size=(n, n))
        self.W3 = rs.normal(scale=0.6, size=(n, 1))
        self.b1 = np.zeros(n)
        self.b2 = np.zeros(n)
        self.b3 = np.zeros(1)

    @staticmethod
    def _softplus(z):
        return np.log1p(np.exp(z))

    @staticmethod
    def _softplus_grad(z):
        return 1 / (1 + np.exp(-z))

    def forward(self, X):
        self.z1 = X @ self.W1 + self.b1
        self.a1 = self._softplus(self.z1)
        self.z2 = self.a1 @ self.W2 + self.b2
        self.a2 = self._softplus(self.z2)
        return self.a2 @ self.W3 + self.b3

    def backward(self, X, y, lr=0.01):
        y_pred = self.forward(X)
        d3 = 2 * (y_pred - y) / len(X)
        d2 = d3 @ self.W3.T * self._softplus_grad(self.z2)
        d1 = d2 @ self.W2.T * self._softplus_grad(self.z1)
        dW3, db3 = self.a2.T @ d3, d3.sum(axis=0)
        dW2, db2 = X.T @ d2, d2.sum(axis=0)
        dW1, db1 = X.T @ d1, d1.sum(axis=0)
        self.W3 -= lr * dW3
        self.b3 -= lr * db3
        self.W2 -= lr * dW2
        self.b2 -= lr * db2
        self.W1 -= lr * dW1
        self.b1 -= lr * db1
        return np.mean((y_pred - y) ** 2)


# a function of four numbers
rs = np.random.RandomState(33)
X = rs.uniform(-1, 1, (150, 4))
y = (X[:, :1] * X[:, 1:2] + np.abs(X[:, 2:3]) - 0.5 * X[:, 3:])

model = MLP(4)
for epoch in range(600):
    loss = model.backward(X, y)
    if (epoch + 1) % 100 == 0:
        print("epoch", epoch + 1, "- loss:", loss)
print("prediction", model.forward(X[:3]).ravel(), "truth", y[:3].ravel())
