import numpy as np

np.random.seed(41)
# two moons, a bit noisy
t = np.pi * np.random.rand(100)
upper = np.c_[np.cos(t), np.sin(t)]
lower = np.c_[1 - np.cos(t), 0.4 - np.sin(t)]
X = np.vstack([upper, lower]) + 0.1 * np.random.randn(200, 2)
Y = np.r_[np.zeros(100), np.ones(100)].reshape(-1, 1)

P = {"w1": np.random.randn(2, 10), "b1": np.zeros((1, 10)), "w2": np.random.randn(10, 10) * 0.3, "b2": np.zeros((1, 10)),
     "w3": np.random.randn(10, 1) * 0.3, "b3": np.zeros((1, 1))}
M = {k: np.zeros_like(v) for k, v in P.items()}
S = {k: np.zeros_like(v) for k, v in P.items()}


def sigm(z): return 1 / (1 + np.exp(-z))


def adam(grads, t, lr=0.01, beta1=0.9, beta2=0.999):
    for k in P:
        M[k] = beta1 * M[k] + (1 - beta1) * grads[k]
        S[k] = beta2 * S[k] + (1 - beta2) * grads[k] ** 2
        m = M[k] / (1 - beta1 ** t)
        s = S[k] / (1 - beta2 ** t)
        P[k] -= lr * m / (np.sqrt(s) + 1e-8)


for it in range(1, 401):
    a1 = np.tanh(X @ P["w1"] + P["b1"])
    a2 = np.tanh(a1 @ P["w2"] + P["b2"])
    out = sigm(a2 @ P["w3"] + P["b3"])
    loss = -np.mean(Y * np.log(out + 1e-9) + (1 - Y) * np.log(1 - out + 1e-9))

    d3 = (out - Y) / len(X)
    d2 = (d3 @ P["w3"].T) * (1 - a2 ** 2)
    d1 = (d2 @ P["w2"].T) * (1 - a2 ** 2)
    G = {
        "w3": a2.T @ d3, "b3": d3.sum(axis=0, keepdims=True),
        "w2": a1.T @ d2, "b2": d2.sum(axis=0, keepdims=True),
        "w1": X.T @ d1, "b1": d1.sum(axis=0, keepdims=True),
    }
    adam(G, it)
    if it % 100 == 0:
        print("iteration", it, "loss", loss, "right", np.mean((out > 0.5) == Y))
