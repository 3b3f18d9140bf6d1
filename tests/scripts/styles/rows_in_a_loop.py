import numpy as np

np.random.seed(3)

X = np.random.uniform(-1, 1, (20, 4))
Y = np.column_stack([0.8 * np.sign(X[:, 0] * X[:, 1]), 0.6 * X[:, 2] - 0.3 * X[:, 3]])

W1 = np.random.randn(4, 4) * 1.2
b1 = np.random.randn(4) * 0.3
W2 = np.random.randn(4, 4) * 1.2
b2 = np.random.randn(4) * 0.3
W3 = np.random.randn(4, 2)
b3 = np.random.randn(2) * 0.3
lr = 0.1


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def sigmoid_slope(a):
    return a * (1 - a)
    #? activation-for-slope: return a
    #? slope-of-another-activation: return 1 - a ** 2
    #? hidden-slope-twice: return (a * (1 - a)) ** 2
    #? no-hidden-slope: return 1.0


for epoch in range(3000):
    z1 = X @ W1 + b1
    a1 = sigmoid(z1)
    z2 = a1 @ W2 + b2
    a2 = sigmoid(z2)
    z3 = a2 @ W3 + b3
    out = np.tanh(z3)
    loss = np.mean(np.sum((out - Y) ** 2, axis=1))
    if epoch % 500 == 0:
        print("epoch", epoch, "loss", loss)

    error = 2 * (out - Y) / len(X)
    #? wrong-sign: error = 2 * (Y - out) / len(X)
    #? half-the-gradient: error = (out - Y) / len(X)
    #? times-the-rate: error = lr * 2 * (out - Y) / len(X)
    #? loss-of-another-kind: error = np.sign(out - Y) / len(X)
    #? sum-over-batch: error = 2 * (out - Y)
    #? mean-again: error = 2 * (out - Y) / len(X) / len(X)
    d3 = error * (1 - out ** 2)
    #? no-output-slope: d3 = error
    #? output-slope-twice: d3 = error * (1 - out ** 2) ** 2
    #? slope-of-activation: d3 = error * (1 - np.tanh(out) ** 2)
    #? slope-fed-with-z: d3 = error * (1 - z3 ** 2)
    dW3 = a2.T @ d3
    #? weight-for-input: dW3 = W3 * d3.sum(axis=0)
    #? z-for-input: dW3 = z2.T @ d3
    #? raw-input: dW3 = X.T @ d3
    #? own-output: dW3 = (out * d3).sum(axis=0)
    #? no-input: dW3 = d3.sum(axis=0)
    db3 = d3.sum(axis=0)
    #? no-bias-gradient: db3 = np.zeros(2)
    #? bias-times-input: db3 = (d3 * a2[:, :1]).sum(axis=0)
    #? bias-mean-again: db3 = d3.mean(axis=0)
    #? bias-sum: db3 = d3.sum(axis=0) * len(X)

    #? through-updated-weights: W3 -= lr * dW3
    d2 = d3 @ W3.T * sigmoid_slope(a2)
    #? error-carried-back: d2 = error @ W3.T * sigmoid_slope(a2)
    #? raw-error-carried-back: d2 = error.sum(axis=1, keepdims=True) * sigmoid_slope(a2)
    #? not-through-weights: d2 = d3.sum(axis=1, keepdims=True) * sigmoid_slope(a2)
    #? slope-of-another-layer: d2 = d3 @ W3.T * sigmoid_slope(a1)
    #? through-updated-weights: d2 = d3 @ W3.T * sigmoid_slope(a2)
    dW2 = a1.T @ d2
    #? transposed-gradient: dW2 = d2.T @ a1
    db2 = d2.sum(axis=0)
    d1 = d2 @ W2.T * sigmoid_slope(a1)
    #? through-transposed-weights: d1 = d2 @ W2 * sigmoid_slope(a1)
    #? through-another-layers-weights: d1 = d2 @ W1.T * sigmoid_slope(a1)
    dW1 = X.T @ d1
    #? layer-never-updated: dW1 = np.zeros((4, 4))
    db1 = d1.sum(axis=0)

    W3 -= lr * dW3
    #? through-updated-weights: pass
    b3 -= lr * db3
    W2 -= lr * dW2
    b2 -= lr * db2
    W1 -= lr * dW1
    b1 -= lr * db1

print("in the end", loss)
