from math import tanh
import random

random.seed(12)


class Neuron:
    def __init__(self, n):
        self.w = [random.uniform(-0.7, 0.7) for i in range(n)]
        self.bias = random.uniform(-0.7, 0.7)
        self.out = 0.0
        self.delta = 0.0

    def fire(self, inputs):
        self.inputs = inputs
        s = self.bias
        for i in range(len(inputs)):
            s += self.w[i] * inputs[i]
        self.out = tanh(s)
        return self.out

    def slope(self):
        return self.out * (1 - self.out)

    def learn(self, lr):
        for i in range(len(self.w)):
            self.w[i] -= lr * self.delta * self.inputs[i]
        self.bias -= lr * self.delta


hidden = [Neuron(3) for i in range(4)]
output = Neuron(4)

# do at least two of three people say yes (+1)?
votes = []
for a in (-1, 1):
    for b in (-1, 1):
        for c in (-1, 1):
            votes.append(([a, b, c], 0.9 if a + b + c > 0 else -0.9))

for epoch in range(400):
    total = 0
    random.shuffle(votes)
    for inputs, target in votes:
        mid = [n.fire(inputs) for n in hidden]
        y = output.fire(mid)
        total += (y - target) ** 2
        output.delta = 2 * (y - target) * (1 - y * y)
        for i, n in enumerate(hidden):
            n.delta = output.delta * output.w[i] * n.slope()
        for n in hidden + [output]:
            n.learn(0.05)
    if epoch % 50 == 0:
        print("epoch", epoch, "error", total / len(votes))

for inputs, target in votes:
    print(inputs, target, round(output.fire([n.fire(inputs) for n in hidden]), 2))
