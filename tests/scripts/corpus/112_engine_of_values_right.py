import math
import random

random.seed(5)


class Num:
    def __init__(self, at, made_of=()):
        self.at = at
        self.pull = 0
        self.made_of = made_of
        self.back = lambda: None

    def __add__(self, other):
        other = other if isinstance(other, Num) else Num(other)
        out = Num(self.at + other.at, (self, other))

        def back():
            self.pull += out.pull
            other.pull += out.pull

        out.back = back
        return out

    def __mul__(self, other):
        other = other if isinstance(other, Num) else Num(other)
        out = Num(self.at * other.at, (self, other))

        def back():
            self.pull += other.at * out.pull
            other.pull += self.at * out.pull

        out.back = back
        return out

    def __pow__(self, power):
        out = Num(self.at**power, (self,))

        def back():
            self.pull += power * self.at ** (power - 1) * out.pull

        out.back = back
        return out

    def bent(self):
        t = (math.exp(2 * self.at) - 1) / (math.exp(2 * self.at) + 1)
        out = Num(t, (self,))

        def back():
            self.pull += (1 - t**2) * out.pull

        out.back = back
        return out

    def __neg__(self):
        return self * -1

    def __sub__(self, other):
        return self + (-other)

    def __rsub__(self, other):
        return Num(other) + (-self)

    __radd__ = __add__
    __rmul__ = __mul__

    def backward(self):
        order, seen = [], set()

        def walk(one):
            if one not in seen:
                seen.add(one)
                for part in one.made_of:
                    walk(part)
                order.append(one)

        walk(self)
        self.pull = 1
        for one in reversed(order):
            one.back()


class Unit:
    def __init__(self, count):
        self.w = [Num(random.uniform(-1, 1)) for _ in range(count)]
        self.b = Num(0.0)

    def __call__(self, xs):
        return sum((w * x for w, x in zip(self.w, xs)), self.b).bent()

    def all(self):
        return [*self.w, self.b]


units, top = [Unit(3) for _ in range(4)], Unit(4)
rows = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
goals = [1.0, -1.0, -1.0, 1.0]

for turn in range(200):
    said = [top([unit(row) for unit in units]) for row in rows]
    loss = sum((goal - one) ** 2 for goal, one in zip(goals, said))
    knobs = [knob for unit in [*units, top] for knob in unit.all()]
    for knob in knobs:
        knob.pull = 0
    loss.backward()
    for knob in knobs:
        knob.at += -0.05 * knob.pull

print([round(one.at, 2) for one in said])
