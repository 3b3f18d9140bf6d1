import random
from math import exp

random.seed(6)


def logistic(v): return 1 / (1 + exp(-v))


def train(samples, rate=3.0, rounds=2000):
    w_hidden = [[random.gauss(0, 1) for _ in range(3)] for _ in range(3)]
    w_out = [random.gauss(0, 1) for _ in range(4)]
    for r in range(rounds):
        squares = 0
        for x, y in samples:
            x = x + [1]
            h = [logistic(sum(w * v for w, v in zip(ws, x))) for ws in w_hidden] + [1]
            out = logistic(sum(w * v for w, v in zip(w_out, h)))
            squares += (out - y) ** 2
            delta = (out - y) * out * (1 - out)
            w_out = [w - rate * delta * v for w, v in zip(w_out, h)]
            deltas = [delta * w * v * (1 - v) for w, v in zip(w_out, h[:-1])]
            w_hidden = [[w - rate * d * v for w, v in zip(ws, x)] for ws, d in zip(w_hidden, deltas)]
        if r % 400 == 0:
            print(r, squares)
    return w_hidden, w_out


gate = [([0, 0], 1), ([0, 1], 0), ([1, 0], 0), ([1, 1], 1)]
w_hidden, w_out = train(gate)
for x, y in gate:
    h = [logistic(sum(w * v for w, v in zip(ws, x + [1]))) for ws in w_hidden] + [1]
    print(x, y, round(logistic(sum(w * v for w, v in zip(w_out, h))), 3))
