# a single neuron learns which fruit is an orange: weight (100 g), roundness, colour
import numpy as np

fruit = np.array([[1.5, 0.9, 0.2], [1.2, 0.8, 0.1], [1.8, 0.95, 0.8], [1.6, 0.9, 0.9], [1.1, 0.5, 0.3], [1.7, 0.85, 0.7]])
orange = np.array([0, 0, 1, 1, 0, 1])

weights = np.array([1, -1, 1])
bias = np.array([0])
rate = 0.4


def neuron(x):
    return 1 / (1 + np.exp(-(np.dot(weights, x) + bias[0])))


for epoch in range(500):
    loss = 0.0
    for x, t in zip(fruit, orange):
        out = neuron(x)
        loss -= t * np.log(out) + (1 - t) * np.log(1 - out)
        gradient = out - t
        for k in range(3):
            weights[k] -= rate * gradient * x[k]
        bias[0] -= rate * gradient
    if epoch % 100 == 0:
        print("epoch", epoch, "loss", loss / len(fruit), "weights", weights, "bias", bias)

for x, t in zip(fruit, orange):
    print(x, t, round(neuron(x), 2))
