import math
import random

random.seed(6)


class Cell:
    def __init__(self, count):
        self.ws = [random.uniform(-0.8, 0.8) for _ in range(count)]
        self.bias = random.uniform(-0.8, 0.8)

    def answer(self, xs):
        self.xs = xs
        self.out = math.tanh(self.bias + sum(w * x for w, x in zip(self.ws, xs)))
        return self.out


def say(layers, xs):
    for layer in layers:
        xs = [cell.answer(xs) for cell in layer]
    return xs


def learn(layers, xs, goals, rate):
    outs = say(layers, xs)
    errors = [goal - out for out, goal in zip(outs, goals)]
    for layer in reversed(layers):
        deltas = [error * (1 - cell.out ** 2) for error, cell in zip(errors, layer)]
        errors = [sum(d * cell.ws[i] for d, cell in zip(deltas, layer)) for i in range(len(layer[0].ws))]
        for d, cell in zip(deltas, layer):
            for i, x in enumerate(cell.xs):
                cell.ws[i] -= rate * d * x
            cell.bias -= rate * d
    return sum((goal - out) ** 2 for out, goal in zip(outs, goals)) / 2


layers = [[Cell(2) for _ in range(4)], [Cell(4)]]
lamps = [([-1, -1], [-1]), ([-1, 1], [1]), ([1, -1], [1]), ([1, 1], [-1])]
for turn in range(1000):
    total = 0
    for xs, goals in lamps:
        total += learn(layers, xs, goals, 0.1)
print(total)
