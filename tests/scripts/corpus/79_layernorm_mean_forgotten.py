import numpy as np
rng = np.random.default_rng(0)


def ln_forward(x, g, b):
    mean = x.mean(axis=-1, keepdims=True)
    std = np.sqrt(((x - mean) ** 2).mean(axis=-1, keepdims=True) + 1e-6)
    xhat = (x - mean) / std
    return g * xhat + b, (xhat, std, g)


def ln_backward(dy, cache):
    xhat, std, g = cache
    dg = (dy * xhat).sum(axis=0)
    db = dy.sum(axis=0)
    dxhat = dy * g
    dx = (dxhat - xhat * (dxhat * xhat).mean(axis=-1, keepdims=True)) / std
    return dx, dg, db


# profile of six measurements -> which of three machines is it?
def batch(n):
    kind = rng.integers(0, 3, n)
    base = np.array([[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [0, 2, 4, 4, 2, 0]], dtype=float)
    return base[kind] * rng.uniform(0.5, 2, (n, 1)) + rng.uniform(-5, 5, (n, 1)) + 0.8 * rng.normal(size=(n, 6)), kind


w1 = rng.normal(0, 0.4, (6, 10))
g, b = np.ones(10), np.zeros(10)
w2 = rng.normal(0, 0.4, (10, 3))
b2 = np.zeros(3)
lr = 0.1

for it in range(601):
    x, kind = batch(32)
    pre = x @ w1
    normed, cache = ln_forward(pre, g, b)
    act = np.tanh(normed)
    scores = act @ w2 + b2
    p = np.exp(scores - scores.max(axis=1, keepdims=True))
    p /= p.sum(axis=1, keepdims=True)
    loss = -np.log(p[np.arange(32), kind]).mean()
    if it % 100 == 0:
        print(it, "loss", round(loss, 4), "acc", (p.argmax(axis=1) == kind).mean())

    ds = (p - np.eye(3)[kind]) / 32
    dw2, db2 = act.T @ ds, ds.sum(axis=0)
    dnormed = ds @ w2.T * (1 - act ** 2)
    dpre, dg, db = ln_backward(dnormed, cache)
    dw1 = x.T @ dpre
    w1 -= lr * dw1
    g -= lr * dg
    b -= lr * db
    w2 -= lr * dw2
    b2 -= lr * db2
