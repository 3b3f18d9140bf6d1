import numpy as np


def softmax(x, derivative=False):
    e = np.exp(x - np.max(x, axis=1, keepdims=True))
    s = e / np.sum(e, axis=1, keepdims=True)
    return s * (1 - s) if derivative else s


def tanh(x, derivative=False):
    return 1 - np.tanh(x) ** 2 if derivative else np.tanh(x)


def cross_entropy(y, p):
    return -np.mean(np.sum(y * np.log(p + 1e-12), axis=1))


class MultilayerPerceptron:
    def __init__(self, n_hidden=16, n_iterations=800, learning_rate=0.01):
        self.n_hidden = n_hidden
        self.n_iterations = n_iterations
        self.learning_rate = learning_rate
        self._h_weights = self._h_bias = self._o_weights = self._o_bias = None

    def fit(self, X, labels):
        np.random.seed(42)
        y = np.eye(labels.max() + 1)[labels]
        self._h_weights = np.random.randn(X.shape[1], self.n_hidden)
        self._h_bias = np.zeros((1, self.n_hidden))
        self._o_weights = np.random.randn(self.n_hidden, y.shape[1])
        self._o_bias = np.zeros((1, y.shape[1]))
        for i in range(self.n_iterations):
            self._forward(X)
            if i % 100 == 0:
                print("iteration", i, "loss", cross_entropy(y, self.output))
            self._backpropagate(X, y)

    def _forward(self, X):
        self.hidden_sum = X @ self._h_weights + self._h_bias
        self.hidden = tanh(self.hidden_sum)
        self.output_sum = self.hidden @ self._o_weights + self._o_bias
        self.output = softmax(self.output_sum)

    def _backpropagate(self, X, y):
        output_error = y - self.output
        output_delta = output_error * softmax(self.output_sum, derivative=True)
        hidden_error = output_delta @ self._o_weights.T
        hidden_delta = hidden_error * tanh(self.hidden_sum, derivative=True)
        self._o_weights += self.hidden.T @ output_delta * self.learning_rate
        self._o_bias += output_delta.sum(axis=0) * self.learning_rate
        self._h_weights += X.T @ hidden_delta * self.learning_rate
        self._h_bias += hidden_delta.sum(axis=0) * self.learning_rate

    def predict(self, X):
        self._forward(X)
        return self.output.argmax(axis=1)


rs = np.random.RandomState(3)
labels = np.arange(120) % 4
X = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]])[labels] + 0.6 * rs.randn(120, 2)
mlp = MultilayerPerceptron()
mlp.fit(X, labels)
print("accuracy", np.mean(mlp.predict(X) == labels))
