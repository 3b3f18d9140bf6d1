# XOR the old way (python 2.7)
import math
import random

random.seed(2)

def sigmoid(x):
    return 1 / (1 + math.exp(-x))

hidden = [[random.uniform(-1, 1) for i in xrange(3)] for j in xrange(3)]
output = [random.uniform(-1, 1) for j in xrange(4)]
data = [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0)]

def feed(x):
    x = x + [1]
    h = [sigmoid(sum(w * v for w, v in zip(ws, x))) for ws in hidden] + [1]
    return x, h, sigmoid(sum(w * v for w, v in zip(output, h)))

for epoch in xrange(4001):
    error = 0
    for inputs, target in data:
        x, h, o = feed(inputs)
        error += 0.5 * (target - o) ** 2
        d = (target - o) * o * (1 - o)
        back = [d * output[j] * h[j] * (1 - h[j]) for j in xrange(3)]
        for j in xrange(4):
            output[j] += 0.5 * d * h[j]
        for j in xrange(3):
            for i in xrange(3):
                hidden[j][i] += 0.5 * back[j] * x[i]
    if epoch % 1000 == 0:
        print "epoch", epoch, "error", error

for inputs, target in data:
    print inputs, "->", round(feed(inputs)[2], 2), "expected", target
