import math
import random


def sigmoid(z):
    return 1.0 / (1.0 + math.exp(-z))


class Net:
    def __init__(self):
        rnd = random.Random(2)
        self.wi = [[rnd.uniform(-1, 1) for _ in range(3)] for _ in range(3)]
        self.wo = [rnd.uniform(-1, 1) for _ in range(4)]

    def activate(self, a, b):
        self.inp = [a, b, 1.0]
        self.hid = [sigmoid(sum(w * i for w, i in zip(ws, self.inp))) for ws in self.wi] + [1.0]
        self.out = sigmoid(sum(w * h for w, h in zip(self.wo, self.hid)))
        return self.out

    def train(self, a, b, target, lr):
        out = self.activate(a, b)
        g = (out - target) * out * (1 - out)
        for j in range(3):
            gj = g * self.wo[j] * self.hid[j] * (1 - self.hid[j])
            for i in range(3):
                self.wi[j][i] = self.wi[j][i] - lr * gj * self.inp[i]
        for j in range(4):
            self.wo[j] = self.wo[j] - lr * g * self.hid[j]
        return (out - target) ** 2


if __name__ == '__main__':
    net = Net()
    xor = [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    for epoch in range(5000):
        err = sum(net.train(a, b, t, lr=0.00001) for a, b, t in xor)
        if epoch % 1000 == 0:
            print('epoch', epoch, 'error', err)
    for a, b, t in xor:
        print(a, b, '->', round(net.activate(a, b), 4), 'expected', t)
