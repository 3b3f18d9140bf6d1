import numpy as np
from random import seed
seed(0)
np.random.seed(0)

X = np.random.randn(100, 3)
true_w = np.array([[1.0], [-2.0], [0.5]])
Y = (X @ true_w + 0.3 > 0).astype(float)

sizes = [3, 6, 1]
weights = [np.random.randn(i, o) * 0.3 for i, o in zip(sizes[:-1], sizes[1:])]
biases = [np.zeros((1, o)) for o in sizes[1:]]

def sigmoid(x):
    return 1 / (1 + np.exp(-x))

def forward(x):
    acts = [x]
    for w, b in zip(weights, biases):
        acts.append(sigmoid(acts[-1] @ w + b))
    return acts

def backward(acts, y):
    gw, gb = [], []
    d = (acts[-1] - y) / len(y)
    for l in reversed(range(len(weights))):
        gw.insert(0, acts[l].T @ d)
        gb.insert(0, d.sum(axis=0, keepdims=True))
        d = d @ weights[l].T * acts[l] * (1 - acts[l])
    return gw, gb

lr = 1.0
for epoch in range(1000):
    acts = forward(X)
    gw, gb = backward(acts, Y)
    for w, b, dw, db in zip(weights, biases, gw, gb):
        w = w - lr * dw
        b = b - lr * db
    if epoch % 200 == 0:
        p = acts[-1]
        print(epoch, -np.mean(Y * np.log(p) + (1 - Y) * np.log(1 - p)))

print("accuracy:", ((forward(X)[-1] > 0.5) == Y).mean())
