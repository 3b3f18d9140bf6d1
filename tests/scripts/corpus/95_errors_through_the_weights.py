import numpy as np


class neuralNetwork:

    def __init__(self, inputnodes, hiddennodes, outputnodes, learningrate):
        self.wih = np.random.normal(0.0, pow(hiddennodes, -0.5), (hiddennodes, inputnodes))
        self.who = np.random.normal(0.0, pow(outputnodes, -0.5), (outputnodes, hiddennodes))
        self.lr = learningrate
        self.activation_function = lambda x: 1 / (1 + np.exp(-x))

    def train(self, inputs_list, targets_list):
        inputs = np.array(inputs_list, ndmin=2).T
        targets = np.array(targets_list, ndmin=2).T
        hidden_outputs = self.activation_function(np.dot(self.wih, inputs))
        final_outputs = self.activation_function(np.dot(self.who, hidden_outputs))

        output_errors = targets - final_outputs
        hidden_errors = np.dot(self.who.T, output_errors)

        self.who += self.lr * np.dot(output_errors * final_outputs * (1.0 - final_outputs), hidden_outputs.T)
        self.wih += self.lr * np.dot(hidden_errors * hidden_outputs * (1.0 - hidden_outputs), inputs.T)
        return 0.5 * np.sum(output_errors ** 2)

    def query(self, inputs_list):
        inputs = np.array(inputs_list, ndmin=2).T
        return self.activation_function(np.dot(self.who, self.activation_function(np.dot(self.wih, inputs))))


np.random.seed(7)
# tiny digits 0, 1, 4 on a 3x5 grid
digits = {0: "111101101101111", 1: "010110010010111", 4: "101101111001001"}
records = [(d, np.array([0.01 + 0.98 * int(c) for c in bits])) for d, bits in digits.items()]
n = neuralNetwork(15, 6, 3, 0.3)
order = [0, 1, 4]
for e in range(300):
    mistakes = 0
    for digit, pixels in records:
        noisy = np.clip(pixels + 0.1 * np.random.randn(15), 0.01, 1.0)
        targets = np.zeros(3) + 0.01
        targets[order.index(digit)] = 0.99
        mistakes += n.train(noisy, targets)
    if e % 50 == 0:
        print("epoch", e, "error", mistakes)
print([order[int(np.argmax(n.query(p)))] for _, p in records])
