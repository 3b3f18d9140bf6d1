import random
import math


class Perceptron2:
    def __init__(self, inputs, hidden):
        self.hid = [[random.uniform(-1, 1) for _ in range(inputs + 1)] for _ in range(hidden)]
        self.out = [random.uniform(-1, 1) for _ in range(hidden + 1)]

    @staticmethod
    def g(x):
        return 1 / (1 + math.exp(-x))

    def forward(self, x):
        self.x = list(x) + [1.0]
        self.h = [self.g(sum(a * b for a, b in zip(row, self.x))) for row in self.hid] + [1.0]
        self.y = self.g(sum(a * b for a, b in zip(self.out, self.h)))
        return self.y

    def backward(self, t, eta):
        dy = (self.y - t) * self.y * (1 - self.y)
        dh = [dy * self.out[i] * self.h[i] * (1 - self.h[i]) for i in range(len(self.hid))]
        for i in range(len(self.out)):
            self.out[i] -= eta * dy * self.h[i]
        for i, row in enumerate(self.hid):
            for k in range(len(row)):
                row[k] -= eta * dh[i] * self.x[k]


def train(data, epochs=3000):
    for epoch in range(epochs):
        net = Perceptron2(2, 4)
        error = 0.0
        for x, t in data:
            error += 0.5 * (net.forward(x) - t) ** 2
            net.backward(t, 0.7)
        if epoch % 500 == 0:
            print("epoch %d error %.3f" % (epoch, error))
    return net


random.seed(0)
IMPLIES = [((0, 0), 1), ((0, 1), 1), ((1, 0), 0), ((1, 1), 1)]
net = train(IMPLIES)
for x, t in IMPLIES:
    print(x, t, "%.3f" % net.forward(x))
