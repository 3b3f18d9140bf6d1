import numpy as np

np.random.seed(3)


class BrainV2(object):
    """plays rock, paper, scissors: input what the other one always does, output what wins"""

    def __init__(self, lr=0.4):
        self.lr = lr
        self.weights = [np.random.uniform(-1, 1, (3, 3)), np.random.uniform(-1, 1, (3, 3))]
        self.bias = [np.zeros(3), np.zeros(3)]

    def activation(self, s):
        return 1.0 / (1.0 + np.exp(-s))

    def feed(self, move):
        self.outs = [move]
        for w, b in zip(self.weights, self.bias):
            self.outs.append(self.activation(np.dot(self.outs[-1], w) + b))
        return self.outs[-1]

    def punish(self, move, wanted):
        got = self.feed(move)
        mistake = got - wanted
        deltas = [None, mistake * got * (1 - got)]
        h = self.outs[1]
        deltas[0] = np.dot(self.weights[1], deltas[1]) * h * (1 - h)
        for layer in range(2):
            grad = np.outer(self.outs[layer + 1], deltas[layer])
            self.weights[layer] -= self.lr * grad
            self.bias[layer] -= self.lr * deltas[layer]
        return 0.5 * np.sum(mistake ** 2)


names = ["rock", "paper", "scissors"]
moves = np.eye(3)
answers = np.array([[0.0, 1.0, 0.0], [0.0, 0.0, 1.0], [1.0, 0.0, 0.0]])

player = BrainV2()
for game in range(4000):
    k = np.random.randint(3)
    e = player.punish(moves[k], answers[k])
    if game % 500 == 0:
        print("game", game, "error", round(e, 4))

for k in range(3):
    out = player.feed(moves[k])
    print(names[k], "->", names[np.argmax(out)], out.round(2))
