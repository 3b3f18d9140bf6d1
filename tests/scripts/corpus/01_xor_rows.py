# XOR with a tiny net, 2-3-1, everything at once
import numpy as np

np.random.seed(42)

X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
T = np.array([[0], [1], [1], [0]])


def sig(x):
    return 1 / (1 + np.exp(-x))


Wxh = np.random.randn(2, 3)
bh = np.zeros((1, 3))
Why = np.random.randn(3, 1)
by = np.zeros((1, 1))
alpha = 0.5

for it in range(6000):
    # forward
    hid = sig(X @ Wxh + bh)
    y = sig(hid @ Why + by)
    err = y - T
    cost = 0.5 * np.sum(err ** 2)

    # backward
    dWhy = hid.T @ err
    dby = err.sum(axis=0, keepdims=True)
    dhid = (err * y * (1 - y)) @ Why.T * hid * (1 - hid)
    dWxh = X.T @ dhid
    dbh = dhid.sum(axis=0, keepdims=True)

    Wxh -= alpha * dWxh
    bh -= alpha * dbh
    Why -= alpha * dWhy
    by -= alpha * dby

    if it % 1000 == 0:
        print(it, "cost:", cost)

print("final output:")
print(y)
