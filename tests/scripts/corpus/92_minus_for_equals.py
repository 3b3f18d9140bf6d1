import numpy as np

np.random.seed(4)


class Dense:
    def __init__(self, n_inputs, n_neurons):
        self.weights = 0.5 * np.random.randn(n_inputs, n_neurons)
        self.biases = np.zeros((1, n_neurons))
        self.weight_momentums = np.zeros_like(self.weights)
        self.bias_momentums = np.zeros_like(self.biases)

    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.dot(inputs, self.weights) + self.biases

    def backward(self, dvalues):
        self.dweights = np.dot(self.inputs.T, dvalues)
        self.dbiases = np.sum(dvalues, axis=0, keepdims=True)
        self.dinputs = np.dot(dvalues, self.weights.T)


class ReLU:
    def forward(self, inputs):
        self.inputs = inputs
        self.output = np.maximum(0, inputs)

    def backward(self, dvalues):
        self.dinputs = dvalues.copy()
        self.dinputs[self.inputs <= 0] = 0


class SGD:
    def __init__(self, learning_rate, momentum):
        self.learning_rate = learning_rate
        self.momentum = momentum

    def update(self, layer):
        layer.weight_momentums = self.momentum * layer.weight_momentums - self.learning_rate * layer.dweights
        layer.bias_momentums - self.momentum * layer.bias_momentums - self.learning_rate * layer.dbiases
        layer.weights += layer.weight_momentums
        layer.biases += layer.bias_momentums


# temperature in the oven after so many minutes (both scaled)
minutes = np.linspace(0, 1, 60).reshape(-1, 1)
heat = 0.1 + 0.8 * (1 - np.exp(-4 * minutes))
one, act, two = Dense(1, 10), ReLU(), Dense(10, 1)
sgd = SGD(0.02, 0.9)
for epoch in range(601):
    one.forward(minutes)
    act.forward(one.output)
    two.forward(act.output)
    diff = two.output - heat
    two.backward(2 * diff / len(diff))
    act.backward(two.dinputs)
    one.backward(act.dinputs)
    for layer in (one, two):
        sgd.update(layer)
    if epoch % 100 == 0:
        print(epoch, "loss", np.mean(diff ** 2), "biases", two.biases)
