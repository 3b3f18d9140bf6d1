import math
import random

random.seed(9)


class Matrix:
    def __init__(self, rows):
        self.rows = rows

    @staticmethod
    def random(r, c):
        return Matrix([[random.uniform(-1, 1) for _ in range(c)] for _ in range(r)])

    def dot(self, other):
        return Matrix([[sum(a * b for a, b in zip(row, col)) for col in zip(*other.rows)] for row in self.rows])

    def turned(self):
        return Matrix([list(col) for col in zip(*self.rows)])

    def each(self, f):
        return Matrix([[f(v) for v in row] for row in self.rows])

    def times(self, other):
        return Matrix([[a * b for a, b in zip(p, q)] for p, q in zip(self.rows, other.rows)])

    def minus(self, other):
        return Matrix([[a - b for a, b in zip(p, q)] for p, q in zip(self.rows, other.rows)])

    def plus(self, other):
        return Matrix([[a + b for a, b in zip(p, q)] for p, q in zip(self.rows, other.rows)])


def sigmoid(v):
    return 1 / (1 + math.exp(-v))


def slope(v):
    return v * (1 - v)


RATE = 0.5
W, V = Matrix.random(4, 3), Matrix.random(1, 4)
cases = [([0, 0, 1], 0), ([0, 1, 1], 1), ([1, 0, 1], 1), ([1, 1, 1], 0)]
for round in range(2000):
    x, t = random.choice(cases)
    x = Matrix([[v] for v in x])
    h = W.dot(x).each(sigmoid)
    o = V.dot(h).each(sigmoid)
    err = Matrix([[t]]).minus(o)
    d_o = err.times(o.each(slope))
    d_h = V.turned().dot(d_o).times(h.each(slope))
    V = V.plus(d_o.dot(h.turned()).each(lambda v: v * RATE))
    W = W.minus(d_h.dot(x.turned()).each(lambda v: v * RATE))
print(o.rows)
