import math
import random

random.seed(30)


class SimpleNet:
    def __init__(self, n_in, n_hidden, lr):
        self.lr = lr
        self.n_in = n_in
        self.n_hidden = n_hidden
        self.W = [[random.uniform(-1, 1) for _ in range(n_in + 1)]] * n_hidden
        self.V = [random.uniform(-1, 1) for _ in range(n_hidden + 1)]

    def forward(self, x):
        x = x + [1]
        z = [math.tanh(sum(x[i] * self.W[j][i] for i in range(self.n_in + 1))) for j in range(self.n_hidden)]
        z.append(1)
        y = sum(z[j] * self.V[j] for j in range(self.n_hidden + 1))
        return x, z, y

    def train(self, x, t):
        x, z, y = self.forward(x)
        e = y - t
        grad_hidden = [e * self.V[j] * (1 - z[j] ** 2) for j in range(self.n_hidden)]
        for j in range(self.n_hidden + 1):
            self.V[j] -= self.lr * e * z[j]
        for j in range(self.n_hidden):
            for i in range(self.n_in + 1):
                self.W[j][i] -= self.lr * grad_hidden[j] * x[i]
        return 0.5 * e * e


net = SimpleNet(1, 8, 0.02)
points = [(k / 10, math.cos(k / 5)) for k in range(-20, 21)]
for epoch in range(400):
    random.shuffle(points)
    total = sum(net.train([x], t) for x, t in points)
    if epoch % 50 == 0:
        print(epoch, total / len(points))
