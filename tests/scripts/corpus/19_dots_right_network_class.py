"""Network in the way of the textbook: lists of weights and biases, stochastic gradient descent."""
import random
import numpy as np


class Network(object):
    def __init__(self, sizes):
        self.num_layers = len(sizes)
        self.biases = [np.random.randn(k, 1) for k in sizes[1:]]
        self.weights = [np.random.randn(k, j) / np.sqrt(j) for j, k in zip(sizes[:-1], sizes[1:])]

    def feedforward(self, a):
        for b, w in zip(self.biases, self.weights):
            a = sigmoid(w @ a + b)
        return a

    def fit(self, data, epochs, batch_size, eta):
        for j in range(epochs):
            random.shuffle(data)
            for k in range(0, len(data), batch_size):
                self.learn_from(data[k:k + batch_size], eta)
            print("Epoch {0}: {1} / {2}".format(j, self.score(data), len(data)))

    def learn_from(self, batch, eta):
        sum_b = [np.zeros(b.shape) for b in self.biases]
        sum_w = [np.zeros(w.shape) for w in self.weights]
        for x, y in batch:
            gb, gw = self.gradient(x, y)
            sum_b = [s + g for s, g in zip(sum_b, gb)]
            sum_w = [s + g for s, g in zip(sum_w, gw)]
        self.weights = [w - (eta / len(batch)) * s for w, s in zip(self.weights, sum_w)]
        self.biases = [b - (eta / len(batch)) * s for b, s in zip(self.biases, sum_b)]

    def gradient(self, x, y):
        gb = [None] * len(self.biases)
        gw = [None] * len(self.weights)
        acts, zs = [x], []
        for b, w in zip(self.biases, self.weights):
            zs.append(w @ acts[-1] + b)
            acts.append(sigmoid(zs[-1]))
        d = (acts[-1] - y) * sigmoid_prime(zs[-1])
        for l in range(1, self.num_layers):
            if l > 1:
                d = self.weights[-l + 1].T @ d * sigmoid_prime(zs[-l])
            gb[-l] = d
            gw[-l] = d @ acts[-l - 1].T
        return gb, gw

    def score(self, data):
        return sum(int(np.argmax(self.feedforward(x)) == np.argmax(y)) for x, y in data)


def sigmoid(z):
    return 1.0 / (1.0 + np.exp(-z))


def sigmoid_prime(z):
    return sigmoid(z) * (1 - sigmoid(z))


# 5x5 pictures of the figures 0, 1 and 7, with some dots flipped
FIGURES = {0: "0111010001100011000101110", 1: "0010001100001000010001110", 7: "1111100001000100010001000"}

np.random.seed(5)
random.seed(5)
data = []
for digit in [0, 1, 7] * 40:
    pixels = np.array([float(c) for c in FIGURES[digit]])
    flip = np.random.rand(25) < 0.08
    pixels[flip] = 1 - pixels[flip]
    goal = np.zeros((3, 1))
    goal[[0, 1, 7].index(digit)] = 1.0
    data.append((pixels.reshape(25, 1), goal))

net = Network([25, 10, 3])
net.fit(data, 12, 10, 3.0)
