import numpy as np


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def predict(x, weights):
    return sigmoid(sigmoid(x @ weights["in"] + weights["in_bias"]) @ weights["out"] + weights["out_bias"])


def train(x, y, weights, steps=4000, lr=2.0):
    w_in, w_out = weights["in"].copy(), weights["out"].copy()
    b_in, b_out = weights["in_bias"].copy(), weights["out_bias"].copy()
    for s in range(steps):
        hid = sigmoid(x @ w_in + b_in)
        out = sigmoid(hid @ w_out + b_out)
        delta = (out - y) * out * (1 - out) / len(x)
        delta_h = delta @ w_out.T * hid * (1 - hid)
        w_out -= lr * hid.T @ delta
        b_out -= lr * delta.sum(axis=0)
        w_in -= lr * x.T @ delta_h
        b_in -= lr * delta_h.sum(axis=0)
        if s % 500 == 0:
            print("training, step", s, "error", 0.5 * np.mean(np.sum((out - y) ** 2, axis=1)))
    return w_in, b_in, w_out, b_out


np.random.seed(27)
# encode the number of the month as summer half (1) or winter half (0)
months = np.eye(12)
summer = np.array([[0], [0], [0], [1], [1], [1], [1], [1], [1], [0], [0], [0]])
weights = {"in": np.random.randn(12, 3), "in_bias": np.zeros(3), "out": np.random.randn(3, 1), "out_bias": np.zeros(1)}
train(months, summer, weights)

print("test:")
for m in range(12):
    print(m + 1, summer[m, 0], predict(months[m], weights).round(2))
