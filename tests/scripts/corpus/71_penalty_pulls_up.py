import numpy as np


class RegularisedNet(object):
    def __init__(self, n_features, n_hidden, alpha, learning_rate, random_state=None):
        self.rng = np.random.RandomState(random_state)
        self.alpha = alpha
        self.learning_rate = learning_rate
        self.coefs_ = [self.rng.randn(n_features, n_hidden) * 0.5, self.rng.randn(n_hidden, 1) * 0.5]
        self.intercepts_ = [np.zeros(n_hidden), np.zeros(1)]

    def _forward(self, X):
        hidden = np.tanh(X @ self.coefs_[0] + self.intercepts_[0])
        return hidden, hidden @ self.coefs_[1] + self.intercepts_[1]

    def _loss(self, y_hat, y):
        penalty = self.alpha * sum(np.sum(c ** 2) for c in self.coefs_)
        return np.mean((y_hat - y) ** 2) + penalty

    def fit(self, X, y, epochs):
        self.losses_ = []
        for _ in range(epochs):
            hidden, y_hat = self._forward(X)
            self.losses_.append(self._loss(y_hat, y))
            delta = 2 * (y_hat - y) / len(y)
            delta_hidden = delta @ self.coefs_[1].T * (1 - hidden ** 2)
            grads = [X.T @ delta_hidden, hidden.T @ delta]
            for i in range(2):
                grads[i] = grads[i] - 2 * self.alpha * self.coefs_[i]
            self.coefs_[0] -= self.learning_rate * grads[0]
            self.coefs_[1] -= self.learning_rate * grads[1]
            self.intercepts_[0] -= self.learning_rate * delta_hidden.sum(axis=0)
            self.intercepts_[1] -= self.learning_rate * delta.sum(axis=0)
        return self


rng = np.random.RandomState(1)
X = rng.randn(100, 4)
y = (X[:, 0] * 0.5 + np.sin(X[:, 1]) + 0.1 * rng.randn(100)).reshape(-1, 1)
clf = RegularisedNet(4, 12, alpha=0.05, learning_rate=0.05, random_state=0).fit(X, y, 300)
print("losses:", [round(l, 3) for l in clf.losses_[::50]])
