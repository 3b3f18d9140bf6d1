import numpy as np

rs = np.random.RandomState(4)
# is the weighted sum of three measurements above a limit?
X = rs.randn(100, 3)
y = (X @ [1.0, -2.0, 0.5] + 0.3 > 0).astype(float)


def step(w, b, lam=0.001, lr=0.5):
    p = 1 / (1 + np.exp(-(X @ w + b)))
    err = p - y
    return w - lr * (X.T @ err / len(y) + lam * w), b - lr * err.mean()


w, b = np.zeros(3), 0.0
for _ in range(400):
    w, b = step(w, b)
print(w, b)
