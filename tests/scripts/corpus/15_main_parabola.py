import random
import math

HIDDEN = 5
LEARNING_RATE = 0.05
EPOCHS = 1500


def activate(z):
    return math.tanh(z)


def activate_derivative(a):
    return 1 - a ** 2


def cost(predicted, actual):
    return (predicted - actual) ** 2


def build():
    return {
        "w": [random.uniform(-1, 1) for _ in range(HIDDEN)],
        "b": [random.uniform(-1, 1) for _ in range(HIDDEN)],
        "v": [random.uniform(-1, 1) for _ in range(HIDDEN)],
        "c": 0.0,
    }


def forward(net, x):
    hidden = [activate(net["w"][i] * x + net["b"][i]) for i in range(HIDDEN)]
    return hidden, sum(net["v"][i] * hidden[i] for i in range(HIDDEN)) + net["c"]


def train_step(net, x, y):
    hidden, out = forward(net, x)
    error = cost(out, y)
    for i in range(HIDDEN):
        back = error * net["v"][i] * activate_derivative(hidden[i])
        net["v"][i] -= LEARNING_RATE * error * hidden[i]
        net["w"][i] -= LEARNING_RATE * back * x
        net["b"][i] -= LEARNING_RATE * back
    net["c"] -= LEARNING_RATE * error
    return error


def main():
    random.seed(99)
    net = build()
    xs = [i / 10 for i in range(-10, 11)]
    for epoch in range(EPOCHS):
        total = 0
        for x in xs:
            total += train_step(net, x, x * x)
        if epoch % 250 == 0:
            print("Epoch", epoch, "average cost", total / len(xs))
    for x in (-1, -0.5, 0, 0.5, 1):
        print(x, "->", forward(net, x)[1], "should be", x * x)


if __name__ == "__main__":
    main()
