import numpy as np

class Model(object):

    def __init__(self, inputs, hidden):
        np.random.seed(25)
        self.weights1 = np.random.randn(hidden, inputs)
        self.weights2 = np.random.randn(1, hidden) * 0.3
        self.bias1 = np.zeros((hidden, 1))
        self.bias2 = np.zeros((1, 1))

    def predict(self, column):
        self.inp = column
        self.mid = np.tanh(np.matmul(self.weights1, column) + self.bias1)
        self.out = np.matmul(self.weights2, self.mid) + self.bias2
        return self.out

    def loss(self, target):
        return ((self.out - target) ** 2).mean()

    def backprop(self, target, lr):
        n = target.shape[1]
        d_out = 2.0 / n * (self.out - target)
        d_weights2 = np.matmul(d_out, self.mid.T)
        d_bias2 = d_out.sum(axis=1, keepdims=True)
        d_mid = np.matmul(self.weights2.T, d_out) * (1 - self.mid)
        d_weights1 = np.matmul(d_mid, self.inp.T)
        d_bias1 = d_mid.sum(axis=1, keepdims=True)
        self.weights1 -= lr * d_weights1
        self.bias1 -= lr * d_bias1
        self.weights2 -= lr * d_weights2
        self.bias2 += lr * d_bias2


t = np.linspace(0.0, 2.0, 120)[None, :]
level = np.sin(3 * t) + 0.2 * np.sin(7 * t)

m = Model(1, 10)
for i in range(1200):
    m.predict(t)
    if i % 200 == 0:
        print("step", i, "loss", m.loss(level))
    m.backprop(level, 0.05)
