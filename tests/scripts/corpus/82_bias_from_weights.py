import numpy as np


class NeuralNet:
    def __init__(self, layers, lr, epochs):
        self.layers = layers
        self.lr = lr
        self.epochs = epochs
        self.params = {}
        self.loss = []

    def init_weights(self):
        np.random.seed(4)
        self.params['w1'] = np.random.randn(self.layers[0], self.layers[1])
        self.params['b1'] = np.random.randn(self.layers[1])
        self.params['w2'] = np.random.randn(self.layers[1], self.layers[2])
        self.params['b2'] = np.random.randn(self.layers[2])

    def relu(self, z):
        return np.maximum(0, z)

    def drelu(self, z):
        return (z > 0) * 1.0

    def forward(self, x):
        self.z1 = x.dot(self.params['w1']) + self.params['b1']
        self.a1 = self.relu(self.z1)
        return self.a1.dot(self.params['w2']) + self.params['b2']

    def back(self, x, y, yhat):
        d_out = (yhat - y) / len(x)
        dw2 = np.dot(self.a1.T, d_out)
        db2 = np.sum(dw2, axis=0)
        d_hid = np.dot(d_out, self.params['w2'].T) * self.drelu(self.z1)
        dw1 = np.dot(x.T, d_hid)
        db1 = np.sum(dw1, axis=0)
        self.params['w1'] = self.params['w1'] - self.lr * dw1
        self.params['b1'] = self.params['b1'] - self.lr * db1
        self.params['w2'] = self.params['w2'] - self.lr * dw2
        self.params['b2'] = self.params['b2'] - self.lr * db2

    def fit(self, x, y):
        self.init_weights()
        for i in range(self.epochs):
            yhat = self.forward(x)
            self.loss.append(0.5 * np.mean(np.sum((yhat - y) ** 2, axis=1)))
            self.back(x, y, yhat)


# horsepower of a rowing team by number of rowers and their training (both scaled)
rs = np.random.RandomState(9)
x = rs.uniform(0, 1, (60, 2))
y = 0.2 + x[:, :1] * (0.5 + x[:, 1:])
nn = NeuralNet([2, 8, 1], lr=0.1, epochs=800)
nn.fit(x, y)
for i in range(0, 800, 100):
    print(i, nn.loss[i])
