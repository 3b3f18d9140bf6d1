import numpy as np
np.random.seed(2)

X = np.random.randn(120, 2) * [3.0, 0.5] + [10, -2]
y = ((X[:, 0] - 10) * (X[:, 1] + 2) > 0).astype(int)

params = dict(
    W1=np.random.randn(2, 12), gamma=np.ones(12), beta=np.zeros(12),
    W2=np.random.randn(12, 2) * 0.3, b2=np.zeros(2),
)


def forward(X):
    c = {}
    c["lin"] = X @ params["W1"]
    c["std"] = np.sqrt(c["lin"].var(axis=0) + 1e-5)
    c["norm"] = (c["lin"] - c["lin"].mean(axis=0)) / c["std"]
    c["act"] = np.tanh(params["gamma"] * c["norm"] + params["beta"])
    s = c["act"] @ params["W2"] + params["b2"]
    e = np.exp(s - s.max(axis=1, keepdims=True))
    c["prob"] = e / e.sum(axis=1, keepdims=True)
    return c


def backward(X, y, c):
    n = len(y)
    g = {}
    ds = c["prob"].copy()
    ds[np.arange(n), y] -= 1
    ds /= n
    g["W2"] = c["act"].T @ ds
    g["b2"] = ds.sum(axis=0)
    dpre = (ds @ params["W2"].T) * (1 - c["act"] ** 2)
    g["gamma"] = (dpre * c["norm"]).sum(axis=0)
    g["beta"] = dpre.sum(axis=0)
    dnorm = dpre * params["gamma"]
    dlin = (dnorm - dnorm.mean(axis=0)) / c["std"]
    g["W1"] = X.T @ dlin
    return g


for it in range(501):
    c = forward(X)
    g = backward(X, y, c)
    for name in params:
        params[name] -= 0.5 * g[name]
    if it % 100 == 0:
        print(it, "loss", -np.log(c["prob"][np.arange(120), y]).mean(), "acc", (c["prob"].argmax(1) == y).mean())
