import random
from math import exp

random.seed(40)


class Unit:
    def __init__(self, count):
        self.weights = [random.uniform(-0.5, 0.5) for _ in range(count)]
        self.bias = random.uniform(-0.5, 0.5)

    def compute(self, inputs):
        self.inputs = inputs
        total = self.bias + sum(w * x for w, x in zip(self.weights, inputs))
        self.value = 1 / (1 + exp(-total))
        return self.value

    def adjust(self, rate):
        self.weights = [w + rate * self.error * x for w, x in zip(self.weights, self.inputs)]
        self.bias += rate * self.error


class Brain:
    def __init__(self, inputs, hidden):
        self.hidden = [Unit(inputs) for _ in range(hidden)]
        self.final = Unit(hidden)

    def think(self, inputs):
        return self.final.compute([u.compute(inputs) for u in self.hidden])

    def study(self, inputs, wanted, rate):
        got = self.think(inputs)
        self.final.error = (wanted - got) * got * (1 - got)
        for k, u in enumerate(self.hidden):
            u.error = self.final.error * self.final.weights[k] * u.value * (1 - u.value)
        for u in self.hidden + [self.final]:
            u.adjust(rate)
        return (wanted - got) ** 2


lessons = [([0, 0], 0), ([0, 1], 1), ([1, 0], 1), ([1, 1], 0)]
brain = Brain(2, 3)
for epoch in range(100):
    mistakes = 0
    for inputs, wanted in lessons:
        mistakes += brain.study(inputs, wanted, 0.5)
    if epoch % 10 == 0:
        print("epoch", epoch, "mistakes", mistakes)
for inputs, wanted in lessons:
    print(inputs, "wanted", wanted, "got", brain.think(inputs))
